import { expect, it } from '@jest/globals';
import { newStreamId } from '../../src/core/stream-id.js';

it('makes ids of one form, each once', () => {
  const ids = Array.from({ length: 2_000 }, () => newStreamId());
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^run_[0-9a-f]{24}$/.test(id))).toEqual([]);
});

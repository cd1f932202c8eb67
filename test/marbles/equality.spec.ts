import { describe, expect, it } from '@jest/globals';
import { chunk } from '../../marbles/alphabet.js';
import { equalValues, like } from '../../marbles/equality.js';
import { StreamingResponse } from '../../src/core/response.js';

function snapshotOf(...texts: string[]): unknown {
  const response = new StreamingResponse({ now: () => 0 });
  for (const text of texts) response.addChunk(chunk.text(text));
  return response.snapshot();
}

describe('equalValues', () => {
  it.each([
    ['chunks of another time and run', chunk.text('a'), { ...chunk.text('a'), timestamp: 9, metadata: { streamId: 'x' } }],
    ['absent and undefined fields', { a: 1 }, { a: 1, b: undefined }],
    ['nested structures', { a: [1, { b: NaN }] }, { a: [1, { b: NaN }] }],
    ['errors of the same name and message', new TypeError('x'), new TypeError('x')],
    ['snapshots of the same text', snapshotOf('a', 'b'), snapshotOf('a', 'b')],
  ])('takes as equal: %s', (_, actual, expected) => {
    expect(equalValues(actual, expected)).toBe(true);
  });

  it.each([
    ['text', chunk.text('a'), chunk.text('b')],
    ['kinds', chunk.text('a'), chunk.reasoning('a')],
    ['a further field', { a: 1, b: 2 }, { a: 1 }],
    ['errors', new TypeError('x'), new TypeError('y')],
    ['snapshots, whose state is behind getters', snapshotOf('a', 'b'), snapshotOf('a', 'c')],
    ['an array and an object', [1], { 0: 1 }],
    ['null and an object', null, {}],
    ['dates', new Date(1), new Date(2)],
    ['own timestamps of things that are no chunks', { timestamp: 1 }, { timestamp: 2 }],
  ])('tells apart: %s', (_, actual, expected) => {
    expect(equalValues(actual, expected)).toBe(false);
  });

  it('ends on values that contain themselves', () => {
    const make = (): Record<string, unknown> => {
      const value: Record<string, unknown> = { a: 1 };
      value['self'] = value;
      return value;
    };
    expect(equalValues(make(), make())).toBe(true);
  });
});

describe('like', () => {
  it('asks for the named fields alone', () => {
    expect(equalValues(snapshotOf('a', 'b'), like({ completeText: 'ab' }))).toBe(true);
    expect(equalValues(snapshotOf('a', 'b'), like({ completeText: 'a' }))).toBe(false);
    expect(equalValues(undefined, like({}))).toBe(false);
  });

  it('works inside Jest too', () => {
    expect([{ a: 1, b: 2 }]).toEqual([like({ a: 1 })]);
  });
});

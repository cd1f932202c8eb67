import { describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import { progress, type StreamMetrics } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { ValidationError } from '../../src/core/errors.js';
import { chunks, virtually } from './support.js';

const short = map(({ durationMs, ending, characterCount }: StreamMetrics) => `${durationMs} ${ending} ${characterCount}`);

describe('progress', () => {
  it('emits for the first chunk, then at most every interval, and once on completion', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a-b--c---(f|)', chunks);
      const expected = '                  -1----2---(3|)';
      expectObservable(source.pipe(progress({ intervalMs: 5 }), short)).toBe(expected, {
        1: '1 running 3',
        2: '6 running 9',
        3: '10 finished 9',
      });
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    });
  });

  it('emits for every chunk with an interval of 0', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('  -a-b--|', chunks);
      const expected = '     -1-2--(3|)';
      expectObservable(source.pipe(progress({ intervalMs: 0 }), short)).toBe(expected, {
        1: '1 running 3',
        2: '3 running 6',
        3: '6 completed 6',
      });
    });
  });

  it('gives an empty stream one record', () => {
    virtually(({ cold, expectObservable }) => {
      expectObservable(cold<StreamChunk>('--|').pipe(progress(), short)).toBe('--(1|)', { 1: '2 completed 0' });
    });
  });

  it('passes errors by identity', () => {
    virtually(({ cold, expectObservable }) => {
      const error = new Error('boom');
      const source = cold('  -a-b-#', chunks, error);
      const expected = '     -1---#';
      expectObservable(source.pipe(progress(), short)).toBe(expected, { 1: '1 running 3' }, error);
    });
  });

  it('refuses a bad interval at once', () => {
    expect(() => progress({ intervalMs: NaN })).toThrow(new ValidationError('progress intervalMs is NaN; give milliseconds, 0 or more.'));
  });
});

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { config, EMPTY, from, NEVER, Observable, of, throwError, timer } from 'rxjs';
import { mapInterruption, measure, type MeasureOptions, type StreamMetrics } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { Demand, withDemand } from '../../src/core/demand.js';
import { ValidationError } from '../../src/core/errors.js';
import { chunks, finish, usage, virtually } from './support.js';

const boom = new RangeError('boom');

/** Each record as `time ending chunks`. */
function recorder(): { readonly records: string[]; readonly listener: (metrics: StreamMetrics) => void } {
  const records: string[] = [];
  return { records, listener: (metrics) => records.push(`${metrics.durationMs} ${metrics.ending} ${metrics.chunkCount}`) };
}

afterEach(() => {
  config.onUnhandledError = null;
});

describe('measure', () => {
  it('passes the same chunks at the same time', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--b--c--(f|)', chunks);
      const expected = '                  -a--b--c--(f|)';
      expectObservable(source.pipe(measure(() => undefined))).toBe(expected, chunks);
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    });
    const received: StreamChunk[] = [];
    of(chunks.a, chunks.f).pipe(measure(() => undefined)).subscribe((chunk) => received.push(chunk));
    expect(received[0]).toBe(chunks.a);
  });

  it.each<[string, string, MeasureOptions, string[]]>([
    ['every chunk', '   -a-b--c---(f|)', { intervalMs: 0 }, ['1 running 1', '3 running 2', '6 running 3', '10 running 4', '10 finished 4']],
    ['every 5 ms', '    -a-b--c---(f|)', { intervalMs: 5 }, ['1 running 1', '6 running 3', '10 finished 4']],
    ['at the end', '    -a-b--c---(f|)', { intervalMs: Infinity }, ['1 running 1', '10 finished 4']],
    ['an empty stream', '--|', {}, ['2 completed 0']],
    ['no finish', '     -a-|', {}, ['1 running 1', '3 completed 1']],
    ['an error', '      -a-#', {}, ['1 running 1', '3 failed 1']],
  ])('gives records: %s', (_title, marbles, options, expected) => {
    virtually(({ cold, flush }) => {
      const { records, listener } = recorder();
      cold(marbles.trim(), chunks, boom).pipe(measure(listener, options)).subscribe({ error: () => undefined });
      flush();
      expect(records).toEqual(expected);
    });
  });

  it('tells an interruption from another failure', () => {
    const { records, listener } = recorder();
    virtually(({ cold, flush }) => {
      cold('-a-#', chunks, boom).pipe(mapInterruption(), measure(listener)).subscribe({ error: () => undefined });
      flush();
    });
    expect(records.at(-1)).toBe('3 interrupted 1');
  });

  it.each([
    ['before the finish', '-a------', '5 unsubscribed 1'],
    ['after the finish', ' -a-f----', '5 finished 2'],
  ])('gives a last record when the consumer leaves %s', (_when, marbles, last) => {
    virtually(({ cold, flush }) => {
      const { records, listener } = recorder();
      const subscription = cold(marbles.trim(), chunks).pipe(measure(listener)).subscribe();
      timer(5).subscribe(() => subscription.unsubscribe());
      flush();
      expect(records.at(-1)).toBe(last);
      expect(records.filter((record) => !record.includes('running'))).toHaveLength(1);
    });
  });

  it('gives the last record before the end goes on', () => {
    const order: string[] = [];
    const log = measure(({ ending }) => order.push(ending));
    of(chunks.f).pipe(log).subscribe({ complete: () => order.push('complete') });
    throwError(() => boom).pipe(log).subscribe({ error: () => order.push('error') });
    expect(order).toEqual(['running', 'finished', 'complete', 'failed', 'error']);
  });

  it('stands still while the consumer holds the source back', () => {
    virtually(({ cold, flush }) => {
      const seen: StreamMetrics[] = [];
      const source = cold('-a----------b----(f|)', { ...chunks, f: finish({ usage: usage(1, 9) }) });
      const demand = new Demand();
      timer(3).subscribe(() => demand.pause());
      timer(11).subscribe(() => demand.resume());
      withDemand(demand, () => source.pipe(measure((metrics) => seen.push(metrics), { stallMs: 4 })).subscribe());
      flush();
      // 17 ms, 8 of them shut: gaps of 3 and 5, 9 tokens in 8 ms.
      expect(seen.at(-1)).toMatchObject({ durationMs: 9, stallCount: 1, gapP50Ms: 3, gapP99Ms: 5, tokensPerSecond: 1_125 });
    });
  });

  it('reads its clock once per chunk', () => {
    let reads = 0;
    const scheduler = { now: () => reads++, schedule: () => EMPTY.subscribe() };
    from([chunks.a, chunks.b, chunks.c]).pipe(measure(() => undefined, { scheduler })).subscribe();
    expect(reads).toBe(1 + 3 + 1);
  });

  it.each([NaN, -1])('refuses an interval of %p at once', (intervalMs) => {
    const refused = (name: string): ValidationError => new ValidationError(`measure ${name} is ${intervalMs}; give milliseconds, 0 or more.`);
    expect(() => measure(() => undefined, { intervalMs })).toThrow(refused('intervalMs'));
    expect(() => measure(() => undefined, { stallMs: intervalMs })).toThrow(refused('stallMs'));
  });

  describe('with a listener that throws', () => {
    const throwing = (calls: string[], when: string) => ({ ending }: StreamMetrics): void => {
      calls.push(ending);
      if (ending === when) throw boom;
    };

    it.each([
      ['running', '-a', '-#', ['running']],
      ['finished', '-a-f|', '-a-f#', ['running', 'finished']],
    ])('errors and does not call it again: %s', (when, marbles, expected, called) => {
      virtually(({ cold, expectObservable, flush }) => {
        const calls: string[] = [];
        expectObservable(cold(marbles, chunks).pipe(measure(throwing(calls, when)))).toBe(expected, chunks, boom);
        flush();
        expect(calls).toEqual(called);
      });
    });

    it('passes the error of the source and reports its own as unhandled', () => {
      jest.useFakeTimers();
      const reported = jest.fn();
      config.onUnhandledError = reported;
      const failure = new Error('the source failed');
      let seen: unknown;
      throwError(() => failure)
        .pipe(measure(throwing([], 'failed')))
        .subscribe({ error: (error: unknown) => (seen = error) });
      NEVER.pipe(measure(throwing([], 'unsubscribed')))
        .subscribe()
        .unsubscribe();
      jest.runAllTimers();
      jest.useRealTimers();
      expect(seen).toBe(failure);
      expect(reported.mock.calls).toEqual([[boom], [boom]]);
    });
  });

  it('puts no text into its records', () => {
    const received: string[] = [];
    const source = new Observable<StreamChunk>((subscriber) => subscriber.next(chunks.a));
    source.pipe(measure((metrics) => received.push(JSON.stringify(metrics)), { intervalMs: 0 })).subscribe().unsubscribe();
    expect(received.join()).not.toContain(chunks.a.content);
  });
});

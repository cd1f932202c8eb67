import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, concat, interval, map, NEVER, Observable, of, type SchedulerLike, Subject, Subscription, take, timer, VirtualTimeScheduler } from 'rxjs';
import { chunkTimeout, type ChunkTimeoutOptions, mapInterruption } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { Demand, markDemand, withDemand } from '../../src/core/demand.js';
import { isStreamInterrupted, ValidationError } from '../../src/core/errors.js';
import { StreamingResponse } from '../../src/core/response.js';
import { CountedResources } from './resources.js';
import { chunks, seeError, type SeenError, virtually } from './support.js';

const timedOut = (phase: string, partial: string): SeenError => ({ reason: 'timeout', phase, partial, cause: undefined });

/** Subscribes under a demand that is shut from `shutMs` to `openMs`. */
function paced<T>(source: Observable<T>, shutMs: number, openMs: number): Observable<T> {
  return new Observable((subscriber) => {
    const demand = new Demand();
    subscriber.add(timer(shutMs).subscribe(() => demand.pause()));
    subscriber.add(timer(openMs).subscribe(() => demand.resume()));
    markDemand(subscriber, demand);
    source.pipe(map((value) => value)).subscribe(subscriber);
  });
}

/** A clock that stands still; `fireAt` is the moment at which the timers that wait are served. */
function manualClock(): SchedulerLike & { delays(): number[]; fireAt(nowMs: number): void } {
  let now = 0;
  const waiting = new Map<() => void, number>();
  const schedule = ((work: () => void, delayMs = 0) => {
    waiting.set(work, delayMs);
    return new Subscription(() => waiting.delete(work));
  }) as SchedulerLike['schedule'];
  return {
    now: () => now,
    schedule,
    delays: () => [...waiting.values()],
    fireAt: (nowMs) => {
      now = nowMs;
      const due = [...waiting.keys()];
      waiting.clear();
      for (const work of due) work();
    },
  };
}

describe('chunkTimeout', () => {
  it('is never late after the finish of a source that does not complete', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-f', chunks);
      expectObservable(source.pipe(chunkTimeout({ first: 5, each: 5, total: 8 })), '20ms !').toBe('-a-f', chunks);
      expectSubscriptions(source.subscriptions).toBe('^ 19ms !');
    });
  });

  it.each<[string, string, string, ChunkTimeoutOptions, SeenError]>([
    //                            source              result
    ['first: no chunk', '         ------a--|', '      ----(x|)', { first: 4 }, timedOut('first', '')],
    ['each: a gap', '             -a--b------c--|', ' -a--b---(x|)', { each: 4 }, timedOut('each', 'Hello ')],
    ['each: before the first', '  ------a--|', '      ----(x|)', { each: 4 }, timedOut('each', '')],
    ['each: a missing end', '     -a--------|', '     -a---(x|)', { each: 4 }, timedOut('each', 'Hel')],
    ['total: in the middle', '    -a--b--c--|', '     -a--b-(x|)', { total: 6 }, timedOut('total', 'Hello ')],
    ['total: no chunk', '         --------|', '       ------(x|)', { first: 9, total: 6 }, timedOut('total', '')],
    ['each shorter than first', ' -a------|', '       -a--(x|)', { first: 50, each: 3 }, timedOut('each', 'Hel')],
    ['first longer than each', '  -----a-----b|', '   -----a--(x|)', { first: 7, each: 3 }, timedOut('each', 'Hel')],
    ['each before total', '       -a--b------|', '    -a--b---(x|)', { each: 4, total: 9 }, timedOut('each', 'Hello ')],
    ['total before each', '       -a--b------|', '    -a--b--(x|)', { each: 4, total: 7 }, timedOut('total', 'Hello ')],
    ['each and total at once', '  -a---------|', '    -a---(x|)', { each: 4, total: 5 }, timedOut('each', 'Hel')],
  ])('%s', (_title, source, result, limits, x) => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const input = cold(source.trim(), chunks);
      const expected = result.trim();
      expectObservable(input.pipe(chunkTimeout(limits), seeError())).toBe(expected, { ...chunks, x });
      expectSubscriptions(input.subscriptions).toBe(`^${'-'.repeat(expected.indexOf('(') - 1)}!`);
    });
  });

  it('takes a chunk exactly at a limit as in time', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               ----a---b---c---(f|)', chunks);
      const expected = '                  ----a---b---c---(f|)';
      expectObservable(source.pipe(chunkTimeout({ first: 4, each: 4, total: 16 }))).toBe(expected, chunks);
      expectSubscriptions(source.subscriptions).toBe('^---------------!');
    });
  });

  it.each<[string, ChunkTimeoutOptions, (scheduler: SchedulerLike) => Observable<unknown>]>([
    ['each, an interval', { each: 10 }, (scheduler) => interval(10, scheduler).pipe(take(3))],
    ['each, one timer after another', { each: 10 }, (scheduler) => concat(timer(10, scheduler), timer(10, scheduler), timer(10, scheduler))],
    ['total, one timer after another', { total: 30 }, (scheduler) => concat(timer(10, scheduler), timer(10, scheduler), timer(10, scheduler))],
  ])('takes a chunk exactly at a limit as in time that was scheduled when the one before it came: %s', (_title, limits, ticks) => {
    const scheduler = new VirtualTimeScheduler();
    const seen: unknown[] = [];
    ticks(scheduler)
      .pipe(map(() => chunks.a), chunkTimeout({ ...limits, scheduler }), seeError())
      .subscribe({ next: (value) => seen.push(value), complete: () => seen.push(`complete at ${scheduler.now()}`) });
    scheduler.flush();
    expect(seen).toEqual([chunks.a, chunks.a, chunks.a, 'complete at 30']);
  });

  it('takes marbles exactly at a limit as in time, one stream after another', () => {
    virtually(({ cold, expectObservable }) => {
      const one = cold('---(a|)', chunks);
      expectObservable(concat(one, one, one).pipe(chunkTimeout({ each: 3 }))).toBe('---a--a--(a|)', chunks);
    });
  });

  it('passes errors of the source by identity', () => {
    virtually(({ cold, expectObservable }) => {
      const error = new Error('boom');
      expectObservable(cold('  -a-#', chunks, error).pipe(chunkTimeout({ each: 4 }))).toBe('-a-#', chunks, error);
    });
  });

  it('stands still while the consumer holds the source back', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      // Shut from 3 to 13. The gap from 1 to 15 is 4 of the source's own, the one from 15 on is too long.
      const source = cold('                 -a-------------b-------|', chunks);
      const expected = '                    -a-------------b----(x|)';
      const result = paced(source.pipe(chunkTimeout({ each: 5 })), 3, 13);
      expectObservable(result.pipe(seeError())).toBe(expected, { ...chunks, x: timedOut('each', 'Hello ') });
      expectSubscriptions(source.subscriptions).toBe('^-------------------!');
    });
  });

  it('counts the time before and after a shut demand together', () => {
    virtually(({ cold, expectObservable }) => {
      // 2 before, 3 after: the limit of 5 ends at 1 + 10 + 5.
      const source = cold('  -a----------------------|', chunks);
      const expected = '     -a--------------(x|)';
      const result = paced(source.pipe(chunkTimeout({ each: 5 })), 3, 13);
      expectObservable(result.pipe(seeError())).toBe(expected, { ...chunks, x: timedOut('each', 'Hel') });
    });
  });

  it('leaves first and total standing still too', () => {
    virtually(({ cold, expectObservable }) => {
      const silent = cold<StreamChunk>('----------------------|');
      const first = paced(silent.pipe(chunkTimeout({ first: 5 })), 3, 13);
      expectObservable(first.pipe(seeError())).toBe(' 15ms (x|)', { x: timedOut('first', '') });
      const total = paced(silent.pipe(chunkTimeout({ total: 6 })), 0, 10);
      expectObservable(total.pipe(seeError())).toBe(' 16ms (x|)', { x: timedOut('total', '') });
    });
  });

  it('holds no timer while the demand is shut, also from the start', () => {
    const { held, scheduler, demand } = new CountedResources();
    demand.pause();
    const result = NEVER.pipe(chunkTimeout({ each: 1_000, scheduler }));
    const subscription = withDemand(demand, () => result.subscribe());
    const timers = [held.timers];
    for (const change of [() => demand.resume(), () => demand.pause(), () => demand.resume(), () => subscription.unsubscribe()]) {
      change();
      timers.push(held.timers);
    }
    expect(timers).toEqual([0, 1, 0, 1, 0]);
  });

  it('begins to count when a demand that was shut from the start opens', () => {
    virtually(({ cold, expectObservable }) => {
      const demand = new Demand();
      demand.pause();
      timer(7).subscribe(() => demand.resume());
      const silent = cold<StreamChunk>('--------------');
      const result = new Observable<unknown>((subscriber) => {
        markDemand(subscriber, demand);
        silent.pipe(chunkTimeout({ first: 4 }), seeError()).subscribe(subscriber);
      });
      expectObservable(result).toBe('-----------(x|)', { x: timedOut('first', '') });
    });
  });

  it('uses its scheduler alone', () => {
    const scheduler = new VirtualTimeScheduler();
    const seen: unknown[] = [];
    concat(of(chunks.a), NEVER)
      .pipe(chunkTimeout({ each: 1_000, scheduler }), seeError())
      .subscribe((value) => seen.push(value));
    scheduler.flush();
    expect(seen).toEqual([chunks.a, timedOut('each', 'Hel')]);
    expect(scheduler.now()).toBe(1_000);
  });

  it('gives chunks that lie in the socket one turn when the thread was busy', () => {
    const scheduler = new VirtualTimeScheduler();
    let lateMs = 0;
    const late = { now: () => scheduler.now() + lateMs, schedule: scheduler.schedule.bind(scheduler) };
    const seen: unknown[] = [];
    const source = new Observable<StreamChunk>((subscriber) => {
      // The timer of 1000 ms fires 500 ms late; the chunk is handled in the turn after it.
      scheduler.schedule(() => (lateMs = 500), 999);
      scheduler.schedule(() => scheduler.schedule(() => subscriber.next(chunks.a), 0), 1_000);
    });
    const subscription = source.pipe(chunkTimeout({ each: 1_000, scheduler: late }), seeError()).subscribe((value) => {
      seen.push(value);
      subscription.unsubscribe();
    });
    scheduler.flush();
    expect(seen).toEqual([chunks.a]);
  });

  it('is late by one turn at most when the thread was busy and nothing lay in the socket', () => {
    const clock = manualClock();
    const seen: unknown[] = [];
    concat(of(chunks.a), NEVER)
      .pipe(chunkTimeout({ each: 1_000, scheduler: clock }), seeError())
      .subscribe((value) => seen.push(value));
    clock.fireAt(1_500);
    expect(seen).toEqual([chunks.a]);
    expect(clock.delays()).toEqual([0]);
    clock.fireAt(1_501);
    expect(seen).toEqual([chunks.a, timedOut('each', 'Hel')]);
    expect(clock.delays()).toEqual([]);
  });

  it('errors after one turn when its timer fires in time', () => {
    const clock = manualClock();
    const seen: unknown[] = [];
    NEVER.pipe(chunkTimeout({ first: 1_000, scheduler: clock }), seeError()).subscribe((value) => seen.push(value));
    expect(clock.delays()).toEqual([1_000]);
    clock.fireAt(1_000);
    expect([seen, clock.delays()]).toEqual([[], [0]]);
    clock.fireAt(1_000);
    expect(seen).toEqual([timedOut('first', '')]);
  });

  it('holds no timer once nothing is limited any more', () => {
    const { held, scheduler } = new CountedResources();
    const source = new Subject<StreamChunk>();
    const subscription = source.pipe(chunkTimeout({ first: 1_000, scheduler })).subscribe();
    expect(held.timers).toBe(1);
    source.next(chunks.a);
    expect(held.timers).toBe(0);
    subscription.unsubscribe();
  });

  it('waits longer than one timer can', () => {
    const scheduler = new VirtualTimeScheduler();
    const days = 60 * 24 * 60 * 60 * 1_000;
    const delays: (number | undefined)[] = [];
    const spied = {
      now: () => scheduler.now(),
      schedule: ((work: () => void, delay?: number) => {
        delays.push(delay);
        return scheduler.schedule(work, delay);
      }) as typeof scheduler.schedule,
    };
    const seen: unknown[] = [];
    NEVER.pipe(chunkTimeout({ total: days, scheduler: spied }), seeError()).subscribe((value) => seen.push(value));
    scheduler.flush();
    expect(seen).toEqual([timedOut('total', '')]);
    expect(scheduler.now()).toBe(days);
    expect(Math.max(...delays.map(Number))).toBeLessThanOrEqual(0x7fff_ffff);
  });

  it.each([0, -1, NaN, '5' as unknown as number])('refuses a limit of %p at once', (limit) => {
    for (const limits of [{ first: limit }, { each: limit }, { total: limit }]) {
      expect(() => chunkTimeout(limits)).toThrow(ValidationError);
    }
  });

  it('is the source itself without a limit', () => {
    expect(chunkTimeout({})(NEVER)).toBe(NEVER);
    expect(chunkTimeout({ each: Infinity })(NEVER)).toBe(NEVER);
  });

  it('says which limit was broken and what to do', () => {
    virtually(({ cold, flush }) => {
      let error: unknown;
      cold('-a----|', chunks)
        .pipe(chunkTimeout({ each: 3 }))
        .subscribe({ error: (seen: unknown) => (error = seen) });
      flush();
      expect(error).toHaveProperty(
        'message',
        "No further chunk came for 3 ms. Raise chunkTimeout's `each`, or ask again. The 3 characters that came are in `partialResponse`.",
      );
    });
  });

  it('hands over the response that a mapInterruption below fills', () => {
    virtually(({ cold, flush }) => {
      const response = new StreamingResponse({ now: () => asyncScheduler.now() });
      let error: unknown;
      cold('-a--b-------|', chunks)
        .pipe(chunkTimeout({ each: 4, response }), mapInterruption({ response }))
        .subscribe({ error: (seen: unknown) => (error = seen) });
      flush();
      expect(isStreamInterrupted(error) && error.partial).toBe(response);
      expect(response).toMatchObject({ completeText: 'Hello ', chunkCount: 2, durationMs: 8 });
    });
  });
});

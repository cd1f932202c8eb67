import { describe, expect, it, jest } from '@jest/globals';
import {
  concat,
  defer,
  EMPTY,
  exhaustMap,
  expand,
  filter,
  map,
  mergeMap,
  NEVER,
  Observable,
  of,
  retry,
  scan,
  share,
  Subject,
  Subscriber,
  switchMap,
  take,
  takeUntil,
  tap,
} from 'rxjs';
import { Demand, findDemand, markDemand, withDemand } from '../../src/core/demand.js';

/** Subscribes through `build` to a source that looks for its demand; says what it found. */
function found(build: (source$: Observable<number>) => Observable<unknown>): { readonly demand: Demand; readonly seen: (Demand | undefined)[] } {
  const demand = new Demand();
  const seen: (Demand | undefined)[] = [];
  const source$ = new Observable<number>((subscriber) => {
    seen.push(findDemand(subscriber));
    subscriber.next(1);
  });
  new Observable<unknown>((subscriber) => {
    markDemand(subscriber, demand);
    return build(source$).subscribe(subscriber);
  }).subscribe();
  return { demand, seen };
}

describe('findDemand', () => {
  it('reads a `destination` that RxJS still keeps on its subscribers', () => {
    // The guard of the one internal property that we read: red here means that this RxJS has changed.
    let upstream: unknown;
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- a subscriber whose identity is known
    const end = new Subscriber<number>({ next: () => undefined, error: () => undefined, complete: () => undefined });
    new Observable<number>((subscriber) => {
      upstream = subscriber;
    })
      .pipe(map((value) => value))
      .subscribe(end);
    expect((upstream as { readonly destination?: unknown }).destination).toBe(end);
  });

  const shapes: readonly (readonly [string, (source$: Observable<number>) => Observable<unknown>])[] = [
    ['nothing', (source$) => source$],
    ['map, filter, scan, tap', (source$) => source$.pipe(map((value) => value), filter(() => true), scan((all, one) => all + one), tap())],
    ['takeUntil', (source$) => source$.pipe(takeUntil(NEVER))],
    ['switchMap', (source$) => of(1).pipe(switchMap(() => source$))],
    ['mergeMap and exhaustMap', (source$) => of(1).pipe(mergeMap(() => of(2)), exhaustMap(() => source$))],
    ['concat', (source$) => concat(EMPTY, source$)],
    ['expand', (source$) => source$.pipe(expand(() => EMPTY))],
    ['defer and retry', (source$) => defer(() => source$).pipe(retry(1))],
    ['take', (source$) => source$.pipe(take(2))],
  ];
  it.each(shapes)('finds the bridge through %s', (_, build) => {
    const { demand, seen } = found(build);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBe(demand);
  });

  it('finds it through switchMap after an asynchronous hop', () => {
    const trigger$ = new Subject<void>();
    const { demand, seen } = found((source$) => trigger$.pipe(switchMap(() => source$)));
    expect(seen).toHaveLength(0);
    trigger$.next();
    expect(seen[0]).toBe(demand);
  });

  it('takes the current demand behind share, and none once subscribing is over', () => {
    const demand = new Demand();
    const seen: (Demand | undefined)[] = [];
    const source$ = new Observable<number>((subscriber) => {
      seen.push(findDemand(subscriber));
    });
    withDemand(demand, () => source$.pipe(share()).subscribe());
    source$.pipe(share()).subscribe();
    expect(seen[0]).toBe(demand);
    expect(seen[1]).toBeUndefined();
  });

  it('forgets the current demand when subscribing throws', () => {
    expect(() =>
      withDemand(new Demand(), () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(findDemand(undefined)).toBeUndefined();
  });

  it('finds nothing behind a subscriber that has let its destination go', () => {
    expect(findDemand({ destination: null })).toBeUndefined();
  });

  it('ends on a cycle of destinations', () => {
    const one: { destination?: unknown } = {};
    one.destination = one;
    expect(findDemand(one)).toBeUndefined();
  });
});

describe('Demand', () => {
  it('tells listeners of each change, synchronously and once', () => {
    const demand = new Demand();
    const states: boolean[] = [];
    const remove = demand.onChange(() => states.push(demand.isOpen));
    demand.pause();
    demand.pause();
    demand.resume();
    demand.resume();
    remove();
    demand.pause();
    expect(states).toEqual([false, true]);
  });

  it('tells each listener of the state that counts, when one of them changes it at once', () => {
    const demand = new Demand();
    const states: boolean[] = [];
    demand.onChange(() => demand.resume());
    demand.onChange(() => states.push(demand.isOpen));
    demand.pause();
    expect(states).toEqual([true]);
  });

  it('gives all waiters one promise, settled when the gate opens', async () => {
    const demand = new Demand();
    expect(demand.ready()).toBeUndefined();
    demand.pause();
    const first = demand.ready();
    expect(first).toBeInstanceOf(Promise);
    expect(demand.ready()).toBe(first);
    let isSettled = false;
    const settled = first?.then(() => (isSettled = true));
    await Promise.resolve();
    expect(isSettled).toBe(false);
    demand.resume();
    await settled;
    expect(isSettled).toBe(true);
    expect(demand.ready()).toBeUndefined();
  });

  it('stays open for good after release', async () => {
    const demand = new Demand();
    const listener = jest.fn();
    demand.onChange(listener);
    demand.pause();
    const waiting = demand.ready();
    demand.release();
    await waiting;
    demand.pause();
    expect(demand.isOpen).toBe(true);
    expect(listener).toHaveBeenCalledTimes(2);
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  concat,
  defer,
  delay,
  EMPTY,
  expand,
  filter,
  from,
  map,
  mergeMap,
  NEVER,
  Observable,
  observeOn,
  of,
  retry,
  scan,
  type SchedulerLike,
  share,
  switchMap,
  takeUntil,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { toAsyncIterable } from '../../src/bridges/to-async-iterable.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { type Demand, findDemand } from '../../src/core/demand.js';
import { counter, text } from '../bridges/support.js';
import { turn, VirtualClock } from './virtual-clock.js';

type Shape = (source$: Observable<number>, clock: SchedulerLike) => Observable<number>;

/** Fails once, then is the source. */
function secondTime(source$: Observable<number>): Observable<number> {
  let attempts = 0;
  return defer(() => (attempts++ === 0 ? throwError(() => new Error('first attempt')) : source$));
}

describe('reached: 10 taken, 11 pulled, with a buffer of one', () => {
  const shapes: readonly (readonly [string, Shape])[] = [
    ['nothing', (source$) => source$],
    ['map, filter, scan', (source$) => source$.pipe(map((value) => value), filter(() => true), scan((_, value) => value))],
    ['takeUntil', (source$) => source$.pipe(takeUntil(NEVER))],
    ['concat', (source$) => concat(EMPTY, source$)],
    ['expand', (source$) => of(-1).pipe(expand((value) => (value === -1 ? source$ : EMPTY)), filter((value) => value >= 0))],
    ['defer and share', (source$) => defer(() => source$.pipe(share()))],
    ['timer and switchMap', (source$, clock) => timer(5, clock).pipe(switchMap(() => source$))],
    ['from(promise) and mergeMap', (source$) => from(Promise.resolve()).pipe(mergeMap(() => source$))],
    ['retry({ delay })', (source$, clock) => secondTime(source$).pipe(retry({ delay: () => timer(5, clock) }))],
  ];

  it.each(shapes)('%s', async (_, build) => {
    const clock = new VirtualClock();
    const { source$, state } = counter();
    const iterator = toAsyncIterable(build(source$, clock), { highWaterMark: 1 })[Symbol.asyncIterator]();
    const first = iterator.next();
    await turn();
    clock.pass(5);
    expect((await first).value).toBe(0);
    for (let expected = 1; expected < 10; expected++) expect((await iterator.next()).value).toBe(expected);
    await turn();
    expect(state.pulled).toBe(11);
    await iterator.return();
    expect(state.stopped).toBe(1);
  });
});

/** Counts up, one value in a millisecond, and waits while its demand is shut. */
function ticker(clock: SchedulerLike): { readonly source$: Observable<number>; readonly state: { pulled: number } } {
  const state = { pulled: 0 };
  const source$ = new Observable<number>((subscriber) => {
    const demand = findDemand(subscriber);
    subscriber.add(
      timer(1, 1, clock).subscribe(() => {
        if (demand?.isOpen ?? true) subscriber.next(state.pulled++);
      }),
    );
  });
  return { source$, state };
}

describe('late, but bounded: what is in flight comes on top', () => {
  const inFlight = 20;
  const shapes: readonly (readonly [string, Shape])[] = [
    ['delay', (source$, clock) => source$.pipe(delay(inFlight, clock))],
    ['observeOn', (source$, clock) => source$.pipe(observeOn(clock, inFlight))],
  ];

  it.each(shapes)('%s', async (_, build) => {
    const clock = new VirtualClock();
    const { source$, state } = ticker(clock);
    const iterator = toAsyncIterable(build(source$, clock), { highWaterMark: 1 })[Symbol.asyncIterator]();
    for (let expected = 0; expected < 10; expected++) {
      const next = iterator.next();
      clock.pass(2 * inFlight);
      expect((await next).value).toBe(expected);
    }
    const pulled = state.pulled;
    expect(pulled - 10).toBeGreaterThan(1);
    expect(pulled - 10).toBeLessThanOrEqual(inFlight + 2);
    clock.pass(300);
    expect(state.pulled).toBe(pulled);
    await iterator.return();
  });
});

const pieces = Array.from({ length: 20_000 }, (_, index) => `${index},`);

/** Text that would wait if it found a demand; says what it found. */
function texts(): { readonly source$: Observable<StreamChunk>; readonly found: (Demand | undefined)[] } {
  const found: (Demand | undefined)[] = [];
  const source$ = new Observable<StreamChunk>((subscriber) => {
    const demand = findDemand(subscriber);
    found.push(demand);
    for (const piece of pieces) if (demand?.isOpen ?? true) subscriber.next(text(piece));
    subscriber.complete();
  });
  return { source$, found };
}

describe('out of reach: text is joined, its count is bounded, none is lost', () => {
  const observerObject = (source$: Observable<StreamChunk>): Observable<StreamChunk> =>
    new Observable((subscriber) =>
      source$.subscribe({ next: (chunk) => subscriber.next(chunk), complete: () => subscriber.complete() }),
    );
  const shapes: readonly (readonly [string, (source$: Observable<StreamChunk>) => Observable<StreamChunk>])[] = [
    ['share() after a timer', (source$) => source$.pipe(share())],
    ['an operator that subscribes with an observer object, after a timer', observerObject],
  ];

  it.each(shapes)('%s', async (_, build) => {
    const clock = new VirtualClock();
    const { source$, found } = texts();
    const highWaterMark = 4;
    const late$ = timer(5, clock).pipe(switchMap(() => build(source$)));
    const iterator = toAsyncIterable(late$, { highWaterMark })[Symbol.asyncIterator]();
    const first = iterator.next();
    clock.pass(5);
    const chunks = [(await first).value];
    for (let result = await iterator.next(); !result.done; result = await iterator.next()) chunks.push(result.value);
    expect(found).toEqual([undefined]);
    expect(chunks.map((chunk) => chunk?.content).join('')).toBe(pieces.join(''));
    // The one that the first `next()` waited for, and a full buffer.
    expect(chunks).toHaveLength(1 + highWaterMark);
  });
});

describe('not paced', () => {
  it('a plain subscribe inside a tap', async () => {
    const clock = new VirtualClock();
    const { source$, state } = ticker(clock);
    const inner = texts();
    let heard = 0;
    const startInner = (value: number): void => {
      if (value === 1) inner.source$.subscribe(() => heard++);
    };
    const tapped$ = source$.pipe(tap(startInner));
    const iterator = toAsyncIterable(tapped$, { highWaterMark: 1 })[Symbol.asyncIterator]();
    const first = iterator.next();
    clock.pass(100);
    expect((await first).value).toBe(0);
    // The second value filled the buffer: the gate is shut for its source, and the inner stream ran through.
    expect(state.pulled).toBe(2);
    expect(inner.found).toEqual([undefined]);
    expect(heard).toBe(pieces.length);
    await iterator.return();
  });

  it('the rest of a share() after the bridge has left', async () => {
    const clock = new VirtualClock();
    const { source$, state } = ticker(clock);
    const shared$ = source$.pipe(share());
    const iterator = toAsyncIterable(shared$, { highWaterMark: 1 })[Symbol.asyncIterator]();
    const first = iterator.next();
    let heard = 0;
    const other = shared$.subscribe(() => heard++);
    clock.pass(300);
    await first;
    expect([state.pulled, heard]).toEqual([2, 2]);
    await iterator.return();
    clock.pass(300);
    expect([state.pulled, heard]).toEqual([302, 302]);
    other.unsubscribe();
  });
});

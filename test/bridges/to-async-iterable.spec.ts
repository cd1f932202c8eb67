import { describe, expect, it, jest } from '@jest/globals';
import { concat, EMPTY, filter, from, map, NEVER, Observable, of, share, Subject, switchMap, take, takeUntil, tap, throwError } from 'rxjs';
import { toAsyncIterable } from '../../src/bridges/to-async-iterable.js';
import { ValidationError } from '../../src/core/errors.js';
import { counter, finish, metadata, text } from './support.js';

async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of iterable) values.push(value);
  return values;
}

describe('toAsyncIterable', () => {
  it('gives every value in order and ends', async () => {
    expect(await collect(toAsyncIterable(of(1, 2, 3)))).toEqual([1, 2, 3]);
    expect(await collect(toAsyncIterable(of(undefined, null)))).toEqual([undefined, null]);
    expect(await collect(toAsyncIterable(of()))).toEqual([]);
  });

  it('keeps 10,000 plain values of a source that does not pause', async () => {
    const values = Array.from({ length: 10_000 }, (_, index) => index);
    expect(await collect(toAsyncIterable(from(values), { highWaterMark: 2 }))).toEqual(values);
  });

  it('subscribes at the first next(), once an iterator', async () => {
    const subscribed = jest.fn();
    const iterable = toAsyncIterable(of('a').pipe(tap({ subscribe: subscribed })));
    const one = iterable[Symbol.asyncIterator]();
    expect(subscribed).not.toHaveBeenCalled();
    expect(await one.next()).toEqual({ done: false, value: 'a' });
    expect(await one.next()).toEqual({ done: true, value: undefined });
    await iterable[Symbol.asyncIterator]().next();
    expect(subscribed).toHaveBeenCalledTimes(2);
  });

  it('answers concurrent next() calls in order', async () => {
    const source$ = new Subject<number>();
    const iterator = toAsyncIterable(source$)[Symbol.asyncIterator]();
    const results = [iterator.next(), iterator.next(), iterator.next()];
    source$.next(1);
    source$.next(2);
    source$.complete();
    expect(await Promise.all(results)).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
    ]);
  });

  it('gives the error after the buffered values, once, by identity', async () => {
    const error = new Error('broken');
    const iterator = toAsyncIterable(concat(of(1, 2), throwError(() => error)))[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toBe(1);
    expect((await iterator.next()).value).toBe(2);
    await expect(iterator.next()).rejects.toBe(error);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('gives the error to the first of several waiting calls', async () => {
    const source$ = new Subject<number>();
    const iterator = toAsyncIterable(source$)[Symbol.asyncIterator]();
    const results = Promise.allSettled([iterator.next(), iterator.next()]);
    source$.error('no');
    expect(await results).toEqual([
      { status: 'rejected', reason: 'no' },
      { status: 'fulfilled', value: { done: true, value: undefined } },
    ]);
  });

  it('return() unsubscribes synchronously and settles a next() that waits', async () => {
    let stopped = 0;
    const never$ = new Observable<number>(() => () => stopped++);
    const iterator = toAsyncIterable(never$)[Symbol.asyncIterator]();
    const waiting = iterator.next();
    const returned = iterator.return();
    expect(stopped).toBe(1);
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await returned).toEqual({ done: true, value: undefined });
  });

  it('return() before the first next() means that there is no run', async () => {
    const subscribed = jest.fn();
    const iterator = toAsyncIterable(of(1).pipe(tap({ subscribe: subscribed })))[Symbol.asyncIterator]();
    await iterator.return();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(subscribed).not.toHaveBeenCalled();
  });

  it('throw() unsubscribes and rejects with what it was given', async () => {
    const { source$, state } = counter();
    const iterator = toAsyncIterable(source$)[Symbol.asyncIterator]();
    await iterator.next();
    const error = new Error('mine');
    await expect(iterator.throw(error)).rejects.toBe(error);
    expect(state.stopped).toBe(1);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('is disposed of by `await using`', async () => {
    const { source$, state } = counter();
    const iterator = toAsyncIterable(source$)[Symbol.asyncIterator]();
    await iterator.next();
    await iterator[Symbol.asyncDispose]();
    expect(state.stopped).toBe(1);
  });

  it.each([0, -1, 1.5, NaN])('refuses %p as high-water mark', (highWaterMark) => {
    expect(() => toAsyncIterable(of(1), { highWaterMark })).toThrow(ValidationError);
  });
});

describe('toAsyncIterable: signal', () => {
  it('never subscribes with a signal that is aborted already', async () => {
    const subscribed = jest.fn();
    const reason = new Error('left');
    const iterable = toAsyncIterable(of(1).pipe(tap({ subscribe: subscribed })), { signal: AbortSignal.abort(reason) });
    await expect(collect(iterable)).rejects.toBe(reason);
    expect(subscribed).not.toHaveBeenCalled();
  });

  it('unsubscribes at once, gives the buffered values, then rejects with the reason', async () => {
    const controller = new AbortController();
    let stopped = 0;
    const source$ = new Observable<number>((subscriber) => {
      subscriber.next(1);
      subscriber.next(2);
      return () => stopped++;
    });
    const iterator = toAsyncIterable(source$, { signal: controller.signal })[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toBe(1);
    const reason = new Error('left');
    controller.abort(reason);
    expect(stopped).toBe(1);
    expect((await iterator.next()).value).toBe(2);
    await expect(iterator.next()).rejects.toBe(reason);
    expect((await iterator.next()).done).toBe(true);
  });

  it('stops a synchronous source that aborts in the middle', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const source$ = new Observable<number>((subscriber) => {
      for (let value = 1; value <= 5 && !subscriber.closed; value++) {
        seen.push(value);
        subscriber.next(value);
        if (value === 2) controller.abort('enough');
      }
    });
    await expect(collect(toAsyncIterable(source$, { signal: controller.signal }))).rejects.toBe('enough');
    expect(seen).toEqual([1, 2]);
  });

  it('removes its listener on every ending', async () => {
    const { signal } = new AbortController();
    const add = jest.spyOn(signal, 'addEventListener');
    const remove = jest.spyOn(signal, 'removeEventListener');
    await collect(toAsyncIterable(of(1), { signal }));
    await collect(toAsyncIterable(throwError(() => 'no'), { signal })).catch(() => undefined);
    const iterator = toAsyncIterable(NEVER, { signal })[Symbol.asyncIterator]();
    void iterator.next();
    await iterator.return();
    const added = add.mock.calls.map(([, listener]) => listener);
    expect(added).toHaveLength(3);
    expect(new Set(remove.mock.calls.map(([, listener]) => listener))).toEqual(new Set(added));
  });
});

describe('toAsyncIterable: demand', () => {
  const trigger$ = of(1);
  const shapes: readonly (readonly [string, (source$: Observable<number>) => Observable<number>])[] = [
    ['nothing', (source$) => source$],
    ['map and filter', (source$) => source$.pipe(map((value) => value), filter(() => true))],
    ['takeUntil', (source$) => source$.pipe(takeUntil(NEVER))],
    ['switchMap', (source$) => trigger$.pipe(switchMap(() => source$))],
    ['concat', (source$) => concat(EMPTY, source$)],
    ['share', (source$) => source$.pipe(share())],
  ];

  it.each(shapes)('pauses the source through %s: 10 taken, at most 11 pulled', async (_, build) => {
    const { source$, state } = counter();
    const iterator = toAsyncIterable(build(source$), { highWaterMark: 1 })[Symbol.asyncIterator]();
    for (let expected = 0; expected < 10; expected++) expect((await iterator.next()).value).toBe(expected);
    expect(state.pulled).toBe(11);
    await iterator.return();
    expect(state.stopped).toBe(1);
    expect(state.pulled).toBe(11);
  });

  it.each([2, 16, 64])('never holds more than the mark of %i', async (highWaterMark) => {
    const { source$, state } = counter();
    const iterator = toAsyncIterable(source$, { highWaterMark })[Symbol.asyncIterator]();
    let furthest = 0;
    for (let taken = 0; taken < 1_000; taken++) {
      expect((await iterator.next()).value).toBe(taken);
      furthest = Math.max(furthest, state.pulled - (taken + 1));
    }
    expect(furthest).toBe(highWaterMark);
    await iterator.return();
  });

  it('opens the gate only after the source is torn down, also one that switchMap started later', async () => {
    const { source$, state } = counter();
    const start$ = new Subject<void>();
    const passed = jest.fn();
    const late$ = start$.pipe(switchMap(() => source$.pipe(tap((value) => passed(value)))));
    const iterator = toAsyncIterable(late$, { highWaterMark: 1 })[Symbol.asyncIterator]();
    const first = iterator.next();
    start$.next();
    expect((await first).value).toBe(0);
    expect(state.demand?.isOpen).toBe(false);
    await iterator.return();
    expect(state.demand?.isOpen).toBe(true);
    expect(passed).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['complete', (source$: Observable<number>) => source$.pipe(take(1))],
    ['error', (source$: Observable<number>) => source$.pipe(tap({ next: () => { throw new Error('no'); } }))],
  ])('opens the gate for good on %s', async (_, build) => {
    const { source$, state } = counter();
    const iterator = toAsyncIterable(build(source$), { highWaterMark: 1 })[Symbol.asyncIterator]();
    await iterator.next().catch(() => undefined);
    state.demand?.pause();
    expect(state.demand?.isOpen).toBe(true);
  });

  it('lets the other readers of a shared source go on when the one that paces it leaves', async () => {
    const { source$, state } = counter();
    const shared$ = source$.pipe(share());
    const pacing = toAsyncIterable(shared$, { highWaterMark: 1 })[Symbol.asyncIterator]();
    await pacing.next();
    const stop$ = new Subject<void>();
    let heard = 0;
    const error = jest.fn();
    shared$.pipe(takeUntil(stop$)).subscribe({
      next: () => {
        if (++heard === 100) stop$.next();
      },
      error,
    });
    const before = state.pulled;
    await pacing.return();
    expect(heard).toBe(100);
    expect(state.pulled).toBe(before + 100);
  });
});

describe('toAsyncIterable: a source that does not pause', () => {
  it('joins adjacent text above the mark: bounded count, no text lost', async () => {
    const pieces = Array.from({ length: 50_000 }, (_, index) => `${index},`);
    const chunks = await collect(toAsyncIterable(from([...pieces.map(text), finish]), { highWaterMark: 4 }));
    expect(chunks.map((chunk) => chunk.content).join('')).toBe(pieces.join(''));
    expect(chunks).toHaveLength(5);
    expect(chunks.slice(0, 3)).toEqual([text('0,'), text('1,'), text('2,')]);
    expect(chunks.at(-1)).toBe(finish);
  });

  it('joins reasoning and the input of one call, and nothing across a boundary', async () => {
    const base = { content: '', isFinal: false, timestamp: 0, metadata } as const;
    const input = (toolCallId: string, inputDelta: string) =>
      ({ ...base, type: 'tool-input', toolName: 't', toolCallId, inputDelta }) as const;
    const reasoning = (piece: string) => ({ ...base, type: 'reasoning', reasoning: piece }) as const;
    const other = { ...text('x'), metadata: { streamId: 'run_2' } };
    const given = [text('a'), reasoning('b'), reasoning('c'), text('d'), text('e'), other, input('1', '{'), input('1', '}'), input('2', '{}')];
    expect(await collect(toAsyncIterable(from(given), { highWaterMark: 1 }))).toEqual([
      text('a'),
      reasoning('bc'),
      text('de'),
      other,
      input('1', '{}'),
      input('2', '{}'),
    ]);
  });

  it('leaves chunks alone while there is room, and the objects of the source as they were', async () => {
    const chunks = [text('a'), text('b'), text('c')];
    const copies = structuredClone(chunks);
    expect(await collect(toAsyncIterable(from(chunks)))).toEqual(chunks);
    await collect(toAsyncIterable(from(chunks), { highWaterMark: 1 }));
    expect(chunks).toEqual(copies);
  });

  it('goes on joining while the consumer takes', async () => {
    const source$ = new Subject<ReturnType<typeof text>>();
    const iterator = toAsyncIterable(source$, { highWaterMark: 1 })[Symbol.asyncIterator]();
    const first = iterator.next();
    for (const piece of ['a', 'b', 'c']) source$.next(text(piece));
    expect((await first).value).toEqual(text('a'));
    expect((await iterator.next()).value).toEqual(text('bc'));
    source$.next(text('d'));
    source$.next(text('e'));
    expect((await iterator.next()).value).toEqual(text('de'));
  });

  it('never joins values that only look like text', async () => {
    const values = [{ type: 'text', content: 'a' }, { type: 'text', content: 'b' }, { type: 'text', content: 'c' }];
    expect(await collect(toAsyncIterable(from(values), { highWaterMark: 1 }))).toEqual(values);
  });
});

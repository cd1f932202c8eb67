import { describe, expect, it, jest } from '@jest/globals';
import { concat, map, Observable, of, retry, take, tap, throwError } from 'rxjs';
import { fromReadableStream } from '../../src/bridges/from-readable-stream.js';
import { toAsyncIterable } from '../../src/bridges/to-async-iterable.js';
import { toPromise } from '../../src/bridges/to-promise.js';
import { toReadableStream } from '../../src/bridges/to-readable-stream.js';
import { counter, settled } from './support.js';

describe('toReadableStream', () => {
  it('gives every value in order and closes', async () => {
    const values: number[] = [];
    for await (const value of toReadableStream(of(1, 2, 3))) values.push(value);
    expect(values).toEqual([1, 2, 3]);
  });

  it('subscribes at the first read', async () => {
    const subscribe = jest.fn();
    const reader = toReadableStream(of(1).pipe(tap({ subscribe }))).getReader();
    await settled();
    expect(subscribe).not.toHaveBeenCalled();
    expect(await reader.read()).toEqual({ done: false, value: 1 });
    expect(subscribe).toHaveBeenCalledTimes(1);
  });

  it('gives the values that came before an error first', async () => {
    const error = new Error('no');
    const reader = toReadableStream(concat(of(1, 2), throwError(() => error))).getReader();
    expect((await reader.read()).value).toBe(1);
    expect((await reader.read()).value).toBe(2);
    await expect(reader.read()).rejects.toBe(error);
  });

  it('pauses the source while nobody reads', async () => {
    const { source$, state } = counter();
    const reader = toReadableStream(source$, { highWaterMark: 4 }).getReader();
    await reader.read();
    await settled();
    expect(state.pulled).toBe(4);
    await reader.cancel();
    expect(state.stopped).toBe(1);
  });

  it('unsubscribes on cancel, also while a read waits', async () => {
    let stopped = 0;
    const reader = toReadableStream(new Observable(() => () => stopped++)).getReader();
    const waiting = reader.read();
    await settled();
    const cancelled = reader.cancel();
    expect(stopped).toBe(1);
    await cancelled;
    expect((await waiting).done).toBe(true);
  });

  it('errors with the reason of its signal', async () => {
    const controller = new AbortController();
    let stopped = 0;
    const reader = toReadableStream(new Observable(() => () => stopped++), { signal: controller.signal }).getReader();
    const waiting = reader.read();
    await settled();
    controller.abort('left');
    expect(stopped).toBe(1);
    await expect(waiting).rejects.toBe('left');
  });
});

/** A stream of numbers from 0 that never ends; says how many were asked for. */
function numbers(): { readonly stream: ReadableStream<number>; readonly state: { pulled: number; cancelled: number } } {
  const state = { pulled: 0, cancelled: 0 };
  const stream = new ReadableStream<number>(
    {
      pull(controller) {
        controller.enqueue(state.pulled++);
      },
      cancel() {
        state.cancelled++;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, state };
}

describe('fromReadableStream', () => {
  it('gives what toReadableStream took', async () => {
    const values: number[] = [];
    const copy$ = fromReadableStream(toReadableStream(of(1, 2, 3))).pipe(tap((value) => values.push(value)));
    expect(await toPromise(copy$)).toBe(3);
    expect(values).toEqual([1, 2, 3]);
  });

  it('cancels a stalled read on unsubscribe, and swallows the rejection of cancel', async () => {
    let cancelled = 0;
    const stalled = new ReadableStream<number>({
      cancel() {
        cancelled++;
        throw new Error('the socket is gone');
      },
    });
    const next = jest.fn();
    const subscription = fromReadableStream(stalled).subscribe({ next, error: next, complete: next });
    await settled();
    subscription.unsubscribe();
    expect(cancelled).toBe(1);
    // An unhandled rejection would end the process here.
    await settled();
    expect(next).not.toHaveBeenCalled();
  });

  it('stops reading at the value that the consumer wanted last', async () => {
    const { stream, state } = numbers();
    expect(await toPromise(fromReadableStream(stream).pipe(take(3)))).toBe(2);
    await settled();
    expect(state).toEqual({ pulled: 3, cancelled: 1 });
  });

  it('reads nothing while the demand is shut', async () => {
    const { stream, state } = numbers();
    const iterator = toAsyncIterable(fromReadableStream(stream).pipe(map((value) => String(value))), { highWaterMark: 2 })[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toBe('0');
    await settled();
    await settled();
    expect(state.pulled).toBe(3);
    expect((await iterator.next()).value).toBe('1');
    expect((await iterator.next()).value).toBe('2');
    expect((await iterator.next()).value).toBe('3');
    await iterator.return();
    expect(state.cancelled).toBe(1);
  });

  it('passes the error of the stream by identity', async () => {
    const error = new Error('no');
    const stream = new ReadableStream<number>({
      start(controller) {
        controller.error(error);
      },
    });
    await expect(toPromise(fromReadableStream(stream))).rejects.toBe(error);
  });

  it('errors on a stream that was read already, and opens a new one when it can', async () => {
    const once = fromReadableStream(toReadableStream(of(1)));
    await toPromise(once);
    await expect(toPromise(once)).rejects.toMatchObject({ name: 'TypeError' });
    let opened = 0;
    const open = () => toReadableStream(++opened === 1 ? throwError(() => new Error('first')) : of(opened));
    expect(await toPromise(fromReadableStream(open).pipe(retry(1)))).toBe(2);
  });
});

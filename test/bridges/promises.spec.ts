import { describe, expect, it, jest } from '@jest/globals';
import { concat, EMPTY, EmptyError, NEVER, Observable, of, take, tap, throwError } from 'rxjs';
import { collectStream, streamToString } from '../../src/bridges/collect-stream.js';
import { toPromise } from '../../src/bridges/to-promise.js';
import { StreamInterruptedError } from '../../src/core/errors.js';
import { finish, metadata, text } from './support.js';

describe('toPromise', () => {
  it('gives the last value', async () => {
    expect(await toPromise(of(1, 2, 3))).toBe(3);
    expect(await toPromise(of(null))).toBeNull();
  });

  it('rejects with the error by identity, and for no value with EmptyError', async () => {
    const error = new Error('no');
    await expect(toPromise(concat(of(1), throwError(() => error)))).rejects.toBe(error);
    await expect(toPromise(EMPTY)).rejects.toBeInstanceOf(EmptyError);
  });

  it('unsubscribes and rejects with the reason on abort', async () => {
    const controller = new AbortController();
    let stopped = 0;
    const promise = toPromise(new Observable(() => () => stopped++), { signal: controller.signal });
    controller.abort('left');
    expect(stopped).toBe(1);
    await expect(promise).rejects.toBe('left');
  });

  it('never subscribes with a signal that is aborted already', async () => {
    const subscribe = jest.fn();
    await expect(toPromise(of(1).pipe(tap({ subscribe })), { signal: AbortSignal.abort('left') })).rejects.toBe('left');
    expect(subscribe).not.toHaveBeenCalled();
  });

  it('removes its listener', async () => {
    const { signal } = new AbortController();
    const add = jest.spyOn(signal, 'addEventListener');
    const remove = jest.spyOn(signal, 'removeEventListener');
    await toPromise(of(1), { signal });
    expect(add).toHaveBeenCalledTimes(1);
    expect(remove.mock.calls[0]?.[1]).toBe(add.mock.calls[0]?.[1]);
  });
});

describe('collectStream', () => {
  it('builds the response', async () => {
    const response = await collectStream(of(text('Hello '), text('world'), finish));
    expect(response.completeText).toBe('Hello world');
    expect(response.finishReason).toBe('stop');
    expect(response.chunkCount).toBe(3);
    expect(response.chunks).toEqual([]);
    expect(response.endTime).toEqual(expect.any(Number));
  });

  it('keeps the chunks when asked to', async () => {
    const chunks = [text('a'), finish];
    expect((await collectStream(of(...chunks), { keepChunks: true })).chunks).toEqual(chunks);
  });

  it('takes a stream without a finish as it is, also an empty one', async () => {
    const response = await collectStream(of(text('a'), text('b')).pipe(take(1)));
    expect(response.completeText).toBe('a');
    expect(response.finishReason).toBeUndefined();
    expect(response.endTime).toEqual(expect.any(Number));
    expect((await collectStream(EMPTY)).completeText).toBe('');
  });

  it.each([
    ['aborted', undefined, new DOMException('left', 'AbortError')],
    ['timeout', 'total', new DOMException('late', 'TimeoutError')],
  ])('rejects with an interruption (%s) that holds what came', async (reason, phase, cause) => {
    const controller = new AbortController();
    const promise = collectStream(concat(of(text('Hel'), text('lo')), NEVER), { signal: controller.signal });
    controller.abort(cause);
    const error = await promise.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StreamInterruptedError);
    expect(error).toMatchObject({ reason, partialResponse: 'Hello', cause, streamId: 'run_1' });
    expect((error as StreamInterruptedError).phase).toBe(phase);
    expect((error as StreamInterruptedError).partial.endTime).toEqual(expect.any(Number));
  });

  it('rejects with the error of the stream by identity', async () => {
    const error = new Error('no');
    await expect(collectStream(concat(of(text('a')), throwError(() => error)))).rejects.toBe(error);
  });
});

describe('streamToString', () => {
  it('joins the text and starts again on restart', async () => {
    const restart = { type: 'restart', content: '', isFinal: false, timestamp: 0, metadata, reason: 'disconnected', attempt: 2 } as const;
    expect(await streamToString(of(text('Hal'), restart, text('Hello'), finish))).toBe('Hello');
  });

  it('counts the content of a mock finish', async () => {
    expect(await streamToString(of(text('a'), { ...finish, content: 'b' }))).toBe('ab');
  });
});

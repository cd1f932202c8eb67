import { describe, expect, it, jest } from '@jest/globals';
import { type Observable, take, takeWhile } from 'rxjs';
import { toAsyncIterable } from '../../src/bridges/to-async-iterable.js';
import { toPromise } from '../../src/bridges/to-promise.js';
import { collectStream } from '../../src/bridges/collect-stream.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { StreamInterruptedError, ValidationError } from '../../src/core/errors.js';
import type { ProviderRequest } from '../../src/core/provider.js';
import { fromStream, type StreamFunction } from '../../src/providers/from-stream.js';
import { finish, metadata, settled, text } from '../bridges/support.js';

const request: ProviderRequest = { messages: [{ role: 'user', content: 'Hello' }], streamId: 'run_1' };

/** The chunks of one call. */
async function call(fn: StreamFunction): Promise<readonly StreamChunk[]> {
  return (await collectStream(fromStream('mine', fn).stream$(request), { keepChunks: true })).chunks;
}

const toolCall: StreamChunk = {
  type: 'tool-call',
  content: '',
  isFinal: false,
  timestamp: 0,
  metadata,
  toolCallId: 'call_1',
  toolName: 'now',
  input: {},
};

describe('fromStream', () => {
  it('makes text of strings and adds the finish', async () => {
    const chunks = await call(async function* ({ messages }) {
      yield 'You sent ';
      yield '';
      yield await Promise.resolve(`${messages.length}.`);
    });
    expect(chunks).toMatchObject([
      { type: 'text', content: 'You sent ', metadata: { streamId: 'run_1' } },
      { type: 'text', content: '1.' },
      { type: 'finish', finishReason: 'stop', isFinal: true },
    ]);
    expect(chunks).toHaveLength(3);
  });

  it('passes chunks as they are, and ends at their finish', async () => {
    const returned = jest.fn();
    const after = jest.fn();
    const chunks = await call(async function* () {
      try {
        yield text('a');
        yield await Promise.resolve(finish);
        after();
        yield 'nobody hears it';
        after();
      } finally {
        returned();
      }
    });
    expect(chunks).toEqual([text('a'), finish]);
    expect(chunks[1]).toBe(finish);
    await settled();
    expect(after).toHaveBeenCalledTimes(1);
    expect(returned).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['stays', (source$: Observable<StreamChunk>) => source$],
    ['leaves at the finish', (source$: Observable<StreamChunk>) => source$.pipe(takeWhile(({ type }) => type !== 'finish', true))],
  ])('lets the code after the finish run, without an abort, when the consumer %s', async (_, consume) => {
    let signal: AbortSignal | undefined;
    const after = jest.fn();
    const provider = fromStream('mine', async function* (_request, context) {
      ({ signal } = context);
      yield finish;
      after(await Promise.resolve(context.signal.aborted));
      throw new Error('nobody hears it');
    });
    expect(await toPromise(consume(provider.stream$(request)))).toBe(finish);
    // Unhandled rejections would end the process here.
    await settled();
    expect(after.mock.calls).toEqual([[false]]);
    expect(signal?.aborted).toBe(false);
  });

  it('finishes with tool-calls when a call of ours came', async () => {
    const chunks = await call(async function* () {
      yield await Promise.resolve(toolCall);
    });
    expect(chunks.at(-1)).toMatchObject({ type: 'finish', finishReason: 'tool-calls' });
  });

  it('passes an error before the first chunk by identity, also one that the function throws', async () => {
    const error = new Error('down');
    const later = call(async function* () {
      await Promise.reject(error);
      yield 'never';
    });
    await expect(later).rejects.toBe(error);
    const atOnce = call(() => {
      throw error;
    });
    await expect(atOnce).rejects.toBe(error);
  });

  it('wraps a later error in an interruption that holds what came', async () => {
    const cause = new Error('cut');
    const failing = call(async function* () {
      yield 'Hel';
      yield 'lo';
      await Promise.reject(cause);
    });
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StreamInterruptedError);
    expect(error).toMatchObject({ reason: 'failed', partialResponse: 'Hello', cause });
  });

  it('aborts the signal, calls return() and ignores a late rejection when nobody listens any more', async () => {
    let signal: AbortSignal | undefined;
    let returned = 0;
    const iterator = {
      next: () =>
        new Promise<IteratorResult<string>>((_, reject) => {
          signal?.addEventListener('abort', () => {
            reject(new Error('late'));
          });
        }),
      return: () => {
        returned++;
        return Promise.reject(new Error('refused'));
      },
    };
    const heard = jest.fn();
    const provider = fromStream('mine', (_, context) => {
      ({ signal } = context);
      return { [Symbol.asyncIterator]: () => iterator };
    });
    const subscription = provider.stream$(request).subscribe({ next: heard, error: heard, complete: heard });
    expect(signal?.aborted).toBe(false);
    subscription.unsubscribe();
    expect(signal?.aborted).toBe(true);
    expect(returned).toBe(1);
    // Unhandled rejections would end the process here.
    await settled();
    expect(heard).not.toHaveBeenCalled();
  });

  it('does not abort the signal of an answer that ended by itself', async () => {
    let signal: AbortSignal | undefined;
    await call(async function* (_, context) {
      ({ signal } = context);
      yield await Promise.resolve('a');
    });
    expect(signal?.aborted).toBe(false);
  });

  it('runs anew for each subscriber', async () => {
    let runs = 0;
    const provider = fromStream('mine', async function* () {
      yield await Promise.resolve(String(++runs));
    });
    const answer$ = provider.stream$(request).pipe(take(1));
    expect((await toPromise(answer$)).content).toBe('1');
    expect((await toPromise(answer$)).content).toBe('2');
  });

  it('is not read while the demand is shut', async () => {
    let pulled = 0;
    const provider = fromStream('mine', async function* () {
      for (;;) yield await Promise.resolve(`${pulled++} `);
    });
    const iterator = toAsyncIterable(provider.stream$(request), { highWaterMark: 2 })[Symbol.asyncIterator]();
    expect((await iterator.next()).value?.content).toBe('0 ');
    await settled();
    await settled();
    expect(pulled).toBe(3);
    expect((await iterator.next()).value?.content).toBe('1 ');
    await iterator.return();
  });

  it('completes from the stream, and rejects with the reason of its signal', async () => {
    const provider = fromStream(
      'mine',
      async function* () {
        yield await Promise.resolve('Hi');
        yield toolCall;
      },
      { model: 'm1' },
    );
    expect(provider).toMatchObject({ name: 'mine', model: 'm1' });
    expect(await provider.complete(request)).toEqual({
      content: 'Hi',
      toolCalls: [{ toolCallId: 'call_1', toolName: 'now', input: {} }],
      finishReason: 'tool-calls',
    });
    await expect(provider.complete(request, { signal: AbortSignal.abort('left') })).rejects.toBe('left');
  });

  it.each([
    ['an array', () => ['Hello']],
    ['an iterable that is not async', () => new Set(['Hello']).values()],
    ['a promise', () => Promise.resolve(['Hello'])],
    ['a promise', () => Promise.reject(new Error('nobody hears it'))],
    ['an object', () => ({ text: 'Hello' })],
    ['a string', () => 'Hello'],
    ['undefined', () => undefined],
    ['null', () => null],
  ])('says what it needs when the function returns %s', async (what, fn) => {
    // What users without a type checker may write.
    const error: unknown = await call(fn as unknown as StreamFunction).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toHaveProperty('message', expect.stringContaining(`fromStream('mine', fn) must return an async iterable, but returned ${what}.`));
    await settled();
  });

  it.each([
    ['a number', 42],
    ['undefined', undefined],
    ['null', null],
    ['an object', { content: 'Hello' }],
    ['an array', ['Hello']],
  ])('says what it needs when the iterable yields %s, and stops it', async (what, piece) => {
    let signal: AbortSignal | undefined;
    const returned = jest.fn();
    const fn = async function* (_: ProviderRequest, context: { readonly signal: AbortSignal }): AsyncGenerator {
      ({ signal } = context);
      try {
        for (;;) yield await Promise.resolve(piece);
      } finally {
        returned();
      }
    };
    // What users without a type checker may write.
    const error: unknown = await call(fn as StreamFunction).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toHaveProperty('message', `The iterable of fromStream('mine', fn) must yield strings or StreamChunks, but yielded ${what}.`);
    await settled();
    expect(signal?.aborted).toBe(true);
    expect(returned).toHaveBeenCalledTimes(1);
  });

  it('keeps what came before a piece that is none', async () => {
    const fn = async function* (): AsyncGenerator {
      yield 'Hello';
      yield await Promise.resolve(42);
    };
    const error: unknown = await call(fn as StreamFunction).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: 'failed', partialResponse: 'Hello', cause: expect.any(ValidationError) });
  });

  it('refuses an empty name', () => {
    expect(() =>
      fromStream('', async function* () {
        yield await Promise.resolve('');
      }),
    ).toThrow(ValidationError);
  });
});

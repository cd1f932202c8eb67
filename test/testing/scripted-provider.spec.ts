import { describe, expect, it, jest } from '@jest/globals';
import { of, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { StreamChunk } from '../../src/core/chunk.js';
import { AgentError, ConnectionError, ProviderError, StreamInterruptedError, ValidationError } from '../../src/core/errors.js';
import { StreamGrammar } from '../../src/core/grammar.js';
import type { Provider, ProviderRequest } from '../../src/core/provider.js';
import { marbleProvider } from '../../src/testing/marble-provider.js';
import { scriptedProvider } from '../../src/testing/scripted-provider.js';
import { finish, text } from '../bridges/support.js';

const request: ProviderRequest = { messages: [{ role: 'user', content: 'Hello' }], streamId: 'run_9' };

/** Everything a synchronous call streams, and how it ended; checked against the grammar. */
function call(provider: Provider): { readonly chunks: readonly StreamChunk[]; readonly error: unknown } {
  const chunks: StreamChunk[] = [];
  let error: unknown = 'still running';
  const grammar = new StreamGrammar();
  provider.stream$(request).subscribe({
    next: (chunk) => {
      expect(grammar.check(chunk)).toBeUndefined();
      chunks.push(chunk);
    },
    error: (thrown: unknown) => (error = thrown),
    complete: () => {
      expect(grammar.end()).toBeUndefined();
      error = undefined;
    },
  });
  return { chunks, error };
}

describe('scriptedProvider', () => {
  it('answers the n-th call with the n-th step, with deterministic ids', () => {
    const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
    const provider = scriptedProvider([
      { reasoning: 'Hm.', text: 'I add.', toolCalls: [{ toolName: 'add', input: { a: 1 } }, { toolName: 'now' }], usage },
      (given) => `You sent ${given.messages.length}.`,
      { toolCalls: [{ toolName: 'add', invalidInput: '[1' }] },
    ]);
    const first = call(provider);
    expect(first.error).toBeUndefined();
    expect(first.chunks).toMatchObject([
      { type: 'reasoning', content: '', reasoning: 'Hm.' },
      { type: 'text', content: 'I add.' },
      { type: 'tool-call', toolCallId: 'call_1', toolName: 'add', input: { a: 1 } },
      { type: 'tool-call', toolCallId: 'call_2', toolName: 'now', input: {} },
      { type: 'finish', finishReason: 'tool-calls', usage },
    ]);
    expect(new Set(first.chunks.map((chunk) => chunk.metadata.streamId))).toEqual(new Set(['run_9']));
    expect(call(provider).chunks).toMatchObject([{ content: 'You sent 1.' }, { type: 'finish', finishReason: 'stop' }]);
    expect(call(provider).chunks[0]).toMatchObject({ toolCallId: 'call_3', input: undefined, invalidInput: '[1' });
    expect(provider.requests).toEqual([request, request, request]);
    provider.assertConsumed();
  });

  it('does nothing before it is subscribed, and each subscription is a call', () => {
    const provider = scriptedProvider(['one', 'two']);
    const answer$ = provider.stream$(request);
    expect(provider.requests).toHaveLength(0);
    const contents: string[] = [];
    const error = jest.fn();
    answer$.subscribe({ next: (chunk) => contents.push(chunk.content), error });
    answer$.subscribe({ next: (chunk) => contents.push(chunk.content), error });
    expect(error).not.toHaveBeenCalled();
    expect(contents).toEqual(['one', '', 'two', '']);
  });

  it('fails on an unexpected call, there and in assertConsumed', () => {
    const provider = scriptedProvider(['one']);
    call(provider);
    const { error } = call(provider);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ code: 'unexpected_call', retryable: false, message: expect.stringContaining('call 2 was not expected') });
    expect(() => {
      provider.assertConsumed();
    }).toThrow(AgentError);
  });

  it('fails on steps that were not used', () => {
    const provider = scriptedProvider(['one', 'two']);
    call(provider);
    expect(() => {
      provider.assertConsumed();
    }).toThrow('the script has 2 steps, but 1 calls were made');
  });

  it('hands the request to expect, whose error is the error of the call', () => {
    const thrown = new Error('wrong request');
    const provider = scriptedProvider([
      {
        expect: (given) => {
          expect(given).toBe(request);
          throw thrown;
        },
      },
    ]);
    expect(call(provider)).toEqual({ chunks: [], error: thrown });
  });

  it('errors before the first chunk with the error itself', () => {
    const error = new ConnectionError('scripted: down', { provider: 'scripted', model: 'm' });
    expect(call(scriptedProvider([{ error }]))).toEqual({ chunks: [], error });
    expect(call(scriptedProvider([{ text: 'never sent', errorAfter: 0, error }]))).toEqual({ chunks: [], error });
  });

  it('errors after n chunks with an interruption that holds them', () => {
    const cause = new ProviderError('scripted: overloaded', { provider: 'scripted', model: 'm' });
    const { chunks, error } = call(scriptedProvider([{ text: 'abcdef', chunkSize: 2, errorAfter: 2, error: cause }]));
    expect(chunks.map((chunk) => chunk.content)).toEqual(['ab', 'cd']);
    expect(error).toBeInstanceOf(StreamInterruptedError);
    expect(error).toMatchObject({ reason: 'provider', partialResponse: 'abcd', cause, streamId: 'run_9' });
  });

  it('interrupts for the reason that the step names', () => {
    const { error } = call(scriptedProvider([{ text: 'abc', interruption: 'disconnected' }]));
    expect(error).toMatchObject({ name: 'StreamInterruptedError', reason: 'disconnected', partialResponse: 'abc' });
    expect(error).not.toHaveProperty('cause');
  });

  it('streams at the pace of delayMs, in virtual time', () => {
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    scheduler.run(({ expectObservable }) => {
      const provider = scriptedProvider([{ text: 'ab', chunkSize: 1 }], { delayMs: 10, scheduler });
      expectObservable(provider.stream$(request)).toBe('a 9ms b 9ms (f|)', {
        a: expect.objectContaining({ content: 'a', timestamp: 0 }),
        b: expect.objectContaining({ content: 'b', timestamp: 10 }),
        f: expect.objectContaining({ type: 'finish', timestamp: 20 }),
      });
    });
  });

  it('answers complete() alone when it does not stream', async () => {
    const provider = scriptedProvider(
      [{ reasoning: 'Hm.', text: 'Hi', toolCalls: [{ toolName: 'now' }] }, { error: new Error('no') }, 'three'],
      { supportsStreaming: false },
    );
    expect(provider.supportsStreaming()).toBe(false);
    expect(call(provider).error).toMatchObject({ code: 'no_streaming' });
    expect(await provider.complete(request)).toEqual({
      content: 'Hi',
      reasoning: 'Hm.',
      toolCalls: [{ toolCallId: 'call_1', toolName: 'now', input: {} }],
      finishReason: 'tool-calls',
    });
    await expect(provider.complete(request)).rejects.toThrow('no');
    await expect(provider.complete(request, { signal: AbortSignal.abort('left') })).rejects.toBe('left');
    expect((await provider.complete(request)).content).toBe('three');
    provider.assertConsumed();
  });

  it('answers complete() from its stream when it streams', async () => {
    const provider = scriptedProvider([{ text: 'Hi', toolCalls: [{ toolName: 'now', input: { zone: 'UTC' } }] }]);
    expect(await provider.complete(request)).toEqual({
      content: 'Hi',
      toolCalls: [{ toolCallId: 'call_1', toolName: 'now', input: { zone: 'UTC' } }],
      finishReason: 'tool-calls',
    });
  });

  it('refuses a bad delay at once and a bad chunk size at the call', () => {
    expect(() => scriptedProvider([], { delayMs: -1 })).toThrow(ValidationError);
    expect(call(scriptedProvider([{ text: 'a', chunkSize: 0 }])).error).toBeInstanceOf(ValidationError);
  });
});

describe('marbleProvider', () => {
  it('subscribes the n-th stream at the n-th call', () => {
    const error = new Error('no');
    const provider = marbleProvider(of(text('a'), finish), throwError(() => error));
    expect(call(provider).chunks).toEqual([text('a'), finish]);
    expect(call(provider).error).toBe(error);
    expect(call(provider).error).toMatchObject({ code: 'unexpected_call' });
    expect(provider.requests).toHaveLength(3);
  });

  it('runs in virtual time', () => {
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const step$ = cold('-a-(f|)', { a: text('a'), f: finish });
      const provider = marbleProvider(step$);
      expectObservable(provider.stream$(request), '--^').toBe('---a-(f|)', { a: text('a'), f: finish });
      expectSubscriptions(step$.subscriptions).toBe('--^--!');
    });
  });

  it('completes from the stream', async () => {
    const provider = marbleProvider(of(text('a'), finish), of(text('cut')));
    expect(await provider.complete(request)).toMatchObject({ content: 'a', finishReason: 'stop' });
    await expect(provider.complete(request)).rejects.toMatchObject({ reason: 'truncated', partialResponse: 'cut' });
  });
});

import { describe, expect, it } from '@jest/globals';
import { Subject, defer, lastValueFrom, tap, toArray } from 'rxjs';
import { z } from 'zod';
import { chunk, runMarbles } from '../../marbles/index.js';
import { verifyStream } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { Agent, type AgentOptions, OverloadedError, ProviderError, isStreamInterrupted, tool } from '../../src/index.js';
import { marbleProvider, scriptedProvider, type ScriptedStep } from '../../src/testing/index.js';

const usage = (inputTokens: number, outputTokens: number) => ({ inputTokens, outputTokens, totalTokens: inputTokens + outputTokens });

const busy = (): ProviderError => new OverloadedError('test: busy.', { provider: 'test', model: 'm', status: 503, retryable: true });
const gone = (): ProviderError => new ProviderError('test: no such model.', { provider: 'test', model: 'm', status: 404, retryable: false });
const at = { provider: 'test', model: 'm' };

const atOnce = { delay: () => 0 };

function chunksOf(options: AgentOptions): Promise<readonly StreamChunk[]> {
  return lastValueFrom(new Agent(options).stream$('Hi').pipe(verifyStream(), toArray()));
}

const typesOf = (chunks: readonly StreamChunk[]): readonly string[] => chunks.map(({ type, content }) => (content === '' ? type : content));

const failing = (fields: object = {}): ScriptedStep => ({ text: 'Hel', interruption: 'disconnected', ...fields });

describe("the agent's retry", () => {
  it('asks again before the first chunk, and asks the SDK not to', async () => {
    const provider = scriptedProvider([{ error: busy() }, { text: 'Hello', usage: usage(3, 1) }]);
    expect(typesOf(await chunksOf({ provider, retry: atOnce }))).toEqual(['Hello', 'step', 'finish']);
    expect(provider.requests.map(({ maxRetries }) => maxRetries)).toEqual([0, 0]);
    expect(provider.requests[1]?.messages).toEqual([{ role: 'user', content: 'Hi' }]);
    provider.assertConsumed();
  });

  it('leaves the SDK its own retries when it is not set, and makes no attempt of its own', async () => {
    const provider = scriptedProvider([{ error: busy() }]);
    await expect(chunksOf({ provider })).rejects.toMatchObject({ name: 'OverloadedError' });
    expect(provider.requests[0]).not.toHaveProperty('maxRetries');
  });

  it('can be set for one call', async () => {
    const provider = scriptedProvider([{ error: busy() }, 'Hello']);
    const response = await new Agent({ provider, retry: { count: 0 } }).run('Hi', { retry: atOnce });
    expect(response.content).toBe('Hello');
    expect(() => new Agent({ provider, retry: { count: -1 } })).toThrow(/count/);
    await expect(new Agent({ provider }).run('Hi', { retry: { delay: -1 } })).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('begins a step anew in mode restart: text, history and usage are those of the attempt that counted', async () => {
    const provider = scriptedProvider([failing(), { text: 'Good day', usage: usage(3, 2) }, 'Bye']);
    const agent = new Agent({ provider, retry: { ...atOnce, mode: 'restart' } });
    const chunks = await lastValueFrom(agent.stream$('Hi').pipe(verifyStream(), toArray()));
    expect(typesOf(chunks)).toEqual(['Hel', 'restart', 'Good day', 'step', 'finish']);
    expect(chunks[1]).toMatchObject({ reason: 'disconnected', attempt: 2 });
    expect(chunks.at(-1)).toMatchObject({ usage: usage(3, 2) });
    const response = await agent.run('And?');
    expect(response.content).toBe('Bye');
    expect(provider.requests[2]?.messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Good day' },
      { role: 'user', content: 'And?' },
    ]);
  });

  it('keeps the partial, in the error and in the history, when no attempt brings the answer', async () => {
    const provider = scriptedProvider([failing(), { error: busy() }, { error: gone() }]);
    const agent = new Agent({ provider, retry: { ...atOnce, mode: 'restart' } });
    await expect(agent.run('Hi')).rejects.toMatchObject({ reason: 'disconnected', partialResponse: 'Hel' });
    expect(await agent.getMessages()).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hel', interrupted: true },
    ]);
  });

  it('never begins anew after a call of a tool that is not idempotent', async () => {
    let ran = 0;
    const make = (idempotent: boolean) =>
      tool({ name: 'pay', description: 'Pays.', parameters: z.object({}), idempotent, execute: () => ++ran });
    const step: ScriptedStep = { toolCalls: [{ toolName: 'pay', toolCallId: 'call_0' }], interruption: 'disconnected' };
    const retry = { ...atOnce, mode: 'restart' } as const;
    const once = scriptedProvider([step, 'never asked']);
    await expect(chunksOf({ provider: once, tools: [make(false)], retry })).rejects.toMatchObject({ reason: 'disconnected' });
    expect([ran, once.requests.length]).toEqual([1, 1]);

    const again = scriptedProvider([step, { toolCalls: [{ toolName: 'pay', toolCallId: 'call_0' }] }, 'Paid.']);
    const chunks = await chunksOf({ provider: again, tools: [make(true)], retry });
    expect(typesOf(chunks)).toEqual(['tool-call', 'tool-result', 'restart', 'tool-call', 'tool-result', 'step', 'Paid.', 'step', 'finish']);
  });

  it('limits each attempt by the timeout, in virtual time, and goes on after it', () => {
    const durations: unknown[] = [];
    runMarbles(({ cold, expectStream, scheduler }) => {
      const provider = marbleProvider(cold('-a------b-(F|)'), cold('-c---(F|)'));
      const agent = new Agent({ provider, scheduler, timeout: { each: 4 }, retry: { mode: 'restart', delay: () => 2 } });
      const result = agent.stream$('Hi').pipe(tap((c) => c.isFinal && durations.push(c.metadata['durationMs'])));
      // a at 1, the limit of 4 at 5, the wait of 2, c at 8.
      expectStream(result).toBe('-a------(Xc)(SF|)', { X: chunk.restart('timeout'), S: chunk.step('stop') });
    });
    // Of the whole run, although the limit had ended its first attempt.
    expect(durations).toEqual([12]);
  });

  it('carries the whole run in the error when a later step cannot be retried', async () => {
    const add = tool({ name: 'add', description: 'Adds.', parameters: z.object({}), execute: () => 5 });
    const provider = scriptedProvider([{ text: 'One. ', toolCalls: [{ toolName: 'add' }] }, { error: gone() }]);
    const error: unknown = await new Agent({ provider, tools: [add], retry: atOnce }).run('Hi').catch((reason: unknown) => reason);
    expect(isStreamInterrupted(error) && [error.reason, error.partialResponse]).toEqual(['provider', 'One. ']);
  });
});

describe("the agent's fallback and hedge", () => {
  it('asks the next provider when the first, with all its attempts, has failed', async () => {
    const first = scriptedProvider([{ error: busy() }, { error: busy() }]);
    const second = scriptedProvider([{ error: busy() }, 'Hello']);
    const chunks = await chunksOf({ provider: first, retry: { ...atOnce, count: 1 }, fallback: { next: [second] } });
    expect(typesOf(chunks)).toEqual(['Hello', 'step', 'finish']);
    first.assertConsumed();
    second.assertConsumed();
  });

  it('falls back in the middle of an answer in mode restart alone', async () => {
    const make = (mode?: 'restart'): AgentOptions => ({
      provider: scriptedProvider([failing()]),
      fallback: { next: [scriptedProvider(['Good day'])], ...(mode && { mode }) },
    });
    await expect(chunksOf(make())).rejects.toMatchObject({ reason: 'disconnected', partialResponse: 'Hel' });
    expect(typesOf(await chunksOf(make('restart')))).toEqual(['Hel', 'restart', 'Good day', 'step', 'finish']);
  });

  it('asks the same provider once more when it is slow to begin, and cancels the loser', () => {
    runMarbles(({ cold, expectStream, expectSubscriptions, scheduler }) => {
      const slow = cold('---------a-(F|)');
      const quick = cold('-b---(F|)');
      const agent = new Agent({ provider: marbleProvider(slow, quick), scheduler, hedge: { afterMs: 3 } });
      expectStream(agent.stream$('Hi')).toBe('----b---(SF|)', { S: chunk.step('stop') });
      expectSubscriptions(slow.subscriptions).toBe('^---!');
      expectSubscriptions(quick.subscriptions).toBe('---^----!');
    });
  });

  it('hedges with other providers', () => {
    runMarbles(({ cold, expectStream, scheduler }) => {
      const others = [marbleProvider(cold('---------')), marbleProvider(cold('-c---(F|)'))];
      const agent = new Agent({ provider: marbleProvider(cold('---------')), scheduler, hedge: { afterMs: 3, others } });
      expectStream(agent.stream$('Hi')).toBe('-------c---(SF|)', { S: chunk.step('stop') });
    });
  });

  it('stops every request when the consumer leaves', () => {
    const answers = [new Subject<StreamChunk>(), new Subject<StreamChunk>()];
    const opened: Subject<StreamChunk>[] = [];
    const provider = {
      name: 'test',
      model: 'm',
      supportsStreaming: () => true,
      stream$: () =>
        defer(() => {
          const next = answers[opened.length] ?? new Subject<StreamChunk>();
          opened.push(next);
          return next;
        }),
      complete: () => Promise.reject(new ProviderError('unused', at)),
    };
    const subscription = new Agent({ provider, retry: { ...atOnce, mode: 'restart' }, fallback: { next: [provider] } }).stream$('Hi').subscribe();
    expect(opened.map((answer) => answer.observed)).toEqual([true]);
    subscription.unsubscribe();
    expect(opened.map((answer) => answer.observed)).toEqual([false]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { NEVER, Subject, catchError, firstValueFrom, lastValueFrom, of, retry, switchMap, take, throwError, toArray } from 'rxjs';
import { z } from 'zod';
import { accumulate } from '../../operators/index.js';
import { chunk } from '../../marbles/alphabet.js';
import type { Message } from '../../src/core/message.js';
import type { StreamSnapshot } from '../../src/core/snapshot.js';
import { Agent, ProviderError, type ToolInterceptor, isStreamInterrupted, result, tool } from '../../src/index.js';
import { marbleProvider, scriptedProvider } from '../../src/testing/index.js';

const user = (content: string): Message => ({ role: 'user', content });
const said = (content: string): Message => ({ role: 'assistant', content });
const cut = (content: string): Message => ({ role: 'assistant', content, interrupted: true });
const overloaded = new ProviderError('overloaded', { provider: 'scripted', model: 'm', retryable: true });

const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
});
const hang = tool({ name: 'hang', description: 'Never ends.', parameters: z.object({}), execute: () => NEVER });

function ended(agent: Agent, prompt: string): Promise<unknown> {
  return lastValueFrom(agent.stream$(prompt).pipe(catchError((error: unknown) => of(error))));
}

describe('the history of an agent', () => {
  it('sends the conversation with the next prompt', async () => {
    const provider = scriptedProvider(['Hello!', 'Ada.']);
    const agent = new Agent({ provider });
    await agent.run('I am Ada.');
    await agent.run('Who am I?');
    expect(provider.requests[1]?.messages).toEqual([user('I am Ada.'), said('Hello!'), user('Who am I?')]);
    expect(await agent.getMessages()).toEqual([user('I am Ada.'), said('Hello!'), user('Who am I?'), said('Ada.')]);
  });

  it('is committed before finish goes out', async () => {
    const agent = new Agent({ provider: scriptedProvider(['x', 'y']) });
    const seen = await lastValueFrom(
      agent.stream$('A').pipe(switchMap((c) => (c.type === 'finish' ? agent.getMessages() : of(undefined)))),
    );
    expect(seen).toEqual([user('A'), said('x')]);
  });

  it('keeps the partial answer of an interrupted turn and marks it; the next request is valid', async () => {
    const provider = scriptedProvider([{ text: 'It was a dark', error: overloaded, errorAfter: 1 }, 'ok']);
    const agent = new Agent({ provider });
    const error = await ended(agent, 'Tell me.');
    expect(isStreamInterrupted(error) && [error.reason, error.partialResponse, error.cause]).toEqual(['provider', 'It was a dark', overloaded]);
    await agent.run('Go on.');
    expect(provider.requests[1]?.messages).toEqual([user('Tell me.'), cut('It was a dark'), user('Go on.')]);
  });

  it('closes a call that was running when the turn was interrupted', async () => {
    const interruption = new AbortController();
    const agent = new Agent({ provider: scriptedProvider([{ text: 'Wait.', toolCalls: [{ toolName: 'add', input: { a: 1, b: 1 } }, { toolName: 'hang' }] }]), tools: [add, hang] });
    const done = lastValueFrom(agent.stream$('Go', { signal: interruption.signal })).catch((error: unknown) => error);
    interruption.abort();
    expect(isStreamInterrupted(await done)).toBe(true);
    expect(await agent.getMessages()).toEqual([
      user('Go'),
      {
        role: 'assistant',
        content: 'Wait.',
        interrupted: true,
        toolCalls: [{ toolCallId: 'call_1', toolName: 'add', input: { a: 1, b: 1 } }, { toolCallId: 'call_2', toolName: 'hang', input: {} }],
      },
      { role: 'tool', toolCallId: 'call_1', toolName: 'add', output: 2, isError: false },
      { role: 'tool', toolCallId: 'call_2', toolName: 'hang', output: 'The call was aborted before it had a result.', isError: true },
    ]);
  });

  it('keeps the steps that ended when a later one failed before its answer', async () => {
    const provider = scriptedProvider([{ toolCalls: [{ toolName: 'add', input: { a: 1, b: 1 } }] }, { error: overloaded }]);
    const agent = new Agent({ provider, tools: [add] });
    const error = await ended(agent, 'Go');
    expect(isStreamInterrupted(error) && error.cause).toBe(overloaded);
    expect((await agent.getMessages()).map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
  });

  it('commits nothing when nothing was received', async () => {
    const agent = new Agent({ provider: scriptedProvider([{ error: overloaded }, { text: '' }]) });
    expect(await ended(agent, 'A')).toBe(overloaded);
    await ended(agent, 'B');
    expect(await agent.getMessages()).toEqual([]);
  });

  it('holds one turn, with the prompt once, when a stream is retried', async () => {
    const provider = scriptedProvider([{ text: 'Hal', error: overloaded, errorAfter: 1 }, 'Hello!']);
    const agent = new Agent({ provider });
    await lastValueFrom(agent.stream$('Hi').pipe(retry(1)));
    expect(provider.requests[1]?.messages).toEqual([user('Hi')]);
    expect(await agent.getMessages()).toEqual([user('Hi'), said('Hello!')]);
  });

  it('keeps the earlier partial when a later attempt received nothing', async () => {
    const provider = scriptedProvider([{ text: 'Hal', error: overloaded, errorAfter: 1 }, { error: overloaded }]);
    const agent = new Agent({ provider });
    await lastValueFrom(agent.stream$('Hi').pipe(retry(1), catchError(() => of(0))));
    expect(await agent.getMessages()).toEqual([user('Hi'), cut('Hal')]);
  });

  it('commits in the teardown, so that the next prompt of switchMap sees the partial', () => {
    const first = new Subject<ReturnType<typeof chunk.text>>();
    const provider = marbleProvider(first, of(chunk.text('Two.'), chunk.finish()));
    const agent = new Agent({ provider });
    const prompts = new Subject<string>();
    const snapshots: StreamSnapshot[] = [];
    const subscription = prompts.pipe(switchMap((prompt) => agent.stream$(prompt).pipe(accumulate()))).subscribe((s) => snapshots.push(s));
    prompts.next('One?');
    first.next(chunk.text('Par'));
    prompts.next('Two?');
    subscription.unsubscribe();
    expect(first.observed).toBe(false);
    expect(provider.requests[1]?.messages).toEqual([user('One?'), cut('Par'), user('Two?')]);
    expect(snapshots.at(-1)?.completeText).toBe('Two.');
  });

  it('keeps what take(1) has seen', async () => {
    const agent = new Agent({ provider: scriptedProvider([{ text: 'abc', chunkSize: 1 }]) });
    await firstValueFrom(agent.stream$('Hi').pipe(take(1)));
    expect(await agent.getMessages()).toEqual([user('Hi'), cut('a')]);
  });

  it('starts from messages given for one call and then leaves the history alone', async () => {
    const provider = scriptedProvider(['Yes.', 'No.']);
    const agent = new Agent({ provider });
    const response = await agent.run('Really?', { messages: [user('It rains.'), said('I see.')] });
    expect(provider.requests[0]?.messages).toEqual([user('It rains.'), said('I see.'), user('Really?')]);
    expect(response.messages.at(-1)).toEqual(said('Yes.'));
    expect(await agent.getMessages()).toEqual([]);
  });

  it('sends a paused answer back although it had no text', async () => {
    const replay = { provider: 'marble', data: ['thinking'] };
    const provider = marbleProvider(of(chunk.finish('pause', { replay })), of(chunk.text('Done.'), chunk.finish()));
    await new Agent({ provider }).run('Go');
    expect(provider.requests[1]?.messages).toEqual([user('Go'), { role: 'assistant', content: '', replay }]);
  });

  it('keeps the question when the model thought and ended without a word', async () => {
    const agent = new Agent({ provider: scriptedProvider([{ reasoning: 'hm', finishReason: 'length' }]) });
    await agent.run('Why?');
    expect(await agent.getMessages()).toEqual([user('Why?')]);
  });

  it('remembers what the model was told, not what the tool does to its object later', async () => {
    const cart = ['milk'];
    const read = tool({ name: 'read', description: 'x', parameters: z.object({}), execute: () => cart });
    const agent = new Agent({ provider: scriptedProvider([{ toolCalls: [{ toolName: 'read' }] }, 'Milk.']), tools: [read] });
    await agent.run('What is in it?');
    cart.push('bread');
    expect((await agent.getMessages())[2]).toMatchObject({ role: 'tool', output: ['milk'] });
  });

  it('remembers what the model sent, whatever a tool or an interceptor does to it', async () => {
    const rows = [{ n: 3 }, { n: 1 }];
    const provider = scriptedProvider([{ toolCalls: [{ toolName: 'sort', input: { rows } }] }, 'Sorted.']);
    const sort = tool({
      name: 'sort',
      description: 'x',
      parameters: z.object({ rows: z.any(), by: z.string() }),
      execute: (input) => {
        const mine = input.rows as Record<string, unknown>[]; // as the script says
        for (const row of mine) row['parent'] = mine;
        return mine.splice(0).length;
      },
    });
    const intercept: ToolInterceptor = (call, next) => next({ ...call, input: Object.assign(call.input as object, { by: 'n' }) });
    const agent = new Agent({ provider, tools: [sort], toolInterceptors: [intercept] });
    const sent = { toolName: 'sort', input: { rows: [{ n: 3 }, { n: 1 }] } };
    const response = await agent.run('Sort them.');
    expect(response.content).toBe('Sorted.');
    expect(response.toolCalls).toMatchObject([{ ...sent, output: 2 }]);
    expect(provider.requests[1]?.messages[1]).toMatchObject({ toolCalls: [sent] });
    expect(response.toolCalls[0]?.input).toEqual(sent.input);
  });

  it('turns a result that JSON cannot hold into an error, also when an interceptor made it up', async () => {
    const provider = scriptedProvider([{ toolCalls: [{ toolName: 'add', input: { a: 1, b: 1 } }] }, 'Sorry.', 'Next.']);
    const agent = new Agent({ provider, tools: [add], toolInterceptors: [() => of(result({ n: 1n }))] });
    expect((await agent.run('Go')).toolCalls).toMatchObject([{ isError: true }]);
    expect((await agent.run('And?')).content).toBe('Next.');
  });

  it('hands the error and the history the same text', async () => {
    const agent = new Agent({ provider: scriptedProvider([{ text: 'abcdef', chunkSize: 1, error: overloaded }]) });
    const error = await ended(agent, 'Hi');
    if (!isStreamInterrupted(error)) throw new Error('expected an interruption');
    const last = (await agent.getMessages()).at(-1);
    expect(last).toEqual(cut('abcdef'));
    expect(error.partialResponse).toBe('abcdef');
  });
});

describe('a message store', () => {
  it('is written in order behind the stream; getMessages waits for it', async () => {
    const gates: (() => void)[] = [];
    const writes: number[] = [];
    const store = {
      save: async (messages: readonly Message[]) => {
        await new Promise<void>((resolve) => gates.push(resolve));
        writes.push(messages.length);
      },
    };
    const agent = new Agent({ provider: scriptedProvider(['a', 'b']), store });
    await agent.run('1');
    await agent.run('2');
    expect(writes).toEqual([]);
    const messages = agent.getMessages();
    gates.shift()?.();
    while (gates.length === 0) await Promise.resolve();
    gates.shift()?.();
    expect(await messages).toHaveLength(4);
    expect(writes).toEqual([2, 4]);
  });

  it('reports a failed write to the next call, never to the stream that has ended', async () => {
    const failure = new Error('disk full');
    const agent = new Agent({ provider: scriptedProvider(['a', 'b', 'c']), store: { save: () => Promise.reject(failure) } });
    await agent.run('1');
    await expect(agent.getMessages()).rejects.toBe(failure);
    await agent.run('2');
    await new Promise((resolve) => setImmediate(resolve));
    await expect(lastValueFrom(agent.stream$('3').pipe(toArray(), catchError((e: unknown) => throwError(() => e))))).rejects.toBe(failure);
  });
});

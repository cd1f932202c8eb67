import { describe, expect, it } from '@jest/globals';
import { NEVER, type Observable, Subject, concat, defer, firstValueFrom, lastValueFrom, of, throwError, toArray } from 'rxjs';
import { z } from 'zod';
import { verifyStream } from '../../operators/index.js';
import { runMarbles } from '../../marbles/index.js';
import { chunk } from '../../marbles/alphabet.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { Agent, type AgentOptions, type Provider, type RunOptions, ValidationError, denied, isStreamInterrupted, toAsyncIterable, tool } from '../../src/index.js';
import { marbleProvider, scriptedProvider } from '../../src/testing/index.js';

const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
});

const usage = (inputTokens: number, outputTokens: number) => ({ inputTokens, outputTokens, totalTokens: inputTokens + outputTokens });

function chunksOf(agent: Agent, prompt: string): Promise<StreamChunk[]> {
  return lastValueFrom(agent.stream$(prompt).pipe(verifyStream(), toArray()));
}

describe('Agent', () => {
  it('streams the answer, then a step, then one finish, the last chunk', async () => {
    const agent = new Agent({ provider: scriptedProvider([{ text: 'Hello', usage: usage(3, 1) }]) });
    const chunks = await chunksOf(agent, 'Hi');
    expect(chunks.map(({ type, content, isFinal }) => [type, content, isFinal])).toEqual([
      ['text', 'Hello', false],
      ['step', '', false],
      ['finish', '', true],
    ]);
    expect(chunks.at(-1)).toMatchObject({ finishReason: 'stop', usage: usage(3, 1) });
  });

  it('runs a tool in the middle of the stream and asks again with its result', async () => {
    const provider = scriptedProvider([
      { text: 'Let me see. ', toolCalls: [{ toolName: 'add', input: { a: 1, b: 2 } }], usage: usage(10, 5) },
      { text: 'It is 3.', usage: usage(20, 4) },
    ]);
    const agent = new Agent({ provider, tools: [add], instructions: 'Be brief.' });
    const chunks = await chunksOf(agent, 'What is 1 + 2?');
    expect(chunks.map((c) => c.type)).toEqual(['text', 'tool-call', 'tool-result', 'step', 'text', 'step', 'finish']);
    expect(chunks[2]).toMatchObject({ toolCallId: 'call_1', toolName: 'add', output: 3, isError: false });
    expect(chunks.at(-1)).toMatchObject({ finishReason: 'stop', usage: usage(30, 9) });
    expect(provider.requests[1]?.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is 1 + 2?' },
      { role: 'assistant', content: 'Let me see. ', toolCalls: [{ toolCallId: 'call_1', toolName: 'add', input: { a: 1, b: 2 } }] },
      { role: 'tool', toolCallId: 'call_1', toolName: 'add', output: 3, isError: false },
    ]);
    provider.assertConsumed();
  });

  it('runs two rounds of tools, and gives each call an id of its own although the server repeats them', async () => {
    const call = (a: number, b: number) => ({ toolCalls: [{ toolName: 'add', input: { a, b }, toolCallId: 'call_0' }] });
    const provider = scriptedProvider([call(1, 2), call(3, 4), 'Done.']);
    const agent = new Agent({ provider, tools: [add] });
    const chunks = await chunksOf(agent, 'Add twice.');
    const results = chunks.filter((c) => c.type === 'tool-result');
    expect(results.map((c) => [c.toolCallId, c.output])).toEqual([['call_0', 3], ['call_0_2', 7]]);
    await chunksOf(new Agent({ provider: scriptedProvider([call(5, 6), 'x']), tools: [add], messages: await agent.getMessages() }), 'Again.');
  });

  it('runs wholly in virtual time over a provider made of marbles', () => {
    runMarbles(({ cold, expectStream, scheduler }) => {
      const slow = new Subject<number>();
      const wait = tool({ name: 'wait', description: 'Waits.', parameters: z.object({}), execute: () => slow });
      const provider = marbleProvider(
        cold('a-C-(t|)', { C: chunk.toolCall('wait'), t: chunk.finish('tool-calls') }),
        cold('--------b-(F|)'),
      );
      scheduler.schedule(() => {
        slow.next(1);
        slow.next(2);
        slow.complete();
      }, 10);
      const agent = new Agent({ provider, tools: [wait], scheduler });
      expectStream(agent.stream$('Go')).toBe('a-C-------(PRs)---b-(SF|)', {
        C: chunk.toolCall('wait'),
        P: chunk.toolProgress('wait', 1),
        R: chunk.toolResult('wait', 2),
        s: chunk.step('tool-calls'),
        S: chunk.step('stop', { stepIndex: 1 }),
      });
    });
  });

  it('ends with max-steps after recording the results of the last step', async () => {
    const again = { toolCalls: [{ toolName: 'add', input: { a: 1, b: 1 } }] };
    const agent = new Agent({ provider: scriptedProvider([again, again]), tools: [add], maxSteps: 2 });
    const response = await agent.run('Loop.');
    expect(response.finishReason).toBe('max-steps');
    expect(response.steps).toHaveLength(2);
    expect(response.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'tool']);
  });

  it('asks again after pause', async () => {
    const provider = scriptedProvider([{ text: 'One ', finishReason: 'pause' }, 'two.']);
    const response = await new Agent({ provider }).run('Go on.');
    expect(response.content).toBe('One two.');
    expect(provider.requests[1]?.messages.at(-1)).toEqual({ role: 'assistant', content: 'One ' });
  });

  it('starts no call when the step was cut', async () => {
    const provider = scriptedProvider([{ text: 'x', toolCalls: [{ toolName: 'add', input: { a: 1, b: 1 } }], finishReason: 'length' }]);
    const agent = new Agent({ provider, tools: [add], toolStart: 'after-step' });
    const chunks = await chunksOf(agent, 'Go');
    expect(chunks.find((c) => c.type === 'tool-result')).toMatchObject({ isError: true });
    expect(chunks.at(-1)).toMatchObject({ finishReason: 'length' });
  });

  it('lets interceptors veto a call; the model reads why', async () => {
    const provider = scriptedProvider([{ toolCalls: [{ toolName: 'add', input: { a: 1, b: 1 } }] }, 'Fine.']);
    const agent = new Agent({ provider, tools: [add], toolInterceptors: [() => of(denied('not today'))] });
    await agent.run('Go');
    expect(provider.requests[1]?.messages.at(-1)).toMatchObject({ role: 'tool', isError: true, output: 'The call was denied: not today' });
  });

  it('frees the model of a forced choice after the first step', async () => {
    const provider = scriptedProvider([{ toolCalls: [{ toolName: 'add', input: { a: 1, b: 1 } }] }, '2.']);
    await new Agent({ provider, tools: [add] }).run('Go', { toolChoice: 'required', temperature: 0.5, maxTokens: 7 });
    expect(provider.requests.map((request) => request.toolChoice)).toEqual(['required', 'auto']);
    expect(provider.requests.map((request) => [request.temperature, request.maxTokens])).toEqual([[0.5, 7], [0.5, 7]]);
  });

  it('works through complete when the provider does not stream', async () => {
    const provider = scriptedProvider(
      [{ reasoning: 'hm', text: 'Wait. ', toolCalls: [{ toolName: 'add', input: { a: 2, b: 2 } }] }, '4.'],
      { supportsStreaming: false },
    );
    const agent = new Agent({ provider, tools: [add] });
    expect(agent.getProviderInfo()).toMatchObject({ provider: 'scripted', supportsStreaming: false });
    const chunks = await chunksOf(agent, 'Go');
    expect(chunks.map((c) => c.type)).toEqual(['reasoning', 'text', 'tool-call', 'tool-result', 'step', 'text', 'step', 'finish']);
  });

  it('gives the whole run as a Promise', async () => {
    const provider = scriptedProvider([
      { text: 'Adding. ', toolCalls: [{ toolName: 'add', input: { a: 1, b: 2 } }], usage: usage(1, 1) },
      { reasoning: 'easy', text: '3.', usage: usage(2, 2) },
    ]);
    const response = await new Agent({ provider, tools: [add] }).run('Go', { streamId: 'run_x' });
    expect(response).toMatchObject({
      content: 'Adding. 3.',
      reasoning: 'easy',
      finishReason: 'stop',
      streamId: 'run_x',
      usage: usage(3, 3),
      toolCalls: [{ toolName: 'add', output: 3, state: 'done' }],
      steps: [
        { stepIndex: 0, content: 'Adding. ', finishReason: 'tool-calls', toolCalls: [{ toolName: 'add' }] },
        { stepIndex: 1, content: '3.', reasoning: 'easy', finishReason: 'stop', toolCalls: [] },
      ],
    });
    expect(typeof response.durationMs).toBe('number');
  });

  it('ends once: an abort while finish is taken is no second ending', async () => {
    const controller = new AbortController();
    const agent = new Agent({ provider: scriptedProvider(['x']) });
    const endings: string[] = [];
    agent.stream$('Go', { signal: controller.signal }).subscribe({
      next: (c) => {
        if (!c.isFinal) return;
        endings.push('finish');
        controller.abort();
        agent.streams.interruptAll();
      },
      error: () => endings.push('error'),
      complete: () => endings.push('complete'),
    });
    await Promise.resolve();
    expect(endings).toEqual(['finish', 'complete']);
  });

  it('makes an interruption of what a metrics listener throws', async () => {
    const mistake = new Error('mine');
    const agent = new Agent({ provider: scriptedProvider(['Hello']) });
    const metrics = (): void => {
      throw mistake;
    };
    const error: unknown = await agent.run('Go', { metrics }).catch((e: unknown) => e);
    expect(isStreamInterrupted(error) && [error.reason, error.cause, error.partialResponse]).toEqual(['failed', mistake, 'Hello']);
  });

  it('answers a tool that is another agent with its text, and adds what it cost', async () => {
    const inner = new Agent({ provider: scriptedProvider([{ text: 'It rains.', chunkSize: 3, usage: usage(5, 2) }]) });
    const ask = tool({ name: 'ask', description: 'Asks the other.', parameters: z.object({}), execute: () => inner.stream$('Weather?') });
    const provider = scriptedProvider([{ toolCalls: [{ toolName: 'ask' }], usage: usage(1, 1) }, { text: 'Rain.', usage: usage(1, 1) }]);
    const chunks = await chunksOf(new Agent({ provider, tools: [ask] }), 'Go');
    expect(chunks.filter((c) => c.type === 'tool-progress')).toHaveLength(4);
    expect(chunks.find((c) => c.type === 'tool-result')).toMatchObject({ output: 'It rains.', usage: usage(5, 2) });
    expect(chunks.at(-1)).toMatchObject({ usage: usage(7, 4) });
  });

  it('can be asked something else while a bridge subscribes, by code that waits for the answer', async () => {
    const main = new Agent({ provider: scriptedProvider([{ text: 'x'.repeat(500), chunkSize: 1 }]) });
    const titler = new Agent({ provider: scriptedProvider([{ text: 'y'.repeat(200), chunkSize: 1 }], { delayMs: 1 }) });
    let title: Promise<unknown> = Promise.resolve();
    const stream$ = defer(() => {
      title = titler.run('Title?');
      return main.stream$('Go');
    });
    for await (const piece of toAsyncIterable(stream$)) {
      if (piece.type === 'text') await title;
    }
    expect(await title).toMatchObject({ content: 'y'.repeat(200) });
  });

  it('keeps runs of one agent apart', async () => {
    const provider = scriptedProvider([{ text: 'first', chunkSize: 1 }, { text: 'second', chunkSize: 1 }], { delayMs: 1 });
    const agent = new Agent({ provider });
    const [one, two] = await Promise.all([agent.run('A'), agent.run('B')]);
    expect([one.content, two.content]).toEqual(['first', 'second']);
    expect(provider.requests.map((request) => request.messages)).toEqual([[{ role: 'user', content: 'A' }], [{ role: 'user', content: 'B' }]]);
    expect((await agent.getMessages()).map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
  });

  it('changes the provider for the next run alone', async () => {
    const agent = new Agent({ provider: scriptedProvider(['one'], { name: 'first' }) });
    await agent.run('A');
    const second = scriptedProvider(['two'], { name: 'second' });
    agent.setProvider(second);
    expect(agent.getProviderInfo().provider).toBe('second');
    await agent.run('B');
    expect(second.requests[0]?.messages).toHaveLength(3);
  });

  it.each<[string, Observable<StreamChunk>]>([
    ['does not complete', NEVER],
    ['says a second finish', of(chunk.finish('stop'))],
    ['goes on to talk', of(chunk.text('more'), chunk.finish('stop'))],
    ['fails', throwError(() => new Error('too late'))],
  ])('ends with the finish of a provider that %s behind it', async (_, behind) => {
    const provider: Provider = {
      name: 'odd',
      model: 'odd-1',
      supportsStreaming: () => true,
      stream$: () => concat(of(chunk.text('a'), chunk.finish('stop')), behind),
      complete: () => Promise.reject(new Error('not asked')),
    };
    const agent = new Agent({ provider });
    expect((await chunksOf(agent, 'Hi')).map(({ type }) => type)).toEqual(['text', 'step', 'finish']);
    expect((await agent.run('Again')).content).toBe('a');
  });

  it('adds tools; a second of the same name is refused', () => {
    const agent = new Agent({ provider: scriptedProvider([]) });
    agent.addTool(add);
    expect(() => agent.addTool(add)).toThrow(ValidationError);
  });

  it.each([
    ['no model', {}],
    ['an unknown model', { model: 'llama-99' }],
    ['both', { model: 'gpt-5', provider: scriptedProvider([]) }],
    ['an unknown option', { provider: scriptedProvider([]), temprature: 1 }],
    ['a bad range', { provider: scriptedProvider([]), temperature: 3 }],
    ['a bad count', { provider: scriptedProvider([]), maxSteps: 0 }],
    ['two tools of one name', { provider: scriptedProvider([]), tools: [add, add] }],
    ['a limit that is no number', { provider: scriptedProvider([]), timeout: { each: Number.NaN } }],
    ['an unknown limit', { provider: scriptedProvider([]), timeout: { foo: 1 } }],
    ['a bare number as timeout', { provider: scriptedProvider([]), timeout: 5_000 }],
    ['a bare number as retry', { provider: scriptedProvider([]), retry: 3 }],
    ['what is no provider', { provider: {} }],
    ['no options at all', undefined],
    ['tools that are no list', { provider: scriptedProvider([]), tools: {} }],
    ['what is no tool', { provider: scriptedProvider([]), tools: [{}] }],
    ['a fallback to nobody', { provider: scriptedProvider([]), fallback: {} }],
    ['a text as temperature', { provider: scriptedProvider([]), temperature: '1' }],
  ])('refuses %s', (_, options) => {
    // What a caller without types may give.
    expect(() => new Agent(options as AgentOptions)).toThrow(ValidationError);
  });

  it.each([
    ['an empty prompt', '  ', {}],
    ['a bad option', 'x', { maxTokens: 0.5 }],
    ['no prompt', undefined, {}],
    ['a number as prompt', 5, {}],
    ['null as options', 'x', null],
    ['an unknown option', 'x', { max_tokens: 5 }],
  ])('refuses %s in the error channel, asks nobody and keeps the conversation', async (_, prompt, options) => {
    const provider = scriptedProvider([]);
    const agent = new Agent({ provider });
    // What a caller without types may send.
    await expect(agent.run(prompt as string, options as RunOptions)).rejects.toBeInstanceOf(ValidationError);
    expect(provider.requests).toHaveLength(0);
    expect(await agent.getMessages()).toEqual([]);
  });
});

describe('agent.streams', () => {
  it('lists active runs and interrupts one by its id, with the partial answer', () => {
    runMarbles(({ cold, scheduler }) => {
      const agent = new Agent({ provider: marbleProvider(cold('a-b---c-(F|)')), scheduler });
      const active: number[] = [];
      agent.streams.active$.subscribe((streams) => active.push(streams.length));
      let error: unknown;
      agent.stream$('Hi', { streamId: 'run_1' }).subscribe({ error: (e: unknown) => (error = e) });
      scheduler.schedule(() => {
        expect(agent.streams.interrupt('run_2')).toBe(false);
        expect(agent.streams.interrupt('run_1')).toBe(true);
        expect(isStreamInterrupted(error) && [error.reason, error.partialResponse]).toEqual(['aborted', 'ab']);
        expect(active).toEqual([0, 1, 0]);
      }, 4);
    });
  });

  it('interrupts all and waits for them when it is disposed', async () => {
    const provider = scriptedProvider([{ text: 'long answer', chunkSize: 1 }], { delayMs: 1_000 });
    const agent = new Agent({ provider });
    const ended = new Promise((resolve) => agent.stream$('Hi').subscribe({ error: resolve }));
    await agent.streams[Symbol.asyncDispose]();
    expect(isStreamInterrupted(await ended)).toBe(true);
    expect(await firstValueFrom(agent.streams.active$)).toEqual([]);
  });
});

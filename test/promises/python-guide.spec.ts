import { afterEach, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { lastValueFrom, retry } from 'rxjs';
import { z } from 'zod';
import { Agent, collectStream, isStreamInterrupted, tool } from '../../src/index.js';
import { anthropic } from '../../src/providers/anthropic/index.js';
import { openai } from '../../src/providers/openai/index.js';
import { closeServers, closed, serve } from '../node/local-server.js';
import { chatDelta, chatText, chatToolCall, messagesText, messagesToolCall, sseHead } from '../support/chat-wire.js';

// What the streaming guide of the Python system promised, each over real HTTP through the real SDKs.

const secret = 'sk-test-abcdefghijklmnop';

afterEach(closeServers);

/** A server that answers with one body after the other. */
async function answering(...bodies: readonly string[]): Promise<Awaited<ReturnType<typeof serve>>> {
  let count = 0;
  return serve((_, response) => {
    sseHead(response);
    response.end(bodies[count++] ?? 'unexpected call');
  });
}

function bodyOf(server: { readonly requests: readonly { readonly body: string }[] }, index = 0): Record<string, unknown> {
  return JSON.parse(server.requests[index]?.body ?? '') as Record<string, unknown>;
}

const chatAgent = (url: string, options: object = {}): Agent =>
  new Agent({ provider: openai('test-model', { baseURL: `${url}/v1`, apiKey: secret, maxRetries: 0 }), ...options });
const messagesAgent = (url: string, options: object = {}): Agent =>
  new Agent({ provider: anthropic('test-model', { baseURL: url, apiKey: secret, maxRetries: 0 }), ...options });

const weather = tool({
  name: 'weather',
  description: 'The weather at a place.',
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => `sunny in ${city}`,
});
const clock = tool({ name: 'clock', description: 'The time.', parameters: z.object({}), execute: () => '12:00' });

describe('the promises of the streaming guide', () => {
  it('the last chunk of agent.stream is final', async () => {
    const server = await answering(chatText('Hel', 'lo'));
    const chunks = [];
    for await (const chunk of chatAgent(server.url).stream('Hi')) chunks.push(chunk);
    expect(chunks.map((chunk) => chunk.content).join('')).toBe('Hello');
    expect(chunks.map((chunk) => chunk.isFinal)).toEqual([false, false, false, true]);
  });

  it('durationMs is a number after any ending', async () => {
    const server = await serve((_, response) => {
      sseHead(response);
      response.write(chatDelta({ content: 'Hel' }), () => response.destroy());
    });
    const whole = await collectStream(chatAgent((await answering(chatText('x'))).url).stream$('Hi'));
    expect(Number.isFinite(whole.durationMs)).toBe(true);
    const error: unknown = await chatAgent(server.url).run('Hi').catch((e: unknown) => e);
    expect(isStreamInterrupted(error) && Number.isFinite(error.partial.durationMs)).toBe(true);
  });

  it.each([
    ['aborted', 'the signal'],
    ['timeout', 'a deadline'],
    ['disconnected', 'a cut'],
    ['provider', 'an error of the provider'],
  ])('partialResponse is set on %s: %s', async (reason) => {
    const controller = new AbortController();
    const server = await serve((_, response) => {
      sseHead(response);
      response.write(chatDelta({ content: 'Once upon' }));
      if (reason === 'disconnected') setImmediate(() => response.destroy());
      if (reason === 'provider') response.end('data: {"error":{"message":"overloaded","code":"busy"}}\n\n');
    });
    const agent = chatAgent(server.url);
    const options = reason === 'timeout' ? { timeout: { each: 30 } } : { signal: controller.signal };
    const error: unknown = await new Promise((resolve) => {
      agent.stream$('Hi', options).subscribe({
        next: () => {
          if (reason === 'aborted') controller.abort();
        },
        error: resolve,
      });
    });
    expect(isStreamInterrupted(error) && [error.reason, error.partialResponse]).toEqual([reason, 'Once upon']);
  });

  it('temperature, maxTokens and the other options reach the wire', async () => {
    const options = { temperature: 0.3, maxTokens: 50, topP: 0.9, stop: ['END'], toolChoice: 'auto', extra: { user: 'u1' } } as const;
    const chat = await answering(chatText('x'));
    await chatAgent(chat.url, { tools: [clock] }).run('Hi', { ...options, seed: 7 });
    expect(bodyOf(chat)).toMatchObject({
      model: 'test-model', stream: true, stream_options: { include_usage: true },
      temperature: 0.3, max_tokens: 50, top_p: 0.9, stop: ['END'], seed: 7, tool_choice: 'auto', user: 'u1',
      tools: [{ type: 'function', function: { name: 'clock' } }],
    });
    const messages = await answering(messagesText('x'));
    await messagesAgent(messages.url, { tools: [clock], instructions: 'Be brief.' }).run('Hi', options);
    expect(bodyOf(messages)).toMatchObject({
      model: 'test-model', stream: true, system: 'Be brief.',
      temperature: 0.3, max_tokens: 50, top_p: 0.9, stop_sequences: ['END'], tool_choice: { type: 'auto' }, user: 'u1',
      tools: [{ name: 'clock', input_schema: { type: 'object' } }],
    });
  });

  it('argument fragments of OpenAI and calls without arguments of Anthropic arrive whole', async () => {
    const chat = await answering(chatToolCall('weather', ['{"ci', 'ty":"Pa', 'ris"}']), chatText('Sunny.'));
    const response = await chatAgent(chat.url, { tools: [weather] }).run('Weather?');
    expect(response.toolCalls).toMatchObject([{ toolName: 'weather', input: { city: 'Paris' }, output: 'sunny in Paris' }]);
    const messages = await answering(messagesToolCall('clock'), messagesText('Noon.'));
    const other = await messagesAgent(messages.url, { tools: [clock] }).run('Time?');
    expect(other.toolCalls).toMatchObject([{ toolName: 'clock', input: {}, output: '12:00' }]);
    expect(other.content).toBe('Noon.');
  });

  it('two rounds of tools work, and the next turn is a valid request', async () => {
    const chat = await answering(
      chatToolCall('weather', ['{"city":"Paris"}'], 'c1'),
      chatToolCall('weather', ['{"city":"Rome"}'], 'c2'),
      chatText('Both sunny.'),
      chatText('You are welcome.'),
    );
    const agent = chatAgent(chat.url, { tools: [weather] });
    expect((await agent.run('Paris and Rome?')).content).toBe('Both sunny.');
    await agent.run('Thanks.');
    expect(bodyOf(chat, 3)['messages']).toEqual([
      { role: 'user', content: 'Paris and Rome?' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } }] },
      { role: 'tool', tool_call_id: 'c1', content: 'sunny in Paris' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c2', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }] },
      { role: 'tool', tool_call_id: 'c2', content: 'sunny in Rome' },
      { role: 'assistant', content: 'Both sunny.' },
      { role: 'user', content: 'Thanks.' },
    ]);
  });

  it('the turn after an interrupted one, and after retry, holds the prompt once', async () => {
    let calls = 0;
    const server = await serve((_, response) => {
      sseHead(response);
      calls++;
      if (calls === 1) response.write(chatDelta({ content: 'Hal' }), () => response.destroy());
      else response.end(chatText('Hello.'));
    });
    const agent = chatAgent(server.url);
    await lastValueFrom(agent.stream$('Hi').pipe(retry(1)));
    await agent.run('And?');
    expect(bodyOf(server, 1)['messages']).toEqual([{ role: 'user', content: 'Hi' }]);
    expect(bodyOf(server, 2)['messages']).toEqual([{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Hello.' }, { role: 'user', content: 'And?' }]);
  });

  it('two concurrent runs on one agent do not mix', async () => {
    const server = await serve((_, response) => {
      sseHead(response);
      const { messages } = bodyOf(server, server.requests.length - 1) as { messages: { content: string }[] };
      response.end(chatText(`You said ${messages.at(-1)?.content ?? ''}`));
    });
    const agent = chatAgent(server.url);
    const answers = await Promise.all(['a', 'b'].map((prompt) => agent.run(prompt)));
    expect(answers.map(({ content }) => content)).toEqual(['You said a', 'You said b']);
    for (const { body } of server.requests) expect((JSON.parse(body) as { messages: unknown[] }).messages).toHaveLength(1);
  });

  it('a tool result that JSON cannot hold becomes an error result', async () => {
    const bigint = tool({ name: 'clock', description: 'x', parameters: z.object({}), execute: () => 10n });
    const chat = await answering(chatToolCall('clock', ['{}']), chatText('Sorry.'));
    const response = await chatAgent(chat.url, { tools: [bigint] }).run('Time?');
    expect(response.toolCalls).toMatchObject([{ isError: true }]);
    expect(response.content).toBe('Sorry.');
  });

  it('a change of provider never sends the old key', async () => {
    const first = await answering(chatText('x'));
    const second = await answering(messagesText('y'));
    const agent = chatAgent(first.url);
    await agent.run('Hi');
    agent.setProvider(anthropic('test-model', { baseURL: second.url, apiKey: 'other-key-123456' }));
    await agent.run('Hi again');
    expect(JSON.stringify(second.requests[0]?.head.rawHeaders)).not.toContain(secret);
    expect(JSON.stringify(second.requests[0]?.head.rawHeaders)).toContain('other-key-123456');
  });

  it.each(['chat', 'messages'])('a key never shows in any error: %s', async (api) => {
    const server = await serve((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json', 'x-echo': secret });
      response.end(JSON.stringify({ error: { message: `Incorrect API key provided: ${secret}`, type: 'authentication_error' } }));
    });
    const agent = api === 'chat' ? chatAgent(server.url) : messagesAgent(server.url);
    const error: unknown = await agent.run('a private question').catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'AuthenticationError', status: 401 });
    for (const shown of [String(error), JSON.stringify(error), inspect(error, { depth: 20 }), (error as Error).stack]) {
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain('a private question');
    }
  });

  it('leaving the loop closes the connection', async () => {
    const server = await serve((_, response) => {
      sseHead(response);
      response.write(chatDelta({ content: 'Once' }));
    });
    const agent = chatAgent(server.url);
    for await (const chunk of agent.stream('Hi')) {
      expect(chunk.content).toBe('Once');
      break;
    }
    await closed([...server.sockets][0]);
    expect(await agent.getMessages()).toMatchObject([{ role: 'user' }, { role: 'assistant', content: 'Once', interrupted: true }]);
  });
});

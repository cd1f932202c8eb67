import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import Anthropic from '@anthropic-ai/sdk';
import { AuthenticationError, ValidationError, isStreamInterrupted } from '../../../src/core/errors.js';
import { anthropic } from '../../../src/providers/anthropic/index.js';
import { closeServers, closed, serve } from '../../node/local-server.js';
import { bodyOf, messageEnd, messageStart, textBlock } from './messages-events.js';

const key = 'sk-ant-api03-0123456789abcdef';
const prompt = 'A prompt that nobody else may read.';
const request = { messages: [{ role: 'user' as const, content: prompt }] };
const answer = bodyOf(messageStart, ...textBlock(0, 'Hello'), ...messageEnd('end_turn'));
const message = { type: 'message', role: 'assistant', model: 'claude-test', content: [{ type: 'text', text: 'Hello' }], stop_reason: 'end_turn', usage: { input_tokens: 10, output_tokens: 7 } };
const variables = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL'];
let saved: (string | undefined)[] = [];

beforeEach(() => {
  saved = variables.map((name) => process.env[name]);
  for (const name of variables) Reflect.deleteProperty(process.env, name);
});

afterEach(async () => {
  for (const [index, name] of variables.entries()) {
    const value = saved[index];
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  await closeServers();
});

function streamingServer(body: string = answer) {
  return serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(body);
  });
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );
}

describe('anthropic()', () => {
  it('asks only when subscribed, once per subscription', async () => {
    const server = await streamingServer();
    const stream$ = anthropic('claude-test', { baseURL: server.url, apiKey: key }).stream$({ ...request, streamId: 'run_7' });
    expect(server.requests).toHaveLength(0);
    const first = await lastValueFrom(stream$.pipe(toArray()));
    await lastValueFrom(stream$);
    expect(server.requests).toHaveLength(2);
    expect(first.map((chunk) => [chunk.type, chunk.content, chunk.metadata.streamId])).toEqual([
      ['text', 'Hello', 'run_7'],
      ['finish', '', 'run_7'],
    ]);
  });

  it('sends the options, the headers and the key', async () => {
    const server = await streamingServer();
    const provider = anthropic('claude-test', { baseURL: server.url, apiKey: key, headers: { 'x-team': 'blue' } });
    await lastValueFrom(provider.stream$({ ...request, temperature: 0.2, maxTokens: 64, topP: 0.9, stop: ['END'], extra: { top_k: 3 } }));
    const [sent] = server.requests;
    expect(sent?.head.url).toBe('/v1/messages');
    expect(sent?.head.headers['x-team']).toBe('blue');
    expect(JSON.stringify(sent?.head.headers)).toContain(key);
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      model: 'claude-test',
      messages: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
      max_tokens: 64,
      temperature: 0.2,
      top_p: 0.9,
      stop_sequences: ['END'],
      top_k: 3,
      stream: true,
    });
  });

  it.each([
    ['no key', {}],
    ['an empty key', { apiKey: ' ' }],
    ['a key with a line break', { apiKey: `${key}\n${key}` }],
  ])('refuses %s, names the variable, and shows no key', (_, options) => {
    let failure: unknown;
    try {
      anthropic('claude-test', options);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(ValidationError);
    expect(String(failure)).toContain('ANTHROPIC_API_KEY');
    expect(String(failure)).not.toContain(key);
  });

  it('takes the key of the environment', async () => {
    process.env['ANTHROPIC_API_KEY'] = key;
    const server = await streamingServer();
    await lastValueFrom(anthropic('claude-test', { baseURL: server.url }).stream$(request));
    expect(JSON.stringify(server.requests[0]?.head.headers)).toContain(key);
  });

  it('asks a server of the user’s without a key, and then sends none', async () => {
    const server = await streamingServer();
    await lastValueFrom(anthropic('claude-test', { baseURL: server.url }).stream$(request));
    expect(server.requests[0]?.head.headers).not.toHaveProperty('authorization');
    expect(server.requests[0]?.head.headers).not.toHaveProperty('x-api-key');
  });

  it('uses the client and the fetch it is given', async () => {
    const server = await streamingServer();
    const client = new Anthropic({ baseURL: server.url, apiKey: key, defaultHeaders: { 'x-client': 'mine' } });
    await lastValueFrom(anthropic('claude-test', { client }).stream$(request));
    expect(server.requests[0]?.head.headers['x-client']).toBe('mine');
    const urls: string[] = [];
    const fetch: typeof globalThis.fetch = (input, init) => {
      urls.push(input instanceof Request ? input.url : input.toString());
      return globalThis.fetch(input, init);
    };
    await lastValueFrom(anthropic('claude-test', { baseURL: server.url, apiKey: key, fetch }).stream$(request));
    expect(urls).toEqual([`${server.url}/v1/messages`]);
  });

  it('reports a wrong request in the error channel and sends nothing', async () => {
    const server = await streamingServer();
    const provider = anthropic('claude-test', { baseURL: server.url, apiKey: key });
    expect(await failureOf(lastValueFrom(provider.stream$({ messages: [] })))).toBeInstanceOf(ValidationError);
    expect(await failureOf(provider.complete({ messages: [] }))).toBeInstanceOf(ValidationError);
    expect(server.requests).toHaveLength(0);
  });

  it('refuses an empty model name', () => {
    expect(() => anthropic(' ', { apiKey: key })).toThrow('The model is empty');
  });

  it('refuses an address that is no URL', () => {
    expect(() => anthropic('claude-test', { baseURL: 'somewhere' })).toThrow('baseURL');
  });

  it('closes the connection when it is unsubscribed, also while the server is silent', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(bodyOf(messageStart, ...textBlock(0, 'Hello')));
    });
    await firstValueFrom(anthropic('claude-test', { baseURL: server.url, apiKey: key }).stream$(request));
    const [socket] = server.sockets;
    await closed(socket);
    expect(socket?.closed ?? true).toBe(true);
  });

  it.each([
    ['disconnected', 'cut'],
    ['truncated', 'ended early'],
  ])('is %s when the answer was %s, with what came', async (reason) => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(bodyOf(messageStart, ...textBlock(0, 'Half')), () => {
        if (reason === 'truncated') response.end();
        else response.socket?.resetAndDestroy();
      });
    });
    const failure = await failureOf(lastValueFrom(anthropic('claude-test', { baseURL: server.url, apiKey: key }).stream$(request)));
    if (!isStreamInterrupted(failure)) throw failure;
    expect(failure.reason).toBe(reason);
    expect(failure.partialResponse).toBe('Half');
    expect(failure.partial.usage).toEqual({ inputTokens: 10, outputTokens: 1, totalTokens: 11, estimated: true });
  });

  it('shows no key and no prompt in an error', async () => {
    const server = await serve((_, response) => {
      const error = { type: 'authentication_error', message: `bad key ${key} for: ${prompt}` };
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ type: 'error', error }));
    });
    const failure = await failureOf(lastValueFrom(anthropic('claude-test', { baseURL: server.url, apiKey: key }).stream$(request)));
    expect(failure).toBeInstanceOf(AuthenticationError);
    const shown = `${String(failure)} ${JSON.stringify(failure)} ${inspect(failure, { depth: 9 })}`;
    expect(shown).toContain('ANTHROPIC_API_KEY');
    expect(shown).not.toContain(key);
    expect(shown).not.toContain(prompt);
  });

  it('repeats a request as often as the request says', async () => {
    const server = await serve((_, response) => {
      response.writeHead(529, { 'content-type': 'application/json', 'retry-after-ms': '1' }).end('{"type":"error","error":{"type":"overloaded_error","message":"x"}}');
    });
    const provider = anthropic('claude-test', { baseURL: server.url, apiKey: key, maxRetries: 0 });
    await failureOf(lastValueFrom(provider.stream$({ ...request, maxRetries: 2 })));
    expect(server.requests).toHaveLength(3);
  });
});

describe('anthropic().complete', () => {
  function completingServer() {
    return serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(message));
    });
  }

  it('gives the whole answer', async () => {
    const server = await completingServer();
    expect(await anthropic('claude-test', { baseURL: server.url, apiKey: key }).complete(request)).toEqual({
      content: 'Hello',
      toolCalls: [],
      usage: { inputTokens: 10, outputTokens: 7, totalTokens: 17 },
      finishReason: 'stop',
      rawFinishReason: 'end_turn',
    });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ stream: false });
  });

  it('takes a limit of tokens that the SDK would refuse without a time limit', async () => {
    const server = await completingServer();
    const completion = await anthropic('claude-test', { baseURL: server.url, apiKey: key }).complete({ ...request, maxTokens: 64_000 });
    expect(completion.content).toBe('Hello');
  });

  it.each([
    ['aborted', () => AbortSignal.abort(new Error('enough'))],
    ['timeout', () => AbortSignal.abort(new DOMException('late', 'TimeoutError'))],
  ])('is %s before it asks', async (reason, signal) => {
    const server = await completingServer();
    const failure = await failureOf(anthropic('claude-test', { baseURL: server.url, apiKey: key }).complete(request, { signal: signal() }));
    if (!isStreamInterrupted(failure)) throw failure;
    expect(failure.reason).toBe(reason);
    expect(server.requests).toHaveLength(0);
  });

  it('is aborted while it waits, and closes the connection', async () => {
    const controller = new AbortController();
    const server = await serve(() => {
      controller.abort();
    });
    const failure = await failureOf(anthropic('claude-test', { baseURL: server.url, apiKey: key }).complete(request, { signal: controller.signal }));
    expect(isStreamInterrupted(failure) && failure.reason).toBe('aborted');
    const [socket] = server.sockets;
    await closed(socket);
  });
});

import { inspect } from 'node:util';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import type { StreamChunk } from '../../../src/core/chunk.js';
import { AuthenticationError, ConnectionError, InvalidRequestError, ValidationError, isProviderError, isStreamInterrupted } from '../../../src/core/errors.js';
import { StreamGrammar } from '../../../src/core/grammar.js';
import type { Provider, ProviderRequest } from '../../../src/core/provider.js';
import { openai } from '../../../src/providers/openai/index.js';
import { type Ending, expectAsRecorded } from '../compare.js';
import { bodiesOf, summaryOf } from '../recordings.js';

const key = 'sk-very-secret-0123456789';
const prompt = 'A prompt that nobody may repeat';
const request: ProviderRequest = { messages: [{ role: 'user', content: prompt }] };
const bodies = bodiesOf('chat');
const none = { defaultValue: undefined };

interface Received {
  readonly chunks: readonly StreamChunk[];
  readonly error?: unknown;
}

interface Hit {
  readonly headers: IncomingMessage['headers'];
  readonly url: string | undefined;
  readonly body: unknown;
}

let server: Server;
let baseURL: string;
let hits: Hit[] = [];
let respond: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((incoming, response) => {
    let text = '';
    incoming.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    incoming.on('end', () => {
      hits.push({ headers: incoming.headers, url: incoming.url, body: JSON.parse(text) });
      respond(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server has an address object, not a pipe's name.
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});

afterEach(() => {
  hits = [];
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  process.stdout.write(`over HTTP, ${summaryOf('chat', bodies)}`);
});

function serve(status: number, contentType: string, body: string | Uint8Array): void {
  respond = (response) => {
    response.writeHead(status, { 'content-type': contentType }).end(body);
  };
}

function receive(provider: Provider, asked: ProviderRequest = request): Promise<Received> {
  const grammar = new StreamGrammar();
  const chunks: StreamChunk[] = [];
  return new Promise((resolve, reject) => {
    provider.stream$(asked).subscribe({
      next: (chunk) => {
        const fault = grammar.check(chunk);
        if (fault !== undefined) reject(new Error(fault));
        chunks.push(chunk);
      },
      error: (error: unknown) => {
        resolve({ chunks, error });
      },
      complete: () => {
        const fault = grammar.end();
        if (fault !== undefined) reject(new Error(fault));
        resolve({ chunks });
      },
    });
  });
}

function endingOf({ error }: Received): Ending {
  if (error === undefined) return { type: 'finished' };
  if (!isStreamInterrupted(error)) throw new Error('the stream failed before its answer began', { cause: error });
  return { type: 'interrupted', reason: error.reason, cause: error.cause, partialResponse: error.partialResponse };
}

describe('every chat body over loopback HTTP through the SDK', () => {
  const local = (): Provider => openai('model-1', { baseURL, apiKey: key, maxRetries: 0 });

  it.each(bodies.filter((body) => body.httpStatus === 200))('$origin $name', async (body) => {
    serve(200, body.contentType, body.bytes);
    const received = await receive(local());
    expectAsRecorded('chat', body, received.chunks, endingOf(received));
  });

  it.each(bodies.filter((body) => body.httpStatus >= 400))('$origin $name', async ({ httpStatus, contentType, bytes, expected }) => {
    serve(httpStatus, contentType, bytes);
    const { chunks, error } = await receive(local());
    const refused = expected.body?.error;
    expect(chunks).toEqual([]);
    expect(isProviderError(error)).toBe(true);
    expect(error).toMatchObject({ status: httpStatus, code: refused?.code ?? refused?.type, provider: 'openai', model: 'model-1' });
    if (httpStatus === 401) expect(error).toBeInstanceOf(AuthenticationError);
    if (httpStatus === 400 || httpStatus === 404) expect(error).toBeInstanceOf(InvalidRequestError);
  });
});

describe('openai', () => {
  const whole = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

  it('sends nothing before it is subscribed, and one request per subscription', async () => {
    serve(200, 'text/event-stream', whole);
    const provider = openai('model-1', { baseURL, apiKey: key, headers: { 'x-team': 'blue' } });
    const answer$ = provider.stream$(request);
    expect(hits).toHaveLength(0);
    await Promise.all([lastValueFrom(answer$, none), lastValueFrom(answer$, none)]);
    expect(hits).toHaveLength(2);
    expect(hits[0]).toMatchObject({
      url: '/v1/chat/completions',
      headers: { authorization: `Bearer ${key}`, 'x-team': 'blue' },
      body: { model: 'model-1', stream: true, stream_options: { include_usage: true }, messages: [{ role: 'user' }] },
    });
  });

  it('uses the client it is given', async () => {
    serve(200, 'text/event-stream', whole);
    const client = new OpenAI({ apiKey: 'sk-of-the-client', baseURL });
    await receive(openai('model-1', { client }));
    expect(hits[0]?.headers.authorization).toBe('Bearer sk-of-the-client');
  });

  it('uses the fetch it is given', async () => {
    serve(200, 'text/event-stream', whole);
    const urls: string[] = [];
    const fetch: typeof globalThis.fetch = (input, init) => {
      urls.push(input instanceof Request ? input.url : String(input));
      return globalThis.fetch(input, init);
    };
    await receive(openai('model-1', { baseURL, apiKey: key, fetch }));
    expect(urls).toEqual([`${baseURL}/chat/completions`]);
  });

  it('closes the connection of a stalled answer when it is unsubscribed', async () => {
    const closed = new Promise<void>((resolve) => {
      respond = (response) => {
        response.on('close', resolve).writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n');
      };
    });
    const first = await firstValueFrom(openai('model-1', { baseURL }).stream$(request), none);
    expect(first).toMatchObject({ type: 'text', content: 'Hi' });
    await closed;
  });

  it('keeps what came when the connection breaks', async () => {
    respond = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"index":0,"delta":{"content":"Hal"}}]}\n\n', () => response.destroy());
    };
    const { error } = await receive(openai('model-1', { baseURL }));
    expect(error).toMatchObject({ name: 'StreamInterruptedError', reason: 'disconnected', partialResponse: 'Hal' });
  });

  it('repeats a failed request as often as the request says', async () => {
    respond = (response) => {
      response.writeHead(500, { 'content-type': 'application/json', 'retry-after-ms': '1' }).end('{}');
    };
    const provider = openai('model-1', { baseURL });
    await receive(provider, { ...request, maxRetries: 0 });
    expect(hits).toHaveLength(1);
    await receive(provider, { ...request, maxRetries: 1 });
    expect(hits).toHaveLength(3);
  });

  it('completes without streaming', async () => {
    serve(200, 'application/json', '{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}');
    await expect(openai('model-1', { baseURL }).complete(request)).resolves.toEqual({
      content: 'Hi',
      toolCalls: [],
      finishReason: 'stop',
      rawFinishReason: 'stop',
    });
    expect(hits[0]?.body).toEqual({ model: 'model-1', messages: request.messages, stream: false });
  });

  it.each([
    ['aborted', new Error('enough')],
    ['timeout', new DOMException('late', 'TimeoutError')],
  ])('ends a call that is %s as an interruption', async (reason, cause) => {
    const controller = new AbortController();
    respond = () => {
      controller.abort(cause);
    };
    const completed = openai('model-1', { baseURL }).complete(request, { signal: controller.signal });
    await expect(completed).rejects.toMatchObject({ name: 'StreamInterruptedError', reason, cause, partialResponse: '' });
  });

  it('names an unreachable server a connection error', async () => {
    const { error } = await receive(openai('model-1', { baseURL: 'http://127.0.0.1:1/v1', maxRetries: 0 }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ retryable: true });
  });

  it('reports bad input as the stream’s error, before any request', async () => {
    const { error } = await receive(openai('model-1', { baseURL }), { messages: [] });
    expect(error).toBeInstanceOf(ValidationError);
    expect(hits).toHaveLength(0);
  });

  it('shows neither key nor prompt in any error', async () => {
    const message = `The key ${key} may not ask: ${prompt}`;
    serve(401, 'application/json', JSON.stringify({ error: { message, code: 'invalid_api_key' } }));
    const provider = openai('model-1', { baseURL, apiKey: key });
    const { error } = await receive(provider);
    const completion: unknown = await provider.complete(request).catch((reason: unknown) => reason);
    for (const shown of [error, completion]) {
      expect(shown).toBeInstanceOf(AuthenticationError);
      const text = `${String(shown)} ${JSON.stringify(shown)} ${inspect(shown, { depth: 9 })}`;
      expect(text).not.toContain(key);
      expect(text).not.toContain(prompt);
    }
  });

  describe('without a key', () => {
    const before = process.env.OPENAI_API_KEY;

    afterEach(() => {
      if (before === undefined) delete process.env.OPENAI_API_KEY;
      else process.env.OPENAI_API_KEY = before;
    });

    it('says which variable to set', () => {
      delete process.env.OPENAI_API_KEY;
      expect(() => openai('gpt-5-mini')).toThrow(/OPENAI_API_KEY/);
      expect(() => openai('gpt-5-mini', { apiKey: ' ' })).toThrow(ValidationError);
    });

    it('reads the variable', async () => {
      process.env.OPENAI_API_KEY = 'sk-from-the-environment';
      serve(200, 'text/event-stream', whole);
      await receive(openai('model-1', { baseURL }));
      expect(hits[0]?.headers.authorization).toBe('Bearer sk-from-the-environment');
    });
  });

  it.each([
    ['', {}],
    ['model-1', { baseURL: 'no url' }],
    ['model-1', { apiKey: 'sk-with-a\nnewline' }],
  ])('refuses the model %j with %j, without showing a key', (model, options) => {
    expect(() => openai(model, options)).toThrow(ValidationError);
    expect(() => openai(model, options)).not.toThrow(/with-a/);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { NEVER, type Observable, concat, firstValueFrom, lastValueFrom, of, throwError, toArray } from 'rxjs';
import { writeSnippets } from '../../scripts/docs-snippets.js';
import { ProviderError, type StreamChunk, StreamInterruptedError, StreamingResponse, isProviderError } from '../../src/index.js';
import { type PipeOutcome, pipeToNodeResponse, toResponse } from '../../src/server/index.js';
import { closeServers, serve } from '../node/local-server.js';
import { finish, restart, step, text, toolCall, toolResult } from '../operators/support.js';
import { OutputCapture, matches } from './output-capture.js';
import { type ModelServers, startModelServers } from './model-servers.js';

// The reader that docs/frameworks.md gives to browsers, against this library's own server functions over HTTP.

type Ask = (url: string, prompt: string) => Observable<StreamChunk>;

const snippet = writeSnippets().find(({ code }) => code.includes('export function ask('));
let servers: ModelServers;
let ask: Ask;

beforeAll(async () => {
  servers = await startModelServers();
  // The snippet asks once by itself.
  const output = new OutputCapture();
  ({ ask } = (await import(snippet?.file ?? 'no snippet')) as { readonly ask: Ask });
  await output.until((said) => matches(said, snippet?.prints ?? []), 4_000);
  output.stop();
});
afterAll(() => servers.close());
afterEach(closeServers);

/** The address of a server that answers with `source$`. */
async function serving(source$: Observable<StreamChunk>): Promise<string> {
  return (await serve((_, response) => void pipeToNodeResponse(source$, response))).url;
}

async function errorOf(url: string): Promise<unknown> {
  return lastValueFrom(ask(url, 'Hi')).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Sends the frames of one chunk, then does what is given. */
async function breakingAfterOneChunk(then: (response: ServerResponse) => void): Promise<string> {
  const body = await toResponse(of(text('Hel'))).text();
  const frame = body.slice(0, body.indexOf('event: end'));
  return (await serve((_, response) => response.writeHead(200).write(frame, () => then(response)))).url;
}

describe('the reader of docs/frameworks.md', () => {
  it('gives the chunks of the server, tools and restarts with them, and asks for the prompt', async () => {
    const chunks = [text('One'), restart(), text('Two'), toolCall('1'), toolResult('1'), step(0), text('Three\n\n'), finish()];
    const server = await serve((_, response) => void pipeToNodeResponse(of(...chunks), response));
    expect(await lastValueFrom(ask(server.url, 'Hi').pipe(toArray()))).toEqual(chunks);
    expect(server.requests.map(({ head, body }) => [head.method, body])).toEqual([['POST', '{"prompt":"Hi"}']]);
  });

  it('passes over heartbeats', async () => {
    const body = (await toResponse(of(text('a'), finish())).text()).replaceAll('\n\n', '\n\n: heartbeat\n\n');
    const { url } = await serve((_, response) => response.writeHead(200).end(body));
    expect(await lastValueFrom(ask(url, 'Hi').pipe(toArray()))).toEqual([text('a'), finish()]);
  });

  it('keeps what an interruption says, and the text so far', async () => {
    const partial = new StreamingResponse();
    partial.addChunk(text('Hel'));
    const late = new StreamInterruptedError('too slow', { reason: 'timeout', phase: 'each', partial });
    const error = await errorOf(await serving(concat(of(text('Hel')), throwError(() => late))));
    expect(error).toBeInstanceOf(StreamInterruptedError);
    expect(error).toMatchObject({ message: 'too slow', reason: 'timeout', phase: 'each', partialResponse: 'Hel', streamId: 'run_1' });
  });

  it("keeps what a provider's error says", async () => {
    const fields = { provider: 'openai', model: 'gpt', status: 429, code: 'busy', retryable: true, retryAfterMs: 5 };
    const error = await errorOf(await serving(throwError(() => new ProviderError('slow down', fields))));
    expect(isProviderError(error)).toBe(true);
    expect(error).toMatchObject({ message: 'slow down', ...fields });
  });

  it('says of another error what the server says', async () => {
    expect(await errorOf(await serving(throwError(() => new Error('inner'))))).toMatchObject({ message: 'The stream failed on the server.' });
  });

  it.each([
    ['a broken connection', 'disconnected', (response: ServerResponse) => response.destroy()],
    ['a body without its end record', 'truncated', (response: ServerResponse) => response.end()],
  ] as const)('takes %s for no whole answer', async (_, reason, then) => {
    expect(await errorOf(await breakingAfterOneChunk(then))).toMatchObject({ reason, partialResponse: 'Hel' });
  });

  it('says which status came instead of an answer', async () => {
    const { url } = await serve((_, response) => response.writeHead(404).end('no'));
    expect(await errorOf(url)).toMatchObject({ message: 'The server answered with HTTP 404.' });
  });

  it('closes the request when it is left', async () => {
    let settle: (outcome: PipeOutcome) => void = () => undefined;
    const outcome = new Promise<PipeOutcome>((resolve) => (settle = resolve));
    const server = await serve((_, response) => void pipeToNodeResponse(concat(of(text('Hel')), NEVER), response).then(settle));
    await firstValueFrom(ask(server.url, 'Hi'));
    expect(await outcome).toEqual({ ending: 'disconnected' });
  });
});

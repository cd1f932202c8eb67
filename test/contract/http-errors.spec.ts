import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Agent } from '../../src/index.js';
import { closeServers, closedPort, serve } from '../node/local-server.js';
import { answerOf } from '../support/answer.js';
import { type WireDialect, dialects } from './wire-dialects.js';

// Not in the shape of any known key: nothing but knowing it can keep it out of a message.
const secret = 'Zq7RmT2vKx9LwPb4';
const headerSecret = 'hdr-Yw83nQpL5sDf';
const prompt = 'a private question about my health';

interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly expected: Readonly<Record<string, unknown>>;
}

const refusals: readonly Refusal[] = [
  { status: 400, expected: { name: 'InvalidRequestError', retryable: false } },
  { status: 401, expected: { name: 'AuthenticationError', retryable: false } },
  { status: 403, expected: { name: 'AuthenticationError', retryable: false } },
  { status: 404, expected: { name: 'InvalidRequestError', retryable: false } },
  { status: 408, expected: { name: 'ProviderError', retryable: true } },
  { status: 413, expected: { name: 'InvalidRequestError', retryable: false } },
  { status: 429, headers: { 'retry-after': '2' }, expected: { name: 'RateLimitError', retryable: true, retryAfterMs: 2_000 } },
  { status: 429, headers: { 'retry-after-ms': '70', 'retry-after': '2' }, expected: { name: 'RateLimitError', retryable: true, retryAfterMs: 70 } },
  { status: 500, expected: { name: 'ProviderError', retryable: true } },
  { status: 503, expected: { name: 'OverloadedError', retryable: true } },
  { status: 529, expected: { name: 'OverloadedError', retryable: true } },
];

afterEach(closeServers);

async function failure(dialect: WireDialect, url: string): Promise<unknown> {
  const provider = dialect.provider(url, { apiKey: secret });
  const { chunks, terminal } = await answerOf(new Agent({ provider }).stream$(prompt));
  expect(chunks).toEqual([]);
  return terminal.type === 'error' ? terminal.error : undefined;
}

function expectNothingShown(error: unknown): void {
  const { message, stack } = error as Error; // every caller has matched its name
  const shown = [message, stack, String(error), JSON.stringify(error), inspect(error, { depth: 20 }), inspect({ error }, { depth: 20, showHidden: true })];
  for (const text of shown) for (const hidden of [secret, headerSecret, prompt]) expect(text).not.toContain(hidden);
}

describe.each(dialects)('before the answer of $name', (dialect) => {
  it.each(refusals)('HTTP $status $headers', async ({ status, headers, expected }) => {
    const server = await serve((head, response) => {
      const key = head.headers.authorization ?? head.headers['x-api-key'] ?? '';
      // A careless server says back what it was sent.
      const message = `No luck with ${String(key)}, Zq7RmT2vKx9LwPb4, for: ${prompt}`;
      response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': headerSecret, ...headers });
      response.end(JSON.stringify({ type: 'error', error: { type: 'some_error', message } }));
    });
    const error = await failure(dialect, server.url);
    expect(error).toMatchObject({ ...expected, status, code: 'some_error', provider: dialect.name, model: 'test-model' });
    expect((error as Error).message).toContain('No luck');
    expectNothingShown(error);
    expect(server.requests).toHaveLength(1);
  });

  it.each([301, 302, 307, 308])('a redirect (HTTP %i) to a place that does not answer', async (status) => {
    const port = await closedPort();
    const server = await serve((_, response) => response.writeHead(status, { location: `http://127.0.0.1:${port}/` }).end());
    const error = await failure(dialect, server.url);
    expect(error).toMatchObject({ provider: dialect.name, model: 'test-model' });
    expectNothingShown(error);
  });

  it('a closed port', async () => {
    const error = await failure(dialect, `http://127.0.0.1:${await closedPort()}`);
    expect(error).toMatchObject({ name: 'ConnectionError', retryable: true, provider: dialect.name, model: 'test-model' });
    expect((error as Error).message).toContain('ECONNREFUSED');
    expectNothingShown(error);
  });

  it('an unknown host', async () => {
    // The top-level domain .invalid never resolves (RFC 2606).
    const error = await failure(dialect, 'http://nobody.invalid');
    expect(error).toMatchObject({ name: 'ConnectionError', retryable: true });
    expect((error as Error).message).toMatch(/ENOTFOUND|EAI_AGAIN/);
    expectNothingShown(error);
  });

  it('a connection that is closed before the headers', async () => {
    const server = await serve((_, response) => response.destroy());
    const error = await failure(dialect, server.url);
    expect(error).toMatchObject({ name: 'ConnectionError', retryable: true });
    expectNothingShown(error);
  });
});

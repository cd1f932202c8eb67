import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { nodeTransport } from '../../src/node/index.js';
import { closedPort, closeServers, serve } from './local-server.js';
import { dialects } from './sdk-dialects.js';

afterEach(closeServers);

const errorBody = JSON.stringify({ type: 'error', error: { type: 'some_error', message: 'no luck' } });

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req_1', 'request-id': 'req_1', ...headers });
  response.end(errorBody);
}

describe.each(dialects)('nodeTransport below the $name SDK', (dialect) => {
  const { errors } = dialect;

  it.each([
    [400, errors.BadRequestError],
    [401, errors.AuthenticationError],
    [403, errors.PermissionDeniedError],
    [404, errors.NotFoundError],
    [408, errors.APIError],
    [413, errors.APIError],
    [429, errors.RateLimitError],
    [500, errors.InternalServerError],
    [503, errors.InternalServerError],
    [529, errors.InternalServerError],
  ])('gives a %i as the SDK’s own class of error, with body and request id', async (status, type) => {
    const server = await serve((_, response) => refuse(response, status));
    const failure = dialect.ask({ baseURL: server.url, fetch: nodeTransport() });
    await expect(failure).rejects.toBeInstanceOf(type);
    await expect(failure).rejects.toMatchObject({ status, requestID: 'req_1' });
    await expect(failure).rejects.toThrow('no luck');
  });

  it.each([301, 302, 307, 308])('does not follow a %i', async (status) => {
    const server = await serve((_, response) => response.writeHead(status, { location: '/elsewhere' }).end());
    await expect(dialect.ask({ baseURL: server.url, fetch: nodeTransport() })).rejects.toMatchObject({ status });
    expect(server.requests).toHaveLength(1);
  });

  it.each([{ 'retry-after': '0.02' }, { 'retry-after-ms': '20' }])('lets the SDK wait as %j asks', async (headers) => {
    const server = await serve((_, response) => {
      if (server.requests.length === 1) refuse(response, 429, headers);
      else response.end(dialect.body);
    });
    const text = await dialect.read({ baseURL: server.url, fetch: nodeTransport(), maxRetries: 1 });
    expect(text).toBe('Hello');
    expect(server.requests).toHaveLength(2);
    expect(server.connections()).toBe(1);
  });

  it('reads a stream and a plain answer', async () => {
    const server = await serve((head, response) => {
      const chat = { choices: [{ index: 0, message: { role: 'assistant', content: 'Plain' } }] };
      const message = { type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Plain' }] };
      const { stream } = JSON.parse(server.requests.at(-1)?.body ?? '{}') as { stream?: boolean };
      if (stream === true) return void response.end(dialect.body);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(head.url?.includes('messages') ? message : chat));
    });
    const options = { baseURL: server.url, fetch: nodeTransport() };
    expect(await dialect.read(options)).toBe('Hello');
    expect(await dialect.complete(options)).toBe('Plain');
    expect(server.requests[0]?.head.headers).toMatchObject({
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      'content-length': String(Buffer.byteLength(server.requests[0]?.body ?? '')),
    });
  });

  it('says like fetch why a connection failed', async () => {
    const port = await closedPort();
    const failure = dialect.ask({ baseURL: `http://127.0.0.1:${port}`, fetch: nodeTransport() });
    await expect(failure).rejects.toBeInstanceOf(errors.APIConnectionError);
    await expect(failure).rejects.toMatchObject({ cause: { message: 'fetch failed', cause: { code: 'ECONNREFUSED' } } });
  });

  it('says that a host is unknown', async () => {
    // The top-level domain .invalid never resolves (RFC 2606).
    const failure = dialect.ask({ baseURL: 'http://nobody.invalid', fetch: nodeTransport({ proxyEnv: false }) });
    await expect(failure).rejects.toBeInstanceOf(errors.APIConnectionError);
    await expect(failure).rejects.toMatchObject({
      cause: { message: 'fetch failed', cause: { code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) } },
    });
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import type { NodeBody } from '../../src/node/node-body.js';
import { nodeTransport } from '../../src/node/index.js';
import { probe } from './body-probe.js';
import { closed, closeServers, serve } from './local-server.js';
import { dialects } from './sdk-dialects.js';

afterEach(closeServers);

const graceMs = 250;

describe.each(dialects)('the connections of nodeTransport below the $name SDK', (dialect) => {
  it('uses one connection for five streams', async () => {
    const server = await serve((_, response) => response.end(dialect.body));
    const fetch = nodeTransport();
    for (let i = 0; i < 5; i++) {
      const body = probe(await dialect.ask({ baseURL: server.url, fetch }));
      expect(await body.ended).toBeUndefined();
      expect(body.text()).toBe(dialect.body);
    }
    expect(server.connections()).toBe(1);
  });

  it('uses one connection for five refused requests', async () => {
    const server = await serve((_, response) => response.writeHead(400).end('{}'));
    const fetch = nodeTransport();
    for (let i = 0; i < 5; i++) await expect(dialect.ask({ baseURL: server.url, fetch })).rejects.toMatchObject({ status: 400 });
    expect(server.connections()).toBe(1);
  });

  it('uses one connection for the SDK’s retries', async () => {
    const server = await serve((_, response) => response.writeHead(500, { 'retry-after-ms': '1' }).end('{}'));
    const failure = dialect.ask({ baseURL: server.url, fetch: nodeTransport(), maxRetries: 2 });
    await expect(failure).rejects.toMatchObject({ status: 500 });
    expect(server.requests).toHaveLength(3);
    expect(server.connections()).toBe(1);
  });

  it('gives up a huge error body instead of reading it', async () => {
    const server = await serve((_, response) => {
      if (server.requests.length === 2) return void response.end(dialect.body);
      response.writeHead(500, { 'retry-after-ms': '1' });
      response.end(Buffer.alloc(5_000_000, 'x'));
    });
    expect(await dialect.read({ baseURL: server.url, fetch: nodeTransport(), maxRetries: 1 })).toBe('Hello');
    expect(server.connections()).toBe(2);
  });

  it('gives up an error body that never ends', async () => {
    const server = await serve((_, response) => {
      if (server.requests.length === 2) return void response.end(dialect.body);
      response.writeHead(500, { 'retry-after-ms': '1' });
      response.write('x');
    });
    expect(await dialect.read({ baseURL: server.url, fetch: nodeTransport(), maxRetries: 1 })).toBe('Hello');
  });
});

describe('draining a body', () => {
  it('keeps the connection when the server ends late', async () => {
    let end = (): unknown => undefined;
    const server = await serve((_, response) => {
      end = () => response.end('late');
      response.write('answer');
    });
    const fetch = nodeTransport();
    const body = probe(await fetch(server.url));
    await body.holds('answer');
    const free = new Promise<void>((resolve) => (body.source as NodeBody).drain(graceMs, resolve)); // the body is this transport's
    end();
    await free;
    probe(await fetch(server.url)).source.stop();
    expect(server.connections()).toBe(1);
    expect(body.endings()).toBe(0);
  });

  it('destroys the connection after the grace when the server does not end', async () => {
    const server = await serve((_, response) => response.write('answer'));
    const body = probe(await nodeTransport()(server.url));
    await body.holds('answer');
    const [socket] = server.sockets;
    body.source.drain(graceMs);
    await closed(socket);
    expect(body.endings()).toBe(0);
  });
});

describe('an idle connection that the server has closed', () => {
  /** Resets the connections of some requests after the first instead of answering them. */
  async function forgetful(resets: number) {
    const server = await serve((head, response) => {
      const second = server.requests.length;
      if (second > 1 && second <= 1 + resets) return void head.socket.resetAndDestroy();
      response.end(`answer ${server.requests.length}: ${server.requests.at(-1)?.body}`);
    });
    return server;
  }

  const post = { method: 'POST', body: 'question' };

  it('is replaced, and the request sent once more', async () => {
    const server = await forgetful(1);
    const fetch = nodeTransport();
    expect(await (await fetch(server.url, post)).text()).toBe('answer 1: question');
    expect(await (await fetch(server.url, post)).text()).toBe('answer 3: question');
    expect(server.connections()).toBe(2);
  });

  it('makes the second try avoid the other old connections', async () => {
    let holding: (() => void)[] = [];
    const server = await serve((head, response) => {
      if (server.requests.length > 2 && server.connections() === 2) return void head.socket.resetAndDestroy();
      if (server.requests.length > 2) return void response.end('answered');
      // Both at once, so that there are two connections.
      holding.push(() => response.end('first'));
      if (holding.length === 2) for (const answer of holding) answer();
    });
    const fetch = nodeTransport();
    await Promise.all([1, 2].map(async () => (await fetch(server.url, post)).text()));
    holding = [];
    expect(await (await fetch(server.url, post)).text()).toBe('answered');
    expect(server.connections()).toBe(3);
  });

  it('is no excuse for a second reset', async () => {
    const server = await forgetful(2);
    const fetch = nodeTransport();
    await (await fetch(server.url, post)).text();
    await expect(fetch(server.url, post)).rejects.toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } });
    expect(server.requests).toHaveLength(3);
  });

  it('is not guessed at on a new connection: a reset there is an error', async () => {
    const server = await serve((head) => head.socket.resetAndDestroy());
    await expect(nodeTransport()(server.url, post)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(server.requests).toHaveLength(1);
  });
});

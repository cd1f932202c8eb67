import { afterEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { nodeTransport } from '../../src/node/index.js';
import { probe } from './body-probe.js';
import { closeServers, serve } from './local-server.js';
import { dialects } from './sdk-dialects.js';

afterEach(closeServers);

const read = (name: string): string => readFileSync(new URL(`certificate/${name}`, import.meta.url), 'utf8');
const tls = { cert: read('test-only.cert.pem'), key: read('test-only.key.pem') };

describe.each(dialects)('nodeTransport over TLS below the $name SDK', (dialect) => {
  it('streams from a server whose certificate it was told to trust, on one connection', async () => {
    const server = await serve((_, response) => response.end(dialect.body), tls);
    const fetch = nodeTransport({ tls: { ca: tls.cert } });
    for (let i = 0; i < 5; i++) expect(await dialect.read({ baseURL: server.url, fetch })).toBe('Hello');
    expect(server.connections()).toBe(1);
  });

  it('refuses a certificate that nobody vouches for', async () => {
    const server = await serve((_, response) => response.end(dialect.body), tls);
    const failure = dialect.ask({ baseURL: server.url, fetch: nodeTransport() });
    await expect(failure).rejects.toBeInstanceOf(dialect.errors.APIConnectionError);
    await expect(failure).rejects.toMatchObject({ cause: { cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } } });
    expect(server.requests).toHaveLength(0);
  });
});

describe('a TLS connection of nodeTransport', () => {
  it('is cut after all that came', async () => {
    const server = await serve((head, response) => response.write('half', () => head.socket.end()), tls);
    const body = probe(await nodeTransport({ tls: { ca: tls.cert } })(server.url));
    expect(await body.ended).toMatchObject({ code: 'ECONNRESET' });
    expect(body.text()).toBe('half');
  });

  it('is closed by an abort while it is stalled', async () => {
    const controller = new AbortController();
    const server = await serve((_, response) => response.write('begun'), tls);
    const body = probe(await nodeTransport({ tls: { ca: tls.cert } })(server.url, { signal: controller.signal }));
    await body.holds('begun');
    const [socket] = server.sockets;
    const closed = new Promise((resolve) => socket?.once('close', resolve));
    controller.abort();
    expect(await body.ended).toMatchObject({ name: 'AbortError' });
    await closed;
  });
});

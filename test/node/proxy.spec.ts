import { afterEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { nodeTransport } from '../../src/node/index.js';
import { startProxy, type LocalProxy } from './local-proxy.js';
import { closeServers, serve } from './local-server.js';
import { dialects } from './sdk-dialects.js';

const read = (name: string): string => readFileSync(new URL(`certificate/${name}`, import.meta.url), 'utf8');
const tls = { cert: read('test-only.cert.pem'), key: read('test-only.key.pem') };

let proxy: LocalProxy;

async function proxyWith(refuse?: number): Promise<LocalProxy> {
  proxy = await startProxy(refuse);
  return proxy;
}

afterEach(async () => {
  await closeServers();
  await proxy.close();
});

describe.each(dialects)('nodeTransport through a proxy, below the $name SDK', (dialect) => {
  it('forwards plain requests', async () => {
    const { url, asked } = await proxyWith();
    const server = await serve((_, response) => response.end(dialect.body));
    const fetch = nodeTransport({ proxyEnv: { HTTP_PROXY: url } });
    expect(await dialect.read({ baseURL: server.url, fetch })).toBe('Hello');
    expect(asked).toEqual([expect.stringContaining(`POST ${server.url}/`)]);
  });

  it('tunnels TLS by CONNECT, once for several streams', async () => {
    const { url, asked } = await proxyWith();
    const server = await serve((_, response) => response.end(dialect.body), tls);
    const fetch = nodeTransport({ proxyEnv: { https_proxy: url }, tls: { ca: tls.cert } });
    for (let i = 0; i < 3; i++) expect(await dialect.read({ baseURL: server.url, fetch })).toBe('Hello');
    expect(asked).toEqual([`CONNECT 127.0.0.1:${server.port}`]);
    expect(server.connections()).toBe(1);
  });

  it('goes round the proxy where NO_PROXY says so', async () => {
    const { url, asked } = await proxyWith();
    const server = await serve((_, response) => response.end(dialect.body));
    const fetch = nodeTransport({ proxyEnv: { HTTP_PROXY: url, NO_PROXY: '127.0.0.1' } });
    expect(await dialect.read({ baseURL: server.url, fetch })).toBe('Hello');
    expect(asked).toEqual([]);
  });

  it('says that the proxy refused the tunnel', async () => {
    const { url } = await proxyWith(407);
    const server = await serve((_, response) => response.end(dialect.body), tls);
    const fetch = nodeTransport({ proxyEnv: { HTTPS_PROXY: url }, tls: { ca: tls.cert } });
    const failure = dialect.ask({ baseURL: server.url, fetch });
    await expect(failure).rejects.toBeInstanceOf(dialect.errors.APIConnectionError);
    await expect(failure).rejects.toMatchObject({ cause: { cause: { code: 'ERR_PROXY_TUNNEL' } } });
    expect(server.connections()).toBe(0);
  });
});

describe('the proxy variables', () => {
  const before = process.env;

  afterEach(() => {
    process.env = before;
  });

  it('are read from the environment at the first request, unless they are switched off', async () => {
    const { url, asked } = await proxyWith();
    const server = await serve((_, response) => response.end('answer'));
    const [proxied, direct] = [nodeTransport(), nodeTransport({ proxyEnv: false })];
    process.env = { HTTP_PROXY: url };
    await (await direct(server.url)).text();
    expect(asked).toEqual([]);
    await (await proxied(server.url)).text();
    expect(asked).toEqual([`GET ${server.url}/`]);
  });
});

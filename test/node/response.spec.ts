import { afterEach, describe, expect, it } from '@jest/globals';
import { nodeTransport } from '../../src/node/index.js';
import { closed, closeServers, serve } from './local-server.js';

afterEach(closeServers);

/** Asks a server that answers `body`. */
async function respond(body: string, status = 200): Promise<Response> {
  const server = await serve((_, response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.writeHead(status, 'As Said', { 'content-type': 'text/plain' });
    response.end(body);
  });
  return nodeTransport()(`${server.url}/path?query#fragment`);
}

describe('a response of nodeTransport', () => {
  it('has the head that was sent', async () => {
    const response = await respond('body');
    expect(response).toMatchObject({ status: 200, statusText: 'As Said', ok: true, redirected: false, bodyUsed: false });
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(new URL(response.url)).toMatchObject({ pathname: '/path', search: '?query', hash: '' });
    expect(await respond('', 404)).toMatchObject({ ok: false, status: 404 });
  });

  it('can be awaited: it is no thenable', async () => {
    expect('then' in (await respond('body'))).toBe(false);
  });

  it('gives its body once, as text, JSON or bytes', async () => {
    const response = await respond('\uFEFFgr\u00FC\u00DFe');
    expect(await response.text()).toBe('gr\u00FC\u00DFe');
    expect(response.bodyUsed).toBe(true);
    await expect(response.text()).rejects.toBeInstanceOf(TypeError);
    expect(await (await respond('{"a":1}')).json()).toEqual({ a: 1 });
    expect(Buffer.from(await (await respond('bytes')).arrayBuffer()).toString()).toBe('bytes');
    expect(Buffer.from(await (await respond('bytes')).bytes()).toString()).toBe('bytes');
    expect(await (await (await respond('blob')).blob()).text()).toBe('blob');
  });

  it('can be cloned before it is read', async () => {
    const response = await respond('twice');
    const copy = response.clone();
    expect(copy).toMatchObject({ status: 200, ok: true });
    expect(await copy.text()).toBe('twice');
    expect(await response.text()).toBe('twice');
    expect(() => response.clone()).toThrow(TypeError);
  });

  it('has no body where HTTP allows none', async () => {
    const response = await respond('', 204);
    expect(response.body).toBeNull();
    expect(await response.text()).toBe('');
  });

  it('can still be read whole after somebody has looked at `body`', async () => {
    const response = await respond('looked at');
    expect(response.body?.locked).toBe(false);
    expect(await response.text()).toBe('looked at');
  });

  it('rejects like fetch when the connection breaks', async () => {
    const server = await serve((head, response) => response.write('half', () => head.socket.end()));
    const failure = (await nodeTransport()(server.url)).text();
    await expect(failure).rejects.toMatchObject({ name: 'TypeError', message: 'terminated', cause: { code: 'ECONNRESET' } });
  });
});

describe('the web stream of a response', () => {
  it('gives the bytes in order and ends', async () => {
    const body = (await respond('x'.repeat(1_000_000))).body;
    let length = 0;
    for await (const bytes of body ?? []) length += bytes.length;
    expect(length).toBe(1_000_000);
  });

  it('closes the connection when it is left in the middle', async () => {
    const server = await serve((_, response) => response.write('begun'));
    for await (const bytes of (await nodeTransport()(server.url)).body ?? []) {
      expect(Buffer.from(bytes).toString()).toBe('begun');
      break;
    }
    await Promise.all([...server.sockets].map(closed));
  });

  it('saves the connection when it is cancelled unread', async () => {
    const server = await serve((_, response) => response.end('unwanted'));
    const fetch = nodeTransport();
    for (let i = 0; i < 3; i++) await (await fetch(server.url)).body?.cancel();
    expect(server.connections()).toBe(1);
  });
});

describe('what nodeTransport leaves to the global fetch', () => {
  it('sends uploads whole', async () => {
    const server = await serve((head, response) => response.end(head.headers['content-type']));
    const form = new FormData();
    form.set('file', new Blob(['content of the file']), 'name.txt');
    const response = await nodeTransport()(server.url, { method: 'POST', body: form });
    expect(await response.text()).toMatch(/^multipart\/form-data/);
    expect(server.requests[0]?.body).toContain('content of the file');
  });

  it('takes Request objects and other schemes', async () => {
    const server = await serve((head, response) => response.end(head.method));
    expect(await (await nodeTransport()(new Request(server.url, { method: 'PUT' }))).text()).toBe('PUT');
    expect(await (await nodeTransport()('data:,hello')).text()).toBe('hello');
  });

  it('rejects a URL that is none', async () => {
    await expect(nodeTransport()('/relative')).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_URL' });
  });
});

describe('what nodeTransport sends', () => {
  it('is the method, the headers and the bytes it was given', async () => {
    const server = await serve((_, response) => response.end());
    const body = new TextEncoder().encode('bytes');
    await nodeTransport()(server.url, { method: 'post', headers: [['x-mine', '1'], ['accept-encoding', 'br']], body });
    expect(server.requests[0]).toMatchObject({
      body: 'bytes',
      head: { method: 'POST', headers: { 'x-mine': '1', 'accept-encoding': 'br', 'content-length': '5' } },
    });
  });
});

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { nodeTransport } from '../../src/node/index.js';
import { probe } from './body-probe.js';
import { closed, closeServers, serve } from './local-server.js';
import { dialects } from './sdk-dialects.js';

afterEach(closeServers);

/** A signal that counts who listens. */
function countedSignal() {
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  jest.spyOn(signal, 'addEventListener').mockImplementation((...parameters: Parameters<typeof add>) => {
    listeners++;
    add(...parameters);
  });
  jest.spyOn(signal, 'removeEventListener').mockImplementation((...parameters: Parameters<typeof remove>) => {
    listeners--;
    remove(...parameters);
  });
  return { controller, signal, listeners: () => listeners };
}

describe('aborting a request of nodeTransport', () => {
  it('sends nothing when the signal is aborted already', async () => {
    const server = await serve((_, response) => response.end());
    const reason = new Error('not today');
    await expect(nodeTransport()(server.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.connections()).toBe(0);
  });

  it('closes the connection before the headers, and rejects with the reason', async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort());
    await expect(nodeTransport()(server.url, { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
    await Promise.all([...server.sockets].map(closed));
    expect(server.connections()).toBe(1);
  });

  it('closes a stalled connection after the headers, and cuts the body with the reason', async () => {
    const controller = new AbortController();
    const server = await serve((_, response) => response.write('begun'));
    const body = probe(await nodeTransport()(server.url, { signal: controller.signal }));
    await body.holds('begun');
    const [socket] = server.sockets;
    controller.abort(new Error('enough'));
    expect(await body.ended).toMatchObject({ message: 'enough' });
    await closed(socket);
    expect(body.endings()).toBe(1);
  });

  it('cuts a body that nobody has begun to read', async () => {
    const controller = new AbortController();
    const server = await serve((_, response) => response.write('begun'));
    const response = await nodeTransport()(server.url, { signal: controller.signal });
    const [socket] = server.sockets;
    controller.abort(new Error('enough'));
    await closed(socket);
    expect(await probe(response).ended).toMatchObject({ message: 'enough' });
  });

  it('cuts a paused body at once', async () => {
    const controller = new AbortController();
    const server = await serve((_, response) => response.write('begun'));
    const body = probe(await nodeTransport()(server.url, { signal: controller.signal }));
    await body.holds('begun');
    body.source.pause();
    controller.abort(new Error('enough'));
    expect(await body.ended).toMatchObject({ message: 'enough' });
  });

  it('is heard no more when stop() came first', async () => {
    const controller = new AbortController();
    const server = await serve((_, response) => response.write('begun'));
    const body = probe(await nodeTransport()(server.url, { signal: controller.signal }));
    await body.holds('begun');
    const [socket] = server.sockets;
    body.source.stop();
    controller.abort();
    await closed(socket);
    expect(body.endings()).toBe(0);
  });

  it('leaves no listener on the signal after a whole answer', async () => {
    const { signal, listeners } = countedSignal();
    const server = await serve((_, response) => response.end('whole'));
    const response = await nodeTransport()(server.url, { signal });
    expect(listeners()).toBe(1);
    expect(await response.text()).toBe('whole');
    await new Promise(setImmediate);
    expect(listeners()).toBe(0);
  });
});

describe.each(dialects)('cancelling below the $name SDK', (dialect) => {
  it('is an abort of the user’s before the headers', async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort());
    const failure = dialect.ask({ baseURL: server.url, fetch: nodeTransport(), signal: controller.signal });
    await expect(failure).rejects.toBeInstanceOf(dialect.errors.APIUserAbortError);
  });

  it('is a timeout when the headers do not come, as with the global fetch', async () => {
    const server = await serve(() => undefined);
    // Compared, not named: a DOMException is no Error inside Jest's sandbox, so the openai SDK does not know its class there.
    const ask = (transport: typeof fetch) =>
      dialect.ask({ baseURL: server.url, fetch: transport, timeout: 50 }).catch((error: unknown) => error);
    const [ours, theirs] = [await ask(nodeTransport()), await ask(fetch)];
    expect(ours).toBeInstanceOf(dialect.errors.APIConnectionError);
    expect(ours).toEqual(theirs);
    expect(Object.getPrototypeOf(ours)).toBe(Object.getPrototypeOf(theirs));
  });

  it('ends the SDK’s own iteration of a stalled stream', async () => {
    const controller = new AbortController();
    const server = await serve((_, response) => void response.write(dialect.body.slice(0, -20)));
    const fetch: typeof globalThis.fetch = async (url, init) => {
      const response = await nodeTransport()(url, init);
      // Once the SDK reads, it waits for bytes that do not come.
      setImmediate(() => controller.abort());
      return response;
    };
    const text = await dialect.read({ baseURL: server.url, fetch, signal: controller.signal });
    expect('Hello'.startsWith(text)).toBe(true);
    await Promise.all([...server.sockets].map(closed));
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { Transform } from 'node:stream';
import { type Zlib, brotliCompressSync, constants, createBrotliCompress, createDeflate, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { nodeTransport } from '../../src/node/index.js';
import { probe } from './body-probe.js';
import { closed, closeServers, serve, type LocalServer } from './local-server.js';
import { dialects } from './sdk-dialects.js';

afterEach(closeServers);

const text = 'data: {"n":1}\n\n'.repeat(5_000);

/** Ends the connection in the middle of a chunked body. Not `destroy`: that may lose bytes already written. */
function cut({ socket }: IncomingMessage): void {
  socket.end();
}

describe('a body of nodeTransport that ends too early', () => {
  it('is cut after all that came', async () => {
    const server = await serve((head, response) => response.write('half of it', () => cut(head)));
    const body = probe(await nodeTransport()(server.url));
    expect(await body.ended).toMatchObject({ code: 'ECONNRESET' });
    expect(body.text()).toBe('half of it');
    expect(body.endings()).toBe(1);
  });

  it('is cut when a content-length is not reached', async () => {
    const server = await serve((head, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half of it', () => cut(head));
    });
    const body = probe(await nodeTransport()(server.url));
    expect(await body.ended).toMatchObject({ code: 'ECONNRESET' });
    expect(body.text()).toBe('half of it');
  });

  it('loses nothing when the cut comes while the reader has paused', async () => {
    let goOn = (): void => undefined;
    const server = await serve((head, response) => {
      goOn = () => void response.write(' and the second', () => cut(head));
      response.write('the first');
    });
    const body = probe(await nodeTransport()(server.url));
    await body.holds('the first');
    body.source.pause();
    const [socket] = server.sockets;
    goOn();
    // The server's side closes when the client has seen the end.
    await closed(socket);
    expect([body.text(), body.endings()]).toEqual(['the first', 0]);
    body.source.resume();
    expect(body.endings()).toBe(0);
    expect(await body.ended).toMatchObject({ code: 'ECONNRESET' });
    expect(body.text()).toBe('the first and the second');
  });

  it('loses nothing when the cut comes before the reader has begun', async () => {
    const server = await serve((head, response) => response.write('early', () => cut(head)));
    const response = await nodeTransport()(server.url);
    await closed([...server.sockets][0]);
    const body = probe(response);
    expect(await body.ended).toMatchObject({ code: 'ECONNRESET' });
    expect(body.text()).toBe('early');
  });
});

/** Serves `body` block by block; `stalled` settles when the client has stopped reading. */
async function serveBlocks(body: Buffer, headers: Record<string, string> = {}) {
  const blockBytes = 64 * 1024;
  let written = 0;
  let tell = (): void => undefined;
  const stalled = new Promise<void>((resolve) => (tell = resolve));
  const server = await serve((_, response) => {
    /** Nobody reads if the buffer does not empty in a hundred turns of the loop. */
    const watch = (turn: number): void => {
      if (!response.writableNeedDrain) return;
      if (turn === 100) tell();
      else setImmediate(watch, turn + 1);
    };
    const write = (): void => {
      while (written < body.length) {
        const block = body.subarray(written, written + blockBytes);
        written += block.length;
        if (response.write(block)) continue;
        response.once('drain', write);
        return watch(0);
      }
      response.end();
      tell();
    };
    response.writeHead(200, headers);
    write();
  });
  return { url: server.url, stalled, written: () => written };
}

describe('a slow reader of nodeTransport', () => {
  // Hexadecimal digits: gzip takes off half of them and no more.
  const long = randomBytes(8 * 1024 * 1024).toString('hex');

  it.each([
    ['plain', Buffer.from(long), {}],
    ['compressed', gzipSync(long, { level: 1 }), { 'content-encoding': 'gzip' }],
  ])('stops a server that sends a %s body, and then gets all of it', async (_, bytes, headers) => {
    const server = await serveBlocks(bytes, headers);
    const body = probe(await nodeTransport()(server.url));
    body.source.pause();
    await server.stalled;
    expect(server.written()).toBeLessThan(bytes.length * 0.8);
    body.source.resume();
    expect(await body.ended).toBeUndefined();
    expect(body.text()).toBe(long);
  });

  it('stops the server by reading no more of the web stream', async () => {
    const bytes = Buffer.from(long);
    const server = await serveBlocks(bytes);
    const reader = (await nodeTransport()(server.url)).body?.getReader();
    expect(await reader?.read()).toMatchObject({ done: false });
    await server.stalled;
    expect(server.written()).toBeLessThan(bytes.length * 0.8);
    await reader?.cancel();
  });
});

const codings = [
  { coding: 'gzip', whole: gzipSync, live: () => createGzip() },
  { coding: 'x-gzip', whole: gzipSync, live: () => createGzip() },
  { coding: 'deflate', whole: deflateSync, live: () => createDeflate() },
  { coding: 'br', whole: brotliCompressSync, live: () => createBrotliCompress() },
];

/** Writes `piece` through `compressor` so that the client can decode it at once; `done` comes when it has left. */
function flushThrough(compressor: Transform & Zlib, piece: string, coding: string, done?: () => void): void {
  compressor.write(piece);
  compressor.flush(coding === 'br' ? constants.BROTLI_OPERATION_FLUSH : constants.Z_SYNC_FLUSH, done);
}

describe.each(codings)('a body in $coding', ({ coding, whole, live }) => {
  const serveLive = (handle: (compressor: Transform & Zlib, head: IncomingMessage) => void): Promise<LocalServer> =>
    serve((head, response) => {
      const compressor = live();
      response.writeHead(200, { 'content-encoding': coding });
      compressor.on('data', (bytes: Buffer) => response.write(bytes));
      compressor.on('end', () => response.end());
      handle(compressor, head);
    });

  it('is decoded', async () => {
    const server = await serve((_, response) => response.writeHead(200, { 'content-encoding': coding }).end(whole(text)));
    const body = probe(await nodeTransport()(server.url));
    expect(await body.ended).toBeUndefined();
    expect(body.text()).toBe(text);
  });

  it('is read by the SDK’s own iterators', async () => {
    for (const dialect of dialects) {
      const server = await serve((_, response) => response.writeHead(200, { 'content-encoding': coding }).end(whole(dialect.body)));
      expect(await dialect.read({ baseURL: server.url, fetch: nodeTransport() })).toBe('Hello');
    }
  });

  it('gives each event when it comes, not when the body ends', async () => {
    let compressor: Transform | undefined;
    const server = await serveLive((made) => {
      compressor = made;
      flushThrough(made, 'first', coding);
    });
    const body = probe(await nodeTransport()(server.url));
    await body.holds('first');
    compressor?.end('second');
    expect(await body.ended).toBeUndefined();
    expect(body.text()).toBe('firstsecond');
    expect(server.connections()).toBe(1);
  });

  it('is cut after all that came', async () => {
    const server = await serveLive((compressor, head) => {
      // Behind the flushed bytes in the queue of the socket.
      flushThrough(compressor, 'first', coding, () => setImmediate(() => cut(head)));
    });
    const body = probe(await nodeTransport()(server.url));
    expect(await body.ended).toMatchObject({ code: 'ECONNRESET' });
    expect(body.text()).toBe('first');
    expect(body.endings()).toBe(1);
  });

  it('paces the server, and loses nothing', async () => {
    const server = await serve((_, response) => response.writeHead(200, { 'content-encoding': coding }).end(whole(text)));
    const body = probe(await nodeTransport()(server.url));
    body.source.pause();
    await new Promise(setImmediate);
    expect(body.endings()).toBe(0);
    body.source.resume();
    expect(await body.ended).toBeUndefined();
    expect(body.text()).toBe(text);
  });

  it('is cut when it is no such data', async () => {
    const server = await serve((_, response) => response.writeHead(200, { 'content-encoding': coding }).write('\xffnot compressed'));
    const body = probe(await nodeTransport()(server.url));
    expect(await body.ended).toBeDefined();
    // The server has not ended: we have.
    await Promise.all([...server.sockets].map(closed));
    expect(body.endings()).toBe(1);
  });

  it('is over when it is stopped in the middle', async () => {
    const server = await serveLive((compressor) => flushThrough(compressor, 'first', coding));
    const body = probe(await nodeTransport()(server.url));
    await body.holds('first');
    const [socket] = server.sockets;
    body.source.stop();
    await closed(socket);
    expect(body.endings()).toBe(0);
  });

  it('is aborted at once, also while it is paused', async () => {
    const controller = new AbortController();
    const server = await serveLive((compressor) => flushThrough(compressor, 'first', coding));
    const body = probe(await nodeTransport()(server.url, { signal: controller.signal }));
    await body.holds('first');
    body.source.pause();
    controller.abort(new Error('enough'));
    expect(await body.ended).toMatchObject({ message: 'enough' });
  });

  it('may be empty', async () => {
    const server = await serve((_, response) => response.writeHead(200, { 'content-encoding': coding }).end());
    const body = probe(await nodeTransport()(server.url));
    expect(await body.ended).toBeUndefined();
    expect(body.text()).toBe('');
  });
});

describe('content-encoding', () => {
  const answering = async (coding: string, bytes: Buffer | string): Promise<string> => {
    const server = await serve((_, response) => response.writeHead(200, { 'content-encoding': coding }).end(bytes));
    return (await nodeTransport()(server.url)).text();
  };

  it('deflate may be bare, as some servers send it', async () => {
    expect(await answering('deflate', deflateRawSync(text))).toBe(text);
  });

  it('is no reason to fail when a server leaves out the trailer of gzip, as browsers do not', async () => {
    expect(await answering('gzip', gzipSync(text).subarray(0, -8))).toBe(text);
  });

  it('undoes the last coding first', async () => {
    expect(await answering('GZIP, br', brotliCompressSync(gzipSync(text)))).toBe(text);
  });

  it.each(['identity', 'unheard-of'])('%s leaves the body as it is', async (coding) => {
    expect(await answering(coding, 'plain')).toBe('plain');
  });
});

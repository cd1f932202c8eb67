import { afterEach, describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
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

describe('a slow reader of nodeTransport', () => {
  it('stops the server', async () => {
    const total = 16 * 1024 * 1024;
    const block = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    let stalled = (): void => undefined;
    const stall = new Promise<void>((resolve) => (stalled = resolve));
    const server = await serve((_, response) => {
      /** Tells that nobody reads: the buffer did not empty in a hundred turns of the loop. */
      const watch = (turn: number): void => {
        if (!response.writableNeedDrain) return;
        if (turn === 100) stalled();
        else setImmediate(watch, turn + 1);
      };
      const write = (): void => {
        while (written < total) {
          written += block.length;
          if (response.write(block)) continue;
          response.once('drain', write);
          return watch(0);
        }
        response.end();
      };
      write();
    });
    const body = probe(await nodeTransport()(server.url));
    body.source.pause();
    await stall;
    expect(written).toBeLessThan(total / 2);
    body.source.resume();
    expect(await body.ended).toBeUndefined();
    expect(body.text()).toHaveLength(total);
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
    const server = await serve((_, response) => response.writeHead(200, { 'content-encoding': coding }).end('\xffnot compressed'));
    const body = probe(await nodeTransport()(server.url));
    expect(await body.ended).toBeDefined();
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

  it('undoes the last coding first', async () => {
    expect(await answering('GZIP, br', brotliCompressSync(gzipSync(text)))).toBe(text);
  });

  it.each(['identity', 'unheard-of'])('%s leaves the body as it is', async (coding) => {
    expect(await answering(coding, 'plain')).toBe('plain');
  });
});

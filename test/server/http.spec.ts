import { createServer, get, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { concat, NEVER, Observable, of, throwError } from 'rxjs';
import type { StreamChunk } from '../../src/core/chunk.js';
import { type Demand, findDemand } from '../../src/core/demand.js';
import { type NodeResponse, pipeToNodeResponse, type PipeOutcome } from '../../src/server/pipe-to-node-response.js';
import { toResponse } from '../../src/server/to-response.js';
import { finish, text } from '../bridges/support.js';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Starts a server on a free port of this machine. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has such an address.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A promise and what settles it. */
function signalled<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (settle = resolve));
  return { promise, resolve: (value) => { settle(value); } };
}

/** Streams text for ever, under the demand; `paused` settles when it is shut, `stopped` when nobody listens any more. */
function flood(): { readonly source$: Observable<StreamChunk>; readonly paused: Promise<Demand>; readonly stopped: Promise<unknown> } {
  const paused = signalled<Demand>();
  const stopped = signalled<undefined>();
  const line = 'x'.repeat(10_000);
  const source$ = new Observable<StreamChunk>((subscriber) => {
    const demand = findDemand(subscriber);
    if (demand === undefined) throw new Error('no demand');
    const run = (): void => {
      while (!subscriber.closed && demand.isOpen) subscriber.next(text(line));
      if (!subscriber.closed) paused.resolve(demand);
    };
    subscriber.add(demand.onChange(run));
    subscriber.add(() => {
      stopped.resolve(undefined);
    });
    run();
  });
  return { source$, paused: paused.promise, stopped: stopped.promise };
}

function open(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => get(url, resolve).on('error', reject));
}

const endOf = { finished: 'event: end\nid: 2\ndata: {"ending":"finished","finishReason":"stop"}\n\n' };

describe('toResponse', () => {
  it('is a web Response with the headers of an event stream', async () => {
    const response = toResponse(of(text('Hi\nthere'), finish), { headers: { 'x-mine': '1', 'cache-control': 'no-store' }, status: 201 });
    expect(response.status).toBe(201);
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-mine': '1',
    });
    const body = await response.text();
    expect(body).toContain('"content":"Hi\\nthere"');
    expect(body.endsWith(endOf.finished)).toBe(true);
  });

  it('runs nothing until the body is read, and cancels the run with it', async () => {
    let started = 0;
    let stopped = 0;
    const source$ = new Observable<StreamChunk>((subscriber) => {
      started++;
      subscriber.next(text('a'));
      return () => stopped++;
    });
    const reader = toResponse(source$).body?.getReader();
    expect(started).toBe(0);
    await reader?.read();
    expect(started).toBe(1);
    await reader?.cancel();
    expect(stopped).toBe(1);
  });

  it('cancels the run when the signal of the request is aborted', async () => {
    const controller = new AbortController();
    const request = new Request('http://localhost/', { signal: controller.signal });
    let stopped = 0;
    const response = toResponse(new Observable<StreamChunk>(() => () => stopped++), { request });
    const body = response.text().catch((error: unknown) => error);
    await new Promise(setImmediate);
    controller.abort(new Error('left'));
    expect(stopped).toBe(1);
    expect(await body).toMatchObject({ message: 'left' });
  });

  it('goes over HTTP; a client that leaves cancels the run, one that reads slowly pauses it', async () => {
    const { source$, paused, stopped } = flood();
    const url = await serve((_, res) => {
      const reader = toResponse(source$).body?.getReader();
      if (reader === undefined) throw new Error('no body');
      res.on('close', () => void reader.cancel());
      res.writeHead(200);
      const pump = async (): Promise<void> => {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return;
          if (!res.write(value)) await new Promise((resolve) => res.once('drain', resolve));
        }
      };
      void pump();
    });
    const response = await open(url);
    expect((await paused).isOpen).toBe(false);
    response.destroy();
    await stopped;
  });
});

describe('pipeToNodeResponse', () => {
  it('sends the whole stream over HTTP and resolves', async () => {
    const outcome = signalled<PipeOutcome>();
    const url = await serve((_, res) => {
      void pipeToNodeResponse(of(text('Hi'), finish), res, { headers: { 'x-mine': '1' } }).then(outcome.resolve);
    });
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-mine')).toBe('1');
    const body = await response.text();
    expect(body.startsWith('id: 0\ndata: {"type":"text","content":"Hi"')).toBe(true);
    expect(body.endsWith(endOf.finished)).toBe(true);
    expect(await outcome.promise).toEqual({ ending: 'completed' });
  });

  it('sends the headers before the first chunk', async () => {
    const url = await serve((_, res) => void pipeToNodeResponse(NEVER, res));
    const response = await open(url);
    expect(response.statusCode).toBe(200);
    response.destroy();
  });

  it('tells the client of an error and resolves with the whole of it', async () => {
    const error = new Error('inner');
    const outcome = signalled<PipeOutcome>();
    const onError = jest.fn();
    const url = await serve((_, res) => {
      void pipeToNodeResponse(concat(of(text('a')), throwError(() => error)), res, { onError }).then(outcome.resolve);
    });
    expect(await (await fetch(url)).text()).toContain('event: end\nid: 1\ndata: {"ending":"failed"');
    expect(await outcome.promise).toEqual({ ending: 'failed', error });
    expect(onError).toHaveBeenCalledTimes(1);
  });

  it('resolves with what onError throws', async () => {
    const outcome = signalled<PipeOutcome>();
    const thrown = new Error('log is full');
    const onError = () => {
      throw thrown;
    };
    const url = await serve((_, res) => void pipeToNodeResponse(throwError(() => 'no'), res, { onError }).then(outcome.resolve));
    expect(await (await fetch(url)).text()).toBe('');
    expect(await outcome.promise).toEqual({ ending: 'failed', error: thrown });
  });

  it('pauses for a client that reads slowly, goes on when it reads, and cancels when it leaves', async () => {
    const { source$, paused, stopped } = flood();
    const outcome = signalled<PipeOutcome>();
    const url = await serve((_, res) => void pipeToNodeResponse(source$, res).then(outcome.resolve));
    const response = await open(url);
    const demand = await paused;
    expect(demand.isOpen).toBe(false);
    const reopened = new Promise<void>((resolve) => {
      // The source fills the gate again before the news of the opening reaches us: any change means that it was opened.
      demand.onChange(resolve);
    });
    response.resume();
    await reopened;
    response.destroy();
    await stopped;
    expect(await outcome.promise).toEqual({ ending: 'disconnected' });
    expect(demand.isOpen).toBe(true);
  });

  it('runs nothing for a response that is closed already', async () => {
    const subscribed = jest.fn();
    const outcome = signalled<PipeOutcome>();
    const url = await serve((_, res) => {
      res.end();
      const source$ = new Observable<StreamChunk>(() => {
        subscribed();
      });
      void pipeToNodeResponse(source$, res).then(outcome.resolve);
    });
    await (await fetch(url)).text();
    expect(await outcome.promise).toEqual({ ending: 'disconnected' });
    expect(subscribed).not.toHaveBeenCalled();
  });

  it('cancels the run on an error of the connection, and survives a late one', async () => {
    const listeners = new Map<string, (error?: unknown) => void>();
    const response: NodeResponse = {
      headersSent: true,
      destroyed: false,
      writableEnded: false,
      writeHead: () => undefined,
      flushHeaders: () => undefined,
      write: () => true,
      end: () => undefined,
      on: (event, listener) => listeners.set(event, listener),
      off: (event) => listeners.delete(event),
    };
    let stopped = 0;
    const outcome = pipeToNodeResponse(new Observable<StreamChunk>(() => () => stopped++), response);
    const error = new Error('ECONNRESET');
    listeners.get('error')?.(error);
    expect(stopped).toBe(1);
    expect(await outcome).toEqual({ ending: 'disconnected', error });
    expect([...listeners.keys()]).toEqual(['error']);
    listeners.get('error')?.(error);
  });
});

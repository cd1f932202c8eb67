import { once } from 'node:events';
import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { filter, map, type Observable, retry, switchMap, timer } from 'rxjs';
import { z } from 'zod';
import { accumulate } from '../../operators/accumulate.js';
import { Agent } from '../../src/agent/agent.js';
import { tool } from '../../src/agent/tools.js';
import { toAsyncIterable } from '../../src/bridges/to-async-iterable.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import type { Provider } from '../../src/core/provider.js';
import { nodeTransport } from '../../src/node/index.js';
import { openai } from '../../src/providers/openai/index.js';
import { pipeToNodeResponse, toResponse } from '../../src/server/index.js';
import { report } from '../support/program.js';
import { eventReader, floodUrl, type Opening, type Pace, takePart, waitMs } from './load.js';

/**
 * The slow consumer, in a process of its own: reads a flood in every way of the table below, and reports for each what the
 * server wrote and how much larger this process became. Arguments: the URL of `other-end.ts`, the
 * transport, and where the slow consumer is: `here`, or behind another socket (`client`).
 */

/** One way of reading. */
export interface Reading {
  readonly name: string;
  /** The way without this library that it is compared with. */
  readonly bare: string;
  /** What the server wrote before it was held back. */
  readonly writtenBytes: number;
}

/** All ways, read beside each other. */
export interface Round {
  readonly readings: readonly Reading[];
  readonly rssGrowthBytes: number;
}

const [serverUrl = '', transport = '', place = ''] = process.argv.slice(2);
const fetchOption = transport === 'node' ? { fetch: nodeTransport() } : {};
const request = { messages: [{ role: 'user', content: 'Go' }] } as const;
const collect = globalThis.gc;
if (collect === undefined) throw new Error('Start this program with --expose-gc.');

function providerAt(run: string, opening: Opening = 'at-once'): Provider {
  return openai('test-model', { baseURL: floodUrl(serverUrl, run, opening), apiKey: 'none', ...fetchOption });
}

/** A stream that was read slowly and stands still; `leave` ends it. */
type Standing = Promise<{ readonly leave: () => Promise<unknown> }>;

async function readValues(values: AsyncIterable<unknown>, pace: Pace): Standing {
  const iterator = values[Symbol.asyncIterator]();
  await takePart(async () => {
    if ((await iterator.next()).done) throw new Error('The stream ended early.');
  }, pace);
  return { leave: async () => iterator.return?.() };
}

function bareFetch(run: string, opening: Opening): Promise<Response> {
  return fetch(`${floodUrl(serverUrl, run, opening)}/chat/completions`, { method: 'POST' });
}

async function readBare(run: string, pace: Pace, opening: Opening = 'at-once'): Standing {
  // What comes before is read to its end, so that the flood finds a used connection, as an agent's second step does.
  if (opening === 'tool-call-first') await (await bareFetch(run, opening)).text();
  const response = await bareFetch(run, opening);
  const reader = bodyOf(response).getReader();
  await takePart(eventReader(async () => (await reader.read()).value), pace);
  return { leave: () => reader.cancel() };
}

function bodyOf(response: Response): ReadableStream<Uint8Array<ArrayBuffer>> {
  if (response.body === null) throw new Error('The answer has no body.');
  return response.body;
}

/** A server in this process, read by the slow client in the other one. */
async function serveToSlowClient(pace: Pace, write: (response: ServerResponse) => Promise<unknown>): Standing {
  const server = http.createServer((_, response) => {
    // The client is cut off at the end, which every way of writing reports in its own manner.
    write(response).catch(() => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listening on TCP
  const answer = await fetch(`${serverUrl}/read?url=${encodeURIComponent(`http://127.0.0.1:${port}`)}&waitMs=${pace.waitMs}`);
  if (!answer.ok) throw new Error(await answer.text());
  await answer.text();
  return {
    leave: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function writeWeb(response: Response, to: ServerResponse): Promise<void> {
  // Node's types of the web streams are not those of the DOM.
  return pipeline(Readable.fromWeb(bodyOf(response) as Parameters<typeof Readable.fromWeb>[0]), to);
}

const look = tool({ name: 'look', description: 'Looks.', parameters: z.object({}), execute: () => 'seen' });

/** Agents with a tool that the model calls in its first step; the second step is the flood. */
function agentAnswer(run: string): Observable<StreamChunk> {
  return new Agent({ provider: providerAt(run, 'tool-call-first'), tools: [look] }).stream$('Go');
}

interface Way {
  readonly name: string;
  readonly bare: string;
  readonly read: (run: string, pace: Pace) => Standing;
}

const waysHere: readonly Way[] = [
  { name: 'fetch', bare: 'fetch', read: (run, pace) => readBare(run, pace) },
  { name: 'second fetch', bare: 'second fetch', read: (run, pace) => readBare(run, pace, 'tool-call-first') },
  {
    name: 'map, filter, accumulate',
    bare: 'fetch',
    read: (run, pace) =>
      readValues(toAsyncIterable(providerAt(run).stream$(request).pipe(map((chunk) => chunk), filter((chunk) => chunk.type === 'text'), accumulate())), pace),
  },
  {
    name: 'agent with a tool step',
    bare: 'second fetch',
    read: (run, pace) => readValues(new Agent({ provider: providerAt(run, 'tool-call-first'), tools: [look] }).stream('Go'), pace),
  },
  {
    name: 'timer and switchMap',
    bare: 'fetch',
    read: (run, pace) => readValues(toAsyncIterable(timer(1).pipe(switchMap(() => providerAt(run).stream$(request)))), pace),
  },
  {
    name: 'retry({ delay })',
    bare: 'fetch',
    read: (run, pace) => readValues(toAsyncIterable(providerAt(run, 'cut-first').stream$(request).pipe(retry({ delay: 1, count: 1 }))), pace),
  },
];

const waysToClient: readonly Way[] = [
  {
    // A second socket has buffers of its own: what goes out over HTTP is compared with bytes that are passed on as they are.
    name: 'fetch, passed on',
    bare: 'fetch, passed on',
    read: (run, pace) =>
      serveToSlowClient(pace, async (response) =>
        writeWeb(await bareFetch(run, 'at-once'), response),
      ),
  },
  {
    name: 'toResponse',
    bare: 'fetch, passed on',
    read: (run, pace) => serveToSlowClient(pace, (response) => writeWeb(toResponse(agentAnswer(run)), response)),
  },
  {
    name: 'pipeToNodeResponse',
    bare: 'fetch, passed on',
    read: (run, pace) => serveToSlowClient(pace, (response) => pipeToNodeResponse(agentAnswer(run), response)),
  },
];

const ways = place === 'client' ? waysToClient : waysHere;

async function readOnce(way: Way, run: string, pace: Pace): Promise<{ reading: Reading; leave: () => Promise<unknown> }> {
  const { name, bare, read } = way;
  const { leave } = await read(run, pace);
  // It stands still now, and the server writes until it is held back.
  const answer = await fetch(`${serverUrl}/written?run=${encodeURIComponent(run)}`);
  return { reading: { name, bare, writtenBytes: Number(await answer.text()) }, leave };
}

/** All ways at once: what the process grows by is then the growth of all together. */
async function readAll(round: string, slowness: number): Promise<Round> {
  collect?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const onWait = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const all = await Promise.all(ways.map((way) => readOnce(way, `${transport}, ${round}: ${way.name}`, { waitMs: slowness, onWait })));
  onWait();
  for (const { leave } of all) await leave();
  return { readings: all.map(({ reading }) => reading), rssGrowthBytes: peak - before };
}

// The first time of everything is not measured: machine code, the SDK, the heap's usual size.
await readAll('warm-up', 0);
const rounds: Round[] = [];
for (const round of ['first', 'second', 'third']) rounds.push(await readAll(round, waitMs));
await report(rounds);
process.exit();

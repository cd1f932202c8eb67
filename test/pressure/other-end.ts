import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chatDelta, chatToolCall, sseHead } from '../support/chat-wire.js';
import { report } from '../support/program.js';
import { eventCount, eventBytes, eventReader, type Opening, type Pace, sleep, takePart } from './load.js';

/**
 * The other ends of the sockets, in a process of their own: a model server that writes as fast as the reader lets it, and a
 * slow client of somebody else's server. Started by a spec; sends its port.
 *
 * `POST /flood/<run>/<opening>/v1/…` floods; `GET /written?run=<run>` says how many bytes the system took of that run, once
 * the number stands still; `GET /read?url=<url>&waitMs=<ms>` answers when the client has taken its part.
 */

interface Run {
  requests: number;
  bytes: number;
  response: ServerResponse | undefined;
}

const runs = new Map<string, Run>();

/** One event of exactly `eventBytes` bytes. */
const event = ((): Buffer => {
  const overhead = chatDelta({ content: '' }).length;
  return Buffer.from(chatDelta({ content: 'x'.repeat(eventBytes - overhead) }));
})();

function flood(run: Run, response: ServerResponse): void {
  run.response = response;
  let left = eventCount;
  const write = (): void => {
    while (left > 0) {
      left--;
      run.bytes += event.length;
      if (response.write(event)) continue;
      response.once('drain', write);
      return;
    }
    response.end(chatDelta({}, 'stop') + 'data: [DONE]\n\n');
  };
  write();
}

function answer(id: string, opening: Opening, response: ServerResponse): void {
  const run = runs.get(id) ?? { requests: 0, bytes: 0, response: undefined };
  runs.set(id, run);
  run.requests++;
  sseHead(response);
  if (run.requests > 1 || opening === 'at-once') {
    flood(run, response);
    return;
  }
  if (opening === 'tool-call-first') response.end(chatToolCall('look', ['{}']));
  else response.write(chatDelta({ content: 'cut' }), () => response.destroy());
}

/** What the kernel has taken: without what still waits in this process. */
function handedOver({ bytes, response }: Run): number {
  return bytes - (response?.writableLength ?? 0);
}

async function written(id: string): Promise<number> {
  const run = runs.get(id);
  if (run === undefined) throw new Error(`There was no run ${id}.`);
  let before = -1;
  for (let now = handedOver(run); now !== before; now = handedOver(run)) {
    before = now;
    await sleep(50);
  }
  return before;
}

/** Leaves the connection open and unread at the end; the server that it reads from closes it. */
function readPart(url: string, pace: Pace): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false }, (message) => {
      message.on('error', () => undefined);
      const bytes = message[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
      const next = eventReader(async () => {
        const result = await bytes.next();
        return result.done ? undefined : result.value;
      });
      takePart(next, pace).then(resolve, reject);
    });
    request.on('error', reject);
  });
}

async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://loopback');
  const [, place, run = '', opening] = pathname.split('/');
  if (place === 'flood') answer(decodeURIComponent(run), opening as Opening, response); // from `floodUrl`
  else if (place === 'written') response.end(String(await written(searchParams.get('run') ?? '')));
  else {
    await readPart(searchParams.get('url') ?? '', { waitMs: Number(searchParams.get('waitMs')) });
    response.end();
  }
}

const server = http.createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    route(request, response).catch((error: unknown) => {
      response.writeHead(500);
      response.end(String(error));
    });
  });
});
server.listen(0, '127.0.0.1', () => void report((server.address() as AddressInfo).port)); // listening on TCP
process.on('disconnect', () => process.exit());

import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Wire, dialects } from './wire.ts';

/**
 * The server of the bench, in a process of its own. The path says what to send: `/burst/100000/…`, `/paced/500/…` (one event each
 * 20 ms), `/stall/1/…` (that many events, then silence); its end says the wire. `/closed` answers when the last stalled
 * stream was closed, with the time on the system's monotonic clock.
 */

/** As many events as one read of a socket takes when a server is fast. */
const eventsPerWrite = 200;
const paceMs = 20;

let reportClosed: (atNs: bigint) => void = () => undefined;
let closedAt = new Promise<bigint>(() => undefined);

function burst(response: ServerResponse, wire: Wire, events: number): void {
  const { opening, event, closing } = dialects[wire];
  const block = Buffer.from(event.repeat(eventsPerWrite));
  let left = events;
  const write = (): void => {
    while (left > 0) {
      const size = Math.min(left, eventsPerWrite);
      left -= size;
      if (response.write(size === eventsPerWrite ? block : event.repeat(size))) continue;
      response.once('drain', write);
      return;
    }
    response.end(closing);
  };
  response.write(opening);
  write();
}

function paced(response: ServerResponse, wire: Wire, events: number): void {
  const { opening, event, closing } = dialects[wire];
  let left = events;
  response.write(opening);
  const timer = setInterval(() => {
    if (left-- > 0) return void response.write(event);
    clearInterval(timer);
    response.end(closing);
  }, paceMs);
  response.on('close', () => clearInterval(timer));
}

function stall(response: ServerResponse, wire: Wire, events: number): void {
  const { opening, event } = dialects[wire];
  closedAt = new Promise((resolve) => (reportClosed = resolve));
  response.write(opening + event.repeat(events));
  response.on('close', () => reportClosed(process.hrtime.bigint()));
}

const server = http.createServer((request, response) => {
  const url = request.url ?? '';
  if (url === '/closed') return void closedAt.then((atNs) => response.end(String(atNs)));
  const [, mode, count] = url.split('/');
  const wire = url.endsWith('/messages') ? 'anthropic' : 'openai';
  request.resume();
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = mode === 'burst' ? burst : mode === 'paced' ? paced : stall;
    send(response, wire, Number(count));
  });
});

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port)); // listening on TCP
process.on('disconnect', () => process.exit());

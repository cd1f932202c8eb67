import type { IncomingMessage } from 'node:http';
import { abortReason } from './abort-reason.js';
import { dropIdle, type Route } from './agents.js';
import { SocketBody } from './socket-body.js';

/** One HTTP request, ready to be written. */
export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The head of the answer, and its body still on the socket. */
export interface HttpAnswer {
  readonly message: IncomingMessage;
  readonly body: SocketBody;
}

/** A request that failed; `stale` if the server had closed an idle connection while the request was on its way there. */
interface Failure {
  readonly error: Error;
  readonly stale: boolean;
}

/**
 * Sends a request and waits for the headers of its answer.
 *
 * A connection that the server had closed while it was idle is no failure of the request: it is sent once more, on a new one (RFC 9112, 9.3.1).
 */
export async function exchange(request: HttpRequest, route: Route): Promise<HttpAnswer> {
  let outcome = await send(request, route);
  if ('error' in outcome && outcome.stale) {
    // A server that has closed one idle connection has mostly closed them all.
    dropIdle(route.agent);
    outcome = await send(request, route);
  }
  if ('error' in outcome) throw outcome.error;
  return outcome;
}

function send({ url, method, headers, body, signal }: HttpRequest, route: Route): Promise<HttpAnswer | Failure> {
  return new Promise((resolve) => {
    const sent = route.request(url, { method, headers, agent: route.agent });
    const abort = (): void => {
      sent.destroy();
      resolve({ error: abortReason(signal as AbortSignal), stale: false }); // only a signal calls this
    };
    signal?.addEventListener('abort', abort, { once: true });
    let hasEnded = false;
    // Stays: an error after the headers, which the body reports too, would end the process if nobody heard it here.
    sent.on('error', (error: NodeJS.ErrnoException) => {
      hasEnded = true;
      signal?.removeEventListener('abort', abort);
      resolve({ error, stale: sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE') });
    });
    const fail = (why: string): void => {
      signal?.removeEventListener('abort', abort);
      resolve({ error: new Error(why), stale: false });
    };
    // 101: Node hands the socket over instead of a response.
    sent.on('upgrade', (_message, socket) => {
      socket.destroy();
      fail('the server switched protocols');
    });
    sent.on('close', () => {
      if (!hasEnded) fail('the connection was closed before an answer came');
    });
    sent.on('response', (message) => {
      hasEnded = true;
      signal?.removeEventListener('abort', abort);
      resolve({ message, body: new SocketBody(message, signal) });
    });
    sent.end(body);
  });
}

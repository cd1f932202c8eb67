import type { Observable } from 'rxjs';
import { PacedSubscription } from '../bridges/paced-subscription.js';
import type { StreamChunk } from '../core/chunk.js';
import { sseHeaders } from './response-headers.js';
import { type SseOptions, toSse } from './to-sse.js';

/** What is used of Node's `ServerResponse` (also of Express and, as `reply.raw`, of Fastify). */
export interface NodeResponse {
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  readonly writableEnded: boolean;
  writeHead(status: number, headers: Record<string, string>): unknown;
  flushHeaders(): void;
  write(text: string): boolean;
  end(): unknown;
  on(event: 'drain' | 'close' | 'error', listener: (error?: unknown) => void): unknown;
  off(event: 'drain' | 'close' | 'error', listener: (error?: unknown) => void): unknown;
}

/** Options of `pipeToNodeResponse`. */
export interface NodeResponseOptions extends SseOptions {
  /** Added to the event stream's own headers; names in lower case win over them. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** HTTP status. Default 200. */
  readonly status?: number | undefined;
}

/** How the run behind a response ended. */
export type PipeOutcome =
  /** Everything was handed to the response. */
  | { readonly ending: 'completed' }
  /** The run failed; the client has read it in the end record. */
  | { readonly ending: 'failed'; readonly error: unknown }
  /** The client left (`error` is the connection's, if there was one), and the run was cancelled. */
  | { readonly ending: 'disconnected'; readonly error?: unknown };

/**
 * Writes a stream to a Node HTTP response as server-sent events, and ends it.
 *
 * Subscribes at once. A client that leaves cancels the run; a client that reads slowly slows it (`write` and `drain`).
 * The Promise never rejects: it says how the run ended. Headers that were set before are kept.
 *
 * @throws ValidationError when an option is out of range.
 *
 * @example
 * createServer((_request, response) => void pipeToNodeResponse(agent.stream$('Hello'), response)).listen(3000);
 */
export function pipeToNodeResponse(
  source$: Observable<StreamChunk>,
  response: NodeResponse,
  options: NodeResponseOptions = {},
): Promise<PipeOutcome> {
  let outcome: PipeOutcome = { ending: 'completed' };
  const onError = (error: unknown): void => {
    outcome = { ending: 'failed', error };
    options.onError?.(error);
  };
  const frames$ = source$.pipe(toSse({ ...options, onError }));
  return new Promise((resolve) => {
    if (response.destroyed || response.writableEnded) {
      resolve({ ending: 'disconnected' });
      return;
    }
    const subscription = new PacedSubscription();
    const { demand } = subscription;
    let settled = false;
    const settle = (): void => {
      settled = true;
      response.off('drain', onDrain);
      response.off('close', onClose);
      resolve(outcome);
    };
    const finish = (): void => {
      response.end();
      settle();
    };
    const onDrain = (): void => {
      demand.resume();
    };
    const onClose = (error?: unknown): void => {
      if (settled) return;
      outcome = error === undefined ? { ending: 'disconnected' } : { ending: 'disconnected', error };
      subscription.unsubscribe();
      settle();
    };
    try {
      if (!response.headersSent) response.writeHead(options.status ?? 200, { ...sseHeaders, ...options.headers });
      // The client sees that the answer has begun before the model's first word.
      response.flushHeaders();
    } catch (error) {
      // A header or status that HTTP does not have; nothing was subscribed.
      response.end();
      resolve({ ending: 'failed', error });
      return;
    }
    response.on('drain', onDrain);
    response.on('close', onClose);
    // Stays: an error after the end (a reset connection) would otherwise end the process.
    response.on('error', onClose);
    subscription.start(frames$, {
      next: (frame) => {
        if (!response.write(frame)) demand.pause();
      },
      // What `options.onError` threw: the body ends without an end record.
      error: (error: unknown) => {
        outcome = { ending: 'failed', error };
        finish();
      },
      complete: finish,
    });
  });
}

import { map, type Observable } from 'rxjs';
import { toReadableStream } from '../bridges/to-readable-stream.js';
import type { StreamChunk } from '../core/chunk.js';
import { sseHeaders } from './response-headers.js';
import { type SseOptions, toSse } from './to-sse.js';

/** Options of `toResponse`. */
export interface ResponseOptions extends SseOptions {
  /** The client's request: its `signal` cancels the run when the client leaves. */
  readonly request?: { readonly signal: AbortSignal } | undefined;
  /** Added to the event stream's own headers; they win over them. */
  readonly headers?: ConstructorParameters<typeof Headers>[0];
  /** HTTP status. Default 200. */
  readonly status?: number | undefined;
  /** How many frames may wait for the client before the source is asked to pause. Default 64. */
  readonly highWaterMark?: number | undefined;
}

/**
 * Answers a web request (`fetch` handlers, Next.js, Hono, Bun, Deno, workers) with a stream as server-sent events.
 *
 * The run starts at the first read of the body. A client that leaves (a cancelled body, or `request.signal`) cancels the
 * run; one that reads slowly slows it. An error of the run is the last event of the body: see `toSse`.
 *
 * @throws ValidationError when an option is out of range.
 *
 * @example
 * export const POST = async (request: Request) => toResponse(agent.stream$(await request.text()), { request });
 */
export function toResponse(source$: Observable<StreamChunk>, options: ResponseOptions = {}): Response {
  const encoder = new TextEncoder();
  const bytes$ = source$.pipe(
    toSse(options),
    map((frame) => encoder.encode(frame)),
  );
  const body = toReadableStream(bytes$, { highWaterMark: options.highWaterMark, signal: options.request?.signal });
  const headers = new Headers(sseHeaders);
  new Headers(options.headers).forEach((value, name) => headers.set(name, value));
  return new Response(body, { status: options.status ?? 200, headers });
}

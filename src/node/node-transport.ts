import { abortReason } from './abort-reason.js';
import { createRouter, type Router } from './agents.js';
import { decompress } from './decompress.js';
import { exchange, type HttpAnswer, type HttpRequest } from './exchange.js';
import { NodeResponse } from './node-response.js';
import type { NodeTransportOptions } from './options.js';

/**
 * Makes a `fetch` for a provider's `fetch` option that works on `node:http` and `node:https` directly: at the pace of real
 * providers, reading the web stream of the global `fetch` is most of what a stream costs.
 *
 * Aborting the request's signal destroys the connection at once, also while it is stalled. After a whole answer the connection
 * is used again. Proxy variables are honoured (the global `fetch` ignores them by default), gzip, deflate and brotli are
 * decoded, redirects are not followed. What it does not do itself goes to the global `fetch`: bodies other than text and
 * bytes (uploads), `Request` objects, a `dispatcher`, schemes other than http and https.
 *
 * Errors are those of `fetch`: `TypeError('fetch failed')` with the socket's error as `cause`; the signal's reason on abort.
 *
 * @example
 * const provider = openai('gpt-5-mini', { fetch: nodeTransport() });
 */
export function nodeTransport(options: NodeTransportOptions = {}): typeof fetch {
  const router = createRouter(options);
  return async (input, init) => {
    const request = toHttpRequest(input, init);
    return request === undefined ? fetch(input, init) : await answer(request, router);
  };
}

async function answer(request: HttpRequest, router: Router): Promise<Response> {
  const { signal, url } = request;
  if (signal?.aborted) throw abortReason(signal);
  const { message, body } = await connect(request, router);
  const source = await decompress(body, message.headers['content-encoding'], signal);
  const head = {
    status: message.statusCode ?? 0,
    statusText: message.statusMessage ?? '',
    url: url.href,
    headers: toHeaders(message.rawHeaders),
  };
  return new NodeResponse(head, source);
}

async function connect(request: HttpRequest, router: Router): Promise<HttpAnswer> {
  try {
    return await exchange(request, await router(request.url));
  } catch (cause) {
    if (request.signal?.aborted) throw abortReason(request.signal);
    throw new TypeError('fetch failed', { cause });
  }
}

/** The request as `node:http` takes it; `undefined` if this transport cannot send it. */
function toHttpRequest(input: string | URL | Request, init: RequestInit = {}): HttpRequest | undefined {
  const { body, method = 'GET', signal } = init;
  if (typeof input !== 'string' && !(input instanceof URL)) return undefined;
  if ('dispatcher' in init || !isPlainBody(body)) return undefined;
  const url = new URL(input);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  url.hash = '';
  // An event that waits in a compressor comes late: a stream is better uncompressed.
  const headers = { 'accept-encoding': 'identity', ...Object.fromEntries(new Headers(init.headers)) };
  return { url, method: method.toUpperCase(), headers, body: body ?? undefined, signal: signal ?? undefined };
}

function isPlainBody(body: unknown): body is string | Uint8Array | null | undefined {
  return body === undefined || body === null || typeof body === 'string' || body instanceof Uint8Array;
}

/** From the raw list: a header that came twice stays two. */
function toHeaders(rawHeaders: readonly string[]): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '');
  return headers;
}

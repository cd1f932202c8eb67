import type { FinishReason, StreamChunk } from '../core/chunk.js';
import { type InterruptionReason, isAgentError, isProviderError, isStreamInterrupted, type TimeoutPhase, ValidationError } from '../core/errors.js';
import { isError } from '../core/is-error.js';
import { redactMessage } from '../core/redact.js';

/*
 * The format, as server-sent events (WHATWG HTML, section 9.2), UTF-8, LF alone; docs/frameworks.md says it to users:
 *
 *   id: 0                       a gapless sequence number from 0, on chunks and on the end record
 *   data: {"type":"text",…}     one chunk, whole, as one line of JSON; fields that are `undefined` are left out
 *
 *   : heartbeat                 a comment while nothing else is sent; no id
 *
 *   event: end                  exactly one, last: a body without it was cut
 *   id: 12
 *   data: {"ending":"finished","finishReason":"stop"}
 *
 * Errors inside a chunk (`tool-result.error`) become `{ name, message }`; progress that is no JSON becomes `null`. The name of the last event is `end` for
 * failures too: browsers dispatch an event called `error` to the handler of lost connections.
 */

/** How the stream ended, as the client reads it. */
export type EndRecord =
  | { readonly ending: 'finished'; readonly finishReason: FinishReason }
  /** The stream completed without a `finish` chunk: the server ended it early (`take`). */
  | { readonly ending: 'stopped' }
  | { readonly ending: 'failed'; readonly error: ErrorRecord };

/** An error as the client reads it: no key, header, prompt, cause or stack. */
export interface ErrorRecord {
  readonly name: string;
  /** For an error that is not of this library a general sentence: its own may name what is inside the server. */
  readonly message: string;
  /** Of an interruption. */
  readonly reason?: InterruptionReason;
  readonly phase?: TimeoutPhase;
  readonly streamId?: string;
  /** Everything that was delivered before an interruption. */
  readonly partialResponse?: string;
  /** Of a provider's error. */
  readonly provider?: string;
  readonly model?: string;
  readonly status?: number;
  readonly code?: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

/** A comment: it keeps proxies from closing a silent connection, and clients pass over it. */
export const heartbeatFrame = ': heartbeat\n\n';

/** The frame of one chunk. Throws a `ValidationError` when the chunk cannot be written as JSON. */
export function chunkFrame(id: number, chunk: StreamChunk): string {
  return `id: ${id}\ndata: ${chunkJson(chunk)}\n\n`;
}

/** The last frame. */
export function endFrame(id: number, record: EndRecord): string {
  return `event: end\nid: ${id}\ndata: ${JSON.stringify(record)}\n\n`;
}

/** What the client is told about an error. */
export function errorRecord(error: unknown): ErrorRecord {
  if (!isAgentError(error)) return { name: 'Error', message: 'The stream failed on the server.' };
  const { name, message } = plainError(error);
  if (isStreamInterrupted(error)) {
    const { reason, phase, streamId, partialResponse } = error;
    return { name, message, reason, ...(phase !== undefined && { phase }), streamId, partialResponse };
  }
  if (!isProviderError(error)) return { name, message };
  const { provider, model, status, code, retryable, retryAfterMs } = error;
  return {
    name,
    message,
    provider,
    model,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function plainError(error: Error): { readonly name: string; readonly message: string } {
  return { name: error.name, message: redactMessage(error.message) };
}

function chunkJson(chunk: StreamChunk): string {
  // Only what a tool gave can hold an error or something that is no JSON; a replacer on every chunk is slow.
  const fromTool = chunk.type === 'tool-result' || chunk.type === 'tool-progress';
  try {
    return fromTool ? JSON.stringify(chunk, plainErrors) : JSON.stringify(chunk);
  } catch (cause) {
    // Nobody but the reader of the stream misses it, and the run goes on.
    if (chunk.type === 'tool-progress') return JSON.stringify({ ...chunk, progress: null });
    throw new ValidationError(`A ${chunk.type} chunk cannot be sent, because it cannot be written as JSON. Let the tool return plain data.`, {
      cause,
    });
  }
}

/** `this` is the object that holds the value: `value` itself has gone through `toJSON` already. */
function plainErrors(this: unknown, key: string, value: unknown): unknown {
  // JSON.stringify calls a replacer on the object (or array) that has `key`.
  const original = (this as Readonly<Record<string, unknown>>)[key];
  return isError(original) ? plainError(original) : value;
}

import { abortKind } from '../../src/core/abort-kind.js';
import {
  type InterruptionReason,
  StreamInterruptedError,
  type TimeoutPhase,
  isProviderError,
  isStreamInterrupted,
} from '../../src/core/errors.js';
import { redactMessage } from '../../src/core/redact.js';
import type { StreamingResponse } from '../../src/core/response.js';

/** What an error means for a stream that had begun. */
export interface InterruptionKind {
  readonly reason: InterruptionReason;
  readonly phase?: TimeoutPhase;
}

/** Reads the error's kind; `begun` says whether a chunk had passed. */
export function interruptionKind(error: unknown, begun: boolean): InterruptionKind {
  if (isProviderError(error)) return { reason: 'provider' };
  switch (errorName(error)) {
    case 'AbortError':
      return { reason: 'aborted' };
    case 'TimeoutError':
      // `AbortSignal.timeout` limits the whole; the `timeout` of rxjs waits for one value.
      if (isDomException(error)) return { reason: 'timeout', phase: 'total' };
      return { reason: 'timeout', phase: begun ? 'each' : 'first' };
    default:
      return { reason: 'failed' };
  }
}

/** The interruption that `error` is, with everything in `response`. */
export function interruptedBy(error: unknown, kind: InterruptionKind, response: StreamingResponse): StreamInterruptedError {
  return new StreamInterruptedError(`${whatHappened(kind, error)} ${whatIsKept(response)}`, {
    ...kind,
    partial: response.end(),
    cause: rootCause(error),
  });
}

/** For a signal that fired. */
export function abortedBy(signal: AbortSignal, response: StreamingResponse): StreamInterruptedError {
  const reason: unknown = signal.reason;
  return interruptedBy(reason, abortKind(reason), response);
}

/** For a limit of `chunkTimeout`. */
export function timedOut(phase: TimeoutPhase, limitMs: number, response: StreamingResponse): StreamInterruptedError {
  const waited = {
    first: `No chunk came within ${limitMs} ms`,
    each: `No further chunk came for ${limitMs} ms`,
    total: `The stream took longer than ${limitMs} ms`,
  } as const;
  const message = `${waited[phase]}${ofModel(response)}. Raise chunkTimeout's \`${phase}\`, or ask again. ${whatIsKept(response)}`;
  return new StreamInterruptedError(message, { reason: 'timeout', phase, partial: response.end() });
}

/** For a stream that completed without a `finish` chunk. */
export function truncated(response: StreamingResponse): StreamInterruptedError {
  return interruptedBy(undefined, { reason: 'truncated' }, response);
}

/** The same interruption with a partial that holds more. */
export function withPartial(error: StreamInterruptedError, response: StreamingResponse): StreamInterruptedError {
  return new StreamInterruptedError(error.message, {
    reason: error.reason,
    phase: error.phase,
    partial: response,
    cause: rootCause(error.cause),
  });
}

/** Never another interruption. */
function rootCause(error: unknown): unknown {
  let cause = error;
  while (isStreamInterrupted(cause)) cause = cause.cause;
  return cause;
}

function errorName(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : undefined;
}

function isDomException(error: unknown): boolean {
  return typeof DOMException === 'function' && error instanceof DOMException;
}

function whatHappened({ reason }: InterruptionKind, error: unknown): string {
  switch (reason) {
    case 'aborted':
      return 'The stream was aborted.';
    case 'timeout':
      return 'The stream took longer than its time limit. Raise the limit, or ask again.';
    case 'truncated':
      return 'The stream completed without a finish chunk, so the answer may be cut. Ask again, or ask the model to go on.';
    case 'provider':
    case 'failed':
    case 'disconnected':
    case 'malformed':
    case 'blocked':
      return `The stream failed after it began: ${describe(error)}. See \`cause\`.`;
    default:
      reason satisfies never;
      return 'The stream was interrupted.';
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return `${error.name}: ${redactMessage(error.message).replace(/\.$/, '')}`;
}

function ofModel(response: StreamingResponse): string {
  const model = response.metadata?.model;
  return model === undefined ? '' : ` from ${model}`;
}

function whatIsKept(response: StreamingResponse): string {
  const length = response.textLength;
  return length === 0 ? 'No text had come.' : `The ${length} characters that came are in \`partialResponse\`.`;
}

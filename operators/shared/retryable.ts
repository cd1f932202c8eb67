import { isProviderError, isStreamInterrupted } from '../../src/core/errors.js';
import { type InterruptionKind, interruptionKind } from './interruption.js';

/** Why a stream ended, whether or not its error says so itself. */
export function kindOf(error: unknown): InterruptionKind {
  return isStreamInterrupted(error) ? error : interruptionKind(error, true);
}

/** The caller wants no more: an abort, or the end of an `AbortSignal.timeout`. No further attempt may follow. */
export function isCallersEnd(error: unknown): boolean {
  const { reason } = kindOf(error);
  return reason === 'aborted' || (reason === 'timeout' && isDeadline(isStreamInterrupted(error) ? error.cause : error));
}

/** Whether the same request may well succeed when it is sent again. */
export function isRetryable(error: unknown): boolean {
  if (isProviderError(error)) return error.retryable;
  const { reason } = kindOf(error);
  switch (reason) {
    case 'disconnected':
    case 'truncated':
    case 'timeout':
      return true;
    case 'provider':
      return isStreamInterrupted(error) && isProviderError(error.cause) && error.cause.retryable;
    case 'aborted':
    case 'malformed':
    case 'blocked':
    case 'failed':
      return false;
    default:
      reason satisfies never;
      return false;
  }
}

/** Whether another provider may well answer: every failure of the provider, but no error of the user's own code. */
export function isProviderFailure(error: unknown): boolean {
  const { reason } = kindOf(error);
  switch (reason) {
    case 'disconnected':
    case 'truncated':
    case 'timeout':
    case 'malformed':
    case 'provider':
      return true;
    case 'aborted':
    case 'blocked':
    case 'failed':
      return false;
    default:
      reason satisfies never;
      return false;
  }
}

/** How long the server asked to wait, in milliseconds; a custom provider may have made NaN of a header it could not read. */
export function retryAfterMs(error: unknown): number | undefined {
  const cause = isStreamInterrupted(error) ? error.cause : error;
  const askedMs = isProviderError(cause) ? cause.retryAfterMs : undefined;
  return askedMs !== undefined && askedMs >= 0 ? askedMs : undefined;
}

function isDeadline(error: unknown): boolean {
  return typeof DOMException === 'function' && error instanceof DOMException && error.name === 'TimeoutError';
}

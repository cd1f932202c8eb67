import type { InterruptionReason, TimeoutPhase } from './errors.js';

/** What a signal that fired means for a stream. */
export type AbortKind =
  | { readonly reason: Extract<InterruptionReason, 'timeout'>; readonly phase: Extract<TimeoutPhase, 'total'> }
  | { readonly reason: Extract<InterruptionReason, 'aborted'> };

/**
 * Reads `signal.reason`: that of `AbortSignal.timeout` is a timeout, every other an abort.
 *
 * By name: the DOMException of a signal from another realm (an iframe, a vm) is no instance of ours.
 */
export function abortKind(reason: unknown): AbortKind {
  const timedOut = typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError';
  return timedOut ? { reason: 'timeout', phase: 'total' } : { reason: 'aborted' };
}

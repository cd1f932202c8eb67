/** Why `signal` was aborted; as an error, whatever the caller gave. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  // Not `instanceof`: a DOMException of another realm is none of ours.
  if (typeof reason === 'object' && reason !== null && 'message' in reason) return reason as Error;
  return new DOMException(typeof reason === 'string' ? reason : 'This operation was aborted', 'AbortError');
}

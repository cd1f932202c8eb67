import { ProtocolError } from '../../core/errors.js';
import { cutText } from '../../core/tool.js';

/** The error of a provider that does not keep the contract. */
export function violation(message: string, cause?: unknown): ProtocolError {
  return new ProtocolError(message, cause === undefined ? undefined : { cause });
}

/** Throws when two values differ as JSON. */
export function expectEqual(what: string, received: unknown, expected: unknown): void {
  if (JSON.stringify(received) === JSON.stringify(expected)) return;
  throw violation(`${what} is ${describeValue(received)}; expected ${describeValue(expected)}`);
}

/** A value in a message, at most 300 characters. */
export function describeValue(value: unknown): string {
  // What a provider throws may be anything, and what it hides from JSON may have a name.
  const text = value instanceof Error ? `${value.name}: ${value.message}` : (JSON.stringify(value) as string | undefined);
  return cutText(text ?? typeof value, 300);
}

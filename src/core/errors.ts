import { redactMessage } from './redact.js';
import type { StreamingResponse } from './response.js';

/** Marks our errors across copies of the package: `instanceof` fails there, a registered symbol does not. */
const kind = Symbol.for('agenticraft.error');

/** Node's `util.inspect` calls the method of this name; no import of `node:util` is needed. */
const inspect = Symbol.for('nodejs.util.inspect.custom');

function describeCause(cause: unknown): string {
  if (cause instanceof Error) return `${cause.name}: ${redactMessage(cause.message)}`;
  return typeof cause === 'string' ? redactMessage(cause) : typeof cause;
}

/** A class's own kind and those of the classes it extends; class names do not survive a minifier, these do. */
function kindsOf(type: unknown): readonly string[] {
  const kinds: string[] = [];
  for (let at = type; typeof at === 'function' && 'kind' in at; at = Object.getPrototypeOf(at)) kinds.push(String(at.kind));
  return kinds;
}

/** The base of every error of this library. */
export class AgentError extends Error {
  static readonly kind: string = 'AgentError';
  override name = 'AgentError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    Object.defineProperty(this, kind, { value: kindsOf(new.target), enumerable: false });
  }

  /** What may be logged: fields that say what happened, never a key, header or prompt. */
  protected details(): Readonly<Record<string, unknown>> {
    return {};
  }

  /** What may be logged of `cause`. */
  protected describeCause(): string {
    return describeCause(this.cause);
  }

  /** What may be logged: name, message, the fields of the class and a few words of the cause. */
  toJSON(): Record<string, unknown> {
    return {
      name: this.name,
      message: this.message,
      ...this.details(),
      ...(this.cause !== undefined && { cause: this.describeCause() }),
    };
  }

  /** SDK errors hold the response's headers, so `util.inspect` must not walk into `cause`. */
  [inspect](): string {
    const stack = this.stack ?? `${this.name}: ${this.message}`;
    const details = Object.entries(this.details()).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    if (this.cause !== undefined) details.push(`[cause]: ${this.describeCause()}`);
    return details.length === 0 ? stack : `${stack} {\n  ${details.join(',\n  ')}\n}`;
  }
}

/** What a `ValidationError` says besides its message. */
export interface ValidationErrorOptions extends ErrorOptions {
  /** What had come of an answer that does not fit its schema. */
  readonly partial?: unknown;
}

/** Bad input, found before any request leaves; or an answer that does not fit the schema that was asked for. */
export class ValidationError extends AgentError {
  static override readonly kind: string = 'ValidationError';
  override name = 'ValidationError';
  /** What had come of an answer that does not fit its schema. Not in `toJSON` or `util.inspect`. */
  declare readonly partial?: unknown;

  constructor(message: string, options?: ValidationErrorOptions) {
    super(message, options);
    if (options !== undefined && 'partial' in options) Object.defineProperty(this, 'partial', { value: options.partial, enumerable: false });
  }
}

/** A tool is defined or used wrongly. */
export class ToolError extends AgentError {
  static override readonly kind: string = 'ToolError';
  override name = 'ToolError';
}

/** A stream broke the grammar of chunks, or a body the rules of its wire format. */
export class ProtocolError extends AgentError {
  static override readonly kind: string = 'ProtocolError';
  override name = 'ProtocolError';
}

/** What a `ProviderError` says besides its message. */
export interface ProviderErrorOptions extends ErrorOptions {
  readonly provider: string;
  readonly model: string;
  /** HTTP status. */
  readonly status?: number | undefined;
  /** The provider's own code or type of the error. */
  readonly code?: string | undefined;
  /** Whether the same request may succeed later. */
  readonly retryable?: boolean | undefined;
  /** How long the server asks to wait. */
  readonly retryAfterMs?: number | undefined;
}

/** A provider refused the request or failed; before the answer began. */
export class ProviderError extends AgentError {
  static override readonly kind: string = 'ProviderError';
  override name = 'ProviderError';
  declare readonly provider: string;
  declare readonly model: string;
  declare readonly status?: number;
  declare readonly code?: string;
  declare readonly retryable: boolean;
  declare readonly retryAfterMs?: number;

  constructor(message: string, options: ProviderErrorOptions) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.provider = options.provider;
    this.model = options.model;
    if (options.status !== undefined) this.status = options.status;
    if (options.code !== undefined) this.code = options.code;
    this.retryable = options.retryable ?? false;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }

  protected override details(): Readonly<Record<string, unknown>> {
    return {
      provider: this.provider,
      model: this.model,
      ...(this.status !== undefined && { status: this.status }),
      ...(this.code !== undefined && { code: this.code }),
      retryable: this.retryable,
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
    };
  }

  /** An SDK's error repeats what the server said, prompt and all; `message` holds those words redacted. */
  protected override describeCause(): string {
    return this.cause instanceof Error ? this.cause.name : typeof this.cause;
  }
}

/** The key is missing, wrong or not allowed to do this (401, 403). */
export class AuthenticationError extends ProviderError {
  static override readonly kind: string = 'AuthenticationError';
  override name = 'AuthenticationError';
}

/** Too many requests, or the quota is used up (429). */
export class RateLimitError extends ProviderError {
  static override readonly kind: string = 'RateLimitError';
  override name = 'RateLimitError';
}

/** The provider has no capacity now (503, 529). */
export class OverloadedError extends ProviderError {
  static override readonly kind: string = 'OverloadedError';
  override name = 'OverloadedError';
}

/** The provider does not accept the request as it is (400, 404, 413, 422). */
export class InvalidRequestError extends ProviderError {
  static override readonly kind: string = 'InvalidRequestError';
  override name = 'InvalidRequestError';
}

/** The conversation is longer than the model can read. */
export class ContextLengthError extends InvalidRequestError {
  static override readonly kind: string = 'ContextLengthError';
  override name = 'ContextLengthError';
}

/** The server could not be reached. */
export class ConnectionError extends ProviderError {
  static override readonly kind: string = 'ConnectionError';
  override name = 'ConnectionError';
}

/** Why a stream ended before its `finish`. */
export type InterruptionReason =
  | 'aborted'
  | 'timeout'
  | 'disconnected'
  | 'truncated'
  | 'malformed'
  | 'provider'
  | 'blocked'
  | 'failed';

/** Which limit a `timeout` broke. */
export type TimeoutPhase = 'first' | 'each' | 'total';

/** What a `StreamInterruptedError` says besides its message. */
export interface StreamInterruptedOptions extends ErrorOptions {
  readonly reason: InterruptionReason;
  readonly partial: StreamingResponse;
  readonly phase?: TimeoutPhase | undefined;
}

/**
 * The answer had begun and did not come whole; carries everything that was delivered.
 *
 * `cause` is the first underlying error, by identity, never another interruption.
 */
export class StreamInterruptedError extends AgentError {
  static override readonly kind: string = 'StreamInterruptedError';
  override name = 'StreamInterruptedError';
  declare readonly reason: InterruptionReason;
  declare readonly phase?: TimeoutPhase;
  declare readonly streamId: string;
  /** Everything delivered, including the chunk whose `next` was running. Not in `toJSON` or `util.inspect`. */
  declare readonly partial: StreamingResponse;

  constructor(message: string, options: StreamInterruptedOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = options.reason;
    if (options.phase !== undefined) this.phase = options.phase;
    this.streamId = options.partial.streamId;
    Object.defineProperty(this, 'partial', { value: options.partial, enumerable: false });
  }

  /** The text of `partial`. */
  get partialResponse(): string {
    return this.partial.completeText;
  }

  protected override details(): Readonly<Record<string, unknown>> {
    return {
      reason: this.reason,
      ...(this.phase !== undefined && { phase: this.phase }),
      streamId: this.streamId,
      partialCharacters: this.partial.textLength,
    };
  }
}

function isKind(error: unknown, name: string): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const kinds: unknown = (error as { readonly [kind]?: unknown })[kind];
  return Array.isArray(kinds) && kinds.includes(name);
}

/** True for every error of this library, also of another copy of the package. */
export function isAgentError(error: unknown): error is AgentError {
  return isKind(error, 'AgentError');
}

/** True for a `ProviderError` and its subclasses, also of another copy of the package. */
export function isProviderError(error: unknown): error is ProviderError {
  return isKind(error, 'ProviderError');
}

/** True for a `StreamInterruptedError`, also of another copy of the package. */
export function isStreamInterrupted(error: unknown): error is StreamInterruptedError {
  return isKind(error, 'StreamInterruptedError');
}

/** True for a `ValidationError`, also of another copy of the package. */
export function isValidationError(error: unknown): error is ValidationError {
  return isKind(error, 'ValidationError');
}

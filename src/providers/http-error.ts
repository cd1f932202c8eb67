import {
  AuthenticationError,
  ConnectionError,
  ContextLengthError,
  InvalidRequestError,
  OverloadedError,
  ProviderError,
  type ProviderErrorOptions,
  RateLimitError,
  isAgentError,
} from '../core/errors.js';
import { type Secrets, redactMessage } from '../core/redact.js';

/** What an error body says, whatever its dialect. */
export interface ErrorFacts {
  readonly message?: string;
  /** The server's `code`, else its `type`. */
  readonly code?: string;
}

/** Who failed, and what the message must not repeat. */
export interface ErrorContext {
  readonly provider: string;
  readonly model: string;
  readonly secrets?: Secrets;
  /** Where the key comes from, for the advice: `OPENAI_API_KEY`. */
  readonly keyName?: string;
}

/** A failure as the HTTP layer saw it; without `status` no answer came. */
export interface HttpFailure extends ErrorFacts {
  readonly status?: number | undefined;
  readonly headers?: { get(name: string): string | null } | undefined;
  readonly cause: unknown;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** Reads `{ error: { message, code, type } }`, `{ error: 'text' }`, `{ message, code }` and `{ detail }`. */
export function errorFacts(body: unknown): ErrorFacts {
  if (!isRecord(body)) return typeof body === 'string' && body !== '' ? { message: body } : {};
  const error = isRecord(body['error']) ? body['error'] : body;
  const message = text(error['message']) ?? text(body['error']) ?? text(body['detail']) ?? text(body['message']);
  const code = text(error['code']) ?? text(error['type']);
  return { ...(message !== undefined && { message }), ...(code !== undefined && { code }) };
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, section 10.2.3). */
export function retryAfterMs(headers: HttpFailure['headers'], now: number = Date.now()): number | undefined {
  const exact = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (exact >= 0) return exact;
  const value = headers?.get('retry-after');
  if (value === null || value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  if (seconds >= 0) return Math.round(seconds * 1_000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const contextLengthPattern = /context[ _-](?:length|window)|prompt is too long|too many tokens|maximum context/i;

type ErrorClass = new (message: string, options: ProviderErrorOptions) => ProviderError;

interface Verdict {
  readonly type: ErrorClass;
  readonly what: string;
  readonly advice: string;
  readonly retryable: boolean;
}

function verdictOf(failure: HttpFailure, keyName: string): Verdict {
  const { status, code = '', message = '' } = failure;
  if (status === undefined) {
    const timedOut = /time(?:d )?-?out/i.test(`${code} ${message}`);
    const what = timedOut ? 'no answer came in time' : 'the server could not be reached';
    return { type: ConnectionError, what, advice: 'Check the network and the baseURL option.', retryable: true };
  }
  if (code === 'context_length_exceeded' || (status === 400 && contextLengthPattern.test(message))) {
    return { type: ContextLengthError, what: 'the conversation is too long for the model', advice: 'Send fewer or shorter messages.', retryable: false };
  }
  switch (status) {
    case 401:
      return { type: AuthenticationError, what: 'the key was refused', advice: `Check the apiKey option or ${keyName}.`, retryable: false };
    case 402:
      return { type: ProviderError, what: 'the account cannot pay', advice: 'Check the balance or billing of the account.', retryable: false };
    case 403:
      return { type: AuthenticationError, what: 'the key may not do this', advice: `Check what the key of ${keyName} is allowed to use.`, retryable: false };
    case 404:
      return { type: InvalidRequestError, what: 'the model or the address was not found', advice: 'Check the model name and the baseURL option.', retryable: false };
    case 400:
    case 413:
    case 422:
      return { type: InvalidRequestError, what: 'the request was refused', advice: 'Change the request: sending it again will not help.', retryable: false };
    case 429: {
      const spent = code === 'insufficient_quota';
      const advice = spent ? 'Check the plan and billing.' : 'Wait, or send fewer requests.';
      return { type: RateLimitError, what: spent ? 'the quota is used up' : 'too many requests', advice, retryable: !spent };
    }
    case 503:
    case 529:
      return { type: OverloadedError, what: 'the server has no capacity now', advice: 'Try again later.', retryable: true };
    default:
      if (status >= 300 && status < 400) {
        return { type: ProviderError, what: 'the server redirects, which is not followed', advice: 'Set baseURL to the new address.', retryable: false };
      }
      // 408 and 409 pass, and the SDKs repeat them. Every other 4xx says that the request itself is wrong (RFC 9110, section 15.5).
      if (status >= 500 || status === 408 || status === 409) {
        return { type: ProviderError, what: 'the request failed', advice: 'Try again later.', retryable: true };
      }
      return { type: ProviderError, what: 'the request failed', advice: 'Change the request: sending it again will not help.', retryable: false };
  }
}

/** What happened and what the server said of it, made fit to be shown, with one full stop at the end. */
export function sentence(what: string, said: string | undefined, { secrets }: ErrorContext): string {
  const words = said === undefined ? '' : redactMessage(said, secrets).replace(/[\s.]+$/, '');
  if (words === '') return `${what}.`;
  return `${what}: ${words}${/[!?…]$/.test(words) ? '' : '.'}`;
}

/** The typed error of a request that got no answer, or an answer that is no success. */
export function httpError(failure: HttpFailure, context: ErrorContext): ProviderError {
  const verdict = verdictOf(failure, context.keyName ?? 'the provider’s key');
  const status = failure.status === undefined ? '' : ` (HTTP ${failure.status})`;
  const what = sentence(`${verdict.what}${status}`, failure.message, context);
  const message = `${context.provider}, model ${context.model}: ${what} ${verdict.advice}`;
  return new verdict.type(message, {
    provider: context.provider,
    model: context.model,
    status: failure.status,
    code: failure.code,
    retryable: verdict.retryable,
    retryAfterMs: retryAfterMs(failure.headers),
    cause: failure.cause,
  });
}

/** The deepest message of a chain of causes: `fetch failed` alone says nothing, `ECONNREFUSED` does. */
function rootMessage(error: unknown): string | undefined {
  let message: string | undefined;
  const seen = new Set<unknown>();
  for (let at = error; isRecord(at) && !seen.has(at); at = at['cause']) {
    seen.add(at);
    message = text(at['message']) ?? text(at['code']) ?? message;
  }
  return message;
}

/**
 * The typed error of what an official SDK threw. The SDKs' error classes share these fields, so no SDK is imported here.
 */
export function sdkError(error: unknown, context: ErrorContext): Error {
  if (!isRecord(error)) return httpError({ message: String(error), cause: error }, context);
  if (isAgentError(error)) return error;
  if (isUnreadable(error)) return unreadableAnswer(error, context);
  const status = typeof error['status'] === 'number' ? error['status'] : undefined;
  const facts = status === undefined ? { message: rootMessage(error) } : errorFacts(error['error'] ?? error);
  const headers = isHeaders(error['headers']) ? error['headers'] : undefined;
  const message = facts.message;
  return httpError({ ...(message !== undefined && { message }), ...('code' in facts && { code: facts.code }), status, headers, cause: error }, context);
}

/** A 200 whose body is no JSON: the SDKs pass on what the parser says, which quotes the body, or call it a lost connection. */
function isUnreadable(error: unknown): boolean {
  const seen = new Set<unknown>();
  for (let at = error; isRecord(at) && !seen.has(at); at = at['cause']) {
    if (at['name'] === 'SyntaxError') return true;
    seen.add(at);
  }
  return false;
}

function unreadableAnswer(cause: unknown, { provider, model }: ErrorContext): ProviderError {
  const message = `${provider}, model ${model}: the server's answer is not JSON. Check the baseURL option.`;
  return new ProviderError(message, { provider, model, retryable: false, cause });
}

function isHeaders(value: unknown): value is { get(name: string): string | null } {
  return isRecord(value) && typeof value['get'] === 'function';
}

import {
  AuthenticationError,
  ContextLengthError,
  InvalidRequestError,
  OverloadedError,
  ProviderError,
  type ProviderErrorOptions,
  RateLimitError,
} from '../core/errors.js';
import { type ErrorContext, errorFacts, httpError, sentence } from './http-error.js';
import { type WireData, isRecord } from './wire/wire-data.js';

interface ErrorKind {
  readonly create: new (message: string, options: ProviderErrorOptions) => ProviderError;
  readonly advice: string;
  readonly retryable: boolean;
}

const refused: ErrorKind = { create: InvalidRequestError, advice: 'Change the request: sending it again will not help.', retryable: false };
const badKey: ErrorKind = { create: AuthenticationError, advice: 'Check the key.', retryable: false };
const limited: ErrorKind = { create: RateLimitError, advice: 'Wait, or send fewer requests.', retryable: true };
const overloaded: ErrorKind = { create: OverloadedError, advice: 'Try again later.', retryable: true };
const failed: ErrorKind = { create: ProviderError, advice: 'Try again later.', retryable: true };

/** Codes and types of the error references of OpenAI and Anthropic. In a stream they come without an HTTP status. */
const kinds: ReadonlyMap<string, ErrorKind> = new Map([
  ['invalid_request_error', refused],
  ['invalid_prompt', refused],
  ['not_found_error', refused],
  ['request_too_large', refused],
  ['context_length_exceeded', { create: ContextLengthError, advice: 'Send fewer or shorter messages.', retryable: false }],
  ['invalid_api_key', badKey],
  ['authentication_error', badKey],
  ['permission_error', { create: AuthenticationError, advice: 'Check what the key may use.', retryable: false }],
  ['billing_error', { create: ProviderError, advice: 'Check the plan and billing.', retryable: false }],
  ['insufficient_quota', { create: RateLimitError, advice: 'Check the plan and billing.', retryable: false }],
  ['rate_limit_exceeded', limited],
  ['rate_limit_error', limited],
  ['overloaded_error', overloaded],
  ['server_overloaded', overloaded],
]);

/** An HTTP status inside the error: Groq's `status_code`, OpenRouter's and vLLM's `code`; some servers write it as a string. */
function statusIn(error: WireData): number | undefined {
  const candidates = [error.status_code, error.status, error.code].map((value) => Number(/^\d{3}$/.exec(String(value))?.[0]));
  return candidates.find((status) => status >= 400 && status <= 599);
}

/** The typed error of what a server reported in the middle of an answer: an error object, or a body that holds one. */
export function streamError(error: unknown, context: ErrorContext): ProviderError {
  const { provider, model } = context;
  const { message, code } = errorFacts(error);
  const status = isRecord(error) ? statusIn(error) : undefined;
  if (status !== undefined) {
    return httpError({ ...(message !== undefined && { message }), ...(code !== undefined && { code }), status, cause: undefined }, context);
  }
  const type = isRecord(error) && typeof error.type === 'string' ? error.type : '';
  const kind = kinds.get(code ?? '') ?? kinds.get(type) ?? failed;
  const what = sentence('the server ended the answer with an error', message, context);
  return new kind.create(`${provider}, model ${model}: ${what} ${kind.advice}`, {
    provider,
    model,
    code,
    retryable: kind.retryable,
  });
}

import {
  AuthenticationError,
  ContextLengthError,
  InvalidRequestError,
  OverloadedError,
  ProviderError,
  type ProviderErrorOptions,
  RateLimitError,
} from '../../core/errors.js';
import { redactMessage } from '../../core/redact.js';
import { errorFacts, httpError } from '../http-error.js';
import { type WireData, isRecord, numberOf } from './wire-data.js';

interface ErrorKind {
  readonly create: new (message: string, options: ProviderErrorOptions) => ProviderError;
  readonly advice: string;
  readonly retryable: boolean;
}

const refused: ErrorKind = {
  create: InvalidRequestError,
  advice: 'Change the request: sending it again will not help.',
  retryable: false,
};
const limited: ErrorKind = { create: RateLimitError, advice: 'Wait, or send fewer requests.', retryable: true };
const overloaded: ErrorKind = { create: OverloadedError, advice: 'Try again later.', retryable: true };
const unknown: ErrorKind = { create: ProviderError, advice: 'Try again later.', retryable: true };

/** Codes and types as OpenAI's error guide and its followers name them. In a stream they come without an HTTP status. */
const kinds: ReadonlyMap<string, ErrorKind> = new Map([
  ['invalid_request_error', refused],
  ['invalid_prompt', refused],
  ['context_length_exceeded', { create: ContextLengthError, advice: 'Send fewer or shorter messages.', retryable: false }],
  ['invalid_api_key', { create: AuthenticationError, advice: 'Check the apiKey option or OPENAI_API_KEY.', retryable: false }],
  ['authentication_error', { create: AuthenticationError, advice: 'Check the apiKey option or OPENAI_API_KEY.', retryable: false }],
  ['insufficient_quota', { create: RateLimitError, advice: 'Check the plan and billing.', retryable: false }],
  ['rate_limit_exceeded', limited],
  ['rate_limit_error', limited],
  ['overloaded_error', overloaded],
  ['server_overloaded', overloaded],
]);

/** An HTTP status inside the error: Groq's `status_code`, OpenRouter's and vLLM's numeric `code`. */
function statusIn(error: WireData): number | undefined {
  const candidates = [error.status_code, error.status, error.code].map((value) => numberOf(value) ?? Number.NaN);
  return candidates.find((status) => status >= 400 && status <= 599);
}

/** The error of an answer: `{ error }`, vLLM's `{ object: 'error' }`, OpenRouter's `choices[0].error` and finish reason `error`. */
export function errorIn(chunk: WireData, choice: WireData | undefined): unknown {
  if (Boolean(chunk.error)) return chunk.error;
  if (chunk.object === 'error') return chunk;
  if (Boolean(choice?.error)) return choice?.error;
  return choice?.finish_reason === 'error' ? { message: 'the model failed', code: 'error' } : undefined;
}

/** The typed error of what a server reported in the middle of an answer. */
export function streamError(error: unknown, at: { readonly provider: string; readonly model: string }): ProviderError {
  const { provider, model } = at;
  const { message, code } = errorFacts(error);
  const status = isRecord(error) ? statusIn(error) : undefined;
  const facts = { ...(message !== undefined && { message }), ...(code !== undefined && { code }) };
  if (status !== undefined) return httpError({ ...facts, status, cause: undefined }, { provider, model, keyName: 'OPENAI_API_KEY' });
  const type = isRecord(error) && typeof error.type === 'string' ? error.type : '';
  const kind = kinds.get(code ?? '') ?? kinds.get(type) ?? unknown;
  const said = message === undefined ? '' : `: ${redactMessage(message).replace(/[\s.]+$/, '')}`;
  return new kind.create(`${provider}, model ${model}: the server ended the answer with an error${said}. ${kind.advice}`, {
    provider,
    model,
    code,
    retryable: kind.retryable,
  });
}

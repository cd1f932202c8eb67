import {
  AuthenticationError,
  InvalidRequestError,
  OverloadedError,
  ProviderError,
  type ProviderErrorOptions,
  RateLimitError,
} from '../../core/errors.js';
import { redactMessage } from '../../core/redact.js';
import { errorFacts } from '../http-error.js';
import type { WireData } from './wire-data.js';

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
const failed: ErrorKind = { create: ProviderError, advice: 'Try again later.', retryable: true };

/** The error types of the API reference ("Errors"). In a stream they come without an HTTP status. */
const kinds: ReadonlyMap<string, ErrorKind> = new Map([
  ['invalid_request_error', refused],
  ['not_found_error', refused],
  ['request_too_large', refused],
  ['authentication_error', { create: AuthenticationError, advice: 'Check the apiKey option or ANTHROPIC_API_KEY.', retryable: false }],
  ['permission_error', { create: AuthenticationError, advice: 'Check what the key may use.', retryable: false }],
  ['billing_error', { create: ProviderError, advice: 'Check the plan and billing.', retryable: false }],
  ['rate_limit_error', { create: RateLimitError, advice: 'Wait, or send fewer requests.', retryable: true }],
  ['overloaded_error', { create: OverloadedError, advice: 'Try again later.', retryable: true }],
  ['timeout_error', failed],
  ['api_error', failed],
]);

/** The typed error of an `error` event in the middle of an answer. */
export function streamError(data: WireData, at: { readonly provider: string; readonly model: string }): ProviderError {
  const { message, code } = errorFacts(data);
  const kind = kinds.get(code ?? '') ?? failed;
  const said = message === undefined ? '' : `: ${redactMessage(message).replace(/[\s.]+$/, '')}`;
  return new kind.create(`${at.provider}, model ${at.model}: the server ended the answer with an error${said}. ${kind.advice}`, {
    provider: at.provider,
    model: at.model,
    code,
    retryable: kind.retryable,
  });
}

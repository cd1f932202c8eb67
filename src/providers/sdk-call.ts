import { abortKind } from '../core/abort-kind.js';
import { StreamInterruptedError, isAgentError } from '../core/errors.js';
import { textOf } from '../core/message.js';
import type { ProviderRequest } from '../core/provider.js';
import { StreamingResponse } from '../core/response.js';
import { type ErrorContext, sdkError } from './http-error.js';

/** Who is asked, and with which credentials: what errors must name, and what they must not repeat. */
export interface SdkIdentity {
  readonly provider: string;
  readonly model: string;
  readonly keyName: string;
  readonly keys: readonly (string | undefined)[];
}

/** Header values may be credentials; short ones are words. */
export function headerSecrets(headers: Readonly<Record<string, string>> = {}): readonly string[] {
  return Object.values(headers).filter((value) => value.length >= 8);
}

/** What the errors of one request are made with. */
export function errorContext({ keys, ...who }: SdkIdentity, request: ProviderRequest): ErrorContext {
  const prompts = request.messages.flatMap((message) => (message.role === 'tool' ? [] : [textOf(message.content)]));
  return { ...who, secrets: { keys, prompts } };
}

/** The error of a request that failed: ours by identity, an interruption when the caller aborted it, else a `ProviderError`. */
export function callError(error: unknown, who: SdkIdentity, request: ProviderRequest, signal?: AbortSignal): Error {
  if (isAgentError(error)) return error;
  return signal?.aborted === true ? aborted(signal, who, request) : sdkError(error, errorContext(who, request));
}

function aborted(signal: AbortSignal, { provider, model }: SdkIdentity, request: ProviderRequest): StreamInterruptedError {
  const cause: unknown = signal.reason;
  const kind = abortKind(cause);
  const partial = new StreamingResponse(request.streamId === undefined ? {} : { streamId: request.streamId }).end();
  const what = kind.reason === 'timeout' ? 'took too long' : 'was aborted';
  return new StreamInterruptedError(`${provider}, model ${model}: the call ${what}. Nothing came; ask again.`, { ...kind, partial, cause });
}

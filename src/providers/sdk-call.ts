import { abortKind } from '../core/abort-kind.js';
import { StreamInterruptedError, isAgentError } from '../core/errors.js';
import { type Message, textOf } from '../core/message.js';
import type { ProviderRequest } from '../core/provider.js';
import type { Secrets } from '../core/redact.js';
import { StreamingResponse } from '../core/response.js';
import { type ErrorContext, sdkError } from './http-error.js';

/** Who is asked, and with which credentials: what errors must name, and what they must not repeat. */
export interface SdkIdentity {
  readonly provider: string;
  readonly model: string;
  readonly keyName: string;
  /** Read when an error is made: a function may give the client another key for each request. */
  readonly keys: () => readonly (string | null | undefined)[];
}

/** What the errors of one request are made with. */
export function errorContext({ keys, ...who }: SdkIdentity, request: ProviderRequest): ErrorContext {
  const secrets: Secrets = {
    get keys() {
      return keys().map((key) => key ?? undefined);
    },
    get prompts() {
      return promptsOf(request.messages);
    },
  };
  return { ...who, secrets };
}

/**
 * What an error must not repeat of the messages: each part of one, for a server that echoes the request as it came, and the
 * whole, for one that joins them. The longest first: a short one may be a piece of it.
 */
function promptsOf(messages: readonly Message[]): readonly string[] {
  const prompts = messages.flatMap((message): readonly string[] => {
    if (message.role === 'tool') return [];
    const { content } = message;
    return typeof content === 'string' ? [content] : [textOf(content), ...content.map((part) => textOf([part]))];
  });
  return prompts.sort((a, b) => b.length - a.length);
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

import type { StreamChunk } from '../../src/core/chunk.js';
import { type InterruptionReason, OverloadedError, ProviderError, StreamInterruptedError } from '../../src/core/errors.js';
import { StreamingResponse } from '../../src/core/response.js';
import type { Usage } from '../../src/core/usage.js';

const of = { provider: 'test', model: 'model-1' };

/** What a provider answers when it is busy. */
export const overloaded = (retryAfterMs?: number): ProviderError =>
  new OverloadedError('test, model model-1: busy.', { ...of, status: 503, retryable: true, ...(retryAfterMs !== undefined && { retryAfterMs }) });

/** What no second attempt mends. */
export const refused = (): ProviderError => new ProviderError('test, model model-1: no such model.', { ...of, status: 404, retryable: false });

/** A stream that broke after these chunks. */
export function cut(
  reason: InterruptionReason,
  came: readonly StreamChunk[] = [],
  more: { readonly usage?: Usage; readonly cause?: unknown } = {},
): StreamInterruptedError {
  const partial = new StreamingResponse();
  for (const chunk of came) partial.addChunk(chunk);
  const { usage, cause } = more;
  return new StreamInterruptedError('test, model model-1: cut.', { reason, partial: partial.end({ usage }), cause });
}

import type { FinishChunk } from '../../src/core/chunk.js';
import { isStreamInterrupted } from '../../src/core/errors.js';
import type { StreamingResponse } from '../../src/core/response.js';
import { type Usage, sumUsage } from '../../src/core/usage.js';
import { withPartial } from './interruption.js';

/** What attempts used that came to nothing; `undefined` stands for one that was paid for and said no figure. */
export type UsageParts = readonly (Usage | undefined)[];

/**
 * What a failed attempt used and no chunk has told: nothing when it was refused before the answer began.
 *
 * `shared` is a response that holds more than this attempt: its usage says nothing of it.
 */
export function usedBy(error: unknown, shared?: StreamingResponse): UsageParts {
  if (!isStreamInterrupted(error)) return [];
  const usage = error.partial === shared ? undefined : error.partial.untoldUsage;
  return [usage === undefined ? undefined : { ...usage, estimated: true }];
}

/** A `finish` that counts the attempts that showed no chunk, too. */
export function addUsage(finish: FinishChunk, parts: UsageParts): FinishChunk {
  if (parts.length === 0) return finish;
  const usage = sumUsage([finish.usage, ...parts]);
  return usage === undefined ? finish : { ...finish, usage };
}

/**
 * An interruption whose partial counts them too: a copy, because error and response may be somebody else's.
 *
 * By identity when there is nothing to add, and when the response is `shared`.
 */
export function addUsageToError(error: unknown, parts: UsageParts, shared?: StreamingResponse): unknown {
  if (!isStreamInterrupted(error) || error.partial === shared || parts.every((part) => part === undefined)) return error;
  return withPartial(error, error.partial.copy().end({ usage: sumUsage([error.partial.usage, ...parts]) }));
}

import { type MonoTypeOperatorFunction, type SchedulerLike, asyncScheduler, from, of } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { ValidationError } from '../src/core/errors.js';
import { type StreamFactory, attemptStream } from './shared/attempt-stream.js';
import { type AttemptOptions, checkAttemptOptions } from './shared/attempts.js';
import { isProviderFailure } from './shared/retryable.js';

/** Options of `fallbackTo`. */
export interface FallbackToOptions extends AttemptOptions {
  /** In the order in which they are tried; each is called when the one before it has failed. */
  readonly next: readonly StreamFactory[];
  /**
   * Whether an error is one that another provider may not have. Default: every `ProviderError`, and interruptions with
   * reason `disconnected`, `truncated`, `timeout`, `malformed` or `provider`. Errors of your own code are not, and an abort
   * is never asked about.
   */
  readonly when?: (error: unknown) => boolean;
  /** Gives `restart` chunks their timestamps. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Goes on with another stream when this one fails: a second model, a second provider.
 *
 * By default only while the consumer has seen no chunk, and silent. With `mode: 'restart'` also later: a `restart` chunk goes
 * out just before the first chunk of the next stream; if none of them brings a chunk, the error of the stream that was seen
 * goes on, with its partial. A `tool-call` that has passed is a commit point, unless `isIdempotent` allows its tool. A stream
 * that completes without a chunk after one that failed is no success: it counts as failed in the same way.
 *
 * The usage of streams that showed nothing is added to `finish.usage`. When all have failed the last error goes on: by
 * identity, or as a copy whose partial counts that usage too. Unsubscribing stops the stream that runs. An error in `next`,
 * `when` or `isIdempotent` goes to the error channel at once.
 *
 * @throws ValidationError at once when something other than functions is given.
 * @example
 * openai('gpt-5-mini').stream$(request).pipe(fallbackTo(() => anthropic('claude-haiku-4-5').stream$(request)));
 * @see retryInterrupted to ask the same provider again first.
 */
export function fallbackTo(...next: StreamFactory[]): MonoTypeOperatorFunction<StreamChunk>;
export function fallbackTo(options: FallbackToOptions): MonoTypeOperatorFunction<StreamChunk>;
export function fallbackTo(...given: [FallbackToOptions] | StreamFactory[]): MonoTypeOperatorFunction<StreamChunk> {
  const options = readOptions(given);
  const { next, when = isProviderFailure, scheduler = asyncScheduler } = options;
  if (next.length === 0) return (source) => source;
  return (source) =>
    attemptStream(source, {
      rules: { ...options, when, now: () => scheduler.now() },
      next: (_error, failures) => {
        const factory = next[failures - 1];
        return factory === undefined ? undefined : { stream: from(factory()), start: of(true) };
      },
    });
}

function readOptions(given: [FallbackToOptions] | StreamFactory[]): FallbackToOptions {
  const [first] = given;
  // The overloads allow an options object alone, or functions alone; the check below is for callers without types.
  const options = typeof first === 'object' && (first as unknown) !== null ? first : { next: given as StreamFactory[] };
  if (!Array.isArray(options.next) || options.next.some((factory) => typeof factory !== 'function')) {
    throw new ValidationError('fallbackTo: give functions that make a stream: fallbackTo(() => provider.stream$(request)).');
  }
  checkAttemptOptions('fallbackTo', options);
  return options;
}

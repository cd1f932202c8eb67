import { type MonoTypeOperatorFunction, type SchedulerLike, asyncScheduler, timer } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { ValidationError } from '../src/core/errors.js';
import { attemptStream } from './shared/attempt-stream.js';
import { type AttemptOptions, checkAttemptOptions } from './shared/attempts.js';
import { checkInterval, checkLimit } from './shared/option-checks.js';
import { isRetryable, retryAfterMs } from './shared/retryable.js';
import { timerMs } from './shared/timer-ms.js';

/** When and how often a failed stream is asked for again. */
export interface RetryPolicy extends AttemptOptions {
  /** How many further attempts there may be. Default 2. */
  readonly count?: number;
  /**
   * Milliseconds. A number: attempt n waits a random time between 0 and `delay * 2 ** (n - 1)` ("full jitter"), so that
   * clients that failed together do not come back together. A function says the time itself. Default 500.
   */
  readonly delay?: number | ((error: unknown, attempt: number) => number);
  /**
   * The longest wait, in milliseconds, also of a `delay` function; a server that asks for more is not asked again.
   * Default 60000. No wait is longer than about 25 days, as timers go.
   */
  readonly maxDelay?: number;
  /**
   * Whether an error is worth another attempt. Default: `ProviderError`s that are `retryable`, and interruptions with
   * reason `disconnected`, `truncated`, `timeout`, or `provider` with a retryable cause. An abort, and the end of an
   * `AbortSignal.timeout`, are never asked about.
   */
  readonly when?: (error: unknown) => boolean;
}

/** Options of `retryInterrupted`. */
export interface RetryInterruptedOptions extends RetryPolicy {
  /** The clock of the waits. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
  /** From 0 to 1, for the jitter. Default `Math.random`. */
  readonly random?: () => number;
}

const defaults = { count: 2, delay: 500, maxDelay: 60_000 } as const;

/**
 * Asks again when the stream fails in a way that may pass.
 *
 * A wait is at least as long as the server asked for (`retryAfterMs`). The mode says when:
 *
 * - `before-first-chunk` (default): only while the consumer has seen no chunk. Silent.
 * - `restart`: also later. Just before the first chunk of the new attempt, and never earlier, a `restart` chunk says that
 *   what the step streamed so far is void. When no later attempt brings a chunk, the error of the attempt that was seen goes
 *   on, with its partial. A `tool-call` that has passed is a commit point, unless `isIdempotent` allows its tool; so is a `step`.
 *
 * An attempt that completes without a chunk after one that failed is no success: it counts as failed in the same way.
 *
 * The usage of a void attempt is in its `restart`; that of attempts that showed nothing is added to `finish.usage`. When no
 * attempt is left, the last error goes on: by identity, or as a copy whose partial counts that usage too. Unsubscribing ends
 * the wait or the attempt that runs. An error in `when`, `delay` or `isIdempotent` goes to the error channel at once, as does a
 * `ValidationError` when a `delay` function returns no number of at least 0, and an error of your own code in a later attempt.
 *
 * @throws ValidationError at once for an unknown mode, or for a count or a delay that is negative or not a number.
 * @example
 * provider.stream$({ messages }).pipe(retryInterrupted({ count: 3, mode: 'restart' }), accumulate());
 * @see fallbackTo for another provider instead of another attempt.
 */
export function retryInterrupted(options: RetryInterruptedOptions = {}): MonoTypeOperatorFunction<StreamChunk> {
  checkRetryPolicy('retryInterrupted', options);
  const { count = defaults.count, when = isRetryable, scheduler = asyncScheduler } = options;
  if (count === 0) return (source) => source;
  return (source) =>
    attemptStream(source, {
      rules: { ...options, when, now: () => scheduler.now() },
      next: (error, failures) => {
        const waitMs = failures > count ? undefined : waitBefore(error, failures, options);
        return waitMs === undefined ? undefined : { stream: source, start: timer(timerMs(waitMs), scheduler) };
      },
    });
}

/** @throws ValidationError for a policy that cannot be kept. */
export function checkRetryPolicy(name: string, policy: RetryPolicy): void {
  checkAttemptOptions(name, policy);
  const { count, delay, maxDelay } = policy;
  if (count !== undefined && !(count >= 0 && (Number.isInteger(count) || count === Infinity))) {
    throw new ValidationError(`${name} count is ${String(count)}; give a whole number, 0 or more.`);
  }
  if (typeof delay !== 'function') checkInterval(`${name} delay`, delay ?? defaults.delay);
  checkLimit(`${name} maxDelay`, maxDelay);
}

/** Milliseconds; `undefined` when the server asks for more patience than there is. */
function waitBefore(error: unknown, attempt: number, options: RetryInterruptedOptions): number | undefined {
  const { delay = defaults.delay, maxDelay = defaults.maxDelay, random = Math.random } = options;
  const askedMs = retryAfterMs(error) ?? 0;
  if (askedMs > maxDelay) return undefined;
  const ownMs = typeof delay === 'function' ? saidBy(delay, error, attempt) : random() * longestJitter(delay, attempt, maxDelay);
  return Math.max(Math.min(ownMs, maxDelay), askedMs);
}

/** Finite, so that a draw of 0 is a wait of 0. */
function longestJitter(delayMs: number, attempt: number, maxDelayMs: number): number {
  return timerMs(Math.min(maxDelayMs, delayMs * 2 ** Math.min(attempt - 1, 31)));
}

/** @throws ValidationError, which goes to the error channel: a timer of NaN would ask again at once, for ever. */
function saidBy(delay: (error: unknown, attempt: number) => number, error: unknown, attempt: number): number {
  const waitMs = delay(error, attempt);
  checkInterval(`What the delay function of retryInterrupted returned for attempt ${attempt}`, waitMs);
  return waitMs;
}

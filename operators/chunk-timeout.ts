import { type MonoTypeOperatorFunction, Observable, type Subscriber, type Subscription, asyncScheduler, tap } from 'rxjs';
import { type StreamChunk, isFinish } from '../src/core/chunk.js';
import { findDemand } from '../src/core/demand.js';
import type { TimeoutPhase } from '../src/core/errors.js';
import { ActiveClock } from './shared/active-clock.js';
import { timedOut } from './shared/interruption.js';
import { checkLimit, checkOptions } from './shared/option-checks.js';
import { type PartialAnswer, type PartialOptions, keepPartial } from './shared/partial.js';
import { timerMs } from './shared/timer-ms.js';

/** The limits of `chunkTimeout`, in milliseconds; what is left out is not limited. */
export interface ChunkLimits {
  /** From subscribe to the first chunk. Default: `each`. */
  readonly first?: number;
  /** From one chunk to the next. */
  readonly each?: number;
  /** From subscribe to completion. */
  readonly total?: number;
}

/** Options of `chunkTimeout`. */
export type ChunkTimeoutOptions = ChunkLimits & PartialOptions;

/**
 * Errors when the stream is too slow, and unsubscribes the source.
 *
 * The error is a `StreamInterruptedError` with reason `timeout`, the `phase` that was broken and everything that came. A chunk
 * exactly at the limit is in time: what was scheduled for that moment before it came goes first. Nothing is late after a
 * `finish`. The clock stands still while the consumer holds the source back (`Demand`). Errors and completion of the source
 * pass; unsubscribing, as every ending, clears the timer.
 *
 * It limits one model call. On an agent's stream it would count the time of the tools: give the agent `timeout` instead, or
 * put it above `interceptToolCalls`.
 *
 * @param options limits in milliseconds above 0; `scheduler`; `response` when a `mapInterruption` below keeps the text.
 * @throws ValidationError at once for a limit that is zero, negative or not a number.
 * @example
 * provider.stream$({ messages }).pipe(chunkTimeout({ first: 30_000, each: 10_000, total: 300_000 }));
 */
export function chunkTimeout<C extends StreamChunk>(options: ChunkTimeoutOptions): MonoTypeOperatorFunction<C> {
  checkOptions('chunkTimeout', options);
  const { first, each, total } = options;
  checkLimit('chunkTimeout first', first);
  checkLimit('chunkTimeout each', each);
  checkLimit('chunkTimeout total', total);
  if ([first, each, total].every((limit) => limit === undefined || limit === Infinity)) return (source) => source;
  return (source) =>
    new Observable<C>((subscriber) => {
      const partial = keepPartial(options);
      const watch = new Watch(options, partial, subscriber);
      source
        .pipe(
          tap((chunk) => {
            partial.add(chunk);
            if (isFinish(chunk)) watch.dispose();
            else watch.chunkCame();
          }),
        )
        .subscribe(subscriber);
      // After the source: a synchronous one needs no timer at all.
      if (!subscriber.closed) watch.arm();
      return () => watch.dispose();
    });
}

interface Deadline {
  readonly phase: TimeoutPhase;
  readonly limitMs: number;
  readonly atMs: number;
}

/** The limit that ends first; `lastMs` is when the last chunk came. */
function nextDeadline(limits: ChunkLimits, startMs: number, lastMs: number | undefined): Deadline | undefined {
  const { first = limits.each ?? Infinity, each = Infinity, total = Infinity } = limits;
  const waiting: Deadline =
    lastMs !== undefined
      ? { phase: 'each', limitMs: each, atMs: lastMs + each }
      : { phase: limits.first === undefined ? 'each' : 'first', limitMs: first, atMs: startMs + first };
  const whole: Deadline = { phase: 'total', limitMs: total, atMs: startMs + total };
  const next = waiting.atMs <= whole.atMs ? waiting : whole;
  return next.limitMs === Infinity ? undefined : next;
}

/**
 * One timer for all limits. A chunk only notes the time; the timer, when it fires, goes on for the remainder. That costs a
 * tenth of a timer per chunk and is as exact.
 */
class Watch {
  readonly #options: ChunkTimeoutOptions;
  readonly #partial: PartialAnswer;
  readonly #subscriber: Subscriber<unknown>;
  readonly #clock: ActiveClock;
  readonly #startMs: number;
  #lastMs: number | undefined;
  #timer: Subscription | undefined;
  #hasWaited = false;
  #isOver = false;

  constructor(options: ChunkTimeoutOptions, partial: PartialAnswer, subscriber: Subscriber<unknown>) {
    this.#options = options;
    this.#partial = partial;
    this.#subscriber = subscriber;
    this.#clock = new ActiveClock(options.scheduler ?? asyncScheduler, findDemand(subscriber), () => this.arm());
    this.#startMs = this.#clock.now();
  }

  chunkCame(): void {
    const isFirst = this.#lastMs === undefined;
    this.#lastMs = this.#clock.now();
    // Only here can a deadline come nearer: `each` may be shorter than what is left of `first`.
    if (isFirst) this.arm();
  }

  arm(): void {
    if (this.#isOver) return;
    const deadline = this.#deadline();
    this.#hasWaited = false;
    this.#schedule(deadline === undefined || !this.#clock.isRunning ? undefined : deadline.atMs - this.#clock.now());
  }

  /** The stream has ended, or its `finish` came: after that nothing is late any more. */
  dispose(): void {
    this.#isOver = true;
    this.#clock.dispose();
    this.#timer?.unsubscribe();
  }

  #deadline(): Deadline | undefined {
    return nextDeadline(this.#options, this.#startMs, this.#lastMs);
  }

  #schedule(delayMs: number | undefined): void {
    this.#timer?.unsubscribe();
    this.#timer = undefined;
    if (delayMs === undefined) return;
    const delay = timerMs(Math.max(delayMs, 0));
    this.#timer = (this.#options.scheduler ?? asyncScheduler).schedule(() => this.#check(), delay);
  }

  #check(): void {
    const deadline = this.#deadline();
    if (deadline === undefined || this.#clock.now() < deadline.atMs) {
      this.arm();
    } else if (!this.#hasWaited) {
      // A chunk may be due at this very moment; or the thread was busy, and chunks lie in the socket. Give them one turn.
      this.#hasWaited = true;
      this.#schedule(0);
    } else {
      this.#subscriber.error(timedOut(deadline.phase, deadline.limitMs, this.#partial.response));
    }
  }
}

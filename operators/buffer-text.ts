import { type MonoTypeOperatorFunction, type Observable, type SchedulerLike, type Subscription, asyncScheduler } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { ValidationError } from '../src/core/errors.js';
import { activeTimer } from './shared/active-timer.js';
import { mapText } from './shared/map-text.js';
import { checkCount, checkLimit, checkOptions } from './shared/option-checks.js';
import type { TextMachine } from './shared/text-channels.js';

/** Options of `bufferText`; at least one of the two limits is needed. */
export interface BufferTextOptions {
  /** The length of a chunk, in UTF-16 code units; a surrogate pair is never cut. Default: no limit. */
  readonly maxChars?: number;
  /** How long a piece is held at most, in milliseconds. Default: no limit. */
  readonly maxDelayMs?: number;
  /** The clock. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Joins small pieces of text into fewer, larger chunks.
 *
 * A chunk of text goes out when `maxChars` characters are there (no chunk is longer), or when its first piece is `maxDelayMs`
 * old; time in which the consumer holds the source back (`Demand`) does not count. Held text also goes out before a
 * `tool-call`, `step`, `finish`, completion or error; a `restart` voids it. Content on `finish` counts as text. Other chunks
 * pass it by. Unsubscribing stops the source, clears the timer and drops what is held.
 *
 * @throws ValidationError at once without a limit, for a `maxChars` below 1 or a `maxDelayMs` that is not above 0.
 * @example
 * // At most 20 screen updates a second.
 * agent.stream$('Tell me a story').pipe(bufferText({ maxDelayMs: 50 }), accumulate()).subscribe(render);
 */
export function bufferText(options: BufferTextOptions): MonoTypeOperatorFunction<StreamChunk> {
  checkOptions('bufferText', options);
  const { maxChars, maxDelayMs, scheduler = asyncScheduler } = options;
  checkCount('bufferText maxChars', maxChars);
  checkLimit('bufferText maxDelayMs', maxDelayMs);
  if ((maxChars ?? Infinity) === Infinity && (maxDelayMs ?? Infinity) === Infinity) {
    throw new ValidationError('bufferText has no limit, so it would hold the whole answer; give maxChars or maxDelayMs.');
  }
  return mapText((emit, demand) => {
    const delay = maxDelayMs === undefined || maxDelayMs === Infinity ? undefined : activeTimer(maxDelayMs, scheduler, demand);
    return new TextBufferer(emit, maxChars ?? Infinity, delay);
  });
}

class TextBufferer implements TextMachine {
  readonly #emit: (piece: string) => void;
  readonly #maxChars: number;
  /** When the oldest piece has been held long enough; each subscription is a wait. */
  readonly #delay: Observable<true> | undefined;
  #held = '';
  #timer: Subscription | undefined;

  constructor(emit: (piece: string) => void, maxChars: number, delay: Observable<true> | undefined) {
    this.#emit = emit;
    this.#maxChars = maxChars;
    this.#delay = delay;
  }

  add(piece: string): void {
    const text = this.#held + piece;
    let start = 0;
    while (text.length - start >= this.#maxChars) {
      const end = cutAt(text, start, this.#maxChars);
      this.#emit(text.slice(start, end));
      start = end;
    }
    if (start > 0) this.dispose();
    this.#held = text.slice(start);
    if (this.#held !== '') this.#startTimer();
  }

  flush(): void {
    this.dispose();
    const text = this.#held;
    this.#held = '';
    if (text !== '') this.#emit(text);
  }

  dispose(): void {
    this.#timer?.unsubscribe();
    this.#timer = undefined;
  }

  #startTimer(): void {
    // A wait has no error.
    // eslint-disable-next-line rxjs-x/no-ignored-error
    this.#timer ??= this.#delay?.subscribe(() => this.flush());
  }
}

/** The end of a chunk that begins at `start`; a pair that would be cut goes into the next one, if this is not empty then. */
function cutAt(text: string, start: number, maxChars: number): number {
  const end = start + maxChars;
  const cutsPair = (text.codePointAt(end - 1) ?? 0) > 0xffff;
  if (!cutsPair) return end;
  return maxChars === 1 ? end + 1 : end - 1;
}

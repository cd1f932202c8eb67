import { type MonoTypeOperatorFunction, Observable, type SchedulerLike, type Subscription, asyncScheduler } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { findDemand } from '../src/core/demand.js';
import { ValidationError } from '../src/core/errors.js';
import { Gate } from './shared/gate.js';
import { checkCount, timerMs } from './shared/limits.js';
import { mapText } from './shared/map-text.js';
import { createSegmenter } from './shared/segmenter.js';
import type { CreateTextMachine, TextMachine } from './shared/text-channels.js';
import { WordSplitter } from './shared/word-splitter.js';

/** Options of `smooth`. */
export interface SmoothOptions {
  /** What appears at once: a character as a reader sees it, or a whole word. Default `character`. */
  readonly by?: 'character' | 'word';
  /** The pace, in characters a second, while the source is no faster. Default 80. */
  readonly charsPerSecond?: number;
  /** How much text is held at most, in UTF-16 code units; above it the source is held back. Default 4000. */
  readonly maxBuffered?: number;
  /** The clock. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Lets the text appear at an even pace, however unevenly it comes: the typewriter effect.
 *
 * - When the source runs ahead, the pace rises with what is held: the text is never much more than a second behind.
 * - Held text goes out at once before a `tool-call`, `step`, `finish`, completion or error, so that nothing waits for text;
 *   a `restart` voids it. Other chunks pass it by. Content on `finish` counts as text.
 * - With more than `maxBuffered` characters held the source's `Demand` is shut until half of them are gone. Of a source
 *   that cannot pause, the surplus goes out at once. While the consumer is the slow one, nothing is let out.
 * - What is due together (a turn is 16 ms at least) is one chunk.
 *
 * Unsubscribing stops the source, clears the timer and drops what is held.
 *
 * @throws ValidationError at once for a pace that is not above 0 or a `maxBuffered` below 1.
 * @example
 * agent.stream$('Tell me a story').pipe(smooth({ by: 'word', charsPerSecond: 60 }), accumulate()).subscribe(render);
 */
export function smooth(options: SmoothOptions = {}): MonoTypeOperatorFunction<StreamChunk> {
  const { by = 'character', charsPerSecond = 80, maxBuffered = 4_000, scheduler = asyncScheduler } = options;
  if (!(charsPerSecond > 0)) throw new ValidationError(`smooth charsPerSecond is ${charsPerSecond}; give a number above 0.`);
  checkCount('smooth maxBuffered', maxBuffered);
  const split = splitter(by);
  return (source) =>
    new Observable((subscriber) => {
      let typewriter: Typewriter | undefined;
      const gate = new Gate(findDemand(subscriber), () => typewriter?.consumerChanged());
      subscriber.add(() => gate.dispose());
      const create: CreateTextMachine = (emit) =>
        (typewriter = new Typewriter({ charsPerSecond, maxBuffered, scheduler, split, gate, emit }));
      gate.pace(source).pipe(mapText(create)).subscribe(subscriber);
    });
}

interface TypewriterOptions extends Required<Pick<SmoothOptions, 'charsPerSecond' | 'maxBuffered' | 'scheduler'>> {
  readonly split: CreateTextMachine;
  readonly gate: Gate;
  readonly emit: (piece: string) => void;
}

/** A frame of a screen: more turns a second would not be seen. */
const shortestTurnMs = 16;

/** Holds text in units and lets each out when it is due. */
class Typewriter implements TextMachine {
  readonly #options: TypewriterOptions;
  readonly #splitter: TextMachine;
  #units: string[] = [];
  /** Where the units that are held begin: `Array.splice` would move them all for each that goes out. */
  #first = 0;
  #unitLength = 0;
  /** All that is held: the units, and what the splitter may hold of an unfinished word. */
  #length = 0;
  #nextMs = -Infinity;
  #timer: Subscription | undefined;

  constructor(options: TypewriterOptions) {
    this.#options = options;
    this.#splitter = options.split((unit) => {
      this.#units.push(unit);
      this.#unitLength += unit.length;
    });
  }

  add(piece: string): void {
    this.#length += piece.length;
    this.#splitter.add(piece);
    // Not while a timer waits: what is due together goes out together.
    if (this.#timer === undefined) this.#letOut();
    else this.#letOutSurplus();
  }

  flush(): void {
    this.#splitter.flush();
    this.#emit(this.#units.length - this.#first);
  }

  dispose(): void {
    this.#timer?.unsubscribe();
    this.#timer = undefined;
    this.#options.gate.setFull(false);
  }

  consumerChanged(): void {
    this.#timer?.unsubscribe();
    this.#timer = undefined;
    if (this.#first < this.#units.length) this.#letOut();
  }

  /** Emits what is due now, and sets the timer for the rest. */
  #letOut(): void {
    const { gate, scheduler } = this.#options;
    if (!gate.consumerIsOpen) {
      this.#letOutSurplus();
      return;
    }
    const nowMs = scheduler.now();
    let count = 0;
    let left = this.#unitLength;
    // After a pause the pace begins anew; it makes up for no silence.
    if (this.#timer === undefined) this.#nextMs = Math.max(this.#nextMs, nowMs);
    for (; this.#first + count < this.#units.length && this.#nextMs <= nowMs; count++) {
      const length = this.#lengthAt(count);
      left -= length;
      this.#nextMs += this.#durationMs(length, left);
    }
    this.#timer = undefined;
    if (this.#first + count < this.#units.length) {
      const delayMs = timerMs(Math.max(this.#nextMs - nowMs, shortestTurnMs));
      this.#timer = scheduler.schedule(() => this.#letOut(), delayMs);
    }
    this.#emit(Math.max(count, this.#surplus()));
  }

  #durationMs(length: number, left: number): number {
    // A second's worth of text is all that may lie behind: above it the pace is what clears it in a second.
    return (length * 1_000) / Math.max(this.#options.charsPerSecond, left);
  }

  #letOutSurplus(): void {
    this.#emit(this.#surplus());
  }

  /** How many units are too many to be held. */
  #surplus(): number {
    let length = this.#length;
    let count = 0;
    for (; this.#first + count < this.#units.length && length > this.#options.maxBuffered; count++) length -= this.#lengthAt(count);
    return count;
  }

  /** Of the unit that is so many behind the first. */
  #lengthAt(index: number): number {
    return this.#units[this.#first + index]?.length ?? 0;
  }

  #take(count: number): string {
    const end = this.#first + count;
    const due = this.#units.slice(this.#first, end).join('');
    this.#first = end;
    if (end * 2 > this.#units.length) {
      this.#units = this.#units.slice(end);
      this.#first = 0;
    }
    return due;
  }

  #emit(count: number): void {
    const due = this.#take(count);
    this.#length -= due.length;
    this.#unitLength -= due.length;
    const { gate, maxBuffered, emit } = this.#options;
    if (this.#length >= maxBuffered) gate.setFull(true);
    else if (this.#length <= maxBuffered / 2) gate.setFull(false);
    if (due !== '') emit(due);
  }
}

function splitter(by: 'character' | 'word'): CreateTextMachine {
  const segmenter = createSegmenter('smooth', by === 'word' ? 'word' : 'grapheme');
  if (by === 'word') return (emit) => new WordSplitter(segmenter, emit);
  return (emit) => ({ add: (piece) => splitCharacters(segmenter, piece, emit), flush: () => undefined });
}

const simpleText = /^[\x20-\x7e]*$/;

/** Most text needs no segmenter, which costs more than a microsecond a character. */
function splitCharacters(segmenter: Intl.Segmenter, text: string, emit: (piece: string) => void): void {
  if (simpleText.test(text)) {
    for (const character of text) emit(character);
    return;
  }
  for (const { segment } of segmenter.segment(text)) emit(segment);
}

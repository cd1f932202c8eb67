import { type MonoTypeOperatorFunction, Observable, type SchedulerLike, asyncScheduler } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { findDemand } from '../src/core/demand.js';
import { ValidationError } from '../src/core/errors.js';
import { Gate } from './shared/gate.js';
import { GraphemeSplitter } from './shared/grapheme-splitter.js';
import { mapText } from './shared/map-text.js';
import { checkChoice, checkCount, checkOptions } from './shared/option-checks.js';
import { createSegmenter } from './shared/segmenter.js';
import type { CreateTextMachine } from './shared/text-channels.js';
import { Typewriter, type TypewriterOptions } from './shared/typewriter.js';
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
 * - When the source runs ahead, the pace rises so far that each piece is out about a second after it came: a burst of any
 *   size takes a second, and of a faster source the text is never more than a second and a quarter behind.
 * - A character that the source cuts (a letter and its accent, the parts of an emoji) is one. The last character of a piece
 *   therefore waits for the next piece, about 40 ms at most; a line feed does not wait. By `word`, a word waits until it ends.
 * - Held text goes out at once before a `tool-call`, `step`, `finish`, completion or error, so that nothing waits for text;
 *   a `restart` voids it. Other chunks pass it by. Content on `finish` counts as text.
 * - With `maxBuffered` characters held the source's `Demand` is shut until half of them are gone. Of a source that cannot
 *   pause, the surplus goes out at once; a word of this length goes out in parts. While the consumer is the slow one, nothing
 *   is let out, and that time does not count.
 * - What is due together (a turn is 16 ms at least) is one chunk.
 *
 * Unsubscribing stops the source, clears the timer and drops what is held.
 *
 * @throws ValidationError at once for an unknown `by`, a pace that is not above 0 or a `maxBuffered` below 1.
 * @example
 * agent.stream$('Tell me a story').pipe(smooth({ by: 'word', charsPerSecond: 60 }), accumulate()).subscribe(render);
 */
export function smooth(options: SmoothOptions = {}): MonoTypeOperatorFunction<StreamChunk> {
  checkOptions('smooth', options);
  const { by = 'character', charsPerSecond = 80, maxBuffered = 4_000, scheduler = asyncScheduler } = options;
  if (!(typeof charsPerSecond === 'number' && charsPerSecond > 0)) throw new ValidationError(`smooth charsPerSecond is ${String(charsPerSecond)}; give a number above 0.`);
  checkCount('smooth maxBuffered', maxBuffered);
  checkChoice('smooth by', by, ['character', 'word']);
  const units = unitsBy(by);
  return (source) =>
    new Observable((subscriber) => {
      let typewriter: Typewriter | undefined;
      const gate = new Gate(findDemand(subscriber), () => typewriter?.consumerChanged());
      subscriber.add(() => gate.dispose());
      const create: CreateTextMachine = (emit) =>
        (typewriter = new Typewriter({ charsPerSecond, maxBuffered, scheduler, ...units, gate, emit }));
      gate.pace(source).pipe(mapText(create)).subscribe(subscriber);
    });
}

/**
 * The last character of a piece waits for the next piece, in which a part of it may come, but no longer than this: text
 * comes each 10 to 40 ms at 25 to 100 tokens a second, and at the default pace it is the time of three characters.
 */
const characterSettleMs = 40;

function unitsBy(by: 'character' | 'word'): Pick<TypewriterOptions, 'split' | 'settleMs'> {
  const segmenter = createSegmenter('smooth', by === 'word' ? 'word' : 'grapheme');
  if (by === 'word') return { split: (emit) => new WordSplitter(segmenter, emit), settleMs: Infinity };
  return { split: (emit) => new GraphemeSplitter(segmenter, emit), settleMs: characterSettleMs };
}

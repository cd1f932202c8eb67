import type { MonoTypeOperatorFunction } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { mapText } from './shared/map-text.js';
import { checkOptions } from './shared/option-checks.js';
import { createSegmenter } from './shared/segmenter.js';
import { SentenceSplitter } from './shared/sentence-splitter.js';

/** Options of `sentences`. */
export interface SentencesOptions {
  /** The language, as BCP 47 tags. Default: that of the environment. */
  readonly locale?: string | readonly string[];
}

/**
 * Cuts the text into chunks of one whole sentence each, as `Intl.Segmenter` finds them; for speech, or to translate.
 *
 * The pieces joined are the text; the end of a line ends a sentence. A sentence is known to be whole when the first letter
 * of the next one comes (`at 3. 5 p.m.` goes on), so it is held until then, or until a `tool-call`, `step`, `finish`,
 * completion or error; a `restart` voids it. The result is the same however the source cuts the text. Content on `finish`
 * counts as text. Other chunks pass held text by. Unsubscribing stops the source and drops what is held.
 *
 * @throws ValidationError at once for a locale that is no language tag.
 * @example
 * agent.stream$('Tell me a story').pipe(sentences(), text(), concatMap((sentence) => speak(sentence))).subscribe();
 * @see words, lines
 */
export function sentences(options: SentencesOptions = {}): MonoTypeOperatorFunction<StreamChunk> {
  checkOptions('sentences', options);
  const segmenter = createSegmenter('sentences', 'sentence', options.locale);
  return mapText((emit) => new SentenceSplitter(segmenter, emit));
}

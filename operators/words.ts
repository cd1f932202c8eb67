import type { MonoTypeOperatorFunction } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { mapText } from './shared/map-text.js';
import { checkOptions } from './shared/option-checks.js';
import { createSegmenter } from './shared/segmenter.js';
import { WordSplitter } from './shared/word-splitter.js';

/** Options of `words`. */
export interface WordsOptions {
  /** The language, as BCP 47 tags, for text without spaces. Default: that of the environment. */
  readonly locale?: string | readonly string[];
}

/**
 * Cuts the text into chunks of one whole word each.
 *
 * A word keeps the white space character behind it, so that the pieces joined are the text; further white space goes with
 * the next word. Chinese, Japanese, Thai and other text without spaces is cut by `Intl.Segmenter`, a clause at a time. The
 * result is the same however the source cuts the text.
 *
 * An unfinished word is held until it ends, or until a `tool-call`, `step`, `finish`, completion or error; a `restart` voids
 * it. Content on `finish` counts as text. Other chunks pass it by. Unsubscribing stops the source and drops what is held.
 *
 * @throws ValidationError at once for a locale that is no language tag.
 * @example
 * agent.stream$('Tell me a story').pipe(words(), text()).subscribe((word) => subtitles.show(word));
 * @see sentences, lines
 */
export function words(options: WordsOptions = {}): MonoTypeOperatorFunction<StreamChunk> {
  checkOptions('words', options);
  const segmenter = createSegmenter('words', 'word', options.locale);
  return mapText((emit) => new WordSplitter(segmenter, emit));
}

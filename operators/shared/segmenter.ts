import { ValidationError } from '../../src/core/errors.js';

/** The platform's segmenter. It has no state, so one serves all subscriptions. */
export function createSegmenter(
  operator: string,
  granularity: 'grapheme' | 'word' | 'sentence',
  locale?: string | readonly string[],
): Intl.Segmenter {
  try {
    // A copy, because the type of the platform asks for an array that may be written to.
    return new Intl.Segmenter(typeof locale === 'object' ? [...locale] : locale, { granularity });
  } catch (cause) {
    throw new ValidationError(`${operator}: the locale ${JSON.stringify(locale)} is no language tag; give one like 'en' or 'pt-BR'.`, { cause });
  }
}

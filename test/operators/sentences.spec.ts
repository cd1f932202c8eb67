import { describe, expect, it } from '@jest/globals';
import { sentences } from '../../operators/index.js';
import { checkAnyChunking, piecesOf } from './any-chunking.js';
import { chunks, finish, text, virtually } from './support.js';

/** What the platform makes of the whole text; blank segments go with what follows. */
function sentencesOf(whole: string, locale?: string): string[] {
  const result: string[] = [];
  let blank = '';
  for (const { segment } of new Intl.Segmenter(locale, { granularity: 'sentence' }).segment(whole)) {
    blank += segment;
    if (blank.trim() === '') continue;
    result.push(blank);
    blank = '';
  }
  return blank === '' ? result : [...result, blank];
}

describe('sentences', () => {
  it('lets a sentence out when the next one begins', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--b--c--(f|)', { ...chunks, a: text('Hi'), b: text('! '), c: text('You?') });
      const expected = '                  -------x--(yf|)';
      expectObservable(source.pipe(sentences())).toBe(expected, { ...chunks, x: text('Hi! '), y: text('You?') });
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    });
  });

  it('waits while the sentence may go on', () => {
    const pieces = piecesOf([text('See p. '), text('5 of it. '), text('It costs 3.5 '), text('euros. Yes')], sentences());
    expect(pieces).toEqual(['See p. 5 of it. ', 'It costs 3.5 euros. ', 'Yes']);
  });

  it('ends a sentence at the end of a line at once', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('  -a--b|', { a: text('A title\n'), b: text('\nText') });
      expectObservable(source.pipe(sentences())).toBe('-a---(x|)', { a: text('A title\n'), x: text('\nText') });
    });
  });

  it('gives the sentences of the text, whatever its chunks', () => {
    const parts = ['A', 'b', 'cd', ' ', '. ', '.', '! ', '?', '"', ')', '(', '…', ', ', '5', '\n', '\r\n', '\r', '。', '你好', '😀', '; '];
    checkAnyChunking(parts, sentences(), (whole) => sentencesOf(whole));
  });

  it('knows the question mark of Greek', () => {
    const parts = ['α', 'Β', 'γδ', ' ', '; ', ';', '. ', '5', '\u037e '];
    checkAnyChunking(parts, sentences({ locale: 'el' }), (whole) => sentencesOf(whole, 'el'));
  });

  it('ends a question in Greek when the next letter comes', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('-a--b--', { a: text('Πού; '), b: text('Εδώ') });
      expectObservable(source.pipe(sentences({ locale: 'el' }))).toBe('----x--', { x: text('Πού; ') });
    });
  });

  it.each([
    ['"not a language"', 'not a language'],
    ['["en","not a language"]', ['en', 'not a language']],
  ])('refuses a locale that is none: %s', (shown, locale) => {
    const make = (): unknown => sentences({ locale });
    expect(make).toThrow(`sentences: the locale ${shown} is no language tag; give one like 'en' or 'pt-BR'.`);
    expect(make).toThrow(expect.objectContaining({ cause: expect.any(RangeError) }));
  });

  it('looks at blank lines about once', () => {
    // The whole of them anew for each would read 8 * 10^10 characters.
    const line = text('\n');
    const seen = piecesOf([...Array.from({ length: 400_000 }, () => line), text('Hi'), finish()], sentences());
    expect(seen.map((piece) => piece.length)).toEqual([400_002]);
  });

  it('looks at a sentence without end about once', () => {
    // Each `a.` could end a sentence. Segmenting the open sentence anew for each would read 2 * 10^9 characters.
    const piece = text('a.');
    const seen = piecesOf([...Array.from({ length: 50_000 }, () => piece), finish()], sentences());
    expect(seen.map(({ length }) => length)).toEqual([100_000]);
  });
});

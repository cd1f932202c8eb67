import type { TextMachine } from './text-channels.js';

/** Where a sentence may end. U+2024 and `;` (a question mark in Greek) are terminators that the property leaves out. */
const terminator = /[\p{Sentence_Terminal}\u2024;\r]|[\n\x85\u2028\u2029]/gu;
/** What decides whether it ended there: by UAX #29 (SB8) only a letter does, `etc. 5 apples` goes on. */
const decision = /\p{L}|[\n\x85\u2028\u2029]/gu;
const separator = /[\n\x85\u2028\u2029]/;

/**
 * Cuts text into the sentences that `Intl.Segmenter` finds in the whole of it; blank lines go with the sentence that
 * follows them.
 *
 * The segmenter is asked only where a boundary is certain, whatever comes: at a letter behind a terminator, and at the end
 * of a line. No rule of UAX #29 looks back over such a letter, so each character is segmented about once.
 */
export class SentenceSplitter implements TextMachine {
  readonly #segmenter: Intl.Segmenter;
  readonly #emit: (piece: string) => void;
  /** The part of the open sentence in which no boundary can fall any more. */
  #settled = '';
  /** Kept, because looking at all of it for each blank line would cost the square of them. */
  #settledIsBlank = true;
  #open = '';
  #mayEnd = false;

  constructor(segmenter: Intl.Segmenter, emit: (piece: string) => void) {
    this.#segmenter = segmenter;
    this.#emit = emit;
  }

  add(piece: string): void {
    let start = 0;
    let searched = 0;
    for (;;) {
      const found = find(this.#mayEnd ? decision : terminator, piece, searched);
      if (found === undefined) break;
      searched = found.end;
      const ends = separator.test(found.character);
      if (ends || this.#mayEnd) {
        this.#open += piece.slice(start, found.end);
        start = found.end;
        if (ends) this.#endLine();
        else this.#decide(found.character);
      }
      this.#mayEnd = !ends && !this.#mayEnd;
    }
    this.#open += piece.slice(start);
  }

  flush(): void {
    this.#endLine();
    this.#mayEnd = false;
    if (this.#settled !== '') this.#emitSettled();
  }

  #endLine(): void {
    const open = this.#open;
    this.#open = '';
    for (const { segment } of this.#segmenter.segment(open)) this.#complete(segment);
  }

  #decide(letter: string): void {
    const segments = Array.from(this.#segmenter.segment(this.#open), ({ segment }) => segment);
    const last = segments.pop() ?? '';
    for (const segment of segments) this.#complete(segment);
    this.#settle(last.slice(0, -letter.length));
    this.#open = letter;
  }

  #complete(segment: string): void {
    this.#settle(segment);
    if (!this.#settledIsBlank) this.#emitSettled();
  }

  #settle(text: string): void {
    this.#settled += text;
    this.#settledIsBlank &&= text.trim() === '';
  }

  #emitSettled(): void {
    const sentence = this.#settled;
    this.#settled = '';
    this.#settledIsBlank = true;
    this.#emit(sentence);
  }
}

function find(pattern: RegExp, text: string, from: number): { readonly character: string; readonly end: number } | undefined {
  pattern.lastIndex = from;
  const character = pattern.exec(text)?.[0];
  return character === undefined ? undefined : { character, end: pattern.lastIndex };
}

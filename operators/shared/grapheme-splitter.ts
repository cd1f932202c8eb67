import type { UnitSplitter } from './typewriter.js';

const simpleText = /^[\n\x20-\x7e]*$/;

/**
 * A longer one is not waited for, so that a text of combining marks alone is not read anew with each piece. The Stream-Safe
 * Text Format (UAX #15) allows 30 marks, which are 60 code units at most.
 */
const longestHeld = 64;

/**
 * Cuts text into characters as a reader sees them (extended grapheme clusters, UAX #29).
 *
 * The last one is held, because a mark, a joiner or the second half of a flag may still come; only behind a line feed
 * nothing can. A border between two clusters depends on nothing before the first of them, so it is enough to read on from there.
 */
export class GraphemeSplitter implements UnitSplitter {
  readonly #segmenter: Intl.Segmenter;
  readonly #emit: (piece: string) => void;
  #held = '';

  constructor(segmenter: Intl.Segmenter, emit: (piece: string) => void) {
    this.#segmenter = segmenter;
    this.#emit = emit;
  }

  get heldLength(): number {
    return this.#held.length;
  }

  add(piece: string): void {
    const text = this.#held + piece;
    this.#held = '';
    let last = '';
    for (const character of this.#charactersOf(text)) {
      if (last !== '') this.#emit(last);
      last = character;
    }
    if (last.endsWith('\n') || last.length > longestHeld) this.#emit(last);
    else this.#held = last;
  }

  flush(): void {
    const held = this.#held;
    this.#held = '';
    if (held !== '') this.#emit(held);
  }

  /** Most text needs no segmenter, which costs more than a microsecond a character. */
  #charactersOf(text: string): Iterable<string> {
    return simpleText.test(text) ? text : segmentsOf(this.#segmenter, text);
  }
}

function* segmentsOf(segmenter: Intl.Segmenter, text: string): Iterable<string> {
  for (const { segment } of segmenter.segment(text)) yield segment;
}

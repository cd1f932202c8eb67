/** Pieces are joined into one flat string when so many have come: V8's rope would keep every piece alive (29 bytes each). */
const blockSize = 256;

/**
 * Text built from many small pieces: O(1) amortised per piece, and 1 byte a Latin-1 character plus nothing per piece.
 *
 * A text that was read once stays readable at its old length while the buffer grows (`read(end)`).
 */
export class TextBuffer {
  #blocks = '';
  #pieces: string[] = [];
  /** Counted apart from `#pieces`, which a read joins into one. */
  #sinceFold = 0;
  #length = 0;

  /** In UTF-16 code units. */
  get length(): number {
    return this.#length;
  }

  append(piece: string): void {
    if (piece === '') return;
    this.#length += piece.length;
    this.#pieces.push(piece);
    if (++this.#sinceFold >= blockSize) this.#fold();
  }

  /** The text up to `end`; the whole when absent. */
  read(end = this.#length, start = 0): string {
    const text = this.#whole();
    return end === this.#length && start === 0 ? text : text.slice(start, end);
  }

  /** Nothing more will come: later reads of the whole give the same string object, so that it is held once. */
  seal(): void {
    this.#fold();
  }

  #whole(): string {
    if (this.#pieces.length === 0) return this.#blocks;
    if (this.#pieces.length > 1) this.#pieces = [this.#pieces.join('')];
    return this.#blocks + (this.#pieces[0] ?? '');
  }

  #fold(): void {
    // The block is a flat string of its own: a rope of blocks costs 20 bytes per 256 pieces.
    this.#blocks += this.#pieces.join('');
    this.#pieces = [];
    this.#sinceFold = 0;
  }
}

import { ValidationError } from '../../src/core/errors.js';
import type { TextMachine } from './text-channels.js';
import { type Found, type OpenMatch, type Search, TextFinder, type TextPattern, characterLength } from './text-finder.js';

export type { BoundedPattern, TextPattern } from './text-finder.js';

/** What stands in the place of a match: a text as it is, or a function of the match. */
export type TextReplacement = string | ((match: string) => string);

/** Long pieces are taken in slices, so that a search that fails never runs over more than this. */
const sliceLength = 4_096;

/** Made once per operator; has no state between two calls. */
export class TextReplacements {
  /** How much of the text before the held part is kept, for `^`, `\b` and lookbehinds. */
  readonly contextLength: number;
  readonly #finders: readonly TextFinder[];
  readonly #replacement: TextReplacement;

  constructor(operator: string, patterns: readonly TextPattern[], replacement: TextReplacement) {
    // For callers without types.
    if (typeof replacement !== 'string' && typeof (replacement as unknown) !== 'function') {
      throw new ValidationError(`${operator}: give a replacement: a text, or a function of the match.`);
    }
    this.#finders = patterns.map((pattern) => new TextFinder(operator, pattern));
    this.contextLength = Math.max(...this.#finders.map((finder) => finder.contextLength));
    this.#replacement = replacement;
  }

  machine(emit: (piece: string) => void): TextMachine {
    return new TextReplacer(this, emit);
  }

  /** Of a whole text. */
  replaceIn(text: string): string {
    let result = '';
    const machine = this.machine((piece) => (result += piece));
    machine.add(text);
    machine.flush();
    return result;
  }

  replace(match: string): string {
    return typeof this.#replacement === 'string' ? this.#replacement : this.#replacement(match);
  }

  /** For what comes first; of several matches that begin together for the longest. */
  search(text: string, isEnd: boolean): Search {
    const searches = this.#finders.map((finder) => (isEnd ? finder.searchLast(text) : finder.search(text)));
    const seen: Found[] = [];
    return (from) => {
      let first: Found = { index: Infinity };
      for (const [number, search] of searches.entries()) {
        const last = seen[number];
        const found = last === undefined || last.index < from ? search(from) : last;
        seen[number] = found;
        if (isBefore(found, first)) first = found;
      }
      return first;
    };
  }
}

/** Replaces matches in a text that comes in pieces; holds only what could still be part of a match. */
class TextReplacer implements TextMachine {
  readonly #replacements: TextReplacements;
  readonly #emit: (piece: string) => void;
  /** A little text that went out already, then what is held. */
  #text = '';
  #heldFrom = 0;
  /** What is held is read anew only when it may be decided: else each piece would cost as much as all before it. */
  #open: OpenMatch | undefined;
  #openLength = 0;

  constructor(replacements: TextReplacements, emit: (piece: string) => void) {
    this.#replacements = replacements;
    this.#emit = emit;
  }

  add(piece: string): void {
    let out = '';
    for (let start = 0; start < piece.length; ) {
      const end = sliceEnd(piece, start);
      const slice = piece.slice(start, end);
      this.#text += slice;
      this.#open = this.#text.length - this.#heldFrom <= this.#openLength ? this.#open?.(slice) : undefined;
      if (this.#open === undefined) out += this.#release(false);
      start = end;
    }
    if (out !== '') this.#emit(out);
  }

  flush(): void {
    const out = this.#release(true);
    this.#text = '';
    this.#heldFrom = 0;
    if (out !== '') this.#emit(out);
  }

  #release(isEnd: boolean): string {
    const text = this.#text;
    const search = this.#replacements.search(text, isEnd);
    let at = this.#heldFrom;
    let out = '';
    let found = search(at);
    while (found.match !== undefined) {
      out += text.slice(at, found.index) + this.#replacements.replace(found.match);
      at = found.index + found.match.length;
      found = search(at);
    }
    const { index, open, maxLength = 0 } = found;
    const keepFrom = Math.max(0, index - this.#replacements.contextLength);
    this.#text = text.slice(keepFrom);
    this.#heldFrom = index - keepFrom;
    this.#open = open;
    this.#openLength = maxLength;
    return out + text.slice(at, index);
  }
}

/** What is undecided goes before a match at the same place: it may become the longer one. */
function isBefore(found: Found, other: Found): boolean {
  if (found.index !== other.index) return found.index < other.index;
  if (found.match === undefined || other.match === undefined) return found.match === undefined && other.open === undefined;
  return found.match.length > other.match.length;
}

function sliceEnd(piece: string, start: number): number {
  const end = Math.min(start + sliceLength, piece.length);
  return end < piece.length && characterLength(piece, end - 1) === 2 ? end + 1 : end;
}

import { ValidationError } from '../../src/core/errors.js';
import { type Loop, type PartialPattern, partialPattern, undecidedFrom, unknown } from './partial-pattern.js';

/** What is looked for: a text as it stands, or a pattern with the length of its longest match. */
export type TextPattern = string | BoundedPattern;

/** A regular expression for a text that has no end yet. */
export interface BoundedPattern {
  /** Every match counts, with or without the flag g. */
  readonly pattern: RegExp;
  /**
   * The longest match, in UTF-16 code units, with what its lookarounds look at. No more than this is ever held; a match that
   * would be longer is decided on this many characters and one more.
   */
  readonly maxLength: number;
}

/** Takes the piece that came; undefined when a match that was open may be so no more. */
export type OpenMatch = (piece: string) => OpenMatch | undefined;

/** What comes first in a text: a match, or with no `match` the place from where on more text decides. */
export interface Found {
  readonly index: number;
  readonly match?: string;
  /** Follows the match that may begin here at no more cost than the text that comes. */
  readonly open?: OpenMatch | undefined;
  /** How long the text may become from here before it is decided in any case. */
  readonly maxLength?: number;
}

/** Looks in one text, from ever later places. */
export type Search = (from: number) => Found;

/** A pattern made ready: where it matches, and where it might yet. */
export class TextFinder {
  readonly #find: RegExp;
  readonly #findHere: RegExp;
  readonly #partial: PartialPattern;
  readonly #maxLength: number;
  /** How much of the text before the place in question it may look at. */
  readonly contextLength: number;

  constructor(operator: string, given: TextPattern) {
    const bounded = typeof given === 'string' ? literal(given) : given;
    if (!isBounded(bounded)) {
      throw new ValidationError(
        `${operator}: look for a text that is not empty, or state the longest match of a pattern: { pattern: /…/, maxLength: 64 }.`,
      );
    }
    const { pattern, maxLength } = bounded;
    const flags = pattern.flags.replace(/[gyd]/g, '');
    this.#find = new RegExp(pattern.source, `${flags}g`);
    this.#findHere = new RegExp(pattern.source, `${flags}y`);
    this.#partial = partialPattern(pattern);
    this.#maxLength = maxLength;
    this.contextLength = /\(\?<[=!]/.test(pattern.source) ? Math.max(2, maxLength) : 2;
  }

  /** In a text that goes on. */
  search(text: string): Search {
    if (this.#partial.isExact) {
      const reading = text + unknown;
      return (from) => this.#next(text, reading, from);
    }
    let undecided = -1;
    return (from) => {
      if (undecided < from) undecided = undecidedFrom(this.#partial, text, Math.max(from, text.length - this.#maxLength));
      const found = this.#match(text, from);
      return found.index < undecided ? found : { index: undecided };
    };
  }

  /** In a text that ends here. */
  searchLast(text: string): Search {
    return (from) => this.#match(text, from);
  }

  #match(text: string, from: number): Found {
    for (let at = from; at <= text.length; ) {
      const found = execFrom(this.#find, text, at);
      if (found === null) break;
      const match = this.#bounded(text, found.index, found[0]);
      if (match !== '') return { index: found.index, match };
      at = this.#after(text, found.index);
    }
    return { index: text.length };
  }

  #next(text: string, reading: string, from: number): Found {
    const { search, loops } = this.#partial;
    for (let at = from; ; ) {
      const found = execFrom(search, reading, at);
      if (found === null || found.index >= text.length) return { index: text.length };
      const { index } = found;
      const isOpen = index + found[0].length > text.length;
      if (isOpen && text.length - index <= this.#maxLength) {
        return { index, open: openMatch(found, text, loops, this.contextLength), maxLength: this.#maxLength };
      }
      const match = isOpen ? this.#within(text, index) : this.#bounded(text, index, found[0]);
      if (match !== '') return { index, match };
      at = this.#after(text, index);
    }
  }

  /** As `replaceAll` goes on behind an empty match. */
  #after(text: string, index: number): number {
    return index + (/[uv]/.test(this.#find.flags) ? characterLength(text, index) : 1);
  }

  #bounded(text: string, index: number, match: string): string {
    return match.length <= this.#maxLength ? match : this.#within(text, index);
  }

  /** The match as it would be if no more text had come than is waited for. */
  #within(text: string, index: number): string {
    this.#findHere.lastIndex = index;
    return this.#findHere.exec(text.slice(0, index + this.#maxLength + 1))?.[0] ?? '';
  }
}

/** From the last loop that the open path came to. All paths that come before it in the pattern's order have failed for good. */
function openMatch({ indices }: RegExpExecArray, text: string, loops: readonly Loop[], contextLength: number): OpenMatch | undefined {
  for (let number = loops.length; number > 0; number--) {
    const loop = loops[number - 1];
    // Without a place: a loop of an alternative that was not taken.
    const [from, to] = indices?.[number] ?? [Infinity, Infinity];
    if (loop?.run !== undefined && from <= text.length && to > text.length) return followRun(loop.run);
    if (loop?.rest !== undefined && to <= text.length) return followRest(loop.rest, loop.restLoops, text, to, contextLength);
  }
  return undefined;
}

function followRun(run: RegExp): OpenMatch {
  const follow: OpenMatch = (piece) => {
    run.lastIndex = 0;
    return run.test(piece) ? follow : undefined;
  };
  return follow;
}

function followRest(rest: RegExp, loops: readonly Loop[], text: string, at: number, contextLength: number): OpenMatch {
  const start = Math.max(0, at - contextLength);
  let tail = text.slice(start);
  const follow: OpenMatch = (piece) => {
    tail += piece;
    rest.lastIndex = at - start;
    const found = rest.exec(tail + unknown);
    if (found === null || found.index + found[0].length <= tail.length) return undefined;
    return openMatch(found, tail, loops, contextLength) ?? follow;
  };
  return follow;
}

/** Never before `from`: with the flag u a search from within a surrogate pair begins at the pair. */
function execFrom(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  const found = pattern.exec(text);
  if (found === null || found.index >= from) return found;
  pattern.lastIndex = from + 1;
  return pattern.exec(text);
}

export function characterLength(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

function literal(text: string): BoundedPattern {
  return { pattern: new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')), maxLength: text.length };
}

/** For callers without types too. */
function isBounded(given: unknown): given is BoundedPattern {
  if (typeof given !== 'object' || given === null || !('pattern' in given) || !('maxLength' in given)) return false;
  const { pattern, maxLength } = given;
  return pattern instanceof RegExp && Number.isInteger(maxLength) && Number(maxLength) >= 1;
}

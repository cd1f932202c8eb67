import { ValidationError } from '../../src/core/errors.js';
import { partialPattern, undecidedFrom } from './partial-pattern.js';
import type { TextMachine } from './text-channels.js';

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

/** What stands in the place of a match: a text as it is, or a function of the match. */
export type TextReplacement = string | ((match: string) => string);

/** A pattern made ready: where it matches, and where it might yet. */
interface Finder {
  readonly find: RegExp;
  readonly findHere: RegExp;
  readonly partial: RegExp;
  readonly maxLength: number;
}

interface Match {
  readonly index: number;
  readonly text: string;
}

/** Long pieces are taken in slices, so that a search that fails never runs over more than this. */
const sliceLength = 4_096;

/** Made once per operator; has no state between two calls. */
export class TextReplacements {
  readonly finders: readonly Finder[];
  /** How much of the text before the held part is kept, for `^`, `\b` and lookbehinds. */
  readonly contextLength: number;
  readonly #replacement: TextReplacement;

  constructor(operator: string, patterns: readonly TextPattern[], replacement: TextReplacement) {
    // For callers without types.
    if (typeof replacement !== 'string' && typeof (replacement as unknown) !== 'function') {
      throw new ValidationError(`${operator}: give a replacement: a text, or a function of the match.`);
    }
    this.finders = patterns.map((pattern) => createFinder(operator, pattern));
    this.contextLength = Math.max(
      2,
      ...this.finders.map(({ find, maxLength }) => (/\(\?<[=!]/.test(find.source) ? maxLength : 0)),
    );
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

  /** The first match; of several that begin together the longest. */
  firstMatch(text: string, from: number): Match | undefined {
    let first: Match | undefined;
    for (const finder of this.finders) {
      const match = findFrom(finder, text, from);
      if (match === undefined || (first !== undefined && match.index > first.index)) continue;
      if (first === undefined || match.index < first.index || match.text.length > first.text.length) first = match;
    }
    return first;
  }

  /** From here on more text may still change what matches. */
  undecidedFrom(text: string, from: number): number {
    return Math.min(
      ...this.finders.map(({ partial, maxLength }) => undecidedFrom(partial, text, Math.max(from, text.length - maxLength))),
    );
  }
}

/** Replaces matches in a text that comes in pieces; holds only what could still be part of a match. */
class TextReplacer implements TextMachine {
  readonly #replacements: TextReplacements;
  readonly #emit: (piece: string) => void;
  /** A little text that went out already, then what is held. */
  #text = '';
  #heldFrom = 0;

  constructor(replacements: TextReplacements, emit: (piece: string) => void) {
    this.#replacements = replacements;
    this.#emit = emit;
  }

  add(piece: string): void {
    let out = '';
    for (let start = 0; start < piece.length; ) {
      const end = sliceEnd(piece, start);
      this.#text += piece.slice(start, end);
      out += this.#release(false);
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
    let at = this.#heldFrom;
    let out = '';
    let undecided = -1;
    for (;;) {
      if (undecided < at) undecided = isEnd ? text.length : this.#replacements.undecidedFrom(text, at);
      const match = this.#replacements.firstMatch(text, at);
      if (match === undefined || match.index >= undecided) break;
      out += text.slice(at, match.index) + this.#replacements.replace(match.text);
      at = match.index + match.text.length;
    }
    out += text.slice(at, undecided);
    const keepFrom = Math.max(0, undecided - this.#replacements.contextLength);
    this.#text = text.slice(keepFrom);
    this.#heldFrom = undecided - keepFrom;
    return out;
  }
}

function findFrom({ find, findHere, maxLength }: Finder, text: string, from: number): Match | undefined {
  for (let at = from; at <= text.length; ) {
    find.lastIndex = at;
    const found = find.exec(text);
    if (found === null) return undefined;
    const { index } = found;
    const match = found[0].length <= maxLength ? found[0] : matchWithin(findHere, text, index, maxLength);
    if (match !== '') return { index, text: match };
    at = index + characterLength(text, index);
  }
  return undefined;
}

/** The match as it would be if no more text had come than is waited for. */
function matchWithin(findHere: RegExp, text: string, index: number, maxLength: number): string {
  findHere.lastIndex = index;
  return findHere.exec(text.slice(0, index + maxLength + 1))?.[0] ?? '';
}

function createFinder(operator: string, given: TextPattern): Finder {
  const bounded = typeof given === 'string' ? literal(given) : given;
  if (!isBounded(bounded)) {
    throw new ValidationError(
      `${operator}: look for a text that is not empty, or state the longest match of a pattern: { pattern: /…/, maxLength: 64 }.`,
    );
  }
  const { pattern, maxLength } = bounded;
  const flags = pattern.flags.replace(/[gyd]/g, '');
  return {
    find: new RegExp(pattern.source, `${flags}g`),
    findHere: new RegExp(pattern.source, `${flags}y`),
    partial: partialPattern(pattern),
    maxLength,
  };
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

function characterLength(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

function sliceEnd(text: string, start: number): number {
  const end = Math.min(start + sliceLength, text.length);
  return end < text.length && characterLength(text, end - 1) === 2 ? end + 1 : end;
}

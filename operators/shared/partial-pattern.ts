/** Stands behind the text that has come, for the text that has not: no character of Unicode. */
export const unknown = '\uFFFF';
/** The end of the input in every mode; `$` is the end of a line with the flag m. */
const end = '(?![^])';
/** The unknown, or the end behind it. Here, and nowhere else, a path reads more than has come. */
const more = `${unknown}?${end}`;
/** Any way to go on: for what is not worth deciding. */
const anything = '[^]*?';

/**
 * The same pattern, for a text that has `unknown` behind it.
 *
 * Each atom may also match the unknown, and everything behind that matches at the end: `ab` becomes `(?:a|U?$)(?:b|U?$)`. The
 * first path that the engine finds, in the pattern's own order, says what is known. When it ends before the unknown it is
 * the match, whatever comes. When it ends behind the unknown, what comes decides.
 */
export interface PartialPattern {
  /**
   * Whether the first path says what is known. A pattern with back references, or one that cannot be rewritten, only says
   * where some path could end behind the unknown; it may say so too long, never too short.
   */
  readonly isExact: boolean;
  readonly search: RegExp;
  /** In the order of the capturing groups of `search`: each captures what its loop took. */
  readonly loops: readonly Loop[];
}

/** A quantifier without an upper bound, from where a match that is open can be followed without a look at its beginning. */
export interface Loop {
  /** A greedy loop of one character: the match stays open while this matches what comes. */
  readonly run?: RegExp;
  /** A lazy loop: from behind what it took to the end of the pattern. */
  readonly rest?: RegExp;
  /** Of `rest`, as `loops` of `search`. */
  readonly restLoops: readonly Loop[];
}

export function partialPattern(pattern: RegExp): PartialPattern {
  const flags = pattern.flags.replace(/[gyd]/g, '');
  try {
    // With the flag v a class may match several characters.
    if (!pattern.flags.includes('v')) return rewritten(pattern, flags);
  } catch {
    // No syntax that the rewriter knows; every RegExp that it can build is one.
  }
  return { isExact: false, search: new RegExp(`[^]*${end}`, `${flags}g`), loops: [] };
}

/** Where the first path begins that ends behind the unknown, in a pattern that is not exact; the text's length when none does. */
export function undecidedFrom({ search }: PartialPattern, text: string, from: number): number {
  search.lastIndex = from;
  return Math.min(search.exec(text + unknown)?.index ?? text.length, text.length);
}

function rewritten(pattern: RegExp, flags: string): PartialPattern {
  const isExact = !new Rewriter(pattern, true).hasReferences;
  const { source, loops } = new Rewriter(pattern, isExact).result;
  if (!isExact) return { isExact, search: new RegExp(`(?:${source})${end}`, `${flags}g`), loops: [] };
  const made = new Map<Draft, Loop>();
  const make = (draft: Draft): Loop => {
    const { run, rest, following } = draft;
    const loop = {
      ...(run !== undefined && { run: new RegExp(`(?:${run})*${end}`, `${flags}y`) }),
      ...(rest !== undefined && { rest: new RegExp(rest, `${flags}dy`) }),
      restLoops: [] as Loop[],
    };
    made.set(draft, loop);
    if (rest !== undefined) loop.restLoops.push(loop, ...following.map((other) => made.get(other) ?? make(other)));
    return loop;
  };
  return { isExact, search: new RegExp(source, `${flags}dg`), loops: loops.map((draft) => made.get(draft) ?? make(draft)) };
}

/** A loop while the pattern is read: `rest` grows with each term behind it. */
interface Draft {
  run?: string | undefined;
  rest?: string;
  readonly following: Draft[];
}

interface Part {
  readonly source: string;
  readonly loops: readonly Draft[];
}

const assertion = /\\[bB]|\$/y;
const reference = /\\(?:[1-9]\d*|k<[^>]*>)/y;
const atom = /\\(?:u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|0[0-7]{0,2}|[^])|\[(?:\\[^]|[^\]\\])*\]|[^]/y;
const unicodeAtom = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\(?:u\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|[pP]\{[^}]*\}|[^])|\[(?:\\[^]|[^\]\\])*\]|[^]/uy;
const quantifier = /(?:[*+?]|\{\d+(?:,\d*)?\})\??/y;
const groupStart = /\((?:\?(?:<(?![=!])[^>]*>|[a-z-]*:|<?[=!]))?/y;

/** Reads a pattern's source once, from left to right. */
class Rewriter {
  readonly result: Part;
  hasReferences = false;
  readonly #source: string;
  readonly #atom: RegExp;
  readonly #isExact: boolean;
  #at = 0;
  #depth = 0;

  constructor({ source, unicode }: RegExp, isExact: boolean) {
    this.#source = source;
    this.#atom = unicode ? unicodeAtom : atom;
    this.#isExact = isExact;
    this.result = this.#alternatives(true);
  }

  /** Up to the end, or to the `)` that closes the group. Nothing captures but the loops, and these where they are followed. */
  #alternatives(isFollowed: boolean): Part {
    let source = '';
    const loops: Draft[] = [];
    let before: Draft[] = [];
    while (this.#isInside()) {
      if (this.#take(/\|/y) !== undefined) {
        source += '|';
        before = [];
        continue;
      }
      const part = this.#term(isFollowed);
      source += part.source;
      for (const loop of before) {
        loop.rest = `${loop.rest ?? ''}${part.source}`;
        loop.following.push(...part.loops);
      }
      before.push(...part.loops.filter(({ rest }) => rest !== undefined));
      loops.push(...part.loops);
    }
    return { source, loops };
  }

  #term(isFollowed: boolean): Part {
    const start = this.#take(groupStart);
    if (start !== undefined) return this.#repeated(this.#group(start, isFollowed), isFollowed);
    if (this.#take(/\^/y) !== undefined) return plain(`(?:^|${end})`);
    const look = this.#take(assertion);
    if (look !== undefined) return plain(lookingOn(look));
    if (this.#take(reference) !== undefined) {
      this.hasReferences = true;
      this.#take(quantifier);
      return plain(anything);
    }
    const one = this.#one();
    return this.#repeated(plain(`(?:${one}|${more})`), isFollowed, one);
  }

  /** With its quantifier. In a term that is repeated no rest is known: what is behind a loop may be the loop again. */
  #repeated(part: Part, isFollowed: boolean, one?: string): Part {
    const times = this.#take(quantifier);
    if (times === undefined) return part;
    for (const loop of part.loops) delete loop.rest;
    const source = part.source + times;
    const isLazy = times.length > 1 && times.endsWith('?');
    if (!isFollowed || !/^(?:[*+]|\{\d+,\})/.test(times) || (!isLazy && one === undefined)) return { ...part, source };
    const loop: Draft = isLazy ? { rest: `(${part.source}*?)`, following: [...part.loops] } : { run: one, following: [] };
    return { source: `(${source})`, loops: [loop, ...part.loops] };
  }

  #group(start: string, isFollowed: boolean): Part {
    if (start === '(?<=' || start === '(?<!') return plain(this.#lookbehind(start));
    const isLook = start === '(?=' || start === '(?!';
    // A lookahead is asked in two or three ways, one in it four to nine times.
    if (isLook && ++this.#depth > 2) throw new SyntaxError('lookaheads in lookaheads in lookaheads');
    // What is behind a group with flags of its own is read without them.
    const part = this.#alternatives(isFollowed && !isLook && !/[a-z-]:/.test(start));
    this.#at++;
    if (isLook) this.#depth--;
    else return { ...part, source: `${start.endsWith(':') ? start : '(?:'}${part.source})` };
    const isOpen = `(?=(?:${part.source})${end})[^]*${end}`;
    const isMet = `(?:${part.source})(?!${end})`;
    if (start === '(?=') return plain(`(?:(?=${isMet})|${isOpen})`);
    return plain(this.#isExact ? `(?:(?!${part.source})|(?!${isMet})${isOpen})` : `(?:${isOpen}|)`);
  }

  /** What has come does not change, so it stays as it is; behind the unknown it holds. */
  #lookbehind(start: string): string {
    const from = this.#at;
    const source = this.#behind();
    const looksOn = /\\[bB]|\$/.test(this.#source.slice(from, this.#at));
    this.#at++;
    return looksOn ? lookingOn(`${start}${source})`) : `(?:${start}${source})|${end})`;
  }

  /** The same without capturing groups. */
  #behind(): string {
    let result = '';
    while (this.#isInside()) {
      const start = this.#take(groupStart);
      if (start === undefined) {
        if (this.#take(reference) !== undefined) throw new SyntaxError('a back reference in a lookbehind');
        result += this.#take(quantifier) ?? this.#one();
        continue;
      }
      if (/[=!]$/.test(start)) throw new SyntaxError('a lookaround in a lookbehind');
      result += `${start.endsWith(':') ? start : '(?:'}${this.#behind()})`;
      this.#at++;
    }
    return result;
  }

  #one(): string {
    const one = this.#take(this.#atom) ?? '';
    if (one === '\\c') throw new SyntaxError('a backslash that escapes nothing');
    return one;
  }

  #isInside(): boolean {
    return this.#at < this.#source.length && this.#source[this.#at] !== ')';
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

/** A test of the next character too: before the unknown it is open. */
function lookingOn(test: string): string {
  return `(?:${more}|(?!${more})${test})`;
}

function plain(source: string): Part {
  return { source, loops: [] };
}

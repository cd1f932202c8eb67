/** Stands behind the text that has come, for the text that has not: no character of Unicode. */
const unknown = '\uFFFF';
/** The end of the input in every mode; `$` is the end of a line with the flag m. */
const end = '(?![^])';
/** Any way to go on: for what is not worth deciding. */
const anything = '[^]*?';

/**
 * The same pattern with another question: could a match that begins here still be decided by what comes next?
 *
 * Each atom of the pattern may also match the unknown, and everything behind that matches at the end: `abc` becomes
 * `(?:a|U|$)(?:b|U|$)(?:c|U|$)$`, to be run over the text with `unknown` behind it. It matches only where some path wanted
 * to read further. Back references, and what stands behind a lookahead, may be taken for undecided too long, never too
 * short. Groups capture nothing here. A pattern that cannot be rewritten counts as undecided everywhere.
 */
export function partialPattern(pattern: RegExp): RegExp {
  const flags = `${pattern.flags.replace(/[gyd]/g, '')}g`;
  try {
    // With the flag v a class may match several characters.
    if (!pattern.flags.includes('v')) return new RegExp(`(?:${new Rewriter(pattern).rewrite()})${end}`, flags);
  } catch {
    // No syntax that the rewriter knows; every RegExp that it can build is one.
  }
  return new RegExp(`[^]*${end}`, flags);
}

/** Where the first match begins that is still undecided; the text's length when there is none. */
export function undecidedFrom(partial: RegExp, text: string, from: number): number {
  partial.lastIndex = from;
  return Math.min(partial.exec(text + unknown)?.index ?? text.length, text.length);
}

const assertion = /\\[bB]/y;
const reference = /\\(?:[1-9]\d*|k<[^>]*>)/y;
const atom = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\(?:u\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|[pP]\{[^}]*\}|[^])|\[(?:\\[^]|[^\]\\])*\]/y;
const quantifier = /(?:[*+?]|\{\d+(?:,\d*)?\})\??/y;
const groupStart = /\((?:\?(?:<(?![=!])[^>]*>|[a-z-]*:|<?[=!]))?/y;

/** Reads a pattern's source once, from left to right. */
class Rewriter {
  readonly #source: string;
  readonly #isUnicode: boolean;
  #at = 0;

  constructor({ source, unicode }: RegExp) {
    this.#source = source;
    this.#isUnicode = unicode;
  }

  /** Up to the end, or to the `)` that closes the group. */
  rewrite(): string {
    let result = '';
    while (this.#at < this.#source.length && this.#source[this.#at] !== ')') {
      const before = this.#take(/[|^]/y);
      result += before ?? this.#term() + (this.#take(quantifier) ?? '');
    }
    return result;
  }

  #term(): string {
    const start = this.#take(groupStart);
    if (start !== undefined) return this.#group(start);
    const zeroWidth = this.#take(assertion) ?? this.#take(/\$/y);
    if (zeroWidth !== undefined) return `(?:${zeroWidth}|${unknown}|${end})`;
    if (this.#take(reference) !== undefined) return anything;
    const one = this.#take(atom) ?? this.#take(this.#isUnicode ? /[^]/uy : /[^]/y) ?? '';
    return `(?:${one}|${unknown}|${end})`;
  }

  #group(start: string): string {
    const from = this.#at;
    const inner = this.rewrite();
    const source = this.#source.slice(from, this.#at);
    this.#at++;
    switch (start) {
      case '(?=':
        return `(?:(?=${inner})|(?=(?:${inner})${end})[^]*)`;
      case '(?!':
        return `(?:(?=(?:${inner})${end})[^]*|)`;
      case '(?<=':
      case '(?<!':
        // What has come does not change.
        return `${start}${source})`;
      default:
        return start.endsWith(':') ? `${start}${inner})` : `(?:${inner})`;
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

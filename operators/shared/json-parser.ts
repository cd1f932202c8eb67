import { OpenContainer, type OpenValue } from './json-snapshot.js';
import { JsonString } from './json-string.js';
import { skip } from './sticky.js';

/** What the next character belongs to (RFC 8259). */
type Place =
  | 'lead' // before the value
  | 'value'
  | 'first-element' // a value or `]`
  | 'first-key' // a key or `}`
  | 'key'
  | 'colon'
  | 'after-entry' // `,` or the end of the container
  | 'string'
  | 'bare' // a number, true, false or null
  | 'end';

/** Deeper nesting than any schema has; each level is copied for each snapshot. */
const maxDepth = 128;

const whitespace = /[ \t\n\r]*/y;
const bareText = /[^ \t\n\r,\]}]*/y;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const literals: ReadonlyMap<string, unknown> = new Map<string, unknown>([['true', true], ['false', false], ['null', null]]);

/**
 * Reads the first JSON object or array of a text that comes in pieces; text around it (a code fence) is passed over.
 *
 * `value` is the value as far as it goes at any time: strings grow, numbers and literals are there when they are complete.
 * Each character is read once. The whole is what `JSON.parse` makes of it. A state machine without rxjs.
 */
export class JsonParser {
  /** Why the text is no JSON, in half a sentence; nothing more is read then. */
  problem: string | undefined;
  #place: Place = 'lead';
  readonly #stack: OpenContainer[] = [];
  #root: OpenValue | undefined;
  #string = new JsonString();
  #isKey = false;
  /** A number or a literal, as far as it came. */
  #token = '';
  #readCount = 0;
  #hasChanged = false;

  get hasBegun(): boolean {
    return this.#place !== 'lead';
  }

  get isComplete(): boolean {
    return this.#root !== undefined;
  }

  /** The value as far as it goes: what is given out never changes; finished parts keep their identity. */
  get value(): unknown {
    if (this.#root !== undefined) return this.#root.value;
    let open: OpenValue | undefined;
    if (this.#place === 'string' && !this.#isKey) open = { value: this.#string.text };
    for (let level = this.#stack.length - 1; level >= 0; level--) {
      const container = this.#stack[level];
      if (container !== undefined) open = { value: container.snapshot(open) };
    }
    return open?.value;
  }

  /** How many entries of large open containers reading `value` copies now. */
  get snapshotCost(): number {
    let cost = 0;
    for (const container of this.#stack) cost += container.snapshotCost;
    return cost;
  }

  /** Takes the next piece; true when `value` has changed. */
  feed(piece: string): boolean {
    this.#hasChanged = false;
    let at = 0;
    while (at < piece.length && this.#place !== 'end' && this.problem === undefined) {
      const next = this.#read(piece, at);
      this.#readCount += next - at;
      at = next;
    }
    return this.#hasChanged;
  }

  /** Reads at least one character; returns where to go on. */
  #read(piece: string, at: number): number {
    switch (this.#place) {
      case 'lead':
        return this.#readLead(piece);
      case 'string':
        return this.#readString(piece, at);
      case 'bare':
        return this.#readBare(piece, at);
      default:
        return this.#readStructure(piece, at);
    }
  }

  /** A piece that brings no value is passed over whole, so this one is read from its beginning. */
  #readLead(piece: string): number {
    const start = piece.search(/[{[]/);
    if (start === -1) return piece.length;
    this.#open(piece.charAt(start));
    return start + 1;
  }

  #readStructure(piece: string, at: number): number {
    const start = skip(whitespace, piece, at);
    if (start === piece.length) return start;
    const character = piece.charAt(start);
    switch (this.#place) {
      case 'value':
        return this.#beginValue(piece, start);
      case 'first-element':
        if (character !== ']') return this.#beginValue(piece, start);
        this.#close();
        break;
      case 'first-key':
        if (character === '}') this.#close();
        else this.#beginKey(character);
        break;
      case 'key':
        this.#beginKey(character);
        break;
      case 'colon':
        if (character === ':') this.#place = 'value';
        else this.#fail('a key without a colon');
        break;
      default:
        this.#endEntry(character);
    }
    return start + 1;
  }

  #beginKey(character: string): void {
    if (character === '"') this.#beginString(true);
    else this.#fail('something other than a key in an object');
  }

  #endEntry(character: string): void {
    const isArray = this.#stack.at(-1)?.isArray === true;
    if (character === ',') this.#place = isArray ? 'value' : 'key';
    else if (character === (isArray ? ']' : '}')) this.#close();
    else this.#fail('something other than a comma or an end after a value');
  }

  #beginValue(piece: string, at: number): number {
    const character = piece.charAt(at);
    if (character === '"') {
      this.#beginString(false);
      this.#hasChanged = true;
      return at + 1;
    }
    if (character === '{' || character === '[') {
      this.#open(character);
      return at + 1;
    }
    if (!/[-0-9tfn]/.test(character)) {
      this.#fail('something other than a value');
      return at + 1;
    }
    this.#place = 'bare';
    this.#token = '';
    return this.#readBare(piece, at);
  }

  #beginString(isKey: boolean): void {
    this.#place = 'string';
    this.#isKey = isKey;
    this.#string = new JsonString();
  }

  #open(bracket: string): void {
    if (this.#stack.length === maxDepth) {
      this.#fail(`nesting of more than ${maxDepth} levels`);
      return;
    }
    const isArray = bracket === '[';
    this.#stack.push(new OpenContainer(isArray));
    this.#place = isArray ? 'first-element' : 'first-key';
    this.#hasChanged = true;
  }

  #close(): void {
    const container = this.#stack.pop();
    if (container !== undefined) this.#endValue(container.close());
  }

  #endValue(value: unknown): void {
    const parent = this.#stack.at(-1);
    if (parent === undefined) {
      this.#root = { value };
      this.#place = 'end';
      return;
    }
    parent.add(value);
    this.#place = 'after-entry';
  }

  #readString(piece: string, at: number): number {
    const string = this.#string;
    const before = string.length;
    const next = string.read(piece, at);
    if (string.length > before && !this.#isKey) this.#hasChanged = true;
    if (string.problem !== undefined) this.#fail(string.problem);
    if (string.isComplete) this.#endString(string.text);
    return next;
  }

  #endString(text: string): void {
    if (!this.#isKey) {
      this.#endValue(text);
      return;
    }
    const parent = this.#stack.at(-1);
    if (parent !== undefined) parent.key = text;
    this.#place = 'colon';
  }

  #readBare(piece: string, at: number): number {
    const end = skip(bareText, piece, at);
    this.#token += piece.slice(at, end);
    if (end === piece.length) return end;
    const token = this.#token;
    if (literals.has(token)) this.#endValue(literals.get(token));
    else if (number.test(token)) this.#endValue(Number(token));
    else this.#fail('something that is no number, true, false or null');
    this.#hasChanged = true;
    return end;
  }

  #fail(what: string): void {
    this.problem = `${what} near character ${this.#readCount + 1} of the text`;
  }
}

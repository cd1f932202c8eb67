import { TextBuffer } from '../../src/core/text-buffer.js';
import { skip } from './sticky.js';

/** What the next character of a string belongs to: the text, an escape after a backslash, the digits after `\u`. */
type Place = 'text' | 'escape' | 'unicode';

const plainText = /[^"\\\u0000-\u001f]*/y;
const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** A JSON string that comes in pieces, read from behind its opening quote. A state machine without rxjs. */
export class JsonString {
  /** Why it is no JSON. */
  problem: string | undefined;
  /** The closing quote has come. */
  isComplete = false;
  readonly #buffer = new TextBuffer();
  #place: Place = 'text';
  #digits = '';
  /** The first half of a character outside the basic plane, until the second comes. */
  #highSurrogate = '';

  /** The text so far; never ends in half a character before the string does. */
  get text(): string {
    return this.#buffer.read();
  }

  /** In UTF-16 code units, without joining the text. */
  get length(): number {
    return this.#buffer.length;
  }

  /** Reads at least one character; returns where to go on. */
  read(piece: string, at: number): number {
    switch (this.#place) {
      case 'text':
        return this.#readText(piece, at);
      case 'escape':
        this.#readEscape(piece.charAt(at));
        return at + 1;
      case 'unicode':
        this.#readDigit(piece.charAt(at));
        return at + 1;
      default:
        this.#place satisfies never;
        return piece.length;
    }
  }

  #readText(piece: string, at: number): number {
    const end = skip(plainText, piece, at);
    this.#append(piece.slice(at, end));
    if (end === piece.length) return end;
    const character = piece.charAt(end);
    if (character === '"') this.#complete();
    else if (character === '\\') this.#place = 'escape';
    else this.problem = 'a control character in a string';
    return end + 1;
  }

  #complete(): void {
    this.#buffer.append(this.#highSurrogate);
    this.#buffer.seal();
    this.isComplete = true;
  }

  #readEscape(character: string): void {
    const escaped = escapes[character];
    this.#place = character === 'u' ? 'unicode' : 'text';
    this.#digits = '';
    if (escaped !== undefined) this.#append(escaped);
    else if (character !== 'u') this.problem = 'an unknown escape in a string';
  }

  #readDigit(character: string): void {
    this.#digits += character;
    if (!/^[0-9a-fA-F]$/.test(character)) this.problem = 'a \\u escape without four hexadecimal digits';
    if (this.#digits.length < 4) return;
    this.#place = 'text';
    this.#append(String.fromCharCode(parseInt(this.#digits, 16)));
  }

  #append(text: string): void {
    if (text === '') return;
    const whole = this.#highSurrogate + text;
    const last = whole.charCodeAt(whole.length - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    this.#highSurrogate = isHalf ? whole.slice(-1) : '';
    this.#buffer.append(isHalf ? whole.slice(0, -1) : whole);
  }
}

import type { UnitSplitter } from './typewriter.js';

/** What a character means for the end of a word. */
type CharacterKind = 'space' | 'mark' | 'other';

const space = /\s/;
/** Closing marks of the scripts that set no spaces; an opening one begins the next word. */
const mark = /[、。〉》」』】〕〗〙〛！），．：；？］｝]/;
/** Scripts that set no spaces between words. */
const spaceless = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/**
 * Cuts text into words: what stands between white space, and the one white space character behind it.
 *
 * White space ends a word at once. Text without spaces is cut at its closing marks and handed to `Intl.Segmenter`, whose
 * words are found by dictionary and certain only when the clause is whole. Each character is looked at once.
 */
export class WordSplitter implements UnitSplitter {
  readonly #segmenter: Intl.Segmenter;
  readonly #emit: (piece: string) => void;
  #held = '';
  #hasWord = false;
  #afterMark = false;

  constructor(segmenter: Intl.Segmenter, emit: (piece: string) => void) {
    this.#segmenter = segmenter;
    this.#emit = emit;
  }

  get heldLength(): number {
    return this.#held.length;
  }

  add(piece: string): void {
    let start = 0;
    for (let index = 0; index < piece.length; index++) {
      const kind = kindOf(piece.charCodeAt(index));
      const endsBefore = this.#afterMark && kind === 'other';
      const endsAfter = kind === 'space' && this.#hasWord;
      this.#afterMark = kind === 'mark';
      if (kind !== 'space') this.#hasWord = true;
      if (!endsBefore && !endsAfter) continue;
      const end = endsAfter ? index + 1 : index;
      this.#release(piece.slice(start, end));
      start = end;
      this.#hasWord = endsBefore;
    }
    this.#held += piece.slice(start);
  }

  flush(): void {
    this.#release('');
    this.#hasWord = false;
    this.#afterMark = false;
  }

  #release(end: string): void {
    const text = this.#held + end;
    this.#held = '';
    if (spaceless.test(text)) this.#emitSegments(text);
    else if (text !== '') this.#emit(text);
  }

  /** Marks and white space go with the word before them. */
  #emitSegments(text: string): void {
    let word = '';
    let hasWord = false;
    for (const { segment, isWordLike } of this.#segmenter.segment(text)) {
      if (isWordLike && hasWord) {
        this.#emit(word);
        word = '';
      }
      word += segment;
      hasWord ||= isWordLike === true;
    }
    if (word !== '') this.#emit(word);
  }
}

function kindOf(code: number): CharacterKind {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d) ? 'space' : 'other';
  const character = String.fromCharCode(code);
  if (space.test(character)) return 'space';
  return mark.test(character) ? 'mark' : 'other';
}

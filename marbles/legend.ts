import { type MarbleValues, chunkAlphabet } from './alphabet.js';
import { describeValue } from './describe.js';
import { equalValues } from './equality.js';
import { Run } from './runs.js';

const freeLetters = Array.from('ABCDEGHIJKLMNOPQSTUVWXYZαβγδεζηθικλμνξπρστυφχψω');

/** Gives every distinct value a letter: that of `values` or the chunk alphabet, else the next free one. */
export class Legend {
  readonly #known: [letter: string, value: unknown][];
  /** Letters that do not speak for themselves. */
  readonly #named: Set<string>;
  readonly #used = new Set<string>();
  /** Values that found no letter left, in the order in which they came. */
  readonly #nameless: unknown[] = [];
  readonly #errors: { readonly error: unknown; readonly names: Set<string> }[] = [];
  #hasLeaving = false;

  constructor(values: MarbleValues = {}) {
    this.#known = Object.entries({ ...chunkAlphabet, ...values });
    this.#named = new Set(Object.keys(values));
  }

  /** True when a value found no letter left. */
  get isExhausted(): boolean {
    return this.#nameless.length > 0;
  }

  /** `own` is the letter under which the writer of a diagram gave the value. */
  letterOf(value: unknown, own?: string): string {
    const letter = own ?? this.#known.find(([, other]) => equalValues(value, other))?.[0] ?? this.#newLetter(value);
    if (letter === undefined) {
      this.#nameless.push(value);
      return '●';
    }
    this.#used.add(letter);
    return letter;
  }

  #newLetter(value: unknown): string | undefined {
    const letter = freeLetters.find((free) => !this.#known.some(([taken]) => taken === free));
    if (letter === undefined) return undefined;
    this.#known.push([letter, value]);
    this.#named.add(letter);
    return letter;
  }

  /** `name` says whose error it is, where there are several. */
  errorMark(error: unknown, name: string): string {
    const known = this.#errors.find((other) => equalValues(error, other.error));
    if (known === undefined) this.#errors.push({ error, names: new Set([name]) });
    else known.names.add(name);
    return '#';
  }

  /** The subscriber left before the end. */
  leavingMark(): string {
    this.#hasLeaving = true;
    return '!';
  }

  /** What the letters mean that do not speak for themselves, and the errors. */
  lines(): readonly string[] {
    const values = this.#known.filter(([letter]) => this.#named.has(letter) && this.#used.has(letter));
    const nameOf = ({ names }: { readonly names: ReadonlySet<string> }): string => (this.#errors.length === 1 ? '' : ` (${[...names].join(', ')})`);
    return [
      ...values.map(([letter, value]) => `${letter} = ${describe(value)}`),
      ...this.#nameless.map((value, index) => `● ${index + 1} = ${describe(value)}`),
      ...this.#errors.map((entry) => `#${nameOf(entry)} = ${describe(entry.error)}`),
      ...(this.#hasLeaving ? ['! = unsubscribed'] : []),
    ];
  }
}

function describe(value: unknown): string {
  return value instanceof Run ? `${value.count} × ${describeValue(value.whole)}` : describeValue(value);
}

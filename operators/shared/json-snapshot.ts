/** Up to so many entries the copy of an open array or object counts as free. */
const freeEntries = 64;

/** A value whose end has not come, as far as it goes. */
export interface OpenValue {
  readonly value: unknown;
}

interface OpenMember extends OpenValue {
  readonly key: string;
}

/** An array or object whose end has not come: its finished entries, which never change again. */
export class OpenContainer {
  readonly isArray: boolean;
  /** The key whose value is being read; objects only. */
  key = '';
  readonly #keys: string[] = [];
  readonly #values: unknown[] = [];

  constructor(isArray: boolean) {
    this.isArray = isArray;
  }

  add(value: unknown): void {
    if (!this.isArray) this.#keys.push(this.key);
    this.#values.push(value);
  }

  /** All entries have come. */
  close(): unknown {
    return this.isArray ? this.#values : this.#fillObject({}, this.#values.length, undefined);
  }

  /** How many entries a snapshot copies; 0 for a small container. */
  get snapshotCost(): number {
    const count = this.#values.length;
    return count > freeEntries ? count : 0;
  }

  /** The container as it is now, unharmed by what comes later; `open` is the entry that is being read. */
  snapshot(open: OpenValue | undefined): object {
    if (this.isArray) return open === undefined ? [...this.#values] : [...this.#values, open.value];
    return this.#fillObject({}, this.#values.length, open && { key: this.key, value: open.value });
  }

  #fillObject(target: Record<string, unknown>, count: number, open: OpenMember | undefined): object {
    for (let index = 0; index < count; index++) define(target, this.#keys[index] ?? '', this.#values[index]);
    if (open !== undefined) define(target, open.key, open.value);
    return target;
  }
}

/** As `JSON.parse` does it: a repeated key takes the last value, and `__proto__` is a key like any other. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  else target[key] = value;
}

/** Up to so many entries an open array or object is copied for each snapshot: a bound on what one snapshot costs. */
const copiedEntries = 64;

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

  /**
   * The container as it is now, unharmed by what comes later; `open` is the entry that is being read.
   *
   * A large one is copied only when somebody looks into it, or an array that grows over a thousand chunks would be copied a
   * thousand times.
   */
  snapshot(open: OpenValue | undefined): object {
    const count = this.#values.length;
    if (this.isArray) {
      const fill = (target: unknown[]): unknown[] => this.#fillArray(target, count, open);
      return count <= copiedEntries ? fill([]) : filledWhenRead([], fill);
    }
    const { key } = this;
    const entry = open && { key, value: open.value };
    const fill = (target: Record<string, unknown>): object => this.#fillObject(target, count, entry);
    return count <= copiedEntries ? fill({}) : filledWhenRead({}, fill);
  }

  #fillArray(target: unknown[], count: number, open: OpenValue | undefined): unknown[] {
    for (let index = 0; index < count; index++) target.push(this.#values[index]);
    if (open !== undefined) target.push(open.value);
    return target;
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

/** `target`, which is filled when it is first looked at or changed. */
function filledWhenRead<T extends object>(target: T, fill: (target: T) => unknown): T {
  let isFilled = false;
  const filled = (): T => {
    if (!isFilled) {
      isFilled = true;
      fill(target);
    }
    return target;
  };
  return new Proxy(target, {
    get: (_, key) => Reflect.get(filled(), key) as unknown,
    set: (_, key, value) => Reflect.set(filled(), key, value),
    has: (_, key) => Reflect.has(filled(), key),
    ownKeys: () => Reflect.ownKeys(filled()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(filled(), key),
    defineProperty: (_, key, descriptor) => Reflect.defineProperty(filled(), key, descriptor),
    deleteProperty: (_, key) => Reflect.deleteProperty(filled(), key),
    preventExtensions: () => Reflect.preventExtensions(filled()),
  });
}

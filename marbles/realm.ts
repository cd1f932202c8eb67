import { isError } from '../src/core/is-error.js';

// Jest runs each test file in a realm of its own: what Node itself makes there (errors of `fetch`, `Response.json()`, `structuredClone`)
// has the prototypes of another realm, so neither `instanceof` nor identity says what such an object is.

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The name that the language gives an object: `Error`, `Map`, `URL` … */
export function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** An error of any realm. A `DOMException` is one too, but has a tag of its own. */
export function isAnyError(value: object): value is Error {
  return isError(value) || tagOf(value) === 'DOMException';
}

/** What a getter that throws has in place of a value. */
export class Unreadable {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** A field's value; never throws. */
export function readField(value: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(value, key);
  } catch (error) {
    return new Unreadable(error);
  }
}

/** The name of the class of the language whose prototype this is, in whichever realm; `undefined` for anybody else's class. */
function builtInName(prototype: unknown): string | undefined {
  if (!isObject(prototype)) return undefined;
  const maker = readField(prototype, 'constructor');
  if (typeof maker !== 'function' || maker.prototype !== prototype) return undefined;
  return Function.prototype.toString.call(maker).endsWith('{ [native code] }') ? maker.name : undefined;
}

/** Whether two objects are of the same class; a class of the language is the same in every realm. */
export function isSameClass(left: object, right: object): boolean {
  const one: unknown = Object.getPrototypeOf(left);
  const other: unknown = Object.getPrototypeOf(right);
  if (one === other) return true;
  const name = builtInName(one);
  return name !== undefined && name === builtInName(other);
}

/** What to call an object's class; `''` for a plain object. */
export function classNameOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return 'null-prototype';
  const maker = readField(value, 'constructor');
  const name = typeof maker === 'function' && maker.name !== '' ? maker.name : tagOf(value);
  return name === 'Object' ? '' : name;
}

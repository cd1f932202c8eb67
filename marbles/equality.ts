import { type Collection, bytesOf, fieldsOf, isCollection, isObject } from './fields.js';
import { show } from './show.js';

/** The shape that Jest and Vitest both ask instead of comparing. */
interface AsymmetricMatcher {
  /** Whether `actual` is accepted. */
  asymmetricMatch(actual: unknown): boolean;
}

function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return isObject(value) && 'asymmetricMatch' in value && typeof value.asymmetricMatch === 'function';
}

/** The pairs that are being compared further up. */
type OpenPairs = readonly (readonly [actual: object, expected: object])[];

/**
 * Deep equality for marble values: a chunk's `timestamp` and `metadata`, and an error's `cause` and `stack`, are left out;
 * matchers of Jest and Vitest are asked.
 */
export function equalValues(actual: unknown, expected: unknown, open: OpenPairs = []): boolean {
  if (isAsymmetric(expected)) return expected.asymmetricMatch(actual);
  if (Object.is(actual, expected)) return true;
  if (!isObject(actual) || !isObject(expected)) return false;
  // A value that contains itself: whoever compares this pair finds the difference.
  if (open.some(([left, right]) => left === actual && right === expected)) return true;
  if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return false;
  return equalObjects(actual, expected, [...open, [actual, expected]]);
}

/** Two objects of the same class. */
function equalObjects(actual: object, expected: object, open: OpenPairs): boolean {
  if (actual instanceof Date && expected instanceof Date) return Object.is(actual.getTime(), expected.getTime());
  const [bytes, expectedBytes] = [bytesOf(actual), bytesOf(expected)];
  if (bytes !== undefined && expectedBytes !== undefined) {
    return bytes.length === expectedBytes.length && bytes.every((byte, index) => byte === expectedBytes[index]);
  }
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length !== expected.length) return false;
  if (isCollection(actual) && isCollection(expected)) return equalCollections(actual, expected, open);
  const [left, right] = [fieldsOf(actual), fieldsOf(expected)];
  // Nothing can be seen of a Promise or of an object with private fields alone: it equals itself only.
  if (left.size === 0 && right.size === 0) return Array.isArray(actual) || isPlain(actual);
  return left.size === right.size && [...right].every(([key, value]) => left.has(key) && equalValues(left.get(key), value, open));
}

function isPlain(value: object): boolean {
  const type: unknown = Object.getPrototypeOf(value);
  return type === Object.prototype || type === null;
}

/** In any order, as a Map or a Set is asked. */
function equalCollections(actual: Collection, expected: Collection, open: OpenPairs): boolean {
  const rest = [...actual.entries()];
  for (const item of expected.entries()) {
    const index = rest.findIndex((other) => equalValues(other, item, open));
    if (index === -1) return false;
    rest.splice(index, 1);
  }
  return rest.length === 0;
}

/** A value that matches by some of its fields; made by `like`. */
export interface PartialMatcher extends AsymmetricMatcher {
  readonly fields: Readonly<Record<string, unknown>>;
  toString(): string;
}

/**
 * Matches any object whose named fields equal the given ones: for errors, snapshots and metrics, which carry more than a
 * diagram wants to say.
 *
 * @example
 * toBe('-a-#', {}, like({ name: 'StreamInterruptedError', reason: 'timeout', partialResponse: 'a' }));
 */
export function like(fields: Readonly<Record<string, unknown>>): PartialMatcher {
  return {
    fields,
    asymmetricMatch: (actual) =>
      isObject(actual) && Object.entries(fields).every(([key, value]) => equalValues(Reflect.get(actual, key), value)),
    toString: () => `like ${show(fields)}`,
  };
}

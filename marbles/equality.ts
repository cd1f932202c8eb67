import { isPlainObject } from '../src/core/plain-data.js';
import { type Contents, contentsOf } from './contents.js';
import { fieldsOf, ownFieldNames } from './fields.js';
import { isAnyError, isObject, isSameClass, readField, tagOf } from './realm.js';
import { show } from './show.js';

/** The shape that Jest and Vitest both ask instead of comparing. */
interface AsymmetricMatcher {
  /** Whether `actual` is accepted. */
  asymmetricMatch(actual: unknown): boolean;
}

export function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return isObject(value) && typeof readField(value, 'asymmetricMatch') === 'function';
}

/** The pairs that are being compared further up. */
type OpenPairs = (readonly [actual: object, expected: object])[];

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
  if (!isSameClass(actual, expected)) return false;
  open.push([actual, expected]);
  const areEqual = equalObjects(actual, expected, open);
  open.pop();
  return areEqual;
}

/** Two objects of the same class. */
function equalObjects(actual: object, expected: object, open: OpenPairs): boolean {
  const contents = contentsOf(actual);
  if (!equalContents(contents, contentsOf(expected), open)) return false;
  // The fields of bytes are the bytes again.
  if (contents?.kind === 'bytes') return true;
  if (contents === undefined && !isSeen(actual)) return false;
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length !== expected.length) return false;
  const [left, right] = [fieldsOf(actual), fieldsOf(expected)];
  return left.size === right.size && [...right].every(([key, value]) => left.has(key) && equalValues(left.get(key), value, open));
}

function equalContents(actual: Contents | undefined, expected: Contents | undefined, open: OpenPairs): boolean {
  if (actual?.kind === 'primitive' && expected?.kind === 'primitive') return Object.is(actual.value, expected.value);
  if (actual?.kind === 'bytes' && expected?.kind === 'bytes') {
    return actual.bytes.length === expected.bytes.length && actual.bytes.every((byte, index) => byte === expected.bytes[index]);
  }
  if (actual?.kind !== 'items' || expected?.kind !== 'items') return actual === expected;
  if (actual.isOrdered) return actual.items.length === expected.items.length && expected.items.every((item, index) => equalValues(actual.items[index], item, open));
  return equalInAnyOrder(actual.items, expected.items, open);
}

/** As a Map or a Set is asked. */
function equalInAnyOrder(actual: readonly unknown[], expected: readonly unknown[], open: OpenPairs): boolean {
  const rest = [...actual];
  for (const item of expected) {
    const index = rest.findIndex((other) => equalValues(other, item, open));
    if (index === -1) return false;
    rest.splice(index, 1);
  }
  return rest.length === 0;
}

/** Classes whose getters say everything. */
const toldByGetters: ReadonlySet<string> = new Set(['RegExp', 'URL']);

/** Of a Promise, a Blob, or an object with private fields alone nothing can be seen: it equals itself only. */
function isSeen(value: object): boolean {
  return Array.isArray(value) || isPlainObject(value) || isAnyError(value) || toldByGetters.has(tagOf(value)) || ownFieldNames(value).length > 0;
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
    asymmetricMatch: (actual) => isObject(actual) && Object.entries(fields).every(([key, value]) => equalValues(readField(actual, key), value)),
    toString: () => `like ${show(fields)}`,
  };
}

/** True for what `like` made. */
export function isPartialMatcher(value: unknown): value is PartialMatcher {
  return isAsymmetric(value) && isObject(readField(value, 'fields'));
}

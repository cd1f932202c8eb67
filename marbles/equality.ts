import type { StreamChunk } from '../src/core/chunk.js';

/** The shape that Jest and Vitest both ask instead of comparing. */
interface AsymmetricMatcher {
  /** Whether `actual` is accepted. */
  asymmetricMatch(actual: unknown): boolean;
}

function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return isObject(value) && typeof value['asymmetricMatch'] === 'function';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** True for one of our chunks, whoever made it. */
export function isChunk(value: unknown): value is StreamChunk {
  return isObject(value) && typeof value['type'] === 'string' && 'isFinal' in value && isObject(value['metadata']);
}

/** When a chunk came and in which run is not what it says. */
const notCompared = new Set(['timestamp', 'metadata']);

/** Own properties, and the getters of classes (a snapshot has little else); absent and `undefined` are the same. */
function fieldsOf(value: Readonly<Record<string, unknown>>): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  const skip = isChunk(value) ? notCompared : undefined;
  const add = (key: string): void => {
    if (!skip?.has(key) && value[key] !== undefined) fields.set(key, value[key]);
  };
  Object.keys(value).forEach(add);
  let type: unknown = Object.getPrototypeOf(value);
  for (; isObject(type) && type !== Object.prototype; type = Object.getPrototypeOf(type)) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(type))) if ('get' in descriptor) add(key);
  }
  return fields;
}

/** Deep equality for marble values: a chunk's `timestamp` and `metadata` are left out, matchers of Jest and Vitest are asked. */
export function equalValues(actual: unknown, expected: unknown, open: readonly unknown[] = []): boolean {
  if (isAsymmetric(expected)) return expected.asymmetricMatch(actual);
  if (Object.is(actual, expected)) return true;
  if (!isObject(actual) || !isObject(expected)) return false;
  // A value that contains itself: this pair is being compared further up.
  if (open.includes(actual)) return true;
  if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return false;
  if (actual instanceof Error && expected instanceof Error) {
    return actual.name === expected.name && actual.message === expected.message;
  }
  if (actual instanceof Date && expected instanceof Date) return actual.getTime() === expected.getTime();
  const left = fieldsOf(actual);
  const right = fieldsOf(expected);
  if (left.size !== right.size) return false;
  return [...right].every(([key, value]) => left.has(key) && equalValues(left.get(key), value, [...open, actual]));
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
      isObject(actual) && Object.entries(fields).every(([key, value]) => equalValues(actual[key], value)),
    toString: () => `like ${JSON.stringify(fields)}`,
  };
}

import { equalValues, isAsymmetric, isPartialMatcher } from './equality.js';
import { fieldsOf } from './fields.js';
import { isObject, isSameClass, readField } from './realm.js';
import { show } from './show.js';

/** A field, and what stands in it on both sides. */
interface Difference {
  readonly key: PropertyKey;
  readonly actual: unknown;
  readonly expected: unknown;
}

/** Values that contain themselves can be followed for ever. */
const longestPath = 20;

/** The fields in which two values differ; none where there is nothing to compare field by field. */
function differences(actual: unknown, expected: unknown): readonly Difference[] {
  if (!isObject(actual) || !isObject(expected)) return [];
  if (isPartialMatcher(expected)) return differing(Object.keys(expected.fields), (key) => readField(actual, key), (key) => readField(expected.fields, key));
  if (isAsymmetric(expected) || !isSameClass(actual, expected)) return [];
  const [left, right] = [fieldsOf(actual), fieldsOf(expected)];
  return differing(new Set([...right.keys(), ...left.keys()]), (key) => left.get(key), (key) => right.get(key));
}

function differing(keys: Iterable<PropertyKey>, actualOf: (key: PropertyKey) => unknown, expectedOf: (key: PropertyKey) => unknown): readonly Difference[] {
  return Array.from(keys, (key) => ({ key, actual: actualOf(key), expected: expectedOf(key) })).filter(({ actual, expected }) => !equalValues(actual, expected));
}

function showPath(path: readonly PropertyKey[]): string {
  return path.map((key, index) => (/^\d+$/.test(String(key)) ? `[${String(key)}]` : `${index === 0 ? '' : '.'}${String(key)}`)).join('');
}

/**
 * Says in which field two values that are not equal differ, or why it cannot be seen; `undefined` when `sayTheSame` is false and they
 * differ as a whole, so that whoever reads both sees it.
 */
export function whereTheyDiffer(actual: unknown, expected: unknown, sayTheSame: boolean): string | undefined {
  const path: PropertyKey[] = [];
  let [left, right] = [actual, expected];
  while (path.length < longestPath) {
    const found = differences(left, right);
    // A plain value before an object: it is the shorter way.
    const next = found.find((one) => !isObject(one.actual) || !isObject(one.expected)) ?? found[0];
    if (next === undefined) break;
    path.push(next.key);
    [left, right] = [next.actual, next.expected];
  }
  const [received, wanted] = [show(left), show(right)];
  // What a text says stands in the line above already.
  const isKnown = path.length === 0 || (path.length === 1 && path[0] === 'content');
  if (isKnown && !sayTheSame) return undefined;
  const place = path.length === 0 ? '' : `They differ in ${showPath(path)}: expected ${wanted}, received ${received}.`;
  if (received !== wanted) return place === '' ? `They differ: expected ${wanted}, received ${received}.` : place;
  return `${place === '' ? '' : `${place} `}Both look the same here: of functions, Promises and private fields nothing can be seen, and only the very same one is equal.`;
}

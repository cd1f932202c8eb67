/**
 * A copy of plain data, for code that may change what it is given: objects and arrays are new, all else is the same. What
 * cannot be copied (it holds itself, or is nested too deep) comes back as it is.
 */
export function copyOfData(value: unknown): unknown {
  try {
    return copied(value);
  } catch {
    return value;
  }
}

function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copied(field)]));
}

/** An object that a literal or `JSON.parse` made, of any realm. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

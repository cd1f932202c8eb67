/** True for a promise of any kind: one of another realm, zone.js's, or a foreign thenable. `instanceof Promise` misses those. */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** True for an Error, also one of another realm (a worker, a frame, Node's `vm`), where `instanceof` fails. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

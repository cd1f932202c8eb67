import type { StreamChunk } from '../src/core/chunk.js';
import { isStreamInterrupted, isValidationError } from '../src/core/errors.js';

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** True for one of our chunks, whoever made it. */
export function isChunk(value: unknown): value is StreamChunk {
  return isObject(value) && 'type' in value && typeof value.type === 'string' && 'isFinal' in value && 'metadata' in value && isObject(value.metadata);
}

/** Map, Set, Headers, URLSearchParams: what they hold is behind a method. */
export interface Collection {
  entries(): Iterable<unknown>;
}

export function isCollection(value: object): value is Collection {
  return !Array.isArray(value) && Symbol.iterator in value && 'entries' in value && typeof value.entries === 'function';
}

/** The bytes of a buffer or of a view of one. */
export function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

const nothing: ReadonlySet<PropertyKey> = new Set();
/** When a chunk came and in which run is not what it says. */
const notOfChunks: ReadonlySet<PropertyKey> = new Set(['timestamp', 'metadata']);
/** Where an error was made and what led to it differs between runs. */
const notOfErrors: ReadonlySet<PropertyKey> = new Set(['stack', 'cause']);
const notOfInterruptions: ReadonlySet<PropertyKey> = new Set(['stack', 'cause', 'streamId']);

function leftOut(value: object): ReadonlySet<PropertyKey> {
  if (isChunk(value)) return notOfChunks;
  if (isStreamInterrupted(value)) return notOfInterruptions;
  return value instanceof Error ? notOfErrors : nothing;
}

/** Fields that an error says although they are not enumerable. */
function hiddenFields(value: object): readonly string[] {
  if (isValidationError(value)) return ['name', 'message', 'partial'];
  if (value instanceof AggregateError) return ['name', 'message', 'errors'];
  return value instanceof Error ? ['name', 'message'] : [];
}

/**
 * What two values are compared by: own properties, and the getters of classes (a snapshot has little else).
 *
 * A field that is `undefined` is absent.
 */
export function fieldsOf(value: object): Map<PropertyKey, unknown> {
  const fields = new Map<PropertyKey, unknown>();
  const skip = leftOut(value);
  const add = (key: PropertyKey): void => {
    const field: unknown = skip.has(key) ? undefined : Reflect.get(value, key);
    if (field !== undefined) fields.set(key, field);
  };
  hiddenFields(value).forEach(add);
  Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key)).forEach(add);
  let type: unknown = Object.getPrototypeOf(value);
  for (; isObject(type) && type !== Object.prototype; type = Object.getPrototypeOf(type)) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(type))) if (descriptor.get !== undefined) add(key);
  }
  return fields;
}

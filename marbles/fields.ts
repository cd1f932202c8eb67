import { isStreamInterrupted, isValidationError } from '../src/core/errors.js';
import { isChunk } from './chunk-shape.js';
import { isAnyError, isObject, readField } from './realm.js';

const nothing: ReadonlySet<PropertyKey> = new Set();
/** When a chunk came and in which run is not what it says. */
const notOfChunks: ReadonlySet<PropertyKey> = new Set(['timestamp', 'metadata']);
/** Where an error was made and what led to it differs between runs. */
const notOfErrors: ReadonlySet<PropertyKey> = new Set(['stack', 'cause']);
const notOfInterruptions: ReadonlySet<PropertyKey> = new Set(['stack', 'cause', 'streamId']);

function leftOut(value: object): ReadonlySet<PropertyKey> {
  if (isChunk(value)) return notOfChunks;
  if (isStreamInterrupted(value)) return notOfInterruptions;
  return isAnyError(value) ? notOfErrors : nothing;
}

/** Fields that an error says although they are not enumerable. */
function hiddenFields(value: object): readonly string[] {
  if (isValidationError(value)) return ['name', 'message', 'partial'];
  return isAnyError(value) ? ['name', 'message', 'errors'] : [];
}

/** What an interruption's partial answer holds besides its text, which is `partialResponse`. When and in which run it came is left out. */
function restOfPartial(partial: unknown): object | undefined {
  if (!isObject(partial)) return undefined;
  const names = ['reasoningText', 'toolCalls', 'usage', 'finishReason', 'replay'];
  const held = names
    .map((name) => [name, readField(partial, name)] as const)
    .filter(([, field]) => field !== undefined && field !== '' && !(Array.isArray(field) && field.length === 0));
  return held.length === 0 ? undefined : Object.fromEntries(held);
}

/** Names of the getters of an object's classes, those that belong to every object left out. */
function getterNames(value: object): readonly string[] {
  const names: string[] = [];
  // Only the `Object.prototype` of a realm has this getter.
  for (let type: unknown = Object.getPrototypeOf(value); isObject(type) && !Object.hasOwn(type, '__proto__'); type = Object.getPrototypeOf(type)) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
      if (descriptor.get !== undefined && name !== 'constructor') names.push(name);
    }
  }
  return names;
}

/** The own fields that everybody sees. */
export function ownFieldNames(value: object): readonly PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}

/**
 * What two values are compared by: own properties, and the getters of classes (a snapshot has little else).
 *
 * A field that is `undefined` is absent.
 */
export function fieldsOf(value: object): Map<PropertyKey, unknown> {
  const fields = new Map<PropertyKey, unknown>();
  const skip = leftOut(value);
  for (const key of [...hiddenFields(value), ...ownFieldNames(value), ...getterNames(value)]) {
    const field = skip.has(key) ? undefined : readField(value, key);
    if (field !== undefined) fields.set(key, field);
  }
  const partial = isStreamInterrupted(value) ? restOfPartial(readField(value, 'partial')) : undefined;
  if (partial !== undefined) fields.set('partial', partial);
  return fields;
}

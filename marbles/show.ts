import { fieldsOf, isCollection, isObject } from './fields.js';

/** Our own matchers and those of test runners say in `toString` what they accept. */
function isMatcher(value: object): value is { readonly asymmetricMatch: unknown; toString(): string } {
  return 'asymmetricMatch' in value;
}

function showKey(key: PropertyKey): string {
  return typeof key === 'string' && !/^[A-Za-z_$][\w$]*$/.test(key) ? JSON.stringify(key) : String(key);
}

function showFields(fields: Iterable<readonly [PropertyKey, unknown]>, open: readonly unknown[]): string {
  return `{${Array.from(fields, ([key, field]) => `${showKey(key)}: ${show(field, open)}`).join(', ')}}`;
}

/** The name of a class; nothing for a plain object. */
function classOf(value: object): string {
  const type: unknown = Object.getPrototypeOf(value);
  if (!isObject(type) || type === Object.prototype) return '';
  return typeof type.constructor === 'function' ? `${type.constructor.name} ` : '';
}

function showList(values: Iterable<unknown>, open: readonly unknown[]): string {
  return Array.from(values, (value) => show(value, open)).join(', ');
}

function showObject(value: object, above: readonly unknown[]): string {
  if (above.includes(value)) return 'itself';
  const open = [...above, value];
  if (isMatcher(value)) return value.toString();
  if (value instanceof Error) return showError(value, open);
  if (value instanceof Date) return `Date ${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()}`;
  if (Array.isArray(value)) return `[${showList(value, open)}]`;
  if (value instanceof Set) return `Set {${showList(value, open)}}`;
  if (value instanceof Map) return `Map {${Array.from(value, ([key, field]) => `${show(key, open)} => ${show(field, open)}`).join(', ')}}`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer [${showList(new Uint8Array(value), open)}]`;
  if (ArrayBuffer.isView(value) && Symbol.iterator in value) return `${classOf(value)}[${showList(Object.values(value), open)}]`;
  if (isCollection(value)) return `${classOf(value)}{${showList(value.entries(), open)}}`;
  return `${classOf(value)}${showFields(fieldsOf(value), open)}`;
}

function showError(error: Error, open: readonly unknown[]): string {
  const fields = fieldsOf(error);
  fields.delete('name');
  fields.delete('message');
  const words = error.message === '' ? error.name : `${error.name}: ${error.message}`;
  return fields.size === 0 ? words : `${words} ${showFields(fields, open)}`;
}

/** A value in one line, for reading alone: values that are compared as different look different. */
export function show(value: unknown, open: readonly unknown[] = []): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return 'function';
    case 'object':
      return value === null ? 'null' : showObject(value, open);
    default:
      return String(value);
  }
}

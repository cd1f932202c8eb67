import { type Contents, contentsOf } from './contents.js';
import { fieldsOf } from './fields.js';
import { printable } from './printable.js';
import { Unreadable, classNameOf, isAnyError, readField, tagOf } from './realm.js';

/** Nobody reads further in. */
const deepest = 40;

/** What a method says, if there is one and it says a text. */
function said(value: object, method: string): string | undefined {
  const found = readField(value, method);
  try {
    const answer: unknown = typeof found === 'function' ? Reflect.apply(found, value, []) : undefined;
    return typeof answer === 'string' ? printable(answer) : undefined;
  } catch {
    return undefined;
  }
}

/** Ours say in `toString` what they accept; those of test runners say it in one of these ways. */
function showMatcher(matcher: object, open: readonly unknown[]): string {
  const whole = said(matcher, 'toAsymmetricMatcher');
  if (whole !== undefined) return whole;
  const name = said(matcher, 'toString') ?? 'matcher';
  const sample = readField(matcher, 'sample');
  return sample === undefined ? name : `${name} ${show(sample, open)}`;
}

function showKey(key: PropertyKey): string {
  return typeof key === 'string' && !/^[A-Za-z_$][\w$]*$/.test(key) ? printable(JSON.stringify(key)) : String(key);
}

function showFields(fields: Iterable<readonly [PropertyKey, unknown]>, open: readonly unknown[]): string {
  return `{${Array.from(fields, ([key, field]) => `${showKey(key)}: ${show(field, open)}`).join(', ')}}`;
}

function showList(values: Iterable<unknown>, open: readonly unknown[]): string {
  return Array.from(values, (value) => show(value, open)).join(', ');
}

function showTime(time: unknown): string {
  return typeof time === 'number' && !Number.isNaN(time) ? new Date(time).toISOString() : 'invalid';
}

/** An entry of a collection; a Set's says its value twice. */
function showItem(item: unknown, tag: string, open: readonly unknown[]): string {
  if (!Array.isArray(item)) return show(item, open);
  if (tag === 'Set') return show(item[0], open);
  return tag === 'Map' ? `${show(item[0], open)} => ${show(item[1], open)}` : show(item, open);
}

function showContents(value: object, contents: Contents, open: readonly unknown[]): string {
  switch (contents.kind) {
    case 'primitive':
      return tagOf(value) === 'Date' ? showTime(contents.value) : show(contents.value);
    case 'bytes':
      return `[${contents.bytes.join(', ')}]`;
    case 'items':
      return `{${contents.items.map((item) => showItem(item, tagOf(value), open)).join(', ')}}`;
    default:
      contents satisfies never;
      return '';
  }
}

function showObject(value: object, above: readonly unknown[]): string {
  if (above.includes(value)) return 'itself';
  if (above.length > deepest) return '…';
  const open = [...above, value];
  if (typeof readField(value, 'asymmetricMatch') === 'function') return showMatcher(value, open);
  if (value instanceof Unreadable) return `(throws ${show(value.error, open)})`;
  if (isAnyError(value)) return showError(value, open);
  if (tagOf(value) === 'RegExp') return said(value, 'toString') ?? 'RegExp';
  if (Array.isArray(value)) return `[${showList(value, open)}]`;
  const name = classNameOf(value);
  const contents = contentsOf(value);
  if (contents !== undefined) return `${name} ${showContents(value, contents, open)}`;
  return `${name === '' ? '' : `${name} `}${showFields(fieldsOf(value), open)}`;
}

function showError(error: object, open: readonly unknown[]): string {
  const fields = fieldsOf(error);
  const words = [fields.get('name'), fields.get('message')].flatMap((word) => (typeof word === 'string' && word !== '' ? [printable(word)] : []));
  fields.delete('name');
  fields.delete('message');
  return [words.join(': '), ...(fields.size === 0 ? [] : [showFields(fields, open)])].join(' ');
}

/** A value in one line, for reading alone: values that are compared as different look different, if they can. */
export function show(value: unknown, open: readonly unknown[] = []): string {
  switch (typeof value) {
    case 'string':
      return printable(JSON.stringify(value));
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

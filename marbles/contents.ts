import { tagOf } from './realm.js';

/** What an object holds where no field shows it. */
export type Contents =
  | { readonly kind: 'primitive'; readonly value: unknown }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** `isOrdered`: the order is a part of what is said. */
  | { readonly kind: 'items'; readonly isOrdered: boolean; readonly items: readonly unknown[] };

const buffers: ReadonlySet<string> = new Set(['ArrayBuffer', 'SharedArrayBuffer']);
/** Objects around one value, which `valueOf` tells. */
const wrappers: ReadonlySet<string> = new Set(['Date', 'Number', 'String', 'Boolean', 'BigInt', 'Symbol']);
const unordered: ReadonlySet<string> = new Set(['Map', 'Set']);

/** Map, Set, Headers, URLSearchParams, FormData: what they hold is behind a method. */
function isCollection(value: object): value is { entries(): Iterable<unknown> } {
  return !Array.isArray(value) && Symbol.iterator in value && 'entries' in value && typeof value.entries === 'function';
}

function read(value: object): Contents | undefined {
  if (ArrayBuffer.isView(value)) return { kind: 'bytes', bytes: new Uint8Array(value.buffer, value.byteOffset, value.byteLength) };
  const tag = tagOf(value);
  // The tag says that it is a buffer, of whichever realm.
  if (buffers.has(tag)) return { kind: 'bytes', bytes: new Uint8Array(value as ArrayBuffer) };
  if (wrappers.has(tag)) return { kind: 'primitive', value: value.valueOf() };
  return isCollection(value) ? { kind: 'items', isOrdered: !unordered.has(tag), items: [...value.entries()] } : undefined;
}

/** What an object holds besides its fields; `undefined` when nothing, or when it cannot be read (a buffer that was transferred). */
export function contentsOf(value: object): Contents | undefined {
  try {
    return read(value);
  } catch {
    return undefined;
  }
}

import { isRecord } from './wire/wire-data.js';

/** `Authorization: Bearer …`: a server may repeat the credentials without their scheme. */
const credentials = /^(?:bearer|basic|token|apikey) +(\S+)$/i;

/** Header values may be credentials; short ones are words. */
export function headerSecrets(values: Iterable<string>): readonly string[] {
  return [...values].flatMap((value) => [value, ...(credentials.exec(value)?.slice(1) ?? [])]).filter((value) => value.length >= 8);
}

/** The values of the headers that a client sends with every request. Its type hides its options: they are read as data. */
export function defaultHeaderValues(client: unknown): readonly string[] {
  const options = isRecord(client) ? client['_options'] : undefined;
  return isRecord(options) ? valuesOf(options['defaultHeaders']) : [];
}

/** In every form that the SDKs take: `Headers`, pairs, a record of one value or several, their own `{ values, nulls }`. */
function valuesOf(headers: unknown): readonly string[] {
  if (headers instanceof Headers) return [...headers.values()];
  if (Array.isArray(headers)) return headers.flatMap((pair) => (Array.isArray(pair) ? strings(pair.slice(1)) : []));
  if (!isRecord(headers)) return [];
  return headers['values'] instanceof Headers ? valuesOf(headers['values']) : strings(Object.values(headers).flat());
}

function strings(values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === 'string');
}

import { ValidationError } from '../core/errors.js';
import { withShortErrors } from './error-body.js';

/** How to reach a server through an official SDK. */
export interface SdkOptions {
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** How often the SDK repeats a request that failed before its first byte. Default: the SDK's, 2. */
  readonly maxRetries?: number;
  /** How long the SDK waits for the response headers, in milliseconds. Default: the SDK's, 10 minutes. */
  readonly timeoutMs?: number;
}

/** What a provider calls its key and address. */
export interface SdkNames {
  /** As users know it: `OpenAI`. */
  readonly title: string;
  /** The function that takes the options: `openai`. */
  readonly factory: string;
  readonly keyVariable: string;
  readonly baseUrlVariable: string;
  readonly exampleUrl: string;
}

/** Browsers have no `process`. An empty variable counts as not set. */
function environment(name: string): string | undefined {
  const value = typeof process === 'undefined' ? undefined : process.env[name]?.trim();
  return value === '' ? undefined : value;
}

/** `fetch` refuses `http://user:password@host` with a message that repeats it. */
function hasCredentials(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username !== '' || password !== '';
}

/**
 * The key to send; undefined for a server of the user's that needs none.
 *
 * @throws {ValidationError} there is none, or it cannot be one; or `baseURL` is no URL, or one with credentials.
 */
export function findKey(options: { readonly apiKey?: string; readonly baseURL?: string }, names: SdkNames): string | undefined {
  const { title, factory, keyVariable, baseUrlVariable, exampleUrl } = names;
  const { apiKey, baseURL } = options;
  if (baseURL !== undefined && !URL.canParse(baseURL)) {
    throw new ValidationError(`The baseURL option is no URL. Give one such as ${exampleUrl}.`);
  }
  const address = baseURL ?? environment(baseUrlVariable);
  if (address !== undefined && hasCredentials(address)) {
    const place = baseURL === undefined ? baseUrlVariable : 'The baseURL option';
    throw new ValidationError(`${place} holds a user name or a password. Give credentials in the headers or the apiKey option.`);
  }
  const key = apiKey === undefined ? environment(keyVariable) : apiKey.trim();
  if (key !== undefined && key !== '') {
    // `fetch` would refuse such a header with a message that repeats the key.
    if (!/[^\x21-\x7e]/.test(key)) return key;
    throw new ValidationError(`The ${title} key holds characters that no key has. Check the apiKey option or ${keyVariable}.`);
  }
  if (address !== undefined) return undefined;
  throw new ValidationError(`There is no ${title} key. Set ${keyVariable}, or give ${factory}() the apiKey option.`);
}

/** `options` under the names that both SDKs' clients use; what is absent stays absent, so that their defaults hold. */
export function clientOptions(options: SdkOptions & { readonly baseURL?: string }): {
  readonly baseURL?: string;
  readonly fetch: typeof globalThis.fetch;
  readonly maxRetries?: number;
  readonly timeout?: number;
  readonly fetchOptions: { readonly redirect: 'manual' };
} {
  const { baseURL, fetch, maxRetries, timeoutMs } = options;
  return {
    ...(baseURL !== undefined && { baseURL }),
    fetch: withShortErrors(fetch),
    ...(maxRetries !== undefined && { maxRetries }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
    // `fetch` would carry the conversation to whatever host a server names.
    fetchOptions: { redirect: 'manual' },
  };
}

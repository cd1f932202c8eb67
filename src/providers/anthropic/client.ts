import Anthropic from '@anthropic-ai/sdk';
import { ValidationError } from '../../core/errors.js';
import type { AnthropicOptions } from './options.js';

/** Browsers have no `process`. An empty variable counts as not set. */
function environment(name: string): string | undefined {
  const value = typeof process === 'undefined' ? undefined : process.env[name]?.trim();
  return value === '' ? undefined : value;
}

/** Undefined for a server of the user's that needs none. */
function findKey({ apiKey, baseURL }: AnthropicOptions): string | undefined {
  const key = apiKey === undefined ? environment('ANTHROPIC_API_KEY') : apiKey.trim();
  if (key !== undefined && key !== '') {
    // `fetch` would refuse such a header with a message that repeats the key.
    if (/[^\x21-\x7e]/.test(key)) throw new ValidationError('The Anthropic key holds characters that no key has. Check the apiKey option or ANTHROPIC_API_KEY.');
    return key;
  }
  if ((baseURL ?? environment('ANTHROPIC_BASE_URL')) !== undefined) return undefined;
  throw new ValidationError('There is no Anthropic key. Set ANTHROPIC_API_KEY, or give anthropic() the apiKey option.');
}

/** The SDK's client for our options. */
export function createClient(options: AnthropicOptions): Anthropic {
  const { baseURL, headers, fetch, maxRetries, timeoutMs } = options;
  if (baseURL !== undefined && !URL.canParse(baseURL)) {
    throw new ValidationError('The baseURL option is no URL. Give one such as https://api.anthropic.com.');
  }
  const key = findKey(options);
  return new Anthropic({
    // Without a key the SDK would search the machine for credentials and send those: an empty one keeps it from that, and
    // `null` takes away the header that it would make of it.
    apiKey: key ?? '',
    defaultHeaders: { ...(key === undefined && { authorization: null }), ...headers },
    ...(baseURL !== undefined && { baseURL }),
    ...(fetch !== undefined && { fetch }),
    ...(maxRetries !== undefined && { maxRetries }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
  });
}

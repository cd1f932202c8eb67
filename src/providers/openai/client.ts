import OpenAI from 'openai';
import { ValidationError } from '../../core/errors.js';
import type { OpenAIOptions } from './options.js';

/** For servers that need no key: the SDK insists on one. */
const noKey = 'none';

function environment(name: string): string | undefined {
  const value = typeof process === 'undefined' ? undefined : process.env[name]?.trim();
  return value === '' ? undefined : value;
}

function findKey({ apiKey, baseURL }: OpenAIOptions): string {
  const key = apiKey === undefined ? environment('OPENAI_API_KEY') : apiKey.trim();
  if (key !== undefined && key !== '') {
    // `fetch` would refuse such a header with a message that repeats the key.
    if (/[^\x21-\x7e]/.test(key)) throw new ValidationError('The OpenAI key holds characters that no key has. Check the apiKey option or OPENAI_API_KEY.');
    return key;
  }
  if ((baseURL ?? environment('OPENAI_BASE_URL')) !== undefined) return noKey;
  throw new ValidationError('There is no OpenAI key. Set OPENAI_API_KEY, or give openai() the apiKey option.');
}

/** The SDK's client for our options. */
export function createClient(options: OpenAIOptions): OpenAI {
  const { baseURL, headers, fetch, maxRetries, timeoutMs } = options;
  if (baseURL !== undefined && !URL.canParse(baseURL)) {
    throw new ValidationError('The baseURL option is no URL. Give one such as https://api.openai.com/v1.');
  }
  return new OpenAI({
    apiKey: findKey(options),
    ...(baseURL !== undefined && { baseURL }),
    ...(headers !== undefined && { defaultHeaders: headers }),
    ...(fetch !== undefined && { fetch }),
    ...(maxRetries !== undefined && { maxRetries }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
  });
}

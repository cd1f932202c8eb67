import Anthropic from '@anthropic-ai/sdk';
import { type SdkNames, clientOptions, findKey } from '../sdk-options.js';
import type { AnthropicOptions } from './options.js';

const names: SdkNames = {
  title: 'Anthropic',
  factory: 'anthropic',
  keyVariable: 'ANTHROPIC_API_KEY',
  baseUrlVariable: 'ANTHROPIC_BASE_URL',
  exampleUrl: 'https://api.anthropic.com',
};

/** The SDK's client for our options. */
export function createClient(options: AnthropicOptions): Anthropic {
  const key = findKey(options, names);
  return new Anthropic({
    // Without a key the SDK would search the machine for credentials and send those: an empty one keeps it from that, and
    // `null` takes away the header that it would make of it.
    apiKey: key ?? '',
    defaultHeaders: { ...(key === undefined && { authorization: null }), ...options.headers },
    ...clientOptions(options),
  });
}

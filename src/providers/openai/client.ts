import OpenAI from 'openai';
import { type SdkNames, clientOptions, findKey } from '../sdk-options.js';
import type { OpenAIOptions } from './options.js';

/** For servers that need no key: the SDK insists on one. */
const noKey = 'none';

const names: SdkNames = {
  title: 'OpenAI',
  factory: 'openai',
  keyVariable: 'OPENAI_API_KEY',
  baseUrlVariable: 'OPENAI_BASE_URL',
  exampleUrl: 'https://api.openai.com/v1',
};

/** The SDK's client for our options. */
export function createClient(options: OpenAIOptions): OpenAI {
  const { headers } = options;
  return new OpenAI({
    apiKey: findKey(options, names) ?? noKey,
    ...(headers !== undefined && { defaultHeaders: headers }),
    ...clientOptions(options),
  });
}

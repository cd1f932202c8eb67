import type { Provider } from '../../src/core/provider.js';
import { anthropic } from '../../src/providers/anthropic/index.js';
import { messagesTranslator } from '../../src/providers/anthropic/translate.js';
import { openai } from '../../src/providers/openai/index.js';
import { chatTranslator } from '../../src/providers/openai/translate.js';
import type { Translator, TranslatorContext } from '../../src/providers/wire/translator.js';
import { type WireApi, type WireBody, bodiesOf } from '../providers/recordings.js';

/** One wire format, its translator and the provider that speaks it. */
export interface WireDialect {
  readonly api: WireApi;
  readonly name: string;
  readonly translator: (context: TranslatorContext) => Translator;
  /** The provider over its official SDK, which does not repeat requests. */
  provider(url: string, options?: { readonly fetch?: typeof fetch; readonly apiKey?: string }): Provider;
}

export const chat: WireDialect = {
  api: 'chat',
  name: 'openai',
  translator: chatTranslator,
  provider: (url, options) => openai('test-model', { baseURL: `${url}/v1`, apiKey: 'test-key', maxRetries: 0, ...options }),
};

export const messages: WireDialect = {
  api: 'messages',
  name: 'anthropic',
  translator: messagesTranslator,
  provider: (url, options) => anthropic('test-model', { baseURL: url, apiKey: 'test-key', maxRetries: 0, ...options }),
};

export const dialects: readonly WireDialect[] = [chat, messages];

/** Every body that a server sent with status 200: recordings, where they are, and the project's own. */
export function answersOf(api: WireApi): readonly WireBody[] {
  return bodiesOf(api).filter((body) => body.httpStatus === 200);
}

/** `npm run test:exhaustive`: every offset, where the quick run takes some. */
export const isExhaustive = process.env['EXHAUSTIVE'] === '1';

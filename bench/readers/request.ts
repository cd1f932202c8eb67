import type { Wire } from '../wire.ts';

export const prompt = 'Say a few words.';

/** The path that an SDK adds to its base URL. */
export const pathOf: Readonly<Record<Wire, string>> = { openai: '/chat/completions', anthropic: '/v1/messages' };

/** What the floors send: about what the SDKs send. */
export const body = JSON.stringify({ model: 'bench-model', messages: [{ role: 'user', content: prompt }], stream: true });

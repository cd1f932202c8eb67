/**
 * Answers of OpenAI and of servers that speak its Chat Completions API.
 *
 * @module agenticraft/openai
 */
export { openai } from './provider.js';
export type { OpenAIOptions } from './options.js';
export type { MaxTokensField } from './dialect.js';

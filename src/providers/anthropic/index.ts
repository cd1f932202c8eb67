/**
 * Answers of the Messages API of Anthropic.
 *
 * @module agenticraft/anthropic
 */
export type { AnthropicOptions } from './options.js';
export { anthropic } from './provider.js';

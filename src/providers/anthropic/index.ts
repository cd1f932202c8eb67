export type { AnthropicOptions } from './options.js';
export { anthropic } from './provider.js';

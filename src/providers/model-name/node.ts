import type { Provider } from '../../core/provider.js';
import { ValidationError } from '../../core/errors.js';
import { lazyProvider } from './lazy-provider.js';

/** Model names of OpenAI begin so: `gpt-5-mini`, `o3`, `chatgpt-4o-latest`. */
const openaiPattern = /^(?:gpt-|chatgpt-|o\d)/;
const anthropicPattern = /^claude-/;

/**
 * The provider of a bare model name, in Node: its SDK is loaded when the first request is made.
 *
 * @throws {ValidationError} the name's prefix is not known.
 */
export function providerOfModel(model: string): Provider {
  if (openaiPattern.test(model)) {
    return lazyProvider('openai', model, async () => (await import('../openai/index.js')).openai(model));
  }
  if (anthropicPattern.test(model)) {
    return lazyProvider('anthropic', model, async () => (await import('../anthropic/index.js')).anthropic(model));
  }
  throw new ValidationError(
    `No provider is known for the model "${model}". Names that begin with gpt-, chatgpt-, o1, o3 or claude- are; for any other ` +
      `give provider: openai('${model}', { baseURL }) from 'agenticraft/openai'.`,
  );
}

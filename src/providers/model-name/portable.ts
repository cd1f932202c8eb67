import { ValidationError } from '../../core/errors.js';
import type { Provider } from '../../core/provider.js';

/**
 * Outside Node no SDK is loaded by name, so that bundles never see one.
 *
 * @throws {ValidationError} always; it says what to do instead.
 */
export function providerOfModel(model: string): Provider {
  throw new ValidationError(
    `A bare model name works in Node alone. Give provider: openai('${model}', …) from 'agenticraft/openai', or the like.`,
  );
}

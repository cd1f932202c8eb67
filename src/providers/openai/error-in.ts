import type { WireData } from '../wire/wire-data.js';

/** The error of an answer: `{ error }`, vLLM's `{ object: 'error' }`, OpenRouter's `choices[0].error` and finish reason `error`. */
export function errorIn(chunk: WireData, choice: WireData | undefined): unknown {
  if (Boolean(chunk.error)) return chunk.error;
  if (chunk.object === 'error') return chunk;
  if (Boolean(choice?.error)) return choice?.error;
  return choice?.finish_reason === 'error' ? { message: 'the model failed', code: 'error' } : undefined;
}

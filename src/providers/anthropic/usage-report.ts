import type { Usage } from '../../core/usage.js';
import { countOf, isRecord } from '../wire/wire-data.js';

/** The token counts of the Messages API that we read. */
interface TokenCounts {
  input?: number;
  cacheCreation?: number;
  cacheRead?: number;
  output?: number;
  thinking?: number;
}

/**
 * What a model call used, from reports that are cumulative: a later report overwrites field by field, and a field that is
 * null or absent keeps its value.
 */
export class UsageReport {
  readonly #counts: TokenCounts = {};
  #known = false;

  /** Takes `usage` of `message_start`, of `message_delta` or of a whole message. */
  add(usage: unknown): void {
    if (!isRecord(usage)) return;
    const details = usage.output_tokens_details;
    this.#set('input', usage.input_tokens);
    this.#set('cacheCreation', usage.cache_creation_input_tokens);
    this.#set('cacheRead', usage.cache_read_input_tokens);
    this.#set('output', usage.output_tokens);
    if (isRecord(details)) this.#set('thinking', details.thinking_tokens);
  }

  /** Undefined while nothing was reported. */
  read(): Usage | undefined {
    if (!this.#known) return undefined;
    const { input = 0, cacheCreation = 0, cacheRead, output = 0, thinking } = this.#counts;
    // `input_tokens` leaves out what went through the cache: the API reference says to add the three.
    const inputTokens = input + cacheCreation + (cacheRead ?? 0);
    return {
      inputTokens,
      outputTokens: output,
      totalTokens: inputTokens + output,
      ...(thinking !== undefined && { reasoningTokens: thinking }),
      ...(cacheRead !== undefined && { cachedInputTokens: cacheRead }),
    };
  }

  #set(field: keyof TokenCounts, value: unknown): void {
    const count = countOf(value);
    if (count === undefined) return;
    this.#counts[field] = count;
    this.#known = true;
  }
}

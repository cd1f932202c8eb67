import type { Usage } from '../../core/usage.js';
import { type WireData, countOf, isRecord } from '../wire/wire-data.js';

const countFields = ['prompt_tokens', 'completion_tokens', 'total_tokens', 'input_tokens', 'output_tokens'];

/** True for an object that reports tokens: servers also send `null` and `{}`. */
function isReport(value: unknown): value is WireData {
  return isRecord(value) && countFields.some((field) => countOf(value[field]) !== undefined);
}

/** The usage report of one chunk: `usage`, Groq's `x_groq.usage`, or Moonshot's on the choice. */
export function usageReportOf(chunk: WireData, choice: WireData | undefined): WireData | undefined {
  if (isReport(chunk.usage)) return chunk.usage;
  if (isRecord(chunk.x_groq) && isReport(chunk.x_groq.usage)) return chunk.x_groq.usage;
  return isReport(choice?.usage) ? choice.usage : undefined;
}

function detail(details: unknown, name: string): number | undefined {
  return isRecord(details) ? countOf(details[name]) : undefined;
}

/** A usage report in our words; a field that is null counts as 0. A total alone says nothing of its parts: an estimate. */
export function usageOf(report: WireData): Usage {
  const input = countOf(report.prompt_tokens) ?? countOf(report.input_tokens);
  const output = countOf(report.completion_tokens) ?? countOf(report.output_tokens);
  const reasoningTokens =
    detail(report.completion_tokens_details, 'reasoning_tokens') ?? detail(report.output_tokens_details, 'reasoning_tokens');
  const cachedInputTokens =
    detail(report.prompt_tokens_details, 'cached_tokens') ??
    detail(report.input_tokens_details, 'cached_tokens') ??
    countOf(report.prompt_cache_hit_tokens) ??
    countOf(report.cache_read_input_tokens);
  const inputTokens = input ?? 0;
  const outputTokens = output ?? 0;
  return {
    inputTokens,
    outputTokens,
    totalTokens: countOf(report.total_tokens) ?? inputTokens + outputTokens,
    ...(reasoningTokens !== undefined && { reasoningTokens }),
    ...(cachedInputTokens !== undefined && { cachedInputTokens }),
    ...(input === undefined && output === undefined && { estimated: true as const }),
  };
}

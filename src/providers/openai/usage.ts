import type { Usage } from '../../core/usage.js';
import { type WireData, isRecord, numberOf } from '../wire/wire-data.js';

/** True for an object that reports tokens: servers also send `null` and `{}`. */
function isReport(value: unknown): value is WireData {
  return (
    isRecord(value) &&
    (typeof value.prompt_tokens === 'number' ||
      typeof value.completion_tokens === 'number' ||
      typeof value.total_tokens === 'number' ||
      typeof value.input_tokens === 'number' ||
      typeof value.output_tokens === 'number')
  );
}

/** The usage report of one chunk: `usage`, Groq's `x_groq.usage`, or Moonshot's on the choice. */
export function usageReportOf(chunk: WireData, choice: WireData | undefined): WireData | undefined {
  if (isReport(chunk.usage)) return chunk.usage;
  if (isRecord(chunk.x_groq) && isReport(chunk.x_groq.usage)) return chunk.x_groq.usage;
  return isReport(choice?.usage) ? choice.usage : undefined;
}

function detail(details: unknown, name: string): number | undefined {
  return isRecord(details) ? numberOf(details[name]) : undefined;
}

/** A usage report in our words; a field that is null counts as 0. */
export function usageOf(report: WireData): Usage {
  const inputTokens = numberOf(report.prompt_tokens) ?? numberOf(report.input_tokens) ?? 0;
  const outputTokens = numberOf(report.completion_tokens) ?? numberOf(report.output_tokens) ?? 0;
  const reasoningTokens =
    detail(report.completion_tokens_details, 'reasoning_tokens') ?? detail(report.output_tokens_details, 'reasoning_tokens');
  const cachedInputTokens =
    detail(report.prompt_tokens_details, 'cached_tokens') ??
    detail(report.input_tokens_details, 'cached_tokens') ??
    numberOf(report.prompt_cache_hit_tokens) ??
    numberOf(report.cache_read_input_tokens);
  return {
    inputTokens,
    outputTokens,
    totalTokens: numberOf(report.total_tokens) ?? inputTokens + outputTokens,
    ...(reasoningTokens !== undefined && { reasoningTokens }),
    ...(cachedInputTokens !== undefined && { cachedInputTokens }),
  };
}

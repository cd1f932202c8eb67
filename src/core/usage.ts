/**
 * Tokens of one model call or of a whole run.
 *
 * `inputTokens` is everything the model read, cached or not; `outputTokens` is the provider's completion figure as it
 * stands; `totalTokens` is the provider's own total, else the sum. `estimated` marks a figure that is not the provider's last word.
 */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly reasoningTokens?: number;
  readonly cachedInputTokens?: number;
  readonly estimated?: true;
}

/**
 * Adds the usage of several model calls; calls without usage are skipped and make the sum `estimated`.
 *
 * @returns `undefined` when no part reported any usage.
 */
export function sumUsage(parts: Iterable<Usage | undefined>): Usage | undefined {
  let inputTokens = 0;
  let outputTokens = 0;
  let totalTokens = 0;
  let reasoningTokens: number | undefined;
  let cachedInputTokens: number | undefined;
  let known = false;
  let estimated = false;
  for (const part of parts) {
    if (part === undefined) {
      estimated = true;
      continue;
    }
    known = true;
    inputTokens += part.inputTokens;
    outputTokens += part.outputTokens;
    totalTokens += part.totalTokens;
    if (part.reasoningTokens !== undefined) reasoningTokens = (reasoningTokens ?? 0) + part.reasoningTokens;
    if (part.cachedInputTokens !== undefined) cachedInputTokens = (cachedInputTokens ?? 0) + part.cachedInputTokens;
    if (part.estimated) estimated = true;
  }
  if (!known) return undefined;
  return {
    inputTokens,
    outputTokens,
    totalTokens,
    ...(reasoningTokens !== undefined && { reasoningTokens }),
    ...(cachedInputTokens !== undefined && { cachedInputTokens }),
    ...(estimated && { estimated: true as const }),
  };
}

/** What of `whole` is not in `part`; `undefined` when nothing is left. */
export function restOfUsage(whole: Usage | undefined, part: Usage | undefined): Usage | undefined {
  if (whole === undefined || part === undefined) return whole;
  const inputTokens = left(whole.inputTokens, part.inputTokens);
  const outputTokens = left(whole.outputTokens, part.outputTokens);
  const totalTokens = left(whole.totalTokens, part.totalTokens);
  if (inputTokens === 0 && outputTokens === 0 && totalTokens === 0) return undefined;
  return {
    inputTokens,
    outputTokens,
    totalTokens,
    ...(whole.reasoningTokens !== undefined && { reasoningTokens: left(whole.reasoningTokens, part.reasoningTokens) }),
    ...(whole.cachedInputTokens !== undefined && { cachedInputTokens: left(whole.cachedInputTokens, part.cachedInputTokens) }),
    ...(whole.estimated && { estimated: true as const }),
  };
}

function left(whole: number, part = 0): number {
  return Math.max(whole - part, 0);
}

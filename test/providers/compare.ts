import { expect } from '@jest/globals';
import type { FinishChunk, StreamChunk, ToolCallChunk } from '../../src/core/chunk.js';
import { isProviderError } from '../../src/core/errors.js';
import type { Usage } from '../../src/core/usage.js';
import type { ExpectedAnswer, ExpectedCall, WireApi, WireBody } from './recordings.js';

/** How an answer ended, from a decoder's outcome or from a stream's terminal notification. */
export type Ending =
  | { readonly type: 'finished' }
  | { readonly type: 'interrupted'; readonly reason: string; readonly cause: unknown; readonly partialResponse: string };

const lengthReasons = ['length', 'max_tokens', 'model_context_window_exceeded', 'max_output_tokens'];
const stopReasons = ['stop', 'end_turn', 'stop_sequence', 'completed', null];
const toolReasons = ['tool_calls', 'function_call', 'tool_use'];

/** Compares chunks with the expected file by the rules of the recordings' README, "How to compare". */
export function expectAsRecorded(api: WireApi, { expected: e }: WireBody, chunks: readonly StreamChunk[], ending: Ending): void {
  const text = (e.text ?? '') + (e.refusal ?? '');
  expect(chunks.map((chunk) => chunk.content).join('')).toBe(text);
  expectReasoning(e, chunks);
  expectOwnCalls(e, chunks);
  expectServerTools(e, chunks);
  expectSources(e, chunks);
  const [error] = e.errors ?? [];
  if (error !== undefined) {
    expect(chunks.some((chunk) => chunk.type === 'finish')).toBe(false);
    expect(ending).toMatchObject({ type: 'interrupted', reason: 'provider', partialResponse: text });
    const cause = ending.type === 'interrupted' ? ending.cause : undefined;
    expect(isProviderError(cause) && cause.code).toBe(String(error.code ?? error.type));
    return;
  }
  expect(ending).toEqual({ type: 'finished' });
  const finish = chunks.at(-1);
  if (finish?.type !== 'finish') throw new Error(`the last chunk is ${String(finish?.type)}, not finish`);
  expectFinish(api, e, finish);
}

function expectReasoning(e: ExpectedAnswer, chunks: readonly StreamChunk[]): void {
  expect(chunks.map((chunk) => (chunk.type === 'reasoning' ? chunk.reasoning : '')).join('')).toBe(e.reasoning ?? '');
  const sealed = [
    ...(e.signatures ?? []),
    ...(e.redactedThinking ?? []),
    ...(e.reasoningDetails ?? []).flatMap(({ signature, data }) => [signature, data]),
  ].filter((value) => value !== undefined && value !== '');
  for (const value of sealed) {
    const holders = chunks.filter((chunk) => JSON.stringify(chunk).includes(JSON.stringify(value)));
    const finish = chunks.find((chunk) => chunk.type === 'finish');
    expect(holders).toEqual(finish === undefined ? [] : [finish]);
    if (finish !== undefined) expect(JSON.stringify(finish.replay)).toContain(JSON.stringify(value));
  }
}

function isCut(call: ExpectedCall, e: ExpectedAnswer): boolean {
  const hitLimit = typeof e.finishReason === 'string' && lengthReasons.includes(e.finishReason);
  return hitLimit && (call.argumentsEmpty === true || call.argumentsInvalidJson === true);
}

function wholeCalls(e: ExpectedAnswer): readonly ExpectedCall[] {
  return (e.toolCalls ?? []).filter((call) => !isCut(call, e));
}

function isCall(chunk: StreamChunk): chunk is ToolCallChunk {
  return chunk.type === 'tool-call';
}

function expectOwnCalls(e: ExpectedAnswer, chunks: readonly StreamChunk[]): void {
  const calls = chunks.filter(isCall).filter((call) => call.providerExecuted !== true);
  const expected = wholeCalls(e);
  expect(calls.map((call) => call.toolName)).toEqual(expected.map((call) => call.name));
  for (const [at, call] of expected.entries()) {
    const { id } = call;
    if (call.argumentsEmpty === true) expect(calls[at]?.input).toEqual({});
    else if (call.argumentsInvalidJson === true) expect(calls[at]?.invalidInput).toBe(call.argumentsText);
    else expect(calls[at]?.input).toEqual(call.arguments);
    const isUnique = expected.filter((other) => other.id === id).length === 1;
    if (typeof id === 'string' && id !== '' && isUnique) expect(calls[at]?.toolCallId).toBe(id);
  }
  for (const call of (e.toolCalls ?? []).filter((other) => isCut(other, e))) expectCut(call, chunks);
}

function expectCut(call: ExpectedCall, chunks: readonly StreamChunk[]): void {
  const deltas = chunks.map((chunk) => (chunk.type === 'tool-input' && chunk.toolCallId === call.id ? chunk.inputDelta : ''));
  expect(deltas.join('')).toBe(call.argumentsText);
}

/** Tools that the provider ran itself. */
function expectServerTools(e: ExpectedAnswer, chunks: readonly StreamChunk[]): void {
  const blocks = e.serverBlocks ?? [];
  const calls = chunks.filter(isCall).filter((call) => call.providerExecuted === true);
  const uses = blocks.filter((block) => block.type.endsWith('_tool_use'));
  expect(calls.map(({ toolCallId, toolName, input }) => ({ toolCallId, toolName, input }))).toEqual(
    uses.map((block) => ({ toolCallId: block.id, toolName: block.name, input: block.arguments })),
  );
  const results = chunks.flatMap((chunk) => (chunk.type === 'tool-result' && chunk.providerExecuted === true ? [chunk.toolCallId] : []));
  expect(results).toEqual(blocks.filter((block) => block.type.endsWith('_tool_result')).map((block) => block.tool_use_id));
}

function expectSources(e: ExpectedAnswer, chunks: readonly StreamChunk[]): void {
  const cited = e.annotations ?? e.citations ?? [];
  // Citations in fields that the expected file does not list are allowed only where it lists none.
  if (cited.length === 0) return;
  const sources = chunks.filter((chunk) => chunk.type === 'source');
  expect(sources).toHaveLength(cited.length);
  for (const [at, { url, title }] of cited.entries()) {
    if (typeof url === 'string') expect(sources[at]?.url).toBe(url);
    if (typeof title === 'string') expect(sources[at]?.title).toBe(title);
  }
}

function finishReasonOf(e: ExpectedAnswer): string {
  const raw = e.finishReason ?? null;
  if (e.refusal !== undefined && e.refusal !== '') return 'refusal';
  if (raw !== null && toolReasons.includes(raw)) return 'tool-calls';
  if (raw !== null && lengthReasons.includes(raw)) return 'length';
  if (raw === 'content_filter') return 'content-filter';
  if (raw === 'pause_turn') return 'pause';
  // Neither list of reasons has it in the rules: Anthropic's own `refusal` is named by the design.
  if (raw === 'refusal') return 'refusal';
  if (!stopReasons.includes(raw)) return 'other';
  if (wholeCalls(e).length > 0) return 'tool-calls';
  return raw === null ? 'other' : 'stop';
}

function expectFinish(api: WireApi, e: ExpectedAnswer, finish: FinishChunk): void {
  expect(finish.rawFinishReason).toBe(e.finishReason ?? undefined);
  expect(finish.finishReason).toBe(finishReasonOf(e));
  expect(finish.metadata.otherChoices ?? 0).toBe(e.choices === undefined ? 0 : e.choices.length - 1);
  if (e.usage === null || e.usage === undefined) {
    expect(finish.usage).toBeUndefined();
    return;
  }
  expect(withoutAbsent(finish.usage)).toEqual(withoutAbsent(api === 'chat' ? chatUsage(e.usage) : messagesUsage(e.usage)));
}

/** 0 and absent are equal for the two optional counts. */
function withoutAbsent(usage: Usage | undefined): unknown {
  return { ...usage, reasoningTokens: usage?.reasoningTokens ?? 0, cachedInputTokens: usage?.cachedInputTokens ?? 0 };
}

type Counts = Readonly<Record<string, unknown>>;

function count(counts: unknown, name: string): number {
  const value = typeof counts === 'object' && counts !== null ? (counts as Counts)[name] : undefined;
  return typeof value === 'number' ? value : 0;
}

function chatUsage(usage: Counts): Usage {
  return {
    inputTokens: count(usage, 'prompt_tokens'),
    outputTokens: count(usage, 'completion_tokens'),
    totalTokens: count(usage, 'total_tokens'),
    reasoningTokens: count(usage.completion_tokens_details, 'reasoning_tokens'),
    cachedInputTokens:
      count(usage.prompt_tokens_details, 'cached_tokens') ||
      count(usage, 'prompt_cache_hit_tokens') ||
      count(usage, 'cache_read_input_tokens'),
  };
}

function messagesUsage(usage: Counts): Usage {
  const cachedInputTokens = count(usage, 'cache_read_input_tokens');
  const inputTokens = count(usage, 'input_tokens') + count(usage, 'cache_creation_input_tokens') + cachedInputTokens;
  const outputTokens = count(usage, 'output_tokens');
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    reasoningTokens: count(usage.output_tokens_details, 'thinking_tokens'),
    cachedInputTokens,
  };
}

import type { FinishChunk, FinishFields, ReasoningChunk, RestartChunk, StepChunk, StepFinishReason, StreamChunk, TextChunk, ToolApprovalChunk, ToolCallChunk, ToolInputChunk, ToolProgressChunk, ToolResultChunk } from '../src/core/chunk.js';
import { chunkMetadata, finishChunk, reasoningChunk, textChunk } from '../src/core/chunk.js';
import { ValidationError } from '../src/core/errors.js';

const metadata = chunkMetadata('marbles');
const inner = { content: '', isFinal: false, timestamp: 0, metadata } as const;

type Fields<C> = Partial<Omit<C, 'type' | 'content' | 'isFinal' | 'timestamp' | 'metadata'>>;

/**
 * Makes the chunks of a marble diagram. A call's id is the tool's name unless you give another.
 *
 * @example
 * const values = { C: chunk.toolCall('add', { a: 2, b: 3 }), R: chunk.toolResult('add', 5) };
 */
export const chunk = {
  /** A piece of the answer. */
  text: (content: string): TextChunk => textChunk(content, metadata, 0),
  /** A piece of the model's thinking. */
  reasoning: (reasoning: string): ReasoningChunk => reasoningChunk(reasoning, metadata, 0),
  /** A piece of the arguments of a call. */
  toolInput: (toolName: string, inputDelta: string, toolCallId = toolName): ToolInputChunk => ({
    ...inner, type: 'tool-input', toolCallId, toolName, inputDelta,
  }),
  /** A call whose arguments are complete. */
  toolCall: (toolName: string, input: object = {}, toolCallId = toolName): ToolCallChunk => ({
    ...inner, type: 'tool-call', toolCallId, toolName, input,
  }),
  /** A call that waits for a decision. */
  toolApproval: (toolName: string, input: object = {}, toolCallId = toolName): ToolApprovalChunk => ({
    ...inner, type: 'tool-approval', toolCallId, toolName, input,
  }),
  /** What a running tool reports. */
  toolProgress: (toolName: string, progress: unknown, toolCallId = toolName): ToolProgressChunk => ({
    ...inner, type: 'tool-progress', toolCallId, toolName, progress,
  }),
  /** What a call gave. */
  toolResult: (toolName: string, output: unknown, toolCallId = toolName): ToolResultChunk => ({
    ...inner, type: 'tool-result', toolCallId, toolName, output, isError: false,
  }),
  /** The result of a call that failed or was denied. */
  toolError: (toolName: string, output: unknown, fields: Fields<ToolResultChunk> = {}): ToolResultChunk => ({
    ...inner, type: 'tool-result', toolCallId: toolName, toolName, output, isError: true, ...fields,
  }),
  /** The end of one model call of a run. */
  step: (finishReason: StepFinishReason = 'stop', fields: Fields<StepChunk> = {}): StepChunk => ({
    ...inner, type: 'step', stepIndex: 0, finishReason, ...fields,
  }),
  /** What the step streamed so far is void; attempt 2 begins. */
  restart: (reason: string, fields: Fields<RestartChunk> = {}): RestartChunk => ({
    ...inner, type: 'restart', reason, attempt: 2, ...fields,
  }),
  /** The end of a stream. */
  finish: (finishReason: FinishFields['finishReason'] = 'stop', fields: Fields<FinishChunk> = {}): FinishChunk =>
    finishChunk({ finishReason, ...fields }, metadata, 0),
} as const;

/** What each letter of a diagram stands for. */
export type MarbleValues<T = unknown> = Readonly<Record<string, T>>;

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** A lower-case letter is a text chunk of that letter, `R` a piece of reasoning, `F` the `finish` of an answer that is whole. */
export const chunkAlphabet: MarbleValues<StreamChunk> = Object.freeze({
  ...Object.fromEntries(Array.from(letters, (letter) => [letter, chunk.text(letter)])),
  R: chunk.reasoning('hm'),
  F: chunk.finish(),
});

const timeToken = /(^| )\d+(?:\.\d+)?(?:ms|s|m)(?= )/g;
/** RxJS would read each of its characters as a marble. */
const lastTime = /(?:^| )(\d+(?:\.\d+)?(?:ms|s|m))$/;
const syntax = new Set('-()|#^! ');

/**
 * The alphabet with `values` on top, checked against a diagram: RxJS would emit `undefined` for a letter that has no value.
 *
 * @throws ValidationError for such a letter, and for a time with nothing behind it.
 */
export function valuesFor<T>(marbles: string, values?: MarbleValues<T>): Record<string, T | StreamChunk> {
  const known: Record<string, T | StreamChunk> = { ...chunkAlphabet, ...values };
  const [, last] = lastTime.exec(marbles) ?? [];
  if (last !== undefined) {
    throw new ValidationError(`The diagram "${marbles.trim()}" ends in the time "${last}", which waits for nothing. Say what comes then ("${last} |"), or leave it out.`);
  }
  for (const letter of marbles.replace(timeToken, '$1')) {
    if (syntax.has(letter) || letter in known) continue;
    throw new ValidationError(
      `The marble "${letter}" in "${marbles.trim()}" has no value. Lower-case letters are text; give the others one: { ${letter}: chunk.text('…') }.`,
    );
  }
  return known;
}

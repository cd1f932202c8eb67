import { expect } from '@jest/globals';
import { catchError, type ObservableNotification, of, type OperatorFunction } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import {
  chunkMetadata,
  type FinishChunk,
  type FinishFields,
  finishChunk,
  reasoningChunk,
  type RestartChunk,
  type StepChunk,
  type StreamChunk,
  textChunk,
  type ToolCallChunk,
  type ToolInputChunk,
  type ToolResultChunk,
} from '../../src/core/chunk.js';
import { isStreamInterrupted } from '../../src/core/errors.js';
import type { Usage } from '../../src/core/usage.js';

export const metadata = chunkMetadata('run_1');

const inner = { content: '', isFinal: false, timestamp: 0, metadata } as const;

export const text = (content: string): StreamChunk => textChunk(content, metadata, 0);
export const reasoning = (content: string): StreamChunk => reasoningChunk(content, metadata, 0);
export const finish = (fields: Partial<FinishFields> = {}): FinishChunk =>
  finishChunk({ finishReason: 'stop', ...fields }, metadata, 0);
export const step = (stepIndex: number, fields: Partial<StepChunk> = {}): StepChunk => ({
  ...inner,
  type: 'step',
  stepIndex,
  finishReason: 'stop',
  ...fields,
});
export const restart = (fields: Partial<RestartChunk> = {}): RestartChunk => ({
  ...inner,
  type: 'restart',
  reason: 'disconnected',
  attempt: 2,
  ...fields,
});
export const toolInput = (toolCallId: string, inputDelta: string, fields: Partial<ToolInputChunk> = {}): ToolInputChunk => ({
  ...inner,
  type: 'tool-input',
  toolCallId,
  toolName: 'add',
  inputDelta,
  ...fields,
});
export const toolCall = (toolCallId: string, fields: Partial<ToolCallChunk> = {}): ToolCallChunk => ({
  ...inner,
  type: 'tool-call',
  toolCallId,
  toolName: 'add',
  input: {},
  ...fields,
});
export const toolResult = (toolCallId: string, fields: Partial<ToolResultChunk> = {}): ToolResultChunk => ({
  ...inner,
  type: 'tool-result',
  toolCallId,
  toolName: 'add',
  output: 42,
  isError: false,
  ...fields,
});
export const usage = (inputTokens: number, outputTokens: number): Usage => ({
  inputTokens,
  outputTokens,
  totalTokens: inputTokens + outputTokens,
});

/** A short answer, by marble letter. `f` finishes; its content is empty. */
export const chunks: Record<'a' | 'b' | 'c' | 'f', StreamChunk> = { a: text('Hel'), b: text('lo '), c: text('you'), f: finish() };

/**
 * Runs `body` in virtual time. Values are compared by `toStrictEqual` (a field that is `undefined` is not one that is absent),
 * an error that is expected as an object of its own by identity.
 */
export function virtually(body: (helpers: RunHelpers) => void): void {
  new TestScheduler((actual: unknown, expected: unknown) => {
    expect(actual).toStrictEqual(expected);
    // Two errors of the same message count as equal there. A matcher (`expect.any`) stands for an error made meanwhile.
    const ends = errorsIn(actual);
    errorsIn(expected).forEach((error, index) => {
      if (error instanceof Error || error instanceof DOMException) expect(ends[index]).toBe(error);
    });
  }).run(body);
}

/** The errors in what a marble says happened; what it says of subscriptions holds none. */
function errorsIn(happened: unknown): unknown[] {
  if (!Array.isArray(happened)) return [];
  return (happened as readonly { readonly notification?: ObservableNotification<unknown> }[]).flatMap(({ notification }) =>
    notification?.kind === 'E' ? [notification.error as unknown] : [],
  );
}

/** What a test looks at in an error. */
export interface SeenError {
  readonly reason: string;
  readonly phase?: string | undefined;
  readonly partial?: string;
  readonly cause?: unknown;
}

/** Replaces an error by one plain value, so that a marble can show when it came and what it held. */
export function seeError<T>(): OperatorFunction<T, T | SeenError> {
  return catchError((error: unknown) => of(seen(error)));
}

export function seen(error: unknown): SeenError {
  if (!isStreamInterrupted(error)) return { reason: error instanceof Error ? error.name : String(error) };
  return { reason: error.reason, phase: error.phase, partial: error.partialResponse, cause: error.cause };
}

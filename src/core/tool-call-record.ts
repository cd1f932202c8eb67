import type { ToolCallChunk, ToolInputChunk, ToolResultChunk } from './chunk.js';

/** A tool call as far as it is known. Each change makes a new object. */
export interface ToolCallRecord {
  readonly toolCallId: string;
  readonly toolName: string;
  /** `input`: arguments are arriving; `called`: complete, no result yet; `done`: a result came. */
  readonly state: 'input' | 'called' | 'done';
  /** The arguments' text so far; only in state `input`. */
  readonly inputText?: string;
  readonly input?: unknown;
  readonly invalidInput?: string;
  readonly output?: unknown;
  readonly isError?: boolean;
  readonly providerExecuted?: true;
}

/** A call of which nothing but its name is known. */
export function newRecord(chunk: ToolInputChunk | ToolCallChunk | ToolResultChunk): ToolCallRecord {
  return {
    toolCallId: chunk.toolCallId,
    toolName: chunk.toolName,
    state: 'input',
    ...(chunk.providerExecuted && { providerExecuted: true as const }),
  };
}

/** The call, once its arguments are complete. */
export function calledRecord(chunk: ToolCallChunk): ToolCallRecord {
  return {
    ...newRecord(chunk),
    state: 'called',
    input: chunk.input,
    ...(chunk.invalidInput !== undefined && { invalidInput: chunk.invalidInput }),
  };
}

/** The call with its result. */
export function doneRecord(call: ToolCallRecord, chunk: ToolResultChunk): ToolCallRecord {
  return { ...call, state: 'done', output: chunk.output, isError: chunk.isError };
}

import type { Usage } from './usage.js';

/** Why one model call ended. The provider's own word is in `rawFinishReason`. */
export type StepFinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'pause' | 'other';

/** Why a run (or a stream of one model call) ended. */
export type FinishReason = StepFinishReason | 'max-steps' | 'stopped' | 'approval';

/** Shared by all chunks of one model call; `finish` and `step` may carry a larger one. */
export interface ChunkMetadata {
  /** The run this chunk belongs to. */
  readonly streamId: string;
  /** The model as the server named it in its answer. */
  readonly model?: string;
  /** How many further choices (`n > 1`) the answer held; only choice 0 is streamed. */
  readonly otherChoices?: number;
  readonly [key: string]: unknown;
}

/**
 * What must be sent back unchanged with the next request (thinking signatures, redacted or encrypted reasoning):
 * opaque, and read by the provider whose name it carries alone.
 */
export interface Replay {
  readonly provider: string;
  readonly data: unknown;
}

/** A complete tool call. `invalidInput` holds the raw arguments when they were whole but no JSON object. */
export interface ToolCall {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: unknown;
  readonly invalidInput?: string;
}

interface ChunkBase {
  /** What an end user should see; `''` if nothing. */
  readonly content: string;
  /** True on the one `finish` chunk alone. */
  readonly isFinal: boolean;
  /** Milliseconds since the epoch, set when decoded. Information only: operators measure with their scheduler. */
  readonly timestamp: number;
  readonly metadata: ChunkMetadata;
}

interface InnerChunk extends ChunkBase {
  readonly isFinal: false;
}

/** The next piece of the answer. */
export interface TextChunk extends InnerChunk {
  readonly type: 'text';
}

/** The next piece of the model's thinking; never in `content`. */
export interface ReasoningChunk extends InnerChunk {
  readonly type: 'reasoning';
  readonly reasoning: string;
}

/** Tool arguments as they arrive. */
export interface ToolInputChunk extends InnerChunk {
  readonly type: 'tool-input';
  readonly toolCallId: string;
  readonly toolName: string;
  readonly inputDelta: string;
  /** The provider runs this tool itself; we owe it no result. */
  readonly providerExecuted?: true;
}

/** A tool call whose arguments are complete and parsed. */
export interface ToolCallChunk extends InnerChunk, ToolCall {
  readonly type: 'tool-call';
  readonly providerExecuted?: true;
}

/** A call waits for a decision. */
export interface ToolApprovalChunk extends InnerChunk {
  readonly type: 'tool-approval';
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: unknown;
}

/** A running tool reports; the chunks of a sub-agent travel here, with empty content. */
export interface ToolProgressChunk extends InnerChunk {
  readonly type: 'tool-progress';
  readonly toolCallId: string;
  readonly toolName: string;
  readonly progress: unknown;
}

/** A call ended; also when it was denied, aborted, unknown or had invalid input. */
export interface ToolResultChunk extends InnerChunk {
  readonly type: 'tool-result';
  readonly toolCallId: string;
  readonly toolName: string;
  readonly output: unknown;
  readonly isError: boolean;
  /** What `execute` threw, by identity. */
  readonly error?: unknown;
  /** What a sub-agent behind this tool used. */
  readonly usage?: Usage;
  readonly providerExecuted?: true;
}

/** A citation. */
export interface SourceChunk extends InnerChunk {
  readonly type: 'source';
  readonly url?: string;
  readonly title?: string;
  /** The text that is cited, where the provider gives it. */
  readonly citedText?: string;
}

/** A generated file. */
export interface FileChunk extends InnerChunk {
  readonly type: 'file';
  readonly mediaType: string;
  /** Base64. */
  readonly data: string;
}

/** One model call of an agent's run ended. */
export interface StepChunk extends InnerChunk {
  readonly type: 'step';
  readonly stepIndex: number;
  readonly finishReason: StepFinishReason;
  readonly rawFinishReason?: string;
  readonly usage?: Usage;
  readonly replay?: Replay;
}

/** What this step streamed so far is void; only with opt-in retry. */
export interface RestartChunk extends InnerChunk {
  readonly type: 'restart';
  readonly reason: string;
  /** The attempt that begins now, counted from 1 by the operator that restarts; also those that showed nothing count. */
  readonly attempt: number;
  readonly usage?: Usage;
}

/** The end of a stream: exactly one, last. Only mocks put content on it. */
export interface FinishChunk extends ChunkBase {
  readonly type: 'finish';
  readonly isFinal: true;
  readonly finishReason: FinishReason;
  readonly rawFinishReason?: string;
  /** Of the whole run; absent when the provider reported none. */
  readonly usage?: Usage;
  /** Calls that wait for an approval. */
  readonly pending?: readonly ToolCall[];
  readonly replay?: Replay;
}

/** One piece of an LLM answer, the same for every provider. */
export type StreamChunk =
  | TextChunk
  | ReasoningChunk
  | ToolInputChunk
  | ToolCallChunk
  | ToolApprovalChunk
  | ToolProgressChunk
  | ToolResultChunk
  | SourceChunk
  | FileChunk
  | StepChunk
  | RestartChunk
  | FinishChunk;

/** True for a `text` chunk: the next piece of the answer. */
export function isText(chunk: StreamChunk): chunk is TextChunk {
  return chunk.type === 'text';
}

/** True for the one chunk that ends a stream. */
export function isFinish(chunk: StreamChunk): chunk is FinishChunk {
  return chunk.type === 'finish';
}

/** True for a complete tool call that is ours to run (not one the provider ran itself). */
export function isOwnToolCall(chunk: StreamChunk): chunk is ToolCallChunk {
  return chunk.type === 'tool-call' && chunk.providerExecuted !== true;
}

/** The metadata object that all chunks of one model call share. */
export function chunkMetadata(streamId: string, more?: Omit<ChunkMetadata, 'streamId'>): ChunkMetadata {
  return Object.freeze({ streamId, ...more });
}

/** Makes a `text` chunk; for translators, tools and tests. */
export function textChunk(content: string, metadata: ChunkMetadata, timestamp: number): TextChunk {
  return { type: 'text', content, isFinal: false, timestamp, metadata };
}

/** Makes a `reasoning` chunk. */
export function reasoningChunk(reasoning: string, metadata: ChunkMetadata, timestamp: number): ReasoningChunk {
  return { type: 'reasoning', content: '', reasoning, isFinal: false, timestamp, metadata };
}

/** What a `finish` chunk carries besides the fields of every chunk. */
export type FinishFields = Omit<FinishChunk, 'type' | 'content' | 'isFinal' | 'timestamp' | 'metadata'>;

/** Makes a `finish` chunk. */
export function finishChunk(fields: FinishFields, metadata: ChunkMetadata, timestamp: number): FinishChunk {
  return { type: 'finish', content: '', isFinal: true, timestamp, metadata, ...fields };
}

import type { ChunkMetadata, FinishReason, Replay, StreamChunk, ToolCallChunk, ToolInputChunk, ToolResultChunk } from './chunk.js';
import { TextBuffer } from './text-buffer.js';
import { type Usage, sumUsage } from './usage.js';

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

/** A readonly face of a `StreamingResponse` as it was after one chunk: O(1) to make, unchanged parts keep their identity. */
export interface StreamSnapshot {
  /** All text so far. Joined when read. */
  readonly completeText: string;
  readonly reasoningText: string;
  readonly toolCalls: readonly ToolCallRecord[];
  readonly chunkCount: number;
  readonly usage: Usage | undefined;
  /** Set by the `finish` chunk. */
  readonly finishReason: FinishReason | undefined;
  /** Milliseconds since the epoch, by the clock given. */
  readonly startTime: number;
  /** When `finish` came or the stream ended; undefined while it runs. */
  readonly endTime: number | undefined;
  readonly durationMs: number;
  /** From start to the first chunk, in milliseconds. */
  readonly firstChunkMs: number | undefined;
  readonly streamId: string;
  readonly metadata: ChunkMetadata | undefined;
}

/** How a `StreamingResponse` is built. */
export interface StreamingResponseOptions {
  /** Keeps every chunk in `chunks`; off by default, because memory then grows with the answer. */
  readonly keepChunks?: boolean;
  /** The clock, in milliseconds. Default `Date.now`. */
  readonly now?: () => number;
  /** Known before the first chunk brings it. */
  readonly streamId?: string;
}

const noToolCalls: readonly ToolCallRecord[] = Object.freeze([]);

/** What a `restart` takes back: where the running step began. */
interface StepStart {
  readonly text: number;
  readonly reasoning: number;
  readonly toolCalls: readonly ToolCallRecord[];
}

const streamStart: StepStart = { text: 0, reasoning: 0, toolCalls: noToolCalls };

/**
 * Builds an answer from its chunks: text, reasoning, tool calls, usage, times.
 *
 * Mutable; `snapshot()` gives a readonly face of the present state. Keeps no chunk unless asked to.
 *
 * @example
 * const response = new StreamingResponse();
 * for (const chunk of chunks) response.addChunk(chunk);
 * console.log(`${response.chunkCount} chunks in ${response.durationMs} ms: ${response.completeText}`);
 */
export class StreamingResponse implements StreamSnapshot {
  readonly startTime: number;
  /** Every chunk, in order; empty unless `keepChunks` is set. */
  readonly chunks: readonly StreamChunk[];
  readonly #now: () => number;
  readonly #kept: StreamChunk[] | undefined;
  #text = new TextBuffer();
  #reasoning = new TextBuffer();
  #toolCalls: readonly ToolCallRecord[] = noToolCalls;
  #step: StepStart = streamStart;
  #chunkCount = 0;
  #usages: Usage | undefined;
  #finishReason: FinishReason | undefined;
  #endTime: number | undefined;
  #firstChunkMs: number | undefined;
  #streamId: string | undefined;
  #metadata: ChunkMetadata | undefined;
  #facts: Facts | undefined;
  #replay: Replay | undefined;

  constructor(options: StreamingResponseOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.#kept = options.keepChunks ? [] : undefined;
    this.chunks = this.#kept ?? [];
    this.#streamId = options.streamId;
    this.startTime = this.#now();
  }

  get completeText(): string {
    return this.#text.read();
  }

  get reasoningText(): string {
    return this.#reasoning.read();
  }

  /** In UTF-16 code units, without joining the text. */
  get textLength(): number {
    return this.#text.length;
  }

  get toolCalls(): readonly ToolCallRecord[] {
    return this.#toolCalls;
  }

  get chunkCount(): number {
    return this.#chunkCount;
  }

  get usage(): Usage | undefined {
    return this.#usages;
  }

  get finishReason(): FinishReason | undefined {
    return this.#finishReason;
  }

  get endTime(): number | undefined {
    return this.#endTime;
  }

  get durationMs(): number {
    return (this.#endTime ?? this.#now()) - this.startTime;
  }

  get firstChunkMs(): number | undefined {
    return this.#firstChunkMs;
  }

  get streamId(): string {
    return this.#streamId ?? '';
  }

  get metadata(): ChunkMetadata | undefined {
    return this.#metadata;
  }

  /** What the provider wants back with the next request; of the last model call. */
  get replay(): Replay | undefined {
    return this.#replay;
  }

  /** The text since offset `start`, for whoever needs the text of one step. */
  textFrom(start: number): string {
    return this.#text.read(undefined, start);
  }

  /** The reasoning since offset `start`. */
  reasoningFrom(start: number): string {
    return this.#reasoning.read(undefined, start);
  }

  /** In UTF-16 code units. */
  get reasoningLength(): number {
    return this.#reasoning.length;
  }

  /** Takes the next chunk in: O(1) amortised. */
  addChunk(chunk: StreamChunk): void {
    if (this.#chunkCount++ === 0) this.#begin(chunk);
    // A retry goes on after an interruption that had ended this response.
    if (this.#endTime !== undefined && this.#finishReason === undefined) this.#reopen();
    this.#kept?.push(chunk);
    if (chunk.type === 'text') {
      this.#text.append(chunk.content);
      return;
    }
    this.#addOther(chunk);
  }

  /** Marks the end of a stream that has no `finish`: an interruption, or a consumer that left. */
  end(extra: { readonly usage?: Usage | undefined; readonly replay?: Replay | undefined } = {}): this {
    this.#facts = undefined;
    this.#endTime ??= this.#now();
    if (extra.usage !== undefined) this.#usages = extra.usage;
    if (extra.replay !== undefined) this.#replay = extra.replay;
    this.#seal();
    return this;
  }

  /** A readonly face of the present state: O(1); text is joined only when it is read. */
  snapshot(): StreamSnapshot {
    this.#facts ??= this.#readFacts();
    return new Snapshot(this.#facts, this.#chunkCount, this.durationMs, this.#text, this.#reasoning);
  }

  #readFacts(): Facts {
    const { toolCalls, usage, finishReason, startTime, endTime, firstChunkMs, streamId, metadata } = this;
    return { toolCalls, usage, finishReason, startTime, endTime, firstChunkMs, streamId, metadata };
  }

  #reopen(): void {
    this.#facts = undefined;
    this.#endTime = undefined;
  }

  #begin(chunk: StreamChunk): void {
    this.#facts = undefined;
    this.#firstChunkMs = this.#now() - this.startTime;
    this.#metadata = chunk.metadata;
    this.#streamId ??= chunk.metadata.streamId;
  }

  #addOther(chunk: Exclude<StreamChunk, { type: 'text' }>): void {
    if (chunk.type !== 'reasoning') this.#facts = undefined;
    switch (chunk.type) {
      case 'reasoning':
        this.#reasoning.append(chunk.reasoning);
        return;
      case 'tool-input':
        this.#changeCall(chunk, (call) => ({ ...call, inputText: (call.inputText ?? '') + chunk.inputDelta }));
        return;
      case 'tool-call':
        this.#changeCall(chunk, () => calledRecord(chunk));
        return;
      case 'tool-result':
        this.#changeCall(chunk, (call) => doneRecord(call, chunk));
        return;
      case 'step':
        this.#step = { text: this.#text.length, reasoning: this.#reasoning.length, toolCalls: this.#toolCalls };
        this.#addUsage(chunk.usage);
        this.#replay = chunk.replay;
        return;
      case 'restart':
        this.#restart();
        this.#addUsage(chunk.usage);
        return;
      case 'finish':
        this.#text.append(chunk.content);
        this.#finishReason = chunk.finishReason;
        this.#usages = chunk.usage ?? this.#usages;
        this.#replay = chunk.replay ?? this.#replay;
        this.#metadata = chunk.metadata;
        this.#endTime = this.#now();
        this.#seal();
        return;
      case 'tool-approval':
      case 'tool-progress':
      case 'source':
      case 'file':
        return;
      default:
        chunk satisfies never;
    }
  }

  /** The error, the history and the caller are handed the same text. */
  #seal(): void {
    this.#text.seal();
    this.#reasoning.seal();
  }

  #addUsage(usage: Usage | undefined): void {
    if (usage !== undefined) this.#usages = this.#usages === undefined ? usage : sumUsage([this.#usages, usage]);
  }

  /** New buffers: snapshots of the void attempt go on reading the old ones. */
  #restart(): void {
    const text = new TextBuffer();
    text.append(this.#text.read(this.#step.text));
    const reasoning = new TextBuffer();
    reasoning.append(this.#reasoning.read(this.#step.reasoning));
    this.#text = text;
    this.#reasoning = reasoning;
    this.#toolCalls = this.#step.toolCalls;
  }

  #changeCall(
    chunk: ToolInputChunk | ToolCallChunk | ToolResultChunk,
    change: (call: ToolCallRecord) => ToolCallRecord,
  ): void {
    const index = this.#toolCalls.findLastIndex((call) => call.toolCallId === chunk.toolCallId);
    const known = this.#toolCalls[index];
    const call = change(known ?? newRecord(chunk));
    this.#toolCalls = known === undefined ? [...this.#toolCalls, call] : this.#toolCalls.with(index, call);
  }
}

function newRecord(chunk: ToolInputChunk | ToolCallChunk | ToolResultChunk): ToolCallRecord {
  return {
    toolCallId: chunk.toolCallId,
    toolName: chunk.toolName,
    state: 'input',
    ...(chunk.providerExecuted && { providerExecuted: true as const }),
  };
}

function calledRecord(chunk: ToolCallChunk): ToolCallRecord {
  return {
    ...newRecord(chunk),
    state: 'called',
    input: chunk.input,
    ...(chunk.invalidInput !== undefined && { invalidInput: chunk.invalidInput }),
  };
}

function doneRecord(call: ToolCallRecord, chunk: ToolResultChunk): ToolCallRecord {
  return { ...call, state: 'done', output: chunk.output, isError: chunk.isError };
}

/** What of an answer rarely changes: shared by all snapshots between two changes. */
interface Facts {
  readonly toolCalls: readonly ToolCallRecord[];
  readonly usage: Usage | undefined;
  readonly finishReason: FinishReason | undefined;
  readonly startTime: number;
  readonly endTime: number | undefined;
  readonly firstChunkMs: number | undefined;
  readonly streamId: string;
  readonly metadata: ChunkMetadata | undefined;
}

/** Reads the shared text at the length it had: seven fields to make. */
class Snapshot implements StreamSnapshot {
  readonly chunkCount: number;
  readonly durationMs: number;
  readonly #facts: Facts;
  readonly #text: TextBuffer;
  readonly #textEnd: number;
  readonly #reasoning: TextBuffer;
  readonly #reasoningEnd: number;

  constructor(facts: Facts, chunkCount: number, durationMs: number, text: TextBuffer, reasoning: TextBuffer) {
    this.chunkCount = chunkCount;
    this.durationMs = durationMs;
    this.#facts = facts;
    this.#text = text;
    this.#textEnd = text.length;
    this.#reasoning = reasoning;
    this.#reasoningEnd = reasoning.length;
  }

  get completeText(): string {
    return this.#text.read(this.#textEnd);
  }

  get reasoningText(): string {
    return this.#reasoning.read(this.#reasoningEnd);
  }

  get toolCalls(): readonly ToolCallRecord[] {
    return this.#facts.toolCalls;
  }

  get usage(): Usage | undefined {
    return this.#facts.usage;
  }

  get finishReason(): FinishReason | undefined {
    return this.#facts.finishReason;
  }

  get startTime(): number {
    return this.#facts.startTime;
  }

  get endTime(): number | undefined {
    return this.#facts.endTime;
  }

  get firstChunkMs(): number | undefined {
    return this.#facts.firstChunkMs;
  }

  get streamId(): string {
    return this.#facts.streamId;
  }

  get metadata(): ChunkMetadata | undefined {
    return this.#facts.metadata;
  }
}

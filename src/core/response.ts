import type { ChunkMetadata, FinishReason, Replay, StreamChunk, ToolCallChunk, ToolInputChunk, ToolResultChunk } from './chunk.js';
import { type Facts, Snapshot, type StreamSnapshot } from './snapshot.js';
import { TextBuffer } from './text-buffer.js';
import { type ToolCallRecord, calledRecord, doneRecord, newRecord } from './tool-call-record.js';
import type { Usage } from './usage.js';
import { UsageTally } from './usage-tally.js';

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
  #now: () => number;
  readonly #kept: StreamChunk[] | undefined;
  #text = new TextBuffer();
  #reasoning = new TextBuffer();
  #toolCalls: readonly ToolCallRecord[] = noToolCalls;
  #step: StepStart = streamStart;
  #chunkCount = 0;
  #usage = new UsageTally();
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
    return this.#usage.total;
  }

  /** The part of `usage` that no chunk has told: of the model call that was cut off. */
  get untoldUsage(): Usage | undefined {
    return this.#usage.untold;
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
    if (extra.usage !== undefined) this.#usage.set(extra.usage);
    if (extra.replay !== undefined) this.#replay = extra.replay;
    this.#seal();
    return this;
  }

  /** A readonly face of the present state: O(1); text is joined only when it is read. */
  snapshot(): StreamSnapshot {
    this.#facts ??= this.#readFacts();
    return new Snapshot(this.#facts, this.#chunkCount, this.durationMs, this.#text, this.#reasoning);
  }

  /** The answer as it stands, apart from this one: what becomes of either does not show in the other. */
  copy(): StreamingResponse {
    const { startTime } = this;
    const copy = new StreamingResponse({ keepChunks: this.#kept !== undefined, now: () => startTime });
    copy.#now = this.#now;
    copy.#kept?.push(...this.chunks);
    copy.#text.append(this.completeText);
    copy.#reasoning.append(this.reasoningText);
    copy.#toolCalls = this.#toolCalls;
    copy.#step = this.#step;
    copy.#chunkCount = this.#chunkCount;
    copy.#usage = this.#usage.copy();
    copy.#finishReason = this.#finishReason;
    copy.#endTime = this.#endTime;
    copy.#firstChunkMs = this.#firstChunkMs;
    copy.#streamId = this.#streamId;
    copy.#metadata = this.#metadata;
    copy.#replay = this.#replay;
    return copy;
  }

  /** The fields of a snapshot: `JSON.stringify` sees no getters. */
  toJSON(): StreamSnapshot {
    const { completeText, reasoningText, chunkCount, durationMs } = this;
    return { completeText, reasoningText, chunkCount, durationMs, ...this.#readFacts() };
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
        this.#usage.part(chunk.usage);
        return;
      case 'step':
        this.#step = { text: this.#text.length, reasoning: this.#reasoning.length, toolCalls: this.#toolCalls };
        this.#usage.step(chunk.usage);
        this.#replay = chunk.replay;
        return;
      case 'restart':
        this.#restart();
        this.#usage.part(chunk.usage);
        return;
      case 'finish':
        this.#text.append(chunk.content);
        this.#finishReason = chunk.finishReason;
        this.#usage.finish(chunk.usage);
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

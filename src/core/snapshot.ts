import type { ChunkMetadata, FinishReason } from './chunk.js';
import type { TextBuffer } from './text-buffer.js';
import type { ToolCallRecord } from './tool-call-record.js';
import type { Usage } from './usage.js';

/** A readonly face of a `StreamingResponse` as it was after one chunk: O(1) to make, unchanged parts keep their identity. */
export interface StreamSnapshot {
  /** All text so far. Joined when read. */
  readonly completeText: string;
  readonly reasoningText: string;
  readonly toolCalls: readonly ToolCallRecord[];
  readonly chunkCount: number;
  /** All that is known to have been used, also by what a `restart` made void. */
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

/** What of an answer rarely changes: shared by all snapshots between two changes. */
export interface Facts {
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
export class Snapshot implements StreamSnapshot {
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

  /** `JSON.stringify` sees no getters: without this it would write two of the fields, and not the text. */
  toJSON(): StreamSnapshot {
    const { completeText, reasoningText, chunkCount, durationMs } = this;
    return { completeText, reasoningText, chunkCount, durationMs, ...this.#facts };
  }
}

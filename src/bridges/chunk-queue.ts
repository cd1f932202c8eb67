import { TextBuffer } from '../core/text-buffer.js';

/** A chunk as far as merging looks at it; any other value is never merged. */
interface DeltaLike {
  readonly type: 'text' | 'reasoning' | 'tool-input';
  readonly metadata: { readonly streamId: string };
  readonly toolCallId?: string;
}

/** The field that holds the piece, by type of chunk. */
const pieceField = { text: 'content', reasoning: 'reasoning', 'tool-input': 'inputDelta' } as const;

/** The last value of the queue while pieces are being added to it. */
interface Run {
  readonly first: DeltaLike;
  readonly field: string;
  readonly text: TextBuffer;
}

/**
 * Values between a source and a slow consumer, in order.
 *
 * Below the high-water mark it is a plain queue. Above it, a piece of text, reasoning or tool input that follows a piece
 * of the same kind joins it: a source that cannot pause fills a bounded number of places, and no character is lost.
 */
export class ChunkQueue<T> {
  readonly #highWaterMark: number;
  #values: T[] = [];
  /** Index of the oldest value: `Array.shift` moves all others. */
  #head = 0;
  #run: Run | undefined;

  constructor(highWaterMark: number) {
    this.#highWaterMark = highWaterMark;
  }

  get length(): number {
    return this.#values.length - this.#head;
  }

  push(value: T): void {
    if (this.length >= this.#highWaterMark && this.#join(value)) return;
    this.#closeRun();
    this.#values.push(value);
  }

  /** Takes the oldest value; call it only when `length` is above 0. */
  shift(): T {
    if (this.length === 1) this.#closeRun();
    // The caller has looked at `length`: there is a value here, and T itself may include undefined.
    const value = this.#values[this.#head] as T;
    this.#head++;
    if (this.#head === this.#values.length) this.clear();
    else if (this.#head > 1_024 && this.#head * 2 > this.#values.length) this.#compact();
    return value;
  }

  clear(): void {
    this.#values = [];
    this.#head = 0;
    this.#run = undefined;
  }

  #compact(): void {
    this.#values = this.#values.slice(this.#head);
    this.#head = 0;
  }

  #join(value: T): boolean {
    if (this.length === 0 || !isDelta(value)) return false;
    const last: unknown = this.#run?.first ?? this.#values[this.#values.length - 1];
    if (!isDelta(last) || !continues(last, value)) return false;
    this.#run ??= openRun(last);
    this.#run.text.append(pieceOf(value, this.#run.field));
    return true;
  }

  #closeRun(): void {
    if (this.#run === undefined) return;
    const { first, field, text } = this.#run;
    // A chunk of the same type with another piece is a T again.
    this.#values[this.#values.length - 1] = { ...first, [field]: text.read() } as T;
    this.#run = undefined;
  }
}

function openRun(first: DeltaLike): Run {
  const field = pieceField[first.type];
  const text = new TextBuffer();
  text.append(pieceOf(first, field));
  return { first, field, text };
}

function pieceOf(chunk: object, field: string): string {
  // `isDelta` has checked that the field holds a string.
  return (chunk as Readonly<Record<string, string>>)[field] ?? '';
}

function continues(last: DeltaLike, next: DeltaLike): boolean {
  return (
    last.type === next.type &&
    last.metadata.streamId === next.metadata.streamId &&
    last.toolCallId === next.toolCallId
  );
}

/** Structural: the bridges take any T, and chunks may come from another copy of the package. */
function isDelta(value: unknown): value is DeltaLike {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  if (value.type !== 'text' && value.type !== 'reasoning' && value.type !== 'tool-input') return false;
  if (!('metadata' in value) || typeof value.metadata !== 'object' || value.metadata === null) return false;
  if (!('streamId' in value.metadata)) return false;
  // `in` cannot narrow to a computed key.
  return typeof (value as Readonly<Record<string, unknown>>)[pieceField[value.type]] === 'string';
}

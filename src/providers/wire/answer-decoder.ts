import type { StreamChunk } from '../../core/chunk.js';
import type { InterruptionReason } from '../../core/errors.js';
import type { FrameDecoder, FrameListener } from './frames.js';
import { type AnswerPhase, type Translator, type TranslatorContext, type WireEvent, WireFault, malformed } from './translator.js';
import { isRecord } from './wire-data.js';

/** How a body's bytes ended: by the end of the message, or because the connection broke. */
export type BodyEnd = 'clean' | 'cut';

/** How an answer ended: `finish` went out, it was interrupted, or nobody listens any more. */
export type AnswerOutcome =
  | { readonly type: 'finished' }
  | { readonly type: 'stopped' }
  | { readonly type: 'interrupted'; readonly reason: InterruptionReason; readonly cause?: unknown };

const finished: AnswerOutcome = Object.freeze({ type: 'finished' });
const stopped: AnswerOutcome = Object.freeze({ type: 'stopped' });
/** A body without events is kept up to so many bytes: it may be an error document. */
const maxDocumentLength = 64 * 1024;

/** How a line of server-sent events begins; a body may have been cut inside its first word. */
const fieldStarts = ['data:', 'event:', 'id:', 'retry:', ':'];

/** `undefined`, which no JSON is, for what does not parse. */
function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** A 200 that is HTML or JSON: it does not begin like a stream of events. */
function isForeign(document: string): boolean {
  return document !== '' && !fieldStarts.some((field) => document.startsWith(field) || field.startsWith(document));
}

/** A failure that a server or a gateway sends with status 200, as one JSON object. */
function isErrorDocument(document: string): boolean {
  const value = document.startsWith('{') ? parse(document) : undefined;
  return isRecord(value) && Boolean(value.error);
}

/** What an `AnswerDecoder` is made of. */
export interface AnswerDecoderParts {
  readonly context: TranslatorContext;
  readonly translator: Translator;
  readonly frames: (listener: FrameListener) => FrameDecoder;
  /** Receives each chunk, synchronously. */
  readonly emit: (chunk: StreamChunk) => void;
  /** True while the consumer has no room: events are held, in order, until `resume()`. */
  readonly isPaused?: () => boolean;
  /** The clock of `chunk.timestamp`. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * One answer's body: bytes in, chunks out, then exactly one outcome. The same chunks at any split of the bytes.
 *
 * A plain state machine: no rxjs, no I/O, no timers.
 */
export class AnswerDecoder implements FrameListener {
  readonly #parts: AnswerDecoderParts;
  readonly #frames: FrameDecoder;
  readonly #now: () => number;
  /** The body as long as no event came. */
  #head: Uint8Array[] = [];
  #headLength = 0;
  #held: WireEvent[] = [];
  /** Index of the oldest event that is held: shifting the array for each would move all others. */
  #heldFrom = 0;
  #eventCount = 0;
  #flushing = false;
  #end: BodyEnd | undefined;
  #endCause: unknown;
  #outcome: AnswerOutcome | undefined;

  constructor(parts: AnswerDecoderParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#frames = parts.frames(this);
  }

  /** Set once the answer is over. */
  get outcome(): AnswerOutcome | undefined {
    return this.#outcome;
  }

  /** How many events have come: comments are none. */
  get eventCount(): number {
    return this.#eventCount;
  }

  get phase(): AnswerPhase {
    return this.#parts.translator.phase;
  }

  /** Events wait for the consumer: no further bytes are wanted before `resume()`. */
  get isHolding(): boolean {
    return this.#heldFrom < this.#held.length;
  }

  /** Takes the next network chunk. */
  feed(bytes: Uint8Array): void {
    if (this.#outcome !== undefined) return;
    if (this.#eventCount === 0) this.#keep(bytes);
    this.#parts.context.timestamp = this.#now();
    this.#frames.feed(bytes);
  }

  /** The bytes ended. The outcome is set at once, or after `resume()` has handed out what is held. */
  end(how: BodyEnd, cause?: unknown): void {
    if (this.#outcome !== undefined || this.#end !== undefined) return;
    this.#end = how;
    this.#endCause = cause;
    this.#parts.context.timestamp = this.#now();
    if (!this.isHolding) this.#conclude();
  }

  /** The consumer has room again. */
  resume(): void {
    while (this.#heldFrom < this.#held.length && this.#outcome === undefined && this.#parts.isPaused?.() !== true) {
      const event = this.#held[this.#heldFrom++];
      if (event !== undefined) this.#take(event);
    }
    if (this.#heldFrom >= this.#held.length) this.#dropHeld();
    if (this.#outcome === undefined && this.#end !== undefined && !this.isHolding) this.#conclude();
  }

  /** The server stayed silent after the answer was whole: it ends here. */
  settle(): void {
    if (this.#outcome === undefined && !this.isHolding && this.phase !== 'open') this.#finish();
  }

  /** Nobody listens any more: the rest of the bytes is not decoded. */
  stop(): void {
    this.#dropHeld();
    this.#outcome ??= stopped;
  }

  onEvent(event: WireEvent): void {
    if (this.#eventCount++ === 0) this.#head = [];
    if (this.#outcome !== undefined) return;
    if (this.isHolding || this.#parts.isPaused?.() === true) {
      this.#held.push(event);
      return;
    }
    this.#take(event);
  }

  onTooLarge(): void {
    this.#interrupt('malformed', malformed('a frame of the answer is larger than the limit').cause);
  }

  #dropHeld(): void {
    this.#held = [];
    this.#heldFrom = 0;
  }

  #take(event: WireEvent): void {
    const { translator, emit } = this.#parts;
    try {
      translator.translate(event, emit);
    } catch (error) {
      this.#fault(error, event);
      return;
    }
    if (translator.phase === 'ended') this.#finish();
  }

  #fault(error: unknown, { data }: WireEvent): void {
    if (!(error instanceof WireFault)) throw error;
    // The last event was cut in the middle: it is dropped, and the ending decides. Half an error event is none either.
    if (this.#flushing && (error.reason === 'malformed' || parse(data) === undefined)) return;
    this.#interrupt(error.reason, error.cause);
  }

  /** After the last byte: an unterminated last event counts if its data parses. */
  #conclude(): void {
    this.#flushing = true;
    this.#frames.flush();
    if (this.#outcome !== undefined || this.isHolding) return;
    if (this.phase !== 'open') this.#finish();
    else if (this.#end === 'cut') this.#interrupt('disconnected', this.#endCause);
    else this.#endWithoutAnswer();
  }

  #endWithoutAnswer(): void {
    const document = this.#eventCount > 0 ? '' : this.#readHead();
    if (!isForeign(document)) {
      this.#interrupt('truncated');
      return;
    }
    // Every dialect reads an error in the data of an event: here it is the whole body.
    if (this.#headLength <= maxDocumentLength && isErrorDocument(document)) this.#take({ data: document });
    if (this.#outcome === undefined) {
      this.#interrupt('malformed', malformed('the body holds no event: it looks like a page or a JSON document').cause);
    }
  }

  #keep(bytes: Uint8Array): void {
    const room = maxDocumentLength - this.#headLength;
    if (room > 0) this.#head.push(bytes.subarray(0, room));
    this.#headLength += bytes.length;
  }

  #readHead(): string {
    const text = new TextDecoder();
    // As a stream, to the last: half a character, or half a byte order mark, is no page yet.
    return this.#head.map((bytes) => text.decode(bytes, { stream: true })).join('').trimStart();
  }

  #finish(): void {
    this.#outcome = finished;
    this.#parts.translator.finish(this.#parts.emit);
  }

  #interrupt(reason: InterruptionReason, cause?: unknown): void {
    this.#dropHeld();
    this.#outcome = { type: 'interrupted', reason, cause };
  }
}

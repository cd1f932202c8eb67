import type { ChunkMetadata, Replay, StreamChunk } from '../../core/chunk.js';
import { ProtocolError } from '../../core/errors.js';
import type { Usage } from '../../core/usage.js';
import type { ErrorContext } from '../http-error.js';

/** One event of a body: an SSE event, or a line of NDJSON (then without a name). */
export interface WireEvent {
  /** The `event:` field. Only a hint: proxies drop it, so the data decides. */
  readonly event?: string | undefined;
  readonly data: string;
}

/**
 * How far an answer has come.
 *
 * `open`: more must come. `whole`: it could end here (design: when an answer is whole), more may come. `ended`: its terminal
 * event came.
 */
export type AnswerPhase = 'open' | 'whole' | 'ended';

/** What a translator is told about the model call it translates. */
export interface TranslatorContext extends ErrorContext {
  readonly metadata: ChunkMetadata;
  /** Set by the decoder once per network chunk, for `chunk.timestamp`: milliseconds since the epoch. */
  timestamp: number;
}

/** What is known of an answer that did not come whole. */
export interface PartialFacts {
  readonly usage?: Usage | undefined;
  readonly replay?: Replay | undefined;
}

/** One provider dialect: events in, chunks out. A plain state machine for one model call, without rxjs and I/O. */
export interface Translator {
  readonly phase: AnswerPhase;
  /**
   * Translates one event.
   *
   * @throws {WireFault} the answer cannot go on; nothing else is ever thrown.
   */
  translate(event: WireEvent, emit: (chunk: StreamChunk) => void): void;
  /** Emits what is still held and then `finish`; called once, in phase `whole` or `ended`. */
  finish(emit: (chunk: StreamChunk) => void): void;
  /** For the partial of an interruption: usage (`estimated`) and replay as far as they are known. */
  partialFacts(): PartialFacts;
}

/** Ends an answer from inside its body: the server said so (`provider`), or the body breaks its format (`malformed`). */
export class WireFault extends Error {
  readonly reason: 'provider' | 'malformed';

  /** @param cause becomes the `cause` of the interruption: a `ProviderError` or a `ProtocolError`. */
  constructor(reason: 'provider' | 'malformed', cause: Error) {
    super(cause.message, { cause });
    this.reason = reason;
  }
}

/** A body that breaks its format. */
export function malformed(what: string, cause?: unknown): WireFault {
  return new WireFault('malformed', new ProtocolError(what, cause === undefined ? undefined : { cause }));
}

/**
 * Parses one event's data, which must be a JSON object.
 *
 * @throws {WireFault} `malformed`; the data itself is not repeated in the message, because it is part of the answer.
 */
export function parseEventData(data: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (error) {
    throw malformed(`an event of ${data.length} characters is not JSON`, error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('an event is JSON but no object');
  }
  // Narrowed above to a non-null object that is no array.
  return value as Readonly<Record<string, unknown>>;
}

import {
  asyncScheduler,
  catchError,
  concatWith,
  ignoreElements,
  NEVER,
  Observable,
  type OperatorFunction,
  type SchedulerLike,
  type Subscriber,
  tap,
} from 'rxjs';
import { ChunkQueue } from '../bridges/chunk-queue.js';
import type { FinishReason, StreamChunk } from '../core/chunk.js';
import { type Demand, findDemand } from '../core/demand.js';
import { ValidationError } from '../core/errors.js';
import { chunkFrame, endFrame, type EndRecord, errorRecord, heartbeatFrame } from './format.js';

/** Options of `toSse`. */
export interface SseOptions {
  /** A comment is sent after so many milliseconds without a frame. Default 15,000; 0 sends none. */
  readonly heartbeatMs?: number | undefined;
  /** The clock of the heartbeat. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** Is given the whole error that the client reads only in part, for the server's log. Called once, synchronously. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const defaultHeartbeatMs = 15_000;

/**
 * Writes a stream as server-sent events: one frame a chunk, then one end record, on any ending.
 *
 * In plain words: what goes into the body of an event-stream response. `docs/frameworks.md` describes the format.
 * An error of the source becomes the end record and the result completes; `onError` is given it whole. What `onError`
 * throws is the error of the result. Unsubscribing unsubscribes the source and writes nothing more. While the consumer's
 * demand is shut, pieces of text wait joined and no heartbeat is sent.
 *
 * @throws ValidationError when `heartbeatMs` is negative or not finite.
 *
 * @example
 * agent.stream$('Hello').pipe(toSse()).subscribe((frame) => response.write(frame));
 */
export function toSse(options: SseOptions = {}): OperatorFunction<StreamChunk, string> {
  const { heartbeatMs = defaultHeartbeatMs, scheduler = asyncScheduler } = options;
  if (!Number.isFinite(heartbeatMs) || heartbeatMs < 0) {
    throw new ValidationError(`heartbeatMs is ${heartbeatMs}; give milliseconds, or 0 for no heartbeat.`);
  }
  return (source$) =>
    new Observable((destination) => {
      const writer = new SseWriter(destination, options.onError);
      if (heartbeatMs > 0) writer.startHeartbeat(heartbeatMs, scheduler);
      // The writer alone emits and ends. The source stays linked to the destination, so that it finds the demand and a
      // synchronous one stops.
      source$
        .pipe(
          tap({
            next: (chunk) => {
              writer.next(chunk);
            },
            complete: () => {
              writer.complete();
            },
          }),
          ignoreElements(),
          catchError((error: unknown) => {
            writer.error(error);
            return NEVER;
          }),
          concatWith(NEVER),
        )
        .subscribe(destination);
    });
}

/** Takes chunks in and writes frames, in order, as far as there is room. */
class SseWriter {
  readonly #destination: Subscriber<string>;
  readonly #demand: Demand | undefined;
  /** Above one chunk, text that comes while the demand is shut is joined. */
  readonly #held = new ChunkQueue<StreamChunk>(1);
  readonly #onError: ((error: unknown) => void) | undefined;
  #nextId = 0;
  #finishReason: FinishReason | undefined;
  #ending: EndRecord | undefined;
  #writing = false;
  /** Tells the heartbeat that a frame went out. */
  #touch: () => void = () => undefined;

  constructor(destination: Subscriber<string>, onError: ((error: unknown) => void) | undefined) {
    this.#destination = destination;
    this.#onError = onError;
    this.#demand = findDemand(destination);
    destination.add(
      this.#demand?.onChange(() => {
        this.#write();
      }),
    );
  }

  /** One timer that re-arms for the remainder: a timer per chunk costs eight times as much. */
  startHeartbeat(heartbeatMs: number, scheduler: SchedulerLike): void {
    let last = scheduler.now();
    this.#touch = () => {
      last = scheduler.now();
    };
    const beat = (): void => {
      if (scheduler.now() - last < heartbeatMs) return;
      last = scheduler.now();
      if (this.#isOpen()) this.#destination.next(heartbeatFrame);
    };
    const timer = scheduler.schedule(function () {
      beat();
      this.schedule(undefined, last + heartbeatMs - scheduler.now());
    }, heartbeatMs);
    this.#destination.add(timer);
  }

  next(chunk: StreamChunk): void {
    if (this.#ending !== undefined) return;
    if (chunk.type === 'finish') this.#finishReason = chunk.finishReason;
    this.#held.push(chunk);
    this.#write();
  }

  complete(): void {
    this.#end(
      this.#finishReason === undefined ? { ending: 'stopped' } : { ending: 'finished', finishReason: this.#finishReason },
    );
  }

  /** The client is told in part, the server's log in whole. */
  error(error: unknown): void {
    try {
      this.#onError?.(error);
    } catch (thrown) {
      this.#destination.error(thrown);
      return;
    }
    this.#end({ ending: 'failed', error: errorRecord(error) });
  }

  #end(record: EndRecord): void {
    this.#ending = record;
    this.#write();
  }

  #isOpen(): boolean {
    return this.#demand?.isOpen ?? true;
  }

  /** Writes what is held, in order, as far as there is room. */
  #write(): void {
    // A consumer may open the gate inside `next`: the loop that runs goes on.
    if (this.#writing) return;
    this.#writing = true;
    try {
      while (!this.#destination.closed && this.#isOpen()) {
        if (this.#held.length > 0) this.#writeChunk(this.#held.shift());
        else if (this.#ending !== undefined) this.#writeEnd(this.#ending);
        else return;
      }
    } finally {
      this.#writing = false;
    }
  }

  #writeChunk(chunk: StreamChunk): void {
    let frame: string;
    try {
      frame = chunkFrame(this.#nextId, chunk);
    } catch (error) {
      // What follows it would make a stream with a hole.
      this.#held.clear();
      this.error(error);
      return;
    }
    this.#nextId++;
    this.#touch();
    this.#destination.next(frame);
  }

  #writeEnd(record: EndRecord): void {
    this.#destination.next(endFrame(this.#nextId, record));
    this.#destination.complete();
  }
}

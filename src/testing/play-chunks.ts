import { asyncScheduler, Observable, type SchedulerLike } from 'rxjs';
import type { StreamChunk } from '../core/chunk.js';
import { findDemand } from '../core/demand.js';
import { ValidationError } from '../core/errors.js';

/** How fast a test double streams. */
export interface PlayOptions {
  /** Milliseconds between two chunks; the first comes at once. 0: all of them synchronously. */
  readonly delayMs: number;
  /** The clock of the delays and of `chunk.timestamp`. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
}

/** A chunk that is still to get its timestamp. */
export type ChunkMaker = (timestamp: number) => StreamChunk;

/** What follows the last chunk: nothing (the stream completes), or an error made at that moment. */
export type MakeError = () => unknown;

/** Plays chunks one after another, waiting while the consumer's demand is shut. */
export function playChunks(chunks: readonly ChunkMaker[], options: PlayOptions, makeError?: MakeError): Observable<StreamChunk> {
  const { delayMs, scheduler = asyncScheduler } = options;
  return new Observable((subscriber) => {
    const demand = findDemand(subscriber);
    let index = 0;
    let busy = false;
    const play = (): void => {
      busy = true;
      while (!subscriber.closed && (demand?.isOpen ?? true)) {
        const make = chunks[index++];
        if (make === undefined) {
          if (makeError === undefined) subscriber.complete();
          else subscriber.error(makeError());
          return;
        }
        subscriber.next(make(scheduler.now()));
        if (delayMs > 0 && (index < chunks.length || makeError !== undefined)) {
          subscriber.add(scheduler.schedule(play, delayMs));
          return;
        }
      }
      busy = false;
    };
    subscriber.add(
      demand?.onChange(() => {
        if (!busy) play();
      }),
    );
    play();
  });
}

/** Throws a `ValidationError` for a delay that is no number of milliseconds. */
export function checkDelay(delayMs: number): void {
  if (Number.isFinite(delayMs) && delayMs >= 0) return;
  throw new ValidationError(`delayMs is ${delayMs}; give milliseconds, 0 for a synchronous stream.`);
}

/** Throws a `ValidationError` for a chunk size that is no whole number of at least 1. */
export function checkChunkSize(chunkSize: number): void {
  if (Number.isInteger(chunkSize) && chunkSize >= 1) return;
  throw new ValidationError(`chunkSize is ${chunkSize}; give a whole number of characters, at least 1.`);
}

import { type Observable, type SchedulerLike, asyncScheduler, identity, tap } from 'rxjs';
import type { StreamChunk } from '../../src/core/chunk.js';
import { StreamingResponse } from '../../src/core/response.js';

/** Options of every operator that makes a `StreamInterruptedError`. */
export interface PartialOptions {
  /**
   * The answer so far, when a `mapInterruption({ response })` below this operator fills it: the text is then held once.
   * It belongs to one subscription, so make it inside `defer`. Without it the operator keeps the answer itself.
   */
  readonly response?: StreamingResponse;
  /** The clock of the operator and of the response it keeps. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** A response whose times are the scheduler's. */
export function newResponse(scheduler: SchedulerLike = asyncScheduler): StreamingResponse {
  return new StreamingResponse({ now: () => scheduler.now() });
}

/** The answer that one subscription hands to its error. */
export interface PartialAnswer {
  readonly response: StreamingResponse;
  /** Takes in what is about to be emitted; does nothing when another operator fills the response. */
  add(chunk: StreamChunk): void;
  /** The source, its chunks taken in as they pass. */
  keep<C extends StreamChunk>(source: Observable<C>): Observable<C>;
}

/** The response that was given, which somebody else fills; else one of our own. */
export function keepPartial(options: PartialOptions): PartialAnswer {
  if (options.response !== undefined) return { response: options.response, add: () => undefined, keep: identity };
  const response = newResponse(options.scheduler);
  const add = (chunk: StreamChunk): void => response.addChunk(chunk);
  return { response, add, keep: (source) => source.pipe(tap((chunk) => add(chunk))) };
}

import { type OperatorFunction, type SchedulerLike, defer, map } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import type { StreamSnapshot } from '../src/core/snapshot.js';
import { checkOptions } from './shared/option-checks.js';
import { newResponse } from './shared/partial.js';

/** Options of `accumulate`. */
export interface AccumulateOptions {
  /** The clock of `startTime`, `durationMs` and `firstChunkMs`. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Emits the answer so far for every chunk, as a readonly snapshot.
 *
 * Each snapshot is a new object and costs O(1): its text is joined when it is read. Unchanged parts keep their identity, so
 * it suits `distinctUntilChanged`, signals and `OnPush`. A stream without `finish` is taken as it is. Completion, errors
 * and unsubscribing pass through unchanged.
 *
 * @example
 * agent.stream$('Tell me a story').pipe(accumulate()).subscribe(({ completeText }) => render(completeText));
 * @see mapInterruption for the answer so far when the stream fails.
 */
export function accumulate(options: AccumulateOptions = {}): OperatorFunction<StreamChunk, StreamSnapshot> {
  checkOptions('accumulate', options);
  return (source) =>
    defer(() => {
      const response = newResponse(options.scheduler);
      return source.pipe(
        map((chunk) => {
          response.addChunk(chunk);
          return response.snapshot();
        }),
      );
    });
}

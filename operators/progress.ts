import { Observable, type OperatorFunction, concat, defer, filter, map, of } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { findDemand } from '../src/core/demand.js';
import type { StreamMetrics } from '../src/core/metrics.js';
import { type MeasureOptions, Measurement, checkMeasureOptions } from './shared/measurement.js';

/** Options of `progress`. */
export type ProgressOptions = MeasureOptions;

/**
 * Turns a stream of chunks into a stream of its metrics.
 *
 * Emits for the first chunk, then at most every `intervalMs` when a chunk comes, and once more on completion. Errors pass
 * by identity; unsubscribing stops the source.
 *
 * @param options `intervalMs` (default 100, 0 for every chunk), `stallMs` (default 2000), `scheduler`.
 * @throws ValidationError at once for a bad interval.
 * @example
 * agent.stream$('Hello').pipe(progress()).subscribe(({ outputTokens, durationMs }) => bar.update(outputTokens, durationMs));
 * @see measure to keep the chunks.
 */
export function progress(options: ProgressOptions = {}): OperatorFunction<StreamChunk, StreamMetrics> {
  checkMeasureOptions('progress', options);
  return (source) =>
    new Observable((subscriber) => {
      const measurement = new Measurement(options, findDemand(subscriber));
      const live = source.pipe(
        map((chunk) => measurement.add(chunk)),
        filter((record) => record !== undefined),
      );
      concat(
        live,
        defer(() => of(measurement.completed())),
      ).subscribe(subscriber);
      return () => measurement.dispose();
    });
}

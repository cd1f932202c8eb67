import { type MonoTypeOperatorFunction, throwError } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { findDemand } from '../src/core/demand.js';
import { ValidationError } from '../src/core/errors.js';
import type { StreamMetrics } from '../src/core/metrics.js';
import { relay } from '../src/core/relay.js';
import { type MeasureOptions, Measurement, checkMeasureOptions } from './shared/measurement.js';

/**
 * Measures the stream and passes its chunks on unchanged.
 *
 * `listener` is called with a live record for the first chunk and then at most every `intervalMs`, and once more on any
 * ending: `finished`, `completed`, `interrupted`, `failed` or `unsubscribed`. Live records come with chunks, not by a timer.
 * A listener that throws ends the stream with its error and is not called again; when there is no channel left for the
 * error (the stream has failed already, or the consumer has left) it is reported as RxJS reports unhandled errors: thrown from a
 * timer, which is an uncaught exception in Node.
 *
 * @param options `intervalMs` (default 100, 0 for every chunk), `stallMs` (default 2000), `scheduler`.
 * @throws ValidationError at once for a bad interval, or a listener that is no function.
 * @example
 * agent.stream$('Hello').pipe(measure((metrics) => console.log(`${metrics.tokensPerSecond} tokens/s`), { intervalMs: 1_000 }));
 * @see progress for the records as a stream.
 */
export function measure<C extends StreamChunk>(
  listener: (metrics: StreamMetrics) => void,
  options: MeasureOptions = {},
): MonoTypeOperatorFunction<C> {
  checkMeasureOptions('measure', options);
  if (typeof listener !== 'function') throw new ValidationError('measure: give a listener, a function that takes the metrics.');
  return relay<C, C>((out) => {
    const measurement = new Measurement(options, findDemand(out));
    const report = new Report(listener);
    out.add(() => {
      report.lastBeside(() => measurement.unsubscribed());
      measurement.dispose();
    });
    return {
      next: (chunk) => {
        const record = measurement.add(chunk);
        if (record !== undefined) report.live(record);
        out.next(chunk);
      },
      error: (error) => {
        report.lastBeside(() => measurement.failed(error));
        out.error(error);
      },
      complete: () => {
        report.last(() => measurement.completed());
        out.complete();
      },
    };
  });
}

/** Calls the listener until it threw or had its last record. */
class Report {
  readonly #listener: (metrics: StreamMetrics) => void;
  #isOver = false;

  constructor(listener: (metrics: StreamMetrics) => void) {
    this.#listener = listener;
  }

  live(record: StreamMetrics): void {
    try {
      this.#listener(record);
    } catch (error) {
      this.#isOver = true;
      throw error;
    }
  }

  last(read: () => StreamMetrics): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener(read());
  }

  /** The error channel is taken or gone: RxJS reports what the listener throws. */
  lastBeside(read: () => StreamMetrics): void {
    try {
      this.last(read);
    } catch (error) {
      throwError(() => error).subscribe();
    }
  }
}

import { type SchedulerLike, asyncScheduler } from 'rxjs';
import type { StreamChunk } from '../../src/core/chunk.js';
import type { Demand } from '../../src/core/demand.js';
import { isStreamInterrupted } from '../../src/core/errors.js';
import { StreamMeter, type StreamMetrics } from '../../src/core/metrics.js';
import { ActiveClock } from './active-clock.js';
import { checkInterval, checkOptions } from './option-checks.js';

/** Options of `measure` and `progress`. */
export interface MeasureOptions {
  /** At most one live record in this time. Default 100 milliseconds; 0: one for every chunk. */
  readonly intervalMs?: number;
  /** A gap between chunks longer than this counts as a stall. Default 2000 milliseconds. */
  readonly stallMs?: number;
  /** The clock. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

const defaults = { intervalMs: 100, stallMs: 2_000 } as const;

export function checkMeasureOptions(operator: string, options: MeasureOptions): void {
  checkOptions(operator, options);
  checkInterval(`${operator} intervalMs`, options.intervalMs ?? defaults.intervalMs);
  checkInterval(`${operator} stallMs`, options.stallMs ?? defaults.stallMs);
}

/** The metrics of one subscription: a meter, its clock, and when the next live record is due. */
export class Measurement {
  readonly #clock: ActiveClock;
  readonly #meter: StreamMeter;
  readonly #intervalMs: number;
  #nextMs = -Infinity;

  constructor(options: MeasureOptions, demand: Demand | undefined) {
    this.#clock = new ActiveClock(options.scheduler ?? asyncScheduler, demand);
    this.#meter = new StreamMeter({ startMs: this.#clock.now(), stallMs: options.stallMs ?? defaults.stallMs });
    this.#intervalMs = options.intervalMs ?? defaults.intervalMs;
  }

  /** @returns a live record when one is due. */
  add(chunk: StreamChunk): StreamMetrics | undefined {
    const nowMs = this.#clock.now();
    this.#meter.add(chunk, nowMs);
    if (nowMs < this.#nextMs) return undefined;
    this.#nextMs = nowMs + this.#intervalMs;
    return this.#meter.read(nowMs, 'running');
  }

  completed(): StreamMetrics {
    return this.#meter.read(this.#clock.now(), this.#meter.isFinished ? 'finished' : 'completed');
  }

  failed(error: unknown): StreamMetrics {
    return this.#meter.read(this.#clock.now(), isStreamInterrupted(error) ? 'interrupted' : 'failed');
  }

  unsubscribed(): StreamMetrics {
    return this.#meter.read(this.#clock.now(), this.#meter.isFinished ? 'finished' : 'unsubscribed');
  }

  dispose(): void {
    this.#clock.dispose();
  }
}

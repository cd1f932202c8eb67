import type { TimestampProvider } from 'rxjs';
import type { Demand } from '../../src/core/demand.js';

/** A scheduler's clock that stands still while the consumer is the one who waits: while the demand is shut. */
export class ActiveClock {
  readonly #timestamps: TimestampProvider;
  readonly #stop: () => void;
  #stoppedAt: number | undefined;
  /** How long the demand was shut so far. */
  #shutMs = 0;

  /** `onChange` is called after the clock stopped or went on. */
  constructor(timestamps: TimestampProvider, demand: Demand | undefined, onChange?: () => void) {
    this.#timestamps = timestamps;
    if (demand === undefined) {
      this.#stop = () => undefined;
      return;
    }
    if (!demand.isOpen) this.#stoppedAt = timestamps.now();
    this.#stop = demand.onChange(() => {
      this.#follow(demand.isOpen);
      onChange?.();
    });
  }

  get isRunning(): boolean {
    return this.#stoppedAt === undefined;
  }

  /** Milliseconds; only differences mean something. */
  now(): number {
    return (this.#stoppedAt ?? this.#timestamps.now()) - this.#shutMs;
  }

  /** Forgets the demand: on every ending. */
  dispose(): void {
    this.#stop();
  }

  #follow(isOpen: boolean): void {
    if (!isOpen) {
      this.#stoppedAt ??= this.#timestamps.now();
      return;
    }
    if (this.#stoppedAt === undefined) return;
    this.#shutMs += this.#timestamps.now() - this.#stoppedAt;
    this.#stoppedAt = undefined;
  }
}

import type { UsageParts } from './attempt-usage.js';
import { isCallersEnd, isProviderFailure } from './retryable.js';

/** Who runs, who has won, and what the losers are known to have used. A state machine without rxjs. */
export class HedgeRace {
  readonly #running = new Set<number>();
  #winner: number | undefined;
  #lostUsage: UsageParts = [];

  get isDecided(): boolean {
    return this.#winner !== undefined;
  }

  get lostUsage(): UsageParts {
    return this.#lostUsage;
  }

  start(index: number): void {
    this.#running.add(index);
  }

  /** This one spoke first. Those that run are cut off, and nobody will say what they used. */
  win(index: number): void {
    this.#winner = index;
    this.#running.delete(index);
    this.#lostUsage = [...this.#lostUsage, ...Array.from(this.#running, () => undefined)];
    this.#running.clear();
  }

  /** A stream ended; true when it did so without a chunk and nobody else runs. */
  completed(index: number): boolean {
    this.#running.delete(index);
    if (this.isDecided || this.#running.size > 0) return false;
    this.#winner = index;
    return true;
  }

  /** A stream failed; true when its error has to go on, false when it is left to the others. */
  failed(index: number, error: unknown, used: UsageParts): boolean {
    this.#running.delete(index);
    if (this.isDecided || this.#running.size === 0 || isCallersEnd(error) || !isProviderFailure(error)) return true;
    this.#lostUsage = [...this.#lostUsage, ...used];
    return false;
  }
}

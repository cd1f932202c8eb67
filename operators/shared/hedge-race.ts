import { type UsageParts, addUsageToError, usedBy } from './attempt-usage.js';
import { isCallersEnd, isProviderFailure } from './retryable.js';

/** Who runs, who has won, and what the losers are known to have used. A state machine without rxjs. */
export class HedgeRace {
  readonly #running = new Set<number>();
  #winner: number | undefined;
  #lostUsage: UsageParts = [];
  /** The last failure that was left to others, and what those before it used. */
  #left: { readonly error: unknown; readonly before: UsageParts } | undefined;

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
  failed(index: number, error: unknown): boolean {
    this.#running.delete(index);
    if (this.isDecided || this.#running.size === 0 || isCallersEnd(error) || !isProviderFailure(error)) return true;
    this.#left = { error, before: this.#lostUsage };
    this.#lostUsage = [...this.#lostUsage, ...usedBy(error)];
    return false;
  }

  /** The error that goes on, counting what the others are known to have used. */
  counted(error: unknown): unknown {
    return addUsageToError(error, this.#lostUsage);
  }

  /** The failure that was left to others of which none spoke. */
  leftFailure(): { readonly error: unknown } | undefined {
    return this.#left && { error: addUsageToError(this.#left.error, this.#left.before) };
  }
}

import { type Usage, restOfUsage, sumUsage } from './usage.js';

/**
 * What an answer is known to have used, void attempts included, from what its chunks tell.
 *
 * `finish.usage` of a run counts all of it. A stream without a `step` is one model call: its `finish` counts the last attempt
 * alone, and void attempts and tools have told of theirs in chunks of their own.
 */
export class UsageTally {
  /** Of steps, void attempts and tools; a step that reported none makes the sum an estimate. */
  #told: readonly (Usage | undefined)[] = [];
  #total: Usage | undefined;
  #hasStep = false;

  get total(): Usage | undefined {
    return this.#total;
  }

  /** The part of `total` that no chunk has told: of the model call that was cut off. */
  get untold(): Usage | undefined {
    return restOfUsage(this.#total, sumUsage(this.#told));
  }

  step(usage: Usage | undefined): void {
    this.#hasStep = true;
    this.#tell([...this.#told, usage]);
  }

  /** Of a void attempt, or of a tool: none is reported where nothing is known. */
  part(usage: Usage | undefined): void {
    if (usage !== undefined) this.#tell([...this.#told, usage]);
  }

  finish(usage: Usage | undefined): void {
    this.#tell(this.#hasStep ? [usage ?? this.#total] : [...this.#told, usage]);
  }

  /** The total is known from elsewhere. */
  set(total: Usage): void {
    this.#total = total;
  }

  copy(): UsageTally {
    const copy = new UsageTally();
    copy.#told = this.#told;
    copy.#total = this.#total;
    copy.#hasStep = this.#hasStep;
    return copy;
  }

  #tell(told: readonly (Usage | undefined)[]): void {
    this.#told = told;
    this.#total = sumUsage(told);
  }
}

import { type Usage, restOfUsage, sumUsage } from './usage.js';

/**
 * What an answer is known to have used, void attempts included, from what its chunks tell.
 *
 * `finish.usage` of a run counts all of it. A stream without a `step` is one model call: its `finish` counts the last attempt
 * alone, and void attempts and tools have told of theirs in chunks of their own.
 */
export class UsageTally {
  /** Of steps, void attempts and tools. */
  #told: Usage | undefined;
  /** One of them reported none, so that the total is an estimate. */
  #isIncomplete = false;
  #hasStep = false;
  #total: Usage | undefined;

  get total(): Usage | undefined {
    return this.#total;
  }

  /** The part of `total` that no chunk has told: of the model call that was cut off. */
  get untold(): Usage | undefined {
    return restOfUsage(this.#total, this.#told);
  }

  step(usage: Usage | undefined): void {
    this.#hasStep = true;
    this.#tell(usage);
  }

  /** Of a void attempt, or of a tool: none is reported where nothing is known. */
  part(usage: Usage | undefined): void {
    if (usage !== undefined) this.#tell(usage);
  }

  finish(usage: Usage | undefined): void {
    if (!this.#hasStep) {
      this.#tell(usage);
      return;
    }
    this.#total = usage ?? this.#total;
    this.#told = this.#total;
  }

  /** The total is known from elsewhere. */
  set(total: Usage): void {
    this.#total = total;
  }

  copy(): UsageTally {
    const copy = new UsageTally();
    copy.#told = this.#told;
    copy.#isIncomplete = this.#isIncomplete;
    copy.#hasStep = this.#hasStep;
    copy.#total = this.#total;
    return copy;
  }

  #tell(usage: Usage | undefined): void {
    if (usage === undefined) this.#isIncomplete = true;
    else this.#told = this.#told === undefined ? usage : sumUsage([this.#told, usage]);
    this.#total = this.#isIncomplete ? sumUsage([this.#told, undefined]) : this.#told;
  }
}

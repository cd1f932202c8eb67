/** Held text is to be out so long after it came. */
const lagMs = 1_000;
/** What came within so much time is to be out by the same moment: it evens out the source, and bounds the work. */
const batchMs = 250;

interface Batch {
  readonly startMs: number;
  /** What is held of it. */
  length: number;
  dueMs: number;
}

/**
 * How fast held text must go out: as fast as was asked for, or faster, so that each piece is out about a second after it came.
 *
 * A pace that came from the amount alone would fall with it, and the end of a burst would take the longer the larger it was.
 */
export class Pace {
  readonly #charsPerSecond: number;
  readonly #batches: Batch[] = [];

  constructor(charsPerSecond: number) {
    this.#charsPerSecond = charsPerSecond;
  }

  /** So much has come. */
  add(length: number, nowMs: number): void {
    const last = this.#batches.at(-1);
    if (last === undefined || nowMs - last.startMs >= batchMs) {
      this.#batches.push({ startMs: nowMs, length, dueMs: nowMs + lagMs });
      return;
    }
    last.length += length;
    last.dueMs = nowMs + lagMs;
  }

  /** So much has gone out, of what came first. */
  take(length: number): void {
    let left = length;
    for (let first = this.#batches[0]; first !== undefined && left > 0; first = this.#batches[0]) {
      const taken = Math.min(left, first.length);
      first.length -= taken;
      left -= taken;
      if (first.length === 0) this.#batches.shift();
    }
  }

  /** For so long nothing could go out, so that nothing is due yet. */
  postpone(durationMs: number): void {
    for (const batch of this.#batches) batch.dueMs += durationMs;
  }

  /** How long so much text takes that goes out at this moment. */
  durationMs(length: number, atMs: number): number {
    let charsPerSecond = this.#charsPerSecond;
    let held = 0;
    for (const batch of this.#batches) {
      held += batch.length;
      const leftMs = batch.dueMs - atMs;
      // By a rounding: it would count as no hurry.
      if (leftMs <= 0) return 0;
      charsPerSecond = Math.max(charsPerSecond, (held * 1_000) / leftMs);
    }
    return (length * 1_000) / charsPerSecond;
  }
}

import { VirtualTimeScheduler } from 'rxjs';

/** Virtual time that a test moves on by hand, between the promises of an async iterator. */
export class VirtualClock extends VirtualTimeScheduler {
  /** Runs everything that is due in the next `durationMs`, and moves on to their end. */
  pass(durationMs: number): void {
    const end = this.frame + durationMs;
    this.maxFrames = end;
    this.flush();
    this.frame = end;
  }
}

/** Lets every promise job that is due run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

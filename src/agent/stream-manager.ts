// The declaration files bring the types of `AsyncDisposable` along: a project with an older `lib` and without Node's types has none.
/// <reference lib="esnext.disposable" preserve="true" />
import { BehaviorSubject, type Observable, filter, firstValueFrom } from 'rxjs';

/** A run that is going on. */
export interface ActiveStream {
  readonly streamId: string;
  /** Milliseconds since the epoch, by the agent's scheduler. */
  readonly startTime: number;
}

/** An active run and how to stop it. */
interface Entry extends ActiveStream {
  readonly interruption: AbortController;
}

/**
 * The runs of an agent that are going on now.
 *
 * An interrupted run errors with a `StreamInterruptedError` of reason `aborted` that carries its partial answer. Leaving an
 * `await using` block interrupts all and waits until they are torn down.
 */
export class StreamManager implements AsyncDisposable {
  readonly #entries = new Set<Entry>();
  readonly #active = new BehaviorSubject<readonly ActiveStream[]>([]);

  /** The active runs: the present ones on subscribe, then a new array after each change. */
  readonly active$: Observable<readonly ActiveStream[]> = this.#active.asObservable();

  /** Interrupts the runs with this id; false when none is active. */
  interrupt(streamId: string): boolean {
    const found = [...this.#entries].filter((entry) => entry.streamId === streamId);
    for (const entry of found) entry.interruption.abort(interruptReason());
    return found.length > 0;
  }

  /** Interrupts every run; returns how many there were. */
  interruptAll(): number {
    const entries = [...this.#entries];
    for (const entry of entries) entry.interruption.abort(interruptReason());
    return entries.length;
  }

  /** Interrupts all runs and waits until they have ended: for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.interruptAll();
    await firstValueFrom(this.#active.pipe(filter((active) => active.length === 0)), { defaultValue: [] });
  }

  /** @internal A run begins; the function returned says that it has ended. */
  add(streamId: string, startTime: number): { readonly signal: AbortSignal; readonly remove: () => void } {
    const interruption = new AbortController();
    const entry: Entry = { streamId, startTime, interruption };
    this.#entries.add(entry);
    this.#publish();
    return {
      signal: interruption.signal,
      remove: () => {
        if (this.#entries.delete(entry)) this.#publish();
      },
    };
  }

  #publish(): void {
    this.#active.next([...this.#entries].map(({ streamId, startTime }) => ({ streamId, startTime })));
  }
}

function interruptReason(): DOMException {
  return new DOMException('The stream was interrupted.', 'AbortError');
}

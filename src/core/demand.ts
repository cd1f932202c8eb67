/**
 * A gate between a consumer that may be slow and a source that can wait.
 *
 * The bridge that owns the consumer owns the demand: it pauses when its buffer is full and resumes when there is room. A
 * source that reads the network looks at `isOpen` before each event and waits while it is shut. `release()` opens the gate
 * for good, so that others on a shared stream go on when the bridge has left.
 */
export class Demand {
  #open = true;
  #released = false;
  readonly #listeners = new Set<() => void>();
  #waiting: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  get isOpen(): boolean {
    return this.#open;
  }

  /** Shuts the gate; of no effect once released. */
  pause(): void {
    if (!this.#open || this.#released) return;
    this.#open = false;
    this.#tell();
  }

  /** Opens the gate. */
  resume(): void {
    if (this.#open) return;
    this.#open = true;
    const wake = this.#wake;
    this.#waiting = undefined;
    this.#wake = undefined;
    this.#tell();
    wake?.();
  }

  /** Opens the gate for good. */
  release(): void {
    this.#released = true;
    this.resume();
    this.#listeners.clear();
  }

  /**
   * Calls `listener` synchronously after each change of `isOpen`, so that clocks stop in virtual time.
   *
   * @returns a function that removes the listener.
   */
  onChange(listener: () => void): () => void {
    if (this.#released) return () => undefined;
    // Wrapped: the same function given twice is two listeners.
    const entry = (): void => listener();
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** Settles when the gate opens; `undefined` when it is open. All waiters share one promise. */
  ready(): Promise<void> | undefined {
    if (this.#open) return undefined;
    this.#waiting ??= new Promise((resolve) => {
      this.#wake = resolve;
    });
    return this.#waiting;
  }

  #tell(): void {
    const now = this.#open;
    for (const listener of [...this.#listeners]) {
      // A listener may change the gate: the others have then been told of the newer state already.
      if (this.#open !== now) return;
      listener();
    }
  }
}

const owners = new WeakMap<object, Demand>();
let current: Demand | undefined;

/** Says that whoever ends in `subscriber` is paced by `demand`. Called by bridges. */
export function markDemand(subscriber: object, demand: Demand): void {
  owners.set(subscriber, demand);
}

/**
 * Makes `demand` current while `subscribe` runs, for sources behind a `share()`, whose chain of destinations is broken.
 *
 * `undefined` for a consumer that takes all at full speed: a Promise that is made while a bridge subscribes must not wait for
 * the bridge's consumer, who may be waiting for that Promise.
 */
export function withDemand<T>(demand: Demand | undefined, subscribe: () => T): T {
  const before = current;
  current = demand;
  try {
    return subscribe();
  } finally {
    current = before;
  }
}

/**
 * The demand that paces `subscriber`, for a source or an operator with a clock, when it is subscribed.
 *
 * It follows `destination`, a property that RxJS 7 calls internal (read here alone, guarded, tested), to the bridge;
 * else it takes the demand that is current while a bridge's `subscribe` is running.
 */
export function findDemand(subscriber: unknown): Demand | undefined {
  let at: unknown = subscriber;
  // The bound guards against a cycle that somebody's own subscriber may hold.
  for (let hops = 0; hops < 10_000 && typeof at === 'object' && at !== null; hops++) {
    const demand = owners.get(at);
    if (demand !== undefined) return demand;
    at = (at as { readonly destination?: unknown }).destination;
  }
  return current;
}

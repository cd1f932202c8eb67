import { type Observable, defer, tap } from 'rxjs';

/** One notification and when it came, in milliseconds of the scheduler's clock since the recording began. */
export type MarbleEvent =
  | { readonly kind: 'next'; readonly atMs: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly atMs: number; readonly error: unknown }
  | { readonly kind: 'complete'; readonly atMs: number };

/** One subscription of a lane. `open`: it had not ended when the recording did. */
export interface MarbleSpan {
  readonly fromMs: number;
  readonly toMs?: number;
  readonly ending: 'open' | 'complete' | 'error' | 'unsubscribe';
}

/** One line of a diagram. */
export interface MarbleLane {
  readonly name: string;
  readonly role: 'source' | 'listener' | 'result';
  readonly events: readonly MarbleEvent[];
  readonly subscriptions: readonly MarbleSpan[];
  /** A short label for a value that is no chunk. */
  readonly label?: (value: unknown) => string;
}

/** What happened: everything that a diagram shows comes from here. */
export interface MarbleRecording {
  readonly title: string;
  /** The code between the sources and the result. */
  readonly code?: string;
  readonly lanes: readonly MarbleLane[];
}

/** Records what passes through an Observable, over all its subscriptions. */
export class LaneRecorder {
  readonly #events: MarbleEvent[] = [];
  readonly #spans: MarbleSpan[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Passes everything on unchanged. */
  watch<T>(source$: Observable<T>): Observable<T> {
    return defer(() => {
      const fromMs = this.#now();
      const index = this.#spans.push({ fromMs, ending: 'open' }) - 1;
      const end = (ending: MarbleSpan['ending']): void => {
        this.#spans[index] = { fromMs, toMs: this.#now(), ending };
      };
      return source$.pipe(
        tap({
          next: (value) => this.next(value),
          error: (error: unknown) => {
            this.#events.push({ kind: 'error', atMs: this.#now(), error });
            end('error');
          },
          complete: () => {
            this.#events.push({ kind: 'complete', atMs: this.#now() });
            end('complete');
          },
          unsubscribe: () => end('unsubscribe'),
        }),
      );
    });
  }

  /** Records a value that came by another way than an Observable, for example a callback. */
  next(value: unknown): void {
    this.#events.push({ kind: 'next', atMs: this.#now(), value });
  }

  get events(): readonly MarbleEvent[] {
    return this.#events;
  }

  lane(name: string, role: MarbleLane['role'], label?: (value: unknown) => string): MarbleLane {
    return {
      name,
      role,
      events: [...this.#events],
      subscriptions: [...this.#spans],
      ...(label !== undefined && { label }),
    };
  }
}

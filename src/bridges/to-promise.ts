import { lastValueFrom, type Observable, takeUntil } from 'rxjs';
import { aborted } from '../core/aborted.js';
import { withDemand } from '../core/demand.js';

/** Options of `toPromise`. */
export interface PromiseOptions {
  /** Unsubscribes and rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The last value of an Observable, as a Promise.
 *
 * Subscribes at once. Rejects with the source's error, with `signal.reason` on abort (the source is unsubscribed; with a
 * signal that is aborted already it is never subscribed), and with RxJS's `EmptyError` when there was no value.
 *
 * @example
 * const snapshot = await toPromise(agent.stream$('Hello').pipe(accumulate()));
 */
export function toPromise<T>(source$: Observable<T>, options: PromiseOptions = {}): Promise<T> {
  const { signal } = options;
  // eslint-disable-next-line rxjs-x/no-ignored-default-value -- no value is an error, as documented
  return withDemand(undefined, () => lastValueFrom(signal === undefined ? source$ : source$.pipe(takeUntil(aborted(signal)))));
}

import { Observable, type Observer, Subscription } from 'rxjs';
import { Demand, markDemand, withDemand } from '../core/demand.js';
import { relay } from '../core/relay.js';

/** A subscription that can pace its source: what a bridge with a slow consumer subscribes with. */
export class PacedSubscription {
  readonly demand = new Demand();
  readonly #subscription = new Subscription();

  start<T>(source$: Observable<T>, observer: Observer<T>): void {
    const paced$ = new Observable<T>((subscriber) => {
      // Now, not when `subscribe` returns: a synchronous source may meet an abort before.
      this.#subscription.add(subscriber);
      markDemand(subscriber, this.demand);
      // `relay` makes one link that owns everything upstream, also inner streams that `switchMap` adds later. It is torn
      // down before the gate opens; a waiting source would wake and emit once more otherwise.
      const values$ = source$.pipe(
        relay<T, T>(() => ({
          next: (value) => {
            observer.next(value);
          },
        })),
      );
      withDemand(this.demand, () => values$.subscribe(subscriber));
      return () => {
        this.demand.release();
      };
    });
    paced$.subscribe(observer);
  }

  unsubscribe(): void {
    try {
      this.#subscription.unsubscribe();
    } finally {
      // It may never have started, and a teardown may throw.
      this.demand.release();
    }
  }
}

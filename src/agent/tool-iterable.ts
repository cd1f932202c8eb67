import { Observable } from 'rxjs';
import { findDemand } from '../core/demand.js';

/** True for what `for await` takes and plain `for` does not. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/**
 * The values of an AsyncIterable, pulled one by one and only while the consumer has room; the return value of a generator,
 * if it has one, is the last. (The `from` of rxjs pulls at full speed and leaves a pending iterator open.)
 *
 * Unsubscribing calls `return()` and waits for nothing: a generator that hangs cannot be made to answer.
 */
export function pullValues(iterable: AsyncIterable<unknown>): Observable<unknown> {
  return new Observable((subscriber) => {
    const demand = findDemand(subscriber);
    const iterator = iterable[Symbol.asyncIterator]();
    let hasEnded = false;

    const pull = async (): Promise<void> => {
      while (!subscriber.closed) {
        const room = demand?.ready();
        if (room !== undefined) {
          await room;
          // Closed, or shut again, while it waited.
          continue;
        }
        const step = await iterator.next();
        if (step.done) {
          hasEnded = true;
          if (step.value !== undefined) subscriber.next(step.value);
          subscriber.complete();
          return;
        }
        subscriber.next(step.value);
      }
    };
    pull().catch((error: unknown) => {
      hasEnded = true;
      subscriber.error(error);
    });
    return () => {
      if (!hasEnded) closeIterator(iterator);
    };
  });
}

/** Nobody listens any more, so what goes wrong while closing has no place to go. */
function closeIterator(iterator: AsyncIterator<unknown>): void {
  const close = async (): Promise<void> => {
    await iterator.return?.();
  };
  close().catch(() => undefined);
}

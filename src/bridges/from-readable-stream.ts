import { Observable, type Subscriber } from 'rxjs';
import { type Demand, findDemand } from '../core/demand.js';

/**
 * Makes an Observable of a web `ReadableStream`.
 *
 * Unsubscribing cancels the stream at once, also while a read is stalled (`from(stream)` of RxJS 7 does not). It reads
 * nothing while the consumer's demand is shut. A stream can be read once: for `retry` and `repeat` give a function that
 * opens a new one; a second subscription to the same stream is a `TypeError` in the error channel.
 *
 * @example
 * fromReadableStream(() => openStream()).subscribe((bytes) => console.log(bytes.length));
 */
export function fromReadableStream<T>(stream: ReadableStream<T> | (() => ReadableStream<T>)): Observable<T> {
  return new Observable<T>((subscriber) => {
    // The reader keeps its lock for good, so a second subscription fails instead of finding an empty stream.
    const reader = (typeof stream === 'function' ? stream() : stream).getReader();
    // Rejects when the source is gone already; there is nobody left to tell.
    subscriber.add(() => void reader.cancel().catch(() => undefined));
    void pump(reader, subscriber, findDemand(subscriber));
  });
}

async function pump<T>(
  reader: ReadableStreamDefaultReader<T>,
  subscriber: Subscriber<T>,
  demand: Demand | undefined,
): Promise<void> {
  try {
    while (!subscriber.closed) {
      const ready = demand?.ready();
      if (ready !== undefined) {
        await ready;
        continue;
      }
      const result = await reader.read();
      if (result.done) {
        subscriber.complete();
        return;
      }
      subscriber.next(result.value);
    }
  } catch (error) {
    subscriber.error(error);
  }
}

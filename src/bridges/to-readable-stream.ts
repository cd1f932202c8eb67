import type { Observable } from 'rxjs';
import { type AsyncIterableOptions, toAsyncIterable } from './to-async-iterable.js';

/**
 * Makes a web `ReadableStream` of an Observable; a slow reader slows the source.
 *
 * Subscribes at the first read. Cancelling the stream unsubscribes. Values that arrived before an error are read before
 * it: a `controller.error()` at once would throw them away, so the stream itself queues nothing.
 *
 * @throws ValidationError when `highWaterMark` is not a whole number of at least 1.
 *
 * @example
 * const body = toReadableStream(agent.stream$('Hello').pipe(text())).pipeThrough(new TextEncoderStream());
 */
export function toReadableStream<T>(source$: Observable<T>, options: AsyncIterableOptions = {}): ReadableStream<T> {
  const iterator = toAsyncIterable(source$, options)[Symbol.asyncIterator]();
  let cancelled = false;
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const result = await iterator.next();
        // `cancel` settles the read that waits here, and the controller takes nothing any more.
        if (cancelled) return;
        if (result.done) controller.close();
        else controller.enqueue(result.value);
      },
      async cancel() {
        cancelled = true;
        await iterator.return();
      },
    },
    { highWaterMark: 0 },
  );
}

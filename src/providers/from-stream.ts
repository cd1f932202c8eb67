import { Observable, type Subscriber } from 'rxjs';
import { chunkMetadata, type ChunkMetadata, finishChunk, isFinish, isOwnToolCall, type StreamChunk, textChunk } from '../core/chunk.js';
import { type Demand, findDemand } from '../core/demand.js';
import { isStreamInterrupted, StreamInterruptedError, ValidationError } from '../core/errors.js';
import type { Provider, ProviderRequest } from '../core/provider.js';
import { StreamingResponse } from '../core/response.js';
import { newStreamId } from '../core/stream-id.js';
import { completeFromStream } from '../core/complete-from-stream.js';

/** Answers one request, piece by piece. `signal` is aborted when nobody listens any more. */
export type StreamFunction = (
  request: ProviderRequest,
  context: { readonly signal: AbortSignal },
) => AsyncIterable<string | StreamChunk>;

/** Options of `fromStream`. */
export interface FromStreamOptions {
  /** The model's name. Default: the provider's. */
  readonly model?: string | undefined;
}

/**
 * Makes a provider of a function that gives an async iterable, such as an async generator.
 *
 * Strings become `text` chunks; when the iterable ends without a `finish` chunk, one is added. Unsubscribing aborts
 * `signal` and calls the iterator's `return()`. It is not read while the consumer's demand is shut. An error before the first
 * chunk passes as it is, a later one becomes a `StreamInterruptedError` (`failed`) with what was delivered.
 *
 * @throws ValidationError when the name is empty.
 *
 * @example
 * const echo = fromStream('echo', async function* ({ messages }) {
 *   yield 'You said: ';
 *   yield JSON.stringify(messages.at(-1));
 * });
 */
export function fromStream(name: string, fn: StreamFunction, options: FromStreamOptions = {}): Provider {
  if (name === '') throw new ValidationError('A provider needs a name: fromStream(name, fn).');
  const stream$ = (request: ProviderRequest): Observable<StreamChunk> =>
    new Observable((subscriber) => {
      const controller = new AbortController();
      const iterator = fn(request, { signal: controller.signal })[Symbol.asyncIterator]();
      const reader = new IteratorReader(iterator, subscriber, request.streamId ?? newStreamId());
      void reader.read(findDemand(subscriber));
      return () => {
        if (reader.exhausted) return;
        controller.abort();
        reader.leave();
      };
    });
  return {
    name,
    model: options.model ?? name,
    supportsStreaming: () => true,
    stream$,
    complete: (request, { signal } = {}) => completeFromStream(stream$(request), signal),
  };
}

/** Reads one iterator into one subscriber. */
class IteratorReader {
  /** The iterator ended by itself: there is nothing to cancel. */
  exhausted = false;
  readonly #iterator: AsyncIterator<string | StreamChunk>;
  readonly #subscriber: Subscriber<StreamChunk>;
  readonly #metadata: ChunkMetadata;
  readonly #partial: StreamingResponse;
  #sawToolCall = false;

  constructor(iterator: AsyncIterator<string | StreamChunk>, subscriber: Subscriber<StreamChunk>, streamId: string) {
    this.#iterator = iterator;
    this.#subscriber = subscriber;
    this.#metadata = chunkMetadata(streamId);
    this.#partial = new StreamingResponse({ streamId });
  }

  async read(demand: Demand | undefined): Promise<void> {
    try {
      while (!this.#subscriber.closed) {
        const ready = demand?.ready();
        if (ready !== undefined) {
          await ready;
          continue;
        }
        const result = await this.#iterator.next();
        this.#take(result);
      }
    } catch (error) {
      this.exhausted = true;
      this.#subscriber.error(this.#toError(error));
    }
  }

  /** An iterator may refuse to stop, at once or later; there is nobody left to tell. */
  leave(): void {
    try {
      this.#iterator.return?.().catch(() => undefined);
    } catch {
      return;
    }
  }

  #take(result: IteratorResult<string | StreamChunk, unknown>): void {
    // What arrives after the subscriber left is nobody's.
    if (this.#subscriber.closed) return;
    if (result.done) this.#finish();
    else if (result.value !== '') this.#emit(result.value);
  }

  #emit(piece: string | StreamChunk): void {
    const chunk = typeof piece === 'string' ? textChunk(piece, this.#metadata, Date.now()) : piece;
    if (isOwnToolCall(chunk)) this.#sawToolCall = true;
    this.#partial.addChunk(chunk);
    this.#subscriber.next(chunk);
    if (isFinish(chunk)) this.#subscriber.complete();
  }

  #finish(): void {
    this.exhausted = true;
    const finishReason = this.#sawToolCall ? 'tool-calls' : 'stop';
    this.#subscriber.next(finishChunk({ finishReason }, this.#metadata, Date.now()));
    this.#subscriber.complete();
  }

  #toError(error: unknown): unknown {
    if (this.#partial.chunkCount === 0 || isStreamInterrupted(error)) return error;
    const message = 'The iterable of fromStream failed in the middle of the answer. Look at `cause`; `partialResponse` holds what came.';
    return new StreamInterruptedError(message, { reason: 'failed', partial: this.#partial.end(), cause: error });
  }
}

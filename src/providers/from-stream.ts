import { Observable, type Subscriber } from 'rxjs';
import { chunkMetadata, type ChunkMetadata, finishChunk, isFinish, isOwnToolCall, type StreamChunk, textChunk } from '../core/chunk.js';
import { type Demand, findDemand } from '../core/demand.js';
import { isStreamInterrupted, StreamInterruptedError, ValidationError } from '../core/errors.js';
import { isThenable } from '../core/is-thenable.js';
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
 * Strings become `text` chunks; when the iterable ends without a `finish` chunk, one is added. After a `finish` chunk of its
 * own the stream completes and the iterable runs to its end. Unsubscribing before aborts `signal` and calls the iterator's
 * `return()`. It is not read while the consumer's demand is shut. An error before the first chunk passes as it is, a
 * `StreamInterruptedError` always; another becomes a `StreamInterruptedError` (`failed`) with what was delivered. What is no
 * async iterable, or no chunk, is a `ValidationError` in the stream.
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
      const iterator = iteratorOf(name, fn(request, { signal: controller.signal }));
      const reader = new IteratorReader(name, iterator, subscriber, request.streamId ?? newStreamId());
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

/** Users without a type checker give other things too; read as they are, these would fail with words about our code. */
function iteratorOf(name: string, given: unknown): AsyncIterator<string | StreamChunk> {
  // By the type of `StreamFunction`; what it yields is checked piece by piece.
  if (isAsyncIterable(given)) return (given as AsyncIterable<string | StreamChunk>)[Symbol.asyncIterator]();
  // The message below says what is wrong; its rejection would say it a second time, to nobody.
  if (isThenable(given)) given.then(undefined, () => undefined);
  throw new ValidationError(
    `The function of fromStream('${name}', fn) must return an async iterable, but returned ${describe(given)}. Write it as an async generator: async function* () { yield 'Hello'; }.`,
  );
}

function isAsyncIterable(given: unknown): boolean {
  return typeof given === 'object' && given !== null && Symbol.asyncIterator in given;
}

function isPiece(given: unknown): given is string | StreamChunk {
  if (typeof given === 'string') return true;
  return typeof given === 'object' && given !== null && 'type' in given && typeof given.type === 'string';
}

/** The kind of a value alone: what it holds may be a prompt. */
function describe(given: unknown): string {
  if (given === null || given === undefined) return String(given);
  if (Array.isArray(given)) return 'an array';
  if (isThenable(given)) return 'a promise';
  if (typeof given === 'object') return Symbol.iterator in given ? 'an iterable that is not async' : 'an object';
  return `a ${typeof given}`;
}

/** Reads one iterator into one subscriber. */
class IteratorReader {
  /** The answer ended by itself: there is nothing to cancel. */
  exhausted = false;
  readonly #name: string;
  readonly #iterator: AsyncIterator<string | StreamChunk>;
  readonly #subscriber: Subscriber<StreamChunk>;
  readonly #metadata: ChunkMetadata;
  readonly #partial: StreamingResponse;
  #sawToolCall = false;

  constructor(name: string, iterator: AsyncIterator<string | StreamChunk>, subscriber: Subscriber<StreamChunk>, streamId: string) {
    this.#name = name;
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
    else if (!isPiece(result.value)) this.#refuse(result.value);
    else if (result.value !== '') this.#emit(result.value);
  }

  /** Not thrown: the iterator has not ended, so the teardown has to stop it. */
  #refuse(value: unknown): void {
    const what = `The iterable of fromStream('${this.#name}', fn) must yield strings or StreamChunks, but yielded ${describe(value)}.`;
    this.#subscriber.error(this.#toError(new ValidationError(what)));
  }

  #emit(piece: string | StreamChunk): void {
    const chunk = typeof piece === 'string' ? textChunk(piece, this.#metadata, Date.now()) : piece;
    if (isOwnToolCall(chunk)) this.#sawToolCall = true;
    this.#partial.addChunk(chunk);
    // Before `next`, in which the consumer may leave.
    if (isFinish(chunk)) this.exhausted = true;
    this.#subscriber.next(chunk);
    if (!isFinish(chunk)) return;
    this.#subscriber.complete();
    void this.#runOut();
  }

  /** Lets the code after `yield finish` run. The answer is told: what comes of it now is nobody's. */
  async #runOut(): Promise<void> {
    try {
      const { done } = await this.#iterator.next();
      if (done !== true) this.leave();
    } catch {
      return;
    }
  }

  #finish(): void {
    this.exhausted = true;
    const finishReason = this.#sawToolCall ? 'tool-calls' : 'stop';
    this.#subscriber.next(finishChunk({ finishReason }, this.#metadata, Date.now()));
    this.#subscriber.complete();
  }

  #toError(error: unknown): unknown {
    if (this.#partial.chunkCount === 0 || isStreamInterrupted(error)) return error;
    const message = `The iterable of fromStream('${this.#name}', fn) failed in the middle of the answer. Look at \`cause\`; \`partialResponse\` holds what came.`;
    return new StreamInterruptedError(message, { reason: 'failed', partial: this.#partial.end(), cause: error });
  }
}

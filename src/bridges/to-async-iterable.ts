// The declaration files bring the types of `AsyncDisposable` along: a project with an older `lib` and without Node's types has none.
/// <reference lib="esnext.disposable" preserve="true" />
import type { Observable } from 'rxjs';
import { ValidationError } from '../core/errors.js';
import { ChunkQueue } from './chunk-queue.js';
import { PacedSubscription } from './paced-subscription.js';

/** Options of `toAsyncIterable` and `toReadableStream`. */
export interface AsyncIterableOptions {
  /** How many values may wait for the consumer before the source is asked to pause. Default 64. */
  readonly highWaterMark?: number | undefined;
  /** Cancels the run: the values that wait are still given out, then `next()` rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** An iterator over one subscription. `return()` unsubscribes synchronously. */
export interface ObservableIterator<T> extends AsyncIterator<T, undefined, undefined>, AsyncIterable<T>, AsyncDisposable {
  /** The next value; subscribes when it is called for the first time. */
  next(): Promise<IteratorResult<T, undefined>>;
  /** Unsubscribes and settles every `next()` that waits; `break` calls it. */
  return(): Promise<IteratorResult<T, undefined>>;
  /** Unsubscribes, and rejects with `error`. */
  throw(error?: unknown): Promise<IteratorResult<T, undefined>>;
  [Symbol.asyncIterator](): ObservableIterator<T>;
}

/** Each iterator is a subscription of its own. */
export interface ObservableIterable<T> extends AsyncIterable<T, undefined, undefined> {
  [Symbol.asyncIterator](): ObservableIterator<T>;
}

const defaultHighWaterMark = 64;

/**
 * Makes an Observable readable with `for await`; a slow loop slows the source.
 *
 * Each iteration is one subscription, made at the first `next()`. `break`, `return()` and `throw()` unsubscribe
 * synchronously and settle every `next()` that waits. An error comes after the values that arrived before it, once.
 * When the buffer is full and the source does not pause, adjacent pieces of text are joined: nothing is lost.
 *
 * @throws ValidationError when `highWaterMark` is not a whole number of at least 1.
 *
 * @example
 * for await (const chunk of toAsyncIterable(agent.stream$('Hello'))) process.stdout.write(chunk.content);
 */
export function toAsyncIterable<T>(source$: Observable<T>, options: AsyncIterableOptions = {}): ObservableIterable<T> {
  const highWaterMark = options.highWaterMark ?? defaultHighWaterMark;
  if (!(Number.isInteger(highWaterMark) || highWaterMark === Infinity) || highWaterMark < 1) {
    throw new ValidationError(`highWaterMark is ${highWaterMark}; give a whole number of at least 1.`);
  }
  return { [Symbol.asyncIterator]: () => new SubscriptionIterator(source$, highWaterMark, options.signal) };
}

/** How the subscription ended, for the `next()` after the last value. */
type Ending = { readonly type: 'done' } | { readonly type: 'error'; readonly error: unknown };

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

const done: Ending = Object.freeze({ type: 'done' });

class SubscriptionIterator<T> implements ObservableIterator<T> {
  readonly #source$: Observable<T>;
  readonly #highWaterMark: number;
  readonly #signal: AbortSignal | undefined;
  readonly #queue: ChunkQueue<T>;
  readonly #subscription = new PacedSubscription();
  /** Calls of `next()` that wait, oldest first; only while the queue is empty. */
  #waiters: Waiter<T>[] = [];
  #ending: Ending | undefined;
  #started = false;

  constructor(source$: Observable<T>, highWaterMark: number, signal: AbortSignal | undefined) {
    this.#source$ = source$;
    this.#highWaterMark = highWaterMark;
    this.#signal = signal;
    this.#queue = new ChunkQueue(highWaterMark);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (!this.#started) this.#start();
    if (this.#queue.length > 0) {
      const value = this.#queue.shift();
      // Half-way down, so that a fast source is not woken for each single place.
      if (this.#queue.length * 2 < this.#highWaterMark) this.#subscription.demand.resume();
      return Promise.resolve({ done: false, value });
    }
    return new Promise((resolve, reject) => {
      if (this.#ending === undefined) this.#waiters.push({ resolve, reject });
      else this.#giveEnding(this.#ending, { resolve, reject });
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    try {
      this.#stop();
    } catch (error) {
      // A teardown of the source threw; `for await` expects a Promise. The error passes by identity.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error?: unknown): Promise<IteratorResult<T, undefined>> {
    this.#stop();
    // The protocol of iterators: `throw` gives back what it was given, whatever that is.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #start(): void {
    this.#started = true;
    if (this.#signal?.aborted) {
      this.#onAbort();
      return;
    }
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#subscription.start(this.#source$, {
      next: (value) => {
        this.#take(value);
      },
      error: (error: unknown) => {
        this.#end({ type: 'error', error });
      },
      complete: () => {
        this.#end(done);
      },
    });
  }

  readonly #onAbort = (): void => {
    this.#end({ type: 'error', error: this.#signal?.reason });
    this.#subscription.unsubscribe();
  };

  #take(value: T): void {
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve({ done: false, value });
      return;
    }
    this.#queue.push(value);
    if (this.#queue.length >= this.#highWaterMark) this.#subscription.demand.pause();
  }

  /** The first ending counts. */
  #end(ending: Ending): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#ending ??= ending;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) this.#giveEnding(this.#ending, waiter);
  }

  /** An error is given once, then the iterator is done. */
  #giveEnding(ending: Ending, waiter: Waiter<T>): void {
    this.#ending = done;
    if (ending.type === 'error') waiter.reject(ending.error);
    else waiter.resolve({ done: true, value: undefined });
  }

  /** The consumer leaves: what waits is dropped. */
  #stop(): void {
    this.#started = true;
    this.#queue.clear();
    this.#ending = done;
    this.#end(done);
    this.#subscription.unsubscribe();
  }
}

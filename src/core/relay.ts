import { Observable, type OperatorFunction, Subscriber } from 'rxjs';

/** What a relay does with its source's notifications; what is left out passes on. */
export interface RelayHandlers<T, R> {
  next(value: T, out: Subscriber<R>): void;
  error?(error: unknown, out: Subscriber<R>): void;
  complete?(out: Subscriber<R>): void;
}

/**
 * An operator in one hop: `start` is called for each subscription and gives the handlers, with the state they close over.
 *
 * Every layer of core operators costs a call per chunk; where one operator would need three of them, it uses this. The
 * subscriber is linked to its destination before the source is subscribed, so that `take` stops a synchronous source and a
 * source finds its demand. A handler that throws ends the stream with its error.
 */
export function relay<T, R>(start: (out: Subscriber<R>) => RelayHandlers<T, R>): OperatorFunction<T, R> {
  return (source) => new Observable((subscriber) => source.subscribe(new Relay(subscriber, start(subscriber))));
}

// What operators of RxJS itself are made of; their base class is not exported, the documented one is.
// eslint-disable-next-line rxjs-x/no-subclass
class Relay<T, R> extends Subscriber<T> {
  readonly #out: Subscriber<R>;
  readonly #handlers: RelayHandlers<T, R>;

  constructor(out: Subscriber<R>, handlers: RelayHandlers<T, R>) {
    // The one way to link a subscriber to its destination; RxJS 7 keeps it public for subclasses.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    super(out);
    this.#out = out;
    this.#handlers = handlers;
  }

  protected override _next(value: T): void {
    try {
      this.#handlers.next(value, this.#out);
    } catch (error) {
      this.#out.error(error);
    }
  }

  protected override _error(error: unknown): void {
    this.#end(() => {
      if (this.#handlers.error === undefined) this.#out.error(error);
      else this.#handlers.error(error, this.#out);
    });
  }

  protected override _complete(): void {
    this.#end(() => {
      if (this.#handlers.complete === undefined) this.#out.complete();
      else this.#handlers.complete(this.#out);
    });
  }

  #end(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#out.error(error);
    } finally {
      this.unsubscribe();
    }
  }
}

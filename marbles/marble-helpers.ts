import type { Observable } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import type { StreamChunk } from '../src/core/chunk.js';
import type { MarbleValues } from './alphabet.js';
import type { SubscriptionLogs } from './subscriptions.js';

/** A stream made of marbles; `subscriptions` is for `expectSubscriptions`. */
export type MarbleStream<T> = Observable<T> & { readonly subscriptions: SubscriptionLogs };

/** Makes a stream from a diagram: letters by the chunk alphabet and `values`, `#` is `error`. */
export type MarbleFactory = <T extends StreamChunk = StreamChunk>(
  marbles: string,
  values?: MarbleValues<T>,
  error?: unknown,
) => MarbleStream<StreamChunk>;

/** What `expectSubscriptions` returns. */
export interface SubscriptionExpectation {
  /** One diagram (`^--!`) per expected subscription. */
  readonly toBe: (marbles: string | readonly string[]) => void;
}

/** What `expectStream` returns. */
export interface StreamExpectation {
  /** Fails, when the virtual time has run, unless the stream emitted exactly this. */
  readonly toBe: (marbles: string, values?: MarbleValues, error?: unknown) => void;
}

/** What a marble test works with. */
export interface MarbleHelpers {
  /** A stream that begins when it is subscribed. */
  readonly cold: MarbleFactory;
  /** A stream that runs whether or not somebody listens; `^` marks the moment at which the test begins. */
  readonly hot: MarbleFactory;
  /** Expects marbles of a stream. `unsubscribe` (`---!`) says when the subscriber leaves. */
  readonly expectStream: (stream$: Observable<unknown>, unsubscribe?: string) => StreamExpectation;
  /** Expects when a stream of `cold` or `hot` is subscribed: give its `subscriptions`. */
  readonly expectSubscriptions: (subscriptions: SubscriptionLogs) => SubscriptionExpectation;
  /** The milliseconds of a diagram: `time('---|')` is 3. */
  readonly time: (marbles: string) => number;
  /** For operators that take a `scheduler`, and for streams of other values than chunks. */
  readonly scheduler: TestScheduler;
}

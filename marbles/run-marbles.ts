import type { Observable } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { StreamChunk } from '../src/core/chunk.js';
import { type MarbleValues, valuesFor } from './alphabet.js';
import { explainDifference, parseEvents } from './compare.js';
import type { MarbleEvent } from './recording.js';
import { recordVirtually } from './virtual-time.js';

type SubscriptionLogs = Parameters<RunHelpers['expectSubscriptions']>[0];

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

function sameSubscriptions(actual: unknown, expected: unknown): void {
  const [received, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (received !== wanted) throw new Error(`The subscriptions differ: expected ${wanted}, received ${received}.`);
}

/**
 * Runs a marble test of chunk streams in virtual time: nothing waits, a dash is a millisecond.
 *
 * Lower-case letters are text chunks; timestamps and metadata are not compared. Throws on the first difference, with
 * received and expected as aligned marble lines.
 *
 * @example
 * runMarbles(({ cold, expectStream }) => {
 *   const answer$ = cold('a-b-(F|)');
 *   expectStream(answer$.pipe(text())).toBe('A-B-|', { A: 'a', B: 'b' });
 * });
 */
export function runMarbles<R>(test: (helpers: MarbleHelpers) => R): R {
  const scheduler = new TestScheduler(sameSubscriptions);
  return scheduler.run((rxjs) => {
    const checks: (() => void)[] = [];
    const factory = (kind: 'cold' | 'hot'): MarbleFactory => (marbles, values, error) =>
      rxjs[kind]<StreamChunk>(marbles, valuesFor(marbles, values), error);
    const result = test({
      cold: factory('cold'),
      hot: factory('hot'),
      expectSubscriptions: (subscriptions) => ({
        // A copy, because RxJS's type asks for an array that may be written to.
        toBe: (marbles) => rxjs.expectSubscriptions(subscriptions).toBe(typeof marbles === 'string' ? marbles : [...marbles]),
      }),
      time: (marbles) => rxjs.time(marbles),
      scheduler,
      expectStream: (stream$, unsubscribe) => {
        const recorder = recordVirtually(stream$, scheduler, unsubscribe);
        return {
          toBe: (marbles, values, error) => {
            const expected = parseEvents(marbles, values, error);
            checks.push(() => {
              const difference = explainDifference(recorder.events, expected, values);
              if (difference !== undefined) throw new Error(difference);
            });
          },
        };
      },
    });
    rxjs.flush();
    for (const check of checks) check();
    return result;
  });
}

/** What a matcher asks for: a stream, and what it is expected to emit. */
interface Question {
  readonly stream$: Observable<unknown>;
  readonly expected: readonly MarbleEvent[];
}

/** Runs one stream in virtual time and gives what it emitted. */
export function recordMarbles(ask: (helpers: MarbleHelpers) => Question): { readonly events: readonly MarbleEvent[]; readonly expected: readonly MarbleEvent[] } {
  const { recorder, expected } = runMarbles((helpers) => {
    const question = ask(helpers);
    return { recorder: recordVirtually(question.stream$, helpers.scheduler), expected: question.expected };
  });
  return { events: recorder.events, expected };
}

import type { Observable } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { StreamChunk } from '../src/core/chunk.js';
import { type MarbleValues, valuesFor } from './alphabet.js';
import { ValidationError } from '../src/core/errors.js';
import { explainDifference, parseEvents } from './compare.js';
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

/** A stream that emitted something else than was expected. */
export class MarbleDifference extends Error {}

/** This long after everything that is drawn nothing is awaited any more: a stream that never ends would never let go. */
const longestWaitMs = 3_600_000;
/** So much more than was expected is recorded, for the message. */
const surplusEvents = 5;

/** The last instant of a diagram. */
function lengthOf(marbles: string): number {
  return TestScheduler.parseMarbles(marbles, undefined, undefined, false, true).at(-1)?.frame ?? 0;
}

function unsubscribeFrameOf(marbles = ''): number {
  const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(marbles, true);
  return [subscribedFrame, unsubscribedFrame].findLast((frame) => frame !== Infinity) ?? 0;
}

function refusePromise(returned: unknown): void {
  if (!(typeof returned === 'object' && returned !== null && 'then' in returned)) return;
  // What the callback rejects with comes too late to be thrown; it must not end the process either.
  Promise.resolve(returned).catch(() => undefined);
  throw new ValidationError('The callback of runMarbles must be synchronous, and this one returned a Promise: virtual time is over before it goes on. Take `async` and `await` away.');
}

/**
 * Runs a marble test of chunk streams in virtual time: nothing waits, a dash is a millisecond.
 *
 * Lower-case letters are text chunks; timestamps and metadata are not compared. Throws on the first difference, with
 * received and expected as aligned marble lines. The callback must be synchronous: a Promise is a `ValidationError`, and so is a
 * stream that still waits an hour (of virtual time) after everything that is drawn.
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
    // The sum of all diagrams: one may begin where another ends.
    let drawnMs = 0;
    const factory = (kind: 'cold' | 'hot'): MarbleFactory => (marbles, values, error) => {
      const known = valuesFor(marbles, values);
      drawnMs += lengthOf(marbles);
      return rxjs[kind]<StreamChunk>(marbles, known, error);
    };
    const result = test({
      cold: factory('cold'),
      hot: factory('hot'),
      expectSubscriptions: (subscriptions) => ({
        toBe: (marbles) => {
          // A copy, because RxJS's type asks for an array that may be written to.
          rxjs.expectSubscriptions(subscriptions).toBe(typeof marbles === 'string' ? marbles : [...marbles]);
          for (const diagram of [marbles].flat()) drawnMs += unsubscribeFrameOf(diagram);
        },
      }),
      time: (marbles) => {
        const durationMs = rxjs.time(marbles);
        drawnMs += durationMs;
        return durationMs;
      },
      scheduler,
      expectStream: (stream$, unsubscribe) => {
        let maxEvents = Infinity;
        const recorder = recordVirtually(stream$, scheduler, unsubscribe, () => maxEvents);
        drawnMs += unsubscribeFrameOf(unsubscribe);
        return {
          toBe: (marbles, values, error) => {
            const expected = parseEvents(marbles, values, error);
            maxEvents = expected.length + surplusEvents;
            drawnMs += expected.at(-1)?.atMs ?? 0;
            checks.push(() => {
              const difference = explainDifference(recorder.events, expected, values);
              if (difference !== undefined) throw new MarbleDifference(difference);
            });
          },
        };
      },
    });
    refusePromise(result);
    scheduler.maxFrames = drawnMs + longestWaitMs;
    rxjs.flush();
    for (const check of checks) check();
    if (scheduler.actions.length > 0) {
      throw new ValidationError(
        `Something still waits after ${scheduler.maxFrames} ms of virtual time. If a stream never ends, say when the subscriber leaves: ` +
          "expectStream(stream$, '---!'), or toEmitMarbles(marbles, values, error, { unsubscribe: '---!' }).",
      );
    }
    return result;
  });
}

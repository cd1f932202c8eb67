import type { RunHelpers, TestScheduler } from 'rxjs/testing';
import type { StreamChunk } from '../src/core/chunk.js';
import { ValidationError } from '../src/core/errors.js';
import { valuesFor } from './alphabet.js';
import { explainDifference, parseEvents } from './compare.js';
import { durationOf, lastFrameOf, lengthOf, spelledOut } from './diagram.js';
import type { MarbleFactory, MarbleHelpers } from './marble-helpers.js';
import { explainSubscriptions, parseSubscriptions } from './subscriptions.js';
import { recordVirtually } from './virtual-time.js';

/** A stream that emitted something else than was expected. */
export class MarbleDifference extends Error {}

/** This long after everything that is drawn nothing is awaited any more: a stream that never ends would never let go. */
const longestWaitMs = 3_600_000;
/** So much more than was expected is recorded, for the message. */
const surplusEvents = 5;

type Check = () => string | undefined;

/** What one marble test drew and expects. */
export class MarbleRun {
  readonly #rxjs: RunHelpers;
  readonly #scheduler: TestScheduler;
  readonly #streamChecks: Check[] = [];
  readonly #subscriptionChecks: Check[] = [];
  /** The sum of all diagrams: one may begin where another ends. */
  #drawnMs = 0;

  constructor(rxjs: RunHelpers, scheduler: TestScheduler) {
    this.#rxjs = rxjs;
    this.#scheduler = scheduler;
  }

  get helpers(): MarbleHelpers {
    return {
      cold: (marbles, values, error) => this.#create('cold', marbles, values, error),
      hot: (marbles, values, error) => this.#create('hot', spelledOut(marbles), values, error),
      expectStream: (stream$, unsubscribe) => this.#expectStream(stream$, unsubscribe),
      expectSubscriptions: (subscriptions) => ({
        toBe: (marbles) => {
          const diagrams = [marbles].flat();
          const expected = parseSubscriptions(diagrams);
          for (const diagram of diagrams) this.#drawnMs += lastFrameOf(diagram);
          this.#subscriptionChecks.push(() => explainSubscriptions(subscriptions, expected));
        },
      }),
      time: (marbles) => {
        const durationMs = durationOf(marbles);
        this.#drawnMs += durationMs;
        return durationMs;
      },
      scheduler: this.#scheduler,
    };
  }

  #create(kind: 'cold' | 'hot', ...[marbles, values, error]: Parameters<MarbleFactory>): ReturnType<MarbleFactory> {
    const known = valuesFor(marbles, values);
    this.#drawnMs += lengthOf(marbles);
    const stream$ = this.#rxjs[kind]<StreamChunk>(marbles, known, error);
    for (const message of stream$.messages) {
      // RxJS has 'error' in place of `null`, `0` and `''`.
      if (message.notification.kind === 'E' && error !== undefined) message.notification = { kind: 'E', error };
    }
    return stream$;
  }

  #expectStream(...[stream$, unsubscribe]: Parameters<MarbleHelpers['expectStream']>): ReturnType<MarbleHelpers['expectStream']> {
    let maxEvents = Infinity;
    const recorder = recordVirtually(stream$, this.#scheduler, unsubscribe, () => maxEvents);
    this.#drawnMs += lastFrameOf(unsubscribe);
    return {
      toBe: (marbles, values, error) => {
        const expected = parseEvents(marbles, values, error);
        maxEvents = expected.length + surplusEvents;
        this.#drawnMs += expected.at(-1)?.atMs ?? 0;
        this.#streamChecks.push(() => explainDifference(recorder.events, expected, values));
      },
    };
  }

  /** Lets the virtual time run and compares. */
  finish(): void {
    this.#scheduler.maxFrames = this.#drawnMs + longestWaitMs;
    this.#rxjs.flush();
    const streams = messages(this.#streamChecks).slice(0, 1);
    const subscriptions = messages(this.#subscriptionChecks);
    const message = [...streams, ...subscriptions].join('\n\n');
    if (subscriptions.length > 0) throw new Error(message);
    if (streams.length > 0) throw new MarbleDifference(message);
    if (this.#scheduler.actions.length === 0) return;
    throw new ValidationError(
      `Something still waits after ${this.#scheduler.maxFrames} ms of virtual time. If a stream never ends, say when the subscriber leaves: ` +
        "expectStream(stream$, '---!'), or toEmitMarbles(marbles, values, error, { unsubscribe: '---!' }).",
    );
  }
}

function messages(checks: readonly Check[]): readonly string[] {
  return checks.flatMap((check) => check() ?? []);
}

import type { Observable } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { valuesFor } from './alphabet.js';
import { explainDifference, parseEvents } from './compare.js';
import { LaneRecorder, type MarbleLane, type MarbleRecording } from './recording.js';
import type { MarbleEntry, MarbleExpectation, MarbleSource } from './table.js';
import { recordVirtually } from './virtual-time.js';

/** Compares what RxJS's `expectSubscriptions` found with what the entry says; throws on a difference. */
export type AssertDeepEqual = (actual: unknown, expected: unknown) => void;

interface RecordedSource {
  readonly name: string;
  readonly stream$: Observable<unknown>;
  lane(): MarbleLane;
}

function createSource(name: string, source: MarbleSource, helpers: RunHelpers, now: () => number): RecordedSource {
  const values = valuesFor(source.marbles, source.values);
  const stream$ = helpers[source.kind](source.marbles, values, source.error);
  helpers.expectSubscriptions(stream$.subscriptions).toBe([source.subscriptions].flat());
  const recorder = new LaneRecorder(now);
  return { name, stream$: recorder.watch(stream$), lane: () => recorder.lane(name, 'source') };
}

/** What came of an entry. */
export interface EntryExecution {
  readonly recording: MarbleRecording;
  /** Where listeners and result differ from what the entry expects; empty when it holds. */
  readonly differences: readonly string[];
}

function compare(lane: MarbleLane, { marbles, values, error }: MarbleExpectation): readonly string[] {
  const difference = explainDifference(lane.events, parseEvents(marbles, values, error), values);
  return difference === undefined ? [] : [`${lane.name}: ${difference}`];
}

/** Runs an entry in virtual time and records every source, every listener and the result. */
export function runEntry(entry: MarbleEntry, assertDeepEqual: AssertDeepEqual): EntryExecution {
  const scheduler = new TestScheduler(assertDeepEqual);
  return scheduler.run((helpers) => {
    const now = (): number => scheduler.now();
    const sources = Object.entries(entry.sources).map(([name, source]) => createSource(name, source, helpers, now));
    const listeners = new Map(Object.keys(entry.listeners ?? {}).map((name) => [name, new LaneRecorder(now)]));
    const listener = (name: string) => (value: unknown): void => {
      const recorder = listeners.get(name);
      if (recorder === undefined) throw new Error(`"${entry.title}" expects nothing of the listener "${name}"`);
      recorder.next(value);
    };
    const streams = Object.fromEntries(sources.map(({ name, stream$ }) => [name, stream$]));
    const result = recordVirtually(entry.operator(streams, { scheduler, listener }), scheduler, entry.unsubscribe);
    helpers.flush();
    const expected = Object.entries({ ...entry.listeners, result: entry.result });
    const observed = expected.map(([name, { label }]) => {
      const recorder = listeners.get(name);
      return recorder === undefined ? result.lane(name, 'result', label) : recorder.lane(name, 'listener', label);
    });
    return {
      recording: { title: entry.title, code: entry.code, lanes: [...sources.map((source) => source.lane()), ...observed] },
      differences: expected.flatMap(([, expectation], index) => {
        const lane = observed[index];
        return lane === undefined ? [] : compare(lane, expectation);
      }),
    };
  });
}

import { TestScheduler } from 'rxjs/testing';
import { parseEvents as parse } from '../../marbles/compare.js';
import type { MarbleEvent } from '../../marbles/recording.js';

/** Reads a diagram outside of a marble test, as events that were recorded: without their letters. */
export function parseEvents(...diagram: Parameters<typeof parse>): readonly MarbleEvent[] {
  return new TestScheduler(() => undefined).run(() => parse(...diagram)).map(({ letter: _, ...event }) => event);
}

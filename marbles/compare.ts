import { TestScheduler } from 'rxjs/testing';
import type { DrawnEvent } from './align.js';
import { type MarbleValues, valuesFor } from './alphabet.js';
import { describeValue } from './describe.js';
import { whereTheyDiffer } from './difference.js';
import { drawDifference } from './difference-lines.js';
import { equalValues } from './equality.js';
import type { MarbleEvent } from './recording.js';

/**
 * Reads a diagram: letters by the chunk alphabet and `values`, `#` is `error`.
 *
 * Only inside of `TestScheduler.run`, where a dash is 1 ms.
 */
export function parseEvents(marbles: string, values?: MarbleValues, error: unknown = 'error'): readonly DrawnEvent[] {
  const known = valuesFor(marbles, values);
  // Without values RxJS gives the letters themselves.
  return TestScheduler.parseMarbles(marbles, undefined, error, false, true).map(({ frame: atMs, notification }): DrawnEvent => {
    switch (notification.kind) {
      case 'N': {
        const letter = String(notification.value);
        return { kind: 'next', atMs, letter, value: known[letter] };
      }
      case 'E':
        return { kind: 'error', atMs, error };
      default:
        return { kind: 'complete', atMs };
    }
  });
}

function equalEvents(actual: MarbleEvent, expected: MarbleEvent): boolean {
  if (actual.atMs !== expected.atMs) return false;
  if (actual.kind === 'next' && expected.kind === 'next') return equalValues(actual.value, expected.value);
  if (actual.kind === 'error' && expected.kind === 'error') return equalValues(actual.error, expected.error);
  return actual.kind === expected.kind;
}

/** Index of the first event that differs; `undefined` when the lists are equal. */
function firstDifference(received: readonly MarbleEvent[], expected: readonly MarbleEvent[]): number | undefined {
  for (let index = 0; index < Math.max(received.length, expected.length); index++) {
    const [actual, wanted] = [received[index], expected[index]];
    if (actual === undefined || wanted === undefined || !equalEvents(actual, wanted)) return index;
  }
  return undefined;
}

function describeEvent(event: MarbleEvent | undefined): string {
  if (event === undefined) return 'nothing more';
  switch (event.kind) {
    case 'next':
      return `${describeValue(event.value)} at ${event.atMs} ms`;
    case 'error':
      return `error ${describeValue(event.error)} at ${event.atMs} ms`;
    case 'complete':
      return `complete at ${event.atMs} ms`;
    default:
      event satisfies never;
      return '';
  }
}

/** What both events say, and in which field they differ where that is not plain to see. */
function sentences(actual: MarbleEvent | undefined, wanted: MarbleEvent | undefined, markMs: number): readonly string[] {
  const [received, expected] = [describeEvent(actual), describeEvent(wanted)];
  const first = `The streams differ at ${markMs} ms: expected ${expected}, received ${received}.`;
  if (actual === undefined || wanted === undefined || actual.kind !== wanted.kind || actual.kind === 'complete' || actual.atMs !== wanted.atMs) return [first];
  const valueOf = (event: MarbleEvent): unknown => (event.kind === 'next' ? event.value : event.kind === 'error' ? event.error : undefined);
  const where = whereTheyDiffer(valueOf(actual), valueOf(wanted), received === expected);
  return where === undefined ? [first] : [first, where];
}

/** An event that is as expected gets the letter with which it was expected. */
function lettered(received: readonly MarbleEvent[], expected: readonly DrawnEvent[]): readonly DrawnEvent[] {
  return received.map((event, index) => {
    const wanted = expected[index];
    return wanted?.letter !== undefined && equalEvents(event, wanted) ? { ...event, letter: wanted.letter } : event;
  });
}

/**
 * Compares what came with what was expected.
 *
 * @returns `undefined` when they are equal, else a message with both as aligned marble lines, the first difference marked.
 */
export function explainDifference(received: readonly MarbleEvent[], expected: readonly DrawnEvent[], values?: MarbleValues): string | undefined {
  const index = firstDifference(received, expected);
  if (index === undefined) return undefined;
  const [actual, wanted] = [received[index], expected[index]];
  const markMs = Math.min(actual?.atMs ?? Infinity, wanted?.atMs ?? Infinity);
  const streams = [{ name: 'expected', events: expected }, { name: 'received', events: lettered(received, expected) }];
  return [...sentences(actual, wanted, markMs), '', ...drawDifference(streams, index, markMs, values)].join('\n');
}

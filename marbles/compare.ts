import { TestScheduler } from 'rxjs/testing';
import { type MarbleValues, valuesFor } from './alphabet.js';
import { describeValue } from './describe.js';
import { equalValues } from './equality.js';
import type { MarbleEvent } from './recording.js';
import { Legend, alignLines } from './text-diagram.js';

/**
 * Reads a diagram: letters by the chunk alphabet and `values`, `#` is `error`.
 *
 * Only inside of `TestScheduler.run`, where a dash is 1 ms.
 */
export function parseEvents(marbles: string, values?: MarbleValues, error: unknown = 'error'): readonly MarbleEvent[] {
  const messages = TestScheduler.parseMarbles(marbles, valuesFor(marbles, values), error, false, true);
  return messages.map(({ frame: atMs, notification }): MarbleEvent => {
    switch (notification.kind) {
      case 'N':
        return { kind: 'next', atMs, value: notification.value };
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

function sentence(event: MarbleEvent | undefined): string {
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

/**
 * Compares what came with what was expected.
 *
 * @returns `undefined` when they are equal, else a message with both as aligned marble lines, the first difference marked.
 */
export function explainDifference(
  received: readonly MarbleEvent[],
  expected: readonly MarbleEvent[],
  values?: MarbleValues,
): string | undefined {
  const index = firstDifference(received, expected);
  if (index === undefined) return undefined;
  const legend = new Legend(values);
  const [actual, wanted] = [received[index], expected[index]];
  const markMs = Math.min(actual?.atMs ?? Infinity, wanted?.atMs ?? Infinity);
  const aligned = alignLines([{ name: 'expected', events: expected }, { name: 'received', events: received }], legend);
  const [expectedLine = '', receivedLine = ''] = aligned.lines;
  return [
    `The streams differ at ${markMs} ms: expected ${sentence(wanted)}, received ${sentence(actual)}.`,
    '',
    `expected  ${expectedLine}`,
    `received  ${receivedLine}`,
    `          ${' '.repeat(aligned.columnOf(markMs))}^`,
    ...legend.lines().map((line) => `  ${line}`),
  ].join('\n');
}

import type { RunHelpers } from 'rxjs/testing';
import { TestScheduler } from 'rxjs/testing';
import { type Cells, align, lineOf } from './align.js';

/** The subscriptions of a stream of `cold` or `hot`. */
export type SubscriptionLogs = Parameters<RunHelpers['expectSubscriptions']>[0];

type Log = SubscriptionLogs[number];

function cellsOf({ subscribedFrame, unsubscribedFrame }: Log): Cells {
  if (subscribedFrame === unsubscribedFrame) return new Map([[subscribedFrame, '(^!)']]);
  return new Map([[subscribedFrame, '^'], ...(unsubscribedFrame === Infinity ? [] : [[unsubscribedFrame, '!'] as const])]);
}

/** Subscription diagrams as RxJS reads them. Only inside of `TestScheduler.run`. */
export function parseSubscriptions(diagrams: readonly string[]): readonly Log[] {
  return diagrams.map((diagram) => TestScheduler.parseMarblesAsSubscriptions(diagram, true)).filter(({ subscribedFrame }) => subscribedFrame !== Infinity);
}

/** `undefined` when the subscriptions are those expected, else a message with both as aligned lines. */
export function explainSubscriptions(received: readonly Log[], expected: readonly Log[]): string | undefined {
  const areEqual =
    received.length === expected.length &&
    received.every((log, index) => log.subscribedFrame === expected[index]?.subscribedFrame && log.unsubscribedFrame === expected[index].unsubscribedFrame);
  if (areEqual) return undefined;
  const lines = [...expected, ...received].map(cellsOf);
  const instants = align(lines);
  const drawn = lines.map((cells, index) => lineOf(cells, index, instants));
  const named = (name: string, diagrams: readonly string[]): readonly string[] => (diagrams.length === 0 ? [`${name}  none`] : diagrams.map((line) => `${name}  ${line}`));
  return ['The subscriptions differ.', '', ...named('expected', drawn.slice(0, expected.length)), ...named('received', drawn.slice(expected.length))].join('\n');
}

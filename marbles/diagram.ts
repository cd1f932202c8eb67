import { TestScheduler } from 'rxjs/testing';
import { ValidationError } from '../src/core/errors.js';

// What RxJS's reader of diagrams says of one. All only inside of `TestScheduler.run`, where a dash is 1 ms.

/** The last instant of a diagram. */
export function lengthOf(marbles: string): number {
  return TestScheduler.parseMarbles(marbles, undefined, undefined, false, true).at(-1)?.frame ?? 0;
}

/**
 * The milliseconds before `|`. RxJS's own `time` counts characters, also those of `9ms`.
 *
 * @throws ValidationError without a `|`.
 */
export function durationOf(marbles: string): number {
  const end = TestScheduler.parseMarbles(marbles, undefined, undefined, false, true).find(({ notification }) => notification.kind === 'C');
  if (end === undefined) throw new ValidationError(`time("${marbles}") has no end. Say where it is: time('---|').`);
  return end.frame;
}

/** When the last thing that is drawn of a subscription happens. */
export function lastFrameOf(subscription = ''): number {
  const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(subscription, true);
  return [subscribedFrame, unsubscribedFrame].findLast((frame) => frame !== Infinity) ?? 0;
}

const time = /(?<=^| )(\d+(?:\.\d+)?)(ms|s|m) /g;
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/**
 * A diagram of a hot stream as RxJS reads it right: it takes the number of characters before `^` for the time before the test, so that
 * blanks and `9ms` must not stand there.
 *
 * @throws ValidationError where dashes cannot say the time.
 */
export function spelledOut(marbles: string): string {
  const [before = '', ...after] = marbles.split('^');
  if (after.length === 0) return marbles;
  const dashes = before.replace(time, (_, count: string, unit: string) => {
    const durationMs = Number(count) * (unitMs[unit] ?? 1);
    if (!Number.isInteger(durationMs)) throw new ValidationError(`Before "^" a time is whole milliseconds, and ${count}${unit} is not.`);
    return '-'.repeat(durationMs);
  });
  const [letter] = dashes.match(/[\u{10000}-\u{10ffff}]/u) ?? [];
  if (letter !== undefined) throw new ValidationError(`RxJS counts the marble "${letter}" before "^" twice. Take another letter.`);
  return [dashes.replaceAll(' ', ''), ...after].join('^');
}

import type { Observable } from 'rxjs';
import type { MarbleValues } from './alphabet.js';
import { explainDifference, parseEvents } from './compare.js';
import { type MarbleHelpers, recordMarbles } from './run-marbles.js';

/** What `toEmitMarbles` is asked about: a stream, or a function that makes one from marbles. */
export type MarbleSubject = Observable<unknown> | ((helpers: MarbleHelpers) => Observable<unknown>);

/** The result of a matcher, as Jest and Vitest want it. */
export interface MatcherResult {
  readonly pass: boolean;
  /** Received and expected as aligned marble lines. */
  message(): string;
}

/** The matchers' types, to be merged into those of your test runner. */
export interface MarbleMatchers<R = void> {
  /** See the function of this name. */
  toEmitMarbles(marbles: string, values?: MarbleValues, error?: unknown): R;
}

/**
 * A matcher for Jest and Vitest: runs a stream in virtual time and compares it with a diagram.
 *
 * A failure shows received and expected as aligned marble lines with the first difference marked.
 *
 * @example
 * expect.extend({ toEmitMarbles });
 * expect(({ cold }: MarbleHelpers) => cold('a-b-(F|)').pipe(text())).toEmitMarbles('A-B-|', { A: 'a', B: 'b' });
 */
export function toEmitMarbles(received: MarbleSubject, marbles: string, values?: MarbleValues, error?: unknown): MatcherResult {
  const { events, expected } = recordMarbles((helpers) => ({
    stream$: typeof received === 'function' ? received(helpers) : received,
    expected: parseEvents(marbles, values, error),
  }));
  const difference = explainDifference(events, expected, values);
  return {
    pass: difference === undefined,
    message: () => difference ?? `The stream emitted ${marbles.trim()}, as it was expected not to.`,
  };
}

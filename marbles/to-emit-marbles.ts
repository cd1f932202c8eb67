import type { Observable } from 'rxjs';
import type { MarbleValues } from './alphabet.js';
import type { MarbleHelpers } from './marble-helpers.js';
import { MarbleDifference } from './marble-run.js';
import { runMarbles } from './run-marbles.js';

/** What `toEmitMarbles` is asked about: a stream, or a function that makes one from marbles. */
export type MarbleSubject = Observable<unknown> | ((helpers: MarbleHelpers) => Observable<unknown>);

/** The result of a matcher, as Jest and Vitest want it. */
export interface MatcherResult {
  readonly pass: boolean;
  /** Received and expected as aligned marble lines. */
  message(): string;
}

/** How the matcher subscribes. */
export interface EmitOptions {
  /** When the subscriber leaves (`---!`), for a stream that does not end; it stays to the end when absent. */
  readonly unsubscribe?: string;
}

/** The matchers' types, to be merged into those of your test runner. */
export interface MarbleMatchers<R = void> {
  /** See the function of this name. */
  toEmitMarbles(marbles: string, values?: MarbleValues, error?: unknown, options?: EmitOptions): R;
}

/**
 * A matcher for Jest and Vitest: runs a stream in virtual time and compares it with a diagram.
 *
 * A failure shows received and expected as aligned marble lines with the first difference marked. What is no Observable, a
 * call inside of `runMarbles`, and a stream that still waits an hour after the diagram's end, throw a `ValidationError`, also with `.not`.
 *
 * @example
 * expect.extend({ toEmitMarbles });
 * expect(({ cold }: MarbleHelpers) => cold('a-b-(F|)').pipe(text())).toEmitMarbles('A-B-|', { A: 'a', B: 'b' });
 * expect(({ cold }: MarbleHelpers) => cold('a-b-c')).toEmitMarbles('a-b', {}, undefined, { unsubscribe: '---!' });
 */
export function toEmitMarbles(
  received: MarbleSubject,
  marbles: string,
  values?: MarbleValues,
  error?: unknown,
  { unsubscribe }: EmitOptions = {},
): MatcherResult {
  try {
    runMarbles((helpers) => {
      const stream$ = typeof received === 'function' ? received(helpers) : received;
      helpers.expectStream(stream$, unsubscribe).toBe(marbles, values, error);
    });
  } catch (failure) {
    if (!(failure instanceof MarbleDifference)) throw failure;
    return { pass: false, message: () => failure.message };
  }
  return { pass: true, message: () => `The stream emitted ${marbles.trim()}, as it was expected not to.` };
}

import { TestScheduler } from 'rxjs/testing';
import { ValidationError } from '../src/core/errors.js';
import type { MarbleHelpers } from './marble-helpers.js';
import { MarbleRun } from './marble-run.js';

/** RxJS has one virtual clock: the inner test would take it away, and what the outer one expects would be compared with a clock that stands. */
function refuseNesting(): void {
  // RxJS sets it to 1 for as long as a virtual clock runs; it is 10 otherwise. Version 7 has no other sign of it.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  if (TestScheduler.frameTimeFactor !== 1) return;
  throw new ValidationError(
    "runMarbles and toEmitMarbles cannot run inside of runMarbles (or of RxJS's TestScheduler.run): there is one virtual clock. Inside, expectStream is the way.",
  );
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
 * received and expected as aligned marble lines. The callback must be synchronous: a Promise is a `ValidationError`, and so are a
 * marble test inside of another, and a stream that still waits an hour (of virtual time) after everything that is drawn.
 *
 * @example
 * runMarbles(({ cold, expectStream }) => {
 *   const answer$ = cold('a-b-(F|)');
 *   expectStream(answer$.pipe(text())).toBe('A-B-|', { A: 'a', B: 'b' });
 * });
 */
export function runMarbles<R>(test: (helpers: MarbleHelpers) => R): R {
  refuseNesting();
  // Nothing is asked of RxJS's own expectations.
  const scheduler = new TestScheduler(() => undefined);
  return scheduler.run((rxjs) => {
    const run = new MarbleRun(rxjs, scheduler);
    const result = test(run.helpers);
    refusePromise(result);
    run.finish();
    return result;
  });
}

import { type Observable, defer, retry, throwError } from 'rxjs';
import type { StreamChunk } from '../../src/core/chunk.js';
import { type RelayHandlers, relay } from '../../src/core/relay.js';
import { type AttemptRules, Attempts } from './attempts.js';

/** Makes a stream: of a further attempt, another provider, a second request. Called when it is needed, once per attempt. */
export type StreamFactory = () => Observable<StreamChunk>;

/** An attempt that follows a failed one. */
export interface NextAttempt {
  readonly stream: Observable<StreamChunk>;
  /** Emits when it may begin. */
  readonly start: Observable<unknown>;
}

/** How attempts follow one another. */
export interface AttemptPlan {
  readonly rules: AttemptRules;
  /** What follows the n-th failure, counted from 1; `undefined`: nothing. What it throws goes to the error channel. */
  readonly next: (error: unknown, failures: number) => NextAttempt | undefined;
}

/** One stream of several attempts, each of which begins when the one before it has failed. */
export function attemptStream(source: Observable<StreamChunk>, { rules, next }: AttemptPlan): Observable<StreamChunk> {
  return defer(() => {
    const attempts = new Attempts(rules);
    let stream = source;
    return defer(() => stream).pipe(
      relay(() => oneAttempt(attempts)),
      retry({
        delay: (error: unknown, failures) => {
          if (!attempts.hasFailed) return throwError(() => error);
          const follower = attempts.mayFollow(error) ? next(error, failures) : undefined;
          if (follower === undefined) return throwError(() => attempts.finalError(error));
          stream = follower.stream;
          return follower.start;
        },
      }),
    );
  });
}

function oneAttempt(attempts: Attempts): RelayHandlers<StreamChunk, StreamChunk> {
  attempts.begin();
  // While a restart goes out, what its consumer makes the source say waits behind the chunk that the restart announces.
  let waiting: (() => void)[] | undefined;
  const inTurn = (send: () => void): void => {
    if (waiting === undefined) send();
    else waiting.push(send);
  };
  return {
    next: (chunk, out) => {
      if (waiting !== undefined) {
        waiting.push(() => out.next(attempts.pass(chunk)));
        return;
      }
      const restart = attempts.restartBefore(chunk);
      if (restart === undefined) {
        out.next(attempts.pass(chunk));
        return;
      }
      waiting = [() => out.next(attempts.pass(chunk))];
      out.next(restart);
      for (const send of waiting) send();
      waiting = undefined;
    },
    error: (error, out) => {
      inTurn(() => {
        attempts.failed(error);
        out.error(error);
      });
    },
    complete: (out) => {
      inTurn(() => {
        const failure = attempts.completed();
        if (failure === undefined) out.complete();
        else out.error(failure.error);
      });
    },
  };
}

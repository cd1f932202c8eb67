import { type Observable, defer, retry, throwError } from 'rxjs';
import type { StreamChunk } from '../../src/core/chunk.js';
import { relay } from '../../src/core/relay.js';
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
  /** What follows the n-th failure, counted from 1; `undefined`: nothing. */
  readonly next: (error: unknown, failures: number) => NextAttempt | undefined;
}

/** One stream of several attempts, each of which begins when the one before it has failed. */
export function attemptStream(source: Observable<StreamChunk>, { rules, next }: AttemptPlan): Observable<StreamChunk> {
  return defer(() => {
    const attempts = new Attempts(rules);
    let stream = source;
    return defer(() => stream).pipe(
      relay<StreamChunk, StreamChunk>(() => {
        attempts.begin();
        return {
          next: (chunk, out) => {
            const restart = attempts.restartBefore(chunk);
            if (restart !== undefined) out.next(restart);
            out.next(attempts.pass(chunk));
          },
        };
      }),
      retry({
        delay: (error: unknown, failures) => {
          const follower = attempts.mayFollow(error) ? next(error, failures) : undefined;
          if (follower === undefined) return throwError(() => attempts.finalError(error));
          attempts.failed(error);
          stream = follower.stream;
          return follower.start;
        },
      }),
    );
  });
}

import {
  EMPTY,
  type MonoTypeOperatorFunction,
  Observable,
  type SchedulerLike,
  Subject,
  asyncScheduler,
  defer,
  filter,
  merge,
  mergeMap,
  takeUntil,
} from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { findDemand } from '../src/core/demand.js';
import { ValidationError } from '../src/core/errors.js';
import { relay } from '../src/core/relay.js';
import { activeTimer } from './shared/active-timer.js';
import type { StreamFactory } from './shared/attempt-stream.js';
import { addUsage } from './shared/attempt-usage.js';
import { HedgeRace } from './shared/hedge-race.js';
import { checkOptions } from './shared/option-checks.js';

/** Options of `hedge`. */
export interface HedgeOptions {
  /** How long to wait for a first chunk before the next stream starts beside those that run. Milliseconds above 0. */
  readonly afterMs: number;
  /** The clock. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Starts a further stream when no chunk came in time, and goes on with the one that speaks first.
 *
 * The others are unsubscribed at that moment. Their known usage is added to `finish.usage`, which is `estimated` when one that
 * was cut off had not said what it used; of a stream that fails, to a copy of its error. The clock stands still while the
 * consumer holds the source back (`Demand`).
 *
 * A stream that fails is left to the others that run; when no other runs its error passes by identity (`fallbackTo` goes on
 * after failures), as it does when those others complete without a chunk. An abort and an error of your own code pass at
 * once. Unsubscribing stops every stream.
 *
 * @param others each is called when its time has come: the first after `afterMs`, the second after twice that.
 * @throws ValidationError at once when `afterMs` is not above 0 or an entry of `others` is no function.
 * @example
 * provider.stream$(request).pipe(hedge([() => provider.stream$(request)], { afterMs: 3_000 }));
 */
export function hedge(others: readonly StreamFactory[], options: HedgeOptions): MonoTypeOperatorFunction<StreamChunk> {
  checkOptions('hedge', options);
  const { afterMs, scheduler = asyncScheduler } = options;
  checkRace(others, afterMs);
  if (others.length === 0) return (source) => source;
  return (source) =>
    new Observable((subscriber) => {
      const race = new HedgeRace();
      const decided = new Subject<number>();
      const demand = findDemand(subscriber);
      const run = (factory: StreamFactory, index: number): Observable<StreamChunk> => runner(factory, index, race, decided);
      const late = (factory: StreamFactory, index: number): Observable<StreamChunk> =>
        activeTimer(index * afterMs, scheduler, demand).pipe(mergeMap(() => run(factory, index)));
      const runners = [() => source, ...others].map((factory, index) =>
        defer(() => {
          // The first may have spoken while it was being subscribed.
          if (race.isDecided) return EMPTY;
          return index === 0 ? run(factory, index) : late(factory, index);
        }).pipe(takeUntil(decided.pipe(filter((winner) => winner !== index)))),
      );
      return merge(...runners).subscribe(subscriber);
    });
}

/** One stream of the race; `decided` tells the others when it is won. */
function runner(factory: StreamFactory, index: number, race: HedgeRace, decided: Subject<number>): Observable<StreamChunk> {
  return defer(() => {
    race.start(index);
    return factory();
  }).pipe(
    relay<StreamChunk, StreamChunk>(() => ({
      next: (chunk, out) => {
        if (!race.isDecided) {
          race.win(index);
          decided.next(index);
        }
        out.next(chunk.type === 'finish' ? addUsage(chunk, race.lostUsage) : chunk);
      },
      error: (error, out) => {
        if (race.failed(index, error)) out.error(race.counted(error));
        else out.complete();
      },
      complete: (out) => {
        const isOver = race.completed(index);
        // Those that wait for their time must not start any more.
        if (isOver) decided.next(index);
        const failure = isOver ? race.leftFailure() : undefined;
        if (failure === undefined) out.complete();
        else out.error(failure.error);
      },
    })),
  );
}

function checkRace(others: readonly StreamFactory[], afterMs: number): void {
  if (!(typeof afterMs === 'number' && afterMs > 0)) throw new ValidationError(`hedge afterMs is ${String(afterMs)}; give milliseconds above 0.`);
  if (!Array.isArray(others) || others.some((factory) => typeof factory !== 'function')) {
    throw new ValidationError('hedge: give an array of functions that make a stream: hedge([() => provider.stream$(request)], …).');
  }
}

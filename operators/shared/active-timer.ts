import { Observable, type SchedulerLike, type Subscription } from 'rxjs';
import type { Demand } from '../../src/core/demand.js';
import { ActiveClock } from './active-clock.js';
import { timerMs } from './timer-ms.js';

/** Emits once and completes after so many milliseconds, not counting the time in which the demand is shut. */
export function activeTimer(durationMs: number, scheduler: SchedulerLike, demand: Demand | undefined): Observable<true> {
  return new Observable((subscriber) => {
    let timer: Subscription | undefined;
    const arm = (): void => {
      timer?.unsubscribe();
      const leftMs = endMs - clock.now();
      timer = clock.isRunning ? scheduler.schedule(check, timerMs(leftMs)) : undefined;
    };
    const check = (): void => {
      if (clock.now() < endMs) {
        arm();
        return;
      }
      subscriber.next(true);
      subscriber.complete();
    };
    const clock = new ActiveClock(scheduler, demand, arm);
    const endMs = clock.now() + durationMs;
    arm();
    return () => {
      clock.dispose();
      timer?.unsubscribe();
    };
  });
}

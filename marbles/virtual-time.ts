import { type Observable, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { LaneRecorder } from './recording.js';

/**
 * Subscribes a stream in virtual time and records it.
 *
 * `subscription` is a subscription diagram (`^--!`); from 0 to the end when absent.
 */
export function recordVirtually(stream$: Observable<unknown>, scheduler: TestScheduler, subscription = ''): LaneRecorder {
  const recorder = new LaneRecorder(() => scheduler.now());
  const watched$ = recorder.watch(stream$);
  const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(subscription, true);
  const subscriptions = new Subscription();
  // The error is in the recording; without a handler RxJS would report it as unhandled.
  const subscribe = (): void => subscriptions.add(watched$.subscribe({ error: () => undefined }));
  scheduler.schedule(subscribe, subscribedFrame === Infinity ? 0 : subscribedFrame);
  // Scheduled now, as RxJS does: the subscriber leaves before what the sources emit in the same frame.
  if (unsubscribedFrame !== Infinity) scheduler.schedule(() => subscriptions.unsubscribe(), unsubscribedFrame);
  return recorder;
}

import { type Observable, Subscription, defer, isObservable, take } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { ValidationError } from '../src/core/errors.js';
import { LaneRecorder } from './recording.js';
import { show } from './show.js';

/**
 * Subscribes a stream in virtual time and records it.
 *
 * `subscription` is a subscription diagram (`^--!`); from 0 to the end when absent. After `maxEvents()` values, asked for when it is subscribed, the
 * stream is left.
 *
 * @throws ValidationError when it is no stream.
 */
export function recordVirtually(
  stream$: Observable<unknown>,
  scheduler: TestScheduler,
  subscription = '',
  maxEvents: () => number = () => Infinity,
): LaneRecorder {
  if (!isObservable(stream$)) throw new ValidationError(`A marble test needs a stream; this is no Observable: ${show(stream$)}.`);
  const recorder = new LaneRecorder(() => scheduler.now());
  const watched$ = defer(() => recorder.watch(stream$).pipe(take(maxEvents())));
  const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(subscription, true);
  const subscriptions = new Subscription();
  // The error is in the recording; without a handler RxJS would report it as unhandled.
  const subscribe = (): void => subscriptions.add(watched$.subscribe({ error: () => undefined }));
  scheduler.schedule(subscribe, subscribedFrame === Infinity ? 0 : subscribedFrame);
  // Scheduled now, as RxJS does: the subscriber leaves before what the sources emit in the same frame.
  if (unsubscribedFrame !== Infinity) scheduler.schedule(() => subscriptions.unsubscribe(), unsubscribedFrame);
  return recorder;
}

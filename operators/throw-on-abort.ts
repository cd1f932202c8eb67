import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { type StreamChunk, isFinish } from '../src/core/chunk.js';
import { ValidationError } from '../src/core/errors.js';
import { relay } from '../src/core/relay.js';
import { abortedBy } from './shared/interruption.js';
import { checkOptions } from './shared/option-checks.js';
import { type PartialOptions, keepPartial } from './shared/partial.js';

/** Options of `throwOnAbort`. */
export type ThrowOnAbortOptions = PartialOptions;

/**
 * Errors when `signal` fires, and unsubscribes the source.
 *
 * The error is a `StreamInterruptedError` with everything that came and `signal.reason` as `cause`: reason `aborted`, or
 * `timeout` (phase `total`) for `AbortSignal.timeout`. A signal that has fired already errors at subscribe; the source is
 * not subscribed then. Other errors and completion pass; the listener is removed on every ending.
 *
 * `finish` is the one ending: when the signal fires after it, the source is unsubscribed and the stream completes. So it belongs
 * below `interceptToolCalls`: above it, the `finish` of the model call has passed while tools run, and the signal stops none.
 *
 * @throws ValidationError at once for something that is no signal.
 * @example
 * const controller = new AbortController();
 * stopButton.onclick = () => controller.abort();
 * provider.stream$({ messages }).pipe(throwOnAbort(controller.signal));
 */
export function throwOnAbort<C extends StreamChunk>(
  signal: AbortSignal,
  options: ThrowOnAbortOptions = {},
): MonoTypeOperatorFunction<C> {
  checkSignal(signal);
  checkOptions('throwOnAbort', options);
  return (source) =>
    new Observable<C>((subscriber) => {
      const partial = keepPartial(options);
      if (signal.aborted) {
        subscriber.error(abortedBy(signal, partial.response));
        return;
      }
      let finish: 'awaited' | 'being taken' | 'taken' = 'awaited';
      const onAbort = (): void => {
        if (finish === 'awaited') subscriber.error(abortedBy(signal, partial.response));
        // Whoever is between here and the consumer has still to hand the finish on.
        else if (finish === 'taken') subscriber.complete();
      };
      signal.addEventListener('abort', onAbort);
      subscriber.add(() => signal.removeEventListener('abort', onAbort));
      const watched = relay<C, C>(() => ({
        next: (chunk, out) => {
          partial.add(chunk);
          if (isFinish(chunk)) finish = 'being taken';
          out.next(chunk);
          if (finish !== 'being taken') return;
          finish = 'taken';
          if (signal.aborted) out.complete();
        },
      }));
      source.pipe(watched).subscribe(subscriber);
    });
}

/** By what is used of it, so that a signal of another realm is one. */
function checkSignal(signal: Partial<AbortSignal> | null | undefined): void {
  if (typeof signal?.addEventListener === 'function' && typeof signal.aborted === 'boolean') return;
  throw new ValidationError('throwOnAbort: give an AbortSignal: the `signal` of a controller, or AbortSignal.timeout(…).');
}

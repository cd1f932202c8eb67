import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { ValidationError } from '../src/core/errors.js';
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
      const fail = (): void => {
        // `finish` has gone out, or is being taken at this moment: that was the one ending.
        if (partial.response.finishReason === undefined) subscriber.error(abortedBy(signal, partial.response));
      };
      if (signal.aborted) {
        fail();
        return;
      }
      signal.addEventListener('abort', fail);
      subscriber.add(() => signal.removeEventListener('abort', fail));
      partial.keep(source).subscribe(subscriber);
    });
}

/** By what is used of it, so that a signal of another realm is one. */
function checkSignal(signal: Partial<AbortSignal> | null | undefined): void {
  if (typeof signal?.addEventListener === 'function' && typeof signal.aborted === 'boolean') return;
  throw new ValidationError('throwOnAbort: give an AbortSignal: the `signal` of a controller, or AbortSignal.timeout(…).');
}

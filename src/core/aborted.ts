import { Observable } from 'rxjs';

/** Never emits; errors with `toError(signal.reason)` when the signal is aborted. For `takeUntil`, which passes errors on. */
export function aborted(signal: AbortSignal, toError: (reason: unknown) => unknown = (reason) => reason): Observable<never> {
  return new Observable((subscriber) => {
    const onAbort = (): void => {
      subscriber.error(toError(signal.reason));
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    subscriber.add(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}

import { type Observable, defer, finalize } from 'rxjs';

/** Gives an operator that wants an `AbortSignal` one that fires when `stop$` emits. */
export function withSignal<T>(stop$: Observable<unknown>, use: (signal: AbortSignal) => Observable<T>): Observable<T> {
  return defer(() => {
    const controller = new AbortController();
    const subscription = stop$.subscribe({
      next: (reason) => controller.abort(reason),
      error: (reason: unknown) => controller.abort(reason),
    });
    return use(controller.signal).pipe(finalize(() => subscription.unsubscribe()));
  });
}

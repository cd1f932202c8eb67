import { defer, type Observable } from 'rxjs';
import type { StreamChunk } from '../core/chunk.js';
import { ProviderError } from '../core/errors.js';
import type { Completion, Provider, ProviderRequest } from '../core/provider.js';
import { completeFromStream } from '../core/complete-from-stream.js';

/** A provider whose answers are Observables of the test. */
export interface MarbleProvider extends Provider {
  /** Every request so far. */
  readonly requests: readonly ProviderRequest[];
}

/**
 * A provider for marble tests: the n-th model call subscribes the n-th Observable, so a whole agent runs in virtual time.
 *
 * Unsubscribing unsubscribes it. A call beyond the last errors with a `ProviderError` (code `unexpected_call`).
 *
 * @example
 * const agent = new Agent({ provider: marbleProvider(cold('-a-(f|)', values)) });
 * expectObservable(agent.stream$('Hello')).toBe('-a-(sf|)', values);
 */
export function marbleProvider(...steps: readonly Observable<StreamChunk>[]): MarbleProvider {
  const name = 'marble';
  const model = 'marble-model';
  const requests: ProviderRequest[] = [];
  const stream$ = (request: ProviderRequest): Observable<StreamChunk> =>
    defer(() => {
      const step = steps[requests.length];
      requests.push(request);
      if (step !== undefined) return step;
      const message = `${name}/${model}: call ${requests.length} was not expected: there are ${steps.length} streams. Add one, or find out why the model was called again.`;
      throw new ProviderError(message, { provider: name, model, code: 'unexpected_call' });
    });
  return {
    name,
    model,
    requests,
    supportsStreaming: () => true,
    stream$,
    complete: (request, { signal } = {}): Promise<Completion> => completeFromStream(stream$(request), signal),
  };
}

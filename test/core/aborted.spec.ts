import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { aborted } from '../../src/core/aborted.js';

function errorsOf(signal: AbortSignal, toError?: (reason: unknown) => unknown): unknown[] {
  const seen: unknown[] = [];
  aborted(signal, toError).subscribe({ error: (error: unknown) => seen.push(error) });
  return seen;
}

describe('aborted', () => {
  it('errors with the reason, by identity, when the signal fires', () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const seen = errorsOf(controller.signal);
    expect(seen).toEqual([]);
    controller.abort(reason);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBe(reason);
  });

  it('errors at once when the signal has fired, and listens to nothing', () => {
    const signal = AbortSignal.abort('stop');
    expect(errorsOf(signal, (reason) => `because of ${String(reason)}`)).toEqual(['because of stop']);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('stops listening when it is unsubscribed', () => {
    const { signal } = new AbortController();
    const subscription = aborted(signal).subscribe();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    subscription.unsubscribe();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

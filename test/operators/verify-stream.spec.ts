import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { verifyStream } from '../../operators/index.js';
import { ProtocolError } from '../../src/core/errors.js';
import { chunks, toolResult, virtually } from './support.js';

const violation = (at: number, what: string): unknown =>
  expect.objectContaining({ name: 'ProtocolError', message: `The stream broke the grammar of chunks at chunk ${at}: ${what}.` });

describe('verifyStream', () => {
  it('passes a valid stream by identity', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--b--(f|)', chunks);
      const expected = '                  -a--b--(f|)';
      expectObservable(source.pipe(verifyStream())).toBe(expected, chunks);
      expectSubscriptions(source.subscriptions).toBe('^------!');
    });
  });

  it('errors instead of the first chunk that breaks the grammar, and unsubscribes the source', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--x--b--(f|)', { ...chunks, x: toolResult('call_9') });
      const error = violation(2, 'tool-result for the unknown call call_9');
      expectObservable(source.pipe(verifyStream())).toBe('-a--#', chunks, error);
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('errors when the stream completes without finish', () => {
    virtually(({ cold, expectObservable }) => {
      const error = violation(1, 'the stream completed without a finish chunk');
      expectObservable(cold('  -a--|', chunks).pipe(verifyStream())).toBe('-a--#', chunks, error);
    });
  });

  it('errors when a chunk comes after finish', () => {
    virtually(({ cold, expectObservable }) => {
      const error = violation(2, 'a text chunk came after finish');
      expectObservable(cold('  -f-a|', chunks).pipe(verifyStream())).toBe('-f-#', chunks, error);
    });
  });

  it('reports a ProtocolError', () => {
    let error: unknown;
    of(chunks.f, chunks.a).pipe(verifyStream()).subscribe({ error: (seen: unknown) => (error = seen) });
    expect(error).toBeInstanceOf(ProtocolError);
  });
});

import { describe, expect, it } from '@jest/globals';
import { concat, NEVER, Observable, of, Subject, tap, timer } from 'rxjs';
import { interceptToolCalls, throwOnAbort } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { StreamInterruptedError, ValidationError } from '../../src/core/errors.js';
import { StreamingResponse } from '../../src/core/response.js';
import { chunks, finish, seeError, seen, toolCall, virtually } from './support.js';

describe('throwOnAbort', () => {
  it('errors with what came and unsubscribes the source when the signal fires', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const controller = new AbortController();
      const cause = new Error('the user pressed stop');
      timer(6).subscribe(() => controller.abort(cause));
      const source = cold('               -a--b----c--(f|)', chunks);
      const expected = '                  -a--b-(x|)';
      const x = { reason: 'aborted', phase: undefined, partial: 'Hello ', cause };
      expectObservable(source.pipe(throwOnAbort(controller.signal), seeError())).toBe(expected, { ...chunks, x });
      expectSubscriptions(source.subscriptions).toBe('^-----!');
    });
  });

  it('does not subscribe the source when the signal has fired already', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const signal = AbortSignal.abort();
      const source = cold('-a--|', chunks);
      const x = { reason: 'aborted', phase: undefined, partial: '', cause: signal.reason as unknown };
      expectObservable(source.pipe(throwOnAbort(signal), seeError())).toBe('(x|)', { x });
      expectSubscriptions(source.subscriptions).toBe([]);
    });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'stop'],
    ['an object without a name', {}],
  ])('is an abort whatever the reason of the signal: %s', (_title, reason) => {
    let error: unknown;
    NEVER.pipe(throwOnAbort(AbortSignal.abort(reason))).subscribe({ error: (got: unknown) => (error = got) });
    expect(seen(error)).toEqual({ reason: 'aborted', phase: undefined, partial: '', cause: reason });
  });

  it('is a timeout of the whole when the signal is one of AbortSignal.timeout', () => {
    const cause = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    const controller = new AbortController();
    let error: unknown;
    concat(of(chunks.a), NEVER).pipe(throwOnAbort(controller.signal)).subscribe({ error: (got: unknown) => (error = got) });
    controller.abort(cause);
    expect(seen(error)).toEqual({ reason: 'timeout', phase: 'total', partial: 'Hel', cause });
  });

  it('gives the cause of an interruption that the signal was fired with, never the interruption itself', () => {
    const cause = new Error('the socket closed');
    const reason = new StreamInterruptedError('cut', { reason: 'disconnected', partial: new StreamingResponse(), cause });
    let error: unknown;
    NEVER.pipe(throwOnAbort(AbortSignal.abort(reason))).subscribe({ error: (got: unknown) => (error = got) });
    expect(seen(error)).toEqual({ reason: 'aborted', phase: undefined, partial: '', cause });
  });

  it('leaves a stream alone that ended before the signal fired', () => {
    virtually(({ cold, expectObservable }) => {
      const controller = new AbortController();
      timer(9).subscribe(() => controller.abort());
      const source = cold('  -a--(f|)', chunks);
      const expected = '     -a--(f|)';
      expectObservable(source.pipe(throwOnAbort(controller.signal))).toBe(expected, chunks);
    });
  });

  it('leaves a stream alone whose finish is being taken when the signal fires', () => {
    const controller = new AbortController();
    const seen: unknown[] = [];
    of(chunks.a, chunks.f).pipe(throwOnAbort(controller.signal)).subscribe({
      next: (chunk) => {
        seen.push(chunk);
        if (chunk.isFinal) controller.abort();
      },
      error: (error: unknown) => seen.push(error),
      complete: () => seen.push('complete'),
    });
    expect(seen).toEqual([chunks.a, chunks.f, 'complete']);
  });

  it.each<[string, StreamingResponse | undefined]>([
    ['its own response', undefined],
    ['a shared response', new StreamingResponse()],
  ])('completes and stops a source that holds on after its finish when the signal fires: %s', (_title, response) => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const controller = new AbortController();
      timer(6).subscribe(() => controller.abort());
      const source = cold('  -a-f-----', chunks);
      const expected = '     -a-f--|';
      expectObservable(source.pipe(throwOnAbort(controller.signal, response && { response }))).toBe(expected, chunks);
      expectSubscriptions(source.subscriptions).toBe('^-----!');
    });
  });

  it('lets whoever is told of the finish first hand it on when the signal fires there', () => {
    const controller = new AbortController();
    const source = new Subject<StreamChunk>();
    const seen: unknown[] = [];
    const aborting = tap<StreamChunk>(({ isFinal }) => {
      if (isFinal) controller.abort();
    });
    source.pipe(throwOnAbort(controller.signal), aborting).subscribe({ next: (chunk) => seen.push(chunk), complete: () => seen.push('complete') });
    source.next(chunks.a);
    source.next(chunks.f);
    expect(seen).toEqual([chunks.a, chunks.f, 'complete']);
    expect(source.observed).toBe(false);
  });

  it('stops the tools that run when it is below interceptToolCalls', () => {
    const controller = new AbortController();
    let running = 0;
    const slow = new Observable<never>(() => {
      running++;
      return () => running--;
    });
    let error: unknown;
    concat(of(toolCall('call_1'), finish({ finishReason: 'tool-calls' })), NEVER)
      .pipe(interceptToolCalls(() => slow), throwOnAbort(controller.signal))
      .subscribe({ error: (end: unknown) => (error = end) });
    expect(running).toBe(1);
    controller.abort();
    expect([running, error]).toEqual([0, expect.objectContaining({ reason: 'aborted' })]);
  });

  it('hands over a response that another operator fills, and adds nothing to it', () => {
    const response = new StreamingResponse();
    response.addChunk(chunks.a);
    const controller = new AbortController();
    let error: unknown;
    concat(of(chunks.b), NEVER)
      .pipe(throwOnAbort(controller.signal, { response }))
      .subscribe({ error: (got: unknown) => (error = got) });
    controller.abort();
    expect(error).toHaveProperty('partial', response);
    expect(response.completeText).toBe('Hel');
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a controller', new AbortController()],
    ['an event target that is no signal', new EventTarget()],
  ])('refuses %s at once', (_title, signal) => {
    // As a caller without types may give it.
    expect(() => throwOnAbort(signal as AbortSignal)).toThrow(
      new ValidationError('throwOnAbort: give an AbortSignal: the `signal` of a controller, or AbortSignal.timeout(…).'),
    );
  });
});

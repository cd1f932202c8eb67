import { describe, expect, it } from '@jest/globals';
import { concat, defer, from, Observable, of, Subject, tap, throwError, timeout } from 'rxjs';
import { interceptToolCalls, mapInterruption, throwOnAbort } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import {
  ConnectionError,
  isStreamInterrupted,
  OverloadedError,
  StreamInterruptedError,
  type StreamInterruptedOptions,
} from '../../src/core/errors.js';
import { StreamingResponse } from '../../src/core/response.js';
import { chunks, finish, reasoning, restart, seeError, step, text, toolCall, toolResult, usage, virtually } from './support.js';

const boom = new RangeError('boom');

/** Everything a stream did: its chunks and its error. */
function watch(result: Observable<StreamChunk>): { readonly received: StreamChunk[]; error: unknown } {
  const seen: { received: StreamChunk[]; error: unknown } = { received: [], error: undefined };
  result.subscribe({ next: (chunk) => seen.received.push(chunk), error: (error: unknown) => (seen.error = error) });
  return seen;
}

function failing(error: unknown, ...before: readonly StreamChunk[]): Observable<StreamChunk> {
  return concat(from(before), throwError(() => error));
}

function interruption(options: Partial<StreamInterruptedOptions>, ...held: readonly StreamChunk[]): StreamInterruptedError {
  const partial = new StreamingResponse();
  for (const chunk of held) partial.addChunk(chunk);
  return new StreamInterruptedError('The socket closed.', { reason: 'disconnected', partial, ...options });
}

function interrupted(error: unknown): StreamInterruptedError {
  if (!isStreamInterrupted(error)) throw new Error(`expected an interruption, got ${String(error)}`);
  return error;
}

describe('mapInterruption', () => {
  it('passes a whole answer through unchanged', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--b--c--(f|)', chunks);
      const expected = '                  -a--b--c--(f|)';
      expectObservable(source.pipe(mapInterruption())).toBe(expected, chunks);
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    });
  });

  it('wraps an error after the first chunk with everything that came', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--b--#', chunks, boom);
      const expected = '                  -a--b--(x|)';
      const x = { reason: 'failed', phase: undefined, partial: 'Hello ', cause: boom };
      expectObservable(source.pipe(mapInterruption(), seeError())).toBe(expected, { ...chunks, x });
      expectSubscriptions(source.subscriptions).toBe('^------!');
    });
  });

  it('passes an error before the first chunk by identity', () => {
    virtually(({ cold, expectObservable }) => {
      expectObservable(cold<StreamChunk>('  --#', undefined, boom).pipe(mapInterruption())).toBe('--#', undefined, boom);
    });
    expect(watch(failing(boom).pipe(mapInterruption())).error).toBe(boom);
  });

  it.each([
    ['a text and no finish', [chunks.a], 'Hel'],
    ['nothing at all', [], ''],
  ] as const)('makes a completion after %s an interruption', (_what, before, partial) => {
    const { error } = watch(from(before).pipe(mapInterruption()));
    expect(interrupted(error)).toMatchObject({ reason: 'truncated', partialResponse: partial });
    expect(interrupted(error).cause).toBeUndefined();
  });

  it('completes when the source errors after its finish, the one ending', () => {
    virtually(({ cold, expectObservable }) => {
      expectObservable(cold('-a-f-#', chunks, boom).pipe(mapInterruption())).toBe('-a-f-|', chunks);
      const late = interruption({}, chunks.a);
      expectObservable(cold('-a-(f#)', chunks, late).pipe(mapInterruption({ response: new StreamingResponse() }))).toBe('-a-(f|)', chunks);
    });
  });

  it('passes errors while the finish is still held above it', () => {
    let running = 0;
    const slow = new Observable<never>(() => {
      running++;
      return () => running--;
    });
    const source = failing(boom, toolCall('call_1'), finish({ finishReason: 'tool-calls' }));
    const { received, error } = watch(source.pipe(interceptToolCalls(() => slow), mapInterruption()));
    expect(received).toEqual([toolCall('call_1')]);
    expect([interrupted(error).cause, running]).toEqual([boom, 0]);
  });

  it('reads the reason from the error', () => {
    const providerError = new OverloadedError('no capacity', { provider: 'openai', model: 'gpt-5-mini' });
    const cases: readonly (readonly [unknown, string])[] = [
      [providerError, 'provider'],
      [new DOMException('stop', 'AbortError'), 'aborted'],
      [new DOMException('slow', 'TimeoutError'), 'timeout'],
      ['a string', 'failed'],
      [undefined, 'failed'],
      [null, 'failed'],
    ];
    for (const [cause, reason] of cases) {
      const { error } = watch(failing(cause, chunks.a).pipe(mapInterruption()));
      expect(interrupted(error)).toMatchObject({ reason, partialResponse: 'Hel' });
      expect(interrupted(error).cause).toBe(cause);
    }
  });

  it('makes abort and timeout interruptions also before the first chunk', () => {
    const aborted = interrupted(watch(failing(new DOMException('stop', 'AbortError')).pipe(mapInterruption())).error);
    const slow = interrupted(watch(failing(new DOMException('slow', 'TimeoutError')).pipe(mapInterruption())).error);
    expect([aborted.reason, slow.reason, slow.phase]).toEqual(['aborted', 'timeout', 'total']);
    const refused = new ConnectionError('refused', { provider: 'openai', model: 'gpt-5-mini' });
    expect(watch(failing(refused).pipe(mapInterruption())).error).toBe(refused);
  });

  it('takes the timeout of rxjs for one', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('  --a--------|', chunks);
      const expected = '     --a---(x|)';
      const x: unknown = expect.objectContaining({ reason: 'timeout', phase: 'each', partial: 'Hel' });
      const result = source.pipe(timeout({ each: 4 }), mapInterruption(), seeError());
      expectObservable<unknown>(result).toBe(expected, { ...chunks, x });
      const y: unknown = expect.objectContaining({ reason: 'timeout', phase: 'first', partial: '' });
      expectObservable<unknown>(cold<StreamChunk>('------').pipe(timeout({ first: 4 }), mapInterruption(), seeError())).toBe('----(y|)', { y });
    });
  });

  it('holds the chunk whose next is running', () => {
    const controller = new AbortController();
    const source = new Subject<StreamChunk>();
    let error: unknown;
    source.pipe(throwOnAbort(controller.signal), mapInterruption()).subscribe({
      next: (chunk) => {
        if (chunk === chunks.b) controller.abort();
      },
      error: (seen: unknown) => (error = seen),
    });
    source.next(chunks.a);
    source.next(chunks.b);
    expect(interrupted(error)).toMatchObject({ reason: 'aborted', partialResponse: 'Hello ' });
    expect(source.observed).toBe(false);
  });

  describe('given an interruption', () => {
    it('passes one that holds as much by identity', () => {
      const error = interruption({ cause: boom }, chunks.a, chunks.b);
      expect(watch(failing(error, chunks.a, chunks.b).pipe(mapInterruption())).error).toBe(error);
    });

    it('passes one that holds as much of every kind by identity', () => {
      const answer = [reasoning('Hm'), chunks.a, toolCall('call_1'), toolResult('call_1'), toolCall('call_2')];
      const error = interruption({}, ...answer);
      expect(watch(failing(error, ...answer).pipe(mapInterruption())).error).toBe(error);
    });

    it('passes one that holds more of one kind and less of another by identity', () => {
      const error = interruption({}, chunks.a, chunks.b);
      expect(watch(failing(error, chunks.a, toolCall('call_1')).pipe(mapInterruption())).error).toBe(error);
    });

    it('passes one that holds more by identity', () => {
      const error = interruption({}, chunks.a, chunks.b);
      expect(watch(failing(error, chunks.a).pipe(mapInterruption())).error).toBe(error);
    });

    it('widens one that holds less, keeping reason, phase, cause and message', () => {
      const error = interruption({ reason: 'timeout', phase: 'each', cause: boom });
      const widened = interrupted(watch(failing(error, chunks.a, chunks.b).pipe(mapInterruption())).error);
      expect(widened).toMatchObject({
        reason: 'timeout',
        phase: 'each',
        partialResponse: 'Hello ',
        message: 'The socket closed.',
        streamId: 'run_1',
      });
      expect(widened.cause).toBe(boom);
    });

    it('widens one without the results of tools that ran', () => {
      const call = toolCall('call_1');
      const error = interruption({}, call);
      const widened = interrupted(watch(failing(error, call, toolResult('call_1')).pipe(mapInterruption())).error);
      expect(widened.partial.toolCalls).toMatchObject([{ toolCallId: 'call_1', state: 'done', output: 42 }]);
    });

    it('changes nothing when used twice', () => {
      const once = interrupted(watch(failing(boom, chunks.a).pipe(mapInterruption())).error);
      let inner: unknown;
      const twice = failing(boom, chunks.a).pipe(
        mapInterruption(),
        tap({ error: (error: unknown) => (inner = error) }),
        mapInterruption(),
      );
      const outer = interrupted(watch(twice).error);
      expect(outer).toBe(inner);
      expect([outer.reason, outer.partialResponse, outer.message]).toEqual([once.reason, once.partialResponse, once.message]);
      expect(outer.cause).toBe(boom);
    });
  });

  describe('usage of the partial', () => {
    const firstStep = [text('One'), step(0, { usage: usage(10, 5) })];

    it('adds what the interrupted step is known to have used', () => {
      const error = interruption({}, text('Tw'));
      error.partial.end({ usage: { ...usage(20, 1), estimated: true }, replay: { provider: 'anthropic', data: 'signature' } });
      const { partial } = interrupted(watch(failing(error, ...firstStep, text('Tw')).pipe(mapInterruption())).error);
      expect(partial.usage).toEqual({ ...usage(30, 6), estimated: true });
      expect(partial.replay).toEqual({ provider: 'anthropic', data: 'signature' });
      expect(partial.completeText).toBe('OneTw');
    });

    it('is estimated when nothing is known of the interrupted step', () => {
      const { partial } = interrupted(watch(failing(boom, ...firstStep, text('Tw')).pipe(mapInterruption())).error);
      expect(partial.usage).toEqual({ ...usage(10, 5), estimated: true });
    });

    it('adds what void attempts have told of, also before the first step', () => {
      const error = interruption({});
      error.partial.end({ usage: usage(20, 1) });
      const voided = [text('Vo'), restart({ usage: { ...usage(100, 10), estimated: true } }), text('On')];
      const { partial } = interrupted(watch(failing(error, ...voided).pipe(mapInterruption())).error);
      expect(partial).toMatchObject({ completeText: 'On', usage: { ...usage(120, 11), estimated: true } });
      const later = interrupted(watch(failing(error, ...firstStep, ...voided).pipe(mapInterruption())).error);
      expect(later.partial).toMatchObject({ completeText: 'OneOn', usage: { ...usage(130, 16), estimated: true } });
    });

    it('adds what void attempts have told of when the partial of the last one says all else', () => {
      const error = interruption({});
      error.partial.addChunk(text('On'));
      error.partial.end({ usage: usage(20, 1) });
      const told = { ...usage(100, 10), estimated: true } as const;
      const { partial } = interrupted(watch(failing(error, text('Vo'), restart({ usage: told }), text('On')).pipe(mapInterruption())).error);
      expect(partial).toMatchObject({ completeText: 'On', usage: { ...usage(120, 11), estimated: true } });
      // One that knows of them already goes on as it is.
      const knowing = interruption({});
      for (const chunk of [restart({ usage: told }), text('On')]) knowing.partial.addChunk(chunk);
      expect(watch(failing(knowing, text('Vo'), restart({ usage: told }), text('On')).pipe(mapInterruption())).error).toBe(knowing);
    });

    it('is that of the interruption when no step has passed', () => {
      const error = interruption({});
      error.partial.end({ usage: usage(20, 1) });
      const { partial } = interrupted(watch(failing(error, chunks.a).pipe(mapInterruption())).error);
      expect(partial.completeText).toBe('Hel');
      expect(partial.usage).toEqual(usage(20, 1));
    });

    it('adds what a step used that was cut before it showed anything', () => {
      const error = interruption({});
      error.partial.end({ usage: usage(20, 0) });
      const { partial } = interrupted(watch(failing(error, ...firstStep).pipe(mapInterruption())).error);
      expect(partial.usage).toEqual(usage(30, 5));
    });

    it('is exact when the error came between steps', () => {
      const { partial } = interrupted(watch(failing(boom, ...firstStep).pipe(mapInterruption())).error);
      expect(partial.usage).toEqual(usage(10, 5));
    });

    it('is not added twice when the partial saw the steps too', () => {
      const error = interruption({}, ...firstStep, text('Tw'));
      error.partial.end({ usage: { ...usage(30, 6), estimated: true } });
      const source = concat(of(text('Intro. ')), failing(error, ...firstStep, text('Tw')));
      const { partial } = interrupted(watch(source.pipe(mapInterruption())).error);
      expect(partial.completeText).toBe('Intro. OneTw');
      expect(partial.usage).toEqual({ ...usage(30, 6), estimated: true });
    });
  });

  describe('given a response', () => {
    it('fills it and hands that very object to the error', () => {
      const response = new StreamingResponse();
      const error = interruption({ cause: boom }, chunks.a);
      const result = defer(() => failing(error, chunks.a).pipe(mapInterruption({ response })));
      const seen = interrupted(watch(result).error);
      expect(seen.partial).toBe(response);
      expect(seen.cause).toBe(boom);
      expect(response.completeText).toBe('Hel');
    });

    it('passes an interruption that holds more by identity, and that of an operator that shares it', () => {
      const error = interruption({}, chunks.a, chunks.b);
      expect(watch(failing(error, chunks.a).pipe(mapInterruption({ response: new StreamingResponse() }))).error).toBe(error);

      const response = new StreamingResponse();
      const controller = new AbortController();
      const source = new Subject<StreamChunk>();
      let above: unknown;
      const seen = watch(
        source.pipe(
          throwOnAbort(controller.signal, { response }),
          tap({ error: (given: unknown) => (above = given) }),
          mapInterruption({ response }),
        ),
      );
      for (const chunk of [text('One'), step(0, { usage: usage(10, 5) }), text('Tw')]) source.next(chunk);
      controller.abort();
      expect(seen.error).toBe(above);
      expect(response).toMatchObject({ completeText: 'OneTw', usage: { ...usage(10, 5), estimated: true } });
    });

    it('shares it with the operators above, which then keep no text', () => {
      const response = new StreamingResponse();
      const controller = new AbortController();
      const source = new Subject<StreamChunk>();
      const seen = watch(source.pipe(throwOnAbort(controller.signal, { response }), mapInterruption({ response })));
      source.next(chunks.a);
      controller.abort();
      expect(interrupted(seen.error).partial).toBe(response);
      expect(response).toMatchObject({ completeText: 'Hel', chunkCount: 1 });
    });
  });

  it('ends the clock of the partial', () => {
    virtually(({ cold, flush }) => {
      let error: unknown;
      cold('-a--b---#', chunks).pipe(mapInterruption()).subscribe({ error: (seen: unknown) => (error = seen) });
      flush();
      expect(interrupted(error).partial).toMatchObject({ firstChunkMs: 1, durationMs: 8, endTime: 8 });
    });
  });

  it('shows no key and no text of the answer in its message', () => {
    const leaky = new Error('401 for key sk-abcdefgh12345678');
    const error = interrupted(watch(failing(leaky, text('secret answer')).pipe(mapInterruption())).error);
    const shown = `${error.message} ${JSON.stringify(error)}`;
    expect(shown).not.toContain('sk-abcdefgh');
    expect(shown).not.toContain('secret answer');
  });
});

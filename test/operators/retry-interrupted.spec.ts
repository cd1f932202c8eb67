import { describe, expect, it, jest } from '@jest/globals';
import { catchError, defer, EMPTY, type Observable, of, queueScheduler, takeWhile, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { type RetryInterruptedOptions, accumulate, mapInterruption, retryInterrupted, verifyStream } from '../../operators/index.js';
import { chunkMetadata, type StreamChunk, textChunk } from '../../src/core/chunk.js';
import { StreamInterruptedError, ValidationError } from '../../src/core/errors.js';
import { StreamingResponse } from '../../src/core/response.js';
import { cut, overloaded, refused } from './attempts-support.js';
import { chunks, finish, metadata, restart, step, toolCall, toolInput, usage, virtually } from './support.js';

/** Half of the longest wait: with a `delay` of 4 the waits are 2, 4, 8, … milliseconds. */
const random = (): number => 0.5;

/** What `setTimeout` can wait at most; it fires at once for more. */
const longestMs = 2 ** 31 - 1;

/** The error's name, and whether its message says what to return. */
const errorKind = (error: unknown): unknown => error instanceof Error && [error.name, error.message.includes('milliseconds, 0 or more')];

/** Subscribes the first stream, then the second, and so on. */
function attempts(...streams: readonly Observable<StreamChunk>[]): Observable<StreamChunk> {
  let index = 0;
  return defer(() => {
    const stream = streams[index++];
    if (stream === undefined) throw new Error('there was one attempt too many');
    return stream;
  });
}

describe('retryInterrupted', () => {
  it('asks again, silently, while nothing was seen', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold('     --#', chunks, overloaded());
      const second = cold('    -----#', chunks, cut('timeout'));
      const third = cold('     -a-(f|)', chunks);
      const result = attempts(first, second, third).pipe(retryInterrupted({ delay: 4, random }));
      expectObservable(result).toBe('--------------a-(f|)', chunks);
      // 2 ms, then the jittered 2; 5 ms, then the jittered 4.
      expectSubscriptions(first.subscriptions).toBe('   ^-!');
      expectSubscriptions(second.subscriptions).toBe('  ----^----!');
      expectSubscriptions(third.subscriptions).toBe('   -------------^--!');
    });
  });

  it('leaves an answer that has begun alone by default', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const error = cut('disconnected', [chunks.a]);
      const source = cold('    -a-#', chunks, error);
      expectObservable(source.pipe(retryInterrupted({ delay: 4, random }))).toBe('-a-#', chunks, error);
      expectSubscriptions(source.subscriptions).toBe(['^--!']);
    });
  });

  it('waits between nothing and the whole delay, which doubles up to maxDelay', () => {
    virtually(({ cold, expectSubscriptions, expectObservable }) => {
      const draws = [0, 1, 0.25, 1];
      const error = overloaded();
      const source = cold('#', chunks, error);
      const options = { count: 4, delay: 4, maxDelay: 20, random: () => draws.shift() ?? 0 };
      // 0 of 4, 8 of 8, 4 of 16, 20 of 32: the last is cut to 20.
      expectObservable(source.pipe(retryInterrupted(options))).toBe('32ms #', chunks, error);
      expectSubscriptions(source.subscriptions).toBe([
        '(^!)',
        '(^!)',
        '8ms (^!)',
        '12ms (^!)',
        '32ms (^!)',
      ]);
    });
  });

  it.each<[string, Error]>([
    ['an error before the answer', overloaded(7)],
    ['the cause of an interruption', cut('provider', [], { cause: overloaded(7) })],
  ])('waits at least as long as the server asked for, in %s', (_title, error) => {
    virtually(({ cold, expectObservable }) => {
      const result = attempts(cold('-#', chunks, error), cold('-a(f|)', chunks)).pipe(retryInterrupted({ delay: 4, random }));
      // 1 ms, 7 ms as asked for (not 2), 1 ms.
      expectObservable(result).toBe('---------a(f|)', chunks);
    });
  });

  it('waits for a server that asks for exactly maxDelay', () => {
    virtually(({ cold, expectObservable }) => {
      const result = attempts(cold('-#', chunks, overloaded(20)), cold('a(f|)', chunks)).pipe(retryInterrupted({ maxDelay: 20, delay: 0 }));
      expectObservable(result).toBe('21ms a(f|)', chunks);
    });
  });

  it.each([Number.NaN, -5])('takes a retryAfterMs of %d, which no server means, for none', (askedMs) => {
    virtually(({ cold, expectObservable }) => {
      const result = attempts(cold('-#', chunks, overloaded(askedMs)), cold('a(f|)', chunks)).pipe(retryInterrupted({ delay: () => 20 }));
      expectObservable(result).toBe('21ms a(f|)', chunks);
    });
  });

  it('does not ask a server again that asks for more time than maxDelay', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const error = overloaded(5_001);
      const source = cold('-#', chunks, error);
      expectObservable(source.pipe(retryInterrupted({ maxDelay: 5_000 }))).toBe('-#', chunks, error);
      expectSubscriptions(source.subscriptions).toBe('^!');
    });
  });

  it('takes the delay from a function, which knows error and attempt', () => {
    virtually(({ cold, expectObservable, flush }) => {
      const asked: unknown[] = [];
      const error = overloaded();
      const delay = (reason: unknown, attempt: number): number => {
        asked.push(reason, attempt);
        return attempt * 3;
      };
      const source = cold('#', chunks, error);
      expectObservable(source.pipe(retryInterrupted({ delay, random }))).toBe('---------#', chunks, error);
      flush();
      expect(asked).toEqual([error, 1, error, 2]);
    });
  });

  it.each<[string, unknown]>([
    ['a refused request', refused()],
    ['an abort', cut('aborted')],
    ['a bare abort', new DOMException('stopped', 'AbortError')],
    ['the end of an AbortSignal.timeout', cut('timeout', [], { cause: new DOMException('late', 'TimeoutError') })],
    ['a body of another kind', cut('malformed')],
    ['a check of the user', cut('blocked')],
    ['an error of the user', new TypeError('x is undefined')],
    ['an error event that is final', cut('provider', [], { cause: refused() })],
    ['an error event without a cause', cut('provider')],
  ])('gives up at once after %s', (_title, error) => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-#', chunks, error);
      expectObservable(source.pipe(retryInterrupted())).toBe('-#', chunks, error);
      expectSubscriptions(source.subscriptions).toBe(['^!']);
    });
  });

  it.each<[string, unknown]>([
    ['a cut connection', cut('disconnected')],
    ['an end without a finish', cut('truncated')],
    ['a time limit', cut('timeout')],
    ['an error event that may pass', cut('provider', [], { cause: overloaded() })],
  ])('tries again after %s', (_title, error) => {
    virtually(({ cold, expectObservable }) => {
      const result = attempts(cold('#', chunks, error), cold('a(f|)', chunks)).pipe(retryInterrupted({ delay: 0 }));
      expectObservable(result).toBe('a(f|)', chunks);
    });
  });

  it('asks `when`, but never about an abort', () => {
    virtually(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const asked: unknown[] = [];
      const when = (error: unknown): boolean => asked.push(error) > 0;
      const [final, abort] = [refused(), cut('aborted')];
      const refusing = cold('#', chunks, final);
      const aborted = cold('#', chunks, abort);
      expectObservable(refusing.pipe(retryInterrupted({ when, count: 1, delay: 0 }))).toBe('#', chunks, final);
      expectObservable(aborted.pipe(retryInterrupted({ when }))).toBe('#', chunks, abort);
      expectSubscriptions(refusing.subscriptions).toBe(['(^!)', '(^!)']);
      expectSubscriptions(aborted.subscriptions).toBe(['(^!)']);
      flush();
      expect(asked).toEqual([final, final]);
    });
  });

  it('sends what `when` and `delay` throw to the error channel', () => {
    const boom = new RangeError('boom');
    const throwing = (): never => {
      throw boom;
    };
    virtually(({ cold, expectObservable }) => {
      expectObservable(cold('-#', chunks, overloaded()).pipe(retryInterrupted({ when: throwing }))).toBe('-#', chunks, boom);
      expectObservable(cold('-#', chunks, overloaded()).pipe(retryInterrupted({ delay: throwing }))).toBe('-#', chunks, boom);
    });
  });

  it('ends the wait when the consumer leaves', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-#', chunks, overloaded());
      expectObservable(source.pipe(retryInterrupted({ delay: () => 10 })), '^----!').toBe('------');
      expectSubscriptions(source.subscriptions).toBe(['^!']);
    });
  });

  it.each<[string, RetryInterruptedOptions, Error, number]>([
    ['a function that says Infinity', { delay: () => Infinity }, overloaded(), 60_000],
    ['a function that says more than maxDelay', { delay: () => 5_000, maxDelay: 100 }, overloaded(), 100],
    ['an endless delay', { delay: Infinity }, overloaded(), 30_000],
    ['an endless function without a limit', { delay: () => Infinity, maxDelay: Infinity }, overloaded(), longestMs],
    ['an endless delay without a limit', { delay: Infinity, maxDelay: Infinity, random: () => 1 }, overloaded(), longestMs],
    ['no jitter of an endless delay', { delay: Infinity, maxDelay: Infinity, random: () => 0 }, overloaded(), 0],
    ['a server that asks for a year', { delay: 0, maxDelay: Infinity }, overloaded(365 * 86_400_000), longestMs],
  ])('waits as long as a timer can at most: %s', (_title, options, error, waitMs) => {
    const waits: (number | undefined)[] = [];
    const scheduler = new TestScheduler(() => undefined);
    const schedule = scheduler.schedule.bind(scheduler);
    const watched = jest.spyOn(scheduler, 'schedule').mockImplementation((...given) => {
      waits.push(given[1]);
      return schedule(...given);
    });
    throwError(() => error).pipe(retryInterrupted({ random, count: 1, ...options, scheduler })).subscribe({ error: () => undefined }).unsubscribe();
    watched.mockRestore();
    expect(waits).toEqual([waitMs]);
  });

  it.each([Number.NaN, -1, '5'])('sends a ValidationError to the error channel when `delay` says %p', (said) => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-#', chunks, overloaded());
      // As a caller without types may say it.
      expectObservable(source.pipe(retryInterrupted({ delay: () => said as number }), catchError((error: unknown) => of(errorKind(error))))).toBe('-(x|)', {
        x: ['ValidationError', true],
      });
      expectSubscriptions(source.subscriptions).toBe(['^!']);
    });
  });

  it('adds what silent attempts used to the finish', () => {
    virtually(({ cold, expectObservable }) => {
      const result = attempts(
        cold('#', chunks, cut('disconnected', [], { usage: usage(10, 0) })),
        cold('#', chunks, overloaded()),
        cold('a(f|)', { ...chunks, f: finish({ usage: usage(10, 5) }) }),
      ).pipe(retryInterrupted({ delay: 0 }));
      expectObservable(result).toBe('a(f|)', { ...chunks, f: finish({ usage: { ...usage(20, 5), estimated: true } }) });
    });
  });

  it('says that the sum is estimated when a silent attempt was paid for without a figure', () => {
    virtually(({ cold, expectObservable }) => {
      const last = cold('a(f|)', { ...chunks, f: finish({ usage: usage(10, 5) }) });
      const result = attempts(cold('#', chunks, cut('timeout')), last).pipe(retryInterrupted({ delay: 0 }));
      expectObservable(result).toBe('a(f|)', { ...chunks, f: finish({ usage: { ...usage(10, 5), estimated: true } }) });
    });
  });

  it('goes on for ever with a count of Infinity, and not at all with 0', () => {
    virtually(({ cold, expectObservable }) => {
      const failures = Array.from({ length: 100 }, () => cold('-#', chunks, overloaded()));
      const result = attempts(...failures, cold('a(f|)', chunks)).pipe(retryInterrupted({ count: Infinity, delay: 0 }));
      expectObservable(result).toBe('100ms a(f|)', chunks);
      const source = cold('-#', chunks, overloaded());
      expect(source.pipe(retryInterrupted({ count: 0 }))).toBe(source);
    });
  });

  it('passes the chunks that came, also the finish when it has nothing to add', () => {
    const finishing = finish({ usage: usage(10, 5) });
    const seen: StreamChunk[] = [];
    of(chunks.a, finishing).pipe(retryInterrupted()).subscribe((chunk) => seen.push(chunk));
    expect(seen[0]).toBe(chunks.a);
    expect(seen[1]).toBe(finishing);
  });

  it('takes an attempt without a chunk after a failure for no success, and asks again', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const error = cut('timeout', [], { usage: usage(10, 0) });
      const failed = cold('#', chunks, error);
      const empty = cold<StreamChunk>('-|');
      const last = cold('a(f|)', { ...chunks, f: finish({ usage: usage(3, 4) }) });
      const result = attempts(failed, empty, last).pipe(retryInterrupted({ delay: 0 }));
      expectObservable(result).toBe('-a(f|)', { ...chunks, f: finish({ usage: { ...usage(13, 4), estimated: true } }) });
      expectObservable(attempts(failed, empty).pipe(retryInterrupted({ delay: 0, count: 1 }))).toBe('-#', chunks, error);
      expectSubscriptions(empty.subscriptions).toBe(['^!', '^!']);
      expectObservable(EMPTY.pipe(retryInterrupted())).toBe('|');
    });
  });

  it('leaves the partial of an error alone, which others may hold: what was used besides is in a copy', () => {
    const error = cut('disconnected', [], { usage: usage(10, 1) });
    const ends: unknown[] = [];
    const source = throwError(() => error).pipe(retryInterrupted({ count: 2, delay: 0, scheduler: queueScheduler }));
    for (let time = 0; time < 3; time++) source.subscribe({ error: (end: unknown) => ends.push(end) });
    const counted = { reason: 'disconnected', message: error.message, partial: { usage: { ...usage(30, 3), estimated: true } } };
    expect(ends).toMatchObject([counted, counted, counted]);
    expect(error.partial.usage).toEqual(usage(10, 1));
  });

  it("asks `isIdempotent` in mode 'restart' alone", () => {
    const isIdempotent = jest.fn(() => true);
    of(toolCall('call_1'), chunks.f).pipe(retryInterrupted({ isIdempotent })).subscribe();
    expect(isIdempotent).not.toHaveBeenCalled();
  });

  it.each<[RetryInterruptedOptions, string]>([
    [{ count: -1 }, 'count'],
    [{ count: 1.5 }, 'count'],
    [{ count: Number.NaN }, 'count'],
    [{ delay: -1 }, 'delay'],
    [{ delay: Number.NaN }, 'delay'],
    [{ maxDelay: 0 }, 'maxDelay'],
  ])('refuses %p', (options, name) => {
    expect(() => retryInterrupted(options)).toThrow(ValidationError);
    expect(() => retryInterrupted(options)).toThrow(name);
  });
});

describe("retryInterrupted({ mode: 'restart' })", () => {
  const options = { mode: 'restart', delay: 4, random } as const;

  it('says just before the first chunk of the new attempt that the old one is void', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold('     -a-b#', chunks, cut('disconnected', [chunks.a, chunks.b], { usage: usage(10, 2) }));
      const second = cold('          ---c---(f|)', { ...chunks, f: finish({ usage: usage(10, 4) }) });
      const result = attempts(first, second).pipe(retryInterrupted(options), verifyStream());
      expectObservable(result).toBe('-a-b-----(Xc)(f|)', {
        ...chunks,
        X: restart({ attempt: 2, timestamp: 9, usage: { ...usage(10, 2), estimated: true } }),
        f: finish({ usage: usage(10, 4) }),
      });
      expectSubscriptions(first.subscriptions).toBe(' ^---!');
      expectSubscriptions(second.subscriptions).toBe('------^------!');
    });
  });

  it('keeps the partial of the old attempt when no later one brings a chunk', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const seen = cut('disconnected', [chunks.a]);
      const first = cold('     -a#', chunks, seen);
      const second = cold('    -#', chunks, overloaded());
      const third = cold('     -#', chunks, refused());
      // 2 + the jittered 2 + 1 + the jittered 4 + 1.
      expectObservable(attempts(first, second, third).pipe(retryInterrupted(options))).toBe('-a--------#', chunks, seen);
      expectSubscriptions(second.subscriptions).toBe('----^!');
      expectSubscriptions(third.subscriptions).toBe(' ---------^!');
    });
  });

  it('adds what the later attempts used to the partial of the one that is seen', () => {
    virtually(({ cold, flush }) => {
      const first = cold('a#', chunks, cut('disconnected', [chunks.a], { usage: usage(10, 1) }));
      const second = cold('#', chunks, cut('timeout', [], { usage: usage(20, 0) }));
      const third = cold('#', chunks, cut('timeout', [], { usage: usage(40, 0) }));
      let received: unknown;
      attempts(first, second, third)
        .pipe(retryInterrupted({ ...options, delay: 0 }))
        .subscribe({ error: (error: unknown) => (received = error) });
      flush();
      expect(received).toMatchObject({ reason: 'disconnected', partial: { usage: { ...usage(70, 1), estimated: true } } });
    });
  });

  it('has nowhere to add it when the error that is seen has no partial', () => {
    virtually(({ cold, expectObservable }) => {
      const seen = overloaded();
      const result = attempts(cold('a#', chunks, seen), cold('#', chunks, cut('timeout', [], { usage: usage(20, 0) })));
      const response = new StreamingResponse();
      expectObservable(result.pipe(retryInterrupted({ ...options, response, count: 1, delay: 0 }))).toBe('a#', chunks, seen);
    });
  });

  it('adds nothing to a response that is shared, and takes its usage for that of no attempt', () => {
    virtually(({ cold, expectObservable, flush }) => {
      const response = new StreamingResponse();
      response.addChunk(chunks.a);
      response.end({ usage: usage(10, 1) });
      const seen = new StreamInterruptedError('cut.', { reason: 'disconnected', partial: response });
      const silent = cut('timeout', [], { usage: usage(20, 0) });
      const shared = { ...options, response, count: 1, delay: 0 };
      expectObservable(attempts(cold('a#', chunks, seen), cold('#', chunks, silent)).pipe(retryInterrupted(shared))).toBe('a#', chunks, seen);
      // The restart says no usage: that of the shared response is not this attempt's.
      const resumed = attempts(cold('a#', chunks, seen), cold('-(b|)', chunks)).pipe(retryInterrupted(shared));
      expectObservable(resumed).toBe('a-(Rb|)', { ...chunks, R: restart({ timestamp: 2 }) });
      flush();
      expect(response.usage).toEqual(usage(10, 1));
    });
  });

  it.each<[string, unknown]>([
    ['an error of the user', new TypeError('x is undefined')],
    ['bad input', new ValidationError('The prompt is empty.')],
    ['a bare abort', new DOMException('stopped', 'AbortError')],
  ])('does not hide %s in a later attempt', (_title, error) => {
    virtually(({ cold, expectObservable }) => {
      const result = attempts(cold('-a#', chunks, cut('disconnected', [chunks.a])), cold('-#', chunks, error));
      expectObservable(result.pipe(retryInterrupted({ ...options, delay: 0 }))).toBe('-a-#', chunks, error);
    });
  });

  it('counts the attempts that showed nothing, and gives the usage of each void one once', () => {
    virtually(({ cold, expectObservable }) => {
      const result = attempts(
        cold('a#', chunks, cut('disconnected', [chunks.a], { usage: usage(10, 1) })),
        cold('#', chunks, cut('timeout', [], { usage: usage(10, 0) })),
        cold('b----(f|)', { ...chunks, f: finish({ usage: usage(10, 7) }) }),
      ).pipe(retryInterrupted({ ...options, delay: 0 }));
      expectObservable(result).toBe('a(Xb)-(f|)', {
        ...chunks,
        X: restart({ attempt: 3, timestamp: 1, usage: { ...usage(10, 1), estimated: true } }),
        f: finish({ usage: { ...usage(20, 7), estimated: true } }),
      });
    });
  });

  it('says of an abort meanwhile that it was one, with the partial of what was seen', () => {
    virtually(({ cold, flush }) => {
      const first = cold('-a#', chunks, cut('disconnected', [chunks.a]));
      const second = cold('-#', chunks, cut('aborted'));
      let received: unknown;
      attempts(first, second)
        .pipe(retryInterrupted({ ...options, delay: 0 }))
        .subscribe({ error: (error: unknown) => (received = error) });
      flush();
      expect(received).toMatchObject({ reason: 'aborted', partialResponse: 'Hel' });
    });
  });

  it.each<[string, StreamChunk]>([
    ['a tool call', toolCall('call_1')],
    ['a whole step', step(0)],
    ['the finish', finish()],
  ])('takes %s as a commit point', (_title, commit) => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const error = cut('disconnected', [commit]);
      const source = cold('-x-#', { x: commit }, error);
      expectObservable(source.pipe(retryInterrupted(options))).toBe('-x-#', { x: commit }, error);
      expectSubscriptions(source.subscriptions).toBe(['^--!']);
    });
  });

  it('does not take arguments that are still coming as a commit point', () => {
    virtually(({ cold, expectObservable }) => {
      const x = toolInput('call_1', '{"a"');
      const result = attempts(cold('x#', { x }, cut('truncated')), cold('b---(f|)', chunks));
      const retried = result.pipe(retryInterrupted({ ...options, delay: () => 2 }));
      expectObservable(retried).toBe('x--(Rb)(f|)', { ...chunks, x, R: restart({ reason: 'truncated', timestamp: 3 }) });
    });
  });

  it('starts anew after calls of idempotent tools, unless one other was among them', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const isIdempotent = (name: string): boolean => name === 'search';
      const error = cut('disconnected');
      const search = toolCall('call_1', { toolName: 'search' });
      const pay = toolCall('call_2', { toolName: 'pay' });
      const safe = attempts(cold('s#', { s: search }, error), cold('b---(f|)', chunks));
      const unsafe = cold('(sp)#', { s: search, p: pay }, error);
      const policy = { ...options, isIdempotent, delay: () => 2 };
      expectObservable(safe.pipe(retryInterrupted(policy))).toBe('s--(Rb)(f|)', { ...chunks, s: search, R: restart({ timestamp: 3 }) });
      expectObservable(unsafe.pipe(retryInterrupted(policy))).toBe('(sp)#', { s: search, p: pay }, error);
      expectSubscriptions(unsafe.subscriptions).toBe(['^---!']);
    });
  });

  it('sends what `isIdempotent` throws to the error channel at once, whatever `when` says', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const boom = new RangeError('boom');
      const isIdempotent = (): never => {
        throw boom;
      };
      const source = cold('-x-(f|)', { x: toolCall('call_1'), f: chunks.f });
      expectObservable(source.pipe(retryInterrupted({ ...options, isIdempotent, when: () => true }))).toBe('-#', chunks, boom);
      const later = attempts(cold('-a#', chunks, cut('disconnected', [chunks.a])), cold('-x-(f|)', { x: toolCall('call_1'), f: chunks.f }));
      const expected = { ...chunks, R: restart({ timestamp: 3 }) };
      expectObservable(later.pipe(retryInterrupted({ ...options, delay: 0, isIdempotent, when: () => true }))).toBe('-a-(R#)', expected, boom);
      expectSubscriptions(source.subscriptions).toBe(['^!']);
    });
  });

  it('keeps what was seen when a later attempt is empty', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const seen = cut('disconnected', [chunks.a]);
      const empty = cold<StreamChunk>('-|');
      const result = attempts(cold('-a#', chunks, seen), empty, empty).pipe(retryInterrupted({ ...options, delay: 0 }));
      expectObservable(result).toBe('-a--#', chunks, seen);
      expectSubscriptions(empty.subscriptions).toBe(['--^!', '---^!']);
    });
  });

  it('gives one stream one id, also when each attempt makes up its own', () => {
    virtually(({ cold, expectObservable }) => {
      const other = textChunk('again', chunkMetadata('run_2', { model: 'm' }), 0);
      const result = attempts(cold('a#', chunks, cut('disconnected')), cold('(x|)', { x: other }));
      const same = { ...other, metadata: { ...metadata, model: 'm' } };
      expectObservable(result.pipe(retryInterrupted({ ...options, delay: () => 1 }))).toBe('a-(Rx|)', {
        ...chunks,
        R: { ...restart({ timestamp: 2 }), metadata: same.metadata },
        x: same,
      });
    });
  });

  it('makes one metadata object for all chunks of an attempt whose id was another', () => {
    virtually(({ cold, flush }) => {
      const other = chunkMetadata('run_2');
      const second = cold('(xy|)', { x: textChunk('b', other, 0), y: textChunk('c', other, 0) });
      const seen: StreamChunk[] = [];
      attempts(cold('a#', chunks, cut('disconnected')), second)
        .pipe(retryInterrupted({ ...options, delay: 0 }))
        .subscribe((chunk) => seen.push(chunk));
      flush();
      const [, again, x, y] = seen.map((chunk) => chunk.metadata);
      expect(again).toEqual(metadata);
      expect([x, y].map((one) => one === again)).toEqual([true, true]);
    });
  });

  it('leaves accumulate with the text of the attempt that counted', () => {
    virtually(({ cold, flush }) => {
      const first = cold('-a-b#', chunks, cut('disconnected', [chunks.a, chunks.b]));
      const second = cold('-c(f|)', chunks);
      const texts: string[] = [];
      attempts(first, second)
        .pipe(retryInterrupted(options), mapInterruption(), accumulate())
        .subscribe(({ completeText }) => texts.push(completeText));
      flush();
      expect(texts).toEqual(['Hel', 'Hello ', '', 'you', 'you']);
    });
  });

  it('stops before the new attempt is seen when the consumer leaves on the restart', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const second = cold('-b--(f|)', chunks);
      const result = attempts(cold('-a#', chunks, cut('timeout')), second).pipe(
        retryInterrupted({ ...options, delay: 0 }),
        takeWhile(({ type }) => type !== 'restart', true),
      );
      expectObservable(result).toBe('-a-(R|)', { ...chunks, R: restart({ reason: 'timeout', timestamp: 3 }) });
      expectSubscriptions(second.subscriptions).toBe('--^!');
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { EMPTY, type MonoTypeOperatorFunction, Observable, Subject, throwError } from 'rxjs';
import { chunkTimeout, fallbackTo, mapInterruption, retryInterrupted, toState, verifyStream } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { ValidationError } from '../../src/core/errors.js';
import { cut, overloaded, refused } from './attempts-support.js';
import { chunks, finish, restart, step, toolCall, usage, virtually } from './support.js';

describe('fallbackTo', () => {
  it('tries one stream after another until one speaks', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold('     -#', chunks, refused());
      const second = cold('    --#', chunks, cut('timeout'));
      const third = cold('     -a-(f|)', chunks);
      const unused = cold('    a', chunks);
      const next = [second, third, unused].map((stream) => (): Observable<StreamChunk> => stream);
      expectObservable(first.pipe(fallbackTo(...next))).toBe('----a-(f|)', chunks);
      expectSubscriptions(first.subscriptions).toBe('  ^!');
      expectSubscriptions(second.subscriptions).toBe(' -^-!');
      expectSubscriptions(third.subscriptions).toBe('  ---^--!');
      expectSubscriptions(unused.subscriptions).toBe([]);
    });
  });

  it('makes a stream only when its turn has come, and anew for each subscription', () => {
    virtually(({ cold, expectObservable, flush }) => {
      let made = 0;
      const next = (): Observable<StreamChunk> => {
        made++;
        return cold('a(f|)', chunks);
      };
      const result = cold('-#', chunks, overloaded()).pipe(fallbackTo(next));
      expect(made).toBe(0);
      expectObservable(result).toBe('-a(f|)', chunks);
      expectObservable(result).toBe('-a(f|)', chunks);
      flush();
      expect(made).toBe(2);
    });
  });

  it('passes the last error by identity when all have failed', () => {
    virtually(({ cold, expectObservable }) => {
      const last = refused();
      const result = cold('-#', chunks, overloaded()).pipe(fallbackTo(() => cold('-#', chunks, last)));
      expectObservable(result).toBe('--#', chunks, last);
    });
  });

  it.each<[string, unknown]>([
    ['an abort', cut('aborted')],
    ['a check of the user', cut('blocked')],
    ['an error of the user', new TypeError('x is undefined')],
    ['bad input', new ValidationError('The prompt is empty.')],
  ])('does not hide %s', (_title, error) => {
    virtually(({ cold, expectObservable }) => {
      const next = cold('a', chunks);
      expectObservable(cold('-#', chunks, error).pipe(fallbackTo(() => next))).toBe('-#', chunks, error);
    });
  });

  it.each<[string, unknown]>([
    ['a refused request', refused()],
    ['a cut connection', cut('disconnected')],
    ['an end without a finish', cut('truncated')],
    ['a time limit', cut('timeout')],
    ['a body of another kind', cut('malformed')],
    ['an error event', cut('provider', [], { cause: refused() })],
  ])('goes on after %s', (_title, error) => {
    virtually(({ cold, expectObservable }) => {
      expectObservable(cold('-#', chunks, error).pipe(fallbackTo(() => cold('a(f|)', chunks)))).toBe('-a(f|)', chunks);
    });
  });

  it('asks `when` about everything but an abort', () => {
    virtually(({ cold, expectObservable }) => {
      const error = new TypeError('odd');
      const when = (reason: unknown): boolean => reason === error;
      expectObservable(cold('-#', chunks, error).pipe(fallbackTo({ next: [() => cold('a|', chunks)], when }))).toBe('-a|', chunks);
      const other = refused();
      expectObservable(cold('-#', chunks, other).pipe(fallbackTo({ next: [() => cold('a|', chunks)], when }))).toBe('-#', chunks, other);
    });
  });

  it('leaves an answer that has begun alone by default', () => {
    virtually(({ cold, expectObservable }) => {
      const error = cut('disconnected', [chunks.a]);
      expectObservable(cold('-a#', chunks, error).pipe(fallbackTo(() => cold('b', chunks)))).toBe('-a#', chunks, error);
    });
  });

  it("with mode 'restart' takes back what was seen, just before the first chunk of the next", () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold('-a#', chunks, cut('disconnected', [chunks.a]));
      const second = cold(' --c---(f|)', chunks);
      const result = first.pipe(fallbackTo({ next: [() => second], mode: 'restart' }), verifyStream());
      expectObservable(result).toBe('-a--(Xc)(f|)', { ...chunks, X: restart({ timestamp: 4 }) });
      expectSubscriptions(second.subscriptions).toBe('--^-----!');
    });
  });

  it("with mode 'restart' keeps the partial when the next brings nothing, and never acts after a tool call", () => {
    virtually(({ cold, expectObservable }) => {
      const seen = cut('disconnected', [chunks.a]);
      const mute = { next: [() => cold('-#', chunks, refused())], mode: 'restart' } as const;
      expectObservable(cold('-a#', chunks, seen).pipe(fallbackTo(mute))).toBe('-a-#', chunks, seen);
      const called = cut('disconnected');
      const x = toolCall('call_1');
      expectObservable(cold('-x#', { x }, called).pipe(fallbackTo(mute))).toBe('-x#', { x }, called);
    });
  });

  it.each(['before-first-chunk', 'restart'] as const)("takes no chunk after a failure for no success in mode '%s'", (mode) => {
    virtually(({ cold, expectObservable }) => {
      const error = overloaded();
      const empty = (): Observable<StreamChunk> => cold('--|', chunks);
      expectObservable(cold('-#', chunks, error).pipe(fallbackTo({ next: [empty], mode }))).toBe('---#', chunks, error);
      const second = (): Observable<StreamChunk> => cold('-a(f|)', chunks);
      expectObservable(cold('-#', chunks, error).pipe(fallbackTo({ next: [empty, second], mode }))).toBe('----a(f|)', chunks);
    });
  });

  it("with mode 'restart' keeps the error and the partial of what was seen when the next stream is empty", () => {
    const seen = cut('disconnected', [chunks.a]);
    virtually(({ cold, expectObservable, flush }) => {
      const first = cold('-a#', chunks, seen);
      const next = [(): Observable<StreamChunk> => EMPTY, (): Observable<StreamChunk> => EMPTY];
      expectObservable(first.pipe(fallbackTo({ next, mode: 'restart' }))).toBe('-a#', chunks, seen);
      const states: unknown[] = [];
      first.pipe(fallbackTo({ next, mode: 'restart' }), toState()).subscribe(({ status, text, error }) => states.push([status, text, error]));
      flush();
      expect(states.at(-1)).toEqual(['interrupted', 'Hel', seen]);
    });
  });

  it('passes a source that is empty and has not failed', () => {
    virtually(({ cold, expectObservable }) => {
      expectObservable(cold<StreamChunk>('-|').pipe(fallbackTo(() => cold('a', chunks)))).toBe('-|');
    });
  });

  it('adds what a restart made void to the finish of a run, which counts all of it', () => {
    virtually(({ cold, expectObservable }) => {
      const broken = cold('a#', chunks, cut('disconnected', [chunks.a], { usage: usage(7, 1) }));
      const values = { ...chunks, s: step(0, { usage: usage(3, 2) }), f: finish({ usage: usage(3, 2) }) };
      const result = broken.pipe(fallbackTo({ mode: 'restart', next: [() => cold('b----(sf|)', values)] }));
      const X = restart({ timestamp: 1, usage: { ...usage(7, 1), estimated: true } });
      const F = finish({ usage: { ...usage(10, 3), estimated: true } });
      expectObservable(result.pipe(verifyStream())).toBe('a(Xb)-(sF|)', { ...values, X, F });
    });
  });

  it('counts the usage of a failure once, also when an empty stream came after it', () => {
    virtually(({ cold, expectObservable }) => {
      const silent = cold('#', chunks, cut('disconnected', [], { usage: usage(10, 0) }));
      const last = cold('a(f|)', { ...chunks, f: finish({ usage: usage(3, 4) }) });
      const result = silent.pipe(fallbackTo(() => EMPTY, () => last));
      expectObservable(result).toBe('a(f|)', { ...chunks, f: finish({ usage: { ...usage(13, 4), estimated: true } }) });
    });
  });

  it('keeps the order when a consumer makes the next stream go on, or end, while it takes the restart', () => {
    const [first, second] = [new Subject<StreamChunk>(), new Subject<StreamChunk>()];
    const seen: unknown[] = [];
    first.pipe(fallbackTo({ next: [() => second], mode: 'restart' })).subscribe({
      next: (chunk) => {
        seen.push(chunk.type === 'text' ? chunk.content : chunk.type);
        if (chunk.type !== 'restart') return;
        for (const more of [chunks.b, chunks.f]) second.next(more);
        second.complete();
      },
      complete: () => seen.push('complete'),
    });
    first.next(chunks.c);
    first.error(cut('disconnected', [chunks.c]));
    second.next(chunks.a);
    expect(seen).toEqual(['you', 'restart', 'Hel', 'lo ', 'finish', 'complete']);
  });

  it('keeps the order also when the next stream fails while the consumer takes the restart', () => {
    const [first, second] = [new Subject<StreamChunk>(), new Subject<StreamChunk>()];
    const last = cut('disconnected', [chunks.a]);
    const seen: unknown[] = [];
    first.pipe(fallbackTo({ next: [() => second], mode: 'restart' })).subscribe({
      next: ({ type }) => {
        seen.push(type);
        if (type === 'restart') second.error(last);
      },
      error: (error: unknown) => seen.push(error),
    });
    first.next(chunks.c);
    first.error(cut('disconnected', [chunks.c]));
    second.next(chunks.a);
    expect(seen).toEqual(['text', 'restart', 'text', last]);
  });

  it.each<[string, () => MonoTypeOperatorFunction<StreamChunk>, unknown]>([
    ['a time limit', () => chunkTimeout<StreamChunk>({ total: 8 }), undefined],
    ['mapInterruption', () => mapInterruption<StreamChunk>(), new Error('the socket closed')],
  ])('says what an attempt above %s used in one restart', (_title, between, ending) => {
    virtually(({ cold, expectObservable }) => {
      let count = 0;
      const f = finish({ usage: usage(3, 4) });
      const failed = cold('-a#', chunks, cut('disconnected', [chunks.a], { usage: usage(100, 10) }));
      const stalled = ending === undefined ? cold('-b', chunks) : cold('-b----#', chunks, ending);
      const source = new Observable<StreamChunk>((subscriber) => (count++ === 0 ? failed : stalled).subscribe(subscriber));
      const result = source.pipe(
        retryInterrupted({ mode: 'restart', delay: 0, count: 1 }),
        between(),
        fallbackTo({ mode: 'restart', next: [() => cold('c---(f|)', { ...chunks, f })], when: () => true }),
        verifyStream(),
      );
      const X = restart({ timestamp: 3, usage: { ...usage(100, 10), estimated: true } });
      // Nothing is known of the second attempt.
      const Y = restart({ timestamp: 8, reason: ending === undefined ? 'timeout' : 'failed' });
      expectObservable(result).toBe('-a-(Xb)-(Yc)(f|)', { ...chunks, X, Y, f });
    });
  });

  it('adds what a silent stream used', () => {
    virtually(({ cold, expectObservable }) => {
      const silent = cold('#', chunks, cut('disconnected', [], { usage: usage(10, 0) }));
      const last = cold('a(f|)', { ...chunks, f: finish({ usage: usage(3, 4) }) });
      const result = silent.pipe(fallbackTo(() => last));
      expectObservable(result).toBe('a(f|)', { ...chunks, f: finish({ usage: { ...usage(13, 4), estimated: true } }) });
    });
  });

  it('sums the usage of all that showed nothing, one fallback above the other', () => {
    virtually(({ cold, expectObservable }) => {
      const errors = [cut('disconnected', [], { usage: usage(10, 0) }), cut('disconnected', [], { usage: usage(20, 0) })];
      const first = cold('#', chunks, errors[0]);
      const second = cold('#', chunks, errors[1]);
      const last = cold('a(f|)', { ...chunks, f: finish({ usage: usage(3, 4) }) });
      const retried = first.pipe(
        fallbackTo(() => second),
        fallbackTo(() => last),
      );
      expectObservable(retried).toBe('a(f|)', { ...chunks, f: finish({ usage: { ...usage(33, 4), estimated: true } }) });
    });
  });

  it('stops the stream that runs when the consumer leaves', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const second = cold('--a-b', chunks);
      expectObservable(cold('-#', chunks, refused()).pipe(fallbackTo(() => second)), '^---!').toBe('---a', chunks);
      expectSubscriptions(second.subscriptions).toBe('-^--!');
    });
  });

  it('sends what `next` throws to the error channel', () => {
    virtually(({ cold, expectObservable }) => {
      const boom = new RangeError('boom');
      const next = (): never => {
        throw boom;
      };
      expectObservable(cold('-#', chunks, refused()).pipe(fallbackTo(next))).toBe('-#', chunks, boom);
    });
  });

  it('sends what `next` throws to the error channel at once, whatever `when` says', () => {
    const boom = new RangeError('boom');
    const seen: unknown[] = [];
    const throwing = (): never => {
      throw boom;
    };
    // No Observable, as a caller without types may return it.
    const nothing = (() => undefined) as unknown as () => Observable<StreamChunk>;
    for (const next of [throwing, nothing]) {
      throwError(refused)
        .pipe(fallbackTo({ when: () => true, next: [next, () => throwError(() => 'asked again')] }))
        .subscribe({ error: (error: unknown) => seen.push(error) });
    }
    expect(seen).toEqual([boom, expect.any(TypeError)]);
  });

  it("with mode 'restart' does not hide what `next` throws, nor that a check refused", () => {
    virtually(({ cold, expectObservable, flush }) => {
      const boom = new TypeError('boom');
      const next = (): never => {
        throw boom;
      };
      const first = cold('-a#', chunks, cut('disconnected', [chunks.a]));
      expectObservable(first.pipe(fallbackTo({ next: [next], mode: 'restart' }))).toBe('-a#', chunks, boom);
      let received: unknown;
      const refusing = (): Observable<StreamChunk> => cold('-#', chunks, cut('blocked'));
      first.pipe(fallbackTo({ next: [refusing], mode: 'restart' })).subscribe({ error: (error: unknown) => (received = error) });
      flush();
      expect(received).toMatchObject({ reason: 'blocked', partialResponse: 'Hel' });
    });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['an empty object', {}],
  ])('refuses %s', (_title, given) => {
    // As a caller without types may give it.
    expect(() => fallbackTo(given as () => Observable<StreamChunk>)).toThrow(ValidationError);
  });

  it('returns the source itself when there is nothing to fall back to, and refuses what is no function', () => {
    virtually(({ cold }) => {
      const source = cold('a', chunks);
      expect(source.pipe(fallbackTo())).toBe(source);
      // A stream instead of a function, as a caller without types may give it.
      expect(() => fallbackTo({ next: [source as unknown as () => Observable<StreamChunk>] })).toThrow(ValidationError);
    });
  });
});

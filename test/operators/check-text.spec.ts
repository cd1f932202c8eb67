import { describe, expect, it, jest } from '@jest/globals';
import { concat, EMPTY, filter, from, lastValueFrom, map, NEVER, Observable, of, Subject, switchMap, tap, throwError, timer } from 'rxjs';
import { checkText, type CheckTextOptions, mapInterruption, type TextCheck, type TextVerdict } from '../../operators/index.js';
import { type StreamChunk, isFinish } from '../../src/core/chunk.js';
import { type Demand, findDemand } from '../../src/core/demand.js';
import { isStreamInterrupted, ValidationError } from '../../src/core/errors.js';
import { StreamingResponse } from '../../src/core/response.js';
import { chunks, finish, reasoning, restart, seeError, type SeenError, step, text, toolCall, toolResult, virtually } from './support.js';

const blocked = (partial: string): SeenError => ({ reason: 'blocked', phase: undefined, partial, cause: undefined });
const inputs: Record<string, StreamChunk> = { ...chunks, t: toolCall('call_1'), r: reasoning('hm') };
const letters = { ...inputs, x: blocked('Hel') };

/** A check that takes its time and records when it is asked what. */
function slow(durationMs: number, verdict: (text: string) => TextVerdict = () => true): TextCheck & { readonly asked: [string, string][] } {
  const asked: [string, string][] = [];
  const check = (whole: string, added: string): Observable<TextVerdict> => {
    asked.push([whole, added]);
    return timer(durationMs).pipe(map(() => verdict(whole)));
  };
  return Object.assign(check, { asked });
}

/** A source that the test pushes into, and whether its consumer wants more. */
function asking(): { readonly subject: Subject<StreamChunk>; readonly source: Observable<StreamChunk>; readonly isOpen: () => unknown } {
  let demand: Demand | undefined;
  const subject = new Subject<StreamChunk>();
  const source = new Observable<StreamChunk>((subscriber) => {
    demand = findDemand(subscriber);
    subject.subscribe(subscriber);
  });
  return { subject, source, isOpen: () => demand?.isOpen };
}

function errorOf(source: Observable<unknown>): unknown {
  let seen: unknown;
  source.subscribe({ error: (error: unknown) => (seen = error) });
  return seen;
}

const boom = new Error('boom');

describe('checkText', () => {
  it('passes chunks as they are while the check allows them', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('                             -a-r-b-t-c-(f|)', inputs);
      expectObservable(source.pipe(checkText(() => true))).toBe('-a-r-b-t-c-(f|)', letters);
      expectSubscriptions(source.subscriptions).toBe('  ^----------!');
    });
  });

  it('interrupts with what passed when the check refuses; the refused text never goes out', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--b--c--(f|)', inputs);
      const expected = '                  -a--(x|)';
      expectObservable(source.pipe(checkText((whole) => !whole.includes('lo')), seeError())).toBe(expected, letters);
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('shows the check the text so far and what was added, the content of finish too', () => {
    const check = jest.fn<TextCheck>(() => true);
    from([chunks.a, reasoning('hm'), text(''), chunks.b, step(0), { ...finish(), content: 'you' }]).pipe(checkText(check)).subscribe();
    expect(check.mock.calls).toEqual([
      ['Hel', 'Hel'],
      ['Hello ', 'lo '],
      ['Hello you', 'you'],
    ]);
  });

  it('lets the source go on when a check has ended behind a chunk that must be checked, however much has gathered', () => {
    virtually(({ expectObservable }) => {
      const pieces = [text('x'.repeat(10)), step(0), ...Array.from({ length: 90 }, () => text('y'.repeat(90))), finish()];
      // Sends on while its demand is open, and waits while it is shut.
      const source = new Observable<StreamChunk>((subscriber) => {
        const demand = findDemand(subscriber);
        const send = (): void => {
          for (let piece = pieces[0]; piece !== undefined && demand?.isOpen !== false; piece = pieces[0]) {
            pieces.shift();
            subscriber.next(piece);
          }
          if (pieces.length === 0) subscriber.complete();
        };
        subscriber.add(demand?.onChange(send));
        send();
      });
      const checked = source.pipe(checkText(() => timer(300).pipe(map(() => true)), { everyChars: 6_000 }));
      expectObservable(checked.pipe(filter(isFinish), map(() => 'finished')), '2s !').toBe('900ms (f|)', { f: 'finished' });
    });
  });

  it('puts a restart that the consumer pushes inside next behind what has passed already', () => {
    virtually(({ expectObservable }) => {
      const subject = new Subject<StreamChunk>();
      const seen = new Observable<StreamChunk>((subscriber) => {
        const subscription = subject.pipe(checkText(slow(10))).subscribe((chunk) => {
          subscriber.next(chunk);
          if (chunk === chunks.b) for (const one of [restart(), text('new')]) subject.next(one);
        });
        // While `a` is checked, b and c gather: they are checked together.
        for (const one of [chunks.a, chunks.b, chunks.c]) subject.next(one);
        return subscription;
      });
      expectObservable(seen, '50ms !').toBe('10ms a 9ms (bcr) 5ms n', { ...chunks, r: restart(), n: text('new') });
    });
  });

  it('lets text wait for a check that takes its time, and checks together what gathers', () => {
    virtually(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const check = slow(5);
      const source = cold('               -a--b-c----------(f|)', inputs);
      const expected = '                  ------a----(bc)--(f|)';
      expectObservable(source.pipe(checkText(check))).toBe(expected, letters);
      expectSubscriptions(source.subscriptions).toBe('^----------------!');
      flush();
      expect(check.asked).toEqual([
        ['Hel', 'Hel'],
        ['Hello you', 'lo you'],
      ]);
    });
  });

  it('lets tool calls, the end and errors wait for the check before them, and other chunks pass by', () => {
    virtually(({ cold, expectObservable }) => {
      const given = (marbles: string): Observable<unknown> => cold<StreamChunk>(marbles, inputs, boom).pipe(checkText(slow(5)));
      expectObservable(given('-a-(rt)---|')).toBe('---r--(at)|', letters);
      expectObservable(given('-a-f|')).toBe('      ------(af|)', letters);
      expectObservable(given('-a-#')).toBe('       ------(a#)', letters, boom);
      expectObservable(given('-a-|')).toBe('       ------(a|)', letters);
    });
  });

  it('lets nothing overtake a tool call or the end of a step that waits', () => {
    virtually(({ cold, expectObservable }) => {
      const values = { ...inputs, R: toolResult('call_1'), s: step(0), n: text('new') };
      const given = (marbles: string): Observable<unknown> => cold<StreamChunk>(marbles, values).pipe(checkText(slow(8)));
      // Reasoning passes the text before the call, and waits behind the call with its result and the step.
      expectObservable(given('-art-R-rs-n--(f|)')).toBe('--r------(atRrs)--(nf|)', values);
    });
  });

  it('voids on a restart its own step alone, and asks again about what is left of a check that saw more', () => {
    virtually(({ cold, expectObservable, flush }) => {
      const check = slow(5);
      const values = { ...inputs, s: step(0), R: restart(), S: step(1) };
      const source = cold('    a-bs-c-Rb-S(f|)', values);
      // At 5 `a` has passed, and b, s and c are checked; at 7 c is void.
      expectObservable(source.pipe(checkText(check))).toBe('-----a------(bsR)(bSf|)', values);
      flush();
      expect(check.asked).toEqual([
        ['Hel', 'Hel'],
        ['Hello you', 'lo you'],
        ['Hello ', 'lo '],
        ['Hello lo ', 'lo '],
      ]);
    });
  });

  it('goes on with a check that has seen nothing of the step that is void', () => {
    virtually(({ cold, expectObservable, flush }) => {
      const check = slow(5);
      const values = { ...inputs, s: step(0), R: restart() };
      expectObservable(cold('abs----cR------(f|)', values).pipe(checkText(check))).toBe('-----a----(bsR)(f|)', values);
      flush();
      expect(check.asked).toEqual([
        ['Hel', 'Hel'],
        ['Hello ', 'lo '],
      ]);
    });
  });

  it.each<[string, number, TextCheck]>([
    ['at once', Infinity, () => true],
    ['later', 1, () => Promise.resolve(true)],
  ])('takes 200000 chunks of a source that cannot wait for a check that answers %s', async (_title, everyChars, check) => {
    const many = concat(from(Array.from({ length: 200_000 }, () => text('a'))), of(finish()));
    let count = 0;
    await lastValueFrom(many.pipe(checkText(check, { everyChars }), tap(() => count++)));
    expect(count).toBe(200_001);
  });

  it('loses nothing when the source goes on and completes while a chunk that passes by goes out', () => {
    const subject = new Subject<StreamChunk>();
    const asked: string[] = [];
    const seen: unknown[] = [];
    const check: TextCheck = (whole) => {
      asked.push(whole);
      return true;
    };
    subject.pipe(checkText(check)).subscribe({
      next: (chunk) => {
        seen.push(chunk);
        if (chunk.type !== 'reasoning') return;
        for (const one of [chunks.a, chunks.b, chunks.f]) subject.next(one);
        subject.complete();
      },
      complete: () => seen.push('complete'),
    });
    subject.next(reasoning('hm'));
    expect(seen).toEqual([reasoning('hm'), chunks.a, chunks.b, chunks.f, 'complete']);
    expect(asked).toEqual(['Hello ']);
  });

  it.each<[string, (push: () => void) => boolean | Observable<boolean>]>([
    ['it answers', (push) => { push(); return true; }],
    ['its Observable answers', (push) => new Observable((subscriber) => { push(); subscriber.next(true); subscriber.complete(); })],
    ['its Observable fails', (push) => new Observable((subscriber) => { push(); subscriber.error(boom); })],
  ])('takes no verdict for text that came while the check made its own text void, before %s', (_title, verdict) => {
    const subject = new Subject<StreamChunk>();
    const seen: unknown[] = [];
    let asked = 0;
    const push = (): void => [restart(), chunks.b].forEach((chunk) => subject.next(chunk));
    subject
      .pipe(checkText((whole) => (asked++ === 0 ? verdict(push) : !whole.includes('lo'))))
      .subscribe({ next: (chunk) => seen.push(chunk), error: (error: unknown) => seen.push(isStreamInterrupted(error) && error.reason) });
    subject.next(chunks.a);
    expect([seen, asked]).toEqual([[restart(), 'blocked'], 2]);
  });

  it('subscribes no verdict of a check that left the stream itself', () => {
    let count = 0;
    const subject = new Subject<StreamChunk>();
    const subscription = subject
      .pipe(
        checkText(() => {
          subscription.unsubscribe();
          return new Observable(() => {
            count++;
          });
        }),
      )
      .subscribe();
    subject.next(chunks.a);
    expect(count).toBe(0);
  });

  it('blocks instead of ending when the last check refuses', () => {
    virtually(({ cold, expectObservable }) => {
      const check = slow(5, (whole) => whole !== 'Hello ');
      const source = cold('                                        -a-------b-(f|)', chunks);
      expectObservable(source.pipe(checkText(check), seeError())).toBe('------a-------(x|)', letters);
    });
  });

  it('voids on a restart the text that waits and the check that runs', () => {
    virtually(({ cold, expectObservable, flush }) => {
      const check = slow(5);
      const values = { ...chunks, R: restart() };
      expectObservable(cold('-a--bR--c------(f|)', values).pipe(checkText(check))).toBe('-----R-------c-(f|)', values);
      flush();
      expect(check.asked).toEqual([
        ['Hel', 'Hel'],
        ['you', 'you'],
      ]);
    });
  });

  it('forgets on a restart what passed of the void step, and keeps the steps before', () => {
    const check = jest.fn<TextCheck>(() => true);
    from([chunks.a, step(0), chunks.b, restart(), chunks.c]).pipe(checkText(check)).subscribe();
    expect(check.mock.calls.map(([whole]) => whole)).toEqual(['Hel', 'Hello ', 'Helyou']);
  });

  it('checks every everyChars characters, and before a tool call, step, finish and end', () => {
    const check = jest.fn<TextCheck>(() => true);
    const pieces = ['ab', 'c', 'd', 'e'].map(text);
    const seen: StreamChunk[] = [];
    from([...pieces, toolCall('call_1'), text('f'), finish(), text('g')])
      .pipe(checkText(check, { everyChars: 3 }))
      .subscribe((chunk) => seen.push(chunk));
    expect(check.mock.calls.map(([, added]) => added)).toEqual(['abc', 'de', 'f', 'g']);
    expect(seen).toEqual([...pieces, toolCall('call_1'), text('f'), finish(), text('g')]);
  });

  it('counts the characters of a new attempt from its beginning', () => {
    const check = jest.fn<TextCheck>(() => true);
    from([text('ab'), restart(), text('cd'), text('e'), text('f')]).pipe(checkText(check, { everyChars: 3 })).subscribe();
    expect(check.mock.calls.map(([, added]) => added)).toEqual(['cde', 'f']);
  });

  it('checks once, at the end, when everyChars is Infinity', () => {
    const check = slow(0);
    virtually(({ cold, expectObservable, flush }) => {
      expectObservable(cold('ab-(f|)', inputs).pipe(checkText(check, { everyChars: Infinity }))).toBe('---(abf|)', letters);
      flush();
      expect(check.asked).toEqual([['Hello ', 'Hello ']]);
    });
  });

  it.each<[string, TextCheck]>([
    ['false', () => false],
    ['a refusal', () => ({ refusal: 'violence' })],
    ['an Observable of false', () => of(false)],
    ['an Observable without a value', () => EMPTY],
  ])('is refused by %s', (_title, check) => {
    expect(errorOf(of(chunks.a, chunks.f).pipe(checkText(check)))).toMatchObject({ reason: 'blocked', partialResponse: '' });
  });

  it('takes a Promise, and the first value of an Observable', async () => {
    const promised = of(chunks.a, chunks.f).pipe(checkText(() => Promise.resolve({ refusal: 'violence' })));
    await expect(lastValueFrom(promised)).rejects.toMatchObject({ reason: 'blocked' });
    await expect(lastValueFrom(of(chunks.a, chunks.f).pipe(checkText(() => Promise.resolve(true))))).resolves.toEqual(chunks.f);
    expect(errorOf(of(chunks.a, chunks.f).pipe(checkText(() => of(true, false))))).toBeUndefined();
  });

  it('says why and what to do, and never what the text was', () => {
    const error = errorOf(of(chunks.a, chunks.b).pipe(checkText((whole) => whole === 'Hel' || { refusal: 'violence' })));
    expect(error).toHaveProperty(
      'message',
      'The text was refused by the check of checkText: violence. Change the prompt and ask again, or change the check. ' +
        'The 3 characters that passed are in `partialResponse`.',
    );
  });

  it('gives no reason when the check gave none', () => {
    const error = errorOf(of(chunks.a).pipe(checkText(() => false)));
    expect(error).toHaveProperty('message', expect.stringMatching(/^The text was refused by the check of checkText\. /));
  });

  it.each<[string, TextCheck]>([
    ['throws', () => { throw boom; }],
    ['rejects', () => throwError(() => boom)],
  ])('sends the error of a check that %s to the error channel, before the text', (_title, check) => {
    const subject = new Subject<StreamChunk>();
    const seen: unknown[] = [];
    subject.pipe(checkText(check)).subscribe({ next: (chunk) => seen.push(chunk), error: (error: unknown) => seen.push(error) });
    subject.next(chunks.a);
    expect([seen, subject.observed]).toEqual([[boom], false]);
  });

  it('unsubscribes the check that runs when the consumer leaves', () => {
    const verdict = new Subject<boolean>();
    const subscription = concat(of(chunks.a), NEVER).pipe(checkText(() => verdict)).subscribe();
    const before = verdict.observed;
    subscription.unsubscribe();
    expect([before, verdict.observed]).toEqual([true, false]);
  });

  it('keeps the order when the consumer pushes into the source inside next', () => {
    const subject = new Subject<StreamChunk>();
    const verdict = new Subject<boolean>();
    const seen: StreamChunk[] = [];
    let asked = 0;
    subject.pipe(checkText(() => (asked++ === 0 ? verdict : true))).subscribe((chunk) => {
      seen.push(chunk);
      if (chunk === chunks.a) subject.next(chunks.c);
    });
    subject.next(chunks.a);
    subject.next(toolCall('call_1'));
    verdict.next(true);
    expect(seen).toEqual([chunks.a, toolCall('call_1'), chunks.c]);
  });

  it('keeps the order of chunks that were checked together', () => {
    const subject = new Subject<StreamChunk>();
    const verdict = new Subject<boolean>();
    const seen: StreamChunk[] = [];
    let asked = 0;
    subject.pipe(checkText(() => (asked++ === 0 ? verdict : true), { everyChars: 6 })).subscribe((chunk) => {
      seen.push(chunk);
      if (chunk === chunks.a) subject.next(toolCall('call_1'));
    });
    subject.next(chunks.a);
    subject.next(chunks.b);
    verdict.next(true);
    expect(seen).toEqual([chunks.a, chunks.b, toolCall('call_1')]);
  });

  it('shows the check all the text before a piece that the consumer pushes inside next', () => {
    const subject = new Subject<StreamChunk>();
    const verdict = new Subject<boolean>();
    const check = jest.fn<TextCheck>(() => true);
    check.mockReturnValueOnce(verdict);
    subject.pipe(checkText(check)).subscribe((chunk) => {
      if (chunk === chunks.a) subject.next(chunks.c);
    });
    subject.next(text('So: '));
    subject.next(chunks.a);
    subject.next(chunks.b);
    verdict.next(true);
    expect(check.mock.calls.map(([whole]) => whole)).toEqual(['So: ', 'So: Hello ', 'So: Hello you']);
  });

  it('queues any chunk that the consumer pushes inside next behind what has passed already', () => {
    const subject = new Subject<StreamChunk>();
    const verdict = new Subject<boolean>();
    const seen: StreamChunk[] = [];
    subject.pipe(checkText(() => verdict, { everyChars: 6 })).subscribe((chunk) => {
      seen.push(chunk);
      if (chunk === chunks.a) subject.next(inputs['r'] ?? chunks.f);
    });
    subject.next(chunks.a);
    subject.next(chunks.b);
    verdict.next(true);
    expect(seen).toEqual([chunks.a, chunks.b, reasoning('hm')]);
  });

  it('opens the demand when a restart voids what waited, and when the consumer leaves', () => {
    const { subject, source, isOpen } = asking();
    const subscription = source.pipe(checkText(() => NEVER)).subscribe();
    const seen: unknown[] = [];
    const long = [text('x'), text('y'.repeat(4_001))];
    for (const push of [...long, restart(), ...long]) {
      subject.next(push);
      seen.push(isOpen());
    }
    subscription.unsubscribe();
    expect([...seen, isOpen()]).toEqual([true, false, true, true, false, true]);
  });

  it('shuts the source’s demand while more than 4000 characters wait', () => {
    const { subject, source, isOpen } = asking();
    const verdict = new Subject<boolean>();
    const subscription = source.pipe(checkText(() => verdict)).subscribe();
    const seen: unknown[] = [];
    for (const push of [() => subject.next(text('x'.repeat(4_000))), () => subject.next(text('y')), () => verdict.next(true)]) {
      push();
      seen.push(isOpen());
    }
    subscription.unsubscribe();
    expect(seen).toEqual([true, false, true]);
  });

  it('shuts the source’s demand while more than 1000 chunks wait behind a tool call', () => {
    const { subject, source, isOpen } = asking();
    const subscription = source.pipe(checkText(() => NEVER)).subscribe();
    const seen: unknown[] = [];
    for (const chunk of [text('x'), toolCall('call_1'), ...Array.from({ length: 1_000 }, () => reasoning('hm'))]) {
      subject.next(chunk);
      seen.push(isOpen());
    }
    subscription.unsubscribe();
    expect(seen.indexOf(false)).toBe(1_001);
  });

  it('is found by a source that starts after an asynchronous hop', () => {
    virtually(({ flush }) => {
      const found: (Demand | undefined)[] = [];
      const late = new Observable<StreamChunk>((subscriber) => {
        found.push(findDemand(subscriber));
        subscriber.next(text('x'.repeat(4_001)));
      });
      const subscription = timer(5).pipe(switchMap(() => late), checkText(() => NEVER)).subscribe();
      flush();
      expect(found.map((demand) => demand?.isOpen)).toEqual([false]);
      subscription.unsubscribe();
    });
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 1, 'number'],
    ['a text', 'yes', 'string'],
    ['a function', () => true, 'function'],
    ['a Promise-like stream of nothing', of(undefined), 'undefined'],
    ['a refusal without its reason', of({ refusal: 1 }), 'object'],
  ])('says what to return when the check returns %s', (_title, given, kind) => {
    const error = errorOf(of(chunks.a, chunks.f).pipe(checkText(() => given as boolean)));
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toHaveProperty(
      'message',
      `checkText: the check gave ${kind}; return true to let the text pass, false or { refusal: '…' } to refuse it, ` +
        'or a Promise or an Observable of one of them.',
    );
  });

  it('hands over the response that a mapInterruption below fills', () => {
    const response = new StreamingResponse();
    const error = errorOf(of(chunks.a, chunks.b).pipe(checkText((whole) => whole === 'Hel', { response }), mapInterruption({ response })));
    expect(isStreamInterrupted(error) && error.partial).toBe(response);
    expect(response.completeText).toBe('Hel');
  });

  it.each<[string, unknown, CheckTextOptions, string]>([
    ['a check that is no function', 'check', {}, 'checkText: give a function (text, added) => true or a refusal.'],
    ['a check of no characters', () => true, { everyChars: 0 }, 'checkText everyChars is 0; give a whole number of at least 1.'],
  ])('refuses %s at once', (_title, check, options, message) => {
    expect(() => checkText(check as TextCheck, options)).toThrow(new ValidationError(message));
  });
});

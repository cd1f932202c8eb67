import { describe, expect, it } from '@jest/globals';
import { type Observable, concatMap, delay, filter, from, interval, map, of, repeat, timer } from 'rxjs';
import { type MarbleHelpers, type MarbleMatchers, chunk, toEmitMarbles } from '../../marbles/index.js';

declare module '@jest/expect' {
  // Both parameters must be repeated for the declarations to merge.
  interface Matchers<R extends void | Promise<void>, T = unknown> extends MarbleMatchers<R> {
    readonly subject?: T;
  }
}

expect.extend({ toEmitMarbles });

describe('toEmitMarbles', () => {
  it('passes for a stream made from marbles that emits what was expected', () => {
    const contents$ = ({ cold }: MarbleHelpers): Observable<string> => cold('a-b-(F|)').pipe(map((piece) => piece.content));
    expect(contents$).toEmitMarbles('A-B-(E|)', { A: 'a', B: 'b', E: '' });
  });

  it('runs any stream in virtual time', () => {
    const chunks$ = from(['a', 'b']).pipe(concatMap((letter) => of(chunk.text(letter)).pipe(delay(60_000))));
    expect(chunks$).toEmitMarbles('1m a 59999ms (b|)');
    expect(timer(3)).toEmitMarbles('---(0|)', { 0: 0 });
  });

  it('fails with both lines, also with values of other kinds', () => {
    expect(() => expect(of('x')).toEmitMarbles('(y|)', { y: 'y' })).toThrow(
      ['expected  (y|)', 'received  (A|)', '           ^', '  y = "y"', '  A = "x"'].join('\n'),
    );
  });

  it('can be negated', () => {
    expect(of(chunk.text('a'))).not.toEmitMarbles('(b|)');
    expect(() => expect(of(chunk.text('a'))).not.toEmitMarbles('(a|)')).toThrow(/expected not to/);
  });

  it('is a plain function, as Vitest calls it too: no `this`, pass and message', () => {
    const failure = toEmitMarbles.call(undefined, of(chunk.text('a')), '(b|)');
    expect(failure.pass).toBe(false);
    expect(failure.message()).toContain('received  (a|)');
  });

  it('asks matchers of the test runner', () => {
    expect(of({ id: 1, name: 'x' })).toEmitMarbles('(o|)', { o: expect.objectContaining({ id: 1 }) });
    expect(of({ id: 2, name: 'x' })).not.toEmitMarbles('(o|)', { o: expect.objectContaining({ id: 1 }) });
  });

  it('takes nothing but a stream, also when it is negated', () => {
    // Callers without types.
    const five = 5 as unknown as Observable<unknown>;
    expect(() => expect(five).toEmitMarbles('a')).toThrow(/no Observable: 5/);
    expect(() => expect(five).not.toEmitMarbles('a')).toThrow(/no Observable: 5/);
    expect(() => expect(() => five).not.toEmitMarbles('a')).toThrow(/no Observable: 5/);
  });

  it('leaves a stream that does not end when it is told to', () => {
    expect(interval(300)).toEmitMarbles('300ms a 299ms b', { a: 0, b: 1 }, undefined, { unsubscribe: '700ms !' });
    expect(interval(300)).not.toEmitMarbles('300ms a 299ms b', { a: 0, b: 1 }, undefined, { unsubscribe: '400ms !' });
  });

  it.each([
    ['waits between its values', interval(300)],
    ['never waits', of(0).pipe(repeat())],
  ])('ends with a difference on an endless stream that %s', (_, endless$) => {
    expect(() => expect(endless$).toEmitMarbles('-----')).toThrow(/expected nothing more, received 0/);
  });

  it('says so when a silent stream waits for ever', () => {
    const silent$ = interval(300).pipe(filter(() => false));
    expect(() => expect(silent$).toEmitMarbles('-----')).toThrow(/still waits after 3600000 ms of virtual time.*unsubscribe/);
    expect(() => expect(silent$).not.toEmitMarbles('-----')).toThrow(/still waits/);
  });

  it('waits for as long as the diagram does', () => {
    expect(timer(10_000_000)).toEmitMarbles('10000s (a|)', { a: 0 });
  });
});

import { describe, expect, it } from '@jest/globals';
import { type Observable, concatMap, delay, from, map, of, timer } from 'rxjs';
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
      ['expected  (y|)', 'received  (A|)', '          ^', '  y = "y"', '  A = "x"'].join('\n'),
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
});

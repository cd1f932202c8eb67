import { describe, expect, it } from '@jest/globals';
import { delay, of, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { runMarbles, toEmitMarbles } from '../../marbles/index.js';
import { ValidationError } from '../../src/core/errors.js';

// Where RxJS reads a diagram otherwise than it looks.

describe('a time at the end of a diagram', () => {
  it.each(['-a 10ms', '10ms', '-a 2m', '-a 1.5s'])('is refused: %s', (marbles) => {
    expect(() => runMarbles(({ cold }) => cold(marbles))).toThrow(ValidationError);
    expect(() => runMarbles(({ cold, expectStream }) => expectStream(cold('-a')).toBe(marbles))).toThrow(/ends in the time "\S+", which waits for nothing/);
  });

  it('is no time between other blanks than spaces', () => {
    expect(() => runMarbles(({ cold }) => cold('a 10ms\tb'))).toThrow(/has no value/);
  });
});

describe('hot', () => {
  it.each([
    ['-a-^-b-c|', '--b-c|'],
    ['  -a- ^-b-c|', '--b-c|'],
    ['-a 10ms ^-b-c|', '--b-c|'],
    ['-a 1s -- ^ 5ms b|', '------b|'],
    ['(ab)-^-b|', '--b|'],
    ['-a-b|', '-a-b|'],
  ])('begins the test at ^: %s', (marbles, expected) => {
    runMarbles(({ hot, expectStream }) => expectStream(hot(marbles)).toBe(expected));
  });

  it.each(['a 1.5ms ^-b', '😀^-b'])('refuses what RxJS would count wrongly: %s', (marbles) => {
    expect(() => runMarbles(({ hot }) => hot(marbles, { '😀': { type: 'text', content: '', isFinal: false, timestamp: 0, metadata: { streamId: '' } } }))).toThrow(ValidationError);
  });
});

describe('time', () => {
  it('knows times, and wants an end', () => {
    runMarbles(({ time }) => {
      expect([time('---|'), time('2m |'), time('- 9ms -|')]).toEqual([3, 120_000, 11]);
      expect(() => time('---')).toThrow(ValidationError);
    });
  });
});

describe('errors that are false', () => {
  it.each([null, 0, '', false])('are emitted as they are: %j', (error) => {
    runMarbles(({ cold, hot, expectStream }) => {
      expectStream(cold('-#', {}, error)).toBe('-#', {}, error);
      expectStream(hot('-#', {}, error)).toBe('-#', {}, error);
      expectStream(throwError(() => error)).toBe('#', {}, error);
    });
  });
});

describe('a marble test inside of another', () => {
  it('is refused, because it would take the clock away', () => {
    const inner = (): void => runMarbles(({ cold, expectStream }) => expectStream(cold('a|')).toBe('a|'));
    // Each of the outer expectations is wrong.
    expect(() =>
      runMarbles(({ cold, expectStream }) => {
        expectStream(cold('-a|').pipe(delay(2))).toBe('-a|');
        inner();
      }),
    ).toThrow(ValidationError);
    expect(() => runMarbles(() => toEmitMarbles(of(1), '(x|)', { x: 1 }))).toThrow(ValidationError);
    expect(() => new TestScheduler(() => undefined).run(inner)).toThrow(/cannot run inside/);
    expect(inner).not.toThrow();
  });
});

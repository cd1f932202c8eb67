import { describe, expect, it } from '@jest/globals';
import { delay, filter, map, of } from 'rxjs';
import { type MarbleValues, chunk, like, runMarbles } from '../../marbles/index.js';
import { ProviderError, StreamInterruptedError, ValidationError } from '../../src/core/errors.js';
import { StreamingResponse } from '../../src/core/response.js';
import { type StreamChunk, chunkMetadata, isText, textChunk } from '../../src/core/chunk.js';

function messageOf(run: () => void): string {
  try {
    run();
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
  return 'nothing was thrown';
}

describe('runMarbles', () => {
  it('reads lower-case letters as text chunks and runs in virtual time', () => {
    const seen: string[] = [];
    runMarbles(({ cold, expectStream, scheduler }) => {
      const answer$ = cold('a-b-(F|)').pipe(
        filter(isText),
        map((piece) => {
          seen.push(`${piece.content}@${scheduler.now()}`);
          return piece;
        }),
      );
      expectStream(answer$).toBe('a-b-|');
    });
    expect(seen).toEqual(['a@0', 'b@2']);
  });

  it('takes further letters from the values, which win over the alphabet', () => {
    runMarbles(({ cold, expectStream }) => {
      const answer$ = cold('a-C|', { a: chunk.reasoning('so'), C: chunk.toolCall('add', { a: 1 }) });
      expectStream(answer$.pipe(map(({ type }) => type))).toBe('x-y|', { x: 'reasoning', y: 'tool-call' });
    });
  });

  it('does not compare timestamp and metadata', () => {
    const other = textChunk('a', chunkMetadata('run_1', { model: 'gpt' }), 1_700_000_000_000);
    runMarbles(({ cold, expectStream }) => expectStream(cold('x|', { x: other })).toBe('a|'));
  });

  it('compares every other field', () => {
    const run = (): void =>
      runMarbles(({ cold, expectStream }) =>
        expectStream(cold('C|', { C: chunk.toolCall('add', { a: 1 }) })).toBe('C|', { C: chunk.toolCall('add', { a: 2 }) }),
      );
    expect(run).toThrow(/differ at 0 ms/);
  });

  it('says which letter has no value', () => {
    expect(() => runMarbles(({ cold }) => cold('a-Q|'))).toThrow(/marble "Q" in "a-Q\|" has no value/);
  });

  it('takes time tokens and groups, and gives the milliseconds of a diagram', () => {
    runMarbles(({ cold, expectStream, time }) => {
      expect(time('---|')).toBe(3);
      expectStream(cold('a 20ms (bF|)').pipe(delay(5))).toBe('5ms a 20ms (bF|)');
    });
  });

  it('subscribes and unsubscribes when told to, and checks subscriptions', () => {
    runMarbles(({ cold, hot, expectStream, expectSubscriptions }) => {
      const cold$ = cold('-a-b-c|');
      const hot$ = hot('-a-b-c|');
      expectStream(cold$, '----!').toBe('-a-b');
      expectSubscriptions(cold$.subscriptions).toBe('^---!');
      expectStream(hot$, '--^--!').toBe('---b');
      expectSubscriptions(hot$.subscriptions).toBe('--^--!');
    });
    const wrong = (): void =>
      runMarbles(({ cold, expectStream, expectSubscriptions }) => {
        const cold$ = cold('-a|');
        expectStream(cold$).toBe('-a|');
        expectSubscriptions(cold$.subscriptions).toBe('^-----!');
      });
    expect(wrong).toThrow(/subscriptions differ/);
  });

  it('compares errors by the fields that a test names', () => {
    const partial = new StreamingResponse();
    partial.addChunk(chunk.text('a'));
    const error = new StreamInterruptedError('cut', { reason: 'disconnected', partial });
    const compare = (reason: string): void =>
      runMarbles(({ cold, expectStream }) =>
        expectStream(cold('a#', {}, error)).toBe('a#', {}, like({ reason, partialResponse: 'a' })),
      );
    expect(() => compare('disconnected')).not.toThrow();
    expect(() => compare('aborted')).toThrow(/disconnected/);
  });

  it('shows received and expected as aligned lines and marks the first difference', () => {
    const message = messageOf(() => runMarbles(({ cold, expectStream }) => expectStream(cold('-a-c--(F|)')).toBe('-a-b--(F|)')));
    expect(message).toBe(
      [
        'The streams differ at 3 ms: expected text "b" at 3 ms, received text "c" at 3 ms.',
        '',
        'expected  -a-b--(F|)',
        'received  -a-c--(F|)',
        '             ^',
      ].join('\n'),
    );
  });

  function difference(marbles: string, expected: string, values?: MarbleValues<StreamChunk>, wanted: MarbleValues | undefined = values): string[] {
    return messageOf(() => runMarbles(({ cold, expectStream }) => expectStream(cold(marbles, values)).toBe(expected, wanted))).split('\n');
  }

  function valueDifference(actual: unknown, expected: unknown): string | undefined {
    return messageOf(() => runMarbles(({ expectStream }) => expectStream(of(actual)).toBe('(x|)', { x: expected }))).split('\n')[1];
  }

  it.each<[string, unknown, unknown, string]>([
    ['a field that is mostly the same', { ...chunk.text('a'), isFinal: true }, chunk.text('a'), 'They differ in isFinal: expected false, received true.'],
    ['the timestamp of what is no chunk', { type: 'click', timestamp: 1 }, { type: 'click', timestamp: 2 }, 'They differ in timestamp: expected 2, received 1.'],
    ['an empty text', { type: 'click', x: '' }, { type: 'click' }, 'They differ in x: expected undefined, received "".'],
    ['what like asks for', { text: 'a', status: 'done' }, like({ status: 'failed' }), 'They differ in status: expected "failed", received "done".'],
    ['far inside', chunk.toolCall('f', { a: [1, { b: 2 }] }), chunk.toolCall('f', { a: [1, { b: 3 }] }), 'They differ in input.a[1].b: expected 3, received 2.'],
    ['what cannot be seen', new Promise(() => undefined), new Promise(() => undefined), 'Both look the same here: of functions, Promises and private fields nothing can be seen, and only the very same one is equal.'],
    ['a function', { a: () => 1 }, { a: () => 1 }, 'They differ in a: expected function, received function. Both look the same here: of functions, Promises and private fields nothing can be seen, and only the very same one is equal.'],
    ['nothing, where the sentence says it', 1, 2, ''],
  ])('says in which field two values differ: %s', (_, actual, expected, line) => {
    expect(valueDifference(actual, expected)).toBe(line);
  });

  it('names an object without a class', () => {
    expect(difference('x', 'x', { x: chunk.toolResult('f', Object.create(null)) }, { x: chunk.toolResult('f', {}) })[0]).toContain('output: null-prototype {}');
  });

  it('keeps the letters of the expected diagram', () => {
    const values = { x: like({}), y: { v: 3 } };
    const message = messageOf(() => runMarbles(({ expectStream }) => expectStream(of({ v: 1 }, { v: 2 })).toBe('(xy|)', values)));
    expect(message.split('\n').slice(3)).toEqual(['expected  (xy|)', 'received  (xx|)', '            ^', '  x = like {}', '  y = {v: 3}']);
  });

  it('tells 0 from -0', () => {
    const message = messageOf(() => runMarbles(({ expectStream }) => expectStream(of(0)).toBe('(x|)', { x: -0 })));
    expect(message.split('\n').slice(-2)).toEqual(['  x = -0', '  A = 0']);
  });

  it('marks the differing marble of a group', () => {
    expect(difference('(abcdefgx|)', '(abcdefgh|)').slice(2)).toEqual(['expected  (abcdefgh|)', 'received  (abcdefgx|)', '                  ^']);
    expect(difference('(ab)', 'a').slice(2)).toEqual(['expected  a---', 'received  (ab)', '            ^']);
  });

  it('keeps the columns where letters are wide', () => {
    const wide = { 漢: chunk.text('x'), '😀': chunk.text('y') };
    expect(difference('-漢-😀-a|', '-漢-😀--a|', wide).slice(2, 5)).toEqual(['expected  -漢-😀--a|', 'received  -漢-😀-a|', '                 ^']);
    expect(difference('-a-a|', '-漢--a|', wide).slice(2, 5)).toEqual(['expected  -漢--a|', 'received  -a -a|', '           ^']);
  });

  it('shows of long lines what is around the difference', () => {
    const [, , expected = '', received = '', mark = ''] = difference(`${'-a'.repeat(300)}|`, `${'-a'.repeat(150)}-b${'-a'.repeat(149)}|`);
    expect(Math.max(expected.length, received.length)).toBeLessThan(120);
    expect(expected).toMatch(/^expected {2}… (a-)+b(-a)+ …$/);
    expect(received).toMatch(/^received {2}… (a-)+a(-a)+ …$/);
    expect(expected[mark.length - 1]).toBe('b');
    const end = difference(`${'-a'.repeat(300)}|`, `${'-a'.repeat(300)}-|`);
    expect(end[2]).toMatch(/^expected {2}… (a-)+a-\|$/);
    expect(end[3]).toMatch(/^received {2}… (a-)+a\|$/);
  });

  it('shows what the matchers of a test runner accept', () => {
    const shown = (matcher: unknown): string | undefined => difference('a', 'x', {}, { x: matcher })[0]?.slice('The streams differ at 0 ms: expected '.length, -', received text "a" at 0 ms.'.length);
    expect(shown(expect.objectContaining({ id: 1 }))).toBe('ObjectContaining {id: 1} at 0 ms');
    expect(shown(expect.any(Number))).toBe('Any<Number> at 0 ms');
    expect(shown(expect.stringMatching(/z/))).toBe('StringMatching /z/ at 0 ms');
    expect(shown(expect.closeTo(0.3))).toBe('NumberCloseTo 0.3 (2 digits) at 0 ms');
    const broken = {
      asymmetricMatch: () => false,
      toString: () => {
        throw new Error('x');
      },
      get sample() {
        throw new Error('y');
      },
    };
    expect(shown(broken)).toBe('matcher (throws Error: y) at 0 ms');
  });

  it('shows subscriptions as lines, also beside a stream that differs', () => {
    const message = messageOf(() =>
      runMarbles(({ cold, expectStream, expectSubscriptions }) => {
        const [left$, right$] = [cold('-a-b|'), cold('-a')];
        expectStream(left$).toBe('-a|');
        expectStream(right$).toBe('-a');
        expectSubscriptions(left$.subscriptions).toBe(['^--!', '--^!']);
        expectSubscriptions(right$.subscriptions).toBe('^--!');
      }),
    );
    expect(message.split('\n').slice(2)).toEqual([
      'expected  -a|', 'received  -a-b|', '            ^', '',
      'The subscriptions differ.', '', 'expected  ^--!', 'expected  --^!', 'received  ^---!', '',
      'The subscriptions differ.', '', 'expected  ^--!', 'received  ^---',
    ]);
  });

  it('aligns what came late, and explains letters that it had to choose', () => {
    const message = messageOf(() =>
      runMarbles(({ cold, expectStream }) => {
        const answer$ = cold('-a 40ms H-|', { H: chunk.text('Hello') });
        expectStream(answer$).toBe('-a 30ms b|', {});
      }),
    );
    expect(message).toBe(
      [
        'The streams differ at 32 ms: expected text "b" at 32 ms, received text "Hello" at 42 ms.',
        '',
        'expected  -a 30ms b|',
        'received  -a 30ms ----------A-|',
        '                  ^',
        '  A = text "Hello"',
      ].join('\n'),
    );
  });

  it('says when a stream ends too early or goes on too long', () => {
    expect(messageOf(() => runMarbles(({ cold, expectStream }) => expectStream(cold('a|')).toBe('a-b|')))).toMatch(
      /expected text "b" at 2 ms, received complete at 1 ms/,
    );
    expect(messageOf(() => runMarbles(({ cold, expectStream }) => expectStream(cold('a-b')).toBe('a')))).toMatch(
      /expected nothing more, received text "b" at 2 ms/,
    );
  });

  it('refuses an asynchronous callback, whose expectations nobody would see', () => {
    expect(() => runMarbles(() => Promise.reject(new Error('too late')))).toThrow(/must be synchronous/);
    expect(() => runMarbles(async ({ expectStream, cold }) => expectStream(await Promise.resolve(cold('a'))).toBe('b'))).toThrow(ValidationError);
  });

  it('says which of two errors was expected, with the fields by which they differ', () => {
    const refusal = (status: number): ProviderError => new ProviderError('refused', { provider: 'p', model: 'm', status });
    const message = messageOf(() => runMarbles(({ cold, expectStream }) => expectStream(cold('-#', {}, refusal(500))).toBe('-#', {}, refusal(503))));
    expect(message.split('\n').slice(-2)).toEqual([
      '  # (expected) = ProviderError: refused {provider: "p", model: "m", status: 503, retryable: false}',
      '  # (received) = ProviderError: refused {provider: "p", model: "m", status: 500, retryable: false}',
    ]);
  });

  it('awaits nothing for longer than an hour after the diagrams', () => {
    expect(() => runMarbles(({ scheduler }) => scheduler.schedule(() => undefined, 3_600_001))).toThrow(/still waits/);
    expect(() => runMarbles(({ scheduler, time }) => scheduler.schedule(() => undefined, time('2m |') + 3_600_000))).not.toThrow();
  });

  it('hands on what the test throws and returns', () => {
    expect(() =>
      runMarbles(() => {
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(runMarbles(() => 7)).toBe(7);
  });
});

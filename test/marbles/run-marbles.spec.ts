import { describe, expect, it } from '@jest/globals';
import { delay, filter, map } from 'rxjs';
import { chunk, like, runMarbles } from '../../marbles/index.js';
import { ProviderError, StreamInterruptedError, ValidationError } from '../../src/core/errors.js';
import { StreamingResponse } from '../../src/core/response.js';
import { chunkMetadata, isText, textChunk } from '../../src/core/chunk.js';

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

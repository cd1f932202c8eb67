import { describe, expect, it } from '@jest/globals';
import { take, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { toAsyncIterable } from '../../src/bridges/to-async-iterable.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { ValidationError } from '../../src/core/errors.js';
import { createMockStream, type MockStreamOptions } from '../../src/testing/create-mock-stream.js';

function chunksOf(text: string, options: MockStreamOptions = {}): readonly StreamChunk[] {
  let chunks: readonly StreamChunk[] | undefined;
  createMockStream(text, { delayMs: 0, ...options }).pipe(toArray()).subscribe({
    next: (all) => (chunks = all),
    error: (error: unknown) => {
      throw error;
    },
  });
  // Read synchronously: delayMs 0 must not wait.
  if (chunks === undefined) throw new Error('the stream was not synchronous');
  return chunks;
}

describe('createMockStream', () => {
  it("gives 'Test respo' and 'nse', the last final", () => {
    expect(chunksOf('Test response')).toMatchObject([
      { type: 'text', content: 'Test respo', isFinal: false, metadata: { streamId: 'mock' } },
      { type: 'finish', content: 'nse', isFinal: true, finishReason: 'stop' },
    ]);
  });

  it.each([
    ['', 10, ['']],
    ['0123456789', 10, ['0123456789']],
    ['abc', 1, ['a', 'b', 'c']],
    ['a😀b', 1, ['a', '😀', 'b']],
    ['a😀b', 2, ['a😀', 'b']],
    ['ab😀', 3, ['ab😀']],
    ['😀', 1, ['😀']],
  ])('cuts %p at %i into %p', (text, chunkSize, contents) => {
    const chunks = chunksOf(text, { chunkSize });
    expect(chunks.map((chunk) => chunk.content)).toEqual(contents);
    expect(chunks.map((chunk) => chunk.isFinal)).toEqual(contents.map((_, index) => index === contents.length - 1));
  });

  it('sends the first chunk at once and waits delayMs between two, by the scheduler', () => {
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    scheduler.run(({ expectObservable }) => {
      const contents$ = createMockStream('abcde', { chunkSize: 2, scheduler });
      const metadata = { streamId: 'mock' };
      expectObservable(contents$).toBe('a 99ms b 99ms (c|)', {
        a: { type: 'text', content: 'ab', isFinal: false, timestamp: 0, metadata },
        b: { type: 'text', content: 'cd', isFinal: false, timestamp: 100, metadata },
        c: { type: 'finish', content: 'e', isFinal: true, finishReason: 'stop', timestamp: 200, metadata },
      });
    });
  });

  it('starts anew for each subscriber and stops when it leaves', () => {
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    scheduler.run(({ expectObservable, cold }) => {
      const mock$ = createMockStream('ab', { chunkSize: 1, delayMs: 5, scheduler }).pipe(take(1));
      expectObservable(mock$).toBe('(a|)', { a: expect.objectContaining({ content: 'a' }) });
      expectObservable(mock$, '-^').toBe('-(a|)', { a: expect.objectContaining({ content: 'a' }) });
      expectObservable(cold('|')).toBe('|');
    });
  });

  it('waits while the demand is shut', async () => {
    const contents: string[] = [];
    for await (const chunk of toAsyncIterable(createMockStream('abcdef', { chunkSize: 1, delayMs: 0 }), { highWaterMark: 1 })) {
      contents.push(chunk.content);
    }
    // A source that did not wait would have had its text joined.
    expect(contents).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it.each([{ chunkSize: 0 }, { chunkSize: -1 }, { chunkSize: 1.5 }, { chunkSize: NaN }, { delayMs: -1 }, { delayMs: NaN }])(
    'refuses %p at once',
    (options) => {
      expect(() => createMockStream('x', options)).toThrow(ValidationError);
    },
  );
});

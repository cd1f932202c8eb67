import fc from 'fast-check';
import { from, type OperatorFunction } from 'rxjs';
import type { StreamChunk } from '../../src/core/chunk.js';
import { finish, metadata, reasoning, text, toolResult } from './support.js';

/** Chunks that text must pass by without a trace. */
const passingBy: readonly StreamChunk[] = [
  reasoning('hm'),
  { ...toolResult('call_1'), providerExecuted: true },
  { type: 'source', content: '', isFinal: false, timestamp: 0, metadata, url: 'https://example.com' },
  text(''),
];

/** A text of these parts, most of which mean something to the operator under test. */
export function texts(parts: readonly string[], maxLength = 40): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...parts), { maxLength }).map((all) => all.join(''));
}

/** Where a text is cut (also inside a surrogate pair), and what comes between. */
export const cuts = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.option(fc.constantFrom(...passingBy))), { maxLength: 60 });

/** The text as chunks; what the cuts leave over comes as the content of `finish`. */
export function cutUp(whole: string, at: readonly (readonly [number, StreamChunk | null])[]): StreamChunk[] {
  const result: StreamChunk[] = [];
  let start = 0;
  for (const [length, between] of at) {
    if (start + length > whole.length) break;
    result.push(text(whole.slice(start, start + length)));
    if (between !== null) result.push(between);
    start += length;
  }
  return [...result, { ...finish(), content: whole.slice(start) }];
}

/** The pieces of text that come out; everything happens synchronously. */
export function piecesOf(chunks: readonly StreamChunk[], operator: OperatorFunction<StreamChunk, StreamChunk>): string[] {
  const pieces: string[] = [];
  from(chunks)
    .pipe(operator)
    .subscribe(({ type, content }) => {
      // An empty chunk of text would be one too many.
      if (type === 'text' || content !== '') pieces.push(content);
    });
  return pieces;
}

/** What any cutting of a text makes of it, beside the whole at once. */
export function checkAnyChunking(
  parts: readonly string[],
  operator: OperatorFunction<StreamChunk, StreamChunk>,
  expected: (whole: string) => readonly string[] | string,
): void {
  fc.assert(
    fc.property(texts(parts), cuts, (whole, at) => {
      const pieces = piecesOf(cutUp(whole, at), operator);
      const wanted = expected(whole);
      const actual = typeof wanted === 'string' ? pieces.join('') : pieces;
      if (JSON.stringify(actual) !== JSON.stringify(wanted)) {
        throw new Error(`${JSON.stringify(whole)} became ${JSON.stringify(actual)}, not ${JSON.stringify(wanted)}`);
      }
    }),
    { numRuns: 300 },
  );
}

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Subject } from 'rxjs';
import { toAsyncIterable } from '../../src/bridges/to-async-iterable.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { finish, metadata, text } from '../bridges/support.js';

const base = { content: '', isFinal: false, timestamp: 0, metadata } as const;

const piece = fc.string({ minLength: 1, maxLength: 4, unit: 'binary' });
const textChunk = piece.map((content) => text(content));
const anyChunk: fc.Arbitrary<StreamChunk> = fc.oneof(
  textChunk,
  piece.map((reasoning) => ({ ...base, type: 'reasoning', reasoning }) as const),
  fc.record({ inputDelta: piece, toolCallId: fc.constantFrom('1', '2') }).map((call) => ({ ...base, type: 'tool-input', toolName: 't', ...call }) as const),
  fc.constantFrom('1', '2').map((toolCallId) => ({ ...base, type: 'tool-call', toolName: 't', toolCallId, input: {} }) as const),
);

/** What a source that does not pause does, and its consumer. */
const actions = (chunk: fc.Arbitrary<StreamChunk>) =>
  fc.array(fc.oneof({ arbitrary: chunk, weight: 3 }, { arbitrary: fc.constant('take' as const), weight: 1 }), { maxLength: 200 });

const kindOf = (chunk: StreamChunk): string => ('toolCallId' in chunk ? `${chunk.type} ${chunk.toolCallId}` : chunk.type);

function pieceOf(chunk: StreamChunk): string | undefined {
  switch (chunk.type) {
    case 'text':
      return chunk.content;
    case 'reasoning':
      return chunk.reasoning;
    case 'tool-input':
      return chunk.inputDelta;
    default:
      return undefined;
  }
}

/** The answer as a reader sees it: neighbours of a kind are one, however they were cut. */
function reading(chunks: readonly StreamChunk[]): readonly string[][] {
  const runs: string[][] = [];
  for (const chunk of chunks) {
    const kind = kindOf(chunk);
    const said = pieceOf(chunk);
    const last = runs.at(-1);
    if (said !== undefined && last?.[0] === kind) last[1] = (last[1] ?? '') + said;
    else runs.push([kind, said ?? '']);
  }
  return runs;
}

interface Played {
  readonly sent: readonly StreamChunk[];
  readonly received: readonly StreamChunk[];
  /** How many chunks waited when the source had ended. */
  readonly waiting: number;
}

async function play(script: readonly (StreamChunk | 'take')[], highWaterMark: number): Promise<Played> {
  const source$ = new Subject<StreamChunk>();
  const iterator = toAsyncIterable(source$, { highWaterMark })[Symbol.asyncIterator]();
  const taken = [iterator.next()];
  for (const action of script) {
    if (action === 'take') taken.push(iterator.next());
    else source$.next(action);
  }
  source$.next(finish);
  source$.complete();
  const early = (await Promise.all(taken)).flatMap((result) => (result.done ? [] : [result.value]));
  const rest: StreamChunk[] = [];
  for await (const chunk of iterator) rest.push(chunk);
  const sent = script.filter((action) => action !== 'take');
  return { sent: [...sent, finish], received: [...early, ...rest], waiting: rest.length };
}

describe('a source that cannot pause', () => {
  it('loses no character and no other chunk, at any buffer and any pace of the consumer', async () => {
    await fc.assert(
      fc.asyncProperty(actions(anyChunk), fc.integer({ min: 1, max: 8 }), async (script, highWaterMark) => {
        const { sent, received } = await play(script, highWaterMark);
        expect(reading(received)).toEqual(reading(sent));
        expect(received.at(-1)).toBe(finish);
      }),
    );
  });

  it('holds at most its buffer of text, and the finish', async () => {
    await fc.assert(
      fc.asyncProperty(actions(textChunk), fc.integer({ min: 1, max: 8 }), async (script, highWaterMark) => {
        const { waiting } = await play(script, highWaterMark);
        expect(waiting).toBeLessThanOrEqual(highWaterMark + 1);
      }),
    );
  });
});

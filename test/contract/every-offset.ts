import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StreamChunk } from '../../src/core/chunk.js';
import { StreamGrammar } from '../../src/core/grammar.js';
import { isStreamInterrupted } from '../../src/core/errors.js';
import { streamAnswer } from '../../src/providers/answer-stream.js';
import type { BodyEnd } from '../../src/providers/wire/answer-decoder.js';
import { sseDecoder } from '../../src/providers/wire/sse.js';
import type { WireBody } from '../providers/recordings.js';
import { type Answer, answerOf, contentOf, endingOf, isSameChunk, partialFault, unwatchStopped, watchStopped } from '../support/answer.js';
import { memoryBody } from '../support/memory-body.js';
import { sampleOffsets } from '../support/random.js';
import { ExpectedEnding, type Standing } from './expected-ending.js';
import { type WireDialect, answersOf, isExhaustive } from './wire-dialects.js';

const smallBody = 8 * 1024;
const sampleSize = 2_000;

function offsetsOf(bytes: Uint8Array): readonly number[] {
  return sampleOffsets(isExhaustive || bytes.length <= smallBody ? bytes.length + 1 : sampleSize, bytes.length, bytes.length);
}

/** Decoder, translator and the ending they lead to, fed with `pieces`. */
function read({ translator, name }: WireDialect, pieces: readonly Uint8Array[], end: BodyEnd): Promise<Answer> {
  return answerOf(
    streamAnswer({
      request: { messages: [], streamId: 'run_contract' },
      errors: { provider: name, model: 'test-model' },
      open: () => Promise.resolve(memoryBody(pieces, end)),
      toError: (error) => error as Error, // `open` does not fail
      translator,
      frames: (listener) => sseDecoder(listener),
    }),
  );
}

const reasons = { cut: 'disconnected', clean: 'truncated' } as const;

function expectedWord(standing: Standing, end: BodyEnd): string {
  if (standing === 'whole') return 'finish';
  return standing === 'provider' ? 'provider' : reasons[end];
}

function grammarFault(chunks: readonly StreamChunk[]): string | undefined {
  const grammar = new StreamGrammar();
  return chunks.map((chunk) => grammar.check(chunk)).find((fault) => fault !== undefined);
}

/** What is wrong with the answer to a part of a body; `undefined` when it is as promised. */
function faultOf(answer: Answer, whole: readonly StreamChunk[], expected: string): string | undefined {
  const { chunks, terminal } = answer;
  const ending = endingOf(answer);
  if (ending !== expected) return `ended with ${ending}, expected ${expected}`;
  const grammar = grammarFault(chunks);
  if (grammar !== undefined) return grammar;
  if (terminal.type === 'complete') return contentOf(whole).startsWith(contentOf(chunks)) ? undefined : 'its text is no prefix of the whole';
  if (!isStreamInterrupted(terminal.error)) return String(terminal.error);
  if (!chunks.every((chunk, at) => isSameChunk(chunk, whole[at]))) return 'its chunks are no prefix of the whole';
  return partialFault(terminal.error, chunks);
}

async function prefixFaults(dialect: WireDialect, { bytes }: WireBody): Promise<readonly string[]> {
  const oracle = new ExpectedEnding(dialect.api);
  const { chunks } = await read(dialect, [bytes], 'clean');
  const faults: string[] = [];
  for (const offset of offsetsOf(bytes)) {
    const prefix = bytes.subarray(0, offset);
    const standing = oracle.after(prefix);
    for (const end of ['cut', 'clean'] as const) {
      const fault = faultOf(await read(dialect, [prefix], end), chunks, expectedWord(standing, end));
      if (fault !== undefined) faults.push(`${end} after ${offset} of ${bytes.length} bytes: ${fault}`);
    }
  }
  return faults;
}

async function splitFaults(dialect: WireDialect, { bytes }: WireBody): Promise<readonly string[]> {
  const whole = await read(dialect, [bytes], 'clean');
  const faults: string[] = [];
  for (const offset of offsetsOf(bytes)) {
    const { chunks, terminal } = await read(dialect, [bytes.subarray(0, offset), bytes.subarray(offset)], 'clean');
    const isSame = terminal.type === whole.terminal.type && chunks.length === whole.chunks.length;
    if (!isSame || !chunks.every((chunk, at) => isSameChunk(chunk, whole.chunks[at]))) faults.push(`split after ${offset} bytes`);
  }
  return faults;
}

/** The suite of one wire format; one file each, so that they run side by side. */
export function describeEveryOffset(dialect: WireDialect): void {
  const bodies = answersOf(dialect.api);
  let late: readonly unknown[] = [];
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    late = watchStopped();
    // Half a million interruptions: their stack traces would be a third of the time.
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
    unwatchStopped();
  });

  describe(`a ${dialect.api} body that stops after any byte`, () => {
    it.each(bodies)('$origin $name ends once, with finish if and only if it was whole', async (body) => {
      expect((await prefixFaults(dialect, body)).slice(0, 10)).toEqual([]);
    }, isExhaustive ? 600_000 : 60_000);
  });

  describe(`a ${dialect.api} body in two pieces`, () => {
    it.each(bodies)('$origin $name gives the same chunks at any split', async (body) => {
      expect((await splitFaults(dialect, body)).slice(0, 10)).toEqual([]);
    }, isExhaustive ? 600_000 : 60_000);
  });

  it('nothing came after an end', () => {
    expect(late).toEqual([]);
  });
}

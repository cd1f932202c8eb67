import type { StreamChunk } from '../../src/core/chunk.js';
import { chunkMetadata } from '../../src/core/chunk.js';
import { StreamGrammar } from '../../src/core/grammar.js';
import { AnswerDecoder, type BodyEnd } from '../../src/providers/wire/answer-decoder.js';
import { sseDecoder } from '../../src/providers/wire/sse.js';
import type { PartialFacts, Translator, TranslatorContext } from '../../src/providers/wire/translator.js';
import type { Ending } from './compare.js';

/** What came of a body. */
export interface Decoded {
  readonly chunks: readonly StreamChunk[];
  readonly ending: Ending;
  /** What the translator knows of an answer that breaks off. */
  readonly facts: PartialFacts;
}

/** Decodes a body, given in pieces, without any network; throws when its chunks break the grammar. */
export function decode(
  pieces: Iterable<Uint8Array>,
  translator: (context: TranslatorContext) => Translator,
  { end = 'clean' }: { readonly end?: BodyEnd } = {},
): Decoded {
  const chunks: StreamChunk[] = [];
  const grammar = new StreamGrammar();
  const context: TranslatorContext = { provider: 'wire', model: 'wire-model', metadata: chunkMetadata('run_wire'), timestamp: 0 };
  const machine = translator(context);
  const decoder = new AnswerDecoder({
    context,
    translator: machine,
    frames: (listener) => sseDecoder(listener),
    emit: (chunk) => {
      const fault = grammar.check(chunk);
      if (fault !== undefined) throw new Error(fault);
      chunks.push(chunk);
    },
    now: () => 1,
  });
  for (const piece of pieces) decoder.feed(piece);
  decoder.end(end);
  const { outcome } = decoder;
  const facts = machine.partialFacts();
  if (outcome?.type !== 'interrupted') return { chunks, ending: { type: 'finished' }, facts };
  const partialResponse = chunks.map((chunk) => chunk.content).join('');
  return { chunks, ending: { type: 'interrupted', reason: outcome.reason, cause: outcome.cause, partialResponse }, facts };
}

/** Cuts a body at places that a seeded generator (mulberry32) picks. */
export function* randomPieces(bytes: Uint8Array, seed: number): Generator<Uint8Array> {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const largest = 1 + Math.floor(random() * 400);
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + Math.floor(random() * largest);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

/** One byte at a time. */
export function* singleBytes(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1);
}

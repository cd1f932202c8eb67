import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StreamGrammar } from '../../src/core/grammar.js';
import { chunkMetadata, type StreamChunk } from '../../src/core/chunk.js';
import { AnswerDecoder, type AnswerOutcome } from '../../src/providers/wire/answer-decoder.js';
import { sseDecoder } from '../../src/providers/wire/sse.js';
import { type TranslatorContext, type WireEvent, WireFault } from '../../src/providers/wire/translator.js';
import { isSameChunk } from '../support/answer.js';
import { type WireDialect, answersOf, dialects, isExhaustive } from './wire-dialects.js';

const numRuns = isExhaustive ? 20_000 : 1_000;

function contextOf({ name }: WireDialect): TranslatorContext {
  return { provider: name, model: 'test-model', metadata: chunkMetadata('run_property'), timestamp: 0 };
}

function isOneOf<T>(...values: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...values);
}

/** Where a field of a wire format stands: what the API says, what servers send instead, or anything at all. */
function field(...expected: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> {
  const odd = isOneOf<unknown>(null, undefined, '', 0, -1, true, [], {});
  return fc.oneof({ weight: 12, arbitrary: fc.oneof(...expected) }, { weight: 2, arbitrary: odd }, { weight: 1, arbitrary: fc.jsonValue() });
}

const words = fc.string({ unit: 'grapheme', maxLength: 12 });
const index = field(fc.integer({ min: 0, max: 3 }));
const id = field(isOneOf('call_a', 'call_b', 'call_c'));
const toolName = field(isOneOf('weather', 'clock'));
const argument = field(isOneOf('{}', '{"city":', '"Oslo"}', '{"city":"Oslo"}', ' ', '{', 'nonsense'), words);

const chatDelta = fc.record(
  {
    content: field(words, fc.array(fc.record({ type: isOneOf('text', 'thinking'), text: field(words), thinking: field(words) }), { maxLength: 2 })),
    reasoning: field(words),
    reasoning_content: field(words),
    reasoning_details: field(fc.array(fc.record({ type: field(isOneOf('reasoning.text', 'reasoning.encrypted')), text: field(words), data: field(words) }), { maxLength: 2 })),
    refusal: field(words),
    tool_calls: field(fc.array(fc.record({ index, id, function: field(fc.record({ name: toolName, arguments: argument }, { requiredKeys: [] })) }, { requiredKeys: [] }), { maxLength: 3 })),
    function_call: field(fc.record({ name: toolName, arguments: argument })),
    annotations: field(fc.array(fc.record({ type: field(isOneOf('url_citation')), url_citation: field(fc.record({ url: field(fc.webUrl()), title: field(words) })) }), { maxLength: 2 })),
  },
  { requiredKeys: [] },
);

const chatChoice = fc.record(
  { index: field(isOneOf(0, 0, 0, 1)), delta: field(chatDelta), finish_reason: field(isOneOf(null, null, 'stop', 'length', 'tool_calls', 'content_filter', 'error')) },
  { requiredKeys: ['delta'] },
);

const chatEvent = fc.oneof(
  { weight: 20, arbitrary: fc.record({ model: field(words), choices: field(fc.array(chatChoice, { maxLength: 2 })), usage: field(fc.dictionary(isOneOf('prompt_tokens', 'completion_tokens', 'total_tokens'), field(fc.nat()))) }, { requiredKeys: ['choices'] }) },
  { weight: 1, arbitrary: fc.record({ error: field(fc.record({ message: field(words), code: field(words) })) }) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

const block = fc.record(
  {
    type: field(isOneOf('text', 'thinking', 'tool_use', 'server_tool_use', 'web_search_tool_result', 'mcp_tool_use', 'mcp_tool_result', 'redacted_thinking', 'compaction')),
    id, name: toolName, tool_use_id: id, text: field(words), thinking: field(words), signature: field(words),
    input: field(isOneOf({}, { city: 'Oslo' })), content: field(fc.jsonValue()),
  },
  { requiredKeys: ['type'] },
);

const messagesDelta = fc.record(
  {
    type: field(isOneOf('text_delta', 'thinking_delta', 'signature_delta', 'input_json_delta', 'citations_delta')),
    text: field(words), thinking: field(words), signature: field(words), partial_json: argument, citation: field(fc.record({ url: field(fc.webUrl()), title: field(words) })),
    stop_reason: field(isOneOf('end_turn', 'max_tokens', 'tool_use', 'pause_turn', 'refusal')),
  },
  { requiredKeys: ['type'] },
);

const messagesEvent = fc.oneof(
  { weight: 20, arbitrary: fc.record({ type: field(isOneOf('content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop')), index, content_block: field(block), delta: field(messagesDelta) }) },
  { weight: 3, arbitrary: fc.record({ type: isOneOf('message_start', 'message_delta', 'message_stop', 'ping'), message: field(fc.record({ model: field(words), usage: field(fc.dictionary(isOneOf('input_tokens', 'output_tokens'), field(fc.nat()))) })), delta: field(messagesDelta) }) },
  { weight: 1, arbitrary: fc.record({ type: isOneOf('error'), error: field(fc.record({ type: field(words), message: field(words) })) }) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

const generated = { chat: chatEvent, messages: messagesEvent } as const;

function eventsOf({ api }: WireDialect): fc.Arbitrary<readonly WireEvent[]> {
  const data = fc.oneof({ weight: 30, arbitrary: generated[api].map((value) => JSON.stringify(value)) }, { weight: 1, arbitrary: isOneOf('[DONE]', '', '{"', 'nonsense') });
  const event = fc.record({ event: fc.option(isOneOf('error', 'ping', 'message_stop', 'content_block_delta'), { nil: undefined, freq: 10 }), data });
  return fc.array(event, { maxLength: 25 });
}

interface Run {
  readonly chunks: readonly StreamChunk[];
  readonly outcome: AnswerOutcome | undefined;
}

/** Feeds bytes to a decoder behind the grammar check; throws at the first chunk that breaks it. */
function run(dialect: WireDialect, pieces: readonly Uint8Array[]): Run {
  const chunks: StreamChunk[] = [];
  const grammar = new StreamGrammar();
  const context = contextOf(dialect);
  const emit = (chunk: StreamChunk): void => {
    const fault = grammar.check(chunk);
    if (fault !== undefined) throw new Error(fault);
    chunks.push(chunk);
  };
  const decoder = new AnswerDecoder({ context, translator: dialect.translator(context), frames: (listener) => sseDecoder(listener), emit, now: () => 1 });
  for (const piece of pieces) decoder.feed(piece);
  decoder.end('clean');
  return { chunks, outcome: decoder.outcome };
}

function isEndedRight({ chunks, outcome }: Run): boolean {
  const finishes = chunks.filter((chunk) => chunk.type === 'finish').length;
  if (outcome?.type === 'finished') return finishes === 1 && chunks.at(-1)?.type === 'finish';
  return outcome?.type === 'interrupted' && finishes === 0 && ['malformed', 'provider', 'truncated'].includes(outcome.reason);
}

/** A change that a broken server or a careless proxy makes to a body. */
interface Mutation {
  readonly kind: 'flip' | 'delete' | 'insert' | 'repeat' | 'swap';
  /** Where, as a part of the body. */
  readonly at: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: isOneOf<Mutation['kind']>('flip', 'delete', 'insert', 'repeat', 'swap'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 200 }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
});

function mutate(body: Uint8Array, { kind, at, length, bytes }: Mutation): Uint8Array {
  const from = Math.floor(at * body.length);
  const [head, part, tail] = [body.subarray(0, from), body.subarray(from, from + length), body.subarray(from + length)];
  switch (kind) {
    case 'flip':
      return Buffer.concat([head, bytes, body.subarray(from + bytes.length)]);
    case 'delete':
      return Buffer.concat([head, tail]);
    case 'insert':
      return Buffer.concat([head, bytes, part, tail]);
    case 'repeat':
      return Buffer.concat([head, part, part, tail]);
    case 'swap':
      return Buffer.concat([tail, part, head]);
    default:
      kind satisfies never;
      return body;
  }
}

/** A piece of text in an event like its neighbours, but for what sometimes stands around it. */
interface Alike {
  readonly text: string;
  readonly before: string;
  readonly after: string;
}

const alikeEvent: fc.Arbitrary<Alike> = fc.record({
  text: fc.oneof(words, isOneOf('', '"', '\\', '","role":"', '"},"finish_reason":"stop","x":{"y":"')),
  before: fc.option(isOneOf('"role":"assistant",', '"content":"a","text":"b",', '"refusal":"no",', '"type":"text_delta",'), { nil: '', freq: 4 }),
  after: fc.option(isOneOf(',"refusal":"no"', ',"reasoning":"so"', ',"content":"twice","text":"twice"', ',"type":"thinking_delta","thinking":"so"'), { nil: '', freq: 4 }),
});

const alike: Readonly<Record<WireDialect['api'], (event: Alike, padding: string) => string>> = {
  chat: ({ text, before, after }, padding) => `data: {${padding}"choices":[{"index":0,"delta":{${before}"content":${JSON.stringify(text)}${after}}}]}\n\n`,
  messages: ({ text, before, after }, padding) =>
    `data: {${padding}"type":"content_block_delta","index":0,"delta":{"type":"text_delta",${before}"text":${JSON.stringify(text)}${after}}}\n\n`,
};

describe.each(dialects)('the translator of $name', (dialect) => {
  it('throws nothing but WireFault, keeps the grammar and can always be asked for what it knows', () => {
    fc.assert(
      fc.property(eventsOf(dialect), (events) => {
        const translator = dialect.translator(contextOf(dialect));
        const grammar = new StreamGrammar();
        const faults: unknown[] = [];
        const emit = (chunk: StreamChunk): void => void faults.push(grammar.check(chunk));
        try {
          for (const event of events) {
            translator.translate(event, emit);
            if (translator.phase === 'ended') break;
          }
          if (translator.phase !== 'open') translator.finish(emit);
        } catch (error) {
          if (!(error instanceof WireFault)) throw error;
        }
        translator.partialFacts();
        expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
      }),
      { numRuns, seed: 1 },
    );
  });

  it('always ends once, and the same at any split of the bytes', () => {
    const encoder = new TextEncoder();
    fc.assert(
      fc.property(eventsOf(dialect), fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 }), (events, lengths) => {
        const text = events.map(({ event, data }) => `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`).join('');
        const bytes = encoder.encode(text);
        const pieces: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const length = lengths[turn % lengths.length] ?? 1;
          pieces.push(bytes.subarray(at, at + length));
          at += length;
        }
        const whole = run(dialect, [bytes]);
        const cut = run(dialect, pieces);
        expect(isEndedRight(whole)).toBe(true);
        expect(cut.outcome?.type).toBe(whole.outcome?.type);
        expect(cut.chunks.length).toBe(whole.chunks.length);
        expect(cut.chunks.every((chunk, at) => isSameChunk(chunk, whole.chunks[at]))).toBe(true);
      }),
      { numRuns, seed: 2 },
    );
  });

  it('survives every mutation of a real body', () => {
    const bodies = answersOf(dialect.api).filter(({ bytes }) => bytes.length < 20_000);
    fc.assert(
      fc.property(isOneOf(...bodies), fc.array(mutation, { minLength: 1, maxLength: 4 }), ({ bytes }, mutations) => {
        expect(isEndedRight(run(dialect, [mutations.reduce(mutate, bytes)]))).toBe(true);
      }),
      { numRuns, seed: 3 },
    );
  });

  it('reads events that look alike as if each were parsed for itself', () => {
    const encode = (events: readonly Alike[], pad: (at: number) => string): Uint8Array =>
      new TextEncoder().encode(events.map((event, at) => alike[dialect.api](event, pad(at))).join(''));
    fc.assert(
      fc.property(fc.array(alikeEvent, { minLength: 2, maxLength: 20 }), (events) => {
        const [same, different] = [run(dialect, [encode(events, () => '')]), run(dialect, [encode(events, (at) => `"padding":${at},`)])];
        expect(same.outcome?.type).toBe(different.outcome?.type);
        expect(same.chunks.length).toBe(different.chunks.length);
        expect(same.chunks.filter((chunk, at) => !isSameChunk(chunk, different.chunks[at]))).toEqual([]);
      }),
      { numRuns, seed: 4 },
    );
  });

  it('reads a body whose events all look different like one whose events look alike', () => {
    for (const { name, bytes } of answersOf(dialect.api)) {
      let count = 0;
      const padded = new TextDecoder().decode(bytes).replaceAll(/^(data: *)\{/gm, (_, start: string) => `${start}{"padding":${count++},`);
      const [whole, other] = [run(dialect, [bytes]), run(dialect, [new TextEncoder().encode(padded)])];
      const isSame = whole.chunks.length === other.chunks.length && other.chunks.every((chunk, at) => isSameChunk(chunk, whole.chunks[at]));
      expect({ name, isSame, outcome: other.outcome?.type }).toEqual({ name, isSame: true, outcome: whole.outcome?.type });
    }
  });
});

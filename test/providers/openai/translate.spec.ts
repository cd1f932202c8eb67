import { describe, expect, it } from '@jest/globals';
import type { StreamChunk } from '../../../src/core/chunk.js';
import { InvalidRequestError, OverloadedError, RateLimitError, isProviderError } from '../../../src/core/errors.js';
import { chatTranslator } from '../../../src/providers/openai/translate.js';
import { type Decoded, decode } from '../decode.js';

type Delta = Readonly<Record<string, unknown>>;

function chunk(delta: Delta, finishReason: string | null = null): Delta {
  return { choices: [{ index: 0, delta, finish_reason: finishReason }] };
}

function call(index: number, id: string | undefined, name: string | undefined, text: string): Delta {
  return chunk({ tool_calls: [{ index, id, function: { name, arguments: text } }] });
}

function answer(...events: readonly (Delta | string)[]): Decoded {
  const body = events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('');
  return decode([new TextEncoder().encode(body)], chatTranslator);
}

/** Chunks without the fields that all share. */
function bare({ chunks }: Decoded): readonly object[] {
  return chunks.map((one) => Object.fromEntries(Object.entries(one).filter(([key]) => !['isFinal', 'timestamp', 'metadata'].includes(key))));
}

function ofType<T extends StreamChunk['type']>({ chunks }: Decoded, type: T): readonly Extract<StreamChunk, { type: T }>[] {
  return chunks.filter((one): one is Extract<StreamChunk, { type: T }> => one.type === type);
}

describe('chatTranslator', () => {
  it('makes one chunk of each delta that says something, and none of the others', () => {
    const decoded = answer(chunk({ role: 'assistant', content: '' }), chunk({ content: 'Hi' }), chunk({}, 'stop'), '[DONE]');
    expect(bare(decoded)).toEqual([
      { type: 'text', content: 'Hi' },
      { type: 'finish', content: '', finishReason: 'stop', rawFinishReason: 'stop' },
    ]);
  });

  it('names the model as answered and counts the other choices on finish alone', () => {
    const other = { choices: [{ index: 2, delta: { content: 'x' } }] };
    const { chunks } = answer({ model: 'm-1', ...chunk({ content: 'Hi' }) }, other, { model: 'm-2', ...chunk({}, 'stop') });
    expect(chunks.map((one) => one.metadata)).toEqual([
      { streamId: 'run_wire' },
      { streamId: 'run_wire', model: 'm-2', otherChoices: 1 },
    ]);
  });

  describe('a whole message in an event', () => {
    const whole = (message: object, finishReason: string | null = 'stop'): Delta => ({ choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finishReason }] });

    it('is read as a delta', () => {
      const decoded = answer(whole({ content: 'Hello' }), '[DONE]');
      expect(bare(decoded)).toEqual([
        { type: 'text', content: 'Hello' },
        { type: 'finish', content: '', finishReason: 'stop', rawFinishReason: 'stop' },
      ]);
    });

    it('brings its calls, whose places are their indexes', () => {
      const tool_calls = ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'now', arguments: '{}' } }));
      const decoded = answer(whole({ content: null, tool_calls }, 'tool_calls'), '[DONE]');
      expect(ofType(decoded, 'tool-call').map(({ toolCallId }) => toolCallId)).toEqual(['a', 'b']);
    });

    it('is read after a delta that says only who speaks, and again when it comes in pieces', () => {
      const { chunks } = answer(chunk({ role: 'assistant', content: '', tool_calls: [] }), whole({ content: 'Hel' }, null), whole({ content: 'lo' }), '[DONE]');
      expect(chunks.map(({ content }) => content).join('')).toBe('Hello');
    });

    it('is not read again after the deltas that brought it, nor beside one', () => {
      const beside = { choices: [{ index: 0, delta: { content: 'Hel' }, message: { content: 'Hel' } }] };
      const { chunks } = answer(beside, chunk({ content: 'lo' }), whole({ content: 'Hello' }), '[DONE]');
      expect(chunks.map(({ content }) => content).join('')).toBe('Hello');
    });
  });

  describe('usage', () => {
    const usageFor = (usage: string): unknown => ofType(answer(chunk({ content: 'Hi' }), `{"choices":[],"usage":${usage}}`, '[DONE]'), 'finish')[0]?.usage;

    it('passes over counts that are no numbers of tokens', () => {
      expect(usageFor('{"prompt_tokens":-1,"completion_tokens":-1,"total_tokens":-1}')).toBeUndefined();
      expect(usageFor('{"prompt_tokens":1e999,"completion_tokens":2}')).toEqual({ inputTokens: 0, outputTokens: 2, totalTokens: 2 });
      expect(usageFor('{"prompt_tokens":3,"completion_tokens":2,"total_tokens":-5,"prompt_tokens_details":{"cached_tokens":-1}}')).toEqual({
        inputTokens: 3,
        outputTokens: 2,
        totalTokens: 5,
      });
    });

    it('calls a total alone an estimate', () => {
      expect(usageFor('{"total_tokens":9}')).toEqual({ inputTokens: 0, outputTokens: 0, totalTokens: 9, estimated: true });
    });
  });

  describe('tool calls', () => {
    it('hands a call out as soon as the next one begins, before the finish reason', () => {
      const decoded = answer(call(0, 'a', 'add', '{"x"'), call(0, undefined, undefined, ':1}'), call(1, 'b', 'now', ''), chunk({}, 'tool_calls'));
      expect(bare(decoded)).toEqual([
        { type: 'tool-input', content: '', toolCallId: 'a', toolName: 'add', inputDelta: '{"x"' },
        { type: 'tool-input', content: '', toolCallId: 'a', toolName: 'add', inputDelta: ':1}' },
        { type: 'tool-call', content: '', toolCallId: 'a', toolName: 'add', input: { x: 1 } },
        { type: 'tool-input', content: '', toolCallId: 'b', toolName: 'now', inputDelta: '' },
        { type: 'tool-call', content: '', toolCallId: 'b', toolName: 'now', input: {} },
        { type: 'finish', content: '', finishReason: 'tool-calls', rawFinishReason: 'tool_calls' },
      ]);
    });

    it('hands the last call out at the finish reason, before the server ends the stream', () => {
      const translator = chatTranslator({ provider: 'p', model: 'm', metadata: { streamId: 's' }, timestamp: 1 });
      const types: string[] = [];
      for (const event of [call(0, 'a', 'add', '{"x":1}'), chunk({}, 'tool_calls')]) {
        translator.translate({ event: undefined, data: JSON.stringify(event) }, (one) => types.push(one.type));
      }
      expect(types).toEqual(['tool-input', 'tool-call']);
      expect(translator.phase).toBe('whole');
    });

    it('gives ids that are unique within the step', () => {
      const decoded = answer(call(0, undefined, 'a', '{}'), call(1, 'call_0', 'b', '{}'), call(2, 'call_0', 'c', '{}'), chunk({}, 'tool_calls'));
      const ids = ofType(decoded, 'tool-call').map((one) => one.toolCallId);
      expect(ids[0]).toBe('call_0');
      expect(new Set(ids).size).toBe(3);
    });

    it('passes over what still comes for a call that went out', () => {
      const decoded = answer(call(0, 'a', 'add', '{"x":1}'), call(1, 'b', 'now', '{}'), call(0, undefined, undefined, ',2}'), chunk({}, 'tool_calls'));
      expect(ofType(decoded, 'tool-call').map((one) => one.input)).toEqual([{ x: 1 }, {}]);
      expect(ofType(decoded, 'tool-input').map((one) => one.inputDelta)).toEqual(['{"x":1}', '{}']);
    });

    it('waits for the name when arguments come first', () => {
      const decoded = answer(call(0, 'a', undefined, '{"x":'), call(0, undefined, 'add', '1}'), chunk({}, 'tool_calls'));
      expect(ofType(decoded, 'tool-input').map((one) => one.inputDelta)).toEqual(['{"x":1}']);
      expect(ofType(decoded, 'tool-call').map((one) => one.toolName)).toEqual(['add']);
    });

    it('reports a call whose arguments are cut by the content filter as input alone', () => {
      const decoded = answer(call(0, 'a', 'add', '{"x":'), chunk({}, 'content_filter'));
      expect(decoded.chunks.map((one) => one.type)).toEqual(['tool-input', 'finish']);
      expect(decoded.chunks.at(-1)).toMatchObject({ finishReason: 'content-filter' });
    });

    it('ignores an empty placeholder', () => {
      const decoded = answer(chunk({ content: 'Hi', tool_calls: [{}] }), chunk({ tool_calls: [] }, 'stop'));
      expect(decoded.chunks.map((one) => one.type)).toEqual(['text', 'finish']);
    });

    it('ends 20,000 fragments that each repeat the name with one call', () => {
      const events = Array.from({ length: 20_000 }, (_, at) => call(0, 'a', 'add', at === 0 ? '{"x":"' : '}'));
      const decoded = answer(...events, call(0, 'a', 'add', '"}'), chunk({}, 'tool_calls'));
      expect(ofType(decoded, 'tool-call').map((one) => one.input)).toEqual([{ x: '}'.repeat(19_999) }]);
    });
  });

  describe('reasoning', () => {
    it('keeps signed details for the next request, merged, and nowhere else', () => {
      const details = (entry: Delta): Delta => chunk({ reasoning_details: [entry] });
      const decoded = answer(
        details({ type: 'reasoning.text', text: 'One ', index: 0, format: 'f' }),
        details({ type: 'reasoning.text', text: 'two.', index: 0, signature: null }),
        details({ type: 'reasoning.text', signature: 'sig', index: 0 }),
        details({ type: 'reasoning.encrypted', data: 'secret', index: 1 }),
        chunk({}, 'stop'),
      );
      expect(decoded.chunks.at(-1)).toMatchObject({
        replay: {
          provider: 'wire',
          data: {
            reasoningDetails: [
              { type: 'reasoning.text', text: 'One two.', index: 0, format: 'f', signature: 'sig' },
              { type: 'reasoning.encrypted', data: 'secret', index: 1 },
            ],
          },
        },
      });
      expect(JSON.stringify(decoded.chunks.slice(0, -1))).not.toMatch(/sig|secret/);
    });

    it('asks for reasoning_content back only beside tool calls', () => {
      const thought = chunk({ reasoning_content: 'Hm' });
      expect(answer(thought, chunk({ content: 'x' }, 'stop')).chunks.at(-1)).not.toHaveProperty('replay');
      expect(answer(thought, call(0, 'a', 'now', '{}'), chunk({}, 'tool_calls')).chunks.at(-1)).toMatchObject({
        replay: { data: { reasoningField: 'reasoning_content' } },
      });
    });
  });

  describe('sources and files', () => {
    it('gives each of Perplexity’s citations once, with its title', () => {
      const cited = { citations: ['https://a.example', 'https://b.example'], search_results: [{ url: 'https://b.example', title: 'B' }] };
      const decoded = answer({ ...cited, ...chunk({ content: 'x' }) }, { ...cited, ...chunk({}, 'stop') });
      expect(ofType(decoded, 'source').map(({ url, title }) => [url, title])).toEqual([
        ['https://b.example', 'B'],
        ['https://a.example', undefined],
      ]);
    });

    it('gives a generated image as a file', () => {
      const url = 'data:image/png;base64,iVBORw0=';
      const decoded = answer(chunk({ content: '', images: [{ type: 'image_url', image_url: { url } }] }), chunk({}, 'stop'));
      expect(ofType(decoded, 'file')).toMatchObject([{ mediaType: 'image/png', data: 'iVBORw0=', content: '' }]);
    });
  });

  describe('the end of an answer', () => {
    const encode = (...events: readonly Delta[]): Uint8Array =>
      new TextEncoder().encode(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));

    it('is a success when the connection breaks after the finish reason', () => {
      const { ending } = decode([encode(chunk({ content: 'x' }), chunk({}, 'stop'))], chatTranslator, { end: 'cut' });
      expect(ending).toEqual({ type: 'finished' });
    });

    it.each([
      ['clean', 'truncated'],
      ['cut', 'disconnected'],
    ] as const)('is an interruption when a %s end comes before the finish reason', (end, reason) => {
      const { ending, chunks } = decode([encode(chunk({ content: 'x' }))], chatTranslator, { end });
      expect(ending).toMatchObject({ type: 'interrupted', reason, partialResponse: 'x' });
      expect(chunks).toHaveLength(1);
    });

    it.each([{ content: 'y' }, { refusal: 'y' }, { reasoning: 'y' }, { tool_calls: [{ index: 0, id: 'a', function: { name: 'n' } }] }])(
      'is open again when %j follows the finish reason',
      (delta) => {
        const { ending } = decode([encode(chunk({ content: 'x' }, 'stop'), chunk(delta))], chatTranslator);
        expect(ending).toMatchObject({ type: 'interrupted', reason: 'truncated' });
      },
    );

    it('is not opened again by empty deltas, usage or another choice', () => {
      const later = [chunk({ content: '', reasoning: null }), { choices: [], usage: { prompt_tokens: 1 } }, { choices: [{ index: 1, delta: { content: 'y' } }] }];
      expect(decode([encode(chunk({ content: 'x' }, 'stop'), ...later)], chatTranslator).ending).toEqual({ type: 'finished' });
    });

    it('knows usage and replay of an answer that was cut', () => {
      const translator = chatTranslator({ provider: 'p', model: 'm', metadata: { streamId: 's' }, timestamp: 1 });
      const event = { ...chunk({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'd' }] }), usage: { prompt_tokens: 3, completion_tokens: 1 } };
      translator.translate({ event: undefined, data: JSON.stringify(event) }, () => undefined);
      expect(translator.partialFacts()).toEqual({
        usage: { inputTokens: 3, outputTokens: 1, totalTokens: 4, estimated: true },
        replay: { provider: 'p', data: { reasoningDetails: [{ type: 'reasoning.encrypted', data: 'd' }] } },
      });
    });
  });

  describe('errors in the stream', () => {
    const causeOf = (...events: readonly (Delta | string)[]): unknown => {
      const { ending } = answer(chunk({ content: 'x' }), ...events);
      expect(ending).toMatchObject({ type: 'interrupted', reason: 'provider', partialResponse: 'x' });
      return ending.type === 'interrupted' ? ending.cause : undefined;
    };

    it('reads an error that is a string', () => {
      expect(causeOf({ error: 'model crashed' })).toMatchObject({ provider: 'wire', model: 'wire-model', message: expect.stringContaining('model crashed') });
    });

    it('reads an error event that is plain text', () => {
      const body = 'event: error\ndata: upstream gone\n\n';
      const { ending } = decode([new TextEncoder().encode(body)], chatTranslator);
      expect(ending).toMatchObject({ reason: 'provider', cause: { message: expect.stringContaining('upstream gone') } });
    });

    it('takes a finish reason "error" for one', () => {
      expect(causeOf(chunk({}, 'error'))).toMatchObject({ code: 'error' });
    });

    it('gives the typed error of the code', () => {
      expect(causeOf({ error: { message: 'm', code: 'rate_limit_exceeded' } })).toBeInstanceOf(RateLimitError);
      expect(causeOf({ error: { message: 'm', type: 'overloaded_error' } })).toBeInstanceOf(OverloadedError);
      expect(causeOf({ error: { message: 'm', code: 'tool_use_failed', status_code: 400 } })).toBeInstanceOf(InvalidRequestError);
      const failed = causeOf({ error: { message: 'm', type: 'server_error' } });
      expect(isProviderError(failed) && failed.retryable).toBe(true);
    });

    it('shows no key that the server repeats', () => {
      expect(String(causeOf({ error: { message: 'bad key sk-abcdefgh12345678' } }))).not.toContain('abcdefgh');
    });

    it('calls an event that is not JSON malformed, without repeating it', () => {
      const { ending } = answer(chunk({ content: 'x' }), '{"choices": oops');
      expect(ending).toMatchObject({ type: 'interrupted', reason: 'malformed', partialResponse: 'x' });
      expect(String(ending.type === 'interrupted' && ending.cause)).not.toContain('oops');
    });
  });
});

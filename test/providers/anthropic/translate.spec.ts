import { describe, expect, it } from '@jest/globals';
import type { StreamChunk } from '../../../src/core/chunk.js';
import { OverloadedError, ProviderError, RateLimitError } from '../../../src/core/errors.js';
import type { Decoded } from '../decode.js';
import {
  blockDelta,
  blockStart,
  blockStop,
  bodyOf,
  decodeBody,
  messageEnd,
  messageStart,
  textBlock,
  toolBlock,
} from './messages-events.js';

function finishOf({ chunks }: Decoded) {
  const finish = chunks.at(-1);
  if (finish?.type !== 'finish') throw new Error('no finish');
  return finish;
}

/** One word a chunk: `call(id,input)`. */
function outline(chunks: readonly StreamChunk[]): string[] {
  return chunks.map((chunk) => {
    switch (chunk.type) {
      case 'text':
        return `text(${chunk.content})`;
      case 'tool-input':
        return `input(${chunk.toolCallId},${chunk.inputDelta})`;
      case 'tool-call':
        return `call(${chunk.toolCallId},${JSON.stringify(chunk.invalidInput ?? chunk.input)})`;
      case 'tool-result':
        return `result(${chunk.toolCallId},${chunk.isError ? 'error' : 'ok'})`;
      case 'finish':
        return `finish(${chunk.finishReason},${String(chunk.rawFinishReason)})`;
      default:
        return chunk.type;
    }
  });
}

function decode(...events: readonly Readonly<Record<string, unknown>>[]) {
  return decodeBody(bodyOf(messageStart, ...events));
}

describe('messagesTranslator', () => {
  it('passes over token counts that are negative or not finite', () => {
    const start = { type: 'message_start', message: { usage: { input_tokens: -1, output_tokens: -1 } } };
    const delta = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: -1, cache_read_input_tokens: -1 } };
    const stop = { type: 'message_stop' };
    expect(finishOf(decodeBody(bodyOf(start, ...textBlock(0, 'Hi'), delta, stop)))).not.toHaveProperty('usage');
    const known = { type: 'message_start', message: { usage: { input_tokens: 4, output_tokens: 1 } } };
    const endless = bodyOf(known, ...textBlock(0, 'Hi'), delta, stop).replace('"output_tokens":-1', '"output_tokens":1e999');
    expect(finishOf(decodeBody(endless)).usage).toEqual({ inputTokens: 4, outputTokens: 1, totalTokens: 5 });
  });

  it('names a call whose server forgot to', () => {
    const { chunks } = decode(...toolBlock(0, 't1', '', '{}'), ...messageEnd('tool_use'));
    expect(chunks.find((chunk) => chunk.type === 'tool-call')).toMatchObject({ toolName: 'unknown' });
  });

  describe('tool calls', () => {
    it('sends a call when its block ends, before the rest of the answer', () => {
      const { chunks } = decode(...toolBlock(0, 't1', 'a', '', '{"x":', '', '1}'), ...textBlock(1, 'more'), ...messageEnd('tool_use'));
      expect(outline(chunks)).toEqual([
        'input(t1,{"x":)',
        'input(t1,1})',
        'call(t1,{"x":1})',
        'text(more)',
        'finish(tool-calls,tool_use)',
      ]);
    });

    it('hands on arguments that are whole but no object as invalidInput', () => {
      const answer = decode(...toolBlock(0, 't1', 'a', '[1]'), ...toolBlock(1, 't2', 'a', '{"x":'), ...messageEnd('tool_use'));
      expect(outline(answer.chunks)).toEqual([
        'input(t1,[1])',
        'input(t2,{"x":)',
        'call(t1,"[1]")',
        'call(t2,"{\\"x\\":")',
        'finish(tool-calls,tool_use)',
      ]);
      expect(answer.chunks[2]).toMatchObject({ input: undefined, invalidInput: '[1]' });
    });

    it.each(['max_tokens', 'model_context_window_exceeded', 'refusal'])('gives no call for arguments cut by %s', (reason) => {
      const answer = decode(...toolBlock(0, 't1', 'a', '{"x":1}'), ...toolBlock(1, 't2', 'a', '{"x":'), ...messageEnd(reason));
      expect(outline(answer.chunks).filter((word) => word.startsWith('call'))).toEqual(['call(t1,{"x":1})']);
    });

    it('gives no call without arguments when the answer was cut there', () => {
      const answer = decode(...toolBlock(0, 't1', 'a'), ...messageEnd('max_tokens'));
      expect(outline(answer.chunks)).toEqual(['finish(length,max_tokens)']);
    });

    it('gives no call whose block did not end, even with whole arguments', () => {
      const answer = decode(...toolBlock(0, 't1', 'a', '{}').slice(0, -1), ...messageEnd('tool_use'));
      expect(outline(answer.chunks)).toEqual(['input(t1,{})', 'finish(tool-calls,tool_use)']);
    });

    it('sends a call without arguments as soon as the next block begins', () => {
      const answer = decode(...toolBlock(0, 't1', 'a'), ...textBlock(1, 'on'), ...messageEnd('tool_use'));
      expect(outline(answer.chunks)).toEqual(['call(t1,{})', 'text(on)', 'finish(tool-calls,tool_use)']);
    });

    it('keeps the order of the calls when one has to wait for the stop reason', () => {
      const answer = decode(...toolBlock(0, 't1', 'a', '{"x'), ...toolBlock(1, 't2', 'a', '{"y":2}'), ...messageEnd('tool_use'));
      expect(outline(answer.chunks).filter((word) => word.startsWith('call'))).toEqual(['call(t1,"{\\"x")', 'call(t2,{"y":2})']);
    });

    it('names calls without an id and renames repeated ones', () => {
      const answer = decode(...toolBlock(0, '', 'a', '{}'), ...toolBlock(1, 't', 'a', '{}'), ...toolBlock(2, 't', 'a', '{}'), ...messageEnd('tool_use'));
      const ids = answer.chunks.flatMap((chunk) => (chunk.type === 'tool-call' ? [chunk.toolCallId] : []));
      expect(ids).toHaveLength(3);
      expect(new Set(ids).size).toBe(3);
      expect(ids).not.toContain('');
    });
  });

  describe('tools that the provider ran', () => {
    const call = [
      blockStart(0, { type: 'server_tool_use', id: 's1', name: 'code_execution', input: {} }),
      blockDelta(0, 'input_json_delta', { partial_json: '{"code":"1+1"}' }),
      blockStop(0),
    ];

    it.each([
      [{ type: 'code_execution_tool_result_error', error_code: 'unavailable' }, undefined, true],
      [{ type: 'code_execution_result', stdout: '2' }, undefined, false],
      [[{ type: 'text', text: 'no' }], true, true],
    ])('passes on the result %j', (content, isError, expected) => {
      const result = { type: 'code_execution_tool_result', tool_use_id: 's1', content, ...(isError && { is_error: true }) };
      const answer = decode(...call, blockStart(1, result), blockStop(1), ...messageEnd('end_turn'));
      expect(answer.chunks[1]).toMatchObject({ type: 'tool-call', toolCallId: 's1', input: { code: '1+1' }, providerExecuted: true });
      expect(answer.chunks[2]).toMatchObject({
        type: 'tool-result',
        toolCallId: 's1',
        toolName: 'code_execution',
        output: content,
        isError: expected,
        providerExecuted: true,
      });
      expect(finishOf(answer).finishReason).toBe('stop');
    });

    it('completes a call whose end was not told when its result comes, and takes one result', () => {
      const result = blockStart(1, { type: 'code_execution_tool_result', tool_use_id: 's1', content: [] });
      const answer = decode(...call.slice(0, 2), result, blockStop(1), result, ...messageEnd('end_turn'));
      expect(outline(answer.chunks)).toEqual([
        'input(s1,{"code":"1+1"})',
        'call(s1,{"code":"1+1"})',
        'result(s1,ok)',
        'finish(stop,end_turn)',
      ]);
    });

    it('names the tool of a result whose call came in an earlier answer', () => {
      const answer = decode(blockStart(0, { type: 'web_search_tool_result', tool_use_id: 's0', content: [] }), ...messageEnd('end_turn'));
      expect(answer.chunks[0]).toMatchObject({ type: 'tool-result', toolCallId: 's0', toolName: 'web_search' });
    });
  });

  describe('finish', () => {
    it.each([
      ['end_turn', 'stop'],
      ['stop_sequence', 'stop'],
      ['tool_use', 'tool-calls'],
      ['max_tokens', 'length'],
      ['model_context_window_exceeded', 'length'],
      ['pause_turn', 'pause'],
      ['refusal', 'refusal'],
      ['compaction', 'other'],
      ['a_new_reason', 'other'],
    ])('maps %s to %s', (stopReason, finishReason) => {
      expect(finishOf(decode(...textBlock(0, 'x'), ...messageEnd(stopReason)))).toMatchObject({ finishReason, rawFinishReason: stopReason });
    });

    it('without a stop reason finishes with tool-calls after a call, else other', () => {
      const withCall = finishOf(decode(...toolBlock(0, 't1', 'a', '{}'), ...messageEnd(null)));
      const without = finishOf(decode(...textBlock(0, 'x'), ...messageEnd(null)));
      expect([withCall.finishReason, withCall.rawFinishReason]).toEqual(['tool-calls', undefined]);
      expect([without.finishReason, without.rawFinishReason]).toEqual(['other', undefined]);
    });

    it('carries the model as answered, and why a refusal was one', () => {
      const refused = { type: 'message_delta', delta: { stop_reason: 'refusal', stop_details: { type: 'refusal', category: 'cyber' } }, usage: {} };
      const { metadata } = finishOf(decode(refused, { type: 'message_stop' }));
      expect(metadata).toEqual({ streamId: 'run_wire', model: 'claude-sonnet-4-5', stopDetails: { type: 'refusal', category: 'cyber' } });
    });

    it('adds cached tokens to the input and never adds reports', () => {
      const start = { type: 'message_start', message: { usage: { input_tokens: 3, cache_creation_input_tokens: 100, cache_read_input_tokens: 2_000, output_tokens: 1 } } };
      const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { input_tokens: null, output_tokens: 40, output_tokens_details: { thinking_tokens: 25 } } };
      const answer = decodeBody(bodyOf(start, ...textBlock(0, 'x'), end, { type: 'message_stop' }));
      expect(finishOf(answer).usage).toEqual({
        inputTokens: 2_103,
        outputTokens: 40,
        totalTokens: 2_143,
        cachedInputTokens: 2_000,
        reasoningTokens: 25,
      });
    });
  });

  describe('tolerance', () => {
    it('reads blocks without an index, and deltas without a block', () => {
      const noIndex = bodyOf(
        messageStart,
        { type: 'content_block_delta', delta: { type: 'text_delta', text: 'A' } },
        { type: 'content_block_start', content_block: { type: 'tool_use', id: 't1', name: 'a', input: {} } },
        { type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{"x":1}' } },
        { type: 'content_block_stop' },
        { type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: 'hm' } },
        ...messageEnd('tool_use'),
      );
      const answer = decodeBody(noIndex);
      expect(outline(answer.chunks)).toEqual(['text(A)', 'input(t1,{"x":1})', 'call(t1,{"x":1})', 'reasoning', 'finish(tool-calls,tool_use)']);
    });

    it.each([
      ['a number', '7'],
      ['an array', '[]'],
      ['no JSON', '{"type":'],
    ])('reports %s as data as malformed', (_, data) => {
      const answer = decodeBody(`${bodyOf(messageStart)}data: ${data}\n\n${bodyOf(...messageEnd('end_turn'))}`);
      expect(answer.ending).toMatchObject({ type: 'interrupted', reason: 'malformed' });
    });

    it('gives a result without an id to the call without one, which ends with it', () => {
      const answer = decode(
        blockStart(0, { type: 'mcp_tool_use', id: null, name: 'a', input: {} }),
        blockStart(1, { type: 'mcp_tool_result', content: [] }),
        ...messageEnd('end_turn'),
      );
      expect(answer.chunks.map(({ type }) => type)).toEqual(['tool-call', 'tool-result', 'finish']);
    });

    it.each(['tool_use', 'server_tool_use'])('takes no arguments of a %s whose block has ended', (type) => {
      const answer = decode(
        blockStart(0, { type, id: 't1', name: 'a', input: {} }),
        blockDelta(0, 'input_json_delta', { partial_json: '{"x":1}' }),
        blockStop(0),
        blockDelta(0, 'input_json_delta', { partial_json: '{"y":2}' }),
        ...messageEnd('end_turn'),
      );
      expect(outline(answer.chunks).slice(0, -1)).toEqual(['input(t1,{"x":1})', 'call(t1,{"x":1})']);
    });

    it('takes the event name where the data has no type', () => {
      const answer = decodeBody(`${bodyOf(messageStart, ...textBlock(0, 'x'))}event: message_stop\ndata: {}\n\n`);
      expect(outline(answer.chunks)).toEqual(['text(x)', 'finish(other,undefined)']);
    });
  });

  describe('errors in the stream', () => {
    it.each([
      ['overloaded_error', OverloadedError, true],
      ['rate_limit_error', RateLimitError, true],
      ['api_error', ProviderError, true],
      ['invalid_request_error', ProviderError, false],
      ['an_error_of_next_year', ProviderError, true],
    ])('types %s', (type, errorClass, retryable) => {
      const answer = decode(...textBlock(0, 'half'), { type: 'error', error: { type, message: 'It broke. Key sk-ant-api03-abcdefgh' } });
      if (answer.ending.type !== 'interrupted') throw new Error('not interrupted');
      const { reason, cause } = answer.ending;
      expect(reason).toBe('provider');
      expect(cause).toBeInstanceOf(errorClass);
      expect(cause).toMatchObject({ provider: 'wire', model: 'wire-model', code: type, retryable });
      expect(String(cause)).toContain('It broke');
      expect(String(cause)).not.toContain('abcdefgh');
    });
  });

  describe('an answer that breaks off', () => {
    it('is truncated, with the usage so far as an estimate and the whole blocks as replay', () => {
      const thinking = [
        blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
        blockDelta(0, 'thinking_delta', { thinking: 'hm' }),
        blockDelta(0, 'signature_delta', { signature: 'sig' }),
        blockStop(0),
      ];
      const server = [blockStart(1, { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }), blockStop(1)];
      const half = blockStart(3, { type: 'thinking', thinking: 'cut', signature: 'early' });
      const answer = decode(...thinking, ...server, ...textBlock(2, 'part').slice(0, -1), half);
      expect(answer.ending).toEqual({ type: 'interrupted', reason: 'truncated', cause: undefined, partialResponse: 'part' });
      expect(answer.facts.usage).toEqual({ inputTokens: 10, outputTokens: 1, totalTokens: 11, estimated: true });
      expect(answer.facts.replay).toEqual({
        provider: 'anthropic',
        data: { blocks: [{ type: 'thinking', thinking: 'hm', signature: 'sig' }, { type: 'text', length: 4 }] },
      });
    });

    it('has no replay when text and calls say it all', () => {
      const answer = decode(...textBlock(0, 'x'), ...toolBlock(1, 't1', 'a', '{}'), ...messageEnd('tool_use'));
      expect(finishOf(answer)).not.toHaveProperty('replay');
    });
  });
});

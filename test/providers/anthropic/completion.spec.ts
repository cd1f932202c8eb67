import { describe, expect, it } from '@jest/globals';
import { ProviderError } from '../../../src/core/errors.js';
import { toCompletion as read } from '../../../src/providers/anthropic/completion.js';

const at = { name: 'anthropic', model: 'claude-test' };

function toCompletion(body: unknown) {
  return read(body, at);
}

const call = { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Rome' } };

describe('toCompletion', () => {
  it('reads text, thinking, calls and usage', () => {
    const completion = toCompletion({
      content: [{ type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }, { type: 'text', text: 'One ' }, { type: 'text', text: 'two' }, call],
      stop_reason: 'tool_use',
      usage: { input_tokens: 3, cache_read_input_tokens: 20, cache_creation_input_tokens: null, output_tokens: 9 },
    });
    expect(completion).toMatchObject({
      content: 'One two',
      reasoning: 'Hm.',
      toolCalls: [{ toolCallId: 't1', toolName: 'weather', input: { city: 'Rome' } }],
      usage: { inputTokens: 23, outputTokens: 9, totalTokens: 32, cachedInputTokens: 20 },
      finishReason: 'tool-calls',
      rawFinishReason: 'tool_use',
      replay: { provider: 'anthropic' },
    });
  });

  it('leaves out what the message does not have', () => {
    expect(toCompletion({ content: [{ type: 'text', text: 'Hi' }] })).toEqual({ content: 'Hi', toolCalls: [], finishReason: 'other' });
  });

  it('names calls without an id, renames repeated ones, and takes no call that was cut', () => {
    const calls = [call, call, { ...call, id: '' }];
    const ids = toCompletion({ content: calls, stop_reason: 'end_turn' }).toolCalls.map(({ toolCallId }) => toolCallId);
    expect(new Set(ids).size).toBe(3);
    expect(ids).not.toContain('');
    expect(toCompletion({ content: [call, { ...call, id: 't2', input: {} }], stop_reason: 'max_tokens' }).toolCalls).toHaveLength(1);
  });

  it('leaves calls of tools that the provider ran to its replay', () => {
    const content = [
      { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'x' } },
      { type: 'web_search_tool_result', tool_use_id: 's1', content: [] },
      { type: 'text', text: 'Hi' },
    ];
    const { toolCalls, finishReason, replay } = toCompletion({ content, stop_reason: 'end_turn' });
    expect([toolCalls, finishReason]).toEqual([[], 'stop']);
    expect(replay?.data).toEqual({ blocks: [content[0], content[1], { type: 'text', length: 2 }] });
  });

  it.each([
    ['a page', '<html>', undefined],
    ['another kind of object', { choices: [] }, undefined],
    ['an error', { type: 'error', error: { type: 'api_error', message: 'no' } }, 'api_error'],
  ])('refuses %s', (_, body, code) => {
    let failure: unknown;
    try {
      toCompletion(body);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(ProviderError);
    expect(failure).toMatchObject({ provider: 'anthropic', model: 'claude-test', ...(code !== undefined && { code }) });
  });
});

import { describe, expect, it } from '@jest/globals';
import { ProviderError } from '../../../src/core/errors.js';
import { toCompletion } from '../../../src/providers/openai/completion.js';

const context = { provider: 'openai', model: 'm' };

function completion(message: object, finishReason: string, more: object = {}): unknown {
  return { object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finishReason }], ...more };
}

describe('toCompletion', () => {
  it('reads text, reasoning and usage', () => {
    const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8, prompt_tokens_details: { cached_tokens: 2 } };
    expect(toCompletion(completion({ content: 'Hi', reasoning_content: 'Hm' }, 'stop', { usage }), context)).toEqual({
      content: 'Hi',
      reasoning: 'Hm',
      toolCalls: [],
      finishReason: 'stop',
      rawFinishReason: 'stop',
      usage: { inputTokens: 5, outputTokens: 3, totalTokens: 8, cachedInputTokens: 2 },
    });
  });

  it('reads tool calls, also two without ids and arguments', () => {
    const tool_calls = [
      { id: 'a', type: 'function', function: { name: 'add', arguments: '{"x":1}' } },
      { type: 'function', function: { name: 'now', arguments: '' } },
      { type: 'function', function: { name: 'now', arguments: '' } },
      { id: 'd', type: 'function', function: { name: 'add', arguments: 'x=1' } },
    ];
    const { toolCalls, finishReason } = toCompletion(completion({ content: null, tool_calls }, 'tool_calls'), context);
    expect(toolCalls).toEqual([
      { toolCallId: 'a', toolName: 'add', input: { x: 1 } },
      { toolCallId: 'call_1', toolName: 'now', input: {} },
      { toolCallId: 'call_2', toolName: 'now', input: {} },
      { toolCallId: 'd', toolName: 'add', input: undefined, invalidInput: 'x=1' },
    ]);
    expect(finishReason).toBe('tool-calls');
  });

  it('gives a refusal as text', () => {
    expect(toCompletion(completion({ content: null, refusal: 'No.' }, 'stop'), context)).toMatchObject({ content: 'No.', finishReason: 'refusal' });
  });

  it.each([{ error: { message: 'broken', code: 502 } }, { choices: [] }, {}, '<html>', null])('rejects %j with a provider error', (body) => {
    expect(() => toCompletion(body, context)).toThrow(ProviderError);
  });
});

import { describe, expect, it } from '@jest/globals';
import { ValidationError } from '../../../src/core/errors.js';
import type { AssistantMessage, Message } from '../../../src/core/message.js';
import type { ProviderRequest } from '../../../src/core/provider.js';
import { messagesRequest } from '../../../src/providers/anthropic/request.js';

const hi: Message = { role: 'user', content: 'Hi' };
const tools = [{ name: 'weather', description: 'Tells the weather.', parameters: { type: 'object', properties: { city: { type: 'string' } } } }];

function bodyFor(request: Partial<ProviderRequest> = {}) {
  return messagesRequest('claude-test', { messages: [hi], ...request });
}

function messagesFor(...messages: readonly Message[]) {
  return bodyFor({ messages }).messages;
}

function calls(...ids: readonly string[]): AssistantMessage {
  return { role: 'assistant', content: '', toolCalls: ids.map((id) => ({ toolCallId: id, toolName: 'weather', input: { city: id } })) };
}

function resultOf(id: string, output: unknown = 'sun', isError = false): Message {
  return { role: 'tool', toolCallId: id, toolName: 'weather', output, isError };
}

describe('messagesRequest', () => {
  it('gives a plain question the least that the API takes', () => {
    expect(bodyFor()).toEqual({
      model: 'claude-test',
      max_tokens: 8_192,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    });
  });

  it('names every option as the API does', () => {
    const body = bodyFor({
      temperature: 0,
      topP: 0.9,
      maxTokens: 100,
      stop: 'END',
      tools,
      toolChoice: 'required',
      responseFormat: { type: 'json-schema', name: 'answer', schema: { type: 'object' } },
    });
    expect(body).toMatchObject({
      max_tokens: 100,
      temperature: 0,
      top_p: 0.9,
      stop_sequences: ['END'],
      tools: [{ name: 'weather', description: 'Tells the weather.', input_schema: tools[0]?.parameters }],
      tool_choice: { type: 'any' },
      output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
    });
  });

  it.each([
    ['auto' as const, { type: 'auto' }],
    ['none' as const, { type: 'none' }],
    [{ toolName: 'weather' }, { type: 'tool', name: 'weather' }],
  ])('sends the tool choice %j', (toolChoice, expected) => {
    expect(bodyFor({ tools, toolChoice }).tool_choice).toEqual(expected);
  });

  it('leaves out a tool choice that means nothing without tools', () => {
    expect(bodyFor({ toolChoice: 'auto' })).not.toHaveProperty('tool_choice');
  });

  it('lets extra win, and merges output_config with ours', () => {
    const body = bodyFor({
      temperature: 0.5,
      responseFormat: { type: 'json-schema', name: 'answer', schema: { type: 'object' } },
      extra: { temperature: 1, thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
    });
    expect(body).toMatchObject({
      temperature: 1,
      thinking: { type: 'adaptive' },
      output_config: { effort: 'low', format: { type: 'json_schema' } },
    });
  });

  it('joins system messages apart from the conversation', () => {
    const body = bodyFor({ messages: [{ role: 'system', content: 'Be brief.' }, hi, { role: 'system', content: 'Be kind.' }] });
    expect(body.system).toBe('Be brief.\n\nBe kind.');
    expect(body.messages).toHaveLength(1);
  });

  it('sends images by address and by data', () => {
    const content = [
      { type: 'text', text: 'What is it?' },
      { type: 'image', url: 'https://example.com/a.png' },
      { type: 'image', url: 'data:image/png;base64,AAAA' },
    ] as const;
    expect(messagesFor({ role: 'user', content })).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        ],
      },
    ]);
  });

  it('puts results into one user message, in the order of the calls, and the next question behind them', () => {
    const messages = messagesFor(hi, calls('a', 'b'), resultOf('b', { degrees: 7 }), resultOf('a', 'no such city', true), hi);
    expect(messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'a', name: 'weather', input: { city: 'a' } },
          { type: 'tool_use', id: 'b', name: 'weather', input: { city: 'b' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'no such city', is_error: true },
          { type: 'tool_result', tool_use_id: 'b', content: '{"degrees":7}' },
          { type: 'text', text: 'Hi' },
        ],
      },
    ]);
  });

  it('merges messages of one role and drops assistant messages that say nothing', () => {
    const messages = messagesFor(hi, { role: 'assistant', content: ' ', reasoning: 'hm', interrupted: true }, hi);
    expect(messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Hi' }, { type: 'text', text: 'Hi' }] }]);
  });

  it('sends a call with invalid arguments as a call without any', () => {
    const broken: AssistantMessage = { role: 'assistant', content: '', toolCalls: [{ toolCallId: 'a', toolName: 'weather', input: undefined, invalidInput: '{"x' }] };
    expect(messagesFor(hi, broken, resultOf('a', 'bad', true))).toMatchObject([{}, { content: [{ type: 'tool_use', input: {} }] }, {}]);
  });

  it.each<[string, Partial<ProviderRequest>]>([
    ['no message', { messages: [] }],
    ['only instructions', { messages: [{ role: 'system', content: 'Be brief.' }] }],
    ['an answer first', { messages: [{ role: 'assistant', content: 'Hello' }, hi] }],
    ['an empty question', { messages: [{ role: 'user', content: ' ' }] }],
    ['a result without a call', { messages: [hi, resultOf('a')] }],
    ['a result for another call', { messages: [hi, calls('a'), resultOf('b')] }],
    ['two results for a call', { messages: [hi, calls('a', 'b'), resultOf('a'), resultOf('a')] }],
    ['a question before the result', { messages: [hi, calls('a'), hi, resultOf('a')] }],
    ['a call without a result at the end', { messages: [hi, calls('a', 'b'), resultOf('a')] }],
    ['a result that is no JSON', { messages: [hi, calls('a'), resultOf('a', 1n)] }],
    ['an image among instructions', { messages: [{ role: 'system', content: [{ type: 'image', url: 'https://example.com/a.png' }] }, hi] }],
    ['an image file', { messages: [{ role: 'user', content: [{ type: 'image', url: 'file:///a.png' }] }] }],
    ['maxTokens 0', { maxTokens: 0 }],
    ['a temperature above 1', { temperature: 1.5 }],
    ['a temperature that is no number', { temperature: Number.NaN }],
    ['topP below 0', { topP: -0.1 }],
    ['a seed', { seed: 1 }],
    ['an empty stop text', { stop: ['END', ''] }],
    ['JSON without a schema', { responseFormat: { type: 'json' } }],
    ['a forced call without tools', { toolChoice: 'required' }],
  ])('refuses %s', (_, request) => {
    expect(() => bodyFor(request)).toThrow(ValidationError);
  });
});

import { describe, expect, it } from '@jest/globals';
import { ValidationError } from '../../../src/core/errors.js';
import type { Message } from '../../../src/core/message.js';
import type { ProviderRequest } from '../../../src/core/provider.js';
import { chatDialect } from '../../../src/providers/openai/dialect.js';
import { chatRequest } from '../../../src/providers/openai/request.js';

const official = chatDialect('https://api.openai.com/v1');
const compatible = chatDialect('http://127.0.0.1:8080/v1');
const user: Message = { role: 'user', content: 'Hi' };

function bodyOf(request: Partial<ProviderRequest>, dialect = official): unknown {
  return chatRequest('m', { messages: [user], ...request }, dialect, true);
}

function messagesOf(messages: readonly Message[], dialect = compatible): unknown {
  return chatRequest('m', { messages }, dialect, true).messages;
}

describe('chatRequest', () => {
  it('sends nothing that was not asked for', () => {
    expect(bodyOf({})).toEqual({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true, stream_options: { include_usage: true } });
    expect(chatRequest('m', { messages: [user] }, official, false)).toEqual({ model: 'm', messages: [user], stream: false });
  });

  it('sends every option under the name of the API', () => {
    const schema = { type: 'object' };
    const tools = [{ name: 'add', description: 'Adds.', parameters: schema }];
    const responseFormat = { type: 'json-schema', name: 'sum', schema, strict: true } as const;
    expect(
      bodyOf({ temperature: 0, maxTokens: 5, topP: 0.5, stop: ['x'], seed: 7, tools, toolChoice: { toolName: 'add' }, responseFormat }),
    ).toMatchObject({
      temperature: 0,
      max_completion_tokens: 5,
      top_p: 0.5,
      stop: ['x'],
      seed: 7,
      tools: [{ type: 'function', function: { name: 'add', description: 'Adds.', parameters: schema } }],
      tool_choice: { type: 'function', function: { name: 'add' } },
      response_format: { type: 'json_schema', json_schema: { name: 'sum', schema, strict: true } },
    });
    expect(bodyOf({ responseFormat: { type: 'json' } })).toMatchObject({ response_format: { type: 'json_object' } });
    expect(bodyOf({ tools, toolChoice: 'required' })).toMatchObject({ tool_choice: 'required' });
  });

  it('leaves out a choice without tools, which the API refuses', () => {
    expect(bodyOf({ tools: [], toolChoice: 'auto' })).not.toHaveProperty('tool_choice');
  });

  it.each([
    ['https://api.openai.com/v1', 'max_completion_tokens'],
    ['https://x.openai.azure.com/openai/v1', 'max_completion_tokens'],
    ['https://x.openai.azure.com/openai/deployments/d', 'max_completion_tokens'],
    ['https://x.services.ai.azure.com/openai/v1', 'max_completion_tokens'],
    ['https://x.services.ai.azure.com/api/projects/p/openai/v1/', 'max_completion_tokens'],
    ['https://x.cognitiveservices.azure.com/openai', 'max_completion_tokens'],
    // Foundry's API for the models of every vendor.
    ['https://x.services.ai.azure.com/models', 'max_tokens'],
    ['https://services.ai.azure.com.example/openai/v1', 'max_tokens'],
    ['https://openai.com.example/v1', 'max_tokens'],
    ['http://localhost:11434/v1', 'max_tokens'],
  ])('for %s limits the answer with %s', (baseURL, field) => {
    expect(bodyOf({ maxTokens: 9 }, chatDialect(baseURL))).toHaveProperty(field, 9);
    expect(bodyOf({ maxTokens: 9 }, chatDialect(baseURL, 'max_tokens'))).toHaveProperty('max_tokens', 9);
  });

  it('lets extra win, but not over streaming', () => {
    expect(bodyOf({ temperature: 1, extra: { temperature: 2, logprobs: true, stream: false } })).toMatchObject({ temperature: 2, logprobs: true, stream: true });
  });

  it('writes a tool round', () => {
    const call = { toolCallId: 'a', toolName: 'add', input: { x: 1 } };
    expect(
      messagesOf([
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: [{ type: 'text', text: 'See' }, { type: 'image', url: 'https://i.example/1.png' }] },
        { role: 'assistant', content: '', toolCalls: [call] },
        { role: 'tool', toolCallId: 'a', toolName: 'add', output: { sum: 2 }, isError: false },
        { role: 'assistant', content: 'Tw', interrupted: true },
      ]),
    ).toEqual([
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: [{ type: 'text', text: 'See' }, { type: 'image_url', image_url: { url: 'https://i.example/1.png' } }] },
      { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'add', arguments: '{"x":1}' } }] },
      { role: 'tool', tool_call_id: 'a', content: '{"sum":2}' },
      { role: 'assistant', content: 'Tw' },
    ]);
  });

  it.each([
    ['[1]', '[1]'],
    ['{"x":', '{}'],
  ])('sends invalid arguments %s back as %s', (invalidInput, sent) => {
    const toolCalls = [{ toolCallId: 'a', toolName: 'add', input: undefined, invalidInput }];
    expect(messagesOf([{ role: 'assistant', content: '', toolCalls }])).toMatchObject([{ tool_calls: [{ function: { arguments: sent } }] }]);
  });

  it.each([
    ['text', 'text'],
    [undefined, 'null'],
    [[1, 'a'], '[1,"a"]'],
  ])('sends the tool output %j as %j', (output, content) => {
    expect(messagesOf([{ role: 'tool', toolCallId: 'a', toolName: 't', output, isError: false }])).toMatchObject([{ content }]);
  });

  describe('reasoning', () => {
    const details = [{ type: 'reasoning.encrypted', data: 'd' }];
    const data = { reasoningField: 'reasoning_content', reasoningDetails: details, server: compatible.server };
    const message = (provider: string): Message => ({ role: 'assistant', content: 'x', reasoning: 'Hm', replay: { provider, data } });

    it('goes back to a compatible server that asked for it', () => {
      expect(messagesOf([message('openai')])).toEqual([{ role: 'assistant', content: 'x', reasoning_content: 'Hm', reasoning_details: details }]);
    });

    it('goes neither to OpenAI itself nor to another provider', () => {
      expect(messagesOf([message('openai')], official)).toEqual([{ role: 'assistant', content: 'x' }]);
      expect(messagesOf([message('anthropic')])).toEqual([{ role: 'assistant', content: 'x' }]);
      expect(messagesOf([message('openai')], chatDialect('http://127.0.0.1:8081/v1'))).toEqual([{ role: 'assistant', content: 'x' }]);
    });
  });

  it.each([{ messages: [] }, { temperature: Number.NaN }, { maxTokens: 0 }, { maxTokens: 1.5 }, { topP: Number.POSITIVE_INFINITY }])(
    'refuses %j',
    (request) => {
      expect(() => bodyOf(request)).toThrow(ValidationError);
    },
  );

  it('refuses a tool output that is no JSON', () => {
    const output: Record<string, unknown> = {};
    output.self = output;
    expect(() => messagesOf([{ role: 'tool', toolCallId: 'a', toolName: 't', output, isError: false }])).toThrow(ValidationError);
  });
});

describe('a question right after results of tools', () => {
  const toolCalls = [{ toolCallId: 'abcdefghi', toolName: 'add', input: {} }];
  const asked: Message = { role: 'assistant', content: '', toolCalls };
  const result: Message = { role: 'tool', toolCallId: 'abcdefghi', toolName: 'add', output: '2', isError: false };
  const rolesFor = (baseURL: string, messages: readonly Message[]): readonly unknown[] => {
    const sent = messagesOf(messages, chatDialect(baseURL));
    return Array.isArray(sent) ? sent.map(({ role }: Message) => role) : [];
  };

  it.each(['https://api.mistral.ai/v1', 'https://mistral.ai/v1', 'https://codestral.mistral.ai/v1'])('%s gets an answer between', (baseURL) => {
    expect(rolesFor(baseURL, [user, asked, result, result, user])).toEqual(['user', 'assistant', 'tool', 'tool', 'assistant', 'user']);
    expect(messagesOf([user, asked, result, user], chatDialect(baseURL))).toContainEqual({ role: 'assistant', content: expect.stringMatching(/\S/) });
  });

  it('Mistral gets nothing more where the model has answered, or is about to', () => {
    const whole = [user, asked, result, { role: 'assistant', content: 'Two.' } as const, user, asked, result];
    expect(rolesFor('https://api.mistral.ai/v1', whole)).toEqual(whole.map(({ role }) => role));
  });

  it('Mistral gets an answer also where one that another provider had paused is left out', () => {
    const paused = { role: 'assistant', content: '', replay: { provider: 'anthropic', data: {} } } as const;
    expect(rolesFor('https://api.mistral.ai/v1', [user, asked, result, paused, user])).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
  });

  it.each(['https://api.openai.com/v1', 'http://127.0.0.1:8080/v1', 'https://mistral.ai.example/v1'])('%s gets it as it is', (baseURL) => {
    expect(rolesFor(baseURL, [user, asked, result, user])).toEqual(['user', 'assistant', 'tool', 'user']);
  });
});

it('leaves out an answer that another provider paused before its first word', () => {
  const paused = { role: 'assistant', content: '', replay: { provider: 'anthropic', data: [] } } as const;
  const body = chatRequest('m', { messages: [{ role: 'user', content: 'Hi' }, paused] }, chatDialect('https://api.openai.com/v1'), true);
  expect(body.messages).toEqual([{ role: 'user', content: 'Hi' }]);
});

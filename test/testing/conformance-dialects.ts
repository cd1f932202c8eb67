import type { Dialect, DialectEvent } from '../../src/testing/index.js';

/** Chat Completions, by OpenAI's API reference. */
export const chatDialect: Dialect = {
  start: () => [chatEvent([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }])],
  text: (content) => chatEvent([{ index: 0, delta: { content }, finish_reason: null }]),
  end: (usage) => chatEnd('stop', usage),
  toolCall: ({ toolCallId, toolName, fragments }, usage) => [
    chatEvent([chatTool({ id: toolCallId, type: 'function', function: { name: toolName, arguments: '' } })]),
    ...fragments.map((text) => chatEvent([chatTool({ function: { arguments: text } })])),
    ...chatEnd('tool_calls', usage),
  ],
  completion: (content, { inputTokens, outputTokens }) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'model-1',
    choices: [{ index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens },
  }),
  error: (message) => ({ data: { error: { message, type: 'server_error', param: null, code: null } } }),
  httpError: (status, message) => ({ error: { message, type: 'api_error', param: null, code: `http_${status}` } }),
};

type TokenCounts = Parameters<Dialect['end']>[0];

function chatEvent(choices: readonly object[], more: object = {}): DialectEvent {
  return { data: { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'model-1', choices, ...more } };
}

function chatTool(fields: object): object {
  return { index: 0, delta: { tool_calls: [{ index: 0, ...fields }] }, finish_reason: null };
}

function chatEnd(finishReason: string, { inputTokens, outputTokens }: TokenCounts): readonly DialectEvent[] {
  const usage = { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
  return [chatEvent([{ index: 0, delta: {}, finish_reason: finishReason }]), chatEvent([], { usage }), { data: '[DONE]' }];
}

/** Messages, by Anthropic's API reference. */
export const messagesDialect: Dialect = {
  start: (usage) => [messageStart(usage), blockStart({ type: 'text', text: '' })],
  text: (text) => blockDelta({ type: 'text_delta', text }),
  end: (usage) => messageEnd('end_turn', usage),
  toolCall: ({ toolCallId, toolName, fragments }, usage) => [
    messageStart(usage),
    blockStart({ type: 'tool_use', id: toolCallId, name: toolName, input: {} }),
    ...fragments.map((text) => blockDelta({ type: 'input_json_delta', partial_json: text })),
    ...messageEnd('tool_use', usage),
  ],
  completion: (text, { inputTokens, outputTokens }) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'model-1',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: inputTokens, output_tokens: outputTokens },
  }),
  error: (message) => named({ type: 'error', error: { type: 'overloaded_error', message } }),
  httpError: (_status, message) => ({ type: 'error', error: { type: 'api_error', message } }),
};

function named(data: { readonly type: string } & Readonly<Record<string, unknown>>): DialectEvent {
  return { event: data.type, data };
}

function messageStart({ inputTokens }: TokenCounts): DialectEvent {
  const usage = { input_tokens: inputTokens, output_tokens: 1 };
  return named({ type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'model-1', content: [], usage } });
}

function blockStart(block: object): DialectEvent {
  return named({ type: 'content_block_start', index: 0, content_block: block });
}

function blockDelta(delta: object): DialectEvent {
  return named({ type: 'content_block_delta', index: 0, delta });
}

function messageEnd(stopReason: string, { outputTokens }: TokenCounts): readonly DialectEvent[] {
  return [
    named({ type: 'content_block_stop', index: 0 }),
    named({ type: 'message_delta', delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: outputTokens } }),
    named({ type: 'message_stop' }),
  ];
}

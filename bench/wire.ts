/** The bodies that the bench server sends: both dialects, one short word an event, as real models stream. */
export type Wire = 'openai' | 'anthropic';

interface Dialect {
  readonly opening: string;
  readonly event: string;
  readonly closing: string;
}

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;

function completion(delta: object, finishReason: string | null): string {
  return data({
    id: 'chatcmpl-bench0123456789',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'bench-model-2026-01-01',
    service_tier: 'default',
    system_fingerprint: 'fp_0123456789',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    usage: null,
  });
}

const named = (value: { readonly type: string; readonly [field: string]: unknown }): string => `event: ${value.type}\n${data(value)}`;

const message = {
  id: 'msg_bench',
  type: 'message',
  role: 'assistant',
  model: 'bench-model',
  content: [],
  stop_reason: null,
  usage: { input_tokens: 10, output_tokens: 1 },
};

export const dialects: Readonly<Record<Wire, Dialect>> = {
  openai: {
    opening: completion({ role: 'assistant', content: '' }, null),
    event: completion({ content: ' word' }, null),
    closing: `${completion({}, 'stop')}data: [DONE]\n\n`,
  },
  anthropic: {
    opening:
      named({ type: 'message_start', message }) +
      named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    event: named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ' word' } }),
    closing:
      named({ type: 'content_block_stop', index: 0 }) +
      named({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } }) +
      named({ type: 'message_stop' }),
  },
};

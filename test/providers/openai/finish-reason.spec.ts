import { describe, expect, it } from '@jest/globals';
import { finishReasonOf } from '../../../src/providers/openai/finish-reason.js';
import { toCompletion } from '../../../src/providers/openai/completion.js';

const plain = { refused: false, hasToolCalls: false };

describe('finishReasonOf', () => {
  it.each([
    ['OpenAI', 'stop', 'stop'],
    ['OpenAI', 'length', 'length'],
    ['OpenAI', 'tool_calls', 'tool-calls'],
    ['OpenAI', 'function_call', 'tool-calls'],
    ['OpenAI', 'content_filter', 'content-filter'],
    ['Mistral', 'model_length', 'length'],
    ['Together', 'eos', 'stop'],
    ['TGI', 'eos_token', 'stop'],
    ['TGI', 'stop_sequence', 'stop'],
    ['Cohere', 'COMPLETE', 'stop'],
    ['Cohere', 'STOP_SEQUENCE', 'stop'],
    ['Cohere', 'MAX_TOKENS', 'length'],
    ['Cohere', 'TOOL_CALL', 'tool-calls'],
    ['Gemini', 'STOP', 'stop'],
    ['Gemini', 'SAFETY', 'content-filter'],
    ['Gemini', 'content_filter: PROHIBITED_CONTENT', 'content-filter'],
    ['Gemini', 'RECITATION', 'content-filter'],
    ['Gemini', 'MALFORMED_FUNCTION_CALL', 'other'],
    ['GLM', 'sensitive', 'content-filter'],
    ['GLM', 'network_error', 'other'],
    ['Anthropic behind a proxy', 'end_turn', 'stop'],
    ['Anthropic behind a proxy', 'max_tokens', 'length'],
    ['Anthropic behind a proxy', 'tool_use', 'tool-calls'],
    ['Anthropic behind a proxy', 'pause_turn', 'pause'],
    ['Anthropic behind a proxy', 'refusal', 'refusal'],
    ['vLLM, SGLang', 'abort', 'other'],
    ['DeepSeek', 'insufficient_system_resource', 'other'],
    ['nobody', 'because', 'other'],
  ])('%s says %s: %s', (_, raw, reason) => {
    expect(finishReasonOf(raw, plain)).toBe(reason);
  });

  it.each(['stop', 'eos', 'COMPLETE', undefined])('takes %s after calls for their end', (raw) => {
    expect(finishReasonOf(raw, { ...plain, hasToolCalls: true })).toBe('tool-calls');
  });

  it.each(['length', 'MAX_TOKENS', 'SAFETY', 'abort'])('does not take %s after calls for their end', (raw) => {
    expect(finishReasonOf(raw, { ...plain, hasToolCalls: true })).not.toBe('tool-calls');
  });

  it('knows a refusal by what was said', () => {
    expect(finishReasonOf('stop', { ...plain, refused: true })).toBe('refusal');
  });

  it('leaves the server’s own word as it came', () => {
    const body = { choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'MAX_TOKENS' }] };
    expect(toCompletion(body, { provider: 'openai', model: 'm' })).toMatchObject({ finishReason: 'length', rawFinishReason: 'MAX_TOKENS' });
  });
});

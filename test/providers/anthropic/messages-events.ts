import { type Decoded, decode } from '../decode.js';
import { messagesTranslator } from '../../../src/providers/anthropic/translate.js';

/** Decodes a body in one piece; throws when its chunks break the grammar. */
export function decodeBody(body: string): Decoded {
  return decode([new TextEncoder().encode(body)], messagesTranslator);
}

/** The body of these events, framed as the API does. */
export function bodyOf(...events: readonly Readonly<Record<string, unknown>>[]): string {
  return events.map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

/** The events of the Messages API, short: `blockStart(0, { type: 'text', text: '' })`. */
export const messageStart = {
  type: 'message_start',
  message: { model: 'claude-sonnet-4-5', content: [], usage: { input_tokens: 10, output_tokens: 1 } },
};

export function blockStart(index: number, block: Readonly<Record<string, unknown>>) {
  return { type: 'content_block_start', index, content_block: block };
}

export function blockDelta(index: number, type: string, fields: Readonly<Record<string, unknown>>) {
  return { type: 'content_block_delta', index, delta: { type, ...fields } };
}

export function blockStop(index: number) {
  return { type: 'content_block_stop', index };
}

export function textBlock(index: number, ...pieces: readonly string[]) {
  return [
    blockStart(index, { type: 'text', text: '' }),
    ...pieces.map((text) => blockDelta(index, 'text_delta', { text })),
    blockStop(index),
  ];
}

export function toolBlock(index: number, id: string, name: string, ...pieces: readonly string[]) {
  return [
    blockStart(index, { type: 'tool_use', id, name, input: {} }),
    ...pieces.map((partial_json) => blockDelta(index, 'input_json_delta', { partial_json })),
    blockStop(index),
  ];
}

export function messageEnd(stopReason: string | null) {
  return [
    { type: 'message_delta', delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: 7 } },
    { type: 'message_stop' },
  ];
}

import type { ServerResponse } from 'node:http';

/** Bodies of the two wire formats, written by the API references, for servers in tests. */

export function sseHead(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

/** One Chat Completions chunk of choice 0. */
export function chatDelta(delta: object, finishReason: string | null = null): string {
  return `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'test-model', choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;
}

export const chatDone = 'data: [DONE]\n\n';

/** A whole Chat Completions body with this text. */
export function chatText(...pieces: readonly string[]): string {
  return pieces.map((content) => chatDelta({ content })).join('') + chatDelta({}, 'stop') + chatDone;
}

/** A whole Chat Completions body that calls a tool, its arguments cut into fragments as the API sends them. */
export function chatToolCall(name: string, fragments: readonly string[], id = 'call_a'): string {
  const [first = '', ...rest] = fragments;
  const call = (fields: object): string => chatDelta({ tool_calls: [{ index: 0, ...fields }] });
  return (
    call({ id, type: 'function', function: { name, arguments: first } }) +
    rest.map((piece) => call({ function: { arguments: piece } })).join('') +
    chatDelta({}, 'tool_calls') +
    chatDone
  );
}

/** One event of a Messages body. */
export function messagesEvent(data: { readonly type: string } & Readonly<Record<string, unknown>>): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

const messageStart = messagesEvent({
  type: 'message_start',
  message: { id: 'm1', type: 'message', role: 'assistant', model: 'test-model', content: [], usage: { input_tokens: 5, output_tokens: 1 } },
});

function messageEnd(stopReason: string): string {
  return (
    messagesEvent({ type: 'message_delta', delta: { stop_reason: stopReason }, usage: { output_tokens: 7 } }) + messagesEvent({ type: 'message_stop' })
  );
}

/** A whole Messages body with this text. */
export function messagesText(text: string): string {
  return (
    messageStart +
    messagesEvent({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
    messagesEvent({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }) +
    messagesEvent({ type: 'content_block_stop', index: 0 }) +
    messageEnd('end_turn')
  );
}

/** A whole Messages body that calls a tool without arguments: no `input_json_delta` comes. */
export function messagesToolCall(name: string, id = 'toolu_a'): string {
  return (
    messageStart +
    messagesEvent({ type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id, name, input: {} } }) +
    messagesEvent({ type: 'content_block_stop', index: 0 }) +
    messageEnd('tool_use')
  );
}

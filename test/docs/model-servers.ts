import { startOfflineModel } from '../../src/cli/offline-model/index.js';
import { serve } from '../node/local-server.js';
import { messagesEvent, messagesText, sseHead } from '../support/chat-wire.js';

/** Models on this machine for both wire formats, found through the variables that the SDKs read. */
export interface ModelServers {
  close(): Promise<void>;
}

/** Starts the servers and points the environment at them. */
export async function startModelServers(): Promise<ModelServers> {
  const chat = await startOfflineModel({ wordMs: 1 });
  const messages = await serve((_, response) => {
    sseHead(response);
    response.end(messagesAnswer(messages.requests.at(-1)?.body ?? ''));
  });
  const variables = {
    OPENAI_BASE_URL: `${chat.url}/v1`,
    OPENAI_API_KEY: 'offline-key',
    ANTHROPIC_BASE_URL: messages.url,
    ANTHROPIC_API_KEY: 'offline-key',
  };
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  Object.assign(process.env, variables);
  return {
    close: async () => {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
      await Promise.all([chat.close(), messages.close()]);
    },
  };
}

/** What the documents' examples of tools are asked to do. */
const toolInputs: Readonly<Record<string, string>> = { order_status: '{"orderId":"A-17"}' };

interface MessagesRequest {
  readonly tools?: readonly { readonly name: string }[];
  readonly messages: readonly { readonly content: unknown }[];
}

/** Calls a tool that it knows; then repeats what the tool said. */
function messagesAnswer(body: string): string {
  const { tools = [], messages } = JSON.parse(body) as MessagesRequest; // the SDK wrote it
  const result = /"tool_result".*?"content":"([^"]*)"/.exec(JSON.stringify(messages.at(-1)?.content));
  if (result !== null) return messagesText(`Your order: ${result[1] ?? ''}.`);
  const called = tools.find(({ name }) => name in toolInputs);
  return called === undefined ? messagesText('Hello from the Messages API.') : toolCall(called.name, toolInputs[called.name] ?? '{}');
}

function toolCall(name: string, input: string): string {
  return [
    { type: 'message_start', message: { id: 'm1', type: 'message', role: 'assistant', model: 'test-model', content: [], usage: { input_tokens: 5, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 'toolu_1', name, input: {} } },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: input } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 7 } },
    { type: 'message_stop' },
  ].map(messagesEvent).join('');
}

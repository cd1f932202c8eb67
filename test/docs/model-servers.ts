import { startOfflineModel } from '../../src/cli/offline-model/index.js';
import { serve } from '../node/local-server.js';
import { messagesText, sseHead } from '../support/chat-wire.js';

/** Models on this machine for both wire formats, found through the variables that the SDKs read. */
export interface ModelServers {
  close(): Promise<void>;
}

/** What the Messages server says, whatever it is asked. */
const messagesAnswer = 'Hello from the Messages API.';

/** Starts the servers and points the environment at them. */
export async function startModelServers(): Promise<ModelServers> {
  const chat = await startOfflineModel({ wordMs: 1 });
  const messages = await serve((_, response) => {
    sseHead(response);
    response.end(messagesText(messagesAnswer));
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

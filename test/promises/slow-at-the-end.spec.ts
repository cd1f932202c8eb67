import { afterEach, expect, it } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, toAsyncIterable } from '../../src/index.js';
import { openai } from '../../src/providers/openai/index.js';
import { closeServers, serve } from '../node/local-server.js';
import { chatDelta, chatDone, sseHead } from '../support/chat-wire.js';

afterEach(closeServers);

it('loses nothing of an answer whose consumer is slow at the finish reason', async () => {
  const server = await serve((_, response) => {
    sseHead(response);
    response.write(Array.from({ length: 64 }, (_piece, index) => chatDelta({ content: `${index} ` })).join('') + chatDelta({ content: 'last ' }, 'stop'));
    setTimeout(() => response.end(chatDelta({ content: 'late' }) + chatDelta({}, 'stop') + chatDone), 50);
  });
  const agent = new Agent({ provider: openai('test-model', { baseURL: `${server.url}/v1` }) });
  let text = '';
  for await (const chunk of toAsyncIterable(agent.stream$('Go'))) {
    // Longer than a silent server is waited for; the consumer is the one who waits here, so the wait is real.
    if (text === '') await wait(1_300);
    text += chunk.content;
  }
  expect(text.endsWith('64 last late') || text.endsWith('63 last late')).toBe(true);
});

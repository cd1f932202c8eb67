import { afterEach, describe, expect, it } from '@jest/globals';
import Anthropic from '@anthropic-ai/sdk';
import { nodeTransport } from '../../src/node/index.js';
import { anthropic } from '../../src/providers/anthropic/index.js';
import { openai } from '../../src/providers/openai/index.js';
import { closeServers, serve } from '../node/local-server.js';
import { type Answer, answerOf, contentOf, endingOf } from '../support/answer.js';
import { chatText, messagesText, sseHead } from '../support/chat-wire.js';

// A `fetch` of the user's may read a response too: to log it, to count its bytes.

afterEach(closeServers);

const transports: readonly { readonly transport: string; readonly send: typeof fetch }[] = [
  { transport: 'fetch', send: fetch },
  { transport: 'nodeTransport()', send: nodeTransport() },
];
const request = { messages: [{ role: 'user' as const, content: 'Hi' }] };

/** The answer of a server over a `fetch` that looks at each response first. */
async function answerBehind(send: typeof fetch, look: (response: Response) => Promise<void> | void): Promise<Answer> {
  const server = await serve((_, response) => {
    sseHead(response);
    response.end(chatText('Hello'));
  });
  const looking: typeof fetch = async (...call) => {
    const response = await send(...call);
    await look(response);
    return response;
  };
  return answerOf(openai('m', { baseURL: server.url, apiKey: 'none', fetch: looking, maxRetries: 0 }).stream$(request));
}

describe.each(transports)('an answer over $transport', ({ send }) => {
  it('comes whole when a copy was read before', async () => {
    let copied = '';
    const answer = await answerBehind(send, async (response) => {
      copied = await response.clone().text();
    });
    expect([contentOf(answer.chunks), endingOf(answer), copied]).toEqual(['Hello', 'finish', chatText('Hello')]);
  });

  it('comes whole while a copy is read', async () => {
    let copied: Promise<string> | undefined;
    const answer = await answerBehind(send, (response) => {
      copied = response.clone().text();
    });
    expect([contentOf(answer.chunks), endingOf(answer), await copied]).toEqual(['Hello', 'finish', chatText('Hello')]);
  });

  it('is an interruption when it was read itself, and not a word of it is lost in silence', async () => {
    const answer = await answerBehind(send, async (response) => {
      await response.text();
    });
    expect([answer.chunks, endingOf(answer)]).toEqual([[], 'failed']);
    expect(answer.terminal).toMatchObject({ error: { cause: { name: 'TypeError' } } });
  });

  it('may be copied by middleware of the Anthropic SDK', async () => {
    const server = await serve((_, response) => {
      sseHead(response);
      response.end(messagesText('Hello'));
    });
    let copied: Promise<string> | undefined;
    const client = new Anthropic({
      apiKey: 'none',
      baseURL: server.url,
      fetch: send,
      middleware: [
        async (sent, next) => {
          const response = await next(sent);
          copied = response.clone().text();
          return response;
        },
      ],
    });
    const answer = await answerOf(anthropic('m', { client }).stream$(request));
    expect([contentOf(answer.chunks), endingOf(answer), await copied]).toEqual(['Hello', 'finish', messagesText('Hello')]);
  });
});

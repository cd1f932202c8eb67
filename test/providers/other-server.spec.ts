import { describe, expect, it } from '@jest/globals';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { z } from 'zod';
import type { Message } from '../../src/core/message.js';
import { Agent, tool } from '../../src/index.js';
import { anthropic } from '../../src/providers/anthropic/index.js';
import { openai } from '../../src/providers/openai/index.js';
import { isRecord, listOf } from '../../src/providers/wire/wire-data.js';
import { blockDelta, blockStart, blockStop, bodyOf, messageEnd, messageStart, textBlock, toolBlock } from './anthropic/messages-events.js';

type Body = Readonly<Record<string, unknown>>;

const now = tool({ name: 'now', description: 'The time.', parameters: z.object({}), execute: () => 'noon' });

/** A network of servers that think, call a tool and then answer. What a server seals says where it stands. */
function network(bodyFor: (seal: string, hasResult: boolean) => string) {
  const bodies = new Map<string, Body[]>();
  const fetch: typeof globalThis.fetch = (input, init) => {
    const { host, pathname } = new URL(input instanceof Request ? input.url : input);
    const body: unknown = JSON.parse(typeof init?.body === 'string' ? init.body : '{}');
    if (!isRecord(body)) throw new Error('no body');
    bodies.set(host, [...(bodies.get(host) ?? []), body]);
    const hasResult = JSON.stringify(listOf(body['messages']).at(-1)).includes('noon');
    const seal = `sealed:${host.split('.')[0]}:${pathname.split('/')[1]}`;
    return Promise.resolve(new Response(bodyFor(seal, hasResult), { headers: { 'content-type': 'text/event-stream' } }));
  };
  return { fetch, to: (host: string): readonly string[] => (bodies.get(host) ?? []).map((body) => JSON.stringify(body)) };
}

function chatBody(seal: string, hasResult: boolean): string {
  const event = (delta: object, finish_reason: string | null = null): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  const thinking = event({ reasoning_content: `thought ${seal}` }) + event({ reasoning_details: [{ type: 'reasoning.encrypted', data: seal, index: 0 }] });
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'now', arguments: '{}' } };
  return `${hasResult ? event({ content: 'Noon.' }, 'stop') : thinking + event({ tool_calls: [call] }) + event({}, 'tool_calls')}data: [DONE]\n\n`;
}

function messagesBody(seal: string, hasResult: boolean): string {
  if (hasResult) return bodyOf(messageStart, ...textBlock(0, 'Noon.'), ...messageEnd('end_turn'));
  const thinking = [
    blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
    blockDelta(0, 'thinking_delta', { thinking: `thought ${seal}` }),
    blockDelta(0, 'signature_delta', { signature: seal }),
    blockStop(0),
  ];
  return bodyOf(messageStart, ...thinking, ...toolBlock(1, 'toolu_1', 'now', '{}'), ...messageEnd('tool_use'));
}

describe.each([
  {
    api: 'Chat Completions',
    body: chatBody,
    at: (baseURL: string, fetch: typeof globalThis.fetch) => openai('m', { baseURL, apiKey: 'k', fetch }),
    byClient: (baseURL: string, fetch: typeof globalThis.fetch) => openai('m', { client: new OpenAI({ baseURL, apiKey: 'k', fetch }) }),
  },
  {
    api: 'Messages',
    body: messagesBody,
    at: (baseURL: string, fetch: typeof globalThis.fetch) => anthropic('m', { baseURL, apiKey: 'k', fetch }),
    byClient: (baseURL: string, fetch: typeof globalThis.fetch) => anthropic('m', { client: new Anthropic({ baseURL, apiKey: 'k', fetch }) }),
  },
])('what a server of the $api API wants back', ({ body, at, byClient }) => {
  it('goes to that server, in this run and in later ones', async () => {
    const { fetch, to } = network(body);
    const agent = new Agent({ provider: at('https://a.example/v1', fetch), tools: [now] });
    await agent.run('What time is it?');
    // The same server by a client of the user's, and by the other spelling of its address.
    agent.setProvider(byClient('https://a.example', fetch));
    await agent.run('And now?');
    expect(to('a.example').map((text) => text.includes('sealed:a:v1'))).toEqual([false, true, true, true]);
  });

  it('goes to no other server, which gets the call and its result alone', async () => {
    const { fetch, to } = network(body);
    const agent = new Agent({ provider: at('https://a.example/v1', fetch), tools: [now] });
    await agent.run('What time is it?');
    agent.setProvider(at('https://b.example/v1', fetch));
    await agent.run('And now?');
    const [first = '', second] = to('b.example');
    expect(first).toContain('noon');
    expect(first).not.toMatch(/reasoning|thinking|signature/);
    expect(second).toContain('sealed:b:v1');
    expect(second).not.toContain('sealed:a');
  });

  it('does not name the host in the history', async () => {
    const { fetch } = network(body);
    const agent = new Agent({ provider: at('https://inner.example/v1', fetch), tools: [now] });
    await agent.run('What time is it?');
    const history = JSON.stringify(await agent.getMessages());
    expect(history).toContain('sealed:inner');
    expect(history).not.toContain('inner.example');
  });
});

describe('behind one gateway', () => {
  it('each path is another server', async () => {
    const { fetch, to } = network(chatBody);
    const agent = new Agent({ provider: openai('m', { baseURL: 'https://gateway.example/groq/v1', apiKey: 'k', fetch }), tools: [now] });
    await agent.run('What time is it?');
    agent.setProvider(openai('m', { baseURL: 'https://gateway.example/deepseek/v1/', apiKey: 'k', fetch }));
    await agent.run('And now?');
    expect(to('gateway.example').map((text) => /sealed:gateway:\w+/.exec(text)?.[0])).toEqual([undefined, 'sealed:gateway:groq', undefined, 'sealed:gateway:deepseek']);
  });
});

describe('thinking that Anthropic signed', () => {
  const setUp = async (first: string, second: string): Promise<string | undefined> => {
    const { fetch, to } = network(messagesBody);
    const agent = new Agent({ provider: anthropic('m', { apiKey: 'k', baseURL: first, fetch }), tools: [now] });
    await agent.run('What time is it?');
    agent.setProvider(anthropic('m', { apiKey: 'k', baseURL: second, fetch }));
    await agent.run('And now?');
    return to(new URL(second).host)[0];
  };

  it.each(['https://bedrock-runtime.us-east-1.amazonaws.com', 'https://europe-west1-aiplatform.googleapis.com/v1', 'https://x.services.ai.azure.com/anthropic'])(
    'is good at %s too',
    async (baseURL) => {
      expect(await setUp('https://api.anthropic.com', baseURL)).toContain('sealed:api');
    },
  );

  it.each(['https://bucket.s3.amazonaws.com', 'https://anthropic.com.example', 'https://api.deepseek.com/anthropic'])('is not what %s signed', async (baseURL) => {
    expect(await setUp(baseURL, 'https://api.anthropic.com')).not.toMatch(/sealed|signature/);
  });
});

describe('without streaming', () => {
  it.each([
    {
      api: 'Chat Completions',
      answer: { choices: [{ index: 0, finish_reason: 'tool_calls', message: { role: 'assistant', content: null, reasoning_content: 'Hm', tool_calls: [{ id: 'c1', type: 'function', function: { name: 'now', arguments: '{}' } }] } }] },
      at: (baseURL: string, fetch: typeof globalThis.fetch) => openai('m', { baseURL, apiKey: 'k', fetch }),
      wanted: /reasoning_content/,
    },
    {
      api: 'Messages',
      answer: { type: 'message', role: 'assistant', stop_reason: 'tool_use', content: [{ type: 'thinking', thinking: 'Hm', signature: 'sealed' }, { type: 'tool_use', id: 'c1', name: 'now', input: {} }] },
      at: (baseURL: string, fetch: typeof globalThis.fetch) => anthropic('m', { baseURL, apiKey: 'k', fetch }),
      wanted: /signature/,
    },
  ])('$api keeps to the server as well', async ({ answer, at, wanted }) => {
    const sent: string[] = [];
    const fetch: typeof globalThis.fetch = (_, init) => {
      sent.push(typeof init?.body === 'string' ? init.body : '');
      return Promise.resolve(Response.json(answer));
    };
    const question: Message = { role: 'user', content: 'What time is it?' };
    const { content, reasoning, toolCalls, replay } = await at('https://a.example/v1', fetch).complete({ messages: [question] });
    const said: Message = { role: 'assistant', content, toolCalls, ...(reasoning !== undefined && { reasoning }), ...(replay !== undefined && { replay }) };
    const result: Message = { role: 'tool', toolCallId: 'c1', toolName: 'now', output: 'noon', isError: false };
    for (const server of ['https://a.example/v1', 'https://b.example/v1']) await at(server, fetch).complete({ messages: [question, said, result] });
    expect(sent[1]).toMatch(wanted);
    expect(sent[2]).not.toMatch(wanted);
  });
});

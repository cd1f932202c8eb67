import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import type { ChatCompletionChunk, ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions';
import type { LoopbackServer } from '../../src/cli/loopback-server.js';
import { offlineModelName, startOfflineModel } from '../../src/cli/offline-model/index.js';

const calculator: ChatCompletionTool = {
  type: 'function',
  function: { name: 'calculator', parameters: { type: 'object', properties: { expression: { type: 'string' } } } },
};

let server: LoopbackServer;
let client: OpenAI;

beforeEach(async () => {
  server = await startOfflineModel({ wordMs: 0 });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'offline', maxRetries: 0 });
});

afterEach(() => server.close());

const user = (content: string): ChatCompletionMessageParam => ({ role: 'user', content });

async function ask(messages: ChatCompletionMessageParam[], tools?: ChatCompletionTool[]) {
  const completion = await client.chat.completions.create({ model: offlineModelName, messages, ...(tools && { tools }) });
  return completion.choices[0]?.message;
}

async function streamed(messages: ChatCompletionMessageParam[], includeUsage: boolean): Promise<ChatCompletionChunk[]> {
  const stream = await client.chat.completions.create({
    model: offlineModelName,
    messages,
    tools: [calculator],
    stream: true,
    ...(includeUsage && { stream_options: { include_usage: true } }),
  });
  const chunks: ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

describe('the offline model over HTTP, through the openai SDK', () => {
  it('streams a tool call in fragments, with role, finish reason and usage', async () => {
    const chunks = await streamed([user('What is 15% of 2,500?')], true);
    const deltas = chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.delta));
    expect(deltas[0]?.role).toBe('assistant');
    expect(deltas.map((delta) => delta.content ?? '').join('')).toBe('Let me work out 15% of 2,500.');

    const fragments = deltas.flatMap((delta) => delta.tool_calls ?? []);
    expect(fragments.length).toBeGreaterThan(3);
    expect(fragments[0]).toMatchObject({ index: 0, type: 'function', function: { name: 'calculator', arguments: '' } });
    expect(fragments.slice(1).every((fragment) => fragment.id === undefined)).toBe(true);
    expect(JSON.parse(fragments.map((fragment) => fragment.function?.arguments ?? '').join(''))).toEqual({ expression: '15% * 2,500' });

    expect(chunks.flatMap((chunk) => chunk.choices.flatMap((choice) => choice.finish_reason ?? []))).toEqual(['tool_calls']);
    const last = chunks.at(-1);
    expect(last?.choices).toEqual([]);
    expect(last?.usage?.total_tokens).toBe((last?.usage?.prompt_tokens ?? 0) + (last?.usage?.completion_tokens ?? 0));
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
  });

  it('sends no usage unless asked to', async () => {
    const chunks = await streamed([user('Hello')], false);
    expect(chunks.filter((chunk) => chunk.usage)).toEqual([]);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
  });

  it('ends the body with [DONE]', async () => {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: offlineModelName, stream: true, messages: [user('Hello')] }),
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect((await response.text()).endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('uses what the tool said, even if it is wrong', async () => {
    const question = user('What is 15% of 2,500?');
    const called = await ask([question], [calculator]);
    const call = called?.tool_calls?.[0];
    if (called === undefined || call === undefined) throw new Error('The model called no tool.');
    const answer = await ask([question, called, { role: 'tool', tool_call_id: call.id, content: '4321' }], [calculator]);
    expect(answer?.content).toBe('15% of 2,500 is 4,321.');
    expect(answer?.tool_calls).toBeUndefined();
  });

  it('repeats what a failed tool said', async () => {
    const question = user('What is 1 / 0?');
    const called = await ask([question], [calculator]);
    const call = called?.tool_calls?.[0];
    if (called === undefined || call === undefined) throw new Error('The model called no tool.');
    const answer = await ask([question, called, { role: 'tool', tool_call_id: call.id, content: 'Division by zero.' }], [calculator]);
    expect(answer?.content).toBe('The tool gave this for 1 / 0: Division by zero.');
  });

  it('makes one call for each computation', async () => {
    const message = await ask([user('What is 15% of 2,500, and 7 plus 5?')], [calculator]);
    const calls = message?.tool_calls?.map((call) => (call.type === 'function' ? call.function.arguments : ''));
    expect(calls).toEqual(['{"expression":"15% * 2,500"}', '{"expression":"7 + 5"}']);
    expect(new Set(message?.tool_calls?.map(({ id }) => id)).size).toBe(2);
  });

  it('calls only tools that the request names', async () => {
    const message = await ask([user('What is 2 + 2?')]);
    expect(message?.tool_calls).toBeUndefined();
    expect(message?.content).toContain('I need a calculator');
  });

  it('reads the history', async () => {
    const before = [user('What is the capital of France?'), { role: 'assistant', content: 'No idea.' } as const];
    expect((await ask([...before, user('What did I ask before?')]))?.content).toBe('Before this you said: "What is the capital of France?".');
    expect((await ask([user('What did I ask before?')]))?.content).toContain('first message');
  });

  it('does not take an old result for the new question', async () => {
    const message = await ask(
      [
        user('What is 2 + 2?'),
        { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'calculator', arguments: '{"expression":"2 + 2"}' } }] },
        { role: 'tool', tool_call_id: 'a', content: '4' },
        { role: 'assistant', content: '2 + 2 is 4.' },
        user('What is 3 + 3?'),
      ],
      [calculator],
    );
    expect(message?.tool_calls).toMatchObject([{ function: { arguments: '{"expression":"3 + 3"}' } }]);
  });

  it('answers from the prompt', async () => {
    expect((await ask([user('How many words are in "the quick brown fox"?')]))?.content).toBe('"the quick brown fox" holds 4 words.');
    expect((await ask([user('How many letters are in "R2-D2"?')]))?.content).toBe('"R2-D2" holds 2 letters.');
    expect((await ask([user('Hello')]))?.content).toMatch(/^Hello!/);
    expect((await ask([user('Explain quantum gravity')]))?.content).toContain('explain, quantum, gravity');
  });

  it('refuses what is no request, in the format of the API', async () => {
    await expect(client.chat.completions.create({ model: 'x', messages: [] })).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' });
    await expect(client.models.list()).rejects.toMatchObject({ status: 404 });
    const response = await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body: 'not json' });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.objectContaining({ message: 'The body is not JSON.' }) });
  });

  it('stops when the client leaves', async () => {
    const slow = await startOfflineModel({ wordMs: 60_000 });
    const abort = new AbortController();
    const pending = fetch(`${slow.url}/v1/chat/completions`, {
      method: 'POST',
      signal: abort.signal,
      body: JSON.stringify({ stream: true, messages: [user('Hello')] }),
    });
    const response = await pending;
    abort.abort();
    await expect(response.text()).rejects.toThrow();
    // The environment of the tests fails this file when the minute's timer still runs.
    await slow.close();
  });
});

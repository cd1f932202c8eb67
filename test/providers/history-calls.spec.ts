import { describe, expect, it } from '@jest/globals';
import type { Message } from '../../src/core/message.js';
import { messagesRequest } from '../../src/providers/anthropic/request.js';
import { chatDialect } from '../../src/providers/openai/dialect.js';
import { chatRequest } from '../../src/providers/openai/request.js';
import { isRecord, listOf } from '../../src/providers/wire/wire-data.js';

const hi: Message = { role: 'user', content: 'Hi' };

function calls(...ids: readonly string[]): Message {
  return { role: 'assistant', content: '', toolCalls: ids.map((toolCallId, place) => ({ toolCallId, toolName: 'add', input: { place } })) };
}

function results(...ids: readonly string[]): readonly Message[] {
  return ids.map((toolCallId, place) => ({ role: 'tool', toolCallId, toolName: 'add', output: `result ${place}`, isError: false }));
}

function named(...names: readonly string[]): readonly Message[] {
  const toolCalls = names.map((toolName, place) => ({ toolCallId: `c${place}`, toolName, input: {} }));
  return [hi, { role: 'assistant', content: '', toolCalls }, ...names.map((toolName, place): Message => ({ role: 'tool', toolCallId: `c${place}`, toolName, output: '', isError: true }))];
}

interface Sent {
  readonly calls: readonly (readonly [id: unknown, name: unknown])[];
  readonly results: readonly (readonly [id: unknown, content: unknown])[];
}

const tool = (name: string) => ({ name, parameters: { type: 'object' } });

/** What the Messages API gets, by its reference: `tool_use` and `tool_result` blocks. */
function anthropicSends(messages: readonly Message[], ...tools: readonly string[]): Sent {
  const body = messagesRequest('m', { messages, tools: tools.map(tool) });
  const blocks = listOf(body.messages).flatMap((message) => (isRecord(message) ? listOf(message.content) : [])).filter(isRecord);
  return {
    calls: blocks.filter((block) => block.type === 'tool_use').map(({ id, name }) => [id, name]),
    results: blocks.filter((block) => block.type === 'tool_result').map((block) => [block.tool_use_id, block.content]),
  };
}

/** What the Chat Completions API gets, by its reference: `tool_calls`, and messages of role `tool`. */
function chatSends(messages: readonly Message[], ...tools: readonly string[]): Sent {
  return chatSendsTo('http://127.0.0.1:8080/v1', messages, ...tools);
}

function chatSendsTo(baseURL: string, messages: readonly Message[], ...tools: readonly string[]): Sent {
  const sent = listOf(chatRequest('m', { messages, tools: tools.map(tool) }, chatDialect(baseURL), true).messages).filter(isRecord);
  const toolCalls = sent.flatMap((message) => listOf(message.tool_calls)).filter(isRecord);
  return {
    calls: toolCalls.map((call) => [call.id, isRecord(call.function) ? call.function.name : undefined]),
    results: sent.filter((message) => message.role === 'tool').map((message) => [message.tool_call_id, message.content]),
  };
}

describe('ids of calls in the history, for the Messages API', () => {
  it('keeps ids that it takes', () => {
    const { calls: sent } = anthropicSends([hi, calls('toolu_01', 'call-A_9'), ...results('toolu_01', 'call-A_9')]);
    expect(sent).toEqual([['toolu_01', 'add'], ['call-A_9', 'add']]);
  });

  it('renames foreign ids in call and result alike', () => {
    const { calls: sent, results: answered } = anthropicSends([hi, calls('functions.add:0', ''), ...results('functions.add:0', '')]);
    expect(sent).toEqual([['functions_add_0', 'add'], ['call', 'add']]);
    expect(answered).toEqual([['functions_add_0', 'result 0'], ['call', 'result 1']]);
  });

  it('never gives two calls one id, and takes no id from a call that comes later', () => {
    const turns = [hi, calls('a:0', 'a.0'), ...results('a:0', 'a.0'), calls('a_0', 'a:0'), ...results('a_0', 'a:0')];
    const { calls: sent, results: answered } = anthropicSends(turns);
    const ids = sent.map(([id]) => id);
    expect(ids[2]).toBe('a_0');
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
    expect(answered.map(([id]) => id)).toEqual(ids);
    expect(anthropicSends(turns)).toEqual({ calls: sent, results: answered });
  });

  it('tells apart calls of two turns that a server gave one id', () => {
    const turn = [calls('call_0'), ...results('call_0')];
    const { calls: sent, results: answered } = anthropicSends([hi, ...turn, ...turn]);
    expect(sent.map(([id]) => id)).toEqual(['call_0', 'call_0_2']);
    expect(answered.map(([id]) => id)).toEqual(['call_0', 'call_0_2']);
  });

  it('renames a call that goes back with its replay', () => {
    const toolCalls = [{ toolCallId: 'x:1', toolName: 'my tool', input: {} }];
    const blocks = [{ type: 'thinking', thinking: 'hm', signature: 's' }, { type: 'tool_use', id: 'x:1', name: 'my tool', input: {} }];
    const answer: Message = { role: 'assistant', content: '', toolCalls, replay: { provider: 'anthropic', data: { blocks } } };
    const { calls: sent, results: answered } = anthropicSends([hi, answer, ...results('x:1')]);
    expect(sent).toEqual([['x_1', 'my_tool']]);
    expect(answered).toEqual([['x_1', 'result 0']]);
  });
});

describe('ids of calls in the history, for the Chat Completions API', () => {
  it('keeps an id of any form: the server that made it may read it', () => {
    expect(chatSends([hi, calls('functions.add:0'), ...results('functions.add:0')])).toEqual({
      calls: [['functions.add:0', 'add']],
      results: [['functions.add:0', 'result 0']],
    });
  });

  it('names calls without an id, each with its own result', () => {
    const { calls: sent, results: answered } = chatSends([hi, calls('', ''), ...results('', '')]);
    expect(sent.map(([id]) => id)).toEqual(['call', 'call_2']);
    expect(answered).toEqual([['call', 'result 0'], ['call_2', 'result 1']]);
  });
});

describe('long ids, for the Chat Completions API', () => {
  const forty = 'i'.repeat(40);

  it.each(['https://api.openai.com/v1', 'https://x.openai.azure.com/openai/v1', 'http://127.0.0.1:8080/v1'])('%s gets at most 40 characters', (baseURL) => {
    const ids = [forty, `${forty}x`, `${forty}y`, `${forty}z`.repeat(3)];
    const { calls: sent, results: answered } = chatSendsTo(baseURL, [hi, calls(...ids), ...results(...ids)]);
    const names = sent.map(([id]) => String(id));
    expect(names[0]).toBe(forty);
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^.{1,40}$/);
    expect(answered).toEqual(names.map((name, place) => [name, `result ${place}`]));
  });

  // LiteLLM: docs of its Gemini provider; the signature is base64.
  const signed = `call_1__thought__${'Ab+/='.repeat(40)}`;

  it('leaves Gemini’s thought signature, which LiteLLM puts into the id, to a compatible server', () => {
    expect(chatSends([hi, calls(signed), ...results(signed)]).calls).toEqual([[signed, 'add']]);
    const [[id] = []] = chatSendsTo('https://api.openai.com/v1', [hi, calls(signed), ...results(signed)]).calls;
    expect(id).toHaveLength(40);
  });
});

describe('ids for Mistral', () => {
  const mistral = (messages: readonly Message[]): Sent => chatSendsTo('https://api.mistral.ai/v1', messages);

  it('keeps its own', () => {
    expect(mistral([hi, calls('D681PevKs'), ...results('D681PevKs')])).toEqual({ calls: [['D681PevKs', 'add']], results: [['D681PevKs', 'result 0']] });
  });

  it('gives the others nine letters and digits, in call and result alike, always the same', () => {
    const ids = ['call_PTLP8xhu3uwZk4l3nlnrrJha', 'toolu_01', 'functions.add:0', '', 'toolu_02', 'D681Pev_s'];
    const turns = [hi, calls(...ids), ...results(...ids)];
    const { calls: sent, results: answered } = mistral(turns);
    const names = sent.map(([id]) => id);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(new Set(names).size).toBe(ids.length);
    expect(answered).toEqual(names.map((name, place) => [name, `result ${place}`]));
    // Whatever else stands in the history.
    expect(mistral([hi, calls('toolu_02'), ...results('toolu_02')]).calls).toEqual([[names[4], 'add']]);
  });

  it('takes no id from a call that has it, and tells repeated ids apart', () => {
    const [[made] = []] = mistral([hi, calls('toolu_01'), ...results('toolu_01')]).calls;
    const turns = [hi, calls('toolu_01'), ...results('toolu_01'), calls(String(made)), ...results(String(made)), calls('toolu_01'), ...results('toolu_01')];
    const { calls: sent, results: answered } = mistral(turns);
    const names = sent.map(([id]) => id);
    expect(names[1]).toBe(made);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(answered.map(([id]) => id)).toEqual(names);
  });

  it('has a name for each of many ids', () => {
    const ids = Array.from({ length: 20_000 }, (_, number) => `call_${number}`);
    expect(new Set(mistral([hi, calls(...ids)]).calls.map(([id]) => id)).size).toBe(ids.length);
  });
});

describe.each([
  { api: 'Messages', sends: anthropicSends },
  { api: 'Chat Completions', sends: chatSends },
])('names of tools in the history, for the $api API', ({ sends }) => {
  it.each([
    ['get_weather-2', 'get_weather-2'],
    ['my tool.x', 'my_tool_x'],
    ['', 'unknown'],
    ['n'.repeat(70), 'n'.repeat(64)],
  ])('sends %j as %j', (name, expected) => {
    expect(sends(named(name)).calls).toEqual([['c0', expected]]);
  });

  it('keeps the name of a tool of the request, as it stands there', () => {
    expect(sends(named('my.tool', 'other.tool'), 'my.tool').calls).toEqual([['c0', 'my.tool'], ['c1', 'other_tool']]);
  });
});

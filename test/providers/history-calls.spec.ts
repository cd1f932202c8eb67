import { describe, expect, it } from '@jest/globals';
import type { Message } from '../../src/core/message.js';
import { messagesRequest } from '../../src/providers/anthropic/request.js';
import { chatDialect, chatRequest } from '../../src/providers/openai/request.js';
import { isRecord, listOf } from '../../src/providers/wire/wire-data.js';

const hi: Message = { role: 'user', content: 'Hi' };
const dialect = chatDialect('http://127.0.0.1:8080/v1');

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
  const sent = listOf(chatRequest('m', { messages, tools: tools.map(tool) }, dialect, true).messages).filter(isRecord);
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

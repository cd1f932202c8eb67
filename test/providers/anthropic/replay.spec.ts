import { describe, expect, it } from '@jest/globals';
import type { Replay } from '../../../src/core/chunk.js';
import { ValidationError } from '../../../src/core/errors.js';
import type { AssistantMessage, Message } from '../../../src/core/message.js';
import { toCompletion } from '../../../src/providers/anthropic/completion.js';
import { messagesRequest } from '../../../src/providers/anthropic/request.js';
import { StreamingResponse } from '../../../src/core/response.js';
import { blockDelta, blockStart, blockStop, bodyOf, decodeBody, messageEnd, messageStart, textBlock, toolBlock } from './messages-events.js';

/** An answer with every kind of block that must go back, and what the API must see of it in the next request. */
const citation = { type: 'web_search_result_location', cited_text: '4', url: 'https://example.com', title: 'A', encrypted_index: 'ZW5j' };
const searchResult = { type: 'web_search_tool_result', tool_use_id: 's1', content: [{ type: 'web_search_result', url: 'https://example.com', encrypted_content: 'ZW5j' }] };
const events = [
  blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
  blockDelta(0, 'thinking_delta', { thinking: 'Let me ' }),
  blockDelta(0, 'thinking_delta', { thinking: 'see.' }),
  blockDelta(0, 'signature_delta', { signature: 'c2ln' }),
  blockStop(0),
  blockStart(1, { type: 'redacted_thinking', data: 'cmVk' }),
  blockStop(1),
  ...textBlock(2, 'Search', 'ing 🔎. '),
  blockStart(3, { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }),
  blockDelta(3, 'input_json_delta', { partial_json: '{"query":"sum"}' }),
  blockStop(3),
  blockStart(4, searchResult),
  blockStop(4),
  blockStart(5, { type: 'text', text: '', citations: [] }),
  blockDelta(5, 'citations_delta', { citation }),
  blockDelta(5, 'text_delta', { text: 'Four.' }),
  blockStop(5),
  ...toolBlock(6, 't1', 'weather', '{"city":', '"Rome"}'),
];
const blocks = [
  { type: 'thinking', thinking: 'Let me see.', signature: 'c2ln' },
  { type: 'redacted_thinking', data: 'cmVk' },
  { type: 'text', text: 'Searching 🔎. ' },
  { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'sum' } },
  searchResult,
  { type: 'text', text: 'Four.', citations: [citation] },
  { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Rome' } },
];

function answerOf(...body: readonly Readonly<Record<string, unknown>>[]): AssistantMessage & { readonly replay?: Replay } {
  const response = new StreamingResponse();
  for (const chunk of decodeBody(bodyOf(messageStart, ...body)).chunks) response.addChunk(chunk);
  const own = response.toolCalls.filter((call) => call.providerExecuted !== true && call.state === 'called');
  return {
    role: 'assistant',
    content: response.completeText,
    ...(own.length > 0 && { toolCalls: own.map(({ toolCallId, toolName, input }) => ({ toolCallId, toolName, input })) }),
    ...(response.replay !== undefined && { replay: response.replay }),
  };
}

/** The content of the assistant message on the wire. */
function sent(answer: AssistantMessage): unknown {
  const results = (answer.toolCalls ?? []).map(({ toolCallId, toolName }): Message => ({ role: 'tool', toolCallId, toolName, output: 'sun', isError: false }));
  const request = messagesRequest('claude-test', { messages: [{ role: 'user', content: 'Hi' }, answer, ...results] });
  const list = request.messages;
  if (!Array.isArray(list)) throw new Error('no messages');
  const message: unknown = list[1];
  return typeof message === 'object' && message !== null && 'content' in message ? message.content : undefined;
}

describe('replay', () => {
  it('sends an answer back block by block as it came', () => {
    expect(sent(answerOf(...events, ...messageEnd('tool_use')))).toEqual(blocks);
  });

  it('survives being stored as JSON', () => {
    const stored: unknown = JSON.parse(JSON.stringify(answerOf(...events, ...messageEnd('tool_use'))));
    // Written one line above, from an AssistantMessage.
    expect(sent(stored as AssistantMessage)).toEqual(blocks);
  });

  it('does the same for an answer that was not streamed', () => {
    const { content, toolCalls, replay } = toCompletion({ content: blocks, stop_reason: 'tool_use' }, { name: 'anthropic', model: 'claude-test' });
    expect(sent({ role: 'assistant', content, toolCalls, ...(replay && { replay }) })).toEqual(blocks);
  });

  it('does not hold the text of the answer', () => {
    expect(JSON.stringify(answerOf(...events, ...messageEnd('tool_use')).replay)).not.toContain('Searching');
  });

  it('follows the history: a renamed call keeps its place, one that was left out is left out', () => {
    const answer = answerOf(...events, ...messageEnd('tool_use'));
    const renamed = sent({ ...answer, toolCalls: [{ toolCallId: 't1_2', toolName: 'weather', input: { city: 'Rome' } }] });
    expect(renamed).toEqual([...blocks.slice(0, 6), { ...blocks[6], id: 't1_2' }]);
    const { toolCalls: _, ...without } = answer;
    expect(sent(without)).toEqual(blocks.slice(0, 6));
  });

  it('sends rewritten text as one block and keeps the rest', () => {
    const answer = { ...answerOf(...events, ...messageEnd('tool_use')), content: 'Something else.' };
    expect(sent(answer)).toEqual([blocks[0], blocks[1], { type: 'text', text: 'Something else.' }, blocks[3], blocks[4], blocks[6]]);
  });

  it('keeps a server tool without its result only while the model waits for it', () => {
    const open = events.slice(0, 14);
    const paused = [...blocks.slice(0, 4)];
    expect(sent(answerOf(...open, ...messageEnd('pause_turn')))).toEqual(paused);
    expect(sent(answerOf(...open, ...messageEnd('max_tokens')))).toEqual(paused.slice(0, 3));
  });

  describe('a server tool whose result never came', () => {
    const open = answerOf(...textBlock(0, 'Looking. '), blockStart(1, { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }), blockStop(1), ...messageEnd('pause_turn'));
    const user = (content: string): Message => ({ role: 'user', content });
    const wire = (...messages: readonly Message[]): unknown => messagesRequest('claude-test', { messages }).messages;
    const call = { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} };
    const text = { type: 'text', text: 'Looking. ' };

    it('is left out once the user has spoken again', () => {
      expect(wire(user('One'), open, user('Two'))).toMatchObject([{ role: 'user' }, { role: 'assistant', content: [text] }, { role: 'user' }]);
      expect(wire(user('One'), open)).toMatchObject([{ role: 'user' }, { role: 'assistant', content: [text, call] }]);
    });

    it('stays when its result came in the next answer', () => {
      const rest = answerOf(blockStart(0, searchResult), blockStop(0), ...textBlock(1, 'Four.'), ...messageEnd('end_turn'));
      expect(wire(user('One'), open, rest, user('Two'))).toMatchObject([{}, { content: [text, call, searchResult, { type: 'text', text: 'Four.' }] }, {}]);
    });

    it('leaves no empty message, and no two of one role, behind', () => {
      const alone = answerOf(blockStart(0, call), blockStop(0), ...messageEnd('pause_turn'));
      expect(wire(user('One'), alone, user('Two'))).toEqual([{ role: 'user', content: [{ type: 'text', text: 'One' }, { type: 'text', text: 'Two' }] }]);
    });
  });

  it('never ends with thinking', () => {
    const answer = answerOf(...textBlock(0, 'Well.'), ...events.slice(0, 5).map((event) => ({ ...event, index: 1 })), ...messageEnd('max_tokens'));
    expect(answer.replay).toBeDefined();
    expect(sent(answer)).toEqual([{ type: 'text', text: 'Well.' }]);
  });

  it('keeps a compaction, and a call whose caller is code', () => {
    const caller = { type: 'code_execution_20260120', tool_id: 's0' };
    const answer = answerOf(
      blockStart(0, { type: 'compaction', content: null }),
      blockDelta(0, 'compaction_delta', { content: 'Sums.' }),
      blockStop(0),
      blockStart(1, { type: 'tool_use', id: 't1', name: 'weather', input: {}, caller }),
      blockStop(1),
      ...messageEnd('tool_use'),
    );
    expect(sent(answer)).toEqual([
      { type: 'compaction', content: 'Sums.' },
      { type: 'tool_use', id: 't1', name: 'weather', input: {}, caller },
    ]);
    const renamed = { ...answer, toolCalls: [{ toolCallId: 't1_2', toolName: 'weather', input: {} }] };
    expect(sent(renamed)).toContainEqual({ type: 'tool_use', id: 't1_2', name: 'weather', input: {}, caller });
  });

  it('leaves out a block of a kind it could not follow, and thinking without a signature', () => {
    const answer = answerOf(
      blockStart(0, { type: 'hologram', data: 'x' }),
      blockDelta(0, 'hologram_delta', { data: 'y' }),
      blockStop(0),
      blockStart(1, { type: 'thinking', thinking: 'hm', signature: '' }),
      blockStop(1),
      ...textBlock(2, 'Hello'),
      ...messageEnd('end_turn'),
    );
    expect(answer.replay).toBeUndefined();
  });

  it('leaves the replay of another provider alone', () => {
    const foreign: AssistantMessage = { role: 'assistant', content: 'Hello', replay: { provider: 'openai', data: { blocks: 7 } } };
    expect(sent(foreign)).toEqual([{ type: 'text', text: 'Hello' }]);
  });

  it('says so when its own is damaged', () => {
    const damaged: AssistantMessage = { role: 'assistant', content: 'Hello', replay: { provider: 'anthropic', data: 'x' } };
    expect(() => sent(damaged)).toThrow(ValidationError);
  });
});

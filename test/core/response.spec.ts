import { describe, expect, it } from '@jest/globals';
import { chunkMetadata, finishChunk, type StreamChunk, textChunk } from '../../src/core/chunk.js';
import { StreamingResponse } from '../../src/core/response.js';
import { finish, reasoning, restart, step, text, toolCall, toolInput, toolResult, usage } from '../operators/support.js';

const metadata = chunkMetadata('run_1');

describe('StreamingResponse', () => {
  it('joins the text of its chunks and measures with the clock given', () => {
    let time = 1_000;
    const response = new StreamingResponse({ now: () => time });
    time = 1_250;
    response.addChunk(textChunk('Hello ', metadata, 0));
    response.addChunk(textChunk('world!', metadata, 0));
    expect(response.durationMs).toBe(250);
    time = 2_000;
    response.addChunk(finishChunk({ finishReason: 'stop' }, metadata, 0));
    time = 9_000;
    expect(response.completeText).toBe('Hello world!');
    expect(response.firstChunkMs).toBe(250);
    expect(response.durationMs).toBe(1_000);
    expect(response.chunkCount).toBe(3);
    expect(response.streamId).toBe('run_1');
  });

  it('keeps a snapshot at the text it had when it was taken', () => {
    const response = new StreamingResponse();
    const snapshots = Array.from({ length: 1_000 }, (_, index) => {
      response.addChunk(textChunk(`${index},`, metadata, 0));
      return response.snapshot();
    });
    expect(snapshots[2]?.completeText).toBe('0,1,2,');
    expect(snapshots[999]?.completeText).toBe(response.completeText);
    expect(snapshots[300]?.completeText.endsWith('299,300,')).toBe(true);
  });

  /** Each reading of this clock is 10 ms later than the one before it; the response was made at 1000. */
  function ticking(): StreamingResponse {
    let time = 990;
    return new StreamingResponse({ now: () => (time += 10) });
  }

  function filled(...chunks: readonly StreamChunk[]): StreamingResponse {
    const response = new StreamingResponse({ now: () => 0 });
    for (const chunk of chunks) response.addChunk(chunk);
    return response;
  }

  it('keeps chunks only when asked to', () => {
    const kept = new StreamingResponse({ keepChunks: true });
    for (const chunk of [text('a'), toolCall('1'), finish()]) kept.addChunk(chunk);
    expect(kept.chunks).toEqual([text('a'), toolCall('1'), finish()]);
    expect(filled(text('a')).chunks).toEqual([]);
  });

  it('knows nothing before the first chunk but the id that was given', () => {
    const empty = new StreamingResponse({ now: () => 5 });
    expect(empty).toMatchObject({ streamId: '', completeText: '', reasoningText: '', toolCalls: [], chunkCount: 0, startTime: 5, durationMs: 0 });
    expect([empty.usage, empty.finishReason, empty.endTime, empty.firstChunkMs, empty.metadata, empty.replay]).toEqual(Array.from({ length: 6 }, () => undefined));
    const named = new StreamingResponse({ streamId: 'run_9' });
    named.addChunk(text('a'));
    expect([named.streamId, named.metadata]).toEqual(['run_9', metadata]);
  });

  it('gives the text and the reasoning of one step', () => {
    const response = filled(text('One'), reasoning('Hm'), step(0), reasoning('So'), text('Two'));
    expect([response.textFrom(3), response.reasoningFrom(2)]).toEqual(['Two', 'So']);
    expect([response.textLength, response.reasoningLength]).toEqual([6, 4]);
  });

  it('takes back on a restart what came since the last step, for itself and no snapshot', () => {
    const response = filled(text('One'), reasoning('Hm'), toolCall('1'), toolResult('1'), step(0, { usage: usage(1, 2) }));
    for (const chunk of [text('Vo'), reasoning('id'), toolInput('2', '{')]) response.addChunk(chunk);
    const before = response.snapshot();
    response.addChunk(restart({ usage: usage(10, 20) }));
    const after = response.snapshot();
    expect(before).toMatchObject({ completeText: 'OneVo', reasoningText: 'Hmid', usage: usage(1, 2) });
    expect(before.toolCalls.map(({ toolCallId }) => toolCallId)).toEqual(['1', '2']);
    expect(after).toMatchObject({ completeText: 'One', reasoningText: 'Hm', usage: usage(11, 22) });
    expect(after.toolCalls.map(({ toolCallId }) => toolCallId)).toEqual(['1']);
  });

  it('takes everything back on a restart in the first step', () => {
    expect(filled(text('Void'), toolCall('1'), restart(), text('a'))).toMatchObject({ completeText: 'a', toolCalls: [], usage: undefined });
  });

  it('adds the usage of the steps up until the finish says that of the run', () => {
    const steps = [step(0, { usage: usage(1, 2) }), restart(), step(1, { usage: usage(10, 20) })];
    expect(filled(...steps).usage).toEqual(usage(11, 22));
    expect(filled(...steps, finish()).usage).toEqual(usage(11, 22));
    expect(filled(...steps, finish({ usage: usage(7, 8) })).usage).toEqual(usage(7, 8));
    // A step that reported none is missing in the sum, whether it came first or later.
    expect(filled(step(0), step(1, { usage: usage(1, 2) })).usage).toEqual({ ...usage(1, 2), estimated: true });
    expect(filled(step(0, { usage: usage(1, 2) }), step(1)).usage).toEqual({ ...usage(1, 2), estimated: true });
  });

  it('adds what void attempts and tools have told of to the finish of a single model call, which counts its last attempt alone', () => {
    const voided = { ...usage(100, 10), estimated: true } as const;
    expect(filled(text('Vo'), restart({ usage: voided }), text('a'), finish({ usage: usage(7, 8) })).usage).toEqual({ ...usage(107, 18), estimated: true });
    expect(filled(toolCall('1'), toolResult('1', { usage: usage(1, 2) }), finish({ usage: usage(7, 8) })).usage).toEqual(usage(8, 10));
    expect(filled(restart({ usage: usage(1, 2) }), finish()).usage).toEqual({ ...usage(1, 2), estimated: true });
    expect(filled(text('a'), finish()).usage).toBeUndefined();
  });

  it('counts what a tool has told of before its step ends', () => {
    expect(filled(step(0, { usage: usage(1, 2) }), toolResult('1', { usage: usage(10, 20) })).usage).toEqual(usage(11, 22));
  });

  it('knows which part of its usage no chunk has told', () => {
    const told = [text('Vo'), restart({ usage: usage(100, 10) }), text('a')];
    expect(filled(...told).end().untoldUsage).toBeUndefined();
    expect(filled(...told).end({ usage: { ...usage(107, 18), estimated: true } }).untoldUsage).toEqual({ ...usage(7, 8), estimated: true });
    expect(filled(text('a')).end({ usage: usage(7, 8) }).untoldUsage).toEqual(usage(7, 8));
    expect(filled(...told, finish({ usage: usage(7, 8) })).untoldUsage).toBeUndefined();
  });

  it('makes a copy that goes its own way', () => {
    const replay = { provider: 'test', data: 1 };
    let time = 1_000;
    const response = new StreamingResponse({ now: () => time, keepChunks: true });
    const came = [text('One'), reasoning('Hm'), toolCall('1'), step(0, { usage: usage(1, 2), replay }), text('Two')];
    time = 1_010;
    for (const chunk of came) response.addChunk(chunk);
    time = 1_020;
    response.end({ usage: usage(3, 4) });
    const copy = response.copy();
    expect(JSON.stringify(copy.snapshot())).toBe(JSON.stringify(response.snapshot()));
    expect([copy.chunks, copy.replay, copy.untoldUsage]).toEqual([came, replay, usage(2, 2)]);
    copy.addChunk(restart());
    copy.addChunk(finish({ usage: usage(9, 9) }));
    expect(copy).toMatchObject({ completeText: 'One', usage: usage(9, 9), chunkCount: 7, durationMs: 20 });
    expect(response).toMatchObject({ completeText: 'OneTwo', usage: usage(3, 4), chunkCount: 5, finishReason: undefined });
  });

  it('holds the replay of the last model call', () => {
    const first = { provider: 'test', data: 1 };
    const second = { provider: 'test', data: 2 };
    expect(filled(step(0, { replay: first }), step(1, { replay: second })).replay).toBe(second);
    expect(filled(step(0, { replay: first }), step(1)).replay).toBeUndefined();
    expect(filled(step(0, { replay: first }), finish()).replay).toBe(first);
    expect(filled(step(0, { replay: first }), finish({ replay: second })).replay).toBe(second);
  });

  it('takes text, reason and metadata of the finish, whose time ends the clock', () => {
    const own = chunkMetadata('run_1', { model: 'm' });
    const response = ticking();
    response.addChunk(text('a'));
    response.addChunk({ ...finishChunk({ finishReason: 'length' }, own, 0), content: 'b' });
    expect(response).toMatchObject({ completeText: 'ab', finishReason: 'length', metadata: own, firstChunkMs: 10, endTime: 1_020, durationMs: 20 });
    response.end();
    expect(response.endTime).toBe(1_020);
  });

  it('ends once without a finish, and takes what is known of it besides', () => {
    const replay = { provider: 'test', data: 1 };
    const response = ticking();
    response.addChunk(step(0, { usage: usage(1, 2), replay }));
    expect(response.end()).toBe(response);
    expect(response).toMatchObject({ usage: usage(1, 2), replay, endTime: 1_020 });
    response.end({ usage: usage(3, 4), replay: { provider: 'test', data: 2 } });
    expect(response).toMatchObject({ usage: usage(3, 4), replay: { data: 2 }, endTime: 1_020 });
    expect(response.snapshot()).toMatchObject({ usage: usage(3, 4), endTime: 1_020, finishReason: undefined });
  });

  it('runs on when a chunk comes after an end without a finish', () => {
    const response = ticking();
    response.addChunk(text('a'));
    response.end();
    response.addChunk(text('b'));
    expect([response.endTime, response.snapshot().endTime, response.completeText]).toEqual([undefined, undefined, 'ab']);
  });

  it('follows a call from its arguments to its result', () => {
    const response = filled(toolInput('1', '{"a"'), toolInput('1', ':1}'));
    expect(response.toolCalls).toStrictEqual([{ toolCallId: '1', toolName: 'add', state: 'input', inputText: '{"a":1}' }]);
    response.addChunk(toolCall('1', { input: { a: 1 } }));
    expect(response.toolCalls).toStrictEqual([{ toolCallId: '1', toolName: 'add', state: 'called', input: { a: 1 } }]);
    response.addChunk(toolResult('1', { output: 3, isError: true }));
    expect(response.toolCalls).toStrictEqual([{ toolCallId: '1', toolName: 'add', state: 'done', input: { a: 1 }, output: 3, isError: true }]);
  });

  it('knows calls of the provider, arguments that were none, and results of calls it has not seen', () => {
    const theirs = toolCall('2', { providerExecuted: true, input: undefined, invalidInput: '[' });
    expect(filled(toolCall('1'), theirs, toolResult('3')).toolCalls).toStrictEqual([
      { toolCallId: '1', toolName: 'add', state: 'called', input: {} },
      { toolCallId: '2', toolName: 'add', state: 'called', input: undefined, providerExecuted: true, invalidInput: '[' },
      { toolCallId: '3', toolName: 'add', state: 'done', output: 42, isError: false },
    ]);
  });

  it('shares what has not changed between snapshots', () => {
    const response = filled(toolCall('1'));
    const [first, second] = [response.snapshot(), (response.addChunk(text('a')), response.snapshot())];
    expect(second.toolCalls).toBe(first.toolCalls);
    response.addChunk(toolCall('2'));
    expect([first.toolCalls.length, response.snapshot().toolCalls.length]).toEqual([1, 2]);
    expect([first.chunkCount, second.chunkCount]).toEqual([1, 2]);
    expect([second.streamId, second.metadata]).toEqual(['run_1', metadata]);
  });
});

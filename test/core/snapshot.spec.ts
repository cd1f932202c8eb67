import { describe, expect, it } from '@jest/globals';
import { StreamingResponse } from '../../src/core/response.js';
import { finish, metadata, reasoning, text, toolCall, toolResult, usage } from '../operators/support.js';

describe('a snapshot, and a response, as JSON', () => {
  it('says every field of the interface, as it was when it was taken', () => {
    const response = new StreamingResponse({ now: () => 5 });
    for (const chunk of [text('Hel'), reasoning('Hm'), toolCall('1'), toolResult('1')]) response.addChunk(chunk);
    const before = response.snapshot();
    for (const chunk of [text('lo'), finish({ usage: usage(1, 2) })]) response.addChunk(chunk);
    const common = {
      reasoningText: 'Hm',
      toolCalls: [{ toolCallId: '1', toolName: 'add', state: 'done', input: {}, output: 42, isError: false }],
      startTime: 5,
      durationMs: 0,
      firstChunkMs: 0,
      streamId: 'run_1',
      metadata,
    };
    expect(JSON.parse(JSON.stringify(before))).toStrictEqual({ completeText: 'Hel', chunkCount: 4, ...common });
    const answer = { completeText: 'Hello', chunkCount: 6, usage: usage(1, 2), finishReason: 'stop', endTime: 5, ...common };
    expect(JSON.parse(JSON.stringify({ answer: response.snapshot() }))).toStrictEqual({ answer });
    expect(JSON.parse(JSON.stringify(response))).toStrictEqual(answer);
  });
});

import { describe, expect, it } from '@jest/globals';
import { chunkMetadata, finishChunk, isFinish, isOwnToolCall, isText, reasoningChunk, textChunk } from '../../src/core/chunk.js';
import { finish, reasoning, text, toolCall } from '../operators/support.js';

describe('chunks', () => {
  const metadata = chunkMetadata('run_1', { model: 'gpt' });
  const common = { timestamp: 5, metadata };

  it('are plain objects with every field', () => {
    expect(textChunk('Hi', metadata, 5)).toStrictEqual({ type: 'text', content: 'Hi', isFinal: false, ...common });
    expect(reasoningChunk('Hm', metadata, 5)).toStrictEqual({ type: 'reasoning', content: '', reasoning: 'Hm', isFinal: false, ...common });
    expect(finishChunk({ finishReason: 'length', rawFinishReason: 'max' }, metadata, 5)).toStrictEqual({
      type: 'finish',
      content: '',
      isFinal: true,
      finishReason: 'length',
      rawFinishReason: 'max',
      ...common,
    });
  });

  it('share metadata that nobody can change', () => {
    expect(metadata).toStrictEqual({ streamId: 'run_1', model: 'gpt' });
    expect(Object.isFrozen(metadata)).toBe(true);
  });

  it('are told apart by guards', () => {
    const own = toolCall('call_1');
    const providers = toolCall('call_2', { providerExecuted: true });
    const all = [text('Hi'), reasoning('Hm'), own, providers, finish()];
    expect(all.filter(isText)).toEqual([text('Hi')]);
    expect(all.filter(isFinish)).toEqual([finish()]);
    expect(all.filter(isOwnToolCall)).toEqual([own]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { chunkMetadata, finishChunk, textChunk } from '../../src/core/chunk.js';
import { StreamingResponse } from '../../src/core/response.js';

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
});

import { describe, expect, it } from '@jest/globals';
import type { StreamChunk } from '../../src/core/chunk.js';
import { StreamMeter, type StreamMetrics } from '../../src/core/metrics.js';
import { finish, reasoning, restart, step, text, toolCall, toolInput, toolResult, usage } from '../operators/support.js';

type Timed = readonly [atMs: number, chunk: StreamChunk];

/** The stream began at 1000 on its clock. */
function measured(...chunks: readonly Timed[]): StreamMetrics {
  const meter = new StreamMeter({ startMs: 1_000, stallMs: 500 });
  for (const [atMs, chunk] of chunks) meter.add(chunk, 1_000 + atMs);
  return meter.read(1_000 + (chunks.at(-1)?.[0] ?? 0), 'running');
}

describe('StreamMeter', () => {
  it('knows nothing before the first chunk', () => {
    const meter = new StreamMeter({ startMs: 1_000, stallMs: 500 });
    expect(meter.read(1_250, 'unsubscribed')).toEqual({
      streamId: '',
      ending: 'unsubscribed',
      durationMs: 250,
      firstChunkMs: undefined,
      chunkCount: 0,
      characterCount: 0,
      inputTokens: undefined,
      outputTokens: 0,
      tokensEstimated: true,
      tokensPerSecond: undefined,
      gapP50Ms: undefined,
      gapP99Ms: undefined,
      stallCount: 0,
      stallMs: 500,
    });
  });

  it('measures a plain answer', () => {
    const metrics = measured([200, text('Hello')], [206, text(' you')], [1_000, text('!')], [1_200, finish({ usage: usage(12, 30) })]);
    // Generating from 200 to 1200; the gaps are 6, 794 and 200.
    expect(metrics).toMatchObject({
      streamId: 'run_1',
      firstChunkMs: 200,
      durationMs: 1_200,
      chunkCount: 4,
      characterCount: 10,
      inputTokens: 12,
      outputTokens: 30,
      tokensEstimated: false,
      tokensPerSecond: 30,
      stallCount: 1,
    });
    expect(Math.abs((metrics.gapP50Ms ?? 0) - 200)).toBeLessThanOrEqual(25);
    expect(Math.abs((metrics.gapP99Ms ?? 0) - 794)).toBeLessThanOrEqual(100);
  });

  it('estimates 4 characters a token until usage comes, and says so', () => {
    const live = measured([0, reasoning('12345')], [0, text('1234567')], [1_000, toolInput('call_1', '{"a":1}')]);
    // 5 + 7 + 7 characters are 4.75 tokens.
    expect(live).toMatchObject({ outputTokens: 5, tokensEstimated: true, characterCount: 7, inputTokens: undefined, tokensPerSecond: 5 });
    const silent = measured([0, text('1234')], [10, finish()]);
    expect(silent).toMatchObject({ outputTokens: 1, tokensEstimated: true });
  });

  it('says so when the usage of finish is an estimate itself', () => {
    expect(measured([0, finish({ usage: { ...usage(1, 2), estimated: true } })]).tokensEstimated).toBe(true);
  });

  it('adds the usage of steps to the estimate of the one that runs', () => {
    const metrics = measured([0, text('12345678')], [0, step(0, { usage: usage(10, 40) })], [0, text('12345678')]);
    expect(metrics).toMatchObject({ inputTokens: 10, outputTokens: 42, tokensEstimated: true });
    const unknown = measured([0, text('12345678')], [0, step(0)], [0, text('1234')], [0, step(1, { usage: usage(10, 40) })]);
    expect(unknown).toMatchObject({ inputTokens: 10, outputTokens: 42 });
  });

  it('replaces all of it by the usage of finish', () => {
    const metrics = measured([0, text('1234')], [0, step(0, { usage: usage(10, 40) })], [0, finish({ usage: usage(11, 41) })]);
    expect(metrics).toMatchObject({ inputTokens: 11, outputTokens: 41, tokensEstimated: false });
  });

  it('leaves the time of our tools out of gaps and tokens/s', () => {
    const metrics = measured(
      [100, text('Let me see.')],
      [200, toolCall('call_1')],
      // The tool runs for 60 s; the step's end waits for it.
      [60_200, toolResult('call_1')],
      [60_200, step(0, { usage: usage(10, 20) })],
      // The second model call takes 2 s to its first chunk.
      [62_200, text('42')],
      [62_300, step(1, { usage: usage(40, 20) })],
      [62_300, finish({ usage: usage(50, 40) })],
    );
    // Generating 100 to 200 and 62,200 to 62,300: 200 ms for 40 tokens.
    expect(metrics).toMatchObject({ tokensPerSecond: 200, stallCount: 0, durationMs: 62_300 });
    expect(metrics.gapP99Ms).toBeLessThanOrEqual(112);
  });

  it('measures text that streams while a tool runs', () => {
    const metrics = measured([0, toolCall('call_1')], [100, text('Wait')], [150, toolResult('call_1')], [200, text('…')]);
    expect(metrics.gapP99Ms).toBeCloseTo(100, -1.2);
    expect(metrics.tokensPerSecond).toBe(10);
  });

  it('counts a tool that the provider runs as its own time', () => {
    const metrics = measured(
      [0, toolCall('call_1', { providerExecuted: true })],
      [2_000, toolResult('call_1', { providerExecuted: true })],
    );
    expect(metrics.stallCount).toBe(1);
  });

  it('leaves the tokens of sub-agents out of tokens/s', () => {
    const metrics = measured(
      [0, text('Ask')],
      [1_000, toolCall('call_1')],
      [9_000, toolResult('call_1', { usage: usage(500, 900) })],
      [9_000, step(0, { usage: usage(10, 20) })],
      [9_000, finish({ usage: usage(510, 920) })],
    );
    expect(metrics).toMatchObject({ inputTokens: 510, outputTokens: 920, tokensPerSecond: 20 });
  });

  it('leaves the wait for another attempt out of the gaps', () => {
    const metrics = measured([0, text('12345678')], [9_000, restart()], [9_000, text('1234')], [9_100, text('5678')]);
    expect(metrics).toMatchObject({ stallCount: 0, outputTokens: 4, tokensPerSecond: 40 });
  });
});

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

  it('counts a void attempt in characters, tokens and time alike, whether or not a step ends the model call', () => {
    const attempts: readonly Timed[] = [
      [0, text('Once upon')],
      [10_000, text(' a')],
      // What a cut attempt is known to have used is an estimate.
      [10_000, restart({ usage: { ...usage(10, 100), estimated: true } })],
      [12_000, text('Once upon')],
      [22_000, text(' a time.')],
    ];
    const expected = { characterCount: 28, inputTokens: 21, outputTokens: 200, tokensPerSecond: 10, tokensEstimated: true };
    expect(measured(...attempts, [22_000, finish({ usage: usage(11, 100) })])).toMatchObject(expected);
    const total = { ...usage(21, 200), estimated: true } as const;
    expect(measured(...attempts, [22_000, step(0, { usage: usage(11, 100) })], [22_000, finish({ usage: total })])).toMatchObject(expected);
  });

  it('says that the count is an estimate when a void attempt did not say what it used', () => {
    const metrics = measured([0, text('12345678')], [0, restart()], [0, text('1234')], [0, finish({ usage: usage(10, 5) })]);
    expect(metrics).toMatchObject({ inputTokens: 10, outputTokens: 7, tokensEstimated: true });
  });

  it('adds what sub-agents used to the finish of a single model call', () => {
    const metrics = measured(
      [0, text('Ask')],
      [1_000, toolCall('call_1')],
      [9_000, toolResult('call_1', { usage: usage(500, 900) })],
      [9_000, finish({ usage: usage(10, 20) })],
    );
    expect(metrics).toMatchObject({ inputTokens: 510, outputTokens: 920, tokensPerSecond: 20, tokensEstimated: false });
  });

  it('leaves the wait for another attempt out of the gaps', () => {
    const metrics = measured([0, text('12345678')], [9_000, restart()], [9_000, text('1234')], [9_100, text('5678')]);
    expect(metrics).toMatchObject({ stallCount: 0, outputTokens: 4, tokensPerSecond: 40 });
  });

  it('takes a gap of exactly the limit for no stall', () => {
    expect(measured([0, text('a')], [500, text('b')]).stallCount).toBe(0);
    expect(measured([0, text('a')], [501, text('b')]).stallCount).toBe(1);
  });

  it('leaves the time of our tools out also where no step ends the model call', () => {
    const metrics = measured([0, text('Wait')], [100, toolCall('call_1')], [60_100, toolResult('call_1')], [60_100, finish({ usage: usage(1, 10) })]);
    expect(metrics).toMatchObject({ tokensPerSecond: 100, stallCount: 0 });
  });

  it('leaves out what our tools say while they run', () => {
    const { toolCallId, toolName, ...inner } = toolInput('call_1', '');
    const progress: StreamChunk = { ...inner, toolCallId, toolName, type: 'tool-progress', progress: 1 };
    const approval: StreamChunk = { ...inner, toolCallId, toolName, type: 'tool-approval', input: {} };
    const metrics = measured(
      [0, text('Wait')],
      [100, toolCall('call_1')],
      [800, progress],
      [1_500, approval],
      [2_200, toolResult('call_1')],
      [2_200, step(0, { usage: usage(1, 10) })],
    );
    expect(metrics).toMatchObject({ tokensPerSecond: 100, stallCount: 0, chunkCount: 6 });
  });

  it('counts the end of a step that waited for a tool of the provider', () => {
    const theirs = { providerExecuted: true } as const;
    const metrics = measured([0, toolCall('call_1', theirs)], [600, toolResult('call_1', theirs)], [1_200, step(0)]);
    expect(metrics.stallCount).toBe(2);
  });

  it('begins anew after a restart: with its calls', () => {
    const metrics = measured([0, toolCall('call_1')], [0, restart()], [0, text('1234')], [600, step(0)]);
    expect(metrics.stallCount).toBe(1);
  });

  it('begins anew after a restart: with its time and its usage', () => {
    const metrics = measured(
      [0, text('12345678')],
      [0, restart({ usage: usage(10, 40) })],
      // Another 600 ms to the first chunk of the new attempt are no gap; those before its end are.
      [600, text('1234')],
      [1_200, step(0)],
    );
    expect(metrics).toMatchObject({ inputTokens: 10, outputTokens: 41, stallCount: 1 });
  });

  it('counts the text that a mock puts on its finish', () => {
    const metrics = measured([0, text('1234')], [10, { ...finish(), content: '56789' }]);
    expect(metrics).toMatchObject({ characterCount: 9, outputTokens: 3 });
  });
});

import { describe, expect, it } from '@jest/globals';
import { concat, NEVER, of, switchMap, timer } from 'rxjs';
import { Agent } from '../../src/agent/agent.js';
import type { StreamMetrics } from '../../src/core/metrics.js';
import { toAsyncIterable } from '../../src/bridges/to-async-iterable.js';
import { marbleProvider } from '../../src/testing/marble-provider.js';
import { scriptedProvider } from '../../src/testing/scripted-provider.js';
import { text } from '../bridges/support.js';
import { turn, VirtualClock } from './virtual-clock.js';

/** The provider sends 5 characters each 10 ms. */
const answer = 'word '.repeat(30);
const timeout = { first: 50, each: 50, total: 1_000 };

interface Slowness {
  readonly modelMs: number;
  readonly consumerMs: number;
}

async function passUntil<T>(arrival: Promise<T>, clock: VirtualClock): Promise<T> {
  const nothing = Symbol();
  for (;;) {
    const arrived = await Promise.race([arrival, turn().then(() => nothing)]);
    if (arrived !== nothing) return arrival;
    clock.pass(1);
  }
}

/** Reads the whole answer; the consumer waits after each chunk, in virtual time. */
async function read({ modelMs, consumerMs }: Slowness): Promise<{ content: string; last: StreamMetrics | undefined; elapsedMs: number }> {
  const clock = new VirtualClock();
  const provider = scriptedProvider([{ text: answer, chunkSize: 5 }], { delayMs: modelMs, scheduler: clock });
  const agent = new Agent({ provider, scheduler: clock, timeout });
  let last: StreamMetrics | undefined;
  const stream$ = agent.stream$('Go', { metrics: (metrics) => (last = metrics) });
  const iterator = toAsyncIterable(stream$, { highWaterMark: 1 })[Symbol.asyncIterator]();
  let content = '';
  for (;;) {
    // The clock moves only while the consumer waits for the model, or is busy.
    const result = await passUntil(iterator.next(), clock);
    if (result.done) return { content, last, elapsedMs: clock.now() };
    content += result.value.content;
    clock.pass(consumerMs);
  }
}

describe('clocks stand still while the demand is shut', () => {
  it('neither limits nor metrics count the time of a slow consumer', async () => {
    const { content, last, elapsedMs } = await read({ modelMs: 10, consumerMs: 10_000 });
    expect(content).toBe(answer);
    // 30 pieces, `step` and `finish` wait for the consumer, which takes 10 s for each.
    expect(elapsedMs).toBeGreaterThan(300_000);
    expect(last?.ending).toBe('finished');
    // The model's 29 pauses of 10 ms, at most.
    expect(last?.durationMs).toBeLessThanOrEqual(300);
    expect(last?.gapP99Ms ?? 0).toBeLessThanOrEqual(12);
    expect(last?.stallCount).toBe(0);
  });

  it('the same limits end a slow model, whose consumer waits for it', async () => {
    await expect(read({ modelMs: 60, consumerMs: 0 })).rejects.toMatchObject({ reason: 'timeout', phase: 'each', partialResponse: 'word ' });
    await expect(read({ modelMs: 40, consumerMs: 0 })).rejects.toMatchObject({ reason: 'timeout', phase: 'total' });
  });

  it('they go on when the gate opens', async () => {
    const clock = new VirtualClock();
    const stalled$ = timer(10, clock).pipe(switchMap(() => concat(of(text('taken, '), text('waiting')), NEVER)));
    const agent = new Agent({ provider: marbleProvider(stalled$), scheduler: clock, timeout });
    const iterator = toAsyncIterable(agent.stream$('Go'), { highWaterMark: 1 })[Symbol.asyncIterator]();
    const first = iterator.next();
    clock.pass(10);
    expect((await first).value?.content).toBe('taken, ');
    clock.pass(10_000);
    expect((await iterator.next()).value?.content).toBe('waiting');
    const last = iterator.next();
    clock.pass(timeout.each - 1);
    await expect(Promise.race([last, turn().then(() => 'none yet')])).resolves.toBe('none yet');
    clock.pass(1);
    await expect(last).rejects.toMatchObject({ reason: 'timeout', phase: 'each', partialResponse: 'taken, waiting' });
  });
});

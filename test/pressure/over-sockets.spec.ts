import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Program, runProgram, startProgram } from '../support/program.js';
import { floodBytes } from './load.js';
import type { Round } from './slow-consumer.js';

/** What the server may write more than to a reader without this library. */
const allowedRatio = 1.3;
/** All ways of a place together. */
const allowedGrowthBytes = 20 * 1024 * 1024;
/** The server cannot know that its reader is slow before the kernel's buffers are full, with a second socket twice. */
const fullSocketsBytes = floodBytes / 3;

const places = ['here', 'client'] as const;
/** The ways of `slow-consumer.ts` that this library is in. */
const names = {
  here: ['map, filter, accumulate', 'agent with a tool step', 'timer and switchMap', 'retry({ delay })'],
  client: ['toResponse', 'pipeToNodeResponse'],
} as const;
const cases = (['default', 'node'] as const).flatMap((transport) => places.map((place) => ({ transport, place })));

function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

describe('64 MB of events over a socket, of which a slow consumer has taken 2 %', () => {
  let otherEnd: Program | undefined;
  let results: readonly (readonly Round[])[] = [];

  beforeAll(async () => {
    otherEnd = await startProgram('pressure/other-end.ts');
    const url = `http://127.0.0.1:${String(await otherEnd.message)}`;
    // A small young generation: how much garbage V8 lets lie is not what is measured.
    const nodeArgs = ['--expose-gc', '--max-semi-space-size=1'];
    results = await Promise.all(
      cases.map(async ({ transport, place }) => {
        const message = await runProgram('pressure/slow-consumer.ts', { args: [url, transport, place], nodeArgs });
        return message as readonly Round[]; // its one message
      }),
    );
  }, 120_000);

  afterAll(() => otherEnd?.stop());

  describe.each(cases.map((oneCase, index) => ({ ...oneCase, index })))('transport: $transport, consumer: $place', ({ place, index }) => {
    const readings = (name: string) => (results[index] ?? []).flatMap((round) => round.readings.filter((reading) => reading.name === name));
    const written = (name: string) => median(readings(name).map((reading) => reading.writtenBytes));

    it.each(names[place])('%s: the server writes at most 1.3 times what a bare reader is sent', (name) => {
      const bareBytes = written(readings(name)[0]?.bare ?? '');
      // Else the bare reader was no slow one.
      expect(bareBytes).toBeLessThan(fullSocketsBytes);
      expect(written(name) / bareBytes).toBeLessThanOrEqual(allowedRatio);
    });

    it('the process grows by less than 20 MB', () => {
      const growth = results[index]?.map((round) => round.rssGrowthBytes) ?? [];
      expect(growth).toHaveLength(3);
      expect(median(growth)).toBeLessThan(allowedGrowthBytes);
    });
  });
});

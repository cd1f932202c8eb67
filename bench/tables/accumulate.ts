import type { BenchContext } from '../context.ts';
import { measureInTurns, median } from '../sampling.ts';
import { printTable, verdict } from '../table.ts';

const sizes = [100_000, 200_000] as const;

/** Twice the chunks should take twice the time: an operator that copies its text takes four times. */
export async function accumulateTime({ rounds }: BenchContext): Promise<void> {
  const samples = await measureInTurns(sizes.map((chunks) => ({ kind: 'accumulate', chunks })), rounds);
  const times = samples.map((ofSize) => median(ofSize, ({ wallMs }) => wallMs));
  const ratio = (times[1] ?? 0) / (times[0] ?? Number.NaN);
  const lines = sizes.map((chunks, index) => [
    `${chunks.toLocaleString('en')} chunks`,
    (times[index] ?? 0).toFixed(1),
    index === 1 ? ratio.toFixed(2) : '',
    index === 1 ? verdict(ratio, 2.2) : '',
  ]);
  printTable(`accumulate(), median of ${rounds}`, ['', 'ms', 'of the half', 'goal'], lines);
}

import type { BenchContext } from '../context.ts';
import { baseline, operatorRows, reasonOf } from '../operators.ts';
import { measureInTurns, median } from '../sampling.ts';
import { printTable, verdict } from '../table.ts';

/** Above this ratio the table says why. */
const mostOfMap = 10;

/** Each operator alone, beside RxJS's `map`; then `partialObject` over an answer and over one of twice the length. */
export async function operatorCost(context: BenchContext): Promise<void> {
  await alone(context);
  await partialObjectTime(context);
}

async function alone({ quick, rounds }: BenchContext): Promise<void> {
  const chunks = quick ? 100_000 : 1_000_000;
  const samples = await measureInTurns(operatorRows.map((operator) => ({ kind: 'operator', operator, chunks })), rounds);
  const times = new Map(operatorRows.map((operator, index) => [operator, median(samples[index] ?? [], ({ cpuMs }) => cpuMs)]));
  const bare = times.get(baseline) ?? Number.NaN;
  const rows = operatorRows.map((operator) => {
    const cpuMs = times.get(operator) ?? Number.NaN;
    return [operator, cpuMs.toFixed(0), ((cpuMs * 1_000) / chunks).toFixed(3), (cpuMs / bare).toFixed(1)];
  });
  printTable(`Each operator alone, ${chunks.toLocaleString('en')} chunks of 5 characters, median of ${rounds}`, ['', 'CPU ms', 'µs/chunk', 'of map'], rows);
  const dear = operatorRows.filter((operator) => (times.get(operator) ?? 0) > mostOfMap * bare);
  console.log(dear.map((operator) => `\n  ${operator}: ${reasonOf(operator)}.`).join(''));
}

const lengths = [110_000, 220_000] as const;

/** Twice the answer should take twice the time: a parser that begins anew for every chunk takes four times. */
async function partialObjectTime({ rounds }: BenchContext): Promise<void> {
  const readings = [false, true];
  const jobs = readings.flatMap((isRead) => lengths.map((characters) => ({ kind: 'partialObject', characters, isRead }) as const));
  const samples = await measureInTurns(jobs, rounds);
  const times = samples.map((ofJob) => median(ofJob, ({ cpuMs }) => cpuMs));
  const rows = jobs.map(({ characters, isRead }, index) => {
    const ratio = index % 2 === 1 ? (times[index] ?? Number.NaN) / (times[index - 1] ?? Number.NaN) : undefined;
    const name = `${characters.toLocaleString('en')} characters${isRead ? ', the last record of each value read' : ''}`;
    return [name, (times[index] ?? Number.NaN).toFixed(1), ratio?.toFixed(2) ?? '', ratio === undefined ? '' : verdict(ratio, 2.2)];
  });
  printTable(`partialObject(), a list of records in pieces of 4 characters, median of ${rounds}`, ['', 'CPU ms', 'of the half', 'goal'], rows);
}

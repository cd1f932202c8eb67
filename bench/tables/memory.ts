import type { BenchContext } from '../context.ts';
import type { RowName } from '../readers.ts';
import { measureInTurns, median } from '../sampling.ts';
import { printTable } from '../table.ts';

const names: readonly RowName[] = ['node:http + parser', 'official SDK', 'agenticraft', 'agenticraft, nodeTransport()'];
const megabyte = 1024 * 1024;

/** Live heap that a stream adds between a tenth and nine tenths of it. Ours holds the answer's text, which `accumulate` shows. */
export async function memory({ url, quick }: BenchContext): Promise<void> {
  const chunks = quick ? 100_000 : 1_000_000;
  const baseURL = `${url}/burst/${chunks}`;
  const samples = await measureInTurns(
    names.map((name) => ({ kind: 'memory', row: { name, wire: 'openai' }, baseURL, chunks })),
    3,
  );
  const lines = names.map((name, index) => {
    const heapBytes = median(samples[index] ?? [], (sample) => sample.heapBytes);
    const rssBytes = median(samples[index] ?? [], (sample) => sample.rssBytes);
    return [name, (heapBytes / megabyte).toFixed(2), (heapBytes / (0.8 * chunks)).toFixed(1), (rssBytes / megabyte).toFixed(0)];
  });
  printTable(`Memory, ${chunks.toLocaleString('en')} chunks of 5 characters`, ['', 'heap MB, 10 % to 90 %', 'bytes/chunk', 'RSS MB'], lines);
}

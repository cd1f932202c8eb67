import type { BenchContext } from '../context.ts';
import type { RowName } from '../readers.ts';
import { measureInTurns, median } from '../sampling.ts';
import { printTable, verdict } from '../table.ts';

const names: readonly RowName[] = ['fetch + parser', 'node:http + parser', 'official SDK', 'agenticraft', 'agenticraft, nodeTransport()'];
const goals: Readonly<Partial<Record<RowName, number>>> = { agenticraft: 1.1, 'agenticraft, nodeTransport()': 0.9 };

/** The time to the first chunk in a fresh process, when everything is imported. */
export async function firstChunk({ url, rounds }: BenchContext): Promise<void> {
  for (const wire of ['openai', 'anthropic'] as const) {
    // One event, then silence: after a whole answer in one read the end of the answer would be in the figure.
    const baseURL = `${url}/stall/1`;
    const samples = await measureInTurns(names.map((name) => ({ kind: 'first', row: { name, wire }, baseURL })), rounds);
    const waits = samples.map((ofRow) => median(ofRow, ({ wallMs }) => wallMs));
    const ofSdk = waits[names.indexOf('official SDK')] ?? Number.NaN;
    const lines = names.map((name, index) => {
      const wait = waits[index] ?? 0;
      return [name, wait.toFixed(1), (wait / ofSdk).toFixed(2), verdict(wait / ofSdk, goals[name])];
    });
    printTable(`First chunk, fresh process, ${wire} wire, median of ${rounds}`, ['', 'ms', 'of the SDK', 'goal'], lines);
  }
}

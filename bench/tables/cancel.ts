import type { BenchContext } from '../context.ts';
import type { RowName } from '../readers.ts';
import { measureInTurns, median } from '../sampling.ts';
import { printTable } from '../table.ts';

const names: readonly RowName[] = ['node:http + parser', 'official SDK', 'agenticraft', 'agenticraft, nodeTransport()'];
const goalMs = 10;

/** From the cancel of a stalled stream until the server sees the close. */
export async function cancelLatency({ url, rounds }: BenchContext): Promise<void> {
  const baseURL = `${url}/stall/1`;
  const samples = await measureInTurns(names.map((name) => ({ kind: 'cancel', row: { name, wire: 'openai' }, baseURL })), rounds);
  const lines = names.map((name, index) => {
    const wallMs = median(samples[index] ?? [], (sample) => sample.wallMs);
    const verdict = name.startsWith('agenticraft') ? `${wallMs < goalMs ? 'met' : 'MISSED'} (< ${goalMs} ms)` : '';
    return [name, wallMs.toFixed(2), verdict];
  });
  printTable(`Cancel of a stalled stream until the server sees it, median of ${rounds}`, ['', 'ms', 'goal'], lines);
}

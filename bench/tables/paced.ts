import type { BenchContext } from '../context.ts';
import { printCpuTable } from './cpu.ts';

const streams = 200;

/** One event a read of the socket, as real providers send: what a turn of the event loop costs. */
export async function paced({ url, quick, rounds }: BenchContext): Promise<void> {
  const events = quick ? 150 : 500;
  const title = `Paced: ${streams} streams, one event each 20 ms, ${(streams * events).toLocaleString('en')} chunks`;
  const common = { title, baseURL: `${url}/paced/${events}`, streams, rounds };
  await printCpuTable({
    ...common,
    wire: 'openai',
    goals: { agenticraft: 0.95, 'agenticraft, nodeTransport()': 0.7 },
    floorGoals: { 'agenticraft, nodeTransport()': 1.4 },
  });
  await printCpuTable({ ...common, wire: 'anthropic', goals: { agenticraft: 1.05, 'agenticraft, nodeTransport()': 0.9 } });
}

import type { BenchContext } from '../context.ts';
import { printCpuTable } from './cpu.ts';

/** All chunks as fast as the socket gives them: what the code costs. */
export async function burst({ url, quick, rounds }: BenchContext): Promise<void> {
  for (const chunks of quick ? [100_000] : [100_000, 400_000]) {
    const common = { title: `Burst of ${chunks.toLocaleString('en')} chunks`, baseURL: `${url}/burst/${chunks}`, streams: 1, rounds };
    await printCpuTable({
      ...common,
      wire: 'openai',
      goals: { agenticraft: 0.45, 'agenticraft, nodeTransport()': 0.37 },
    });
    // At 100,000 the start of the process is a large part of the figure: the goal is set for 400,000.
    const goals = chunks === 400_000 ? { agenticraft: 1, 'agenticraft, nodeTransport()': 0.75 } : {};
    await printCpuTable({ ...common, wire: 'anthropic', goals });
  }
}

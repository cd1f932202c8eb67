import type { BenchContext } from '../context.ts';
import { measureInTurns, median } from '../sampling.ts';
import { printTable } from '../table.ts';

const modules = ['agenticraft', 'agenticraft/operators', 'agenticraft/node', 'agenticraft/openai', 'openai', 'rxjs'];
const goalMs = 80;

/** What an import costs a fresh process; the SDKs and rxjs beside ours. */
export async function importTime({ rounds }: BenchContext): Promise<void> {
  const samples = await measureInTurns(modules.map((module) => ({ kind: 'import', module })), rounds);
  const lines = modules.map((module, index) => {
    const wallMs = median(samples[index] ?? [], (sample) => sample.wallMs);
    const verdict = module === 'agenticraft' ? `${wallMs <= goalMs ? 'met' : 'MISSED'} (<= ${goalMs} ms)` : '';
    return [module, wallMs.toFixed(1), verdict];
  });
  printTable(`Import, fresh process, median of ${rounds}`, ['', 'ms', 'goal'], lines);
}

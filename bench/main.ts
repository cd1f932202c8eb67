import os from 'node:os';
import { parseArgs } from 'node:util';
import type { BenchContext } from './context.ts';
import { startServer } from './sampling.ts';
import { accumulateTime } from './tables/accumulate.ts';
import { burst } from './tables/burst.ts';
import { cancelLatency } from './tables/cancel.ts';
import { firstChunk } from './tables/first-chunk.ts';
import { importTime } from './tables/import-time.ts';
import { memory } from './tables/memory.ts';
import { operatorCost } from './tables/operators.ts';
import { paced } from './tables/paced.ts';

/**
 * `npm run bench`: what this library costs, beside the official SDKs and the least that is possible, measured in turns in one run.
 * `-- --quick` for a short look, `-- --only=burst,paced` for some of the tables, `-- --rounds=9` for steadier figures.
 */
const tables: Readonly<Record<string, (context: BenchContext) => Promise<void>>> = {
  burst,
  paced,
  'first-chunk': firstChunk,
  import: importTime,
  accumulate: accumulateTime,
  operators: operatorCost,
  memory,
  cancel: cancelLatency,
};

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, rounds: { type: 'string' } },
});
const wanted = values.only?.split(',') ?? Object.keys(tables);
const unknown = wanted.filter((name) => !(name in tables));
const rounds = Number(values.rounds ?? (values.quick ? 3 : 5));
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(`Usage: npm run bench -- [--quick] [--rounds=5] [--only=${Object.keys(tables).join(',')}]`);
  process.exit(1);
}

console.log(`Node ${process.version}, ${os.availableParallelism()} cores, load ${os.loadavg()[0]?.toFixed(1)}. Figures compare inside a run only.`);
const server = await startServer();
try {
  for (const name of wanted) await tables[name]?.({ url: server.url, quick: values.quick, rounds });
} finally {
  server.close();
}

import type { Row, RowName } from '../readers.ts';
import { measureInTurns, median } from '../sampling.ts';
import { printTable, verdict } from '../table.ts';
import type { Wire } from '../wire.ts';

/** One table of CPU per chunk. */
export interface CpuTable {
  readonly title: string;
  readonly wire: Wire;
  readonly baseURL: string;
  readonly streams: number;
  readonly rounds: number;
  /** The most that a row may cost, as a part of the SDK's figure. */
  readonly goals: Readonly<Partial<Record<RowName, number>>>;
  /** The most that a row may cost, as a multiple of the node:http floor. */
  readonly floorGoals?: Readonly<Partial<Record<RowName, number>>>;
}

const names: readonly RowName[] = ['fetch + parser', 'node:http + parser', 'official SDK', 'agenticraft', 'agenticraft, nodeTransport()'];

export async function printCpuTable(table: CpuTable): Promise<void> {
  const { wire, baseURL, streams, rounds } = table;
  const rows: readonly Row[] = names.map((name) => ({ name, wire }));
  const samples = await measureInTurns(rows.map((row) => ({ kind: 'read', row, baseURL, streams })), rounds);
  const figures = samples.map((ofRow) => ({
    cpuUs: median(ofRow, ({ cpuMs = 0, chunks = 1 }) => (cpuMs * 1_000) / chunks),
    wallUs: median(ofRow, ({ wallMs = 0, chunks = 1 }) => (wallMs * 1_000) / chunks),
  }));
  const cpuOf = (name: RowName): number => figures[names.indexOf(name)]?.cpuUs ?? Number.NaN;
  const lines = names.map((name, index) => {
    const { cpuUs = 0, wallUs = 0 } = figures[index] ?? {};
    const [ofSdk, ofFloor] = [cpuUs / cpuOf('official SDK'), cpuUs / cpuOf('node:http + parser')];
    const verdicts = [verdict(ofSdk, table.goals[name]), verdict(ofFloor, table.floorGoals?.[name])].filter((text) => text !== '');
    return [name, cpuUs.toFixed(2), wallUs.toFixed(2), ofSdk.toFixed(2), ofFloor.toFixed(2), verdicts.join(', of the floor ')];
  });
  const header = ['', 'CPU µs/chunk', 'wall µs/chunk', 'of the SDK', 'of the floor', 'goal'];
  printTable(`${table.title}, ${wire} wire, median of ${rounds}`, header, lines);
}

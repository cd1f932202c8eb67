import { answerOf, jsonAnswer, makeOperator } from './operators.ts';
import { type Row, loadReader } from './readers.ts';

/** What one process measures, once: `process.argv[2]`, as JSON. The result goes to the parent process. */
export type Job =
  | { readonly kind: 'read'; readonly row: Row; readonly baseURL: string; readonly streams: number }
  | { readonly kind: 'first'; readonly row: Row; readonly baseURL: string }
  | { readonly kind: 'memory'; readonly row: Row; readonly baseURL: string; readonly chunks: number }
  | { readonly kind: 'cancel'; readonly row: Row; readonly baseURL: string }
  | { readonly kind: 'import'; readonly module: string }
  | { readonly kind: 'accumulate'; readonly chunks: number }
  | { readonly kind: 'operator'; readonly operator: string; readonly chunks: number }
  | { readonly kind: 'partialObject'; readonly characters: number; readonly isRead: boolean };

/** Of these a job fills what it measures. */
export interface Sample {
  readonly cpuMs?: number;
  readonly wallMs?: number;
  readonly chunks?: number;
  readonly heapBytes?: number;
  readonly rssBytes?: number;
}

const ignore = (): void => undefined;

/** Runs `work` and gives the CPU time of this process and the time that passed. */
async function clocked<T>(work: () => Promise<T>): Promise<{ value: T; cpuMs: number; wallMs: number }> {
  const before = process.cpuUsage();
  const start = performance.now();
  const value = await work();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { value, cpuMs: (user + system) / 1_000, wallMs };
}

async function read({ row, baseURL, streams }: Job & { kind: 'read' }): Promise<Sample> {
  const reader = await loadReader(row);
  const all = () => Promise.all(Array.from({ length: streams }, () => reader(baseURL, ignore).done));
  const { value, cpuMs, wallMs } = await clocked(all);
  return { cpuMs, wallMs, chunks: value.reduce((sum, count) => sum + count, 0) };
}

async function first({ row, baseURL }: Job & { kind: 'first' }): Promise<Sample> {
  const reader = await loadReader(row);
  const { cpuMs, wallMs } = await clocked(() => new Promise<void>((resolve) => reader(baseURL, () => resolve())));
  return { cpuMs, wallMs };
}

/** Growth of the live heap between a tenth and nine tenths of a stream. */
async function memory({ row, baseURL, chunks }: Job & { kind: 'memory' }): Promise<Sample> {
  const reader = await loadReader(row);
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('Start this job with --expose-gc.');
  const early = Math.floor(chunks * 0.1);
  const late = Math.floor(chunks * 0.9);
  let [heapAtStart, heapBytes] = [0, 0];
  const onChunk = (count: number): void => {
    if (count !== early && count !== late) return;
    collect();
    const { heapUsed } = process.memoryUsage();
    if (count === early) heapAtStart = heapUsed;
    else heapBytes = heapUsed - heapAtStart;
  };
  await reader(baseURL, onChunk).done;
  return { heapBytes, rssBytes: process.memoryUsage.rss() };
}

/** From the cancel of a stalled stream until the server sees the connection close. */
async function cancel({ row, baseURL }: Job & { kind: 'cancel' }): Promise<Sample> {
  const reader = await loadReader(row);
  let firstChunk = ignore;
  const begun = new Promise<void>((resolve) => (firstChunk = resolve));
  const reading = reader(baseURL, () => firstChunk());
  reading.done.catch(ignore); // how it ends is another test's
  await begun;
  const start = process.hrtime.bigint();
  reading.cancel();
  // The server noted when it saw the close, on the same monotonic clock; when it is asked does not matter.
  const end = BigInt(await (await fetch(new URL('/closed', baseURL))).text());
  return { wallMs: Number(end - start) / 1e6 };
}

async function importTime({ module }: Job & { kind: 'import' }): Promise<Sample> {
  const { cpuMs, wallMs } = await clocked(() => import(module));
  return { cpuMs, wallMs };
}

async function accumulateTime({ chunks }: Job & { kind: 'accumulate' }): Promise<Sample> {
  const [{ accumulate }, { from, lastValueFrom }] = await Promise.all([import('agenticraft/operators'), import('rxjs')]);
  const metadata = Object.freeze({ streamId: 'bench' });
  const text = { type: 'text', content: ' word', isFinal: false, timestamp: 0, metadata } as const;
  const input = Array.from({ length: chunks }, () => ({ ...text }));
  const run = () => lastValueFrom(from(input).pipe(accumulate()), { defaultValue: undefined });
  await run(); // compiled from here on
  const { cpuMs, wallMs } = await clocked(run);
  return { cpuMs, wallMs, chunks };
}

async function operatorTime({ operator, chunks }: Job & { kind: 'operator' }): Promise<Sample> {
  const [operators, { lastValueFrom }] = await Promise.all([import('agenticraft/operators'), import('rxjs')]);
  const run = (count: number) => lastValueFrom(answerOf(operator, count).pipe(makeOperator(operator, operators)), { defaultValue: undefined });
  await run(50_000); // compiled from here on
  const answer$ = answerOf(operator, chunks); // the list is made before the clock starts
  const { cpuMs, wallMs } = await clocked(() => lastValueFrom(answer$.pipe(makeOperator(operator, operators)), { defaultValue: undefined }));
  return { cpuMs, wallMs, chunks };
}

const answersPerSample = 10;

/** `isRead`: somebody looks at the end of the list in each value, as a view does. */
async function partialObjectTime({ characters, isRead }: Job & { kind: 'partialObject' }): Promise<Sample> {
  const [operators, { lastValueFrom, map }] = await Promise.all([import('agenticraft/operators'), import('rxjs')]);
  const answer$ = jsonAnswer(characters);
  const look = (value: unknown): unknown => (isRead ? (value as { records?: readonly unknown[] }).records?.at(-1) : value); // as jsonAnswer writes it
  const run = () => lastValueFrom(answer$.pipe(makeOperator('partialObject', operators), map(look)), { defaultValue: undefined });
  // One answer takes a few milliseconds: too short for a clock on a busy machine.
  const runMany = async (): Promise<void> => {
    for (let count = 0; count < answersPerSample; count++) await run();
  };
  await runMany(); // compiled from here on
  const { cpuMs, wallMs } = await clocked(runMany);
  return { cpuMs: cpuMs / answersPerSample, wallMs: wallMs / answersPerSample };
}

function perform(job: Job): Promise<Sample> {
  switch (job.kind) {
    case 'read':
      return read(job);
    case 'first':
      return first(job);
    case 'memory':
      return memory(job);
    case 'cancel':
      return cancel(job);
    case 'import':
      return importTime(job);
    case 'accumulate':
      return accumulateTime(job);
    case 'operator':
      return operatorTime(job);
    case 'partialObject':
      return partialObjectTime(job);
    default:
      throw new Error(`There is no job ${String(job satisfies never)}.`);
  }
}

const sample = await perform(JSON.parse(process.argv[2] ?? '') as Job); // written by sampling.ts
process.send?.(sample, () => process.exit());

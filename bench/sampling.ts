import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Job, Sample } from './client.ts';

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The server's process. */
export interface BenchServer {
  readonly url: string;
  close(): void;
}

export async function startServer(): Promise<BenchServer> {
  const child = fork(script('server.ts'));
  const port = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error('The bench server did not start.')));
  });
  return { url: `http://127.0.0.1:${String(port)}`, close: () => child.disconnect() };
}

/** Measures once, in a fresh process: no row warms the machine code or fills the heap of another. */
export function measureOnce(job: Job): Promise<Sample> {
  return new Promise((resolve, reject) => {
    // A flag of V8 makes Node compile its own code anew (some 20 ms at the first `fetch`): none where no user has one.
    const execArgv = job.kind === 'memory' ? ['--expose-gc'] : [];
    const child = fork(script('client.ts'), [JSON.stringify(job)], { execArgv });
    let sample: Sample | undefined;
    child.once('message', (message) => (sample = message as Sample)); // sent by client.ts
    child.once('exit', (code) => {
      if (sample === undefined) reject(new Error(`Measuring ${JSON.stringify(job)} failed with exit code ${String(code)}.`));
      else resolve(sample);
    });
  });
}

/** Measures every job `rounds` times, in turns, so that a noisy minute hits all of them. */
export async function measureInTurns(jobs: readonly Job[], rounds: number): Promise<readonly (readonly Sample[])[]> {
  const samples: Sample[][] = jobs.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, job] of jobs.entries()) {
      samples[index]?.push(await measureOnce(job));
      process.stderr.write('.');
    }
  }
  process.stderr.write('\n');
  return samples;
}

/** The median of one figure; 0 when nobody measured it. */
export function median(samples: readonly Sample[], figure: (sample: Sample) => number | undefined): number {
  const sorted = samples.map((sample) => figure(sample) ?? 0).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] ?? 0;
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

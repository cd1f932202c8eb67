import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Program, runProgram, startProgram } from '../support/program.js';
import type { LongAnswer } from './long-answer.js';
import type { ManyAgents } from './many-agents.js';
import type { ManyCutAnswers } from './many-cut-answers.js';
import type { ManyStreams } from './many-streams.js';
import { piece } from './piece.js';

const megabyte = 1024 * 1024;

let server: Program | undefined;
let url = '';

beforeAll(async () => {
  server = await startProgram('memory/model-server.ts');
  url = `http://127.0.0.1:${String(await server.message)}`;
}, 60_000);
afterAll(() => server?.stop());

function run(name: string, args: readonly string[], ...nodeArgs: readonly string[]): Promise<unknown> {
  return runProgram(`memory/${name}.ts`, { args: [url, ...args], nodeArgs: ['--expose-gc', ...nodeArgs] });
}

describe.each(['default', 'node'])('memory, transport: %s', (transport) => {
  it('holds nothing of 1,000,000 chunks but the text, in an old space of 48 MB', async () => {
    const chunkCount = 1_000_000;
    const result = (await run('long-answer', [String(chunkCount), transport], '--max-old-space-size=48')) as LongAnswer; // its one message
    // One chunk for each piece, `step` and `finish`.
    expect(result.chunkCount).toBe(chunkCount + 2);
    expect(result.characterCount).toBe(chunkCount * piece.length);
    // While a step runs its text is held twice, one byte a character: by the provider and by the run.
    const textBytes = 2 * (result.late.characterCount - result.early.characterCount);
    const growth = result.late.liveBytes - result.early.liveBytes;
    expect(growth - textBytes).toBeLessThan(megabyte);
    // Else the text was not there to be counted off, and the line above would hide as much.
    expect(growth).toBeGreaterThan(textBytes - megabyte);
  }, 120_000);

  it('keeps nothing of 1,000 agents that were run and dropped', async () => {
    const { answers, keptBytes } = (await run('many-agents', ['1000', transport])) as ManyAgents; // its one message
    expect(answers).toEqual([piece.repeat(3)]);
    expect(keptBytes).toBeLessThan(2 * megabyte);
  }, 120_000);

  it.each(['openai', 'anthropic'])('keeps nothing of 400 answers of %s that broke off', async (provider) => {
    const { reasons, keptBytes } = (await run('many-cut-answers', ['400', transport, provider])) as ManyCutAnswers; // its one message
    expect(reasons).toEqual(['disconnected']);
    expect(keptBytes).toBeLessThan(2 * megabyte);
  }, 120_000);

  it('reads 500 streams of 500 chunks at once, each accumulated and measured', async () => {
    const result = (await run('many-streams', ['500', '500', transport], '--max-old-space-size=96')) as ManyStreams; // its one message
    expect(result).toMatchObject({ streamCount: 500, mostAtOnce: 500, texts: [piece.repeat(500)], endings: ['finished'], chunkCounts: [501] });
    expect(result.keptBytes).toBeLessThan(16 * megabyte);
  }, 120_000);
});

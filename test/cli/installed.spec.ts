import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

/** The package as a user has it: its own `bin`, `dist` made from the present sources, and the packages that a test gives it. */
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const dependencies = ['eventsource-parser', '@standard-schema/spec'];

let folder: string;

async function install(name: string, packages: readonly string[]): Promise<string> {
  const place = join(folder, name);
  await mkdir(join(place, 'bin'), { recursive: true });
  for (const file of ['bin/agenticraft.js', 'package.json']) await copyFile(join(root, file), join(place, file));
  for (const one of [...dependencies, ...packages]) {
    await mkdir(dirname(join(place, 'node_modules', one)), { recursive: true });
    await symlink(join(root, 'node_modules', one), join(place, 'node_modules', one), 'dir');
  }
  return place;
}

async function installBuilt(name: string, packages: readonly string[]): Promise<string> {
  const place = await install(name, packages);
  await build({
    entryPoints: { 'cli/run': join(root, 'src/cli/run.ts') },
    outdir: join(place, 'dist/src'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    packages: 'external',
    alias: { '#model-name': join(root, 'src/providers/model-name/node.ts') },
    logLevel: 'error',
  });
  return place;
}

let child: ChildProcessByStdio<null, Readable, Readable> | undefined;

function start(place: string, argv: readonly string[]) {
  const started = spawn(process.execPath, [join(place, 'bin/agenticraft.js'), ...argv], { env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'pipe', 'pipe'] });
  child = started;
  const ended = Promise.all([once(started, 'close'), text(started.stdout), text(started.stderr)]).then(([[code], stdout, stderr]) => ({ code: code as unknown, stdout, stderr }));
  return { ended, firstOutput: once(started.stdout, 'data'), interrupt: () => started.kill('SIGINT') };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agenticraft-installed-'));
});
afterEach(() => void child?.kill('SIGKILL'));
afterAll(() => rm(folder, { recursive: true }));

describe('installed with', () => {
  it('everything: answers', async () => {
    const place = await installBuilt('everything', ['rxjs', 'zod', 'openai']);
    const { code, stdout } = await start(place, ['2+2']).ended;
    expect([code, stdout.split('\n')[3]]).toEqual([0, '2+2 is 4.']);
  });

  // A device that refuses every byte; Linux has one.
  (existsSync('/dev/full') ? it : it.skip)('everything, but no room for the answer: one line', async () => {
    const place = await installBuilt('no-room', ['rxjs', 'zod', 'openai']);
    const full = await open('/dev/full', 'w');
    let stderr = '';
    const started = spawn(process.execPath, [join(place, 'bin/agenticraft.js'), '2+2'], { env: {}, stdio: ['ignore', full.fd, 'pipe'] });
    started.stderr?.on('data', (piece) => (stderr += String(piece)));
    const [code] = (await once(started, 'close')) as [number]; // the event's first argument
    await full.close();
    expect([code, stderr.split('\n').slice(-2)]).toEqual([1, [expect.stringMatching(/^The output cannot be written: .*ENOSPC/), '']]);
  });

  it('rxjs only: one line that says what to install; help, version and wrong usage as ever', async () => {
    const place = await installBuilt('rxjs-only', ['rxjs']);
    const line = 'agenticraft: The command line needs packages that are not installed. Run: npm install zod';
    expect(await start(place, ['2+2']).ended).toEqual({ code: 1, stdout: '', stderr: `${line} openai\n` });
    expect(await start(place, ['--provider', 'anthropic', '2+2']).ended).toEqual({ code: 1, stdout: '', stderr: `${line} @anthropic-ai/sdk\n` });
    expect(await start(place, ['--help']).ended).toMatchObject({ code: 0, stderr: '' });
    expect(await start(place, ['--version']).ended).toMatchObject({ code: 0, stderr: '' });
    expect(await start(place, ['']).ended).toMatchObject({ code: 2, stderr: expect.stringContaining('The prompt is empty') });
  });

  it('not even rxjs: one line', async () => {
    const place = await installBuilt('nothing', []);
    const stderr = 'agenticraft: The command line needs a package that is not installed. Run: npm install rxjs\n';
    expect(await start(place, ['2+2']).ended).toEqual({ code: 1, stdout: '', stderr });
  });

  it('the SDK but no zod: a recording is streamed all the same', async () => {
    const place = await installBuilt('no-zod', ['rxjs', 'openai']);
    const file = join(folder, 'chat.sse');
    await writeFile(file, 'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Ciao"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
    const { code, stdout } = await start(place, ['--replay', file]).ended;
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'Ciao']);
  });
});

describe('Ctrl-C', () => {
  const line = 'Interrupted (aborted): stopped by Ctrl-C.\n';

  it('while the program loads: the line and 130', async () => {
    const place = await install('loading', []);
    await mkdir(join(place, 'dist/src/cli'), { recursive: true });
    // A module that never ends to load, in place of one that takes a moment.
    await writeFile(join(place, 'dist/src/cli/run.js'), "process.stdout.write('loading'); await new Promise(() => setInterval(() => {}, 1000));");
    const { ended, firstOutput, interrupt } = start(place, ['Hi']);
    await firstOutput;
    interrupt();
    expect(await ended).toEqual({ code: 130, stdout: 'loading', stderr: line });
  });

  it('while it answers: what came, the line once, and 130', async () => {
    const place = await installBuilt('answering', ['rxjs', 'zod', 'openai']);
    const { ended, firstOutput, interrupt } = start(place, ['Explain quantum gravity']);
    await firstOutput;
    interrupt();
    const { code, stdout, stderr } = await ended;
    expect([code, stderr.split('\n').length, stderr.endsWith(`\n${line}`)]).toEqual([130, 3, true]);
    expect(stdout).toMatch(/^I.*\n$/);
    expect(stdout).not.toContain('real model');
  });
});

import { type ChildProcess, fork } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/**
 * Programs that a test runs in a Node of their own: to measure memory, to limit it, or to be the other end of a socket.
 * They are bundled from the present sources, so they need no build; packages stay where they are installed.
 */

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const bundles = join(root, 'node_modules', '.cache', 'agenticraft', 'programs');

/** The import map of package.json leads into the build; the sources are wanted here. */
const ownImports: Plugin = {
  name: 'own-imports',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^#model-name$/ }, () => ({ path: join(root, 'src', 'providers', 'model-name', 'node.ts') }));
  },
};

const defaultLimitMs = 60_000;
let started = 0;

/** How to start a program. */
export interface ProgramOptions {
  readonly args?: readonly string[];
  /** Options of Node itself, for example `--expose-gc`. */
  readonly nodeArgs?: readonly string[];
  /** A program that has sent nothing by then fails. Default 60,000. */
  readonly limitMs?: number;
}

/** A program that runs. */
export interface Program {
  /** The first message that it sends; rejects with what it wrote to standard error when it ends without one. */
  readonly message: Promise<unknown>;
  /** Ends it, if it has not ended, and waits until it is gone. */
  stop(): Promise<void>;
}

/** Starts `test/<entry>` in a process of its own. */
export async function startProgram(entry: string, options: ProgramOptions = {}): Promise<Program> {
  await mkdir(bundles, { recursive: true });
  // Tests run beside each other, and a test starts several at once: every start has its own file.
  const file = join(bundles, `${entry.replaceAll('/', '-')}-${process.pid}-${Date.now()}-${started++}.mjs`);
  await build({
    entryPoints: [join(root, 'test', entry)],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    packages: 'external',
    plugins: [ownImports],
    logLevel: 'error',
  });
  const child = fork(file, options.args ?? [], { execArgv: [...(options.nodeArgs ?? [])], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const message = firstMessage(child, entry, options.limitMs ?? defaultLimitMs);
  // Who only stops the program does not ask for its message.
  message.catch(() => undefined);
  return {
    message,
    stop: async () => {
      child.kill('SIGKILL');
      await gone;
      await rm(file, { force: true });
    },
  };
}

/** Runs a program to its end and gives its message. */
export async function runProgram(entry: string, options: ProgramOptions = {}): Promise<unknown> {
  const program = await startProgram(entry, options);
  try {
    return await program.message;
  } finally {
    await program.stop();
  }
}

function firstMessage(child: ChildProcess, entry: string, limitMs: number): Promise<unknown> {
  return new Promise<unknown>((resolve, reject) => {
    let complaint = '';
    const limit = setTimeout(() => reject(new Error(`${entry} sent nothing in ${limitMs} ms:\n${complaint}`)), limitMs);
    child.once('message', () => clearTimeout(limit));
    child.once('close', () => clearTimeout(limit));
    child.stderr?.on('data', (data: Buffer) => (complaint += data.toString()));
    child.once('message', resolve);
    child.once('error', reject);
    // Its last message may be read after its end has been seen: the channel is closed behind it.
    const closed = new Promise<string>((resolveClosed) => child.once('close', (code, signal) => resolveClosed(String(code ?? signal))));
    child.once('disconnect', () => {
      void closed.then((how) => reject(new Error(`${entry} ended without a message (${how}):\n${complaint}`)));
    });
  });
}

/** For the program itself: sends its one message, and resolves when it has gone out. */
export function report(message: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) {
      console.log(message);
      resolve();
      return;
    }
    process.send(message, undefined, {}, (error) => (error === null ? resolve() : reject(error)));
  });
}

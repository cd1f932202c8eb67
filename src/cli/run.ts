import { createRequire } from 'node:module';
import { main } from './main.js';
import { isInstalled } from './packages.js';

/** The package's own entry for its manifest works from the sources and from dist alike. */
function readVersion(): string {
  const { version } = createRequire(import.meta.url)('agenticraft/package.json') as { readonly version: string };
  return version;
}

/** Runs the command line in this process. Listens for Ctrl-C before it returns, so that its caller can stop listening. */
export async function run(): Promise<void> {
  const interruption = new AbortController();
  // A second Ctrl-C finds no listener and ends the process at once.
  process.once('SIGINT', () => interruption.abort());
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of a pipe has enough (`| head`): that is no failure.
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`The output cannot be written: ${error.message}.\n`);
    process.exit(1);
  });
  process.exitCode = await main({
    argv: process.argv.slice(2),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruption.signal,
    version: readVersion(),
    isInstalled,
  });
}

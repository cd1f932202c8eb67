// `npm run test:exhaustive`: the terminal contract at every offset of every recorded body, as functions and over sockets.
// Takes the better part of an hour; `npm test` takes a seeded sample of the large bodies.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(root, 'node_modules/jest/bin/jest.js'), 'test/contract', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit', env: { ...process.env, EXHAUSTIVE: '1' } },
);
process.exitCode = status ?? 1;

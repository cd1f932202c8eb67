// Installs the dependencies when they are missing or out of date. Runs before `npm start` and `npm test`, on whatever Node
// the machine has (20 and later): no dependency, no new syntax.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const localCache = join(root, '.npm-cache');

function readLockfile(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
  } catch {
    return undefined;
  }
}

/**
 * npm writes `node_modules/.package-lock.json` last, so an unfinished install has none. It lacks the root, and optional
 * packages of other platforms.
 */
function isInstalled() {
  const wanted = readLockfile(join(root, 'package-lock.json'));
  const installed = readLockfile(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  const same = (path) => wanted[path]?.version === installed[path]?.version && wanted[path]?.integrity === installed[path]?.integrity;
  const mayLack = (path) => installed[path] === undefined && (wanted[path].optional === true || wanted[path].devOptional === true);
  return (
    Object.keys(wanted).every((path) => path === '' || mayLack(path) || same(path)) &&
    Object.keys(installed).every((path) => same(path) && existsSync(join(root, path)))
  );
}

function isWritable(path) {
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  try {
    accessSync(at, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function npmArguments() {
  // What the user has set for the outer npm (`-s`, NODE_ENV=production) must not hide errors or leave out the tools.
  const options = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  const cache = process.env.npm_config_cache ?? join(homedir(), '.npm');
  return isWritable(cache) ? options : [...options, `--cache=${localCache}`];
}

/** npm's output is kept, and shown only when it fails. */
function runNpm() {
  return new Promise((resolve, reject) => {
    const npm = process.env.npm_execpath;
    // Inside an npm script `npm_execpath` is the npm that was typed; it is run by this Node, so no shell is needed.
    const viaNode = npm !== undefined && /\.c?js$/.test(npm);
    const child = viaNode
      ? spawn(process.execPath, [npm, ...npmArguments()], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
      : spawn('npm', npmArguments(), { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ci failed (exit code ${code}):\n${output.trim()}`));
    });
  });
}

async function install() {
  // Another process may have done it while this one waited for the lock.
  if (isInstalled()) return;
  const start = Date.now();
  process.stderr.write('Installing dependencies (once, about half a minute) ...\n');
  await runNpm();
  if (!isInstalled()) throw new Error('npm ci ended well, but node_modules does not match package-lock.json. Delete node_modules and try again.');
  process.stderr.write(`Dependencies installed in ${Math.round((Date.now() - start) / 1000)} s.\n`);
}

if (!isInstalled()) {
  try {
    mkdirSync(localCache, { recursive: true });
    // Two overlapping installs destroy each other.
    await withLock(join(localCache, 'install.lock'), install, () => {
      process.stderr.write('Another install is running in this folder; waiting for it ...\n');
    });
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

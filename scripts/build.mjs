// Builds dist/ with tsc. With --if-stale only when a source changed since the last build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, 'node_modules', '.cache', 'agenticraft');
const stamp = join(cache, 'built-from');
const dist = join(root, 'dist');

function sourceFiles() {
  const folders = ['src', 'operators', 'marbles'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return [...folders.sort(), ...['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => join(root, name))];
}

/** Content, not times: a checkout or a copy changes the times alone. */
function sourceHash() {
  const hash = createHash('sha256');
  for (const file of sourceFiles()) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function isFresh(hash) {
  return existsSync(dist) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

/** Into dist/ itself: the compiler leads `#model-name` of package.json back to its source through `outDir` alone. */
function build(hash) {
  rmSync(stamp, { force: true });
  rmSync(dist, { recursive: true, force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  // tsc writes its errors to standard output, which belongs to the answer when this runs before `npm start`.
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('The build failed; see the errors above.');
  writeFileSync(stamp, hash);
}

/** Builds unless dist/ is made from the present sources. */
export async function buildIfStale() {
  if (isFresh(sourceHash())) return;
  mkdirSync(cache, { recursive: true });
  await withLock(join(cache, 'build.lock'), () => {
    const hash = sourceHash();
    if (isFresh(hash)) return;
    process.stderr.write('Building ...\n');
    build(hash);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    if (!process.argv.includes('--if-stale')) rmSync(stamp, { force: true });
    await buildIfStale();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

// A lock between processes: a file that holds its owner's process id. No dependency; runs on Node 20.
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** No install or build takes so long; a process id may have been given to another process since. */
const maxAgeMs = 15 * 60_000;
const pollMs = 200;

/** Creates `path` with this process's id in one step, so that nobody ever reads an empty lock. */
function tryCreate(path) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function isStale(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return !isAlive(pid) || Date.now() - statSync(path).mtimeMs > maxAgeMs;
  } catch {
    // It is gone: the next attempt to create it decides.
    return false;
  }
}

/** Removes a stale lock. Only one process at a time may look and remove, or the second would remove the first one's new lock. */
function breakStale(path) {
  const guard = `${path}.break`;
  if (!tryCreate(guard)) {
    if (isStale(guard)) rmSync(guard, { force: true });
    return;
  }
  try {
    if (isStale(path)) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Runs `work` while holding the lock at `path`; calls `onWait` once when another process holds it. */
export async function withLock(path, work, onWait) {
  let told = false;
  while (!tryCreate(path)) {
    if (isStale(path)) {
      breakStale(path);
      continue;
    }
    if (!told) onWait?.();
    told = true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

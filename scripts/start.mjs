// `npm start`: builds when a source changed, then runs the command line in this process, so that its exit code, its
// terminal and Ctrl-C are npm's own.
import { buildIfStale } from './build.mjs';

try {
  await buildIfStale();
  await import('../bin/agenticraft.js');
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

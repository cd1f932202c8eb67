// `npm start`: builds when a source changed, then runs the command line in this process, so that its exit code, its
// terminal and Ctrl-C are npm's own.
import { buildIfStale } from './build.mjs';

try {
  await buildIfStale();
  // npm changes to the project's folder; --replay FILE means the folder where the user typed it.
  if (process.env.INIT_CWD !== undefined) process.chdir(process.env.INIT_CWD);
  await import('../bin/agenticraft.js');
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

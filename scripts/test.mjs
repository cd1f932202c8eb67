// `npm test`: every check, one line each; stops at the first that fails and shows its output. Jest comes last, so that its
// summary and the closing line `N passed, N failed` end the output.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const jestResult = join(root, 'node_modules', '.cache', 'agenticraft', 'jest.json');

const sourceFolders = ['src', 'operators', 'marbles'];

/** Each is a script of this project or a tool's own entry, run by this Node. */
const stages = [
  { name: 'snippets', script: 'scripts/docs-snippets.ts', args: [] },
  { name: 'examples', script: 'scripts/docstring-examples.ts', args: [] },
  { name: 'types', script: 'node_modules/typescript/bin/tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'lint', script: 'node_modules/eslint/bin/eslint.js', args: ['--max-warnings=0', '--cache', '--cache-location', 'node_modules/.cache/agenticraft/eslint', '.'] },
  { name: 'layers', script: 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', args: ['--config', '.dependency-cruiser.mjs', ...sourceFolders] },
  { name: 'api', script: 'node_modules/typedoc/bin/typedoc', args: ['--emit', 'none'] },
  { name: 'build', script: 'scripts/build.mjs', args: [] },
  { name: 'package', script: 'scripts/check-package.mjs', args: [], show: true },
  {
    name: 'jest',
    // What keeps Jest from ending has failed its test file already (test/setup): it must not hang the build machine too.
    nodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    script: 'node_modules/jest/bin/jest.js',
    args: ['--ci', '--forceExit', '--maxWorkers=2', '--json', `--outputFile=${jestResult}`],
  },
];

function run({ script, args, nodeArgs = [] }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeArgs, join(root, script), ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });
}

function checkNode() {
  if (Number(process.versions.node.split('.')[0]) >= 22) return true;
  console.error(
    `The tests need Node 22 or later; this is Node ${process.versions.node}. The devDependency "node" brings it: ` +
      'install without --ignore-scripts (npm ci --ignore-scripts=false) and start the tests with `npm test`.',
  );
  return false;
}

async function runStage(stage) {
  const start = performance.now();
  const { code, output } = await run(stage);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${stage.name.padEnd(8)} ${code === 0 ? 'ok' : 'FAILED'} (${seconds} s)`);
  if (code !== 0) console.log(output);
  else if (stage.show && output !== '') console.log(output.replace(/^/gm, '         '));
  return { ok: code === 0, output };
}

/** The lines that the specs print for the reader ("N recordings, ..."), and Jest's own summary. */
function printJest(output) {
  const lines = output.split('\n');
  const summary = lines.findLastIndex((line) => line.startsWith('Test Suites:'));
  for (const line of lines) if (/\b\d+ recordings?\b/.test(line)) console.log(line.trim());
  if (summary >= 0) console.log(lines.slice(summary).filter((line) => !/^(Test results written|Force exiting Jest)/.test(line)).join('\n'));
}

/** Jest counts a file that does not even load as no test at all: such files are failures too. */
function closingLine() {
  const result = JSON.parse(readFileSync(jestResult, 'utf8'));
  if (result.numPendingTests > 0) console.log(`${result.numPendingTests} skipped`);
  return `${result.numPassedTests} passed, ${result.numFailedTests + result.numRuntimeErrorTestSuites} failed`;
}

async function main() {
  if (!checkNode()) return false;
  rmSync(jestResult, { force: true });
  for (const stage of stages) {
    const { ok, output } = await runStage(stage);
    if (stage.name !== 'jest') {
      if (!ok) return false;
      continue;
    }
    if (ok) printJest(output);
    // Without a result Jest itself did not come to its end; its output, printed above, says why.
    if (existsSync(jestResult)) console.log(`\n${closingLine()}`);
    return ok;
  }
  return false;
}

process.exitCode = (await main()) ? 0 : 1;

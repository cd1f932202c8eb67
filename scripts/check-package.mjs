// Checks the package as users get it: packs it once, lints the tarball, installs it with rxjs in an empty project, imports
// it there, checks its types there, and bundles its main entries for a browser. Uses no network.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What a browser loads, gzip, without rxjs. A figure that is passed is a decision to be made, not a slip. */
const bundles = [
  {
    title: 'nine operators and the bridges, without the agent',
    code: `export { toAsyncIterable, toPromise, collectStream, streamToString } from 'agenticraft';
      export { accumulate, chunkTimeout, interceptToolCalls, mapInterruption, measure, progress, text, throwOnAbort, verifyStream } from 'agenticraft/operators';`,
    maxGzipBytes: 12 * 1024,
  },
  { title: 'Agent and tool, all that a chat needs', code: `export { Agent, tool } from 'agenticraft';`, maxGzipBytes: 19 * 1024 },
  { title: 'every export of both entries', code: `export * from 'agenticraft'; export * from 'agenticraft/operators';`, maxGzipBytes: 36 * 1024 },
];
/** These must reach a browser bundle too, whatever their size. */
const browserSafe = `export * from 'agenticraft/testing'; export * from 'agenticraft/server'; export * from 'agenticraft/marbles';`;
const forbiddenInBrowser = /(^|\/)node_modules\/(openai|@anthropic-ai|zod)\//;

const execute = promisify(execFile);

async function run(script, args, cwd) {
  try {
    return (await execute(process.execPath, [script, ...args], { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    throw new Error(`${script.replace(root, '.')} ${args.join(' ')} failed:\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
  }
}

function runNpm(args, cwd) {
  const npm = process.env.npm_execpath;
  if (npm === undefined) throw new Error('Start this with `npm test` or `npm run check:package`: it needs to know npm.');
  return run(npm, [...args, '--loglevel=error', '--no-audit', '--no-fund', '--ignore-scripts'], cwd);
}

const readPackage = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** rxjs and all that our dependencies need, as they are installed here: nothing has to come from a registry. */
function runtimePackages() {
  const found = new Set();
  const visit = (name) => {
    if (found.has(name)) return;
    found.add(name);
    Object.keys(readPackage(join(root, 'node_modules', name)).dependencies ?? {}).forEach(visit);
  };
  ['rxjs', ...Object.keys(readPackage(root).dependencies)].forEach(visit);
  return [...found];
}

/** @returns the names of the tarballs, in the order of `folders`. */
async function pack(folders, destination) {
  return JSON.parse(await runNpm(['pack', ...folders, '--json', '--pack-destination', destination], root)).map((entry) => join(destination, entry.filename));
}

/** The empty project depends on the tarball and rxjs; `overrides` say where the packages come from. */
async function installInEmptyProject(project, ownTarball, tarballs) {
  const { rxjs, ...others } = Object.fromEntries(Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`]));
  const manifest = { private: true, type: 'module', dependencies: { agenticraft: `file:${ownTarball}`, rxjs }, overrides: others };
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  await runNpm(['install', '--offline', '--no-package-lock'], project);
}

async function importInProject(project) {
  const script = join(project, 'import.js');
  writeFileSync(
    script,
    `const { Agent } = await import('agenticraft');
     const { accumulate } = await import('agenticraft/operators');
     if (typeof Agent !== 'function' || typeof accumulate !== 'function') throw new Error('Agent or accumulate is not exported.');`,
  );
  await run(script, [], project);
}

/** With an older target, without Node's types and with `skipLibCheck: false`: the declarations must bring every type they name. */
async function checkTypesInProject(project) {
  const entries = ['agenticraft', ...['operators', 'server', 'testing', 'marbles'].map((entry) => `agenticraft/${entry}`)];
  writeFileSync(join(project, 'types.ts'), entries.map((entry, index) => `export * as entry${index} from '${entry}';\n`).join(''));
  const compilerOptions = { noEmit: true, strict: true, target: 'ES2022', module: 'NodeNext', types: [], skipLibCheck: false };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.ts'] }));
  await run(join(root, 'node_modules/typescript/bin/tsc'), ['-p', project], project);
}

/** A bundle for a browser cannot even be built with a `node:` import in it. */
async function bundleForBrowser(project, contents, external) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: project },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    metafile: true,
    write: false,
    external,
    logLevel: 'silent',
  });
  const forbidden = Object.keys(metafile.inputs).filter((path) => forbiddenInBrowser.test(path));
  if (forbidden.length > 0) throw new Error(`The browser bundle holds ${forbidden.join(', ')}.`);
  const code = outputFiles[0].text;
  const nodeImport = /\b(?:from|import)\s*\(?\s*["']node:[^"']*["']/.exec(code);
  if (nodeImport !== null) throw new Error(`The browser bundle holds ${nodeImport[0]}.`);
  return gzipSync(code).length;
}

async function check(folder) {
  const [tarball] = await pack(['.'], folder);
  await run(join(root, 'node_modules/publint/src/cli.js'), [tarball, '--strict'], root);
  await run(join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'), [tarball, '--profile', 'esm-only', '--no-color'], root);
  console.log('publint and attw: nothing to report');

  const names = runtimePackages();
  const paths = await pack(names.map((name) => `./node_modules/${name}`), folder);
  const project = join(folder, 'project');
  await installInEmptyProject(project, tarball, Object.fromEntries(names.map((name, index) => [name, paths[index]])));
  await importInProject(project);
  console.log('the tarball and rxjs alone: imports of agenticraft and agenticraft/operators work');
  await checkTypesInProject(project);
  console.log('their types alone, for ES2022 and with skipLibCheck false: no error');

  for (const { title, code, maxGzipBytes } of bundles) {
    const bytes = await bundleForBrowser(project, code, ['rxjs']);
    console.log(`browser bundle of ${title}: ${bytes} bytes gzip without rxjs (at most ${maxGzipBytes})`);
    if (bytes > maxGzipBytes) throw new Error(`The browser bundle of ${title} is larger than ${maxGzipBytes} bytes.`);
  }
  await bundleForBrowser(project, browserSafe, ['rxjs', 'rxjs/testing']);
  console.log('no node: import, no SDK and no zod in any of them, nor in testing, server and marbles');
}

const folder = mkdtempSync(join(tmpdir(), 'agenticraft-package-'));
try {
  await check(folder);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

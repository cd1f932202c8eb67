import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

/** As far as it is read here. */
interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

it('`npm run docs:api` describes every entry of the package', () => {
  const { exports } = readJson('package.json') as Manifest; // the package's own
  const { entryPoints } = readJson('typedoc.json') as { readonly entryPoints: readonly string[] }; // likewise
  const entries = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.types]));
  const sources = entries.map((types) => types.replace(/^\.\/dist\/(.*)\.d\.ts$/, '$1.ts'));
  expect([...entryPoints].sort()).toEqual(sources.sort());
});

import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { drawEntry, pictures } from './pictures.js';
import { runEntry } from './record.js';
import { tables } from './tables.js';

const folder = new URL('../docs/marbles/', import.meta.url);
const operators = new URL('../operators/', import.meta.url);

/** Without white space: an entry's code may be broken over lines. */
function squeeze(code: string): string {
  return code.replace(/\s/g, '');
}

describe.each(tables)('$operator', ({ entries }) => {
  it.each(entries)('$title', (entry) => {
    const { differences } = runEntry(entry, (actual, expected) => expect(actual).toEqual(expected));
    // One string, so that a failure shows the marble lines as they are.
    expect(differences.join('\n\n')).toBe('');
  });

  it.each(entries)('$title: the picture names the code that ran', (entry) => {
    expect(squeeze(entry.operator.toString())).toContain(squeeze(entry.code));
  });
});

describe('the pictures', () => {
  it('are drawn for every operator', () => {
    const names = readdirSync(operators).filter((name) => /^[a-z-]+\.ts$/.test(name) && name !== 'index.ts');
    const exported = names.filter((name) => readFileSync(new URL('index.ts', operators), 'utf8').includes(`./${name.replace('.ts', '.js')}`));
    const drawn = new Set(tables.map(({ operator }) => `${operator}.ts`));
    expect(exported.filter((name) => !drawn.has(name))).toEqual([]);
  });

  it('are all there, and no others', () => {
    expect(readdirSync(folder).sort()).toEqual(pictures.map(({ fileName }) => fileName).sort());
  });

  it.each(pictures)('$fileName shows its values whole', ({ entry }) => {
    expect(drawEntry(entry)).not.toContain('…</text>');
  });

  it.each(pictures)('$fileName is what the code draws (else: npm run docs:marbles)', ({ fileName, entry }) => {
    expect(readFileSync(new URL(fileName, folder), 'utf8')).toBe(drawEntry(entry));
  });
});

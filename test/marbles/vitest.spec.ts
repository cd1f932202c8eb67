import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readPage } from '../../scripts/docs-snippets.js';
import { runProgram } from '../support/program.js';

it('toEmitMarbles works in Vitest’s expect: both verdicts, negated, with its own matchers', async () => {
  expect(await runProgram('marbles/vitest-program.ts')).toEqual({
    equal: 'passed',
    different: expect.stringContaining(['expected  (y|)', 'received  (A|)', '           ^', '  y = "y"', '  A = "x"'].join('\n')),
    notEqual: 'passed',
    notDifferent: expect.stringContaining('expected not to'),
    asymmetric: 'passed',
    notAsymmetric: expect.stringContaining('expected  (o|)'),
  });
});

it('the document gives the declaration that compiles', () => {
  const compiled = readFileSync(new URL('vitest-types.ts', import.meta.url), 'utf8');
  const [declaration = 'none'] = /^declare module [^]*?^\}$/m.exec(compiled) ?? [];
  expect(readPage('docs/testing.md')).toContain(declaration.replace('@vitest/expect', 'vitest'));
});

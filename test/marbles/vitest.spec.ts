import { expect, it } from '@jest/globals';
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

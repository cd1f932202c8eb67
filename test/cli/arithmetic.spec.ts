import { describe, expect, it } from '@jest/globals';
import { calculate } from '../../src/cli/calculator.js';
import { findArithmetic } from '../../src/cli/offline-model/arithmetic.js';

describe('findArithmetic', () => {
  it.each([
    ['What is 15% of 2,500?', '15% of 2,500', 375],
    ['12 * (3 + 4)', '12 * (3 + 4)', 84],
    ['what is 7 plus 5', '7 plus 5', 12],
    ['Tell me 20 percent of 50, please.', '20 percent of 50', 10],
    ['How much is 10 divided by 4?', '10 divided by 4', 2.5],
    ['3 times 4 minus 2', '3 times 4 minus 2', 10],
    ['What is 3 x 4?', '3 x 4', 12],
    ['7 squared', '7 squared', 49],
    ['2 to the power of 10', '2 to the power of 10', 1024],
    ['Could you (quickly) do (2 + 3) * 4 for me?', '(2 + 3) * 4', 20],
    ['I wonder (5 - 3)', '(5 - 3)', 2],
    ['What is -3 + 5?', '-3 + 5', 2],
    ['Compute 24/7.', '24/7', 3.42857142857],
  ])('finds it in "%s"', (prompt, phrase, value) => {
    const found = findArithmetic(prompt);
    expect(found.map((one) => one.phrase)).toEqual([phrase]);
    expect(calculate(found[0]?.expression ?? '')).toBe(value);
  });

  it('finds several, in order', () => {
    expect(findArithmetic('What is 15% of 2,500, and 7 plus 5?').map(({ phrase }) => phrase)).toEqual(['15% of 2,500', '7 plus 5']);
  });

  it('leaves a division by zero to the calculator', () => {
    expect(findArithmetic('What is 1 / 0?').map(({ expression }) => expression)).toEqual(['1 / 0']);
  });

  it.each(['Hello', 'I have 3 cats', 'We are open 24/7', 'Meet me on 2026-11-23', 'a + b', 'chapter 3-5', '...', 'well - yes', ''])('finds none in "%s"', (prompt) => {
    expect(findArithmetic(prompt)).toEqual([]);
  });
});

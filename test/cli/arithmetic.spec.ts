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
    ['10/4', '10/4', 2.5],
    ['What is 10/4?', '10/4', 2.5],
    ['what is 3-5', '3-5', -2],
    ['24/7 = ?', '24/7', 3.42857142857],
    ['Calculate 100/10/5', '100/10/5', 2],
    ['calculate 1e3*2', '1e3*2', 2000],
    ['What is 2.5E-3 + 1?', '2.5E-3 + 1', 1.0025],
    ['sqrt(2)', 'sqrt(2)', 1.41421356237],
    ['What is the square root of 16?', 'the square root of 16', 4],
    ['√9 + 1', '√9 + 1', 4],
    ['What is .5 + 1?', '.5 + 1', 1.5],
    ['2+2 - thanks', '2+2', 4],
    ['What is 50%?', '50%', 0.5],
  ])('finds it in "%s"', (prompt, phrase, value) => {
    const found = findArithmetic(prompt);
    expect(found.map((one) => one.phrase)).toEqual([phrase]);
    expect(calculate(found[0]?.expression ?? '')).toBe(value);
  });

  it('finds several, in order', () => {
    expect(findArithmetic('What is 15% of 2,500, and 7 plus 5?').map(({ phrase }) => phrase)).toEqual(['15% of 2,500', '7 plus 5']);
  });

  it.each([
    ['What is 1 / 0?', '1 / 0'],
    ['1/0', '1/0'],
    ['What is 1/0?', '1/0'],
    ['sqrt(-4)', 'sqrt (-4)'],
    ['9^9^9', '9^9^9'],
  ])('leaves what has no value to the calculator: "%s"', (prompt, expression) => {
    expect(findArithmetic(prompt).map((one) => one.expression)).toEqual([expression]);
  });

  it.each(['Hello', 'I have 3 cats', 'a + b', '...', 'well - yes', ''])('finds none in "%s"', (prompt) => {
    expect(findArithmetic(prompt)).toEqual([]);
  });

  it.each([
    'We are open 24/7',
    '24/7',
    'What is 24/7 support?',
    '12/11/2026',
    'What is 12/11/2026?',
    'Calculate my age on 12/11/2026',
    'From 12/11/2026 - 13/11/2026',
    'Meet me on 2026-11-23',
    'due 12/11/26',
    'What happened in 2020-2024?',
    'chapter 3-5',
    'Add 3/4 cup of milk',
    'I am 100% sure',
    'Call 555-1234',
    '555-1234',
    'What is 555-123-4567?',
    'Call 1-800-555-1234',
    'Call (555) 123-4567 or +49 30 123456',
    'Open from 10:30 - 11:45',
    'version 1.2-3',
  ])('takes no date, range or phone number for arithmetic: "%s"', (prompt) => {
    expect(findArithmetic(prompt)).toEqual([]);
  });

  it.each(['sin(2) + 3', 'x * 3 + 4', '3 + 4 * y', 'x - 3 + 5', '7 + 5 - y', '7 + 5 - sin(2)', '3 + 4i', '3 + 2x = 7', '0x10 + 1', '1e3e2*2', 'mp3*2'])(
    'takes no part of a formula that it cannot read whole: "%s"',
    (prompt) => {
      expect(findArithmetic(prompt)).toEqual([]);
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import { calculate } from '../../src/cli/calculator.js';
import { isValidationError } from '../../src/core/errors.js';

function errorOf(expression: string): unknown {
  try {
    return calculate(expression);
  } catch (error) {
    return error;
  }
}

describe('calculate', () => {
  it.each([
    ['7 + 5', 12],
    ['2 + 3 * 4', 14],
    ['(2 + 3) * 4', 20],
    ['10 - 4 - 3', 3],
    ['100 / 10 / 5', 2],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['(-2) ^ 2', 4],
    ['2 ^ -1', 0.5],
    ['--5', 5],
    ['+5 - -3', 8],
    ['.5 + 1.25', 1.75],
    ['2,500 * 2', 5000],
    ['1,234,567.5 + 0.5', 1234568],
    ['15% * 2,500', 375],
    ['50%', 0.5],
    ['200 + 10%', 200.1],
    ['50% - 3', -2.5],
    ['10 % 3', 1],
    ['10 % (2 + 1)', 1],
    ['-7 % 3', -1],
    ['50%%', 0.005],
    ['0.1 + 0.2', 0.3],
    ['12 * (3 + 4)', 84],
    ['1e3*2', 2000],
    ['2.5E-3 + 1', 1.0025],
    ['sqrt(2)', 1.41421356237],
    ['2 * SQRT 16 + 1', 9],
    ['sqrt(9) ^ 2', 9],
    ['10 % sqrt(9)', 1],
    ['-sqrt sqrt 16', -2],
  ])('%s is %p', (expression, value) => {
    expect(calculate(expression)).toBe(value);
  });

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['1 / 0', 'Division by zero'],
    ['1 % 0', 'Division by zero'],
    ['2 +', 'ends where a number is expected'],
    ['(2 + 3', 'closing parenthesis'],
    ['2 + 3)', '")" is not expected'],
    ['2 3', '"3" is not expected'],
    ['* 2', 'A number is expected where "*"'],
    ['1,00 + 2', '"1,00" is not a number'],
    ['2 + two', 'Cannot read "two" at position 4'],
    ['process.exit()', 'Cannot read "process'],
    ['sqrt(-4)', 'square root of a negative number'],
    ['sqrt', 'ends where a number is expected'],
    ['sqrt '.repeat(150) + '1', 'nested too deeply'],
    ['sqrt2x', 'Cannot read'],
    ['1e', 'Cannot read "e"'],
    ['9 ^ 9 ^ 9', 'not a finite number'],
    ['('.repeat(500) + '1' + ')'.repeat(499), 'nested too deeply'],
    ['1 + '.repeat(400), 'longer than 1000'],
  ])('says what is wrong with "%s"', (expression, message) => {
    const error = errorOf(expression);
    expect(isValidationError(error)).toBe(true);
    expect((error as Error).message).toContain(message);
  });
});

import { z } from 'zod';
import { tool } from '../index.js';
import { calculate } from './calculator.js';

/** The one tool of the command line's agent. */
export const calculator = tool({
  name: 'calculator',
  description: 'Computes an arithmetic expression exactly. "15% * 2500" is 15 percent of 2500.',
  parameters: z.object({
    expression: z.string().describe('Numbers, + - * / ^ %, sqrt and parentheses, such as "12 * (3 + 4)" or "sqrt(2)".'),
  }),
  execute: ({ expression }) => calculate(expression),
});

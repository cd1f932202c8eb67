import { ValidationError } from '../core/errors.js';

type Token = { readonly type: 'number'; readonly value: number } | { readonly type: 'symbol'; readonly value: string };

/** The expression is well formed and has no value, such as 1 / 0. */
export class UndefinedResultError extends ValidationError {}

const tokenPattern = /\s*(?:((?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?)|(sqrt\b|[-+*/^%()]))/iy;
const thousands = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const maxLength = 1000;
const maxDepth = 100;

function readNumber(text: string): number {
  if (text.includes(',') && !thousands.test(text)) throw new ValidationError(`"${text}" is not a number: a comma separates groups of three digits.`);
  return Number(text.replaceAll(',', ''));
}

function tokenize(expression: string): readonly Token[] {
  if (expression.length > maxLength) throw new ValidationError(`The expression is longer than ${maxLength} characters.`);
  const tokens: Token[] = [];
  const text = expression.trimEnd();
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.length) {
    const start = tokenPattern.lastIndex;
    const match = tokenPattern.exec(text);
    if (match === null) throw new ValidationError(`Cannot read "${text.slice(start).trim().slice(0, 20)}" at position ${start + 1}.`);
    const [, digits, symbol = ''] = match;
    tokens.push(digits === undefined ? { type: 'symbol', value: symbol.toLowerCase() } : { type: 'number', value: readNumber(digits) });
  }
  if (tokens.length === 0) throw new ValidationError('The expression is empty.');
  return tokens;
}

/**
 * A recursive-descent parser that computes as it reads:
 *
 *     sum     = product (('+' | '-') product)*
 *     product = unary (('*' | '/' | '%') unary)*      '%' before an operand is the remainder
 *     unary   = ('-' | '+') unary | power
 *     power   = percent ('^' unary)?                  so that -2^2 is -4 and 2^-1 is 0.5
 *     percent = atom '%'*                             '%' before no operand divides by 100
 *     atom    = number | '(' sum ')' | 'sqrt' atom
 */
class Parser {
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): number {
    const value = this.#sum();
    const rest = this.#tokens[this.#index];
    if (rest !== undefined) throw new ValidationError(`"${rest.value}" is not expected here.`);
    return value;
  }

  #sum(): number {
    let value = this.#product();
    for (;;) {
      if (this.#take('+')) value += this.#product();
      else if (this.#take('-')) value -= this.#product();
      else return value;
    }
  }

  #product(): number {
    let value = this.#unary();
    for (;;) {
      if (this.#take('*')) value *= this.#unary();
      else if (this.#take('/')) value = divide(value, this.#unary(), (a, b) => a / b);
      else if (this.#take('%')) value = divide(value, this.#unary(), (a, b) => a % b);
      else return value;
    }
  }

  #unary(): number {
    if (++this.#depth > maxDepth) throw new ValidationError('The expression is nested too deeply.');
    const value = this.#take('-') ? -this.#unary() : this.#take('+') ? this.#unary() : this.#power();
    this.#depth--;
    return value;
  }

  #power(): number {
    const base = this.#percent();
    return this.#take('^') ? base ** this.#unary() : base;
  }

  #percent(): number {
    let value = this.#atom();
    while (!this.#isOperand(this.#tokens[this.#index + 1]) && this.#take('%')) value /= 100;
    return value;
  }

  #atom(): number {
    const token = this.#tokens[this.#index++];
    if (token === undefined) throw new ValidationError('The expression ends where a number is expected.');
    if (token.type === 'number') return token.value;
    if (token.value === 'sqrt') return this.#squareRoot();
    if (token.value !== '(') throw new ValidationError(`A number is expected where "${token.value}" stands.`);
    const value = this.#sum();
    if (!this.#take(')')) throw new ValidationError('A closing parenthesis is missing.');
    return value;
  }

  #squareRoot(): number {
    if (++this.#depth > maxDepth) throw new ValidationError('The expression is nested too deeply.');
    const radicand = this.#atom();
    this.#depth--;
    if (radicand < 0) throw new UndefinedResultError('The square root of a negative number is not a real number.');
    return Math.sqrt(radicand);
  }

  #isOperand(token: Token | undefined): boolean {
    return token !== undefined && (token.type === 'number' || token.value === '(' || token.value === 'sqrt');
  }

  #take(symbol: string): boolean {
    const token = this.#tokens[this.#index];
    if (token?.type !== 'symbol' || token.value !== symbol) return false;
    this.#index++;
    return true;
  }
}

function divide(value: number, by: number, operation: (a: number, b: number) => number): number {
  if (by === 0) throw new UndefinedResultError('Division by zero.');
  return operation(value, by);
}

/**
 * Computes an arithmetic expression: `+ - * / ^ %`, `sqrt`, parentheses, decimals, exponents (`1e3`), thousands commas.
 *
 * Rounds to 12 significant digits, so that `0.1 + 0.2` is 0.3. Throws a `ValidationError` that says what is wrong.
 *
 * @example
 * calculate('15% * 2,500'); // 375
 */
export function calculate(expression: string): number {
  const value = new Parser(tokenize(expression)).parse();
  if (!Number.isFinite(value)) throw new UndefinedResultError('The result is not a finite number.');
  return Number(value.toPrecision(12));
}

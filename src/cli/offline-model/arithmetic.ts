import { calculate, UndefinedResultError } from '../calculator.js';
import { isLabel, isPartOfFormula } from './labels.js';

/** A piece of a prompt that can be computed. */
export interface Arithmetic {
  /** As the user wrote it: `15% of 2,500`. */
  readonly phrase: string;
  /** For the calculator: `15% * 2,500`. */
  readonly expression: string;
}

/** English words for operators. The longer ones come first. */
const words: readonly (readonly [pattern: RegExp, symbol: string])[] = [
  [/\b(?:the )?square root of\b|\bsqrt\b|√/gi, 'sqrt'],
  [/(?:%|\bper ?cent) of\b/gi, '% *'],
  [/\bper ?cent\b/gi, '%'],
  [/\b(?:raised )?to the power of\b/gi, '^'],
  [/\bsquared\b/gi, '^ 2'],
  [/\bcubed\b/gi, '^ 3'],
  [/\b(?:multiplied by|times)\b|×|(?<=\d\s*)x(?=\s*\d)/gi, '*'],
  [/\bdivided by\b|÷/gi, '/'],
  [/\b(?:modulo|mod)\b/gi, '%'],
  [/\bplus\b/gi, '+'],
  [/\bminus\b|−/gi, '-'],
];

/** Digits, exponents, symbols and the words above, in any order: the parser decides whether it is arithmetic. */
const candidate = new RegExp(`(?:${words.map(([pattern]) => `(?:${pattern.source})`).join('|')}|(?<=[\\d.])e(?=[+-]?\\d)|[\\d.,()+\\-*/^%\\s])+`, 'gi');

function toExpression(phrase: string): string {
  let expression = phrase;
  for (const [pattern, symbol] of words) expression = expression.replace(pattern, ` ${symbol} `);
  return expression.replace(/\s+/g, ' ').replace(/ (?=%)/g, '').trim();
}

/** Drops what belongs to the sentence around: commas, full stops, a parenthesis that has no partner. */
function trim(piece: string): string {
  const phrase = piece.replace(/^(?:[\s,*/^%+)]|\.(?!\d))+/, '').replace(/[\s.,+\-*/^(]+$/, '');
  const surplus = phrase.split(')').length - phrase.split('(').length;
  if (surplus > 0 && phrase.endsWith(')')) return trim(phrase.slice(0, -1));
  if (surplus < 0 && phrase.startsWith('(')) return trim(phrase.slice(1));
  return phrase;
}

function canBeComputed(expression: string): boolean {
  // A number alone is no question; a parser that fails is the answer to "is this arithmetic?".
  if (!/\d/.test(expression) || !/[+*/^%]|\d\s*-|sqrt/.test(expression)) return false;
  try {
    calculate(expression);
    return true;
  } catch (error) {
    // Arithmetic all the same: the calculator is the one to say that it has no value.
    return error instanceof UndefinedResultError;
  }
}

/** Finds the arithmetic in a prompt, in order. */
export function findArithmetic(prompt: string): readonly Arithmetic[] {
  const found: Arithmetic[] = [];
  for (const match of prompt.matchAll(candidate)) {
    const [piece] = match;
    const phrase = trim(piece);
    const expression = toExpression(phrase);
    const start = match.index + piece.indexOf(phrase);
    const placement = { before: prompt.slice(0, start), phrase, after: prompt.slice(start + phrase.length) };
    if (canBeComputed(expression) && !isLabel(placement) && !isPartOfFormula(placement)) found.push({ phrase, expression });
  }
  return found;
}

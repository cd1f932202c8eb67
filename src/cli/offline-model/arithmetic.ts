import { calculate } from '../calculator.js';
import { messageOf } from '../error-text.js';

/** A piece of a prompt that can be computed. */
export interface Arithmetic {
  /** As the user wrote it: `15% of 2,500`. */
  readonly phrase: string;
  /** For the calculator: `15% * 2,500`. */
  readonly expression: string;
}

/** English words for operators. The longer ones come first. */
const words: readonly (readonly [pattern: RegExp, symbol: string])[] = [
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

/** Digits, symbols and the words above, in any order: the parser decides whether it is arithmetic. */
const candidate = new RegExp(`(?:${words.map(([pattern]) => `(?:${pattern.source})`).join('|')}|[\\d.,()+\\-*/^%\\s])+`, 'gi');

const asksToCompute = /\b(?:what|how much|calculate|compute|evaluate|solve|work out|result)\b|=/i;
/** `24/7`, `3-5` and dates: without spaces and without a question these are words, not arithmetic. */
const looksLikeLabel = /^\d+(?:[-/]\d+)+$/;
const isoDate = /^\d{4}-\d{2}-\d{2}$/;

function toExpression(phrase: string): string {
  let expression = phrase;
  for (const [pattern, symbol] of words) expression = expression.replace(pattern, ` ${symbol} `);
  return expression.replace(/\s+/g, ' ').replace(/ (?=%)/g, '').trim();
}

/** Drops what belongs to the sentence around: commas, full stops, a parenthesis that has no partner. */
function trim(piece: string): string {
  const phrase = piece.replace(/^[\s.,*/^%+)]+/, '').replace(/[\s.,+\-*/^(]+$/, '');
  const surplus = phrase.split(')').length - phrase.split('(').length;
  if (surplus > 0 && phrase.endsWith(')')) return trim(phrase.slice(0, -1));
  if (surplus < 0 && phrase.startsWith('(')) return trim(phrase.slice(1));
  return phrase;
}

function canBeComputed(expression: string): boolean {
  // A number alone is no question; a parser that fails is the answer to "is this arithmetic?".
  if (!/\d/.test(expression) || !/[+*/^%]|\d\s*-/.test(expression)) return false;
  try {
    calculate(expression);
    return true;
  } catch (error) {
    return messageOf(error) === 'Division by zero.';
  }
}

/** Finds the arithmetic in a prompt, in order. */
export function findArithmetic(prompt: string): readonly Arithmetic[] {
  const found: Arithmetic[] = [];
  for (const [piece] of prompt.matchAll(candidate)) {
    const phrase = trim(piece);
    const expression = toExpression(phrase);
    const isLabel = isoDate.test(phrase) || (looksLikeLabel.test(phrase) && !asksToCompute.test(prompt));
    if (!isLabel && canBeComputed(expression)) found.push({ phrase, expression });
  }
  return found;
}

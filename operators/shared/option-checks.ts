import { ValidationError } from '../../src/core/errors.js';

// What options are given as, for callers without types too.

/** Options are an object, if only an empty one. */
export function checkOptions(operator: string, options: unknown): void {
  if (typeof options === 'object' && options !== null) return;
  throw new ValidationError(`${operator}: give its options as an object.`);
}

/** One of a few words; `undefined` means the default. */
export function checkChoice(name: string, choice: string | undefined, choices: readonly string[]): void {
  if (choice === undefined || choices.includes(choice)) return;
  throw new ValidationError(`${name} is ${choice}; give ${choices.map((one) => `'${one}'`).join(' or ')}.`);
}

/** `undefined` means the default. */
export function checkFunction(name: string, given: unknown): void {
  if (given === undefined || typeof given === 'function') return;
  throw new ValidationError(`${name} must be a function.`);
}

/** A limit in milliseconds must be above zero; `Infinity` means no limit. */
export function checkLimit(name: string, limitMs: number | undefined): void {
  if (limitMs === undefined || (typeof limitMs === 'number' && limitMs > 0)) return;
  throw new ValidationError(`${name} is ${String(limitMs)}; give milliseconds above 0, or leave it out for no limit.`);
}

/** An interval in milliseconds; 0 means every time. */
export function checkInterval(name: string, intervalMs: number): void {
  if (typeof intervalMs === 'number' && intervalMs >= 0) return;
  throw new ValidationError(`${name} is ${String(intervalMs)}; give milliseconds, 0 or more.`);
}

/** A number of things, of at least one; `Infinity` means no limit. */
export function checkCount(name: string, count: number | undefined): void {
  if (count === undefined || count === Infinity || (Number.isInteger(count) && count >= 1)) return;
  throw new ValidationError(`${name} is ${String(count)}; give a whole number of at least 1.`);
}

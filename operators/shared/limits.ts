import { ValidationError } from '../../src/core/errors.js';

/** `setTimeout` fires at once for more than this. */
const longestTimerMs = 0x7fff_ffff;

/** The time as a timer can take it: at most about 25 days. */
export function timerMs(durationMs: number): number {
  return Math.min(durationMs, longestTimerMs);
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

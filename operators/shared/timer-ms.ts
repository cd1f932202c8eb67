/** `setTimeout` fires at once for more than this. */
const longestTimerMs = 0x7fff_ffff;

/** The time as a timer can take it: at most about 25 days. */
export function timerMs(durationMs: number): number {
  return Math.min(durationMs, longestTimerMs);
}

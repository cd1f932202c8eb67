import type { Legend } from './legend.js';
import { places } from './places.js';
import type { MarbleEvent, MarbleSpan } from './recording.js';

/** Longer silences are written as `40ms`. */
const longestDashes = 20;

/** An event as a line shows it; `letter` is the one under which the writer of a diagram gave its value. */
export type DrawnEvent = MarbleEvent & { readonly letter?: string };

/** A stream and what its line is called. */
export interface NamedStream {
  readonly name: string;
  readonly events: readonly DrawnEvent[];
  readonly subscriptions?: readonly MarbleSpan[];
}

/** What one line shows at each instant: a mark, or a group in brackets. */
export type Cells = ReadonlyMap<number, string>;

/** An instant of several lines that stand one below the other. */
export interface Instant {
  readonly atMs: number;
  /** How many places stand before it. */
  readonly column: number;
  /** How many places it takes. */
  readonly width: number;
  /** The silence before it. */
  readonly silence: string;
  /** Of each line, all of the same width. */
  readonly cells: readonly string[];
}

function markOf(event: DrawnEvent, legend: Legend, name: string): string {
  switch (event.kind) {
    case 'next':
      return legend.letterOf(event.value, event.letter);
    case 'error':
      return legend.errorMark(event.error, name);
    case 'complete':
      return '|';
    default:
      event satisfies never;
      return '';
  }
}

/** The marks of a stream, `!` where its subscriber left. */
export function cellsOf({ name, events, subscriptions = [] }: NamedStream, legend: Legend): Cells {
  const cells = new Map<number, string>();
  const put = (atMs: number, mark: string): unknown => cells.set(atMs, (cells.get(atMs) ?? '') + mark);
  for (const event of events) put(event.atMs, markOf(event, legend, name));
  for (const { toMs, ending } of subscriptions) if (toMs !== undefined && ending === 'unsubscribe') put(toMs, legend.leavingMark());
  for (const [atMs, marks] of cells) if (Array.from(marks).length > 1) cells.set(atMs, `(${marks})`);
  return cells;
}

function silenceOf(silenceMs: number, atStart: boolean): string {
  if (silenceMs <= longestDashes) return '-'.repeat(Math.max(0, silenceMs));
  return `${atStart ? '' : ' '}${silenceMs}ms `;
}

/** Dashes are time, and blanks are none: a wide letter is one instant on two places. */
function padded(cell: string, durationMs: number, width: number): string {
  const timed = cell + '-'.repeat(durationMs - Array.from(cell).length);
  return timed + ' '.repeat(Math.max(0, width - places(timed)));
}

/**
 * Sets lines one below the other, so that the same instant has the same column.
 *
 * A line can be read back by RxJS, except where events follow a group sooner than the group is wide (a limit of the syntax).
 */
export function align(lines: readonly Cells[], fromMs = 0): readonly Instant[] {
  const times = [...new Set(lines.flatMap((line) => [...line.keys()]))].sort((a, b) => a - b);
  let [reachedMs, column] = [fromMs, 0];
  return times.map((atMs) => {
    const marks = lines.map((line) => line.get(atMs) ?? '');
    const durationMs = Math.max(1, ...marks.map((mark) => Array.from(mark).length));
    const width = Math.max(...marks.map((mark) => places(padded(mark, durationMs, 0))));
    const silence = silenceOf(atMs - reachedMs, column === 0);
    const instant = { atMs, column: column + silence.length, width, silence, cells: marks.map((mark) => padded(mark, durationMs, width)) };
    column = instant.column + width;
    reachedMs = Math.max(reachedMs, atMs) + durationMs;
    return instant;
  });
}

/** One line, from an instant up to another; `cells` are its own. Nothing is drawn after its end. */
export function lineOf(cells: Cells, index: number, instants: readonly Instant[], from = 0, to = instants.length): string {
  const lastMs = Math.max(-Infinity, ...cells.keys());
  const last = cells.get(lastMs) ?? '';
  const endMs = /[|#!]\)?$/.test(last) ? lastMs : Infinity;
  const pieces = instants.slice(from, to + 1).map(({ atMs, silence, cells: marks }, offset) => {
    if (atMs > endMs) return '';
    // The silence before a row stands at the end of the row above it.
    const before = offset === 0 && from > 0 ? '' : silence;
    if (from + offset === to) return before;
    return before + (atMs === endMs ? last : (marks[index] ?? ''));
  });
  return pieces.join('');
}

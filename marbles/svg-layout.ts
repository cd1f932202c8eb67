import { type Mark, errorLabel, markOf } from './describe.js';
import type { MarbleEvent, MarbleLane, MarbleRecording } from './recording.js';
import { n, noteCharWidth, shorten, textWidth } from './svg-text.js';

/** The picture's width in its own units: a phone's, so that it is never scaled down much. */
export const pageWidth = 400;
export const margin = 14;
export const markHeight = 22;
const longestLabel = 26;
const clearance = 6;
/** Room right of a mark for a bar or a cross of the same instant. */
const endWidth = 17;
const smallestStep = 16;
/** A silence is drawn at most this many times as long as the usual one. */
const longestSilence = 2.5;
/** Beside a silence so many times shorter, one is not to scale, however usual it is. */
const unlike = 1_000;
/** Room for the unit at the right end of the axis. */
export const unitWidth = textWidth('ms', noteCharWidth) + 4;

/** A mark with its size. */
export interface SizedMark extends Mark {
  readonly width: number;
}

/** What one lane shows at one instant; marks of the same instant are stacked. */
export interface Cell {
  readonly marks: readonly SizedMark[];
  readonly end?: 'complete' | 'error' | 'unsubscribe';
  /** Said below the mark. */
  readonly note?: string;
  readonly left: number;
  readonly right: number;
}

/** An instant and where it stands. */
export interface Column {
  readonly atMs: number;
  readonly x: number;
  /** The silence before it was too long to be drawn to scale. */
  readonly compressed: boolean;
  /** Where its milliseconds stand, if there is room. */
  readonly timeAt?: number;
}

/** A row of the page: as much time as fits into the width, all lanes one below the other. */
export interface System {
  readonly columns: readonly Column[];
}

/** Where everything stands horizontally. */
export interface Layout {
  readonly systems: readonly System[];
  /** Per lane: what is to be drawn at an instant. */
  readonly cells: readonly ReadonlyMap<number, Cell>[];
}

function sized(value: unknown, lane: MarbleLane): SizedMark {
  const mark = markOf(value);
  const label = shorten(mark.kind === 'value' && lane.label !== undefined ? lane.label(value) : mark.label, longestLabel);
  return { ...mark, label, width: Math.max(markHeight, textWidth(label) + 14) };
}

function cellAt(atMs: number, lane: MarbleLane, events: readonly MarbleEvent[]): Cell {
  const marks = events.flatMap((event) => (event.kind === 'next' ? [sized(event.value, lane)] : []));
  // Not simply the last event: a source that failed may be subscribed anew, and emit, at the same instant.
  const last = events.findLast(({ kind }) => kind !== 'next');
  const left = lane.subscriptions.some(({ toMs, ending }) => toMs === atMs && ending === 'unsubscribe');
  const end = last?.kind === 'complete' || last?.kind === 'error' ? last.kind : left ? 'unsubscribe' : undefined;
  const note = last?.kind === 'error' ? errorLabel(last.error) : end === 'unsubscribe' ? 'unsubscribed' : undefined;
  const hasMarks = marks.length > 0;
  // Where only a subscription begins there is a dot, which needs no room.
  const half = hasMarks ? Math.max(...marks.map(({ width }) => width / 2)) : end === undefined ? 0 : endWidth / 2;
  const right = half + (hasMarks && end !== undefined ? endWidth : 0);
  return { marks, left: half, right, ...(end !== undefined && { end }), ...(note !== undefined && { note }) };
}

/** How far right of its instant the bar or the cross stands: beside the marks, if there are any. */
export function endOffset(cell?: Cell): number {
  return cell?.end === undefined || cell.marks.length === 0 ? 0 : cell.right - 7;
}

function cellsOf(lane: MarbleLane): Map<number, Cell> {
  const byInstant = new Map<number, MarbleEvent[]>();
  for (const event of lane.events) byInstant.set(event.atMs, [...(byInstant.get(event.atMs) ?? []), event]);
  const instants = new Set(byInstant.keys());
  for (const { fromMs, toMs } of lane.subscriptions) {
    instants.add(fromMs);
    if (toMs !== undefined) instants.add(toMs);
  }
  const at = (instant: number): readonly MarbleEvent[] => byInstant.get(instant) ?? [];
  return new Map([...instants].map((atMs) => [atMs, cellAt(atMs, lane, at(atMs))]));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 1;
}

interface Scale {
  readonly usualMs: number;
  readonly shortestMs: number;
  /** Width of the usual silence. */
  readonly usualWidth: number;
}

/** Places the milliseconds below the ticks of one row. */
class Times {
  #reached = -Infinity;

  /** Where an instant must stand at least, if its milliseconds are to be read. */
  static half(atMs: number): number {
    return textWidth(n(atMs), noteCharWidth) / 2;
  }

  leastX(atMs: number): number {
    return this.#reached + 4 + Times.half(atMs);
  }

  place(atMs: number, x: number): number | undefined {
    const half = Times.half(atMs);
    const at = Math.max(half + 2, x);
    if (at - half < this.#reached + 4 || at + half > pageWidth - margin - unitWidth) return undefined;
    this.#reached = at + half;
    return at;
  }
}

/** Sets the instants from left to right, as near to scale as the marks' widths allow, and begins a new row at the right edge. */
function place(instants: readonly number[], cells: readonly ReadonlyMap<number, Cell>[], scale: Scale): System[] {
  const systems: Column[][] = [];
  let columns: Column[] = [];
  let reached: number[] = [];
  let times = new Times();
  for (const atMs of instants) {
    const before = columns.at(-1);
    const silence = before === undefined ? 0 : (atMs - before.atMs) / scale.usualMs;
    const compressed = silence > longestSilence || (before !== undefined && atMs - before.atMs > unlike * scale.shortestMs);
    const timed = before === undefined ? margin : before.x + Math.max(smallestStep, Math.min(silence, longestSilence) * scale.usualWidth);
    const free = cells.flatMap((lane, index) => {
      const cell = lane.get(atMs);
      return cell === undefined ? [] : [(reached[index] ?? margin) + cell.left];
    });
    // What stands behind a gap in the axis can be read from its milliseconds alone.
    let x = Math.max(timed, ...free, compressed ? times.leastX(atMs) : 0);
    const right = Math.max(compressed ? Times.half(atMs) + unitWidth : 0, ...cells.map((lane) => lane.get(atMs)?.right ?? 0));
    if (x + right > pageWidth - margin && before !== undefined) {
      systems.push(columns);
      columns = [];
      reached = [];
      times = new Times();
      x = margin + Math.max(0, ...cells.map((lane) => lane.get(atMs)?.left ?? 0));
    }
    const timeAt = times.place(atMs, x);
    columns.push({ atMs, x, compressed: compressed && columns.length > 0, ...(timeAt !== undefined && { timeAt }) });
    cells.forEach((lane, index) => {
      const cell = lane.get(atMs);
      if (cell !== undefined) reached[index] = x + cell.right + clearance;
    });
  }
  return [...systems, columns].map((row) => ({ columns: row }));
}

/** Lays a recording out: one row if it fits, else as many as it needs. */
export function layOut(recording: MarbleRecording): Layout {
  const cells = recording.lanes.map(cellsOf);
  const instants = [...new Set([0, ...cells.flatMap((lane) => [...lane.keys()])])].sort((a, b) => a - b);
  const silences = instants.slice(1).map((atMs, index) => atMs - (instants[index] ?? 0));
  const [usualMs, shortestMs] = [median(silences), Math.min(...silences)];
  const attempts = [44, 34, 26, 18].map((usualWidth) => place(instants, cells, { usualMs, shortestMs, usualWidth }));
  return { cells, systems: attempts.find(({ length }) => length === 1) ?? attempts[2] ?? [] };
}

import { type Cells, type DrawnEvent, type Instant, type NamedStream, align, cellsOf, lineOf } from './align.js';
import type { MarbleValues } from './alphabet.js';
import { Legend } from './legend.js';
import { places } from './places.js';
import type { MarbleEvent } from './recording.js';

/** So many places a line has; what is further from the difference is left out. */
const longestLine = 100;

/** The instants around one that a line holds: first and last index. */
function windowAround(center: number, instants: readonly Instant[]): readonly [from: number, to: number] {
  let [from, to] = [center, center];
  const fits = (first: number, last: number): boolean => {
    const [one, other] = [instants[first], instants[last]];
    return one !== undefined && other !== undefined && other.column + other.width - (first === 0 ? 0 : one.column) <= longestLine;
  };
  for (let grows = true; grows; ) {
    grows = false;
    if (fits(from, to + 1)) [to, grows] = [to + 1, true];
    if (fits(from - 1, to)) [from, grows] = [from - 1, true];
  }
  return [from, to];
}

/** Where in the cell of an instant the n-th of its events stands. */
function offsetIn(cell: string, nth: number): number {
  return cell.startsWith('(') ? places(Array.from(cell).slice(0, nth + 1).join('')) : 0;
}

/** Two streams as lines, the event of this index marked. */
export function drawDifference(streams: readonly NamedStream[], index: number, markMs: number, values?: MarbleValues): readonly string[] {
  const all = align(streams.map((stream) => cellsOf(stream, new Legend(values))));
  const [first, last] = windowAround(all.findIndex(({ atMs }) => atMs === markMs), all);
  const [fromMs, toMs] = [first === 0 ? 0 : (all[first]?.atMs ?? 0), all[last]?.atMs ?? Infinity];
  const legend = new Legend(values);
  // Once more, so that the legend has the letters of these lines alone.
  const lines = streams.map(({ name, events }) => cellsOf({ name, events: events.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs) }, legend));
  const instants = align(lines, fromMs);
  const before = first === 0 ? '' : '… ';
  const afterOf = (events: readonly MarbleEvent[]): string => (events.some(({ atMs }) => atMs > toMs) ? ' …' : '');
  const offset = Math.max(...streams.map(({ events }, line) => offsetOf(events, lines[line], index, markMs)));
  const column = instants.find(({ atMs }) => atMs === markMs)?.column ?? 0;
  return [
    ...streams.map(({ name, events }, line) => `${name}  ${before}${lineOf(lines[line] ?? new Map(), line, instants)}${afterOf(events)}`),
    `${' '.repeat((streams[0]?.name.length ?? 0) + 2 + before.length + column + offset)}^`,
    ...legend.lines().map((words) => `  ${words}`),
  ];
}

/** How far right of its instant's column the event of this index stands in its line, if it is of that instant. */
function offsetOf(events: readonly DrawnEvent[], cells: Cells = new Map(), index: number, markMs: number): number {
  if (events[index]?.atMs !== markMs) return 0;
  return offsetIn(cells.get(markMs) ?? '', events.slice(0, index).filter(({ atMs }) => atMs === markMs).length);
}

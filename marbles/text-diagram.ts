import { type Instant, type NamedStream, align, cellsOf, lineOf } from './align.js';
import { Legend } from './legend.js';
import { printable } from './printable.js';
import { places } from './places.js';
import type { MarbleRecording } from './recording.js';
import { joinRuns } from './runs.js';

/** Longer lines go on in a new row. */
const longestRow = 100;

/** The instants with which rows begin, by index. */
function startsOf(instants: readonly Instant[]): readonly number[] {
  const starts = [0];
  for (const [index, { column, width }] of instants.entries()) {
    const first = starts.at(-1) ?? 0;
    // The first row begins with the silence before its first instant.
    const from = first === 0 ? 0 : (instants[first]?.column ?? 0);
    if (column + width - from > longestRow && index > first) starts.push(index);
  }
  return starts;
}

/** A line for each stream, in rows where they are long; each further row says when it begins. */
function rowsOf(streams: readonly NamedStream[], legend: Legend): readonly string[] {
  const lines = streams.map((stream) => cellsOf(stream, legend));
  const instants = align(lines);
  const names = streams.map(({ name }) => printable(name));
  const width = Math.max(...names.map(places));
  const starts = startsOf(instants);
  return starts.flatMap((start, row) => [
    ...(row === 0 ? [] : [`from ${instants[start]?.atMs ?? 0} ms`]),
    ...lines.map((cells, index) => {
      const name = names[index] ?? '';
      return `${name}${' '.repeat(width - places(name))}  ${lineOf(cells, index, instants, start, starts[row + 1])}`.trimEnd();
    }),
  ]);
}

/**
 * A recording as text: a line per lane, and what the letters mean.
 *
 * Where there are more values than letters, pieces of text that came one after the other share a letter, and the legend says
 * how many they are and what they say together.
 */
export function drawText(recording: MarbleRecording): string {
  let legend = new Legend();
  let rows = rowsOf(recording.lanes, legend);
  if (legend.isExhausted) {
    legend = new Legend();
    rows = rowsOf(recording.lanes.map((lane) => ({ ...lane, events: joinRuns(lane.events) })), legend);
  }
  return [printable(recording.title), ...rows, ...legend.lines().map((line) => `  ${line}`)].join('\n');
}

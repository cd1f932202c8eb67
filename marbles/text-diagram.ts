import { type MarbleValues, chunkAlphabet } from './alphabet.js';
import { describeValue } from './describe.js';
import { equalValues } from './equality.js';
import type { MarbleEvent, MarbleRecording } from './recording.js';
import { Run, joinRuns } from './runs.js';

/** Longer silences are written as `40ms`. */
const longestDashes = 20;
/** Longer lines go on in a new row. */
const longestRow = 100;
const freeLetters = Array.from('ABCDEGHIJKLMNOPQSTUVWXYZαβγδεζηθικλμνξπρστυφχψω');

/** Gives every distinct value a letter: that of `values` or the chunk alphabet, else the next free one. */
export class Legend {
  readonly #known: [string, unknown][];
  readonly #named = new Set<string>();
  /** Values that found no letter left, in the order in which they came. */
  readonly #nameless: unknown[] = [];
  readonly #errors: { readonly error: unknown; readonly names: Set<string> }[] = [];

  constructor(values: MarbleValues = {}) {
    this.#known = Object.entries({ ...chunkAlphabet, ...values });
    for (const letter of Object.keys(values)) this.#named.add(letter);
  }

  /** True when a value found no letter left. */
  get isExhausted(): boolean {
    return this.#nameless.length > 0;
  }

  letterOf(value: unknown): string {
    const known = this.#known.find(([, other]) => other === value || equalValues(value, other));
    if (known !== undefined) return known[0];
    const letter = freeLetters.find((free) => !this.#known.some(([taken]) => taken === free));
    if (letter === undefined) {
      this.#nameless.push(value);
      return '●';
    }
    this.#known.push([letter, value]);
    this.#named.add(letter);
    return letter;
  }

  /** `name` says whose error it is, where there are several. */
  errorMark(error: unknown, name: string): string {
    const known = this.#errors.find((other) => equalValues(error, other.error));
    if (known === undefined) this.#errors.push({ error, names: new Set([name]) });
    else known.names.add(name);
    return '#';
  }

  /** What the letters mean that do not speak for themselves, and the errors. */
  lines(): readonly string[] {
    const values = this.#known.filter(([letter]) => this.#named.has(letter));
    const nameOf = ({ names }: { readonly names: ReadonlySet<string> }): string => (this.#errors.length === 1 ? '' : ` (${[...names].join(', ')})`);
    return [
      ...values.map(([letter, value]) => `${letter} = ${describe(value)}`),
      ...this.#nameless.map((value, index) => `● ${index + 1} = ${describe(value)}`),
      ...this.#errors.map((entry) => `#${nameOf(entry)} = ${describe(entry.error)}`),
    ];
  }
}

function describe(value: unknown): string {
  return value instanceof Run ? `${value.count} × ${describeValue(value.whole)}` : describeValue(value);
}

function mark(event: MarbleEvent, legend: Legend, name: string): string {
  switch (event.kind) {
    case 'next':
      return legend.letterOf(event.value);
    case 'error':
      return legend.errorMark(event.error, name);
    case 'complete':
      return '|';
    default:
      event satisfies never;
      return '';
  }
}

/** A stream and what its line is called. */
export interface NamedStream {
  readonly name: string;
  readonly events: readonly MarbleEvent[];
}

/** What one line shows at each instant: a mark, or a group in brackets. */
function cellsOf({ name, events }: NamedStream, legend: Legend): Map<number, string> {
  const marks = new Map<number, string>();
  for (const event of events) marks.set(event.atMs, (marks.get(event.atMs) ?? '') + mark(event, legend, name));
  for (const [atMs, text] of marks) if (Array.from(text).length > 1) marks.set(atMs, `(${text})`);
  return marks;
}

/** Lines of marbles, one below the other, and where an instant stands in them. */
export interface AlignedLines {
  readonly lines: readonly string[];
  /** The column of each instant, in order. */
  readonly columns: ReadonlyMap<number, number>;
  columnOf(atMs: number): number;
}

/**
 * Writes streams as marble lines in which the same instant has the same column.
 *
 * A line can be read back by RxJS, except where events follow a group sooner than the group is wide (a limit of the syntax).
 */
export function alignLines(streams: readonly NamedStream[], legend: Legend): AlignedLines {
  const rows = streams.map((stream) => cellsOf(stream, legend));
  const instants = [...new Set(streams.flatMap(({ events }) => events.map(({ atMs }) => atMs)))].sort((a, b) => a - b);
  const lines = streams.map(() => '');
  const columns = new Map<number, number>();
  let reachedMs = 0;
  let column = 0;
  for (const atMs of instants) {
    const silence = gap(atMs - reachedMs, column === 0);
    column += silence.length;
    columns.set(atMs, column);
    const width = Math.max(1, ...rows.map((row) => Array.from(row.get(atMs) ?? '').length));
    rows.forEach((row, index) => {
      const cell = row.get(atMs) ?? '';
      lines[index] = `${lines[index] ?? ''}${silence}${cell}${'-'.repeat(width - Array.from(cell).length)}`;
    });
    column += width;
    reachedMs = Math.max(reachedMs, atMs) + width;
  }
  return { lines: lines.map((line, index) => cutAfterEnd(line, streams[index]?.events)), columns, columnOf: (atMs) => columns.get(atMs) ?? column };
}

function gap(silenceMs: number, atStart: boolean): string {
  if (silenceMs <= longestDashes) return '-'.repeat(Math.max(0, silenceMs));
  return `${atStart ? '' : ' '}${silenceMs}ms `;
}

/** Nothing is drawn after the end of a stream. */
function cutAfterEnd(line: string, events: readonly MarbleEvent[] = []): string {
  const last = events.at(-1);
  if (last === undefined || last.kind === 'next') return line;
  return line.replace(/(?<=[|#]\)?)[- ]*(?:\d+ms |-)*$/u, '');
}

/** Lines that are too long are broken before an instant; each row says when it begins. */
function rowsOf({ lines, columns }: AlignedLines, names: readonly string[]): readonly string[] {
  const width = Math.max(...names.map((name) => name.length));
  const length = Math.max(...lines.map((line) => line.length));
  const starts: [atMs: number, column: number][] = [[0, 0]];
  let before: [atMs: number, column: number] = [0, 0];
  for (const instant of [...columns, [Infinity, length] as const]) {
    const [, start] = starts.at(-1) ?? before;
    if (instant[1] - start > longestRow && before[1] > start) starts.push(before);
    before = [instant[0], instant[1]];
  }
  return starts.flatMap(([atMs, start], row) => [
    ...(row === 0 ? [] : [`from ${atMs} ms`]),
    ...names.map((name, index) => `${name.padEnd(width)}  ${(lines[index] ?? '').slice(start, starts[row + 1]?.[1])}`.trimEnd()),
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
  let aligned = alignLines(recording.lanes, legend);
  if (legend.isExhausted) {
    legend = new Legend();
    aligned = alignLines(recording.lanes.map(({ name, events }) => ({ name, events: joinRuns(events) })), legend);
  }
  const rows = rowsOf(aligned, recording.lanes.map(({ name }) => name));
  return [recording.title, ...rows, ...legend.lines().map((line) => `  ${line}`)].join('\n');
}

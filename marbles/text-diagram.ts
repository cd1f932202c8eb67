import { type MarbleValues, chunkAlphabet } from './alphabet.js';
import { describeError, describeValue } from './describe.js';
import { equalValues } from './equality.js';
import type { MarbleEvent, MarbleRecording } from './recording.js';

/** Longer silences are written as `40ms`. */
const longestDashes = 20;
const freeLetters = Array.from('ABCDEGHIJKLMNOPQSTUVWXYZαβγδεζηθικλμνξπρστυφχψω');

/** Gives every distinct value a letter: that of `values` or the chunk alphabet, else the next free one. */
export class Legend {
  readonly #known: [string, unknown][];
  readonly #named = new Set<string>();
  readonly #errors: unknown[] = [];

  constructor(values: MarbleValues = {}) {
    this.#known = Object.entries({ ...chunkAlphabet, ...values });
    for (const letter of Object.keys(values)) this.#named.add(letter);
  }

  letterOf(value: unknown): string {
    const known = this.#known.find(([, other]) => equalValues(value, other) || other === value);
    if (known !== undefined) return known[0];
    const letter = freeLetters.find((free) => !this.#known.some(([taken]) => taken === free)) ?? '●';
    if (letter !== '●') this.#known.push([letter, value]);
    this.#named.add(letter);
    return letter;
  }

  errorMark(error: unknown): string {
    if (!this.#errors.some((other) => equalValues(error, other))) this.#errors.push(error);
    return '#';
  }

  /** What the letters mean that do not speak for themselves, and the errors. */
  lines(): readonly string[] {
    const values = this.#known.filter(([letter]) => this.#named.has(letter));
    return [
      ...values.map(([letter, value]) => `${letter} = ${describeValue(value)}`),
      ...this.#errors.map((error) => `# = ${describeError(error)}`),
    ];
  }
}

function mark(event: MarbleEvent, legend: Legend): string {
  switch (event.kind) {
    case 'next':
      return legend.letterOf(event.value);
    case 'error':
      return legend.errorMark(event.error);
    case 'complete':
      return '|';
    default:
      event satisfies never;
      return '';
  }
}

/** What one line shows at each instant: a mark, or a group in brackets. */
function cellsOf(events: readonly MarbleEvent[], legend: Legend): Map<number, string> {
  const marks = new Map<number, string>();
  for (const event of events) marks.set(event.atMs, (marks.get(event.atMs) ?? '') + mark(event, legend));
  for (const [atMs, text] of marks) if (Array.from(text).length > 1) marks.set(atMs, `(${text})`);
  return marks;
}

/** Lines of marbles, one below the other, and where an instant stands in them. */
export interface AlignedLines {
  readonly lines: readonly string[];
  columnOf(atMs: number): number;
}

/**
 * Writes streams as marble lines in which the same instant has the same column.
 *
 * A line can be read back by RxJS, except where events follow a group sooner than the group is wide (a limit of the syntax).
 */
export function alignLines(streams: readonly (readonly MarbleEvent[])[], legend: Legend): AlignedLines {
  const rows = streams.map((events) => cellsOf(events, legend));
  const instants = [...new Set(streams.flatMap((events) => events.map(({ atMs }) => atMs)))].sort((a, b) => a - b);
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
  return { lines: lines.map((line, index) => cutAfterEnd(line, streams[index])), columnOf: (atMs) => columns.get(atMs) ?? column };
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

/** A recording as text: a line per lane, and what the letters mean. */
export function drawText(recording: MarbleRecording): string {
  const legend = new Legend();
  const { lines } = alignLines(recording.lanes.map(({ events }) => events), legend);
  const width = Math.max(...recording.lanes.map(({ name }) => name.length));
  return [
    recording.title,
    ...recording.lanes.map(({ name }, index) => `${name.padEnd(width)}  ${lines[index] ?? ''}`),
    ...legend.lines().map((line) => `  ${line}`),
  ].join('\n');
}

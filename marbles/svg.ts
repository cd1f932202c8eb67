import { printable } from './printable.js';
import type { MarbleLane, MarbleRecording } from './recording.js';
import { type Cell, type Column, type SizedMark, type System, endOffset, layOut, margin, markHeight, pageWidth, unitWidth } from './svg-layout.js';
import { shapes, style } from './svg-style.js';
import { escape, line, n, noteCharWidth, shorten, text, textWidth, wrapCode, wrapWords } from './svg-text.js';
import { drawText } from './text-diagram.js';

const nameHeight = 16;
const stackStep = markHeight + 4;
const noteHeight = 14;
const laneGap = 8;
const edge = pageWidth - margin;
/** In characters: of a title, of code, and of what is said in one line. */
const longestTitle = 40;
const longestCode = 50;
const longestNote = 54;

/** A piece of the picture and how far down it reaches. */
interface Piece {
  readonly svg: readonly string[];
  readonly height: number;
}

function drawMark(mark: SizedMark, x: number, y: number): string[] {
  const { kind, width, label } = mark;
  const [left, top] = [x - width / 2, y - markHeight / 2];
  const className = `class="am-mark am-${kind}"`;
  const right = left + width;
  const hexagon = `${n(left)},${n(y)} ${n(left + 7)},${n(top)} ${n(right - 7)},${n(top)} ${n(right)},${n(y)} ${n(right - 7)},${n(top + markHeight)} ${n(left + 7)},${n(top + markHeight)}`;
  const shape =
    shapes[kind] === 'hexagon'
      ? `<polygon ${className} points="${hexagon}"/>`
      : `<rect ${className} x="${n(left)}" y="${n(top)}" width="${n(width)}" height="${markHeight}" rx="${shapes[kind] === 'pill' ? markHeight / 2 : 2}"/>`;
  return [shape, text(x, y + 4, label, `am-label am-label-${kind}`)];
}

function drawEnd(cell: Cell, x: number, y: number): string {
  const at = x + endOffset(cell);
  switch (cell.end) {
    case undefined:
      return '';
    case 'complete':
      return `<path class="am-complete" d="M${n(at)} ${n(y - 12)}V${n(y + 12)}"/>`;
    case 'error':
      return `<path class="am-error" d="M${n(at - 6)} ${n(y - 8)}l12 16m0 -16l-12 16"/>`;
    case 'unsubscribe':
      return `<path class="am-unsubscribe" d="M${n(at)} ${n(y - 12)}V${n(y + 12)}"/>`;
    default:
      cell.end satisfies never;
      return '';
  }
}

/** Where a subscription's line begins and ends in this row of the page. */
function drawLines(lane: MarbleLane, cells: ReadonlyMap<number, Cell>, system: System, isLast: boolean, y: number): string[] {
  const first = system.columns[0]?.atMs ?? 0;
  const last = system.columns.at(-1)?.atMs ?? 0;
  const xOf = (atMs: number): number => system.columns.find((column) => column.atMs === atMs)?.x ?? margin;
  const lines = [line(margin, edge, y, 'am-idle')];
  for (const { fromMs, toMs } of lane.subscriptions) {
    // A listener is only called; it has no subscription and keeps its dotted line.
    if (fromMs > last || (toMs !== undefined && toMs < first)) continue;
    const open = toMs === undefined || toMs > last;
    const [from, to] = [fromMs < first ? margin : xOf(fromMs), open ? edge : xOf(toMs) + endOffset(cells.get(toMs))];
    lines.push(line(from, to, y, 'am-line'));
    if (fromMs >= first) lines.push(`<circle class="am-line" cx="${n(from)}" cy="${n(y)}" r="1.5"/>`);
    if (open && isLast) lines.push(`<path class="am-line" d="M${n(edge - 5)} ${n(y - 4)}l5 4l-5 4"/>`);
  }
  return lines;
}

/** Notes stand below the bar or cross they speak of; where two would touch, the second goes a line down. */
function drawNotes(cells: readonly (readonly [Column, Cell])[], y: number): Piece {
  const rowEnds: number[] = [];
  const svg: string[] = [];
  for (const [{ x }, cell] of cells) {
    if (cell.note === undefined) continue;
    const note = shorten(cell.note, longestNote);
    const width = textWidth(note, noteCharWidth);
    const from = Math.max(margin, Math.min(x + endOffset(cell) - width / 2, edge - width));
    const free = rowEnds.findIndex((reached) => reached + 8 <= from);
    const row = free === -1 ? rowEnds.length : free;
    rowEnds[row] = from + width;
    svg.push(text(from, y + 11 + row * noteHeight, note, cell.end === 'error' ? 'am-note am-note-error' : 'am-note'));
  }
  return { svg, height: rowEnds.length * noteHeight };
}

function drawLane(lane: MarbleLane, cells: ReadonlyMap<number, Cell>, system: System, isLast: boolean, top: number): Piece {
  const y = top + nameHeight + markHeight / 2 + 2;
  const here = system.columns.flatMap((column) => {
    const cell = cells.get(column.atMs);
    return cell === undefined ? [] : [[column, cell] as const];
  });
  const marks = here.flatMap(([{ x }, cell]) => [
    drawEnd(cell, x, y),
    ...cell.marks.flatMap((mark, index) => drawMark(mark, x, y + index * stackStep)),
  ]);
  const stack = Math.max(1, ...here.map(([, cell]) => cell.marks.length));
  const bottom = y + markHeight / 2 + (stack - 1) * stackStep + 2;
  const notes = drawNotes(here, bottom);
  const svg = [text(margin, top + 11, shorten(printable(lane.name), longestNote), 'am-name'), ...drawLines(lane, cells, system, isLast, y), ...marks, ...notes.svg];
  return { svg, height: bottom + notes.height + laneGap - top };
}

function drawCode(code: string, top: number): Piece {
  const lines = wrapCode(printable(code), longestCode);
  const height = lines.length * 16 + 12;
  const box = `<rect class="am-code" x="${margin - 6}" y="${n(top)}" width="${pageWidth - 2 * margin + 12}" height="${height}" rx="4"/>`;
  return {
    svg: [box, ...lines.map((label, index) => text(pageWidth / 2, top + 18 + index * 16, label, 'am-code-label'))],
    height: height + laneGap,
  };
}

/** Milliseconds below the ticks that have room for them. */
function drawAxis(system: System, top: number): Piece {
  const svg = [line(margin, edge, top + 4, 'am-axis'), text(edge - unitWidth / 2 + 2, top + 20, 'ms', 'am-time')];
  for (const [index, { atMs, x, compressed, timeAt }] of system.columns.entries()) {
    svg.push(`<path class="am-axis" d="M${n(x)} ${n(top)}v8"/>`);
    const before = system.columns[index - 1];
    if (compressed && before !== undefined) svg.push(`<path class="am-axis" d="M${n((before.x + x) / 2 - 4)} ${n(top + 8)}l4 -8m3 0l-4 8"/>`);
    if (timeAt !== undefined) svg.push(text(timeAt, top + 20, n(atMs), 'am-time'));
  }
  return { svg, height: 28 };
}

/**
 * Draws a recording as an SVG file: light and dark, at most as wide as a phone, the same bytes for the same recording.
 *
 * Each row of the page holds as much time as fits; all lanes stand one below the other, with milliseconds under them.
 */
export function drawSvg(recording: MarbleRecording, description = drawText(recording)): string {
  const { systems, cells } = layOut(recording);
  const titles = wrapWords(printable(recording.title), longestTitle);
  const svg = titles.map((words, index) => text(margin, 22 + index * 18, words, 'am-title'));
  let y = 22 + titles.length * 18 - 6;
  const put = (piece: Piece): void => {
    svg.push(...piece.svg.filter((part) => part !== ''));
    y += piece.height;
  };
  for (const [index, system] of systems.entries()) {
    let coded = recording.code === undefined;
    for (const [laneIndex, lane] of recording.lanes.entries()) {
      if (!coded && lane.role !== 'source') {
        put(drawCode(recording.code ?? '', y));
        coded = true;
      }
      put(drawLane(lane, cells[laneIndex] ?? new Map<number, Cell>(), system, index === systems.length - 1, y));
    }
    put(drawAxis(system, y));
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="am" viewBox="0 0 ${pageWidth} ${n(y)}" width="${pageWidth}" height="${n(y)}" role="img" style="max-width:100%;height:auto">`,
    `<title>${escape(printable(recording.title))}</title>`,
    `<desc>${escape(description)}</desc>`,
    `<style>${style}</style>`,
    `<rect class="am-page" width="100%" height="100%"/>`,
    ...svg,
    '</svg>',
    '',
  ].join('\n');
}

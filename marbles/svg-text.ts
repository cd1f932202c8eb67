import { places } from './places.js';

/** Numbers as short and as exact as a picture needs; the same on every machine. */
export function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Text as XML holds it. */
export function escape(text: string): string {
  // Characters that XML forbids would make the whole file unreadable.
  const safe = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '�');
  return safe.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** A label; its class says where it is anchored. */
export function text(x: number, y: number, label: string, className: string): string {
  return `<text class="${className}" x="${n(x)}" y="${n(y)}">${escape(label)}</text>`;
}

/** A horizontal line, if it has a length. */
export function line(x1: number, x2: number, y: number, className: string): string {
  return x2 > x1 ? `<path class="${className}" d="M${n(x1)} ${n(y)}H${n(x2)}"/>` : '';
}

/** Of a monospaced character at the font size of labels and of notes. */
const labelCharWidth = 7.2;
export const noteCharWidth = 6.6;

export function textWidth(text: string, charWidth = labelCharWidth): number {
  return places(text) * charWidth;
}

/** The longest beginning that takes no more room, as letters. */
function beginning(letters: readonly string[], room: number): readonly string[] {
  let taken = 0;
  const end = letters.findIndex((letter) => (taken += places(letter)) > room);
  return end === -1 ? letters : letters.slice(0, Math.max(1, end));
}

/** Cuts a label that is too long, and says so. */
export function shorten(label: string, room: number): string {
  return places(label) <= room ? label : `${beginning(Array.from(label), room - 1).join('')}…`;
}

/** A word that no line holds, in pieces. */
function chop(word: string, room: number): string[] {
  const letters = Array.from(word);
  const piece = beginning(letters, room);
  return piece.length === letters.length ? [word] : [piece.join(''), ...chop(letters.slice(piece.length).join(''), room)];
}

/** Sets parts into lines, as many as fit into each. */
function fill(parts: readonly string[], room: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last === undefined || places(last) + 1 + places(part) > room) lines.push(part);
    else lines[lines.length - 1] = `${last} ${part}`;
  }
  return lines;
}

/** Parts that each fit into a line; only where one does not is it broken at its spaces, and a word that is longer still anywhere. */
function partsOf(paragraph: string, separator: RegExp, room: number): string[] {
  return paragraph.split(separator).flatMap((part) => (places(part) <= room ? [part] : fill(part.split(' ').flatMap((word) => chop(word, room)), room)));
}

/** Lines of about the same length, so that no word is left alone in the last; braces and an article stay with what belongs to them. */
export function wrapWords(paragraph: string, longest: number): string[] {
  const parts = partsOf(paragraph, /(?<!\b(?:a|an|the|of)) (?![^{]*\})/i, longest);
  const count = fill(parts, longest).length;
  let room = longest;
  while (room > Math.max(...parts.map(places)) && fill(parts, room - 1).length === count) room--;
  return fill(parts, room);
}

/** Lines that end after a comma where they can. */
export function wrapCode(code: string, longest: number): string[] {
  return fill(partsOf(code, /(?<=,) /, longest), longest);
}

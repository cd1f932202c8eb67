import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunk } from '../../marbles/alphabet.js';
import { equalValues } from '../../marbles/equality.js';
import type { MarbleEvent } from '../../marbles/recording.js';
import { align, cellsOf, lineOf } from '../../marbles/align.js';
import { Legend } from '../../marbles/legend.js';
import { drawText } from '../../marbles/text-diagram.js';
import { parseEvents } from './parse-events.js';

function writeEvents(...streams: (readonly MarbleEvent[])[]): readonly string[] {
  const legend = new Legend();
  const lines = streams.map((events) => cellsOf({ name: 'stream', events }, legend));
  const instants = align(lines);
  return lines.map((cells, index) => lineOf(cells, index, instants));
}

function write(...streams: string[]): readonly string[] {
  return writeEvents(...streams.map((marbles) => parseEvents(marbles)));
}

describe('marbles as text', () => {
  it.each(['-a-b-(F|)', 'a', '(ab)--c|', '#', '-a 100ms b-(cF|)', '50ms (a|)', '|'])('reads back what it wrote: %s', (marbles) => {
    expect(write(marbles)).toEqual([marbles]);
  });

  it('keeps the same instant in the same column', () => {
    expect(write('-(abc)--d|', '-a------d-e|')).toEqual(['-(abc)--d|', '-a------d-e|']);
    expect(write('a-|', 'a-----b|')).toEqual(['a-|', 'a-----b|']);
    expect(write('a 90ms b', 'a|')).toEqual(['a- 89ms b', 'a|']);
  });

  it('is read by RxJS as the events that it shows, as long as groups leave room', () => {
    const event = fc.record({ silenceMs: fc.integer({ min: 8, max: 60 }), letters: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (steps) => {
        const events: MarbleEvent[] = [];
        let atMs = 0;
        for (const { silenceMs, letters } of steps) {
          atMs += silenceMs;
          for (const letter of letters) events.push({ kind: 'next', atMs, value: chunk.text(letter) });
        }
        const [line = ''] = writeEvents(events);
        return equalValues(parseEvents(line), events);
      }),
    );
  });

  it('draws a recording with names, lines and what the letters mean', () => {
    const call = chunk.toolCall('add', { a: 2 });
    expect(
      drawText({
        title: 'a call',
        lanes: [
          { name: 'answer', role: 'source', subscriptions: [], events: parseEvents('-a-C-#', { C: call }, new Error('cut')) },
          { name: 'out', role: 'result', subscriptions: [], events: parseEvents('-a|') },
        ],
      }).split('\n'),
    ).toEqual([
      'a call',
      'answer  -a-A-#',
      'out     -a|',
      '  A = tool-call {toolCallId: "add", toolName: "add", input: {a: 2}}',
      '  # = Error: cut',
    ]);
  });

  function textOf(events: readonly MarbleEvent[]): string[] {
    return drawText({ title: 'long', lanes: [{ name: 's', role: 'result', subscriptions: [], events }] }).split('\n');
  }

  it('lets neighbouring pieces of text share a letter when there are more than letters', () => {
    const words = Array.from({ length: 60 }, (_, index) => chunk.text(`w${index} `));
    const values = [...words.slice(0, 50), chunk.toolCall('add'), ...words.slice(50)];
    const events: MarbleEvent[] = values.map((value, atMs) => ({ kind: 'next', atMs, value }));
    expect(textOf(events)).toEqual([
      'long',
      `s  ${'A'.repeat(50)}B${'C'.repeat(10)}`,
      `  A = 50 × text "${words.slice(0, 50).map(({ content }) => content).join('')}"`,
      '  B = tool-call {toolCallId: "add", toolName: "add", input: {}}',
      `  C = 10 × text "${words.slice(50).map(({ content }) => content).join('')}"`,
    ]);
  });

  it('joins reasoning, strings and the input of one call, each for itself', () => {
    const pieces = (make: (index: number) => unknown): unknown[] => Array.from({ length: 25 }, (_, index) => make(index));
    const values = [
      ...pieces((index) => chunk.reasoning(`${index},`)),
      ...pieces((index) => chunk.toolInput('add', `${index},`, 'one')),
      ...pieces((index) => chunk.toolInput('add', `${index},`, 'two')),
      ...pieces((index) => `${index},`),
    ];
    const lines = textOf(values.map((value, atMs) => ({ kind: 'next', atMs, value })));
    expect(lines[1]).toBe(`s  ${'A'.repeat(25)}${'B'.repeat(25)}${'C'.repeat(25)}${'D'.repeat(25)}`);
    expect(lines.slice(2).map((line) => line.slice(0, 21))).toEqual([
      '  A = 25 × reasoning ', '  B = 25 × tool-input', '  C = 25 × tool-input', '  D = 25 × "0,1,2,3,4',
    ]);
  });

  it('lists in order what finds no letter even so', () => {
    const events: MarbleEvent[] = Array.from({ length: 60 }, (_, atMs) => ({ kind: 'next', atMs, value: { atMs } }));
    const lines = textOf(events);
    const dots = lines[1]?.match(/●/g)?.length ?? 0;
    expect(dots).toBeGreaterThan(0);
    expect(lines.slice(-dots)).toEqual(Array.from({ length: dots }, (_, index) => `  ● ${index + 1} = {atMs: ${60 - dots + index}}`));
  });

  it('goes on in a new row that says when it begins', () => {
    const events: MarbleEvent[] = Array.from({ length: 120 }, (_, index) => ({ kind: 'next', atMs: index * 2, value: chunk.text('a') }));
    expect(textOf(events)).toEqual(['long', `s  ${'a-'.repeat(50)}`, 'from 100 ms', `s  ${'a-'.repeat(50)}`, 'from 200 ms', `s  ${'a-'.repeat(19)}a`]);
  });

  it('shows values that JSON has no word for', () => {
    const lines = textOf([NaN, null, new Map([['a', 1]]), new Set([NaN]), new Uint8Array([7])].map((value, atMs) => ({ kind: 'next', atMs, value })));
    expect(lines.slice(2)).toEqual(['  A = NaN', '  B = null', '  C = Map {"a" => 1}', '  D = Set {NaN}', '  E = Uint8Array [7]']);
  });
});

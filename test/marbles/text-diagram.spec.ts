import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunk } from '../../marbles/alphabet.js';
import { equalValues } from '../../marbles/equality.js';
import type { MarbleEvent } from '../../marbles/recording.js';
import { Legend, alignLines, drawText } from '../../marbles/text-diagram.js';
import { parseEvents } from './parse-events.js';

function write(...streams: string[]): readonly string[] {
  return alignLines(streams.map((marbles) => parseEvents(marbles)), new Legend()).lines;
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
        const [line = ''] = alignLines([events], new Legend()).lines;
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
});

import { describe, expect, it } from '@jest/globals';
import { chunk } from '../../marbles/alphabet.js';
import type { MarbleLane } from '../../marbles/recording.js';
import { drawSvg } from '../../marbles/svg.js';
import { parseEvents } from './parse-events.js';

function lane(name: string, marbles: string, words = 'a'): MarbleLane {
  return { name, role: 'result', events: parseEvents(marbles, { a: chunk.text(words) }, words), subscriptions: [{ fromMs: 0, ending: 'open' }] };
}

describe('the words of a picture', () => {
  it.each([
    ['words', 'what a user may ask '.repeat(9)],
    ['no spaces', 'x'.repeat(200)],
    ['wide letters', '長'.repeat(100)],
  ])('keeps every text on the page: %s', (_kind, words) => {
    const drawn = drawSvg({
      title: words,
      code: words,
      lanes: [lane(words, '-a-#', words)],
    });
    const labels = [...drawn.matchAll(/<text class="am-(\w+)[^>]*>([^<]*)</g)];
    expect(labels.length).toBeGreaterThan(8);
    for (const [, kind, label = ''] of labels) {
      // A bold letter of a title is up to 9 units wide; other letters are 7.2 at most, and wide ones twice that.
      const letter = kind === 'title' ? 9 : 7.2;
      expect(label.length * letter * (label.includes('長') ? 2 : 1)).toBeLessThanOrEqual(400);
    }
  });

  it('leaves no word of a title alone in its last line, and no brace alone in the code', () => {
    const svg = drawSvg({
      lanes: [lane('result', '-a-|')],
      title: "operatorOfLongName({ mode: 'restart' }): it begins a new attempt",
      code: "operatorOfLongName({ mode: 'restart', delay: () => 3 })",
    });
    const linesOf = (kind: string): (string | undefined)[] => [...svg.matchAll(new RegExp(`class="am-${kind}"[^>]*>([^<]*)<`, 'g'))].map(([, words]) => words);
    expect(linesOf('title')).toEqual(["operatorOfLongName({ mode: 'restart' }):", 'it begins a new attempt']);
    expect(linesOf('code-label')).toEqual(["operatorOfLongName({ mode: 'restart',", 'delay: () =&gt; 3 })']);
  });
});

import { describe, expect, it } from '@jest/globals';
import { from } from 'rxjs';
import { lines } from '../../operators/index.js';
import { checkAnyChunking } from './any-chunking.js';
import { chunks, text, virtually } from './support.js';

describe('lines', () => {
  it('lets a line out when its end has come, and the rest before finish', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--b--c--(f|)', { ...chunks, a: text('Hel'), b: text('lo\nyo'), c: text('u') });
      const expected = '                  ----x-----(yf|)';
      expectObservable(source.pipe(lines())).toBe(expected, { ...chunks, x: text('Hello\n'), y: text('you') });
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    });
  });

  it('gives the lines of the text, whatever its chunks', () => {
    checkAnyChunking(['a', 'bc', ' ', '\n', '\r\n', '\r', '😀'], lines(), (whole) => whole.match(/[^\n]*\n|[^\n]+$/g) ?? []);
  });

  it('passes a chunk that is one line as it is', () => {
    const line = text('one\n');
    const seen: unknown[] = [];
    from([line]).pipe(lines()).subscribe((chunk) => seen.push(chunk));
    expect(seen[0]).toBe(line);
  });
});

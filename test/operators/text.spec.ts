import { describe, expect, it } from '@jest/globals';
import { from, toArray } from 'rxjs';
import { text } from '../../operators/index.js';
import { chunks, finish, reasoning, restart, step, text as textOf, toolCall, toolInput, virtually } from './support.js';

describe('text', () => {
  it('emits the pieces of the answer as strings', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--b--c--(f|)', chunks);
      const expected = '                  -a--b--c--|';
      expectObservable(source.pipe(text())).toBe(expected, { a: 'Hel', b: 'lo ', c: 'you' });
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    });
  });

  it('leaves out reasoning, tool chunks and empty pieces, and counts the content of finish', () => {
    const answer = [
      reasoning('Hm'),
      textOf(''),
      textOf('A'),
      toolInput('call_1', '{}'),
      toolCall('call_1'),
      // What is no text and no end has nothing to say here, whatever a provider puts on it.
      { ...step(0), content: 'step' },
      { ...finish(), content: 'B' },
    ];
    let pieces: string[] = [];
    from(answer).pipe(text(), toArray()).subscribe((all) => (pieces = all));
    expect(pieces).toEqual(['A', 'B']);
  });

  it('errors on a restart, because strings cannot be taken back', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--r--b--|', { ...chunks, r: restart() });
      const error = expect.objectContaining({
        name: 'ValidationError',
        message: 'text() cannot take back what it emitted before attempt 2. Give text({ onRestart }), or use accumulate().',
      });
      expectObservable(source.pipe(text())).toBe('-a--#', { a: 'Hel' }, error);
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('emits on a restart what onRestart returns, or nothing', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('  -a--r--b--|', { ...chunks, r: restart({ attempt: 3 }) });
      const told = source.pipe(text({ onRestart: ({ attempt }) => `[attempt ${attempt}]` }));
      expectObservable(told).toBe('-a--r--b--|', { a: 'Hel', r: '[attempt 3]', b: 'lo ' });
      expectObservable(source.pipe(text({ onRestart: () => '' }))).toBe('-a-----b--|', { a: 'Hel', b: 'lo ' });
    });
  });
});

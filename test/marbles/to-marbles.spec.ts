import { describe, expect, it, jest } from '@jest/globals';
import { type Observable, Subject, concat, defer, of, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { type MarbleRecording, chunk, recordStream, toMarbles } from '../../marbles/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';

describe('toMarbles', () => {
  it('draws a live stream when it has ended, with the times of its scheduler', () => {
    const scheduler = new TestScheduler(() => undefined);
    const recordings: MarbleRecording[] = [];
    scheduler.run(({ cold }) => {
      const stream$ = cold('-a--b-(F|)', { a: chunk.text('a'), b: chunk.text('Hello'), F: chunk.finish() });
      stream$.pipe(recordStream((recording) => recordings.push(recording), { title: 'run', scheduler })).subscribe({ error: fail });
    });
    const [recording] = recordings;
    expect(recordings).toHaveLength(1);
    expect(recording === undefined ? '' : toMarbles(recording).text).toBe(['run', 'stream  -a--A-(F|)', '  A = text "Hello"'].join('\n'));
  });

  it('resolves for a stream that fails: the error is part of the diagram', async () => {
    const failing$: Observable<StreamChunk> = concat(of(chunk.text('a')), throwError(() => new Error('cut')));
    const { text, svg } = await toMarbles(failing$, { scheduler: fixedClock() });
    expect(text).toContain('(a#)');
    expect(svg).toContain('class="am-error"');
  });

  it('rejects nothing and subscribes once', async () => {
    let subscriptions = 0;
    const stream$ = defer(() => {
      subscriptions++;
      return of(chunk.text('a'));
    });
    const { text } = await toMarbles(stream$, { title: 'once', scheduler: fixedClock() });
    expect(text.split('\n')).toEqual(['once', 'stream  (a|)']);
    expect(subscriptions).toBe(1);
  });
});

describe('recordStream', () => {
  it('passes chunks on by identity and records an unsubscribe', () => {
    const done = jest.fn<(recording: MarbleRecording) => void>();
    const source$ = new Subject<StreamChunk>();
    const seen: StreamChunk[] = [];
    const first = chunk.text('a');
    const subscription = source$.pipe(recordStream(done, { scheduler: fixedClock() })).subscribe({
      next: (value) => seen.push(value),
      error: fail,
    });
    source$.next(first);
    expect(done).not.toHaveBeenCalled();
    subscription.unsubscribe();
    expect(seen[0]).toBe(first);
    expect(source$.observed).toBe(false);
    expect(done.mock.calls[0]?.[0].lanes[0]?.subscriptions).toEqual([{ fromMs: 0, toMs: 0, ending: 'unsubscribe' }]);
  });

  it('records each subscription on its own', () => {
    const done = jest.fn<(recording: MarbleRecording) => void>();
    const stream$ = of(chunk.text('a')).pipe(recordStream(done, { scheduler: fixedClock() }));
    stream$.subscribe({ error: fail });
    stream$.subscribe({ error: fail });
    expect(done.mock.calls.map(([recording]) => recording.lanes[0]?.events.length)).toEqual([2, 2]);
  });
});

function fail(error: unknown): never {
  throw error;
}

/** A scheduler whose time stands still. */
function fixedClock(): TestScheduler {
  return new TestScheduler(() => undefined);
}

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { NEVER, type Observable, Subject, concat, config, defer, of, throwError } from 'rxjs';
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

  it.each<[string, unknown, string]>([
    ['a finish of others', { type: 'finish', finishReason: 'stop' }, '{type: "finish", finishReason: "stop"}'],
    ['reasoning of others', { type: 'reasoning', text: 'x' }, '{type: "reasoning", text: "x"}'],
    ['a file of others', { type: 'file', file: {} }, '{type: "file", file: {}}'],
    ['an object whose getter throws', { get a() { throw new Error('x'); } }, '{a: (throws Error: x)}'],
    ['output without a class', chunk.toolError('f', Object.create(null)), 'output: null-prototype {}'],
    ['far too many levels', nested(20_000), '{o: {o: '],
    ['an empty text', chunk.text(''), 'text ""'],
    ['what a terminal would obey', chunk.text('a\u009b31m\u202eb'), 'text "a\\u009b31m\\u202eb"'],
  ])('draws any value: %s', async (_, value, shown) => {
    const { text } = await toMarbles(of(value), { scheduler: fixedClock() });
    expect(text.split('\n')[2]).toContain(shown);
  });

  it('rejects for a value that cannot be drawn', async () => {
    const unreadable = new Proxy({}, { ownKeys: () => { throw new Error('mine'); } });
    await expect(toMarbles(of(unreadable, unreadable), { scheduler: fixedClock() })).rejects.toThrow('mine');
  });

  it('says in the text where the subscriber left', () => {
    const scheduler = new TestScheduler(() => undefined);
    const recordings: MarbleRecording[] = [];
    scheduler.run(({ cold, expectObservable }) => {
      const stream$ = cold('-a-b', { a: chunk.text('a'), b: chunk.text('b') });
      expectObservable(stream$.pipe(recordStream((recording) => recordings.push(recording), { scheduler })), '^-----!').toBe('');
    });
    expect(recordings.map((recording) => toMarbles(recording).text)).toEqual(['stream\nstream  -a-b--!\n  ! = unsubscribed']);
  });

  it('draws the first 1,000 notifications of a long recording and says how many are left out', () => {
    const events = Array.from({ length: 5_000 }, (_, index) => ({ kind: 'next' as const, atMs: index, value: chunk.text('a') }));
    const span = { fromMs: 0, toMs: 5_000, ending: 'complete' as const };
    const { text, svg } = toMarbles({ title: 'long', lanes: [{ name: 's', role: 'result', events, subscriptions: [span, { ...span, fromMs: 2_000 }] }] });
    expect(text.split('\n')[0]).toBe('long (the first 1000 of 5000 notifications)');
    expect(text.match(/a(?=[a]*$)/gm)?.length).toBe(1_000);
    expect(svg.match(/class="am-mark/g)?.length).toBe(1_000);
    expect(svg).not.toContain('class="am-complete"');
    const atOnce = toMarbles({ title: 'long', lanes: [{ name: 's', role: 'result', events: events.map((event) => ({ ...event, atMs: 0 })), subscriptions: [] }] });
    expect(atOnce.svg.match(/class="am-mark/g)?.length).toBe(1_000);
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

describe('what the callback of recordStream throws', () => {
  const reported: unknown[] = [];
  const failing = recordStream<StreamChunk>(
    () => {
      throw new Error('mine');
    },
    { scheduler: fixedClock() },
  );

  afterEach(() => {
    config.onUnhandledError = null;
    reported.length = 0;
  });

  it('is the error of a stream that completes', () => {
    const seen: string[] = [];
    of(chunk.text('a')).pipe(failing).subscribe({ error: (error: unknown) => seen.push(String(error)), complete: () => seen.push('complete') });
    expect(seen).toEqual(['Error: mine']);
  });

  it.each<[string, Observable<StreamChunk>]>([
    ['the stream failed', throwError(() => new Error('cut'))],
    ['the consumer left', NEVER],
  ])('is reported as an unhandled error when %s', async (_, stream$) => {
    config.onUnhandledError = (error) => reported.push(error);
    const seen: unknown[] = [];
    stream$.pipe(failing).subscribe({ error: (error: unknown) => seen.push(error) }).unsubscribe();
    expect(seen).toEqual(stream$ === NEVER ? [] : [new Error('cut')]);
    await new Promise((resolve) => setTimeout(resolve));
    expect(reported).toEqual([new Error('mine')]);
  });
});

/** An object of so many levels. */
function nested(levels: number): unknown {
  let value: unknown = {};
  for (let level = 0; level < levels; level++) value = { o: value };
  return value;
}

function fail(error: unknown): never {
  throw error;
}

/** A scheduler whose time stands still. */
function fixedClock(): TestScheduler {
  return new TestScheduler(() => undefined);
}

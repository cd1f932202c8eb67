import { describe, expect, it, jest } from '@jest/globals';
import { concat, NEVER, Observable, of, Subject, Subscription, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { bufferText, type BufferTextOptions } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { Demand, markDemand } from '../../src/core/demand.js';
import { ValidationError } from '../../src/core/errors.js';
import { checkAnyChunking, piecesOf } from './any-chunking.js';
import { CountedResources } from './resources.js';
import { chunks, reasoning, restart, text, toolCall, virtually } from './support.js';

describe('bufferText', () => {
  it('joins pieces until maxChars are there', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--b--c--(f|)', chunks);
      const expected = '                  ----x-----(yf|)';
      expectObservable(source.pipe(bufferText({ maxChars: 5 }))).toBe(expected, { ...chunks, x: text('Hello'), y: text(' you') });
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    });
  });

  it('lets text out when its first piece is maxDelayMs old', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--b-------c----(f|)', chunks);
      const expected = '                  ------x----------(cf|)';
      expectObservable(source.pipe(bufferText({ maxDelayMs: 5 }))).toBe(expected, { ...chunks, x: text('Hello ') });
      expectSubscriptions(source.subscriptions).toBe('^----------------!');
    });
  });

  it('lets a chunk out as soon as it is full', () => {
    virtually(({ cold, expectObservable }) => {
      expectObservable(cold('-a-b-', chunks).pipe(bufferText({ maxChars: 3 }))).toBe('-a-b-', chunks);
    });
  });

  it('counts the delay of each chunk from its own first piece', () => {
    virtually(({ cold, expectObservable }) => {
      // The first goes out by its length, so no time runs until `b` comes; `c` comes when `b` is out.
      const source = cold('  -a--b--------c-------', chunks);
      expectObservable(source.pipe(bufferText({ maxChars: 3, maxDelayMs: 5 }))).toBe('-a--b--------c-------', chunks);
      expectObservable(source.pipe(bufferText({ maxChars: 4, maxDelayMs: 5 }))).toBe('----x----y--------c--', { ...chunks, x: text('Hell'), y: text('o ') });
    });
  });

  it.each<[string, BufferTextOptions]>([
    ['a delay that never ends', { maxChars: 4, maxDelayMs: Infinity }],
    ['no delay', { maxChars: 4 }],
  ])('starts no timer for %s', (_title, options) => {
    const { held, scheduler } = new CountedResources();
    const subscription = concat(of(chunks.a), NEVER).pipe(bufferText({ ...options, scheduler })).subscribe();
    expect(held.timers).toBe(0);
    subscription.unsubscribe();
  });

  it('does not count time in which the consumer holds the source back', () => {
    virtually(({ cold, expectObservable }) => {
      const seen = new Observable<StreamChunk>((subscriber) => {
        const demand = new Demand();
        markDemand(subscriber, demand);
        subscriber.add(timer(3).subscribe(() => demand.pause()));
        subscriber.add(timer(9).subscribe(() => demand.resume()));
        cold('-a-----------|', chunks).pipe(bufferText({ maxDelayMs: 5 })).subscribe(subscriber);
      });
      // Due at 6; shut from 3 to 9.
      expectObservable(seen).toBe('------------a|', chunks);
    });
  });

  it('counts the delay anew from what a full chunk leaves over', () => {
    virtually(({ cold, expectObservable }) => {
      // At 4 a chunk of 5 goes out; what it leaves over is due at 9, not at 6.
      const source = cold('  -a--b-----------|', chunks);
      expectObservable(source.pipe(bufferText({ maxChars: 5, maxDelayMs: 5 }))).toBe('----x----y------|', { x: text('Hello'), y: text(' ') });
    });
  });

  it('keeps no timer for text that went out before a tool call, and waits anew after it', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('  -a--t--b-------|', { ...chunks, t: toolCall('call_1') });
      expectObservable(source.pipe(bufferText({ maxDelayMs: 5 }))).toBe('----(at)----b--|', { ...chunks, t: toolCall('call_1') });
    });
  });

  it('holds one timer while it holds text, and none afterwards', () => {
    const { held, scheduler } = new CountedResources();
    const source = new Subject<StreamChunk>();
    const subscription = source.pipe(bufferText({ maxDelayMs: 50, scheduler })).subscribe();
    const timers: number[] = [];
    for (const chunk of [reasoning('hm'), text('a'), text('b'), toolCall('call_1'), text('c'), restart(), text('d')]) {
      source.next(chunk);
      timers.push(held.timers);
    }
    subscription.unsubscribe();
    expect([...timers, held.timers]).toEqual([0, 1, 1, 0, 1, 0, 1, 0]);
  });

  it('never asks for a longer timer than there is', () => {
    const delays: (number | undefined)[] = [];
    const scheduler = new TestScheduler(() => undefined);
    jest.spyOn(scheduler, 'schedule').mockImplementation((_work, delayMs) => {
      delays.push(delayMs);
      return Subscription.EMPTY;
    });
    concat(of(text('a')), NEVER).pipe(bufferText({ maxDelayMs: 2 ** 31, scheduler })).subscribe().unsubscribe();
    expect(delays).toEqual([2 ** 31 - 1]);
  });

  it('cuts chunks of one length, whatever comes, and no surrogate pair', () => {
    checkAnyChunking(['a', 'bc', 'def', ' '], bufferText({ maxChars: 4 }), (whole) => whole.match(/.{1,4}/g) ?? []);
    checkAnyChunking(['a', '😀', '😀😀'], bufferText({ maxChars: 3 }), (whole) => piecesOf([text(whole)], bufferText({ maxChars: 3 })));
    expect(piecesOf([text('ab😀😀c')], bufferText({ maxChars: 3 }))).toEqual(['ab', '😀', '😀c']);
    expect(piecesOf([text('a😀')], bufferText({ maxChars: 1 }))).toEqual(['a', '😀']);
  });

  it('lets other chunks pass by', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('  -a--r--|', { ...chunks, r: reasoning('hm') });
      expectObservable(source.pipe(bufferText({ maxChars: 9 }))).toBe('----r--(a|)', { ...chunks, r: reasoning('hm') });
    });
  });

  it('takes the halves of a pair apart when they are not one', () => {
    expect(piecesOf([text('a\ud83d'), text('b\ude00c')], bufferText({ maxChars: 2 }))).toEqual(['a\ud83d', 'b\ude00', 'c']);
  });

  const noLimit = 'bufferText has no limit, so it would hold the whole answer; give maxChars or maxDelayMs.';

  it.each<[string, BufferTextOptions, string]>([
    ['no limit', {}, noLimit],
    ['limits that are none', { maxChars: Infinity, maxDelayMs: Infinity }, noLimit],
    ['one limit that is none', { maxDelayMs: Infinity }, noLimit],
    ['a length of nothing', { maxChars: 0 }, 'bufferText maxChars is 0; give a whole number of at least 1.'],
    ['half a character', { maxChars: 1.5 }, 'bufferText maxChars is 1.5; give a whole number of at least 1.'],
    ['no delay', { maxDelayMs: 0 }, 'bufferText maxDelayMs is 0; give milliseconds above 0, or leave it out for no limit.'],
    ['a delay that is none', { maxDelayMs: NaN }, 'bufferText maxDelayMs is NaN; give milliseconds above 0, or leave it out for no limit.'],
  ])('refuses %s at once', (_title, options, message) => {
    expect(() => bufferText(options)).toThrow(new ValidationError(message));
  });
});

import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, concat, NEVER, Observable, Subject, takeUntil, timer } from 'rxjs';
import { smooth, type SmoothOptions } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { Demand, findDemand, markDemand, withDemand } from '../../src/core/demand.js';
import { ValidationError } from '../../src/core/errors.js';
import { checkAnyChunking } from './any-chunking.js';
import { CountedResources } from './resources.js';
import { chunks, reasoning, restart, text, toolCall, virtually } from './support.js';

const letters = { ...chunks, x: text('H'), y: text('e'), z: text('l') };

/** A source that says which demand it found, and gives what `input` emits. */
function asking(input: Observable<StreamChunk>, found: (demand: Demand | undefined) => void): Observable<StreamChunk> {
  return new Observable((subscriber) => {
    found(findDemand(subscriber));
    input.subscribe(subscriber);
  });
}

describe('smooth', () => {
  it('lets characters appear at an even pace', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a 99ms |', chunks);
      expectObservable(source.pipe(smooth({ charsPerSecond: 50 }))).toBe('-x 19ms y 19ms z 59ms |', letters);
      expectSubscriptions(source.subscriptions).toBe('^ 100ms !');
    });
  });

  it('lets words appear at once', () => {
    virtually(({ cold, expectObservable }) => {
      // `one ` of 4 characters takes 80 ms at 50 characters a second, `two ` is due then.
      const source = cold('-a 200ms |', { a: text('one two thr') });
      const values = { x: text('one '), y: text('two '), z: text('thr') };
      expectObservable(source.pipe(smooth({ by: 'word', charsPerSecond: 50 }))).toBe('-x 79ms y 120ms (z|)', values);
    });
  });

  it('does not let more than one chunk out in 16 ms', () => {
    virtually(({ cold, expectObservable }) => {
      // 5 ms a character: after 16 ms those of 5, 10 and 15 ms are due; after 32 those of 20, 25 and 30.
      const source = cold('-a 60ms |', { a: text('abcdefg') });
      const values = { x: text('a'), y: text('bcd'), z: text('efg') };
      expectObservable(source.pipe(smooth({ charsPerSecond: 200 }))).toBe('-x 15ms y 15ms z 28ms |', values);
    });
  });

  it('goes faster when the source runs ahead, and is about a second behind at most', () => {
    virtually(({ cold, flush }) => {
      const source = concat(cold<StreamChunk>('a|', { a: text('x'.repeat(1_000)) }), NEVER);
      const seen: [number, number][] = [];
      let length = 0;
      source
        .pipe(smooth({ charsPerSecond: 10 }), takeUntil(timer(10_000)))
        .subscribe(({ content }) => seen.push([asyncScheduler.now(), (length += content.length)]));
      flush();
      const start = seen[0]?.[0] ?? 0;
      const after = (ms: number): number => seen.filter(([at]) => at - start <= ms).at(-1)?.[1] ?? 0;
      // At 10 characters a second alone it would be 10. The rest falls by a factor of e each second: 632, then 865.
      expect(after(1_000)).toBeGreaterThan(600);
      expect(after(1_000)).toBeLessThan(660);
      expect(after(2_000)).toBeGreaterThan(845);
      expect(after(9_000)).toBe(1_000);
    });
  });

  it('makes up for no pause of the source', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('-x 199ms a 99ms |', letters);
      expectObservable(source.pipe(smooth({ charsPerSecond: 50 }))).toBe('-x 199ms x 19ms y 19ms z 59ms |', letters);
    });
  });

  it('lets a tool call, an error and the end wait for nothing', () => {
    const boom = new Error('boom');
    virtually(({ cold, expectObservable }) => {
      const values = { ...letters, t: toolCall('call_1'), e: text('el') };
      const source = cold('-a---(t|)', { ...chunks, t: toolCall('call_1') });
      expectObservable(source.pipe(smooth({ charsPerSecond: 50 }))).toBe('-x---(et|)', values);
      expectObservable(cold<StreamChunk>('-a---#', chunks, boom).pipe(smooth())).toBe('-x---(e#)', values, boom);
    });
  });

  it('voids on a restart what has not appeared', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('-a---r 99ms |', { ...chunks, r: restart() });
      expectObservable(source.pipe(smooth({ charsPerSecond: 50 }))).toBe('-x---r 99ms |', { ...letters, r: restart() });
    });
  });

  it('lets other chunks pass by', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('-(ar) 96ms |', { ...chunks, r: reasoning('hm') });
      expectObservable(source.pipe(smooth({ charsPerSecond: 50 }))).toBe('-(xr) 16ms y 19ms z 59ms |', { ...letters, r: reasoning('hm') });
    });
  });

  it('cuts no character as a reader sees it', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('-a 99ms |', { a: text('👩‍👩‍👧é') });
      const values = { x: text('👩‍👩‍👧'), y: text('é') };
      expectObservable(source.pipe(smooth({ charsPerSecond: 100 }))).toBe('-x 79ms y 19ms |', values);
    });
  });

  it('loses nothing, whatever the chunks', () => {
    for (const by of ['character', 'word'] as const) checkAnyChunking(['a', 'bc', ' ', '😀', 'é', '\n', '你'], smooth({ by }), (whole) => whole);
  });

  it('shuts the source’s demand above maxBuffered, and opens it when half is gone', () => {
    virtually(({ cold, expectObservable, flush }) => {
      const changes: [number, boolean][] = [];
      const source = asking(concat(cold<StreamChunk>('a|', { a: text('abcdefghi') }), NEVER), (demand) => {
        demand?.onChange(() => changes.push([asyncScheduler.now(), demand.isOpen]));
      });
      // 20 ms a character; 8 of 9 are held when the first is out: full. Half of 8 are left after four more.
      expectObservable(source.pipe(smooth({ charsPerSecond: 50, maxBuffered: 8 })), '^ 150ms !');
      flush();
      const start = changes[0]?.[0] ?? 0;
      expect(changes.map(([at, isOpen]) => [at - start, isOpen])).toEqual([
        [0, false],
        [80, true],
      ]);
    });
  });

  it('holds no more than maxBuffered of a source that cannot pause', () => {
    const source = new Subject<StreamChunk>();
    let length = 0;
    const subscription = source.pipe(smooth({ charsPerSecond: 1, maxBuffered: 5 })).subscribe(({ content }) => (length += content.length));
    source.next(text('abc'));
    const first = length;
    source.next(text('defghijk'));
    expect([first, length]).toEqual([1, 6]);
    subscription.unsubscribe();
  });

  it('lets nothing out while the consumer is the slow one', () => {
    virtually(({ cold, expectObservable }) => {
      // Shut from 10 to 60: what was due at 21 comes when it opens.
      const result = new Observable<StreamChunk>((subscriber) => {
        const demand = new Demand();
        subscriber.add(timer(10).subscribe(() => demand.pause()));
        subscriber.add(timer(60).subscribe(() => demand.resume()));
        markDemand(subscriber, demand);
        cold<StreamChunk>('-a 199ms |', chunks).pipe(smooth({ charsPerSecond: 50 })).subscribe(subscriber);
      });
      expectObservable(result).toBe('-x 58ms y 19ms z 120ms |', letters);
    });
  });

  it('is shut for its source while the consumer’s demand is, and open for good afterwards', () => {
    let found: Demand | undefined;
    const consumer = new Demand();
    consumer.pause();
    const result = asking(NEVER, (demand) => (found = demand)).pipe(smooth());
    const subscription = withDemand(consumer, () => result.subscribe());
    const seen = [found?.isOpen];
    consumer.resume();
    seen.push(found?.isOpen);
    consumer.pause();
    seen.push(found?.isOpen);
    subscription.unsubscribe();
    expect([...seen, found?.isOpen]).toEqual([false, true, false, true]);
  });

  it('holds one timer while it holds text, and none afterwards', () => {
    const { held, scheduler } = new CountedResources();
    const source = new Subject<StreamChunk>();
    const subscription = source.pipe(smooth({ scheduler, charsPerSecond: 1 })).subscribe();
    const timers: number[] = [];
    for (const chunk of [text('a'), text('b'), text('c'), toolCall('call_1'), text('de'), restart(), text('fg')]) {
      source.next(chunk);
      timers.push(held.timers);
    }
    subscription.unsubscribe();
    expect([...timers, held.timers]).toEqual([0, 1, 1, 0, 1, 0, 1, 0]);
  });

  it.each<[string, SmoothOptions]>([
    ['no pace', { charsPerSecond: 0 }],
    ['a pace that is none', { charsPerSecond: NaN }],
    ['nothing held', { maxBuffered: 0 }],
  ])('refuses %s at once', (_title, options) => {
    expect(() => smooth(options)).toThrow(ValidationError);
  });
});

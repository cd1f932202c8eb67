import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asyncScheduler, concat, concatMap, from, map, NEVER, Observable, of, Subject, timer, VirtualTimeScheduler } from 'rxjs';
import { chunkTimeout, smooth, type SmoothOptions, words } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { Demand, findDemand, markDemand, withDemand } from '../../src/core/demand.js';
import { ValidationError } from '../../src/core/errors.js';
import { checkAnyChunking, cuts, cutUp, piecesOf } from './any-chunking.js';
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

/** A source that gives the pieces as fast as its demand lets it, and goes on in the moment that it opens. */
function pausable(pieces: readonly string[]): Observable<StreamChunk> {
  return new Observable((subscriber) => {
    const demand = findDemand(subscriber);
    let given = 0;
    const give = (): void => {
      while (!subscriber.closed && demand?.isOpen !== false) {
        const piece = pieces[given++];
        if (piece === undefined) subscriber.complete();
        else subscriber.next(text(piece));
      }
    };
    subscriber.add(demand?.onChange(give));
    give();
  });
}

function inPieces(whole: string, length: number): string[] {
  return whole.match(new RegExp(`.{1,${length}}`, 'gsu')) ?? [];
}

/** What has come out of a stream that does not end, an hour later. */
function anHourLater(input: Observable<StreamChunk>, options: SmoothOptions): string[] {
  const scheduler = new VirtualTimeScheduler(undefined, 3_600_000);
  const pieces: string[] = [];
  const subscription = concat(input, NEVER)
    .pipe(smooth({ ...options, scheduler }))
    .subscribe(({ content }) => {
      if (content !== '') pieces.push(content);
    });
  scheduler.flush();
  subscription.unsubscribe();
  return pieces;
}

/** So many characters, so long after those before. */
type Arrival = readonly [afterMs: number, length: number];

/** How long after it came each character went out. */
function lagsOf(arrivals: readonly Arrival[], charsPerSecond: number): number[] {
  const scheduler = new VirtualTimeScheduler(undefined, 60_000);
  const cameAt: number[] = [];
  const lags: number[] = [];
  const source = from(arrivals).pipe(
    concatMap(([afterMs, length]) => (afterMs === 0 ? of(length) : timer(afterMs, scheduler).pipe(map(() => length)))),
    map((length) => {
      for (let index = 0; index < length; index++) cameAt.push(scheduler.now());
      return text('x'.repeat(length));
    }),
  );
  const subscription = concat(source, NEVER)
    .pipe(smooth({ charsPerSecond, scheduler }))
    .subscribe(({ content }) => {
      for (let index = 0; index < content.length; index++) lags.push(scheduler.now() - (cameAt[lags.length] ?? NaN));
    });
  scheduler.flush();
  subscription.unsubscribe();
  expect(lags).toHaveLength(cameAt.length);
  return lags;
}

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
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
      const source = cold('-a 60ms |', { a: text('abcdef\n') });
      const values = { x: text('a'), y: text('bcd'), z: text('ef\n') };
      expectObservable(source.pipe(smooth({ charsPerSecond: 200 }))).toBe('-x 15ms y 15ms z 28ms |', values);
    });
  });

  it.each([
    [400, 80],
    [4_000, 80],
    [50, 1],
    [4_000, 1],
  ])('lets a burst of %d characters out evenly within a second, at a pace of %d', (length, charsPerSecond) => {
    for (const arrivals of [[[0, length]], times<Arrival>(length / 2, [0, 2])] satisfies Arrival[][]) {
      const lags = lagsOf(arrivals, charsPerSecond);
      // The last turn may be one of 16 ms later.
      expect(lags.at(-1)).toBeGreaterThan(950);
      expect(lags.at(-1)).toBeLessThanOrEqual(1_016);
      // Half of it in half the time, give or take a turn and a character.
      expect(Math.abs((lags[length / 2] ?? NaN) - 500)).toBeLessThanOrEqual(16 + 1_000 / length);
    }
  });

  it('stays a second behind a source that is faster, at its pace', () => {
    // 400 characters a second for 6 s.
    const lags = lagsOf(times<Arrival>(600, [10, 4]), 80);
    expect(Math.max(...lags)).toBeLessThanOrEqual(1_016);
    expect(Math.min(...lags.slice(1_600))).toBeGreaterThan(900);
  });

  it.each<[string, readonly Arrival[], number]>([
    ['a burst before a slow source', [[0, 3_999], ...times<Arrival>(100, [40, 4])], 80],
    ['a little behind a burst', [[0, 400], [10, 30], [890, 1]], 1],
    ['a source that becomes slower', [...times<Arrival>(200, [10, 10]), ...times<Arrival>(300, [10, 3])], 80],
  ])('is never more than a second and a quarter behind: %s', (_title, arrivals, charsPerSecond) => {
    expect(Math.max(...lagsOf(arrivals, charsPerSecond))).toBeLessThanOrEqual(1_266);
  });

  it('raises the pace also while it waits for a character that is not due', () => {
    virtually(({ cold, expectObservable }) => {
      // `b` would be due at 1000 ms. With 99 characters behind it, it is the first of a burst, each 10 ms.
      const source = concat(cold<StreamChunk>('a 99ms b', { a: text('ab\n'), b: text(`${'x'.repeat(98)}\n`) }), NEVER);
      expectObservable(source.pipe(smooth({ charsPerSecond: 1 })), '^ 117ms !').toBe('x 115ms y', { x: text('a'), y: text('b\n') });
    });
  });

  it('counts in whole milliseconds, as timers do', () => {
    virtually(({ cold, expectObservable }) => {
      // Due at 33.3 and 66.7 ms.
      const source = cold('a 99ms |', { a: text('He\n') });
      expectObservable(source.pipe(smooth({ charsPerSecond: 30 }))).toBe('x 33ms y 32ms z 32ms |', { ...letters, z: text('\n') });
    });
  });

  it('makes up for no pause of the source', () => {
    virtually(({ cold, expectObservable }) => {
      // The `H` might get a mark: it goes out when 40 ms have passed.
      const source = cold('-x 199ms a 99ms |', letters);
      expectObservable(source.pipe(smooth({ charsPerSecond: 50 }))).toBe('- 40ms x 159ms x 19ms y 19ms z 59ms |', letters);
      const second = cold('-x 43ms a 99ms |', { x: text('H'), a: text('e\n') });
      expectObservable(second.pipe(smooth({ charsPerSecond: 50 }))).toBe('- 40ms x 19ms y 19ms z 63ms |', { ...letters, z: text('\n') });
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

  it('cuts no character that comes in several chunks', () => {
    const pieces = ['👩', '\u200d', '💻e', '\u0301x', '\r', '\n', '🇩', '🇪🇫', '🇷'].map(text);
    const expected = ['👩\u200d💻', 'e\u0301', 'x', '\r\n', '🇩🇪', '🇫🇷'];
    expect(anHourLater(from(pieces), { charsPerSecond: 20 })).toEqual(expected);
    virtually(({ cold, expectObservable }) => {
      const source = cold('abcd 296ms |', { a: text('👩'), b: text('\u200d'), c: text('💻e'), d: text('\u0301x') });
      const values = { x: text('👩\u200d💻'), y: text('e\u0301'), z: text('x') };
      // 50 ms for the 5 code units of the first, 20 for the second.
      expectObservable(source.pipe(smooth({ charsPerSecond: 100 }))).toBe('--x 49ms y 19ms z 227ms |', values);
    });
  });

  it('lets the last character of a piece out with the next one, or when none has come for 40 ms', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('-a 19ms b 99ms c 99ms |', { a: text('a'), b: text('b'), c: text('c\n') });
      const values = { a: text('a'), b: text('b'), c: text('c'), n: text('\n') };
      // Behind a line feed no mark can come: it is not held.
      expectObservable(source.pipe(smooth({ charsPerSecond: 50 }))).toBe('- 20ms a 39ms b 59ms c 19ms n 79ms |', values);
    });
  });

  it('does not hold marks without an end', () => {
    const source = new Subject<StreamChunk>();
    const seen: string[] = [];
    const subscription = source.pipe(smooth()).subscribe(({ content }) => seen.push(content));
    const marked = `e${'\u0301'.repeat(70)}`;
    source.next(text(marked));
    subscription.unsubscribe();
    expect(seen).toEqual([marked]);
  });

  it('gives the characters of the text, whatever its chunks', () => {
    // No more than 48 code units: at the pace of 50 each is then a chunk.
    const parts = ['a', 'bc', ' ', '😀', '👩', '\u200d', '\u0301', '🇩', '🇪', '\r', '\n', '你', 'क', '\u094d', '👍🏽'];
    const whole = fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((all) => all.join(''));
    const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
    fc.assert(
      fc.property(whole, cuts, (all, at) => {
        // Without the `finish`, before which the rest would go out at once.
        const input = cutUp(all, at).map((chunk) => (chunk.type === 'finish' ? text(chunk.content) : chunk));
        expect(anHourLater(from(input), { charsPerSecond: 50 })).toEqual(Array.from(graphemes.segment(all), ({ segment }) => segment));
      }),
    );
  });

  it('gives the words of the text, whatever its chunks', () => {
    const parts = ['a', 'bc', 'd.', ' ', '  ', '\n', '😀', '你好', '，'];
    const whole = fc.array(fc.constantFrom(...parts), { maxLength: 20 }).map((all) => all.join(''));
    fc.assert(
      fc.property(whole, cuts, (all, at) => {
        const input = cutUp(all, at).map((chunk) => (chunk.type === 'finish' ? text(chunk.content) : chunk));
        // The tool call lets the unfinished word out.
        const wanted = piecesOf([text(all), toolCall('call_1')], words());
        const seen = anHourLater(concat(from(input), of(text(' .'))), { by: 'word', charsPerSecond: 50 });
        expect(seen.slice(0, wanted.length - 1)).toEqual(wanted.slice(0, -1));
      }),
    );
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

  it.each<[title: string, whole: string, chunkSize: number, maxBuffered: number]>([
    ['a long word', 'The antidisestablishmentarianism of it.', 4, 10],
    ['6,000 letters', `A ${'w'.repeat(6_000)} word.`, 100, 4_000],
    ['text without spaces', `${'你好，'.repeat(20)}${'好'.repeat(30)}`, 7, 20],
    ['a buffer of one', 'abc', 1, 1],
  ])('does not wait for the end of a word that it holds back itself: %s', (_title, whole, chunkSize, maxBuffered) => {
    for (const by of ['word', 'character'] as const) {
      let given = 0;
      let seen = '';
      let mostHeld = 0;
      let end = '';
      virtually(({ flush }) => {
        const counted = pausable(inPieces(whole, chunkSize)).pipe(
          map((chunk) => {
            given += chunk.content.length;
            return chunk;
          }),
        );
        counted.pipe(chunkTimeout({ each: 50 }), smooth({ by, maxBuffered })).subscribe({
          next: ({ content }) => {
            mostHeld = Math.max(mostHeld, given - seen.length);
            seen += content;
          },
          error: (error: unknown) => (end = String(error)),
          complete: () => (end = 'complete'),
        });
        flush();
      });
      expect([seen, end]).toEqual([whole, 'complete']);
      expect(mostHeld).toBeLessThan(maxBuffered + chunkSize);
    }
  });

  it('holds no more than maxBuffered of a word without an end', () => {
    const source = new Subject<StreamChunk>();
    let length = 0;
    const subscription = source.pipe(smooth({ by: 'word', maxBuffered: 100 })).subscribe(({ content }) => (length += content.length));
    for (let index = 0; index < 60; index++) {
      source.next(text('w'.repeat(10)));
      expect((index + 1) * 10 - length).toBeLessThanOrEqual(100);
    }
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

  it('counts no time of a slow consumer as time that it is behind', () => {
    virtually(({ cold, flush }) => {
      const seen: [number, number][] = [];
      let length = 0;
      const demand = new Demand();
      const result = new Observable<StreamChunk>((subscriber) => {
        subscriber.add(timer(500).subscribe(() => demand.pause()));
        subscriber.add(timer(5_500).subscribe(() => demand.resume()));
        markDemand(subscriber, demand);
        // Half of the burst is out when the consumer stops; of what comes meanwhile nothing is late either.
        const source = cold<StreamChunk>('a 999ms b 9000ms |', { a: text('x'.repeat(400)), b: text('x'.repeat(100)) });
        source.pipe(smooth()).subscribe(subscriber);
      });
      result.subscribe(({ content }) => seen.push([asyncScheduler.now(), (length += content.length)]));
      flush();
      const start = seen[0]?.[0] ?? 0;
      const after = (ms: number): number => seen.filter(([at]) => at - start <= ms).at(-1)?.[1] ?? 0;
      expect(after(5_499)).toBeGreaterThan(190);
      expect(after(5_499)).toBeLessThan(210);
      // 200 in the half second that was left to them, 100 in the other half.
      expect(Math.abs(after(6_000) - 400)).toBeLessThan(20);
      expect(after(6_400)).toBeLessThan(500);
      expect(after(6_516)).toBe(500);
    });
  });

  it('begins evenly when a consumer that was slow from the start goes on', () => {
    const scheduler = new VirtualTimeScheduler(undefined, 60_000);
    const demand = new Demand();
    demand.pause();
    scheduler.schedule(() => demand.resume(), 5_000);
    const seen: [number, number][] = [];
    const subscription = withDemand(demand, () =>
      concat(of(text('x'.repeat(400))), NEVER)
        .pipe(smooth({ scheduler }))
        .subscribe(({ content }) => seen.push([scheduler.now(), content.length])),
    );
    scheduler.flush();
    subscription.unsubscribe();
    expect(seen[0]).toEqual([5_000, 1]);
    expect(Math.max(...seen.map(([, length]) => length))).toBeLessThan(10);
  });

  it('stays shut for text that came while the last of the text before it went out', () => {
    virtually(({ flush }) => {
      const input = new Subject<StreamChunk>();
      let found: Demand | undefined;
      const subscription = asking(input, (demand) => (found = demand))
        .pipe(smooth({ charsPerSecond: 50, maxBuffered: 4 }))
        .subscribe(({ content }) => {
          if (content !== 'b') return;
          input.next(toolCall('call_1'));
          input.next(text('vwxyz'));
        });
      input.next(text('abc'));
      const isOpen: (boolean | undefined)[] = [];
      for (const atMs of [10, 25, 110]) timer(atMs).subscribe(() => isOpen.push(found?.isOpen));
      flush();
      expect(isOpen).toEqual([true, false, true]);
      subscription.unsubscribe();
    });
  });

  it('keeps the pace of a burst for a consumer that stops after each chunk', () => {
    const scheduler = new VirtualTimeScheduler(undefined, 60_000);
    const demand = new Demand();
    let length = 0;
    let lastMs = 0;
    const subscription = withDemand(demand, () =>
      concat(of(text('x'.repeat(400))), NEVER)
        .pipe(smooth({ scheduler }))
        .subscribe(({ content }) => {
          length += content.length;
          lastMs = scheduler.now();
          demand.pause();
          scheduler.schedule(() => demand.resume());
        }),
    );
    scheduler.flush();
    subscription.unsubscribe();
    expect(length).toBe(400);
    expect(lastMs).toBeLessThanOrEqual(1_032);
  });

  it('lets out nothing that a restart voided when the consumer goes on', () => {
    const source = new Subject<StreamChunk>();
    const demand = new Demand();
    const seen: StreamChunk[] = [];
    const subscription = withDemand(demand, () => source.pipe(smooth()).subscribe((chunk) => seen.push(chunk)));
    demand.pause();
    source.next(text('void'));
    source.next(restart());
    demand.resume();
    subscription.unsubscribe();
    expect(seen).toEqual([restart()]);
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
    expect([...timers, held.timers]).toEqual([1, 1, 1, 0, 1, 0, 1, 0]);
  });

  it('holds no timer for a word that has not ended, and none while the consumer is the slow one', () => {
    const { held, scheduler, demand } = new CountedResources();
    const source = new Subject<StreamChunk>();
    const subscription = withDemand(demand, () => source.pipe(smooth({ scheduler, by: 'word', charsPerSecond: 1 })).subscribe());
    const timers: number[] = [];
    for (const act of [
      () => source.next(text('wor')),
      () => source.next(text('d and more ')),
      () => demand.pause(),
      () => source.next(text('than that ')),
      () => demand.resume(),
    ]) {
      act();
      timers.push(held.timers);
    }
    subscription.unsubscribe();
    expect([...timers, held.timers]).toEqual([0, 1, 0, 0, 1, 0]);
  });

  it('does not hold a line feed behind a carriage return either', () => {
    const source = new Subject<StreamChunk>();
    const seen: string[] = [];
    const subscription = source.pipe(smooth()).subscribe(({ content }) => seen.push(content));
    source.next(text('\r\n'));
    subscription.unsubscribe();
    expect(seen).toEqual(['\r\n']);
  });

  it.each<[string, SmoothOptions, string]>([
    ['no pace', { charsPerSecond: 0 }, 'smooth charsPerSecond is 0; give a number above 0.'],
    ['a pace that is none', { charsPerSecond: NaN }, 'smooth charsPerSecond is NaN; give a number above 0.'],
    ['nothing held', { maxBuffered: 0 }, 'smooth maxBuffered is 0; give a whole number of at least 1.'],
  ])('refuses %s at once', (_title, options, message) => {
    expect(() => smooth(options)).toThrow(new ValidationError(message));
  });
});

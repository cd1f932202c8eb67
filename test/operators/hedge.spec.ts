import { describe, expect, it } from '@jest/globals';
import { map, NEVER, Observable, timer } from 'rxjs';
import { chunkTimeout, hedge } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { Demand, findDemand, markDemand, withDemand } from '../../src/core/demand.js';
import { ValidationError } from '../../src/core/errors.js';
import { cut, overloaded, refused } from './attempts-support.js';
import { CountedResources } from './resources.js';
import { chunks, finish, usage, virtually } from './support.js';

describe('hedge', () => {
  it('starts no other when the first chunk comes in time, also exactly in time', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const other = cold('a', chunks);
      const source = cold('----a---(f|)', chunks);
      expectObservable(source.pipe(hedge([() => other], { afterMs: 4 }))).toBe('----a---(f|)', chunks);
      expectSubscriptions(source.subscriptions).toBe('^-------!');
      expectSubscriptions(other.subscriptions).toBe([]);
    });
  });

  it('goes on with the other when it speaks first, and cancels the slow one', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('---------a-(f|)', chunks);
      const other = cold('     --b-(f|)', chunks);
      expectObservable(source.pipe(hedge([() => other], { afterMs: 3 }))).toBe('-----b-(f|)', chunks);
      expectSubscriptions(source.subscriptions).toBe('^----!');
      expectSubscriptions(other.subscriptions).toBe(' ---^---!');
    });
  });

  it('goes on with the first when it speaks first after all', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('----a-b-(f|)', chunks);
      const other = cold('     --c', chunks);
      expectObservable(source.pipe(hedge([() => other], { afterMs: 3 }))).toBe('----a-b-(f|)', chunks);
      expectSubscriptions(source.subscriptions).toBe('^-------!');
      expectSubscriptions(other.subscriptions).toBe(' ---^!');
    });
  });

  it('starts one after another', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<StreamChunk>('----------');
      const second = cold<StreamChunk>('----------');
      const third = cold('--c(f|)', chunks);
      expectObservable(source.pipe(hedge([() => second, () => third], { afterMs: 3 }))).toBe('--------c(f|)', chunks);
      expectSubscriptions(source.subscriptions).toBe('^-------!');
      expectSubscriptions(second.subscriptions).toBe('---^----!');
      expectSubscriptions(third.subscriptions).toBe(' ------^--!');
    });
  });

  it('leaves a failure to the others that run; of the last one that fails the error passes', () => {
    virtually(({ cold, expectObservable }) => {
      const busy = cold('----#', chunks, overloaded());
      expectObservable(busy.pipe(hedge([() => cold('---b(f|)', chunks)], { afterMs: 3 }))).toBe('------b(f|)', chunks);
      const last = refused();
      expectObservable(busy.pipe(hedge([() => cold('---#', chunks, last)], { afterMs: 3 }))).toBe('------#', chunks, last);
    });
  });

  it('passes a failure at once when no other runs, and starts none', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const error = overloaded();
      const other = cold('a', chunks);
      expectObservable(cold('-#', chunks, error).pipe(hedge([() => other], { afterMs: 3 }))).toBe('-#', chunks, error);
      expectSubscriptions(other.subscriptions).toBe([]);
    });
  });

  it('passes an abort at once, although others run', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const error = cut('aborted');
      const other = cold('--------a', chunks);
      expectObservable(cold('----#', chunks, error).pipe(hedge([() => other], { afterMs: 3 }))).toBe('----#', chunks, error);
      expectSubscriptions(other.subscriptions).toBe('---^!');
    });
  });

  it('passes the failure of the winner', () => {
    virtually(({ cold, expectObservable }) => {
      const error = cut('disconnected', [chunks.b]);
      const source = cold<StreamChunk>('----------');
      expectObservable(source.pipe(hedge([() => cold('-b-#', chunks, error)], { afterMs: 3 }))).toBe('----b-#', chunks, error);
    });
  });

  it('completes when all streams completed without a chunk, and starts no further one', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const other = cold('a', chunks);
      expectObservable(cold<StreamChunk>('-|').pipe(hedge([() => other], { afterMs: 3 }))).toBe('-|');
      expectSubscriptions(other.subscriptions).toBe([]);
    });
  });

  it('leaves an end without a chunk to the others that run', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const other = cold('---b(f|)', chunks);
      expectObservable(cold<StreamChunk>('-----|').pipe(hedge([() => other], { afterMs: 3 }))).toBe('------b(f|)', chunks);
      expectSubscriptions(other.subscriptions).toBe('---^---!');
    });
  });

  it('adds the known usage of those that lost, and says when one is not known', () => {
    virtually(({ cold, expectObservable }) => {
      const f = finish({ usage: usage(10, 5) });
      const winner = cold('---b(f|)', { ...chunks, f });
      const failed = cold('----#', chunks, cut('disconnected', [], { usage: usage(10, 0) }));
      const known = finish({ usage: { ...usage(20, 5), estimated: true } });
      expectObservable(failed.pipe(hedge([() => winner], { afterMs: 3 }))).toBe('------b(f|)', { ...chunks, f: known });

      const cancelled = cold<StreamChunk>('----------');
      const unknown = finish({ usage: { ...usage(10, 5), estimated: true } });
      expectObservable(cancelled.pipe(hedge([() => winner], { afterMs: 3 }))).toBe('------b(f|)', { ...chunks, f: unknown });

      const refusedOne = cold('----#', chunks, refused());
      expectObservable(refusedOne.pipe(hedge([() => winner], { afterMs: 3 }))).toBe('------b(f|)', { ...chunks, f });
    });
  });

  it('takes no chunk after a failure for no success: the error goes on', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const error = overloaded();
      const unused = cold('a', chunks);
      const result = cold('----#', chunks, error).pipe(hedge([() => cold('--|', chunks), () => unused], { afterMs: 3 }));
      expectObservable(result).toBe('-----#', chunks, error);
      expectSubscriptions(unused.subscriptions).toBe([]);
      const last = refused();
      const failing = cold<StreamChunk>('----|').pipe(hedge([() => cold('---#', chunks, last)], { afterMs: 3 }));
      expectObservable(failing).toBe('------#', chunks, last);
    });
  });

  it.each<[string, string, readonly StreamChunk[]]>([
    ['the winner, when it fails', '---b--#', [chunks.b]],
    ['the last one, when all fail', '---#', []],
  ])('adds the known usage of those that lost to %s, in a copy of its error', (_title, marbles, came) => {
    virtually(({ cold, flush }) => {
      const lost = cut('disconnected', [], { usage: usage(100, 0) });
      const error = cut('disconnected', came, { usage: usage(10, 1) });
      let received: unknown;
      cold('----#', chunks, lost)
        .pipe(hedge([() => cold(marbles, chunks, error)], { afterMs: 3 }))
        .subscribe({ error: (end: unknown) => (received = end) });
      flush();
      expect(received).toMatchObject({ reason: 'disconnected', partial: { usage: { ...usage(110, 1), estimated: true } } });
      expect(error.partial.usage).toEqual(usage(10, 1));
    });
  });

  it('counts each failure once when the last stream is empty', () => {
    virtually(({ cold, flush }) => {
      const [first, second] = [cut('timeout', [], { usage: usage(100, 0) }), cut('timeout', [], { usage: usage(10, 0) })];
      let received: unknown;
      cold('-------#', chunks, first)
        .pipe(hedge([() => cold('-----#', chunks, second), () => cold('---|', chunks)], { afterMs: 3 }))
        .subscribe({ error: (end: unknown) => (received = end) });
      flush();
      expect(received).toMatchObject({ reason: 'timeout', partial: { usage: { ...usage(110, 0), estimated: true } } });
    });
  });

  it('stands still while the consumer holds the source back', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const other = cold('-b(f|)', chunks);
      const source = cold<StreamChunk>('--------------------');
      const demand = new Demand();
      // Shut from 1 to 11: the limit of 3 ends at 13.
      timer(1).subscribe(() => demand.pause());
      timer(11).subscribe(() => demand.resume());
      const result = new Observable<StreamChunk>((subscriber) => {
        markDemand(subscriber, demand);
        source.pipe(hedge([() => other], { afterMs: 3 }), map((chunk) => chunk)).subscribe(subscriber);
      });
      expectObservable(result).toBe('--------------b(f|)', chunks);
      expectSubscriptions(other.subscriptions).toBe('-------------^-!');
    });
  });

  it('lets sources find the demand, the late ones too', () => {
    virtually(({ cold, expectObservable, flush }) => {
      const found: unknown[] = [];
      const demand = new Demand();
      const looking = (marbles: string): Observable<StreamChunk> =>
        new Observable((subscriber) => {
          // What a provider does when it is subscribed.
          found.push(reachable(subscriber, demand));
          return cold(marbles, chunks).subscribe(subscriber);
        });
      const result = new Observable<StreamChunk>((subscriber) => {
        markDemand(subscriber, demand);
        looking('------').pipe(hedge([() => looking('a|')], { afterMs: 3 }), map((chunk) => chunk)).subscribe(subscriber);
      });
      expectObservable(result).toBe('---a|', chunks);
      flush();
      expect(found).toEqual([true, true]);
    });
  });

  it('holds timers and listeners only while nobody has spoken', () => {
    const resources = new CountedResources();
    const { scheduler, held, demand } = resources;
    const pending = hedge([() => NEVER, () => NEVER], { afterMs: 1_000, scheduler });
    const subscription = withDemand(demand, () => resources.source(NEVER).pipe(pending).subscribe());
    expect(held).toMatchObject({ timers: 2, demandListeners: 2, subscriptions: 1 });
    demand.pause();
    expect(held.timers).toBe(0);
    demand.resume();
    expect(held.timers).toBe(2);
    subscription.unsubscribe();
    expect(held).toMatchObject({ timers: 0, demandListeners: 0, subscriptions: 0 });
  });

  it('can be left while the consumer, who was slow from the start, holds the source back', () => {
    const resources = new CountedResources();
    const { scheduler, held, demand } = resources;
    demand.pause();
    const pending = NEVER.pipe(hedge([() => NEVER], { afterMs: 1_000, scheduler }));
    const subscription = withDemand(demand, () => pending.subscribe());
    expect(held).toMatchObject({ timers: 0, demandListeners: 1 });
    subscription.unsubscribe();
    expect(held).toMatchObject({ timers: 0, demandListeners: 0 });
  });

  it('waits longer than one timer can', () => {
    virtually(({ cold, expectObservable }) => {
      // 2 ** 31 ms; `setTimeout` takes one less at most.
      const result = cold<StreamChunk>('-').pipe(hedge([() => cold('(a|)', chunks)], { afterMs: 2_147_483_648 }));
      expectObservable(result, '^ 2147483660ms !').toBe('2147483648ms (a|)', chunks);
    });
  });

  it('works under chunkTimeout', () => {
    virtually(({ cold, expectObservable }) => {
      const slow = cold('-----------a', chunks);
      const quick = cold('---b(f|)', chunks);
      const result = slow.pipe(hedge([() => quick], { afterMs: 3 }), chunkTimeout({ first: 7 }));
      expectObservable(result).toBe('------b(f|)', chunks);
    });
  });

  it('sends what a factory throws, and any error of the user, to the error channel although others run', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const boom = new RangeError('boom');
      const throwing = (): never => {
        throw boom;
      };
      const source = cold<StreamChunk>('------');
      expectObservable(source.pipe(hedge([throwing], { afterMs: 3 }))).toBe('---#', chunks, boom);
      expectSubscriptions(source.subscriptions).toBe('^--!');
      const broken = cold('----#', chunks, boom);
      expectObservable(broken.pipe(hedge([() => NEVER], { afterMs: 3 }))).toBe('----#', chunks, boom);
    });
  });

  it.each([0, -1, Number.NaN])('refuses afterMs: %p', (afterMs) => {
    expect(() => hedge([() => NEVER], { afterMs })).toThrow(ValidationError);
  });

  it('refuses options without afterMs, as a caller without types may give them', () => {
    expect(() => hedge([() => NEVER], {} as { afterMs: number })).toThrow(ValidationError);
  });

  it('refuses what is no function, and returns the source itself when there is no other', () => {
    // A stream instead of a function, as a caller without types may give it.
    expect(() => hedge([NEVER as unknown as () => Observable<StreamChunk>], { afterMs: 1 })).toThrow(ValidationError);
    expect(NEVER.pipe(hedge([], { afterMs: 1 }))).toBe(NEVER);
  });
});

/** Whether following `destination` from a subscriber leads to the demand, as `findDemand` does. */
function reachable(subscriber: unknown, demand: Demand): boolean {
  return findDemand(subscriber) === demand;
}

import { describe, expect, it } from '@jest/globals';
import { UsageTally } from '../../src/core/usage-tally.js';
import { usage } from '../operators/support.js';

function tally(...told: readonly ((tally: UsageTally) => void)[]): UsageTally {
  const result = new UsageTally();
  for (const tell of told) tell(result);
  return result;
}

describe('UsageTally', () => {
  it('adds up what steps, void attempts and tools tell', () => {
    const some = tally((all) => all.step(usage(1, 2)), (all) => all.part(usage(10, 20)), (all) => all.part(undefined));
    expect(some.total).toStrictEqual(usage(11, 22));
    expect(some.untold).toBeUndefined();
    expect(tally().total).toBeUndefined();
  });

  it.each<[string, (all: UsageTally) => void]>([
    ['before', (all) => { all.step(undefined); all.step(usage(1, 2)); }],
    ['behind', (all) => { all.step(usage(1, 2)); all.step(undefined); }],
  ])('is an estimate when a step told nothing, %s one that did', (_title, tell) => {
    expect(tally(tell).total).toStrictEqual({ ...usage(1, 2), estimated: true });
  });

  it('takes the finish of a run for the whole of it, and that of a stream without a step for one model call', () => {
    expect(tally((all) => all.step(usage(1, 2)), (all) => all.finish(usage(5, 5))).total).toStrictEqual(usage(5, 5));
    expect(tally((all) => all.step(usage(1, 2)), (all) => all.finish(undefined)).total).toStrictEqual(usage(1, 2));
    expect(tally((all) => all.part(usage(1, 2)), (all) => all.finish(usage(5, 5))).total).toStrictEqual(usage(6, 7));
    expect(tally((all) => all.part(usage(1, 2)), (all) => all.finish(undefined)).total).toStrictEqual({ ...usage(1, 2), estimated: true });
  });

  it('knows what no chunk has told', () => {
    const cutOff = tally((all) => all.step(usage(1, 2)), (all) => all.set(usage(4, 6)));
    expect(cutOff.total).toStrictEqual(usage(4, 6));
    expect(cutOff.untold).toStrictEqual(usage(3, 4));
    expect(tally((all) => all.step(usage(1, 2)), (all) => all.finish(usage(5, 5))).untold).toBeUndefined();
  });

  it('copies itself', () => {
    const first = tally((all) => all.step(undefined), (all) => all.part(usage(1, 2)));
    const copy = first.copy();
    first.part(usage(50, 50));
    expect(copy.total).toStrictEqual({ ...usage(1, 2), estimated: true });
    copy.part(usage(1, 1));
    expect(copy.total).toStrictEqual({ ...usage(2, 3), estimated: true });
    copy.finish(usage(9, 9));
    expect(copy.total).toStrictEqual(usage(9, 9));
  });
});

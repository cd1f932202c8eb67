import { describe, expect, it } from '@jest/globals';
import { restOfUsage, sumUsage } from '../../src/core/usage.js';
import { usage } from '../operators/support.js';

describe('sumUsage', () => {
  it('adds every figure, and has none that no part has', () => {
    const cached = { ...usage(10, 5), reasoningTokens: 3, cachedInputTokens: 8 };
    expect(sumUsage([cached, usage(1, 1), { ...cached, totalTokens: 20 }])).toStrictEqual({
      inputTokens: 21,
      outputTokens: 11,
      totalTokens: 37,
      reasoningTokens: 6,
      cachedInputTokens: 16,
    });
    expect(sumUsage([usage(10, 5), usage(1, 1)])).toStrictEqual(usage(11, 6));
  });

  it('takes a zero for a figure', () => {
    expect(sumUsage([{ ...usage(10, 5), reasoningTokens: 0, cachedInputTokens: 0 }])).toStrictEqual({ ...usage(10, 5), reasoningTokens: 0, cachedInputTokens: 0 });
  });

  it('is estimated when a part is, or is not known', () => {
    expect(sumUsage([{ ...usage(10, 5), estimated: true }, usage(1, 1)])).toStrictEqual({ ...usage(11, 6), estimated: true });
    expect(sumUsage([undefined, usage(1, 1)])).toStrictEqual({ ...usage(1, 1), estimated: true });
  });

  it('is not known when no part is', () => {
    expect(sumUsage([undefined, undefined])).toBeUndefined();
    expect(sumUsage([])).toBeUndefined();
  });
});

describe('restOfUsage', () => {
  it('takes every figure off, and none below 0', () => {
    const whole = { ...usage(30, 6), reasoningTokens: 5, cachedInputTokens: 4, estimated: true } as const;
    expect(restOfUsage(whole, { ...usage(10, 2), reasoningTokens: 3 })).toStrictEqual({
      ...usage(20, 4),
      reasoningTokens: 2,
      cachedInputTokens: 4,
      estimated: true,
    });
    expect(restOfUsage(usage(10, 5), usage(11, 1))).toStrictEqual({ inputTokens: 0, outputTokens: 4, totalTokens: 3 });
  });

  it('is the whole when there is no part, and nothing when nothing is left', () => {
    const whole = usage(30, 6);
    expect(restOfUsage(whole, undefined)).toBe(whole);
    expect(restOfUsage(undefined, whole)).toBeUndefined();
    expect(restOfUsage(whole, whole)).toBeUndefined();
  });
});

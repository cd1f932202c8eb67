import { describe, expect, it } from '@jest/globals';
import { GapHistogram } from '../../src/core/gap-histogram.js';

function quantiles(values: Iterable<number>): { readonly p50: number | undefined; readonly p99: number | undefined } {
  const histogram = new GapHistogram();
  for (const value of values) histogram.add(value);
  return { p50: histogram.quantile(0.5), p99: histogram.quantile(0.99) };
}

describe('GapHistogram', () => {
  it('has no quantile without values', () => {
    expect(quantiles([])).toEqual({ p50: undefined, p99: undefined });
  });

  it('is exact below 8 milliseconds', () => {
    for (const value of [0, 1, 2, 3, 4, 5, 6, 7]) expect(quantiles([value]).p50).toBe(value);
  });

  it('knows every value to 12.5 %', () => {
    for (let value = 8; value < 4_000_000_000; value = Math.ceil(value * 1.07)) {
      // A larger last value, so that the maximum does not make the answer exact.
      const { p50 } = quantiles([value, value, 4_294_967_295]);
      expect(Math.abs((p50 ?? 0) - value) / value).toBeLessThanOrEqual(0.125);
    }
  });

  it('agrees with sorting, by rank', () => {
    // 1 to 1000 in a scrambled order: 7 and 1000 have no common factor.
    const values = Array.from({ length: 1_000 }, (_, index) => ((index * 7) % 1_000) + 1);
    const { p50, p99 } = quantiles(values);
    expect(Math.abs((p50 ?? 0) - 500)).toBeLessThanOrEqual(500 * 0.125);
    expect(Math.abs((p99 ?? 0) - 990)).toBeLessThanOrEqual(990 * 0.125);
  });

  it('leaves the slowest 1 % out of the p99', () => {
    const { p50, p99 } = quantiles([...Array.from({ length: 99 }, () => 5), 60_000]);
    expect({ p50, p99 }).toEqual({ p50: 5, p99: 5 });
  });

  it('takes what a clock that was set back or a very long wait gives', () => {
    expect(quantiles([-5]).p50).toBe(0);
    expect(quantiles([1e15]).p50).toBe(4_026_531_839.5);
  });
});

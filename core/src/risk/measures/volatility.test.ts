// EWMA and GARCH filters, their horizon, and returns rescaled to today: the design notes' numbers, hand arithmetic, laws.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal } from '../../base/index.ts';
import {
  decayOf,
  ewmaFilter,
  garchFilter,
  horizonVariance,
  longRunVariance,
  persistenceOf,
  rescaledReturns,
} from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const reason = (value: unknown) => (isRefusal(value) ? value.reason : 'answered');
const notes = { omega: 2e-5, alpha: 0.08, beta: 0.9 };

describe('M-148 volatility', () => {
  // Five-minute steps: half-lives of 1, 6, 24 and 72 hours.
  it.each([
    [12, 0.943874],
    [72, 0.990419],
    [288, 0.997596],
    [864, 0.999198],
  ])('a half-life of %d steps is a decay of %d', (halfLife, want) => {
    expect(decayOf(halfLife)).toBeCloseTo(want, 6);
  });

  it('the half-lives of the usual decays in days', () => {
    for (const [decay, days] of [
      [0.94, 11.2],
      [0.97, 22.8],
      [0.99, 69],
    ] as const) {
      expect(Math.abs(decayOf(days) - decay)).toBeLessThan(2e-4);
    }
    expect(decayOf(0)).toBe(0);
  });

  it('EWMA by hand: seed, recursion, floor', () => {
    const { variances, from } = sure(ewmaFilter([2, 0, 4], { decay: 0.5, seed: 4 }));
    expect([Array.from(variances), from]).toEqual([[4, 4, 2, 9], 0]);
    const floored = sure(ewmaFilter([2, 0, 4], { decay: 0.5, seed: 4, floor: 1.5 }));
    expect(Array.from(floored.variances)).toEqual([4, 4, 2.25, 9]);
    const warm = sure(ewmaFilter([1, 3, 5], { decay: 0.5, warmUp: 2 }));
    expect([Array.from(warm.variances), warm.from]).toEqual([[5, 5, 5, 15], 2]);
  });

  it.each([
    [1, 0.0016],
    [2, 0.003188],
    [5, 0.007882],
    [10, 0.015488],
  ])('GARCH variance of %d steps is %d', (steps, want) => {
    expect(sure(horizonVariance(notes, 0.0016, steps))).toBeCloseTo(want, 6);
  });

  it('the horizon is the sum of expected variances, step by step', () => {
    const gjr = { omega: 1e-5, alpha: 0.03, beta: 0.88, asymmetry: 0.12 };
    for (const p of [
      notes,
      gjr,
      { omega: 0, alpha: 0.06, beta: 0.94 },
      { omega: 1e-5, alpha: 0.06, beta: 0.94 },
    ]) {
      let variance = 0.0016;
      let sum = 0;
      for (let h = 1; h <= 30; h++) {
        sum += variance;
        variance = p.omega + persistenceOf(p) * variance;
        expect(Math.abs(sure(horizonVariance(p, 0.0016, h)) / sum - 1)).toBeLessThan(1e-11);
      }
    }
  });

  it('GARCH and GJR by hand, seeded by the long run', () => {
    const level = sure(longRunVariance(notes));
    expect(level).toBeCloseTo(0.001, 12);
    const plain = sure(garchFilter([0.1], notes)).variances;
    expect(plain[0]).toBe(level);
    expect(plain[1]).toBeCloseTo(2e-5 + 0.08 * 0.01 + 0.9 * 0.001, 12);
    const gjr = { ...notes, alpha: 0.05, asymmetry: 0.06 };
    const fall = sure(garchFilter([-0.1], gjr)).variances[1]!;
    const rise = sure(garchFilter([0.1], gjr)).variances[1]!;
    expect(fall - rise).toBeCloseTo(0.06 * 0.01, 12);
  });

  it('EWMA is GARCH without omega', () => {
    const returns = [0.01, -0.03, 0.02, 0, 0.05];
    const ewma = sure(ewmaFilter(returns, { decay: 0.94, seed: 4e-4 })).variances;
    const garch = sure(garchFilter(returns, { omega: 0, alpha: 0.06, beta: 0.94 }, 4e-4)).variances;
    ewma.forEach((variance, i) => {
      expect(variance).toBeCloseTo(garch[i]!, 15);
    });
  });

  it('rescaled returns have the volatility of now; twice the series, twice the answer', () => {
    const returns = Array.from({ length: 60 }, (_, i) => ((i * 7919) % 101) / 1000 - 0.05);
    const filtered = sure(ewmaFilter(returns, { decay: 0.94 }));
    const scaled = sure(rescaledReturns(returns, filtered));
    expect(scaled.length).toBe(40);
    const now = filtered.variances[60]!;
    expect(scaled[7]).toBeCloseTo(returns[27]! * Math.sqrt(now / filtered.variances[27]!), 15);
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (k) => {
        const more = returns.map((r) => k * r);
        const got = sure(rescaledReturns(more, sure(ewmaFilter(more, { decay: 0.94 }))));
        got.forEach((r, i) => {
          expect(Math.abs(r - k * scaled[i]!)).toBeLessThan(1e-12 * k);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('refuses short, constant and broken series, and parameters that explode', () => {
    expect(reason(ewmaFilter([1, 2], { decay: 0.9 }))).toBe('too-short');
    expect(reason(ewmaFilter([1, Number.NaN], { decay: 0.9, seed: 1 }))).toBe('malformed');
    expect(reason(ewmaFilter([0, 0, 0], { decay: 0.9, warmUp: 1 }))).toBe('no-volatility');
    expect(reason(ewmaFilter([0, 0, 0], { decay: 0.9, warmUp: 1, floor: 0.1 }))).toBe('answered');
    expect(reason(ewmaFilter([1], { decay: 1, seed: 1 }))).toBe('bad-parameter');
    expect(reason(ewmaFilter([1], { decay: 0.5, seed: 1, floor: -1 }))).toBe('bad-parameter');
    expect(reason(garchFilter([1], { omega: 1, alpha: 0.5, beta: 0.6 }))).toBe('bad-parameter');
    expect(reason(garchFilter([1], { omega: -1, alpha: 0.5, beta: 0.3 }))).toBe('bad-parameter');
    expect(reason(horizonVariance({ omega: 1, alpha: 0.5, beta: 0.6 }, 1, 1))).toBe('bad-parameter');
    expect(reason(horizonVariance(notes, Number.NaN, 1))).toBe('out-of-range');
    const filtered = sure(ewmaFilter([1, 2], { decay: 0.5, seed: 0 }));
    expect(reason(rescaledReturns([1, 2], filtered))).toBe('no-volatility');
    expect(reason(rescaledReturns([1], filtered))).toBe('malformed');
  });
});

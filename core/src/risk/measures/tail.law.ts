// Tails of a P&L vector: rows by hand, and what must hold for every vector.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal } from '../../base/index.ts';
import { ageWeights, historyNeeded, type LossTail, lossTail, tailShares, weightedTail } from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const reason = (value: unknown) => (isRefusal(value) ? value.reason : 'answered');
const hundred = Array.from({ length: 100 }, (_, i) => i - 99); // losses 99, 98, ... 0

describe('M-140 value at risk and expected shortfall', () => {
  // Losses 0..99. coverage 0.95: 95 x 1 is whole, five losses lie above, VaR is the next one. 0.975: the tail is 2.5 losses.
  it.each<[number, number, number]>([
    [0.95, 94, 97],
    [0.9, 89, 94.5],
    [0.99, 98, 99],
    [0.975, 97, (99 + 98 + 0.5 * 97) / 2.5],
    [0.5, 49, 74.5],
  ])('of a hundred losses at %d: %d and %d', (coverage, valueAtRisk, expectedShortfall) => {
    const tail = sure(lossTail(hundred, coverage));
    expect(tail.valueAtRisk).toBe(valueAtRisk);
    expect(tail.expectedShortfall).toBeCloseTo(expectedShortfall, 12);
  });

  it('counts ties as often as they stand there', () => {
    expect(lossTail([-5, -5, -5, 1], 0.5)).toEqual({ valueAtRisk: 5, expectedShortfall: 5 });
    expect(lossTail([-5, -5, -1, 1], 0.5)).toEqual({ valueAtRisk: 1, expectedShortfall: 5 });
  });

  it('in the convention of reports takes rank ceil(N (1 - a)) and all that are no better', () => {
    expect(lossTail(hundred, 0.95, 'at-or-below')).toEqual({ valueAtRisk: 95, expectedShortfall: 97 });
    expect(lossTail([-5, -4, -4, -4, 0], 0.7, 'at-or-below')).toEqual({
      valueAtRisk: 4,
      expectedShortfall: 17 / 4,
    });
    expect(lossTail([-5, 0], 0.999, 'at-or-below')).toEqual({ valueAtRisk: 5, expectedShortfall: 5 });
  });

  it('says how long a history must be', () => {
    expect(historyNeeded(0.99)).toBe(100);
    expect(historyNeeded(0.999)).toBe(1000);
    expect(historyNeeded(0.975)).toBe(40);
    const short = lossTail(hundred.slice(1), 0.99);
    expect(short).toMatchObject({ reason: 'too-short' });
    expect((short as Refusal).message).toContain('100 are needed');
  });

  it('refuses what is no P&L and no coverage', () => {
    expect(reason(lossTail([], 0.5))).toBe('empty');
    expect(reason(lossTail([1, Number.NaN], 0.5))).toBe('malformed');
    for (const coverage of [0, 1, -1, 2, Number.NaN]) {
      expect(reason(lossTail(hundred, coverage))).toBe('bad-parameter');
    }
    expect(reason(lossTail([-1.7e308, -1.7e308, 1.7e308], 0.3))).not.toBe('malformed');
  });

  const vectors = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 20, maxLength: 200 });
  const coverages = fc.integer({ min: 10, max: 950 }).map((k) => k / 1000);
  const of = (pnl: readonly number[], coverage: number): LossTail => sure(lossTail(pnl, coverage));

  it('VaR has at least the coverage at or below it, and at most the room above', () => {
    fc.assert(
      fc.property(vectors, coverages, (pnl, coverage) => {
        const { valueAtRisk, expectedShortfall } = of(pnl, coverage);
        const above = pnl.filter((x) => -x > valueAtRisk).length;
        const within = pnl.filter((x) => -x <= valueAtRisk).length;
        expect(above).toBeLessThanOrEqual((1 - coverage) * pnl.length + 1e-6);
        expect(within).toBeGreaterThanOrEqual(coverage * pnl.length - 1e-6);
        expect(expectedShortfall).toBeGreaterThanOrEqual(valueAtRisk);
      }),
    );
  });

  it('ES rises with coverage, is sub-additive and scales with size', () => {
    fc.assert(
      fc.property(vectors, coverages, coverages, fc.nat(1000), (pnl, one, other, seed) => {
        const [low, high] = one < other ? [one, other] : [other, one];
        expect(of(pnl, high).expectedShortfall).toBeGreaterThanOrEqual(of(pnl, low).expectedShortfall - 1e-9);
        expect(of(pnl, high).valueAtRisk).toBeGreaterThanOrEqual(of(pnl, low).valueAtRisk);
        const beside = pnl.map((x, i) => (((i + 1) * (seed + 7) * 7919) % 2001) - 1000 - x / 2);
        const together = pnl.map((x, i) => x + beside[i]!);
        const sum = of(pnl, one).expectedShortfall + of(beside, one).expectedShortfall;
        expect(of(together, one).expectedShortfall).toBeLessThanOrEqual(sum + 1e-9);
        const thrice = of(
          pnl.map((x) => 3 * x),
          one,
        ).expectedShortfall;
        expect(thrice).toBeCloseTo(3 * of(pnl, one).expectedShortfall, 8);
      }),
    );
  });

  it('ES is the least of v + E(L - v)+/(1 - a), whatever v (Rockafellar and Uryasev)', () => {
    fc.assert(
      fc.property(vectors, coverages, fc.integer({ min: -1000, max: 1000 }), (pnl, coverage, v) => {
        const bound = (at: number) =>
          at + pnl.reduce((sum, x) => sum + Math.max(0, -x - at), 0) / pnl.length / (1 - coverage);
        const { valueAtRisk, expectedShortfall } = of(pnl, coverage);
        expect(expectedShortfall).toBeLessThanOrEqual(bound(v) + 1e-8);
        expect(expectedShortfall).toBeCloseTo(bound(valueAtRisk), 7);
      }),
    );
  });

  it('shares add up to 1 and give each leg its part of the shortfall', () => {
    fc.assert(
      fc.property(vectors, coverages, (pnl, coverage) => {
        const shares = sure(tailShares(pnl, coverage));
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
        const half = pnl.map((x) => Math.trunc(x / 3));
        const part = (leg: readonly number[]) => -leg.reduce((sum, x, i) => sum + shares[i]! * x, 0);
        const rest = pnl.map((x, i) => x - half[i]!);
        expect(part(half) + part(rest)).toBeCloseTo(of(pnl, coverage).expectedShortfall, 8);
      }),
    );
  });
});

describe('M-141 weighted history', () => {
  it('weights fade with age and add up to 1', () => {
    const weights = sure(ageWeights(3, 0.5));
    expect(Array.from(weights, (weight) => weight * 7)).toEqual([1, 2, 4].map((x) => expect.closeTo(x, 12)));
    expect(Array.from(sure(ageWeights(4, 1)))).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(sure(ageWeights(2000, 0.98)).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(reason(ageWeights(0, 0.5))).toBe('empty');
    expect(reason(ageWeights(5, 1.1))).toBe('bad-parameter');
  });

  it('takes losses until the tail is full, by hand', () => {
    // Losses 10, 6, 3 with weights .02, .05, .93: at 95 % the tail is all of 10's and .03 of 6's.
    const tail = sure(weightedTail([-3, -6, -10], [0.93, 0.05, 0.02], 0.95));
    expect(tail.valueAtRisk).toBe(6);
    expect(tail.expectedShortfall).toBeCloseTo((0.02 * 10 + 0.03 * 6) / 0.05, 12);
  });

  it('a loss of yesterday weighs more than the same loss long ago', () => {
    const quiet = Array.from({ length: 500 }, () => -1);
    const weights = sure(ageWeights(500, 0.99));
    const late = sure(weightedTail(quiet.with(499, -50), weights, 0.99)).expectedShortfall;
    const early = sure(weightedTail(quiet.with(0, -50), weights, 0.99)).expectedShortfall;
    expect(late).toBeGreaterThan(early);
  });

  it('equal weights are no weights', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 20, maxLength: 100 }),
        fc.integer({ min: 1, max: 19 }).map((k) => k / 20),
        (pnl, coverage) => {
          const weighted = sure(
            weightedTail(
              pnl,
              pnl.map(() => 0.5),
              coverage,
            ),
          );
          const plain = sure(lossTail(pnl, coverage));
          expect(weighted.valueAtRisk).toBe(plain.valueAtRisk);
          expect(weighted.expectedShortfall).toBeCloseTo(plain.expectedShortfall, 10);
        },
      ),
    );
  });

  it('refuses weights that are none', () => {
    expect(reason(weightedTail([1, 2], [1], 0.5))).toBe('malformed');
    expect(reason(weightedTail([1, 2], [1, -1], 0.5))).toBe('out-of-range');
    expect(reason(weightedTail([1, 2], [0, 0], 0.5))).toBe('out-of-range');
    expect(reason(tailShares([1, 2], 0.5, [Number.NaN, 1]))).toBe('out-of-range');
  });
});

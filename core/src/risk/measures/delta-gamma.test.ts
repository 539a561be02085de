// Tails by formula and of quadratic P&Ls: the design notes' numbers, closed forms, and a seeded simulation.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal, seededPrng } from '../../base/index.ts';
import { normalCdf, normalInverse } from '../../kernel/index.ts';
import {
  cholesky,
  cornishFisher,
  cornishFisherIsMonotone,
  cornishFisherTail,
  cumulantsOf,
  type DeltaGamma,
  deltaGammaNormal,
  deltaGammaTail,
  lognormalFactors,
  lossBeyond,
  lossTail,
  normalTail,
  quadraticLaw,
  type SquareMatrix,
  studentTail,
  symmetricOf,
} from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const reason = (value: unknown) => (isRefusal(value) ? value.reason : 'answered');
const matrix = (...rows: number[][]): SquareMatrix => sure(symmetricOf(rows));
const one = matrix([1]);
const single = (delta: number, gamma: number, carry = 0): DeltaGamma => ({
  carry,
  delta: [delta],
  gamma: matrix([gamma]),
  covariance: one,
});
const sample: DeltaGamma = {
  carry: 0,
  delta: [100, -60],
  gamma: matrix([-800, 100], [100, -500]),
  covariance: matrix([0.0016, 0.0016], [0.0016, 0.0025]), // vols .04 and .05, correlation .8
};

describe('M-142 tails by formula', () => {
  // Design notes 1.2: VaR and ES of unit variance, three decimals (the last is 5.2385 and stands there as 5.239).
  it.each<[number, number, number, number, number, number, number, number, number]>([
    [0.975, 1.96, 2.338, 1.963, 2.824, 1.837, 2.91, 1.998, 2.659],
    [0.99, 2.326, 2.665, 2.65, 3.692, 2.622, 4.043, 2.566, 3.293],
    [0.995, 2.576, 2.892, 3.256, 4.472, 3.372, 5.146, 3.027, 3.818],
    [0.999, 3.09, 3.367, 5.072, 6.849, 5.897, 8.897, 4.252, 5.239],
  ])('multiples at %d', (coverage, ...want) => {
    const tails = [
      normalTail(1, coverage),
      ...[4, 3, 6].map((degrees) => studentTail(1, coverage, degrees)),
    ].map(sure);
    const got = tails.flatMap(({ valueAtRisk, expectedShortfall }) => [valueAtRisk, expectedShortfall]);
    got.forEach((value, i) => {
      expect(Math.abs(value - want[i]!)).toBeLessThan(0.00054);
    });
  });

  it('scales, shifts, and t comes to normal', () => {
    expect(sure(normalTail(2, 0.99, 0.5)).valueAtRisk).toBeCloseTo(2 * normalInverse(0.99) - 0.5, 12);
    const far = sure(studentTail(1, 0.99, 1e6));
    expect(Math.abs(far.expectedShortfall - sure(normalTail(1, 0.99)).expectedShortfall)).toBeLessThan(1e-5);
    expect(sure(normalTail(0, 0.99))).toEqual({ valueAtRisk: 0, expectedShortfall: 0 });
  });

  it('lognormal factors by hand: no vol loses what drift gains; the mean of the tail by simulation', () => {
    const still = sure(lognormalFactors({ tail: 0.01, years: 1, drift: 0, vol: 0 }));
    expect(still.long).toBeCloseTo(0, 12);
    expect(still.short).toBeCloseTo(0, 12);
    const move = { tail: 0.01, years: 0.25, drift: 0.1, vol: 0.8 };
    const { long, short } = sure(lognormalFactors(move));
    // Midpoints of 100,000 equal shares of each tail; m t is the log of the mean.
    const spot = (p: number) => Math.exp(0.1 * 0.25 - 0.5 * 0.16 + 0.4 * normalInverse(p));
    let down = 0;
    let up = 0;
    for (let i = 0; i < 1e5; i++) {
      const p = (0.01 * (i + 0.5)) / 1e5;
      down += spot(p) / 1e5;
      up += spot(1 - p) / 1e5;
    }
    expect(Math.abs(long - (1 - down))).toBeLessThan(1e-5);
    expect(Math.abs(short - (up - 1))).toBeLessThan(1e-4);
  });

  it('refuses what has no tail', () => {
    expect(reason(normalTail(-1, 0.99))).toBe('out-of-range');
    expect(reason(normalTail(1, 1))).toBe('bad-parameter');
    expect(reason(studentTail(1, 0.99, 2))).toBe('bad-parameter');
    expect(reason(studentTail(1, 0.99, Number.NaN))).toBe('bad-parameter');
    expect(reason(lognormalFactors({ tail: 0, years: 1, drift: 0, vol: 1 }))).toBe('bad-parameter');
    expect(reason(lognormalFactors({ tail: 0.1, years: 1, drift: Number.NaN, vol: 1 }))).toBe(
      'bad-parameter',
    );
  });
});

describe('M-143 delta-gamma', () => {
  it('cumulants of the design notes', () => {
    const { mean, variance, third, fourth, skew, excessKurtosis } = sure(cumulantsOf(sample));
    expect(mean).toBeCloseTo(-1.105, 10);
    expect(variance).toBeCloseTo(7.68045, 10);
    expect(third).toBeCloseTo(-16.66685, 5);
    expect(fourth).toBeCloseTo(86.28556, 5);
    expect(skew).toBeCloseTo(-0.783, 4);
    expect(excessKurtosis).toBeCloseTo(1.4627, 4);
  });

  it.each([
    [0.01, -0.5, 3, -3.30128],
    [0.01, -0.7, 5, -3.8256],
    [0.01, 0, 1, -2.56014],
  ])('Cornish-Fisher of the %d quantile, S = %d, K = %d', (p, skew, kurtosis, want) => {
    expect(cornishFisher(normalInverse(p), skew, kurtosis)).toBeCloseTo(want, 5);
    expect(cornishFisherIsMonotone(skew, kurtosis)).toBe(true);
  });

  it('three quantiles of the sample book: 9.456 by Cornish-Fisher, 7.552 normal, 9.16 in truth', () => {
    expect(sure(cornishFisherTail(sample, 0.99)).valueAtRisk).toBeCloseTo(9.456, 3);
    expect(sure(deltaGammaNormal(sample, 0.99)).valueAtRisk).toBeCloseTo(7.552, 3);
    // The notes' four million paths say 9.159.
    expect(Math.abs(sure(deltaGammaTail(sample, 0.99)).valueAtRisk - 9.159)).toBeLessThan(0.01);
  });

  it('Cornish-Fisher is refused where it is no quantile, and ES is the mean of its quantiles', () => {
    expect(reason(cornishFisherTail(single(0, -1), 0.99))).toBe('imprecise');
    expect(cornishFisherIsMonotone(-2.8, 12)).toBe(false);
    expect(cornishFisherIsMonotone(0, -1)).toBe(false);
    expect(cornishFisherIsMonotone(0, 0)).toBe(true);
    const { mean, variance, skew, excessKurtosis } = sure(cumulantsOf(sample));
    let sum = 0;
    for (let i = 0; i < 1e5; i++) {
      sum += cornishFisher(normalInverse((0.025 * (i + 0.5)) / 1e5), skew, excessKurtosis) / 1e5;
    }
    const want = -(mean + Math.sqrt(variance) * sum);
    expect(Math.abs(sure(cornishFisherTail(sample, 0.975)).expectedShortfall - want)).toBeLessThan(1e-3);
  });

  it('where Maillard says monotone, the polynomial rises', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: -1, max: 12, noNaN: true }),
        fc.double({ min: -8, max: 8, noNaN: true }),
        (skew, kurtosis, z) => {
          fc.pre(cornishFisherIsMonotone(skew, kurtosis));
          expect(cornishFisher(z + 0.01, skew, kurtosis)).toBeGreaterThanOrEqual(
            cornishFisher(z, skew, kurtosis),
          );
        },
      ),
    );
  });

  it('chi-square: the quantile and mean of a loss y^2 and of a gain y^2', () => {
    // P(y^2 > 6.6349) = 0.01; E(y^2 | y^2 > c^2) = 1 + 2 c phi(c)/0.01.
    const c = normalInverse(0.995);
    const phi = Math.exp((-c * c) / 2) / Math.sqrt(2 * Math.PI);
    const loss = sure(deltaGammaTail(single(0, -2), 0.99));
    expect(Math.abs(loss.valueAtRisk - c * c)).toBeLessThan(1e-10);
    expect(Math.abs(loss.expectedShortfall - (1 + (2 * c * phi) / 0.01))).toBeLessThan(1e-9);
    const least = normalInverse(0.505);
    expect(Math.abs(sure(deltaGammaTail(single(0, 2), 0.99)).valueAtRisk + least * least)).toBeLessThan(
      1e-13,
    );
  });

  it('is normal without gamma, certain without variance', () => {
    const want = sure(normalTail(3, 0.999, 1));
    const got = sure(deltaGammaTail(single(3, 0, 1), 0.999));
    expect(got.valueAtRisk).toBeCloseTo(want.valueAtRisk, 10);
    expect(got.expectedShortfall).toBeCloseTo(want.expectedShortfall, 9);
    expect(sure(deltaGammaTail(single(0, 0, 7), 0.99))).toEqual({ valueAtRisk: -7, expectedShortfall: -7 });
    const still = { ...single(5, 5, 0), covariance: matrix([0]) };
    expect(sure(deltaGammaTail(still, 0.99)).valueAtRisk + 0).toBe(0);
  });

  it('agrees with 200,000 seeded draws of a book of three factors', () => {
    const book: DeltaGamma = {
      carry: 2,
      delta: [3, -1, 4],
      gamma: matrix([-2, 1, 0], [1, 3, -1], [0, -1, -1]),
      covariance: matrix([1, 0.5, 0.2], [0.5, 2, -0.3], [0.2, -0.3, 0.5]),
    };
    const l = sure(cholesky(book.covariance)).values;
    const prng = seededPrng(11);
    const pnl = Float64Array.from({ length: 200_000 }, () => {
      const e = [0, 0, 0].map(() => normalInverse(prng.next() + 2 ** -54));
      const r = [0, 1, 2].map((i) => e.reduce((sum, x, k) => (k <= i ? sum + l[3 * i + k]! * x : sum), 0));
      let value = book.carry;
      r.forEach((x, i) => {
        value += book.delta[i]! * x;
        r.forEach((y, j) => {
          value += 0.5 * x * y * book.gamma.values[3 * i + j]!;
        });
      });
      return value;
    });
    const law = sure(quadraticLaw(book));
    for (const coverage of [0.01, 0.9, 0.99]) {
      const drawn = sure(lossTail(pnl, coverage));
      const error = Math.sqrt((coverage * (1 - coverage)) / pnl.length);
      expect(Math.abs(lossBeyond(law, drawn.valueAtRisk) - (1 - coverage))).toBeLessThan(3 * error);
      const { valueAtRisk, expectedShortfall } = sure(deltaGammaTail(book, coverage));
      expect(lossBeyond(law, valueAtRisk)).toBeCloseTo(1 - coverage, 11);
      expect(Math.abs(expectedShortfall / drawn.expectedShortfall - 1)).toBeLessThan(0.01);
    }
    // Four million paths of another generator: 11.865 and 15.054 at 99 %.
    expect(Math.abs(sure(deltaGammaTail(book, 0.99)).valueAtRisk - 11.865)).toBeLessThan(0.03);
    expect(Math.abs(sure(deltaGammaTail(book, 0.99)).expectedShortfall - 15.054)).toBeLessThan(0.05);
  });

  it('one factor: the probability beyond VaR in closed form, whatever delta and gamma', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.oneof(
          fc.double({ min: 0.05, max: 3, noNaN: true }),
          fc.double({ min: -3, max: -0.05, noNaN: true }),
        ),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (delta, gamma, coverage) => {
          const { valueAtRisk, expectedShortfall } = sure(deltaGammaTail(single(delta, gamma), coverage));
          // L > v where (y + d/g)^2 lies below (g > 0) or above (g < 0) this square.
          const square = (2 / gamma) * (-valueAtRisk + (delta * delta) / (2 * gamma));
          const r = Math.sqrt(Math.max(0, square));
          const inside = normalCdf(-delta / gamma + r) - normalCdf(-delta / gamma - r);
          expect(Math.abs((gamma > 0 ? inside : 1 - inside) - (1 - coverage))).toBeLessThan(1e-9);
          expect(expectedShortfall).toBeGreaterThanOrEqual(valueAtRisk);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('cumulants of the turned law are those of the book', () => {
    const { level, slopes, bends } = sure(quadraticLaw(sample));
    const { mean, variance, third, fourth } = sure(cumulantsOf(sample));
    const sum = (f: (slope: number, bend: number) => number) =>
      bends.reduce((total, bend, j) => total + f(slopes[j]!, bend), 0);
    expect(-(level + sum((_, l) => l / 2))).toBeCloseTo(mean, 10);
    expect(sum((b, l) => b * b + (l * l) / 2)).toBeCloseTo(variance, 10);
    expect(-sum((b, l) => 3 * b * b * l + l ** 3)).toBeCloseTo(third, 8);
    expect(sum((b, l) => 12 * b * b * l * l + 3 * l ** 4)).toBeCloseTo(fourth, 7);
    expect(lossBeyond({ level: 1, slopes, bends: bends.map(() => 0) }, 1)).toBeCloseTo(0.5, 12);
    expect(lossBeyond({ level: 1, slopes: Float64Array.of(0), bends: Float64Array.of(0) }, 0)).toBe(1);
  });

  it('refuses what does not fit together', () => {
    expect(reason(cumulantsOf({ ...sample, delta: [1] }))).toBe('malformed');
    expect(reason(cumulantsOf({ ...sample, carry: Number.NaN }))).toBe('malformed');
    expect(reason(deltaGammaTail({ ...sample, covariance: matrix([1, 2], [2, 1]) }, 0.99))).toBe('singular');
    expect(reason(deltaGammaTail(sample, 1 - 1e-12))).toBe('bad-parameter');
    expect(reason(cumulantsOf(single(1e200, 1e200)))).toBe('out-of-range');
    expect(
      reason(
        symmetricOf([
          [1, 2],
          [3, 1],
        ]),
      ),
    ).toBe('malformed');
  });
});

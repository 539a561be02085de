// Coverage and shortfall tests against the design notes' numbers, scipy's laws, hand arithmetic, and series that are right or wrong on purpose.

import { isRefusal, MS_PER_DAY, type Refusal, seededPrng } from '@plimsoll/core';
import { normalInverse } from '@plimsoll/core/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acerbiSzekely,
  acerbiSzekelyNull,
  baselAddOn,
  binomialAtLeast,
  binomialAtMost,
  chiSquareTail,
  christoffersen,
  coverageTest,
  criticalOf,
  eProcess,
  eValue,
  fortuneOf,
  kupiec,
  kupiecAccepts,
  largestRise,
  procyclicalityOf,
  pValueOf,
  shortfallsOf,
  type TailLaw,
  trafficLight,
  trafficZones,
} from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const reason = (value: unknown) => (isRefusal(value) ? value.reason : 'answered');
const hitsAt = (windows: number, at: readonly number[]) =>
  Array.from({ length: windows }, (_, t) => at.includes(t));

describe('M-149 laws of the tests', () => {
  // scipy.stats.binom: cdf and sf.
  it.each([
    [4, 250, 0.01, 0.8921876269036251],
    [102, 8760, 0.01, 0.9423823707250395],
    [50, 8760, 0.01, 8.225856552419404e-6],
    [26, 30000, 0.001, 0.26721857447620756],
    [500, 50000, 0.01, 0.511891271851574],
    [3, 10, 0.5, 0.171875],
  ])('P(X <= %d of %d at %d)', (x, n, p, want) => {
    expect(Math.abs(binomialAtMost(x, n, p) / want - 1)).toBeLessThan(1e-10);
    expect(binomialAtMost(x, n, p) + binomialAtLeast(x + 1, n, p)).toBeCloseTo(1, 10);
  });

  it('tails keep their digits far out, and edges are edges', () => {
    // 2^-50 and 51 2^-50: no heads, at most one, of fifty coins.
    expect(binomialAtMost(0, 50, 0.5)).toBeCloseTo(2 ** -50, 28);
    expect(Math.abs(binomialAtMost(1, 50, 0.5) / (51 * 2 ** -50) - 1)).toBeLessThan(1e-12);
    expect(Math.abs(binomialAtLeast(50, 50, 0.1) / 1e-50 - 1)).toBeLessThan(1e-10);
    expect([binomialAtMost(-1, 5, 0.5), binomialAtMost(5, 5, 0.5), binomialAtLeast(0, 5, 0.5)]).toEqual([
      0, 1, 1,
    ]);
    expect([binomialAtMost(2, 5, 0), binomialAtMost(2, 5, 1), binomialAtLeast(2, 5, 1)]).toEqual([1, 0, 1]);
  });

  it('chi-square at its usual values', () => {
    expect(chiSquareTail(3.841458820694124, 1)).toBeCloseTo(0.05, 12);
    expect(chiSquareTail(5.991464547107979, 2)).toBeCloseTo(0.05, 12);
    expect(chiSquareTail(0, 1)).toBe(1);
  });
});

describe('M-149 coverage', () => {
  it.each(
    [5.0252, 1.1765, 0.1084, 0.0949, 0.7691, 1.9568, 3.5554, 5.497].map((want, x) => [x, want] as const),
  )('Kupiec: %d of 250 at 1 %% gives %d', (x, want) => {
    expect(sure(kupiec(x, 250, 0.01)).statistic).toBeCloseTo(want, 4);
  });

  it.each([
    [250, 0.01, 1, 6],
    [365, 0.01, 1, 7],
    [1000, 0.01, 5, 16],
    [365, 0.005, 0, 5],
    [1000, 0.005, 2, 9],
  ])('Kupiec of %d at %d accepts %d to %d', (windows, rate, low, high) => {
    expect(sure(kupiecAccepts(windows, rate))).toEqual([low, high]);
  });

  it.each([
    [[50, 51, 120, 200], [242, 3, 3, 1], 4.10699, 0.76914, 4.87613],
    [[50, 51, 52, 53, 120], undefined, 19.0493, 1.9568, 21.0061],
  ] as const)('Christoffersen: hits at %j', (at, counts, independence, coverage, conditional) => {
    const got = sure(christoffersen(hitsAt(250, at), 0.01));
    if (counts !== undefined) expect(got.counts).toEqual(counts);
    expect(got.independence.statistic).toBeCloseTo(independence, 4);
    expect(got.coverage.statistic).toBeCloseTo(coverage, 4);
    expect(got.conditional.statistic).toBeCloseTo(conditional, 4);
    expect(got.conditional.pValue).toBeLessThan(0.1);
  });

  it('never a hit and always a hit have no NaN', () => {
    for (const hit of [true, false]) {
      const got = sure(christoffersen(Array(50).fill(hit), 0.01));
      expect(got.independence).toEqual({ statistic: 0, pValue: 1 });
      expect(Number.isFinite(got.conditional.statistic)).toBe(true);
    }
  });

  it.each([
    [250, 0.01, 5, 10],
    [365, 0.01, 7, 13],
    [365, 0.005, 4, 9],
    [1000, 0.01, 15, 24],
    [8760, 0.01, 103, 124],
  ])('traffic light of %d at %d: yellow from %d, red from %d', (windows, rate, yellowFrom, redFrom) => {
    const zones = sure(trafficZones(windows, rate));
    expect(zones).toEqual({ yellowFrom, redFrom });
    expect([yellowFrom - 1, yellowFrom, redFrom].map((x) => trafficLight(x, zones))).toEqual([
      'green',
      'yellow',
      'red',
    ]);
  });

  it("Basel's additions", () => {
    expect([4, 5, 6, 7, 8, 9, 10, 20].map(baselAddOn)).toEqual([0, 0.2, 0.26, 0.33, 0.38, 0.42, 0.5, 0.5]);
  });

  it('one-sided: size, power and what can be found, from scipy', () => {
    const test = sure(coverageTest(5, 250, 0.01));
    expect(test).toMatchObject({ critical: 6, rejected: false, expected: 2.5, powerAt: 2 });
    expect(test.size).toBeCloseTo(0.041183184069848354, 12);
    expect(test.power).toBeCloseTo(0.3840333770469823, 12);
    expect(test.pValue).toBeCloseTo(0.1078123730963749, 12);
    expect(binomialAtLeast(6, 250, test.detectable)).toBeCloseTo(0.8, 6);
    expect(sure(coverageTest(6, 250, 0.01)).rejected).toBe(true);
    // Twenty windows at 0.1 % reject from the first breach on and would find twice the rate in one case of 25.
    const short = sure(coverageTest(0, 20, 0.001));
    expect([short.critical, short.rejected]).toEqual([1, false]);
    expect(short.power).toBeCloseTo(1 - 0.998 ** 20, 12);
  });

  it('rejection means a p-value at or below the level; more windows, more power', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 800 }),
        fc.double({ min: 1e-3, max: 0.2, noNaN: true }),
        fc.nat(60),
        (n, p, x) => {
          const test = sure(coverageTest(Math.min(x, n), n, p));
          expect(test.rejected).toBe(test.pValue <= 0.05);
          expect(test.size).toBeLessThanOrEqual(0.05);
          expect(test.power).toBeGreaterThanOrEqual(test.size);
        },
      ),
    );
  });

  it('refuses counts that are none', () => {
    expect(reason(kupiec(3, 2, 0.01))).toBe('out-of-range');
    expect(reason(kupiec(0, 0, 0.01))).toBe('empty');
    expect(reason(kupiec(1, 10, 1))).toBe('bad-parameter');
    expect(reason(christoffersen([true], 0.01))).toBe('too-short');
    expect(reason(coverageTest(1, 10, 0.1, { level: 0 }))).toBe('bad-parameter');
    expect(reason(coverageTest(1, 10, 0.1, { powerAt: 0.5 }))).toBe('bad-parameter');
    expect(reason(kupiecAccepts(10, Number.NaN))).toBe('bad-parameter');
  });
});

describe('M-149 shortfall', () => {
  it('Acerbi and Szekely by hand', () => {
    const got = sure(
      acerbiSzekely({
        pnl: [-3, 1, -1.5, 0],
        valueAtRisk: [1, 1, 1, 1],
        expectedShortfall: [2, 2, 3, 2],
        coverage: 0.75,
      }),
    );
    expect(got).toEqual({ z1: 1 - (1.5 + 0.5) / 2, z2: 1 - (1.5 + 0.5) / 1, breaches: 2 });
    const calm = { pnl: [1], valueAtRisk: [1], expectedShortfall: [2], coverage: 0.9 };
    expect(sure(acerbiSzekely(calm))).toEqual({ z1: undefined, z2: 1, breaches: 0 });
  });

  // Design notes 1.6, Z2 at 5 %, 120,000 simulations there and 40,000 here.
  it.each<[TailLaw, number, number, number]>([
    [{ kind: 'normal' }, 0.975, 250, -0.7],
    [{ kind: 'student', degrees: 6 }, 0.975, 250, -0.72],
    [{ kind: 'student', degrees: 4 }, 0.975, 250, -0.76],
    [{ kind: 'student', degrees: 3 }, 0.975, 250, -0.82],
    [{ kind: 'normal' }, 0.99, 250, -1.12],
    [{ kind: 'student', degrees: 3 }, 0.99, 250, -1.32],
    [{ kind: 'normal' }, 0.99, 365, -0.93],
    [{ kind: 'student', degrees: 3 }, 0.99, 365, -1.08],
    [{ kind: 'normal' }, 0.99, 1000, -0.55],
    [{ kind: 'student', degrees: 3 }, 0.99, 1000, -0.64],
    [{ kind: 'normal' }, 0.995, 365, -1.3],
    [{ kind: 'student', degrees: 3 }, 0.995, 365, -1.55],
  ])('critical Z2 of %j at %d over %d windows is %d', (law, coverage, windows, want) => {
    const { z2 } = sure(acerbiSzekelyNull(law, coverage, windows, 40_000, seededPrng(7)));
    expect(Math.abs(criticalOf(z2, 0.05) - want)).toBeLessThan(0.03);
    expect(Math.abs(z2.reduce((sum, z) => sum + z, 0) / z2.length)).toBeLessThan(0.02);
  });

  // The same at 0.01 %: the twelfth of 120,000, so known to a tenth for thin tails and to no more than a half for the thickest.
  it.each<[TailLaw, number, number]>([
    [{ kind: 'normal' }, -1.74, 0.12],
    [{ kind: 'student', degrees: 6 }, -1.85, 0.15],
    [{ kind: 'student', degrees: 4 }, -2.47, 0.4],
    [{ kind: 'student', degrees: 3 }, -4.1, 1],
  ])('critical Z2 of %j at 0.01 %% is %d', (law, want, allowed) => {
    const { z2 } = sure(acerbiSzekelyNull(law, 0.975, 250, 120_000, seededPrng(8)));
    expect(Math.abs(criticalOf(z2, 1e-4) - want)).toBeLessThan(allowed);
  });

  it('finds a forecast that is too small, leaves a right one alone; same seed, same bits', () => {
    const prng = seededPrng(4);
    const pnl = Array.from({ length: 1000 }, () => normalInverse(prng.next() + 2 ** -54));
    const forecasts = (scale: number) => ({
      pnl,
      valueAtRisk: pnl.map(() => 1.96 * scale),
      expectedShortfall: pnl.map(() => 2.3378 * scale),
      coverage: 0.975,
    });
    const draw = () => sure(acerbiSzekelyNull({ kind: 'normal' }, 0.975, 1000, 2000, seededPrng(1))).z2;
    expect(draw()).toEqual(draw());
    expect(pValueOf(draw(), sure(acerbiSzekely(forecasts(1))).z2)).toBeGreaterThan(0.05);
    expect(pValueOf(draw(), sure(acerbiSzekely(forecasts(0.7))).z2)).toBeLessThan(0.001);
  });

  it('p-values count what was seen', () => {
    const sorted = Float64Array.of(-2, -1, 0, 1);
    expect([-3, -2, -1, 5].map((z) => pValueOf(sorted, z))).toEqual([0.2, 0.4, 0.6, 1]);
    expect(criticalOf(sorted, 0.25)).toBe(-2);
  });

  it('e-values of the design notes', () => {
    expect(eValue(0.18, 0.08, 0.12, 0.975)).toBeCloseTo(100, 10);
    expect(eValue(0.07, 0.08, 0.12, 0.975)).toBe(0);
    expect(eValue(0.09, 0.08, undefined, 0.99)).toBeCloseTo(100, 10);
  });

  it('a fortune by hand: nothing staked before something was seen', () => {
    // After e = 2 and 0 the past's best stake solves 1/(1+s) = 1/(1-s): s = 0. After 2 alone it is the cap.
    const { logFortune } = sure(eProcess([2, 0, 3]));
    expect(logFortune[0]).toBe(0);
    expect(logFortune[1]).toBeCloseTo(Math.log(0.5), 12);
    expect(logFortune[2]).toBeCloseTo(Math.log(0.5), 9);
    expect(fortuneOf(logFortune[1]!)).toBeCloseTo(0.5, 12);
  });

  it('rejects bad forecasts in time and right ones seldom', () => {
    const path = (rate: number, seed: number) => {
      const prng = seededPrng(seed);
      return sure(eProcess(Array.from({ length: 1000 }, () => (prng.next() < rate ? 100 : 0))));
    };
    let wrong = 0;
    for (let seed = 0; seed < 100; seed++) if (path(0.01, seed).rejectAt !== undefined) wrong++;
    expect(wrong).toBeLessThanOrEqual(5);
    const bad = path(0.04, 1);
    expect(bad.alarmAt!).toBeLessThanOrEqual(bad.rejectAt!);
    expect(bad.rejectAt).toBeLessThan(600);
  });

  it('shortfalls by hand', () => {
    expect(sure(shortfallsOf([5, 12, 30, -4], [10, 10, 20, 10]))).toEqual({
      breaches: 2,
      sum: 12,
      worst: 10,
      conditional: 6,
      relative: 0.35,
      relativeWorst: 0.5,
    });
    expect(sure(shortfallsOf([1], [2])).conditional).toBe(0);
    expect(sure(shortfallsOf([1], [0]))).toMatchObject({ sum: 1, relative: 0 });
  });

  it('refuses forecasts that are none', () => {
    const good = { pnl: [1, 2], valueAtRisk: [1, 1], expectedShortfall: [2, 2], coverage: 0.9 };
    expect(reason(acerbiSzekely({ ...good, pnl: [1] }))).toBe('malformed');
    expect(reason(acerbiSzekely({ ...good, expectedShortfall: [2, 0] }))).toBe('out-of-range');
    expect(reason(acerbiSzekely({ ...good, coverage: 1 }))).toBe('bad-parameter');
    expect(reason(acerbiSzekelyNull({ kind: 'student', degrees: 2 }, 0.9, 10, 10, seededPrng(1)))).toBe(
      'bad-parameter',
    );
    expect(reason(acerbiSzekelyNull({ kind: 'normal' }, 0.9, 0, 10, seededPrng(1)))).toBe('bad-parameter');
    expect(reason(eProcess([1, -1]))).toBe('malformed');
    expect(reason(eProcess([1], 1))).toBe('bad-parameter');
    expect(reason(shortfallsOf([], []))).toBe('empty');
    expect(reason(shortfallsOf([Number.NaN], [1]))).toBe('malformed');
  });
});

describe('M-149 procyclicality', () => {
  const hour = MS_PER_DAY / 24;

  it('by hand: peak to trough, mean, rises, and their instants', () => {
    const at = [0, 1, 2, 30, 31].map((h) => h * hour);
    const got = sure(procyclicalityOf({ at, amount: [100, 110, 90, 180, 135] }));
    expect(got.peakToTrough).toBe(2);
    expect(got.mean).toBe(123);
    expect(got.rises.map(({ rise }) => rise)).toEqual([
      expect.closeTo(0.1, 12),
      expect.closeTo(0.1, 12),
      1,
      1,
    ]);
    expect(got.rises[2]).toMatchObject({ from: 2 * hour, to: 30 * hour, horizon: 5 * MS_PER_DAY });
  });

  it('changes of a steady growth have no deviation', () => {
    const amount = Array.from({ length: 20 }, (_, t) => 100 * 1.01 ** t);
    const got = sure(procyclicalityOf({ at: amount.map((_, t) => t * hour), amount }));
    expect(got.logChangeStdev).toBeLessThan(1e-9);
    const jumpy = sure(procyclicalityOf({ at: [0, 1, 2], amount: [1, Math.E, 1] }));
    expect(jumpy.logChangeStdev).toBeCloseTo(1, 12);
  });

  it('the largest rise is that of brute force, and longer horizons show no less', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 50 })), {
          minLength: 2,
          maxLength: 40,
        }),
        fc.nat(12),
        (steps, horizon) => {
          let now = 0;
          const at = steps.map(([gap]) => {
            now += gap;
            return now;
          });
          const amount = steps.map(([, value]) => value);
          let brute = 0;
          at.forEach((s, i) => {
            at.forEach((t, j) => {
              if (t >= s && t - s <= horizon) brute = Math.max(brute, amount[j]! / amount[i]! - 1);
            });
          });
          expect(largestRise({ at, amount }, horizon).rise).toBe(brute);
          expect(largestRise({ at, amount }, horizon + 3).rise).toBeGreaterThanOrEqual(brute);
        },
      ),
    );
  });

  it('refuses series that cannot be measured', () => {
    expect(reason(procyclicalityOf({ at: [0], amount: [1] }))).toBe('too-short');
    expect(reason(procyclicalityOf({ at: [0, 1], amount: [1] }))).toBe('malformed');
    expect(reason(procyclicalityOf({ at: [0, 0], amount: [1, 1] }))).toBe('malformed');
    expect(reason(procyclicalityOf({ at: [0, 1], amount: [1, 0] }))).toBe('out-of-range');
  });
});

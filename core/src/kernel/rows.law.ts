// The array kernel against the reference price, and against itself.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blackPrice, exp, fillCdf, fillStrike, log, normalCdf } from './index.ts';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const one = { logShift: new Float64Array(1), invShift: Float64Array.of(1), scale: Float64Array.of(1) };

// Mostly near the hill s = sqrt(2 |x|), where d1 = 0 and the magnified error of N(d2) is largest.
const point = fc.oneof(
  fc.tuple(
    real(-9.2, 9.2),
    real(-6, 1).map((power) => exp(power * log(10))),
  ),
  fc
    .tuple(real(-9.2, 9.2), real(0.3, 1.7))
    .map(([x, share]) => [x, Math.sqrt(2 * Math.abs(x)) * share] as [number, number]),
);

describe('M-04 fillStrike', () => {
  it('misses the reference by at most 2e-12 of forward for K/F in [1e-4, 1e4], a call by 6e-13', () => {
    const out = new Float64Array(2);
    fc.assert(
      fc.property(point, ([x, s]) => {
        const K = exp(x);
        fillStrike(log(1 / K), K, one, 1, Float64Array.of(s), 0, out, 0, 1);
        expect(Math.abs(out[0]! - blackPrice('call', 1, K, s))).toBeLessThanOrEqual(6e-13);
        expect(Math.abs(out[1]! - blackPrice('put', 1, K, s))).toBeLessThanOrEqual(2e-12);
      }),
      { numRuns: 50_000 },
    );
  });

  it('prices each lane at its own forward, with the same bits alone, in company, and with one right wanted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(real(-0.5, 0.5), real(1e-6, 3)), { minLength: 1, maxLength: 40 }),
        real(-2, 2),
        (lanes, x) => {
          const n = lanes.length;
          const moves = lanes.map(([move]) => move);
          const columns = {
            logShift: Float64Array.from(moves),
            invShift: Float64Array.from(moves, (move) => exp(-move)),
            scale: Float64Array.from(moves, (move) => 60000 * exp(move)),
          };
          const stdevs = Float64Array.from(lanes, ([, s]) => s);
          const both = new Float64Array(2 * n + 3).fill(-7);
          fillStrike(-x, exp(x), columns, n, stdevs, 0, both, 1, n + 2);
          expect([both[0], both[n + 1], both[2 * n + 2]]).toEqual([-7, -7, -7]);
          const call = new Float64Array(n).fill(-7);
          const put = new Float64Array(n).fill(-7);
          fillStrike(-x, exp(x), columns, n, stdevs, 0, call, 0, -1);
          fillStrike(-x, exp(x), columns, n, stdevs, 0, put, -1, 0);
          expect(call).toEqual(both.slice(1, n + 1));
          expect(put).toEqual(both.slice(n + 2, 2 * n + 2));
          for (let l = 0; l < n; l++) {
            const [forward, strike, stdev] = [columns.scale[l]!, 60000 * exp(x), stdevs[l]!] as const;
            // K/F_l and ln(F_l/K) arrive with a few roundings of their own.
            const bound = 2e-12 * forward + 4e-15 * strike;
            expect(Math.abs(call[l]! - blackPrice('call', forward, strike, stdev))).toBeLessThan(bound);
            expect(Math.abs(put[l]! - blackPrice('put', forward, strike, stdev))).toBeLessThan(bound);
          }
          const last = n - 1;
          const alone = {
            logShift: columns.logShift.slice(last),
            invShift: columns.invShift.slice(last),
            scale: columns.scale.slice(last),
          };
          const single = new Float64Array(2);
          fillStrike(-x, exp(x), alone, 1, stdevs, last, single, 0, 1);
          expect(single).toEqual(Float64Array.of(call[last]!, put[last]!));
          expect(call.every((value) => value >= 0) && put.every((value) => value >= 0)).toBe(true);
        },
      ),
    );
  });

  it('is intrinsic, not NaN, without stdev', () => {
    const out = new Float64Array(2);
    for (const [K, call, put] of [
      [0.5, 0.5, 0],
      [1, 0, 0],
      [2, 0, 1],
    ] as const) {
      fillStrike(log(1 / K), K, one, 1, Float64Array.of(0), 0, out, 0, 1);
      expect(out[0]).toBeCloseTo(call, 12);
      expect(out[1]).toBeCloseTo(put, 12);
    }
  });
});

describe('fillCdf', () => {
  it('misses N by less than 1.5e-14 and never leaves [0, 1]', () => {
    const out = new Float64Array(1);
    fc.assert(
      fc.property(real(-12, 12), (z) => {
        fillCdf(Float64Array.of(z), 1, out);
        expect(Math.abs(out[0]! - normalCdf(z))).toBeLessThan(1.5e-14);
        expect(out[0]! >= 0 && out[0]! <= 1 + 1.5e-14).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });
});

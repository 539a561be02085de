// Properties of the kernel that hold for every input, not only for the golden ones.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bivariateNormalCdf,
  blackPrice,
  exp,
  expm1,
  impliedVol,
  log,
  log1p,
  normalCdf,
  normalInverse,
  pow,
  type Right,
} from './index.ts';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const ULP = 2 ** -52;
const RUNS = { numRuns: 2000 };

const law = (name: string, property: fc.IRawProperty<unknown>) =>
  it(name, () => fc.assert(property as never, RUNS));

describe('elementary laws', () => {
  law(
    'exp(log x) is x up to the digits that log x carries',
    fc.property(real(1e-300, 1e300), (x) => {
      expect(Math.abs(exp(log(x)) / x - 1)).toBeLessThanOrEqual(ULP * (1 + Math.abs(log(x))));
    }),
  );
  law(
    'exp and log never fall',
    fc.property(real(-700, 700), real(0, 1e-3), (x, d) => {
      expect(exp(x + d)).toBeGreaterThanOrEqual(exp(x));
      expect(log(exp(x) * (1 + d))).toBeGreaterThanOrEqual(log(exp(x)) - ULP);
    }),
  );
  law(
    'exp(x) exp(-x) is 1',
    fc.property(real(-700, 700), (x) => {
      expect(Math.abs(exp(x) * exp(-x) - 1)).toBeLessThan(2 * ULP);
    }),
  );
  law(
    'expm1 and log1p undo each other near zero',
    fc.property(real(-0.5, 0.5), (u) => {
      expect(Math.abs(expm1(log1p(u)) - u)).toBeLessThanOrEqual(3 * ULP * Math.abs(u));
    }),
  );
  law(
    'pow by whole numbers is repeated multiplication',
    fc.property(real(0.01, 100), fc.integer({ min: 1, max: 20 }), (x, n) => {
      let product = 1;
      for (let i = 0; i < n; i++) product *= x;
      expect(Math.abs(pow(x, n) / product - 1)).toBeLessThan((n + 1) * ULP);
      expect(pow(x, -n) * pow(x, n)).toBeCloseTo(1, 14);
    }),
  );
});

describe('normal laws', () => {
  law(
    'N(-x) = 1 - N(x)',
    fc.property(real(-38, 38), (x) => {
      expect(normalCdf(-x) + normalCdf(x)).toBeCloseTo(1, 15);
    }),
  );
  law(
    'the inverse undoes the distribution in relative terms',
    fc.property(real(-37, 5), (x) => {
      const back = normalInverse(normalCdf(x));
      const lost = x > 0 ? (ULP / (1 - normalCdf(x))) * 0.5 : ULP; // what 1 - p can still tell
      expect(Math.abs(back - x)).toBeLessThan(4 * lost * (1 + Math.abs(x)));
    }),
  );
  law(
    'the joint law is symmetric, monotone and within its bounds',
    fc.property(real(-6, 6), real(-6, 6), real(-1, 1), (a, b, rho) => {
      const joint = bivariateNormalCdf(a, b, rho);
      expect(Math.abs(joint - bivariateNormalCdf(b, a, rho))).toBeLessThan(2e-15);
      expect(joint).toBeLessThanOrEqual(Math.min(normalCdf(a), normalCdf(b)) + 1e-15);
      expect(joint).toBeGreaterThanOrEqual(Math.max(normalCdf(a) + normalCdf(b) - 1, 0) - 1e-15);
      expect(joint).toBeGreaterThanOrEqual(bivariateNormalCdf(a - 0.1, b, rho) - 1e-15);
      const rest = bivariateNormalCdf(a, -b, -rho);
      expect(Math.abs(joint + rest - normalCdf(a))).toBeLessThan(2e-15);
    }),
  );
});

const right = fc.constantFrom<Right>('call', 'put');
const logStrike = real(-3, 3);
const stdev = real(-7, 1.5).map((power) => exp(power * log(10)));

describe('Black-76 laws', () => {
  law(
    'call - put = F - K',
    fc.property(logStrike, stdev, (x, s) => {
      const K = exp(x);
      expect(
        Math.abs(blackPrice('call', 1, K, s) - blackPrice('put', 1, K, s) - (1 - K)),
      ).toBeLessThanOrEqual(ULP * (1 + K));
    }),
  );
  law(
    'a price lies between intrinsic and its ceiling',
    fc.property(right, logStrike, stdev, (side, x, s) => {
      const K = exp(x);
      const value = blackPrice(side, 1, K, s);
      expect(value).toBeGreaterThanOrEqual(Math.max(side === 'call' ? 1 - K : K - 1, 0));
      expect(value).toBeLessThanOrEqual((side === 'call' ? 1 : K) * (1 + ULP));
    }),
  );
  law(
    'a price never falls when the stdev rises',
    fc.property(right, logStrike, stdev, real(1e-6, 1), (side, x, s, more) => {
      const K = exp(x);
      const [low, high] = [blackPrice(side, 1, K, s), blackPrice(side, 1, K, s * (1 + more))];
      expect(high).toBeGreaterThanOrEqual(low * (1 - 1e-12));
    }),
  );
  law(
    'a price is convex in strike',
    fc.property(right, logStrike, stdev, real(1e-3, 1), (side, x, s, wing) => {
      const K = exp(x);
      const low = K * (1 - wing / 2);
      const high = K * (1 + wing / 2);
      const middle = blackPrice(side, 1, K, s);
      const chord = 0.5 * (blackPrice(side, 1, low, s) + blackPrice(side, 1, high, s));
      expect(chord).toBeGreaterThanOrEqual(middle - 4e-16 * (1 + K));
    }),
  );
  law(
    'scaling F and K by a power of two scales the price',
    fc.property(right, logStrike, stdev, (side, x, s) => {
      expect(blackPrice(side, 1024, 1024 * exp(x), s)).toBe(1024 * blackPrice(side, 1, exp(x), s));
    }),
  );
  law(
    'implied vol comes back, or says that it cannot',
    fc.property(right, logStrike, stdev, real(0.001, 3), (side, x, s, years) => {
      const K = exp(x);
      const value = blackPrice(side, 1, K, s);
      const vol = impliedVol(side, 1, K, years, value);
      const made = s / Math.sqrt(years);
      if (typeof vol === 'number') {
        // 1e-8 is what half an ulp may be worth, the price's own error is a few ulp
        expect(Math.abs(vol - made)).toBeLessThan(1e-7 * Math.max(made, 1));
        expect(Math.abs(blackPrice(side, 1, K, vol * Math.sqrt(years)) - value)).toBeLessThanOrEqual(
          1e-12 * value,
        );
      } else expect(['not-recoverable', 'above-forward']).toContain(vol.why);
    }),
  );
  law(
    'an out-of-the-money price of an ordinary vol always has one',
    fc.property(real(-1, 0), real(-2, 0.3), (x, power) => {
      const s = exp(power * log(10));
      const value = blackPrice('call', 1, exp(-x), s);
      if (value < 1e-290) return;
      expect(Math.abs((impliedVol('call', 1, exp(-x), 1, value) as number) - s)).toBeLessThan(1e-10 * s);
    }),
  );
  law(
    'the same input gives the same bits',
    fc.property(right, logStrike, stdev, (side, x, s) => {
      expect(Object.is(blackPrice(side, 1, exp(x), s), blackPrice(side, 1, exp(x), s))).toBe(true);
    }),
  );
});

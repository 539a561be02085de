// Greeks in the kernel, greeks in columns and greeks one by one: three bodies, the same bits.

import { isRefusal, type Refusal } from '@plimsoll/core';
import {
  blackGreeks,
  type CoinGreekColumns,
  coinGreeks,
  fillCoinGreeks,
  fillGreeks,
  type GreekColumns,
  type OptionColumns,
  type Right,
} from '@plimsoll/core/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernelGreeks, openKernel } from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const kernel = sure(kernelGreeks(sure(await openKernel())));

interface Option {
  readonly right: Right;
  readonly forward: number;
  readonly strike: number;
  readonly vol: number;
  readonly years: number;
}

const MONEY = ['value', 'delta', 'gamma', 'vega', 'theta', 'vanna', 'volga'] as const;
const COIN = [...MONEY, 'netDelta'] as const;

function columnsOf(options: readonly Option[]): OptionColumns {
  return {
    right: Uint8Array.from(options, ({ right }) => (right === 'call' ? 0 : 1)),
    forward: Float64Array.from(options, ({ forward }) => forward),
    strike: Float64Array.from(options, ({ strike }) => strike),
    vol: Float64Array.from(options, ({ vol }) => vol),
    years: Float64Array.from(options, ({ years }) => years),
  };
}

function roomFor<Name extends string>(names: readonly Name[], count: number): { [N in Name]: Float64Array } {
  return Object.fromEntries(names.map((name) => [name, new Float64Array(count).fill(7)])) as never;
}

/** Every number of every option, one body after another, bit for bit; signs of zeros too. */
function expectSame(options: readonly Option[]) {
  const columns = columnsOf(options);
  const count = options.length;
  const money = [fillGreeks, kernel.fillGreeks].map((fill) => {
    const out: GreekColumns = roomFor(MONEY, count);
    fill(columns, count, out);
    return out;
  });
  const coins = [fillCoinGreeks, kernel.fillCoinGreeks].map((fill) => {
    const out: CoinGreekColumns = roomFor(COIN, count);
    if (options.every(({ forward }) => forward > 0)) fill(columns, count, out);
    return out;
  });
  options.forEach((option, i) => {
    const { right, forward, strike, vol, years } = option;
    const own = blackGreeks(right, forward, strike, vol, years);
    for (const name of MONEY) {
      for (const out of money)
        if (!Object.is(out[name][i], own[name])) fail(option, name, out[name][i], own[name]);
    }
    if (!options.every((each) => each.forward > 0)) return;
    const coin = coinGreeks(right, forward, strike, vol, years);
    for (const name of COIN) {
      for (const out of coins)
        if (!Object.is(out[name][i], coin[name])) fail(option, name, out[name][i], coin[name]);
    }
  });
}

function fail(option: Option, name: string, got: unknown, own: number): never {
  throw new Error(`${name} of ${JSON.stringify(option)} is ${got}, not ${own}`);
}

const right = fc.constantFrom<Right>('call', 'put');
/** Evenly spread: `fc.double` spreads over representations, and most doubles of [0, 1] are all but 0. */
const real = (min: number, max: number) =>
  fc.noBias(fc.maxSafeNat()).map((n) => min + (max - min) * (n / Number.MAX_SAFE_INTEGER));
/** Sizes of every order, and what stands at the edges of doubles. */
const extreme = fc.oneof(
  real(-1022, 1023).map((power) => 2 ** power),
  real(-1074, -1000).map((power) => 2 ** power),
  fc.double({ min: 0, max: 8e307, noNaN: true }),
  fc.constantFrom(0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-290, 1e-12, 1, 1e15, 1e290, 8e307),
);

const listed = fc.record({
  right,
  forward: real(1, 1e5),
  moneyness: real(-3, 3),
  vol: real(0.02, 3),
  years: real(1e-5, 3),
});
const ofListed = (own: Omit<Option, 'strike'> & { readonly moneyness: number }): Option => ({
  ...own,
  strike: own.forward * 10 ** (own.moneyness / 3),
});

/** Distances and stdevs on both sides of every seam: series and difference, table and asymptotic, tails, nearness of strikes. */
const seams = fc
  .record({
    right,
    forward: fc.oneof(real(1e-3, 1e6), fc.constant(60_000)),
    distance: fc.oneof(
      real(-45, 45),
      fc.constantFrom(0, 1, -1, 4, -4, 9, -9, 16, -16, 40, -40).chain((at) => real(at - 1e-3, at + 1e-3)),
    ),
    stdev: fc.oneof(
      real(0, 1),
      real(0, 20),
      real(0.0199, 0.0201),
      real(0.2499, 0.2501),
      fc.constantFrom(0.02, 0.25),
    ),
    vol: real(0.1, 2),
  })
  .map(({ right, forward, distance, stdev, vol }): Option => {
    const strike = forward * Math.exp(distance * stdev - 0.5 * stdev * stdev);
    return { right, forward, strike: strike < 1e300 ? strike : forward, vol, years: (stdev / vol) ** 2 };
  });

/** Strikes that differ from the forward by few ulps, by about 1.4 times, or by where the logarithm's exponent turns, the square root of 2. */
const close = fc
  .record({
    right,
    forward: fc.oneof(real(1e-300, 1e-290), real(1, 1e5)),
    near: fc.oneof(
      fc.integer({ min: -8, max: 8 }).map((ulps) => 1 + ulps * 2 ** -52),
      real(0.7142, 0.7144),
      real(1.3999, 1.4001),
      fc
        .tuple(
          real(-1e-6, 1e-6),
          fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -966, max: -957 })),
        )
        .map(([off, power]) => (Math.SQRT2 + off) * 2 ** power),
    ),
    vol: fc.oneof(real(0, 1), real(0, 60), extreme),
    years: fc.oneof(real(0, 1), real(0, 1e-12)),
  })
  .map(({ near, ...own }): Option => ({ ...own, strike: own.forward * near }));

const wild = fc.record({ right, forward: extreme, strike: extreme, vol: extreme, years: extreme });
const noChecks = { numRuns: 3_000 };

describe('greeks, to the bit', () => {
  it('of what is listed', () => {
    fc.assert(
      fc.property(fc.array(listed, { minLength: 1, maxLength: 9 }), (own) => expectSame(own.map(ofListed))),
      noChecks,
    );
  });

  it('on both sides of every seam of the reference', () => {
    fc.assert(fc.property(fc.array(seams, { minLength: 1, maxLength: 9 }), expectSame), noChecks);
  });

  it('of strikes that all but are the forward', () => {
    fc.assert(fc.property(fc.array(close, { minLength: 1, maxLength: 5 }), expectSame), noChecks);
  });

  it('of no time, no vol, no strike, no forward, and of sizes no market has', () => {
    const none = fc.record({
      right,
      forward: fc.oneof(extreme, fc.constant(100)),
      strike: fc.oneof(extreme, fc.constant(100)),
      vol: fc.oneof(fc.constant(0), fc.constant(Number.POSITIVE_INFINITY), extreme, real(0, 2)),
      years: fc.oneof(fc.constant(0), extreme, real(0, 2)),
    });
    const stands = ({ vol, years }: Option) => vol * Math.sqrt(years) >= 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(wild, none), { minLength: 1, maxLength: 5 }), (own) =>
        expectSame(own.filter(stands)),
      ),
      { numRuns: 6_000 },
    );
  });

  it('of more options than are in memory at once, odd in number', () => {
    const chain = Array.from({ length: 4_099 }, (_, i): Option => {
      const vol = 0.3 + (i % 7) / 10;
      return {
        right: i % 2 === 0 ? 'call' : 'put',
        forward: 60_000,
        strike: 20 * i,
        vol,
        years: (i % 11) / 10,
      };
    });
    expectSame(chain);
  });

  it('refuses what cannot be with the same words, and names the option', () => {
    const good: Option = { right: 'put', forward: 100, strike: 90, vol: 0.5, years: 1 };
    const bad = fc.constantFrom<Partial<Option>>(
      { forward: Number.NaN },
      { forward: -1 },
      { strike: Number.POSITIVE_INFINITY },
      { strike: -1 },
      { vol: Number.NaN },
      { vol: -1 },
      { years: -1 },
    );
    fc.assert(
      fc.property(bad, fc.nat(5), (change, at) => {
        const columns = columnsOf(
          Array.from({ length: 6 }, (_, i) => (i === at ? { ...good, ...change } : good)),
        );
        const said = (fill: (options: OptionColumns, count: number, out: never) => void) => {
          try {
            fill(columns, 6, roomFor(COIN, 6) as never);
            return 'nothing';
          } catch (error) {
            return `${error}`;
          }
        };
        expect(said(kernel.fillGreeks)).toBe(said(fillGreeks));
        expect(said(kernel.fillGreeks)).toContain(`option ${at} has`);
        expect(said(kernel.fillCoinGreeks)).toBe(said(fillCoinGreeks));
        expect(said(kernel.fillCoinGreeks)).toContain(`option ${at} has`);
      }),
      { numRuns: 100 },
    );
    expect(() => kernel.fillGreeks(columnsOf([good]), 2, roomFor(MONEY, 2))).toThrow(
      'option 1 has F=undefined',
    );
    const coinless = columnsOf([good, { ...good, forward: 0 }]);
    expect(() => kernel.fillCoinGreeks(coinless, 2, roomFor(COIN, 2))).toThrow(
      'fillCoinGreeks wants a forward',
    );
  });
});

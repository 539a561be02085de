// The breaker: rows of the notes and by hand, laws, and depth that cannot be lifted for a while.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Instant, instant, isRefusal, type Refusal, usd } from '../base/index.ts';
import {
  breaker,
  breakerDefaults,
  cascade,
  crowdingCharge,
  type DepthState,
  depthDefaults,
  lowDepth,
  type Rung,
  watchDepth,
} from './index.ts';

const HOUR = 3_600_000;
const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const law = (name: string, property: fc.IRawProperty<unknown>) =>
  it(name, () => fc.assert(property as never, { numRuns: 1000 }));
const rungs: fc.Arbitrary<Rung[]> = fc.array(fc.record({ move: real(-0.1, 0.7), dollars: real(0, 2e6) }), {
  maxLength: 25,
});

describe('cascade', () => {
  // kappa Depth = 25 M, f = 0.6: a million on the ladder moves the price by 2.4 %.
  const depth = 1e8;
  it.each([
    {
      name: 'nobody near',
      ladder: [{ move: 0.06, dollars: 9e9 }],
      rest: 0.05,
      light: 'green',
      multiplier: 1,
    },
    {
      name: 'some, and no further',
      ladder: [{ move: 0.04, dollars: 2e5 }],
      rest: 0.0548,
      light: 'green',
      multiplier: 1,
    },
    {
      name: 'at the shock itself',
      ladder: [{ move: 0.05, dollars: 1e6 }],
      rest: 0.074,
      light: 'amber',
      multiplier: 1.04,
    },
    {
      name: 'one carries to the next',
      ladder: [
        { move: 0.06, dollars: 5e5 },
        { move: 0.03, dollars: 5e5 },
      ],
      rest: 0.074,
      light: 'amber',
      multiplier: 1.04,
    },
    { name: 'red', ladder: [{ move: 0.01, dollars: 2e6 }], rest: 0.098, light: 'red', multiplier: 2.5 },
    {
      name: 'past the line already',
      ladder: [{ move: -0.2, dollars: 1e6 }],
      rest: 0.074,
      light: 'amber',
      multiplier: 1.04,
    },
  ])('M-156 $name: comes to rest at $rest, $light', ({ ladder, rest, light, multiplier }) => {
    const found = sure(cascade(ladder, depth, breakerDefaults));
    expect(found.rest).toBeCloseTo(rest, 14);
    expect(found.amplification).toBeCloseTo(rest / 0.05, 12);
    expect(found.light).toBe(light);
    expect(found.multiplier).toBeCloseTo(multiplier, 12);
    expect(found.reduceOnly).toBe(light === 'red');
  });

  it('M-156 borders: amber from an amplification of 1.25, red beyond 1.75 and not at it', () => {
    // With shock 1/8, f = kappa = 1 and a depth of 64 every number here is a binary fraction.
    const exact = { ...breakerDefaults, shock: 0.125, closedShare: 1, depthShare: 1 };
    const light = (dollars: number) => sure(cascade([{ move: 0, dollars }], 64, exact)).light;
    expect([1.75, 2, 6, 6.25].map(light)).toEqual(['green', 'amber', 'amber', 'red']);
  });

  it('M-156 what does not come to rest below the boundary is red and has no rest', () => {
    const ladder = Array.from({ length: 60 }, (_, i) => ({ move: i / 100, dollars: 2e6 }));
    const found = sure(cascade(ladder, 1e8, breakerDefaults));
    expect(found.rest).toBeUndefined();
    expect(found.amplification).toBeUndefined();
    expect([found.light, found.multiplier, found.reduceOnly]).toEqual(['red', 2.5, true]);
    expect(found.closed).toBeCloseTo(0.6 * 51 * 2e6, 6);
  });

  it('M-156 sides are judged apart', () => {
    const found = sure(
      breaker({ down: [{ move: 0.05, dollars: 1e6 }], up: [] }, { down: 1e8, up: 1e8 }, breakerDefaults),
    );
    expect([found.down.light, found.up.light]).toEqual(['amber', 'green']);
  });

  it('M-156 a hundred thousand rungs in one pass, each carrying to the next', () => {
    const ladder = Array.from({ length: 100_000 }, (_, i) => ({ move: 0.05 + i * 2e-6, dollars: 100 }));
    expect(sure(cascade(ladder, 1e8, breakerDefaults)).rest).toBeCloseTo(0.05 + (0.6 * 1e7) / 25e6, 9);
  });

  law(
    'M-156 the rest is a fixed point, and the least: below it every point is carried further',
    fc.property(
      rungs,
      real(0.001, 0.3),
      real(1e7, 1e9),
      fc.array(real(0, 1), { maxLength: 10 }),
      (ladder, shock, depth, shares) => {
        const policy = { ...breakerDefaults, shock };
        const { rest } = sure(cascade(ladder, depth, policy));
        const carried = (x: number) => {
          const sum = ladder.reduce((all, rung) => (rung.move <= x ? all + rung.dollars : all), 0);
          return shock + (policy.closedShare * sum) / (policy.depthShare * depth);
        };
        if (rest === undefined) {
          for (const share of shares)
            expect(carried(share * policy.boundary)).toBeGreaterThan(share * policy.boundary * (1 - 1e-12));
          return;
        }
        expect(Math.abs(carried(rest) / rest - 1)).toBeLessThan(1e-12);
        for (const share of shares) {
          const below = share * rest * (1 - 1e-9);
          expect(carried(below)).toBeGreaterThan(below);
        }
      },
    ),
  );
  law(
    'M-156 a larger shock, a fuller ladder or less depth never comes to rest sooner, to the bit',
    fc.property(
      rungs,
      rungs,
      real(0.001, 0.3),
      real(0, 0.1),
      real(1e7, 1e9),
      real(0.1, 1),
      (ladder, more, shock, extra, depth, less) => {
        const restOf = (list: Rung[], from: number, deep: number) =>
          sure(cascade(list, deep, { ...breakerDefaults, shock: from })).rest ?? 1;
        const base = restOf(ladder, shock, depth);
        expect(restOf(ladder, shock + extra, depth)).toBeGreaterThanOrEqual(base);
        expect(restOf([...ladder, ...more], shock, depth)).toBeGreaterThanOrEqual(base);
        expect(restOf(ladder, shock, depth * less)).toBeGreaterThanOrEqual(base);
      },
    ),
  );
  law(
    'M-156 the order of rungs is nothing; a fuller ladder never lowers the multiplier, which is never below one',
    fc.property(rungs, rungs, real(1e7, 1e9), (ladder, more, depth) => {
      const found = sure(cascade(ladder, depth, breakerDefaults));
      expect(sure(cascade([...ladder].reverse(), depth, breakerDefaults))).toEqual(found);
      const fuller = sure(cascade([...ladder, ...more], depth, breakerDefaults));
      expect(found.multiplier).toBeGreaterThanOrEqual(1);
      expect(fuller.multiplier).toBeGreaterThanOrEqual(found.multiplier);
    }),
  );

  it.each([
    ['no depth', [], 0, breakerDefaults, /depth is 0/],
    ['depth is no number', [], Number.NaN, breakerDefaults, /depth is NaN/],
    ['a rung is no number', [{ move: Number.NaN, dollars: 1 }], 1e8, breakerDefaults, /NaN/],
    ['a rung owes', [{ move: 0.1, dollars: -1 }], 1e8, breakerDefaults, /-1/],
    ['no shock', [], 1e8, { ...breakerDefaults, shock: 0 }, /shock/],
    ['a red below amber', [], 1e8, { ...breakerDefaults, red: 1.1 }, /amber/],
  ])('M-156 refused: %s', (_name, ladder, depth, policy, message) => {
    const found = cascade(ladder, depth, policy);
    expect(isRefusal(found) && found.message).toMatch(message);
  });
});

describe('who pays', () => {
  const trade = (exposureBefore: number, exposureAfter: number, before: bigint, after: bigint) => ({
    exposureBefore,
    exposureAfter,
    initialBefore: usd(before),
    initialAfter: usd(after),
  });
  it.each([
    { name: 'adds to the longs', given: trade(1e6, 2e6, 100n, 200n), charge: 50n },
    { name: 'takes longs away, whatever margin does', given: trade(2e6, 1e6, 100n, 900n), charge: 0n },
    { name: 'sells short: a hedge of the crowd', given: trade(0, -1e6, 0n, 100n), charge: 0n },
    { name: 'adds without more margin', given: trade(1e6, 2e6, 100n, 100n), charge: 0n },
    { name: 'turns short into long: the long half counts', given: trade(-1e6, 1e6, 0n, 100n), charge: 25n },
  ])('M-157 $name: $charge', ({ given, charge }) => {
    expect(crowdingCharge(given, 'down', 1.5)).toBe(charge);
  });

  law(
    'M-157 only an increase is charged, at most the multiplier less one of it, and never a hedge',
    fc.property(
      real(-1e7, 1e7),
      real(-1e7, 1e7),
      fc.bigInt(0n, 10n ** 15n),
      fc.bigInt(0n, 10n ** 15n),
      real(1, 2.5),
      (before, after, low, high, multiplier) => {
        const given = trade(before, after, low, high);
        for (const side of ['down', 'up'] as const) {
          const charge = crowdingCharge(given, side, multiplier);
          const increase = Number(high - low);
          expect(Number(charge)).toBeLessThanOrEqual(
            Math.max(0, (multiplier - 1) * increase * (1 + 1e-12) + 1),
          );
          expect(charge).toBeGreaterThanOrEqual(0n);
          const sign = side === 'down' ? 1 : -1;
          if (Math.max(0, sign * after) <= Math.max(0, sign * before) || high <= low) expect(charge).toBe(0n);
        }
        expect(crowdingCharge(given, 'down', 1)).toBe(0n);
      },
    ),
  );
});

describe('depth', () => {
  const watch = (reports: readonly (readonly [number, number])[], from?: DepthState) =>
    reports.reduce<DepthState | undefined>(
      (state, [hours, depth]) => sure(watchDepth(state, { at: instant(hours * HOUR), depth }, depthDefaults)),
      from,
    )!;

  it('M-158 of each hour the lowest, of a day the lowest quarter, never above the hour that runs', () => {
    const state = watch([...Array.from({ length: 25 }, (_, i) => [i, 100 + i] as const)]);
    // hours 0..23 are whole, with lows 100..123; the sixth of them is 105
    expect(state.lows).toHaveLength(24);
    expect(lowDepth(state, depthDefaults)).toBe(105);
    expect(lowDepth(watch([[24.5, 7]], state), depthDefaults)).toBe(7);
  });

  it('M-158 hours without a report had what stood', () => {
    expect(
      watch([
        [0, 50],
        [5.5, 80],
      ]).lows,
    ).toEqual([50, 50, 50, 50, 50]);
    expect(
      watch([
        [0, 50],
        [5.5, 80],
      ]).low,
    ).toBe(50);
    expect(
      watch([
        [0, 50],
        [5, 80],
      ]).low,
    ).toBe(80);
    expect(
      watch([
        [0, 50],
        [1e6, 80],
      ]).lows,
    ).toHaveLength(24);
  });

  law(
    'M-158 orders shown for eighteen hours of a day lift nothing, whenever and however large; orders taken away count at once',
    fc.property(
      fc.uniqueArray(fc.nat(23), { maxLength: 18 }),
      real(1, 1e6),
      real(0, 0.99),
      (shown, times, left) => {
        const reports = Array.from(
          { length: 24 },
          (_, i) => [24 + i, shown.includes(i) ? 100 * times : 100] as const,
        );
        const state = watch([
          ...Array.from({ length: 24 }, (_, i) => [i, 100] as const),
          ...reports,
          [48, 100 * times],
        ]);
        expect(lowDepth(state, depthDefaults)).toBe(100);
        expect(lowDepth(watch([[48.1, 100 * left]], state), depthDefaults)).toBe(100 * left);
      },
    ),
  );
  law(
    'M-158 a report between two of the same depth changes nothing; the state goes through text',
    fc.property(fc.array(fc.tuple(real(0, 5), real(1, 1e6)), { minLength: 2, maxLength: 40 }), (steps) => {
      let now = 0;
      const reports = steps.map(([wait, depth]) => {
        now += wait;
        return [now, depth] as const;
      });
      const plain = watch(reports);
      const twice = watch(
        reports.flatMap(([at, depth], i) => [
          [at, depth] as const,
          ...(i + 1 < reports.length ? [[(at + reports[i + 1]![0]) / 2, depth] as const] : []),
        ]),
      );
      expect(lowDepth(twice, depthDefaults)).toBe(lowDepth(plain, depthDefaults));
      expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
    }),
  );
  it('M-158 refused: out of order, no number', () => {
    const state = watch([[5, 100]]);
    expect(isRefusal(watchDepth(state, { at: 0 as Instant, depth: 1 }, depthDefaults))).toBe(true);
    expect(isRefusal(watchDepth(state, { at: instant(6 * HOUR), depth: Number.NaN }, depthDefaults))).toBe(
      true,
    );
    expect(
      isRefusal(watchDepth(state, { at: instant(6 * HOUR), depth: 1 }, { ...depthDefaults, share: 1 })),
    ).toBe(true);
  });
});

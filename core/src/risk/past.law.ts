// Windows in columns against the same windows as lanes: other code, the same bits.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everything } from '../../test/arbitrary.law.ts';
import { powerPerpetual } from '../../test/payoffs.ts';
import { market, option } from '../../test/sample.ts';
import { digestValue, isRefusal, type Refusal } from '../base/index.ts';
import type { Market } from '../market/index.ts';
import type { Product } from '../product/index.ts';
import { type MoveColumn, type PastWindows, pastLanes } from '../scenario/index.ts';
import { buildRiskBook, combineWindows, holdingsOf, sweep, windowPlans } from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const linear = (strike: number, settleAsset: string): Product => ({
  ...option('BTC', 25, strike, 'put'),
  id: `BTC-${strike}-${settleAsset}-P`,
  settlement: 'linear',
  settleAsset,
});
const products: Product[] = [...everything, linear(60_000, 'USDC'), linear(64_000, 'USD')];

const size = fc.double({ min: -0.6, max: 1.5, noNaN: true });
const FACTORS = [
  ['spot', 'BTC'],
  ['spot', 'ETH'],
  ['vol', 'BTC'],
  ['vol', 'ETH'],
  ['premium', 'BTC'],
  ['peg', 'USDC'],
] as const;
/** Windows of one line: some factors, one to three dates each. */
const windows = (line: 'maintenance' | 'initial'): fc.Arbitrary<PastWindows> =>
  fc
    .record({
      dates: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 8 }),
      factors: fc.subarray([...FACTORS], { minLength: 1 }),
      sizes: fc.array(size, { minLength: 150, maxLength: 150 }),
    })
    .map(({ dates, factors, sizes }) => {
      const from = Int32Array.from([0, ...dates], (_, i) => dates.slice(0, i).reduce((sum, n) => sum + n, 0));
      const count = from[dates.length]!;
      return {
        line,
        from,
        weights: Float64Array.from(dates, (_, i) => (i + 1) / 100),
        moves: factors.map(([kind, of], f): MoveColumn => {
          return { kind, of, relative: Float64Array.from({ length: count }, (_, s) => sizes[f * 24 + s]!) };
        }),
        nameOf: (i) => `w${i}`,
        afterOf: (date) => date,
        count: 100,
      };
    });
const both = fc.tuple(windows('maintenance'), windows('initial'));
const ranges = () => ({ maintenance: 0.1, initial: 0.2 });
const STANDING = [
  {
    id: 'still',
    moves: [],
    smile: 'sticky-strike',
    damp: 1,
    netting: 'sum',
    line: 'maintenance',
  },
] as const;
/** The expiry tomorrow is half fixed. */
const settling: Market = {
  ...market,
  underlyings: market.underlyings.map((coin) => ({
    ...coin,
    slices: coin.slices.map((slice, i) => (i === 0 ? { ...slice, unfixed: 0.4, rate: 0.03 } : slice)),
  })),
};
const bent: Market = {
  ...market,
  underlyings: market.underlyings.map((coin) => ({
    ...coin,
    slices: coin.slices.map((slice) => ({ ...slice, deforms: [{ kind: 'shift', points: 0.05 }] })),
  })),
};

describe('M-160 windows in columns are the windows as lanes', () => {
  for (const [name, at, held] of [
    ['an observed market', market, products],
    ['an expiry that settles, discounted', settling, products],
    ['a market that is bent already', bent, products],
    ['a payoff of one’s own', market, [...products, powerPerpetual('BTC')]],
  ] as const) {
    it(`to the bit: rows, losses, tails and digests, in ${name}`, () => {
      fc.assert(
        fc.property(
          both,
          fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 40, maxLength: 40 }),
          (past, sizes) => {
            const lanes = [...STANDING, ...past.flatMap(pastLanes)];
            const columns = sure(buildRiskBook(held, at, STANDING, ranges, undefined, past));
            const objects = sure(buildRiskBook(held, at, lanes, ranges));
            expect(digestValue([...columns.rows])).toBe(digestValue([...objects.rows]));
            expect(columns.digest).toBe(objects.digest);
            const quantities = new Map(sizes.slice(0, columns.products.length).map((n, p) => [p, n / 10]));
            for (const line of ['maintenance', 'initial'] as const) {
              for (const measure of ['es', 'var'] as const) {
                const [mine, theirs] = [columns, objects].map((book) => {
                  const plan = windowPlans(book, line, { coverage: 0.9, measure })[0]!;
                  const { amount, tail } = combineWindows(
                    sweep(book, holdingsOf(quantities)),
                    plan,
                    0.2,
                    line,
                  );
                  return { amount, tail };
                });
                expect(mine).toEqual(theirs);
              }
            }
          },
        ),
        { numRuns: 25 },
      );
    });
  }
});

describe('M-160 the losses that a tail is made of', () => {
  it('are the largest, in order, the first of equal ones, whatever their weights', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -5, max: 20 }), fc.integer({ min: 1, max: 4 })), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.double({ min: 0.5, max: 0.98, noNaN: true }),
        (drawn, coverage) => {
          const total = drawn.reduce((sum, [, weight]) => sum + weight, 0);
          const past: PastWindows = {
            line: 'maintenance',
            from: Int32Array.from({ length: drawn.length + 1 }, (_, i) => i),
            weights: Float64Array.from(drawn, ([, weight]) => weight / total),
            moves: [{ kind: 'spot', of: 'BTC', relative: Float64Array.from(drawn, ([loss]) => -loss / 100) }],
            nameOf: String,
            afterOf: () => 1,
            count: drawn.length,
          };
          const coin: Product = { kind: 'asset', id: 'BTC', underlying: 'BTC' };
          const book = sure(buildRiskBook([coin], market, STANDING, ranges, undefined, [past]));
          const plan = windowPlans(book, 'maintenance', { coverage, measure: 'es' })[0]!;
          const { tail } = combineWindows(
            sweep(book, holdingsOf(new Map([[0, 1]]))),
            plan,
            0.2,
            'maintenance',
          );
          // By sorting all of them.
          const sorted = drawn
            .map(([loss, weight], i) => ({ loss, share: weight / total, lane: i + 1 }))
            .sort((a, b) => b.loss - a.loss || a.lane - b.lane);
          let left = 1 - coverage;
          const expected: number[] = [];
          for (const { share, lane } of sorted) {
            if (left <= 0) break;
            expected.push(lane);
            left -= share;
          }
          const lanes = [...tail!.joint[0]!.lanes];
          if (lanes[0] !== -1) expect(lanes.filter((lane) => lane >= 0)).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });
});

// Factors by sign under open orders: against brute force, whatever the factors.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { market, option, perpetual } from '../../test/sample.ts';
import { isRefusal, type Refusal } from '../base/index.ts';
import type { Product } from '../product/index.ts';
import { lanes48 } from '../scenario/index.ts';
import {
  afterFills,
  attribute,
  attributeFills,
  buildRiskBook,
  combine,
  type Fill,
  fullRevaluation,
  holdingsOf,
  planCombine,
  type RiskBook,
  sweep,
  sweepFills,
} from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const products: readonly Product[] = [
  ...[11, 116].flatMap((days) =>
    (['call', 'put'] as const).flatMap((right) =>
      [55_000, 65_000, 80_000].map((strike) => option('BTC', days, strike, right)),
    ),
  ),
  perpetual('BTC'),
];
const ranges = () => ({ maintenance: 0.16, initial: 0.16 });
/** The 48 lanes with skews both in pairs and alone, and one that takes no factors. */
const lanes = [
  ...lanes48,
  ...lanes48
    .filter(({ twin }) => twin !== undefined)
    .map(({ twin: _, ...lane }) => ({ ...lane, id: `${lane.id}/alone` })),
  { ...lanes48[0]!, id: 'plain', plain: true as const, damp: { add: 0.5, multiple: 2 } },
];
const bookOf = (gain: number, loss: number): RiskBook =>
  sure(
    buildRiskBook(products, market, lanes, ranges, { ...fullRevaluation, factorsOf: () => ({ gain, loss }) }),
  );

const factor = fc.double({ min: 0.8, max: 1.25, noNaN: true });
const size = fc.double({ min: -10, max: 10, noNaN: true });
const row = fc.nat(products.length - 1);
const held = fc.array(fc.tuple(row, size), { maxLength: 6 });
const open = fc.array(fc.record({ row, size, jump: fc.double({ min: -5e3, max: 5e3, noNaN: true }) }), {
  minLength: 1,
  maxLength: 5,
});

describe('M-17 factors by sign', () => {
  it('bound every subset of fills from below, in every lane, and parts add up', () => {
    fc.assert(
      fc.property(factor, factor, held, open, (gain, loss, positions, orders) => {
        const book = bookOf(gain, loss);
        const holdings = holdingsOf(new Map(positions));
        const fills = orders.map((order, i): Fill => {
          return { order: i, legs: [{ row: order.row, quantity: order.size }], jump: order.jump };
        });
        const bound = sweepFills(sweep(book, holdings), fills);
        for (let mask = 0; mask < 2 ** fills.length; mask++) {
          const filled = fills.filter((_, i) => (mask >> i) & 1);
          const jump = filled.reduce((sum, fill) => sum + fill.jump, 0);
          const { pnl } = sweep(book, afterFills(holdings, filled));
          book.lanes.forEach((lane, s) => {
            const scale = 1e-9 * (1 + Math.abs(pnl[s]!) + Math.abs(jump));
            expect(bound.pnl[s], lane.id).toBeLessThanOrEqual(pnl[s]! + jump + scale);
          });
        }
        const plan = planCombine(book, { unnamed: 0, pairs: {}, stress: 0 }, 1, new Map());
        const combined = combine(bound, plan, 'initial');
        const parts = [...attribute(bound, combined), ...attributeFills(bound, combined, fills.length)];
        const total = parts.reduce((sum, part) => sum + part, 0);
        expect(Math.abs(total + combined.own[0]!.loss)).toBeLessThan(1e-6 * (1 + combined.own[0]!.loss));
      }),
      { numRuns: 40 },
    );
  });

  it('say what an expiry counts: factor times its value in the lane, less its value now', () => {
    const book = bookOf(0.9, 1.1);
    const call = book.indexOf.get(option('BTC', 11, 65_000, 'call').id)!;
    const value = book.columns.value[call]!;
    const lane = 0;
    const move = book.rows[call * book.stride + lane]!;
    const long = sweep(book, holdingsOf(new Map([[call, 2]])));
    const short = sweep(book, holdingsOf(new Map([[call, -2]])));
    expect(long.pnl[lane]).toBeCloseTo(2 * (0.9 * (value + move) - value), 8);
    expect(short.pnl[lane]).toBeCloseTo(-2 * (1.1 * (value + move) - value), 8);
  });

  it('a plain lane takes none, and counts more the farther an expiry is', () => {
    const book = bookOf(0.9, 1.1);
    const s = book.lanes.length - 1;
    for (const days of [11, 116]) {
      const call = book.indexOf.get(option('BTC', days, 65_000, 'call').id)!;
      const whole = book.rows[call * book.stride]!;
      const { pnl } = sweep(book, holdingsOf(new Map([[call, 1]])));
      expect(pnl[s]).toBeCloseTo(whole * (0.5 + (2 * days) / 365), 6);
    }
  });
});

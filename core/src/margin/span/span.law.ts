// Laws of the model `span`, each named by its rule: what must hold for every book, tried on many.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positions } from '../../../test/arbitrary.law.ts';
import { market, universe } from '../../../test/sample.ts';
import { isRefusal, type Refusal } from '../../base/index.ts';
import { holdingsOf } from '../../risk/index.ts';
import {
  assess,
  assetProduct,
  type Balance,
  type Portfolio,
  type Position,
  type Standing,
  span,
  spanDefaults,
} from '../index.ts';
import { riskOf } from './risk.ts';
import { type ExpiryDelta, formCalendar, formCredits } from './spreads.ts';

const products = [...universe, ...['BTC', 'ETH', 'USD', 'USDC'].map(assetProduct)];

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const book = sure(span.book(products, market, spanDefaults));
const stand = (held: Portfolio): Standing => sure(assess(held, book, span));

const portfolios = fc
  .record({
    positions,
    USD: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    USDC: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    BTC: fc.double({ min: -5, max: 50, noNaN: true }),
  })
  .map(
    ({ positions: held, ...owned }): Portfolio => ({
      account: 'law',
      balances: Object.entries(owned).map(
        ([asset, quantity]): Balance => ({ asset, kind: 'cash', quantity }),
      ),
      positions: held,
      orders: [],
    }),
  );

function law<T>(name: string, from: fc.Arbitrary<T>, holds: (value: T) => void) {
  it(name, () => fc.assert(fc.property(from, holds), { numRuns: 150 }));
}

const LINES = ['maintenance', 'release', 'initial'] as const;

function riskWith(held: readonly Position[], scale = 1) {
  const rows = held.map(({ product, quantity }): [number, number] => [
    book.risk.indexOf.get(product.id)!,
    quantity * scale,
  ]);
  return riskOf(book, book.plan, holdingsOf(new Map(rows)));
}

describe('laws of span', () => {
  law(
    'M-58 0 <= maintenance <= release <= initial, each its swept loss plus its charges',
    portfolios,
    (held) => {
      const { requirement } = stand(held);
      expect(requirement.maintenance.amount >= 0n).toBe(true);
      expect(requirement.maintenance.amount <= requirement.release.amount).toBe(true);
      expect(requirement.release.amount <= requirement.initial.amount).toBe(true);
      for (const line of LINES) {
        const { amount, swept, charges } = requirement[line];
        expect(amount).toBe(charges.reduce((sum, charge) => sum + charge.amount, swept as bigint));
      }
    },
  );

  law('M-32 contributions sum to minus the swept loss, to the unit', portfolios, (held) => {
    const { requirement } = stand(held);
    expect(requirement.contributions.reduce((sum, part) => sum + part.amount, 0n)).toBe(
      -requirement.initial.swept,
    );
  });

  law('M-51 scan and deltas are homogeneous in size', positions, (held) => {
    const [one, four] = [riskWith(held), riskWith(held, 4)];
    one.parts.forEach((part, i) => {
      expect(four.parts[i]!.scan).toBeCloseTo(4 * part.scan, 6);
      expect(four.parts[i]!.netDelta).toBeCloseTo(4 * part.netDelta, 4);
      expect(four.parts[i]!.priceRisk).toBeCloseTo(4 * part.priceRisk, 6);
    });
  });

  law('M-51 the scan is sub-additive', fc.tuple(positions, positions), ([left, right]) => {
    const both = riskWith([
      ...left.filter(({ product }) => !right.some((other) => other.product === product)),
      ...right.map(({ product, quantity }) => {
        const other = left.find((position) => position.product === product)?.quantity ?? 0;
        return { product, quantity: quantity + other };
      }),
    ]);
    const apart = riskWith(left).combined.amount + riskWith(right).combined.amount;
    expect(both.combined.amount).toBeLessThanOrEqual(apart + 1e-6);
  });

  it('M-52 the composite delta of a future is its delta, and that of an option lies between its ends', () => {
    book.risk.products.forEach((product, p) => {
      const index = book.risk.levels.coins.get(product.underlying)?.index ?? 0;
      const delta = book.deltas[p]!;
      if (product.kind === 'asset') expect(delta).toBeCloseTo(index, 6);
      else if (product.kind === 'option') {
        expect(Math.abs(delta)).toBeLessThanOrEqual(index * 1.02);
        expect(delta * (product.right === 'call' ? 1 : -1)).toBeGreaterThanOrEqual(-1e-6);
      } else expect(delta).toBeCloseTo(book.risk.columns.delta[p]! * index, 6);
    });
  });

  const expiries = fc.array(
    fc
      .record({ tier: fc.nat(4), days: fc.nat(400), delta: fc.double({ min: -1e6, max: 1e6, noNaN: true }) })
      .map((one): ExpiryDelta => one),
    { maxLength: 10 },
  );

  law('M-53 a table that names every pair leaves deltas of one side only', expiries, (held) => {
    // The undated tier is one bucket and meets itself in no spread.
    const one = held.filter(({ tier }, i) => tier > 0 || held.findIndex((other) => other.tier === 0) === i);
    const { formed } = formCalendar(one, spanDefaults.tiers, spanDefaults.calendar);
    const sum = (sign: 1 | -1) => one.reduce((all, { delta }) => all + Math.max(0, sign * delta), 0);
    const spread = formed.reduce((all, { delta }) => all + delta, 0);
    expect(spread).toBeCloseTo(Math.min(sum(1), sum(-1)), 4);
  });

  law(
    'M-53 M-55 the order in which a file lists its tables changes nothing, ties of priority included',
    fc.tuple(expiries, fc.shuffledSubarray([...spanDefaults.calendar], { minLength: 14 }), fc.nat(3)),
    ([held, table, levels]) => {
      const tied = <T extends { priority: number }>(rows: readonly T[]) =>
        rows.map((row) => ({ ...row, priority: row.priority % (levels + 1) }));
      const calendar = (rows: typeof table) => formCalendar(held, spanDefaults.tiers, tied(rows));
      expect(calendar(table)).toEqual(calendar([...spanDefaults.calendar]));
      const coins = new Map(
        ['BTC', 'ETH', 'SOL'].map((coin, i) => [
          coin,
          { delta: held[i]?.delta ?? 1, riskPerDelta: 0.1 * (i + 1) },
        ]),
      );
      const credits = (rows: typeof spanDefaults.credits) => formCredits(coins, tied(rows));
      expect(credits([...spanDefaults.credits].reverse())).toEqual(credits(spanDefaults.credits));
    },
  );

  law(
    'M-55 credits never take more than their rate of a coin’s scan, nor more delta than there is',
    positions,
    (held) => {
      const { parts, charges } = riskWith(held);
      for (const { coin, scan, netDelta } of parts) {
        const own = charges.filter(
          ({ name, underlying }) => name === 'inter-commodity-credit' && underlying === coin,
        );
        const credit = own.reduce((sum, { amount }) => sum - Number(amount) / 1e8, 0);
        expect(credit).toBeLessThanOrEqual(0.44 * scan + 1e-6);
        const delta = own.reduce((sum, { inputs }) => sum + (Object.values(inputs)[0] ?? 0), 0);
        expect(delta).toBeLessThanOrEqual(Math.abs(netDelta) * (1 + 1e-12));
      }
    },
  );

  law('M-56 no coin asks for less than its short options’ minimum', portfolios, (held) => {
    const least = held.positions.reduce((sum, { product, quantity }) => {
      const index = book.risk.levels.coins.get(product.underlying)!.index;
      return product.kind === 'option' ? sum + 0.003 * Math.max(0, -quantity) * index : sum;
    }, 0);
    expect(Number(stand(held).requirement.maintenance.amount) / 1e8).toBeGreaterThanOrEqual(least - 1e-6);
  });

  law(
    'M-57 more of any asset never lowers excess',
    fc.tuple(
      portfolios,
      fc.constantFrom('USD', 'USDC', 'BTC', 'ETH'),
      fc.double({ min: 1e-6, max: 1e3, noNaN: true }),
    ),
    ([held, asset, more]) => {
      const added: Balance = { asset, kind: 'collateral', quantity: more };
      const [before, after] = [stand(held), stand({ ...held, balances: [...held.balances, added] })];
      // A unit per rounded part is the most that rounding can hide.
      for (const line of LINES) expect(after.excess[line] + 20n >= before.excess[line], line).toBe(true);
    },
  );

  law(
    'M-58 what is bought and paid for is never short of margin',
    fc.uniqueArray(fc.record({ i: fc.nat(39), size: fc.double({ min: 0.01, max: 500, noNaN: true }) }), {
      maxLength: 6,
      selector: ({ i }) => i,
    }),
    (bought) => {
      const options = universe.filter(({ kind }) => kind === 'option');
      const held = bought.map(({ i, size }) => ({ product: options[i]!, quantity: size }));
      const { excess } = stand({ account: 'law', balances: [], positions: held, orders: [] });
      for (const line of LINES) expect(excess[line] >= -8n, line).toBe(true);
    },
  );

  law('M-58 what may be withdrawn leaves initial margin covered', portfolios, (held) => {
    const { withdrawable, excess } = stand(held);
    expect(
      withdrawable >= 0n && (excess.initial < 0n ? withdrawable === 0n : withdrawable <= excess.initial),
    ).toBe(true);
  });

  law(
    'M-58 a speck of anything moves a line by a speck',
    fc.tuple(portfolios, fc.constantFrom(...universe)),
    ([held, product]) => {
      if (held.positions.some((position) => position.product === product)) return;
      const [before, after] = [
        stand(held),
        stand({ ...held, positions: [...held.positions, { product, quantity: -1e-7 }] }),
      ];
      for (const line of LINES) {
        const moved = Number(after.requirement[line].amount - before.requirement[line].amount) / 1e8;
        expect(Math.abs(moved), line).toBeLessThan(1);
      }
    },
  );
});

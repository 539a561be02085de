// SPAN's open orders against brute force: every subset of fills, booked as trades, margined without orders.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { market, universe } from '../../../test/sample.ts';
import { dollars, isRefusal, type Refusal } from '../../base/index.ts';
import { price } from '../../pricing/index.ts';
import {
  applyTrade,
  assess,
  assetProduct,
  type Balance,
  type Order,
  type Portfolio,
  type Position,
  type SpanBook,
  type SpanParameters,
  type Standing,
  span,
  spanDefaults,
} from '../index.ts';

const products = [...universe, ...['BTC', 'ETH', 'USD', 'USDC'].map(assetProduct)];
const LINES = ['maintenance', 'release', 'initial'] as const;

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const bookOf = (given: Partial<SpanParameters>) =>
  sure(span.book(products, market, { ...spanDefaults, ...given }));
const free = { haircut: 0, owed: 0 };
const noCuts = {
  coins: Object.fromEntries(
    Object.entries(spanDefaults.coins).map(([coin, own]) => [coin, { ...own, ...free }]),
  ),
  pegs: { USD: free, USDC: free },
};
const BOOKS: Readonly<Record<string, SpanBook>> = {
  defaults: bookOf({}),
  'scan alone': bookOf({
    ...noCuts,
    calendar: [],
    credits: [],
    delivery: { days: 0, outright: 0, spread: 0 },
    shortMinimum: 0,
  }),
  'a high short minimum': bookOf({ shortMinimum: 0.3, initialRatio: 1.5, releaseBuffer: 0.3 }),
  'dear spreads': bookOf({
    calendar: spanDefaults.calendar.map((line, i) => ({ ...line, rate: ((i * 5) % 14) / 30 })),
    credits: spanDefaults.credits.map((line) => ({ ...line, rate: 0.8 })),
    delivery: { days: 12, outright: 0.1, spread: 0.02 },
  }),
};

const stand = (held: Portfolio, book: SpanBook): Standing => sure(assess(held, book, span));

const sized = (i: number, size: number) => {
  const product = universe[i]!;
  return product.kind !== 'option' && product.settlement === 'inverse' ? size * 10_000 : size;
};
const size = fc.double({ min: -8, max: 8, noNaN: true }).filter((one) => Math.abs(one) > 1e-3);
const picked = (maxLength: number) =>
  fc.uniqueArray(fc.record({ i: fc.nat(universe.length - 1), size }), { maxLength, selector: ({ i }) => i });
/** Orders in what is held and in what is not; limits from a third better to a third worse than the mark. */
const orders = fc.array(
  fc.record({
    i: fc.nat(universe.length - 1),
    size,
    limit: fc.double({ min: 0.66, max: 1.33, noNaN: true }),
  }),
  { maxLength: 6 },
);
const accounts = fc
  .record({
    positions: picked(5),
    orders,
    USD: fc.integer({ min: -100_000, max: 100_000 }),
    BTC: size,
    USDC: size,
  })
  .map(({ positions, orders: open, USD, BTC, USDC }): Portfolio => {
    const held = positions.map(
      ({ i, size: one }): Position => ({ product: universe[i]!, quantity: sized(i, one) }),
    );
    const balances = [
      { asset: 'USD', kind: 'cash', quantity: USD },
      { asset: 'BTC', kind: 'cash', quantity: BTC },
      { asset: 'USDC', kind: 'cash', quantity: USDC * 1_000 },
    ] satisfies Balance[];
    // Every third order is in something that is held.
    const listed = open.map(({ i, size: one, limit }, n): Order => {
      const at = n % 3 === 0 && positions.length > 0 ? positions[n % positions.length]!.i : i;
      const product = universe[at]!;
      const mark = sure(price(product, market)).mark;
      const side = one > 0 ? 'buy' : 'sell';
      return { product, side, quantity: Math.abs(sized(at, one)), price: Math.max(mark * limit, 1e-6) };
    });
    return { account: 'orders', balances, positions: held, orders: listed };
  });

function after(held: Portfolio, subset: readonly Order[]): Portfolio {
  return subset.reduce<Portfolio>(
    (filled, { product, side, quantity, price: limit }) =>
      sure(
        applyTrade(
          filled,
          { product, quantity: side === 'buy' ? quantity : -quantity, price: limit },
          market,
        ),
      ),
    { ...held, orders: [] },
  );
}

function leastExcess(held: Portfolio, book: SpanBook) {
  const least = {
    maintenance: Number.POSITIVE_INFINITY,
    release: Number.POSITIVE_INFINITY,
    initial: Number.POSITIVE_INFINITY,
  };
  for (let mask = 0; mask < 2 ** held.orders.length; mask++) {
    const { excess } = stand(
      after(
        held,
        held.orders.filter((_, i) => (mask >> i) & 1),
      ),
      book,
    );
    for (const line of LINES) least[line] = Math.min(least[line], dollars(excess[line]));
  }
  return least;
}

function law(name: string, holds: (account: Portfolio, book: SpanBook) => void, numRuns = 25) {
  it.each(Object.entries(BOOKS))(`${name}: %s`, (_, book) => {
    fc.assert(
      fc.property(accounts, (account) => holds(account, book)),
      { numRuns },
    );
  });
}

const tally = { exact: 0, bound: 0 };

describe('M-59 open orders', () => {
  law('no subset of fills leaves less excess, and where exact one leaves as little', (account, book) => {
    const { excess, requirement } = stand(account, book);
    const least = leastExcess(account, book);
    if (book === BOOKS['scan alone'] && account.orders.length > 0) tally[requirement.orders]++;
    for (const line of LINES) {
      const slack = 1e-5 + 1e-11 * dollars(requirement[line].amount);
      expect(dollars(excess[line]), line).toBeLessThanOrEqual(least[line] + slack);
      if (requirement.orders === 'exact')
        expect(dollars(excess[line]), line).toBeGreaterThanOrEqual(least[line] - slack);
    }
  });

  law('lines are nested, sum to the unit, and so do the parts of holdings and orders', (account, book) => {
    const { requirement } = stand(account, book);
    expect(requirement.maintenance.amount <= requirement.release.amount).toBe(true);
    expect(requirement.release.amount <= requirement.initial.amount).toBe(true);
    for (const line of LINES) {
      const { amount, swept, charges } = requirement[line];
      expect(amount).toBe(charges.reduce((sum, charge) => sum + charge.amount, swept as bigint));
    }
    expect(requirement.contributions.reduce((sum, part) => sum + part.amount, 0n)).toBe(
      -requirement.initial.swept,
    );
  });

  law('a speck of an order moves a line by a speck', (account, book) => {
    const speck = account.orders.map((order) => ({ ...order, quantity: order.quantity * 1e-9 }));
    const [with_, without] = [
      stand({ ...account, orders: speck }, book),
      stand({ ...account, orders: [] }, book),
    ];
    for (const line of LINES) {
      expect(
        Math.abs(dollars(with_.requirement[line].amount) - dollars(without.requirement[line].amount)),
        line,
      ).toBeLessThan(1e-2);
    }
  });

  it('where only scans are asked for, nearly all are exact', () => {
    expect(tally.exact).toBeGreaterThan(4 * tally.bound);
  });
});

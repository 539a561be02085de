// Open orders under `static` against brute force: every subset of fills, booked as trades, margined without orders.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { market, option, perpetual, universe } from '../../../test/sample.ts';
import { dollars, isRefusal, type Refusal } from '../../base/index.ts';
import { price } from '../../pricing/index.ts';
import {
  applyTrade,
  assess,
  assetProduct,
  type LineName,
  type Order,
  type Portfolio,
  type Standing,
  type StaticParameters,
  staticDefaults,
  staticModel,
} from '../index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const ASSETS = ['BTC', 'ETH', 'USD', 'USDC'];
const LINES = ['maintenance', 'release', 'initial'] as const satisfies readonly LineName[];
const CENT = 0.01;

/** Every scaling on: collateral is charged along a curve, so that a bound may stand above every subset. */
const CURVED: StaticParameters = (() => {
  const curved = (coin: StaticParameters['otherCoin']): StaticParameters['otherCoin'] => ({
    ...coin,
    perpetual: { ...coin.perpetual, sizeFactor: 1e-3, openInterest: { held: 3, lower: 2, upper: 5 } },
    collateral: { ...coin.collateral, sizeFactor: 1e-3 },
  });
  const coins = Object.entries(staticDefaults.coins).map(([name, coin]) => [name, curved(coin)]);
  return { ...staticDefaults, coins: Object.fromEntries(coins), otherCoin: curved(staticDefaults.otherCoin) };
})();

const swap = perpetual('BTC', 'linear');
const products = [...universe, swap, ...ASSETS.map(assetProduct)];
const bookOf = (parameters: StaticParameters) => sure(staticModel.book(products, market, parameters));
const books = { plain: bookOf(staticDefaults), curved: bookOf(CURVED) };
type BookName = keyof typeof books;

const stand = (held: Portfolio, name: BookName): Standing => sure(assess(held, books[name], staticModel));

function feeOf({ product, quantity }: Order, name: BookName): number {
  const { risk, given } = books[name];
  const row = risk.indexOf.get(product.id)!;
  const { index } = risk.levels.coins.get(product.underlying)!;
  const { value, delta } = risk.columns;
  const each =
    product.kind === 'option'
      ? Math.min(given.fees.option * index, given.fees.optionCap * value[row]!)
      : given.fees.future * Math.abs(delta[row]!) * index;
  return quantity * each;
}

/** The least excess of every line and the least that may leave, over all subsets of fills with their fees paid. */
function bruteForce(held: Portfolio, name: BookName): Record<LineName | 'free', number> {
  const least = { maintenance: Infinity, release: Infinity, initial: Infinity, free: Infinity };
  for (let mask = 0; mask < 2 ** held.orders.length; mask++) {
    let after: Portfolio = { ...held, orders: [] };
    let fees = 0;
    held.orders.forEach((order, i) => {
      if (((mask >> i) & 1) === 0) return;
      const quantity = order.side === 'buy' ? order.quantity : -order.quantity;
      after = sure(applyTrade(after, { product: order.product, quantity, price: order.price }, market));
      fees += feeOf(order, name);
    });
    const { excess, requirement } = stand(after, name);
    for (const line of LINES) least[line] = Math.min(least[line], dollars(excess[line]) - fees);
    const free = dollars(excess.initial) - dollars(requirement.locked) - fees;
    least.free = Math.min(least.free, free);
  }
  return least;
}

/** Never above the worst subset's excess, and equal to it where labelled exact. */
function expectWorst(held: Portfolio, name: BookName): Standing {
  const standing = stand(held, name);
  const least = bruteForce(held, name);
  for (const line of LINES) {
    const said = dollars(standing.excess[line]);
    expect(said, line).toBeLessThanOrEqual(least[line] + CENT);
    if (standing.requirement.orders === 'exact')
      expect(said, line).toBeGreaterThanOrEqual(least[line] - CENT);
  }
  expect(dollars(standing.withdrawable)).toBeLessThanOrEqual(Math.max(0, least.free) + CENT);
  const { maintenance, release, initial } = standing.requirement;
  expect(maintenance.amount <= release.amount && release.amount <= initial.amount).toBe(true);
  return standing;
}

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const isInDollars = (i: number) => universe[i]!.kind !== 'option' && universe[i]!.settlement === 'inverse';
const sized = (i: number, size: number) => (isInDollars(i) ? size * 20_000 : size);
const accounts = (least: number, most: number, kinds: number) =>
  fc
    .record({
      own: fc.array(fc.nat(universe.length - 1), { minLength: kinds, maxLength: kinds }),
      held: fc.array(between(-10, 10), { minLength: kinds, maxLength: kinds }),
      orders: fc.array(
        fc.record({
          of: fc.nat(kinds - 1),
          isBuy: fc.boolean(),
          size: between(0.01, 10),
          away: between(-0.3, 0.3),
        }),
        { minLength: least, maxLength: most },
      ),
      balances: fc.array(between(-5, 10), { minLength: 4, maxLength: 4 }),
    })
    .map(({ own, held, orders, balances }): Portfolio => {
      const rows = [...new Set(own)];
      const scales = [1, 10, 1e5, 1e5];
      return {
        account: 'orders',
        balances: ASSETS.map((asset, n) => ({ asset, kind: 'cash', quantity: balances[n]! * scales[n]! })),
        positions: rows.map((i, n) => ({ product: universe[i]!, quantity: sized(i, held[n]!) })),
        orders: orders.map(({ of, isBuy, size, away }): Order => {
          const i = own[of]!;
          const { mark } = sure(price(universe[i]!, market));
          const limit = Math.max(mark * (1 + away), 1e-4);
          return {
            product: universe[i]!,
            side: isBuy ? 'buy' : 'sell',
            quantity: sized(i, size),
            price: limit,
          };
        }),
      };
    });

describe('M-48 open orders', () => {
  it.each(['plain', 'curved'] as const)('are never above the worst of all subsets: %s', (name) => {
    const labels = { exact: 0, bound: 0 };
    fc.assert(
      fc.property(accounts(1, 7, 3), (held) => {
        labels[expectWorst(held, name).requirement.orders]++;
      }),
      { numRuns: 60 },
    );
    // A bend of a haircut that no subset reaches is the exception.
    expect(labels.exact).toBeGreaterThan(labels.bound);
  });

  it('ten orders in two products: all 1,024 subsets', () => {
    for (const held of fc.sample(accounts(10, 10, 2), { numRuns: 3, seed: 5 })) expectWorst(held, 'plain');
  });

  const order = (side: 'buy' | 'sell', quantity: number, away: number): Order => ({
    product: swap,
    side,
    quantity,
    price: (65_000 * 1.0003 * (1 + away)) / 0.999,
  });
  const account = (quantity: number, orders: readonly Order[]): Portfolio => ({
    account: 'a',
    balances: [{ asset: 'USD', kind: 'cash', quantity: 1e6 }],
    positions: [{ product: swap, quantity }],
    orders,
  });

  it('that only reduce at the mark or better add nothing', () => {
    const [without, reducing] = [
      account(-10, []),
      account(-10, [order('buy', 4, -0.01), order('buy', 6, -0.02)]),
    ];
    const [before, after] = [stand(without, 'plain'), stand(reducing, 'plain')];
    for (const line of LINES) expect(after.requirement[line].amount).toBe(before.requirement[line].amount);
    expect(after.requirement.orders).toBe('exact');
    expect(after.withdrawable).toBe(before.withdrawable);
  });

  it('on both sides need the larger one, and say what filled', () => {
    const { requirement } = expectWorst(account(-1, [order('buy', 3, 0), order('sell', 2, 0)]), 'plain');
    const filled = requirement.initial.charges.filter(({ name }) => name === 'open-orders');
    expect(filled.map(({ product, inputs }) => [product, inputs['order'], inputs['quantity']])).toEqual([
      [swap.id, 1, -2],
    ]);
    const notional = 3 * 65_000 * 1.0003 * 0.999;
    expect(dollars(requirement.initial.amount)).toBeGreaterThan(0.16 * notional * 0.99);
    expect(dollars(requirement.initial.amount)).toBeLessThan(0.16 * notional * 1.02);
  });

  it('a bid above the mark costs what it would lose at once, even where it reduces', () => {
    const dear = account(-10, [order('buy', 4, 0.5)]);
    const { requirement } = expectWorst(dear, 'plain');
    const loss = requirement.initial.charges.find(({ name }) => name === 'open-orders');
    expect(dollars(loss!.amount)).toBeGreaterThan(100_000);
  });

  it('a bought option costs its premium, a sold one its margin', () => {
    const call = option('BTC', 25, 68_000, 'call');
    const quote = (side: 'buy' | 'sell'): Order => ({ product: call, side, quantity: 1, price: 0.03 });
    const both = { ...account(0, [quote('buy'), quote('sell')]), positions: [] };
    expect(expectWorst(both, 'plain').requirement.orders).toBe('exact');
  });

  it('in a product the book does not hold are refused', () => {
    const stranger: Order = {
      product: option('BTC', 25, 12_345, 'call'),
      side: 'buy',
      quantity: 1,
      price: 0.1,
    };
    const refused = assess(account(0, [stranger]), books.plain, staticModel);
    expect(isRefusal(refused) && refused.where).toBe(stranger.product.id);
  });
});

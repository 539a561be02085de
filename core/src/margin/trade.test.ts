// Trades in positions with a margin of their own: what is paid stays in their pool.

import { describe, expect, it } from 'vitest';
import { market, option, perpetual, universe } from '../../test/sample.ts';
import { dollars, isRefusal, type Refusal } from '../base/index.ts';
import { price } from '../pricing/index.ts';
import { applyTrade, assess, assetProduct, grid, gridDefaults, type Portfolio, poolsOf } from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const book = sure(grid.book([...universe, ...['BTC', 'USD'].map(assetProduct)], market, gridDefaults));
const call = option('BTC', 25, 68_000, 'call');
const { mark } = sure(price(call, market));
const perp = perpetual('BTC');
const account: Portfolio = {
  account: 'own margin',
  balances: [{ asset: 'BTC', kind: 'cash', quantity: 3 }],
  positions: [
    { product: call, quantity: -10, isolated: 2 },
    { product: perp, quantity: 65_000, entryPrice: 60_000, isolated: 0.25 },
  ],
  orders: [],
};
/** Equity of every pool, dollars, the shared one first. */
const equities = (portfolio: Portfolio) =>
  poolsOf(portfolio).map(({ portfolio: pool }) => dollars(sure(assess(pool, book, grid)).equity));
const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);

describe('M-65 a trade in a position with a margin of its own', () => {
  it.each([
    ['part of a short option is bought back', call, 4],
    ['a short option grows', call, -3],
    ['a perpetual shrinks', perp, -20_000],
    ['a perpetual turns round', perp, -90_000],
  ])('pays and is paid in its pool: %s', (_, product, quantity) => {
    const before = equities(account);
    const after = equities(sure(applyTrade(account, { product, quantity }, market)));
    expect(after[0]).toBe(before[0]);
    expect(sum(after)).toBeCloseTo(sum(before), 5);
  });

  it.each([
    [call, 10],
    [perp, -65_000],
  ])('brings back what is left when it is closed', (product, quantity) => {
    const closed = sure(applyTrade(account, { product, quantity }, market));
    expect(poolsOf(closed)).toHaveLength(2);
    expect(sum(equities(closed))).toBeCloseTo(sum(equities(account)), 5);
  });

  it('puts what it brings away from the mark into its pool', () => {
    // The position that was traded comes last.
    const at = sure(applyTrade(account, { product: call, quantity: -1 }, market));
    const above = sure(applyTrade(account, { product: call, quantity: -1, price: mark + 0.01 }, market));
    const [before, rich] = [equities(at).at(-1), equities(above).at(-1)];
    expect(rich! - before!).toBeCloseTo(0.01 * 65_000, 4);
  });

  it('is refused where the margin does not reach', () => {
    const refused = applyTrade(account, { product: call, quantity: 9, price: 0.3 }, market);
    expect(isRefusal(refused) && refused).toMatchObject({ reason: 'out-of-range', where: call.id });
    expect(isRefusal(refused) && refused.message).toContain('0.7 BTC more');
  });
});

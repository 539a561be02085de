// Rows of the order check by bound: what it answers, what it leaves to the model, and what it keeps.

import { describe, expect, it } from 'vitest';
import { market, option, perpetual, universe } from '../../test/sample.ts';
import { dollars, isRefusal, type Refusal } from '../base/index.ts';
import type { Touch } from '../market/index.ts';
import { price } from '../pricing/index.ts';
import {
  assess,
  assetProduct,
  type GridBook,
  grid,
  gridDefaults,
  type Headroom,
  type Order,
  type Portfolio,
  type Position,
  staticModel,
} from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}
const marks = (product: Position['product']) => sure(price(product, market)).mark;
const touches = new Map<string, Touch>(
  universe.flatMap((product): [string, Touch][] =>
    product.kind === 'option' ? [[product.id, { bid: marks(product) * 0.95 }]] : [],
  ),
);
const products = [...universe, ...['BTC', 'ETH', 'USD', 'USDC'].map(assetProduct)];
const book: GridBook = sure(grid.book(products, { ...market, touches }, gridDefaults));

const call = option('BTC', 25, 68_000, 'call');
const put = option('BTC', 25, 62_000, 'put');
const held = (positions: readonly Position[], orders: readonly Order[] = []): Portfolio => ({
  account: 'growth',
  balances: [{ asset: 'USD', kind: 'cash', quantity: 1e6 }],
  positions,
  orders,
});
const order = (product: Order['product'], side: Order['side'], quantity: number, share = 1): Order => ({
  product,
  side,
  quantity,
  price: marks(product) * share,
});
const excess = (portfolio: Portfolio) => sure(assess(portfolio, book, grid)).excess.initial;
const roomOf = (portfolio: Portfolio): Headroom | undefined =>
  grid.headroom!(sure(assess(portfolio, book, grid)), book);

describe('M-230 headroom', () => {
  const writer = held([
    { product: call, quantity: -20 },
    { product: perpetual('BTC'), quantity: 300_000 },
  ]);

  it('starts at what the assessment said, asks without keeping, and keeps what was asked last', () => {
    const room = roomOf(writer)!;
    const start = room.left;
    expect(start).toBe(excess(writer));
    const left = room.with(order(call, 'sell', 2))!;
    expect(left < start).toBe(true);
    expect(room.left).toBe(start);
    expect(room.with(order(call, 'sell', 2))).toBe(left);
    room.keep();
    room.keep();
    expect(room.left).toBe(left);
    expect(room.with(order(call, 'sell', 2))! < left).toBe(true);
  });

  it('M-231 of one coin it is the full answer to a hundredth of the requirement: five sells, five buys, a hedge', () => {
    const room = roomOf(writer)!;
    const open = [
      ...Array.from({ length: 5 }, () => order(call, 'sell', 1, 1.02)),
      ...Array.from({ length: 5 }, () => order(put, 'buy', 1, 0.98)),
      order(perpetual('BTC'), 'sell', 50_000, 1.001),
    ];
    for (const one of open) {
      expect(room.with(one)).toBeDefined();
      room.keep();
    }
    const truth = excess({ ...writer, orders: open });
    const { requirement } = sure(assess({ ...writer, orders: open }, book, grid));
    expect(room.left <= truth).toBe(true);
    expect(dollars(truth) - dollars(room.left)).toBeLessThan(dollars(requirement.initial.amount) / 100);
  });

  it('M-232 a size that closes what is held asks nothing for its own charges', () => {
    const room = roomOf(writer)!;
    const left = room.with(order(call, 'buy', 5, 0.99))!;
    expect(dollars(room.left) - dollars(left)).toBeLessThan(1_000);
  });

  it.each([
    ['an option bought beyond what is held short', writer, order(call, 'buy', 25)],
    [
      'a product that the book does not hold',
      writer,
      { ...order(call, 'buy', 1), product: option('BTC', 25, 1, 'put') },
    ],
    ['a quantity that is none', writer, { ...order(call, 'buy', 1), quantity: Number.NaN }],
  ])('M-233 leaves to the model: %s', (_, account, one) => {
    const room = roomOf(account)!;
    expect(room.with(one)).toBeUndefined();
    const { left } = room;
    room.keep();
    expect(room.left).toBe(left);
  });

  it('M-233 there is none for who gives up options, and none from a model that proves nothing', () => {
    const cheap = option('BTC', 1, 80_000, 'call');
    const buyer: Portfolio = {
      ...held([
        { product: cheap, quantity: 5_000 },
        { product: put, quantity: 1 },
      ]),
    };
    expect(roomOf(buyer)).toBeUndefined();
    expect(staticModel.headroom).toBeUndefined();
  });

  it('M-234 a wing sold is charged the minimum where nothing swept covers it', () => {
    const wing = option('BTC', 1, 80_000, 'call');
    const room = roomOf(held([]))!;
    const left = room.with(order(wing, 'sell', 10, 1))!;
    const least = 10 * 65_000 * gridDefaults.charges.shortMinimum.initial;
    expect(dollars(room.left) - dollars(left)).toBeGreaterThanOrEqual(least);
    expect(left <= excess(held([], [order(wing, 'sell', 10, 1)]))).toBe(true);
  });
});

// A speck of a position or an order changes no more than a speck: each case jumped once.

import { describe, expect, it } from 'vitest';
import { linearOption, market, option, universe } from '../../test/sample.ts';
import { isRefusal, type Refusal } from '../base/index.ts';
import type { Option } from '../product/index.ts';
import {
  assess,
  assetProduct,
  type Balance,
  grid,
  gridDefaults,
  LINE_NAMES,
  type MarginBook,
  type MarginModel,
  type Order,
  type Portfolio,
  perLine,
  staticDefaults,
  staticModel,
} from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const products = [...universe, ...['BTC', 'ETH', 'USD', 'USDC'].map(assetProduct)];
const SPECK = 1e-9;
/** Dollars, about what a speck of a coin could ask for at the very most. */
const LITTLE = 0.01;

interface Judge {
  readonly model: MarginModel;
  readonly book: MarginBook;
}
const byGrid: Judge = { model: grid, book: sure(grid.book(products, market, gridDefaults)) };
const byStatic: Judge = {
  model: staticModel,
  book: sure(staticModel.book(products, market, staticDefaults)),
};

/** An account of so many options and orders; a mark of one half is far above what these options are worth. */
function account(
  held: readonly (readonly [Option, number])[],
  orders: readonly (readonly [Option, Order['side'], number, number])[],
  owned: Readonly<Record<string, number>> = { USD: 1e6 },
): Portfolio {
  return {
    account: 'speck',
    balances: Object.entries(owned).map(([asset, quantity]): Balance => ({ asset, kind: 'cash', quantity })),
    positions: held.map(([product, quantity]) => ({ product, quantity })),
    orders: orders.map(([product, side, quantity, price]) => ({ product, side, quantity, price })),
  };
}

function expectAlike({ model, book }: Judge, one: Portfolio, other: Portfolio): void {
  const [a, b] = [one, other].map((portfolio) => {
    const { requirement } = sure(assess(portfolio, book, model));
    return perLine((line) => Number(requirement[line].amount) / 1e8);
  });
  for (const line of LINE_NAMES) expect(Math.abs(a![line] - b![line]), line).toBeLessThan(LITTLE);
}

const [nearCall, farCall] = [option('BTC', 1, 80_000, 'call'), option('BTC', 25, 55_000, 'call')];
const [nearPut, farPut] = [option('BTC', 11, 65_000, 'put'), option('BTC', 25, 65_000, 'put')];
const put = linearOption('ETH', 11, 1_900, 'put');

describe('M-36 a speck changes no more than a speck', () => {
  it('a short speck of what an order buys, beside bought options without a bid', () => {
    const order = [farCall, 'buy', 5, 0.2] as const;
    expectAlike(
      byGrid,
      account([[nearCall, 10]], [order]),
      account(
        [
          [nearCall, 10],
          [farCall, -SPECK],
        ],
        [order],
      ),
    );
  });

  it('a short speck of what an order buys, where all that is bought is given up', () => {
    const order = [farPut, 'buy', 5, 0.05] as const;
    expectAlike(
      byGrid,
      account([[nearPut, 10]], [order]),
      account(
        [
          [nearPut, 10],
          [farPut, -SPECK],
        ],
        [order],
      ),
    );
  });

  it('an order that may take a balance a speck below zero, while others fill it', () => {
    const sells = [option('ETH', 116, 2_400, 'put'), 'sell', 64, 0.3] as const;
    const buys = [option('ETH', 11, 1_600, 'call'), 'buy', SPECK, 0.2] as const;
    expectAlike(byGrid, account([], [sells]), account([], [sells, buys]));
  });

  it('an order that may take a speck off a large balance, under static', () => {
    const sells = [put, 'sell', 70, 90] as const;
    const owned = { USD: 1e5, USDC: 1e6 };
    for (const speck of [1e-9, 1e-10, 1e-11, 3e-12]) {
      const buys = [put, 'buy', speck, 38] as const;
      expectAlike(byStatic, account([], [sells], owned), account([], [sells, buys], owned));
    }
  });
});

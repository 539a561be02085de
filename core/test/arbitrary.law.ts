// Random accounts over the sample universe, for laws that want many of them.

import fc from 'fast-check';
import { isRefusal } from '../src/base/index.ts';
import {
  assetProduct,
  type Balance,
  type Order,
  type Portfolio,
  type Position,
} from '../src/margin/index.ts';
import { price } from '../src/pricing/index.ts';
import { market, universe } from './sample.ts';

/** Every product that random accounts touch. */
export const everything = [...universe, ...['BTC', 'ETH', 'USD', 'USDC'].map(assetProduct)];

/** Up to eight positions: options in coins, inverse futures in dollars of notional, at sizes that matter to each other. */
export const positions: fc.Arbitrary<Position[]> = fc
  .uniqueArray(fc.nat(universe.length - 1), { maxLength: 8 })
  .chain((picked) =>
    fc.tuple(
      ...picked.map((i) => fc.double({ min: -20, max: 20, noNaN: true }).map((size) => ({ i, size }))),
    ),
  )
  .map((picked): Position[] =>
    picked.map(({ i, size }) => {
      const product = universe[i]!;
      const dollarSized = product.kind !== 'option' && product.settlement === 'inverse';
      return { product, quantity: dollarSized ? size * 10_000 : size };
    }),
  );
const balances = fc.record({
  USD: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  USDC: fc.double({ min: 0, max: 1e6, noNaN: true }),
  BTC: fc.double({ min: 0, max: 50, noNaN: true }),
  ETH: fc.double({ min: 0, max: 500, noNaN: true }),
});

/** Accounts of up to eight positions and four balances, without orders. */
export const accounts: fc.Arbitrary<Portfolio> = fc.record({ positions, balances }).map(
  ({ positions: held, balances: owned }): Portfolio => ({
    account: 'law',
    balances: Object.entries(owned).map(
      ([asset, quantity]): Balance => ({ asset, kind: asset === 'USD' ? 'cash' : 'collateral', quantity }),
    ),
    positions: held,
    orders: [],
  }),
);

/** An order near the mark of any product of the universe, on either side. */
export const orderNearMark: fc.Arbitrary<Order> = fc
  .record({
    product: fc.constantFrom(...universe),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    size: fc.double({ min: 0.1, max: 30, noNaN: true }),
    away: fc.double({ min: 0.8, max: 1.2, noNaN: true }),
  })
  .map(({ product, side, size, away }): Order => {
    const known = price(product, market);
    if (isRefusal(known)) throw new Error(known.message);
    const isDollars = product.kind !== 'option' && product.settlement === 'inverse';
    const limit = Math.max(1e-6, known.mark * away);
    return { product, side, quantity: isDollars ? size * 10_000 : size, price: limit };
  });

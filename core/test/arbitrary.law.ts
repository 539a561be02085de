// Random accounts over the sample universe, for laws that want many of them.

import fc from 'fast-check';
import { assetProduct, type Balance, type Portfolio, type Position } from '../src/margin/index.ts';
import { universe } from './sample.ts';

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

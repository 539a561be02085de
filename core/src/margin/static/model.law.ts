// Laws of the model `static`, on random books: what must hold whatever is held, each named by its rule.

import fc from 'fast-check';
import { describe, it } from 'vitest';
import { market, portfolio, universe } from '../../../test/sample.ts';
import { isRefusal, type Refusal } from '../../base/index.ts';
import {
  assess,
  assetProduct,
  type Portfolio,
  type Standing,
  type StaticParameters,
  staticDefaults,
  staticModel,
} from '../index.ts';
import { positionMargin } from './rules.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const law = (name: string, property: fc.IProperty<unknown>) => it(name, () => void fc.assert(property));
const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Defaults with every scaling on. */
const SCALED: StaticParameters = (() => {
  const scaled = (coin: StaticParameters['otherCoin']): StaticParameters['otherCoin'] => ({
    ...coin,
    perpetual: { ...coin.perpetual, sizeFactor: 3e-5, openInterest: { held: 3, lower: 2, upper: 5 } },
    future: { ...coin.future, sizeFactor: 1e-4 },
    collateral: { ...coin.collateral, sizeFactor: 1e-4, deposits: { held: 3e9, start: 2e9 } },
  });
  const coins = Object.fromEntries(
    Object.entries(staticDefaults.coins).map(([name, coin]) => [name, scaled(coin)]),
  );
  return { ...staticDefaults, coins, otherCoin: scaled(staticDefaults.otherCoin) };
})();

const ASSETS = ['BTC', 'ETH', 'USD', 'USDC'];
const products = [...universe, ...ASSETS.map(assetProduct)];
const bookOf = (parameters: StaticParameters) => sure(staticModel.book(products, market, parameters));
const books = { plain: bookOf(staticDefaults), scaled: bookOf(SCALED) };
/** By name, so that a counterexample can be read. */
const book = fc.constantFrom<keyof typeof books>('plain', 'scaled');

const positions = fc.uniqueArray(
  fc.record({
    product: fc.constantFrom(...universe),
    size: between(-1, 1),
    scale: fc.integer({ min: 0, max: 7 }),
  }),
  { maxLength: 8, selector: ({ product }) => product.id },
);
const account = fc
  .tuple(positions, fc.array(between(-1e3, 1e4), { minLength: 4, maxLength: 4 }))
  .map(([held, amounts]): Portfolio => {
    const legs = held.map(({ product, size, scale }) => ({ product, quantity: size * 10 ** scale }));
    const balances = ASSETS.map((asset, i) => ({ asset, kind: 'cash' as const, quantity: amounts[i]! }));
    return { ...portfolio(legs, 0), balances };
  });

const LINES = ['maintenance', 'release', 'initial'] as const;
const stands = (held: Portfolio, within: keyof typeof books): Standing =>
  sure(assess(held, books[within], staticModel));

describe('static', () => {
  law(
    'M-47 maintenance <= release <= initial, and a line is the sum of its charges',
    fc.property(account, book, (held, within) => {
      const { maintenance, release, initial } = stands(held, within).requirement;
      const sums = [maintenance, release, initial].every(
        ({ amount, charges }) => amount === charges.reduce((sum, charge) => sum + charge.amount, 0n),
      );
      const nested = 0n <= maintenance.amount && maintenance.amount <= release.amount;
      return sums && nested && release.amount <= initial.amount;
    }),
  );

  law(
    'M-47 more of any asset never lowers excess on any line',
    fc.property(account, book, fc.constantFrom(...ASSETS), between(0, 1e6), (held, within, asset, more) => {
      const balances = held.balances.map((balance) =>
        balance.asset === asset ? { ...balance, quantity: balance.quantity + more } : balance,
      );
      const [before, after] = [stands(held, within), stands({ ...held, balances }, within)];
      // A unit of each rounding, and what a double loses of the larger equity.
      const size = Math.abs(Number(after.equity)) + Number(after.requirement.initial.amount);
      const slack = 4n + BigInt(Math.ceil(size * 1e-14));
      return LINES.every((line) => after.excess[line] >= before.excess[line] - slack);
    }),
  );

  law(
    'M-45 M-46 what a position needs is convex in its quantity and never less on initial than on maintenance',
    fc.property(
      book,
      fc.nat(products.length - 1),
      between(-1e7, 1e7),
      between(-1e7, 1e7),
      (within, row, a, b) => {
        const rule = books[within].rules[row]!;
        return (['maintenance', 'initial'] as const).every((line) => {
          const margin = (quantity: number) => positionMargin(rule, quantity, line);
          const chord = (margin(a) + margin(b)) / 2;
          return (
            margin((a + b) / 2) <= chord * (1 + 1e-12) &&
            margin(0) === 0 &&
            positionMargin(rule, a, 'maintenance') <= positionMargin(rule, a, 'initial') * (1 + 1e-12)
          );
        });
      },
    ),
  );

  law(
    'M-45 accounts of one position each need together what one account of all does',
    fc.property(account, book, (held, within) => {
      const alone = held.positions.map((position) =>
        stands({ ...held, balances: [], positions: [position] }, within),
      );
      const together = stands({ ...held, balances: [] }, within).requirement;
      const sum = (line: 'maintenance' | 'release') =>
        alone.reduce((total, { requirement }) => total + requirement[line].amount, 0n);
      const rounding = sum('release') - together.release.amount;
      return (
        sum('maintenance') === together.maintenance.amount &&
        rounding >= 0n &&
        rounding <= BigInt(alone.length)
      );
    }),
  );
});

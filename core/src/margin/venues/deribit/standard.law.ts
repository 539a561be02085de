// Laws of `deribit-sm` on random accounts, open orders against brute force.

import fc from 'fast-check';
import { describe, it } from 'vitest';
import { accounts, everything, orderNearMark } from '../../../../test/arbitrary.law.ts';
import { market, universe } from '../../../../test/sample.ts';
import { dollars, isRefusal, type Refusal } from '../../../base/index.ts';
import { applyTrade, assess, LINE_NAMES, type Portfolio, type Standing } from '../../index.ts';
import { deribitStandard } from './standard.ts';
import { deribitStandardHistory } from './standard-parameters.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const books = deribitStandardHistory.map(({ parameters }) =>
  sure(
    deribitStandard.book(everything, market, { ...parameters, fees: { future: 0, option: 0, optionCap: 0 } }),
  ),
);
const set = fc.constantFrom(0, 1);
const stand = (held: Portfolio, i: number): Standing => sure(assess(held, books[i]!, deribitStandard));
const CENT = 0.01;

const order = orderNearMark;

describe('deribit-sm', () => {
  it('M-100 M-101 M-102 maintenance = release <= initial, each the sum of its charges', () => {
    fc.assert(
      fc.property(accounts, set, (held, i) => {
        const { maintenance, release, initial } = stand(held, i).requirement;
        const isSum = [maintenance, release, initial].every(
          ({ amount, charges }) => amount === charges.reduce((sum, charge) => sum + charge.amount, 0n),
        );
        return isSum && maintenance.amount === release.amount && release.amount <= initial.amount;
      }),
    );
  });

  it('M-101 what is bought never changes excess, whatever else is held', () => {
    const bought = fc.constantFrom(...universe.filter(({ kind }) => kind === 'option'));
    fc.assert(
      fc.property(
        accounts,
        bought,
        fc.double({ min: 0, max: 50, noNaN: true }),
        set,
        (held, product, size, i) => {
          const others = held.positions.filter((position) => position.product.id !== product.id);
          const without = { ...held, positions: others };
          const more = { ...held, positions: [...others, { product, quantity: size }] };
          const [before, after] = [stand(without, i).excess, stand(more, i).excess];
          return LINE_NAMES.every((line) => Math.abs(dollars(after[line]) - dollars(before[line])) < 1e-5);
        },
      ),
    );
  });

  it('M-100 M-101 open orders cost the worst subset of their fills, as brute force finds it', () => {
    const orders = fc.array(order, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(accounts, orders, set, (held, open, i) => {
        const { excess } = stand({ ...held, orders: open }, i);
        const least = LINE_NAMES.map(() => Number.POSITIVE_INFINITY);
        for (let mask = 0; mask < 2 ** open.length; mask++) {
          const after = open.reduce((account, { product, side, quantity, price: limit }, n) => {
            if (((mask >> n) & 1) === 0) return account;
            const signed = side === 'buy' ? quantity : -quantity;
            return sure(applyTrade(account, { product, quantity: signed, price: limit }, market));
          }, held);
          const left = stand(after, i).excess;
          LINE_NAMES.forEach((line, n) => {
            least[n] = Math.min(least[n]!, dollars(left[line]));
          });
        }
        return LINE_NAMES.every((line, n) => {
          const missing = least[n]! - dollars(excess[line]);
          return missing > -CENT && missing < CENT;
        });
      }),
      { numRuns: 40 },
    );
  });
});

// Laws of `okx-pm` on random accounts, open orders against brute force, and every function whole.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, everything, orderNearMark } from '../../../../test/arbitrary.law.ts';
import { market } from '../../../../test/sample.ts';
import { dollars, isRefusal, type Refusal } from '../../../base/index.ts';
import type { Market } from '../../../market/index.ts';
import {
  applyTrade,
  assess,
  LINE_NAMES,
  type Order,
  type Portfolio,
  type Standing,
  totalOf,
} from '../../index.ts';
import { type OkxParameters, okxHistory } from './parameters.ts';
import { okxPortfolio } from './pm.ts';
import { okxUnits } from './report.ts';
import {
  okxAccount,
  okxBasisRisk,
  okxDelta,
  okxHedges,
  okxMinimumCharge,
  okxSpotShocks,
  okxTiered,
  okxUnit,
} from './terms.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const free = (parameters: OkxParameters): OkxParameters => {
  return { ...parameters, futureFee: 0, option: { ...parameters.option, fee: 0 } };
};
/** A small unwind cost, slices that bind, and a dollar coin off its peg: every charge binds somewhere. */
const steep: OkxParameters = {
  ...free(okxHistory[1].parameters),
  coins: {},
  otherCoin: {
    ...okxHistory[1].parameters.otherCoin,
    unwind: 0.05,
    tiers: [
      { from: 0, factor: 1 },
      { from: 5_000, factor: 4 },
    ],
  },
};
const offPeg: Market = { ...market, pegs: new Map([...market.pegs, ['USDC', 0.9]]) };
const worlds = [
  ...okxHistory.map(({ parameters }) => ({ within: market, parameters: free(parameters) })),
  { within: offPeg, parameters: steep },
].map(({ within, parameters }) => ({
  within,
  book: sure(okxPortfolio.book(everything, within, parameters)),
}));
const set = fc.nat(worlds.length - 1);
const stand = (held: Portfolio, i: number): Standing => sure(assess(held, worlds[i]!.book, okxPortfolio));
const CENT = 0.01;

const order = orderNearMark;

function after(held: Portfolio, subset: readonly Order[], within: Market): Portfolio {
  let filled: Portfolio = { ...held, orders: [] };
  for (const { product, side, quantity, price: limit } of subset) {
    const signed = side === 'buy' ? quantity : -quantity;
    filled = sure(applyTrade(filled, { product, quantity: signed, price: limit }, within));
  }
  return filled;
}

describe('okx-pm', () => {
  it('M-110 M-115 maintenance <= release <= initial, each the sum of what it says', () => {
    fc.assert(
      fc.property(accounts, set, (held, i) => {
        const { maintenance, release, initial } = stand(held, i).requirement;
        const isSum = [maintenance, release, initial].every(
          ({ amount, swept, charges }) => amount === swept + totalOf(charges),
        );
        return isSum && maintenance.amount <= release.amount && release.amount <= initial.amount;
      }),
    );
  });

  it('M-113 a unit is the larger of its scenarios with their charges and of its minimum charge; the account is the sum', () => {
    fc.assert(
      fc.property(accounts, set, (held, i) => {
        const { book } = worlds[i]!;
        const { requirement } = stand(held, i);
        const units = sure(okxUnits(requirement, book));
        const others = requirement.maintenance.charges
          .filter(({ name }) => name === 'mr8-borrowing' || name === 'collateral-haircut')
          .reduce((sum, { amount }) => sum + dollars(amount), 0);
        const mmr = units.reduce((sum, unit) => sum + unit.mmr, 0);
        const isWhole =
          Math.abs(dollars(requirement.maintenance.amount) - mmr - others) <= 1e-6 + 1e-12 * mmr;
        return isWhole && units.every((unit) => unit.imr >= unit.mmr && unit.mmr >= unit.mr7);
      }),
    );
  });

  it('M-110 twice the account needs at least twice the margin', () => {
    fc.assert(
      fc.property(accounts, set, (held, i) => {
        const twice = {
          ...held,
          balances: held.balances.map((balance) => ({ ...balance, quantity: 2 * balance.quantity })),
          positions: held.positions.map((position) => ({ ...position, quantity: 2 * position.quantity })),
        };
        const [one, two] = [held, twice].map((each) =>
          dollars(stand(each, i).requirement.maintenance.amount),
        );
        return two! >= 2 * one! - CENT - 1e-9 * one!;
      }),
    );
  });

  it('M-115 more of any asset never lowers excess', () => {
    const asset = fc.constantFrom('USD', 'USDC', 'BTC', 'ETH');
    fc.assert(
      fc.property(
        accounts,
        asset,
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        set,
        (held, name, more, i) => {
          const balances = held.balances.map((balance) =>
            balance.asset === name ? { ...balance, quantity: balance.quantity + more } : balance,
          );
          const [before, richer] = [held, { ...held, balances }].map((each) => stand(each, i).excess);
          return LINE_NAMES.every((line) => dollars(richer![line]) >= dollars(before![line]) - CENT);
        },
      ),
    );
  });

  it('M-113 M-114 M-115 open orders cost at least every subset of their fills', () => {
    const some = fc.array(order, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(accounts, some, set, (held, orders, i) => {
        const { within } = worlds[i]!;
        const asked = stand({ ...held, orders }, i);
        for (let mask = 0; mask < 2 ** orders.length; mask++) {
          const subset = orders.filter((_, k) => (mask >> k) & 1);
          const filled = stand(after(held, subset, within), i);
          for (const line of LINE_NAMES) {
            const slack = CENT + 1e-9 * dollars(filled.requirement[line].amount);
            if (dollars(asked.excess[line]) > dollars(filled.excess[line]) + slack) return false;
          }
        }
        return true;
      }),
      { numRuns: 150 },
    );
  });
});

const any = fc.double();
const size = fc.oneof(any, fc.constantFrom(0, -0, 1, -1, 1e300, -1e300));

/** A number, or a refusal: never anything else, whatever is asked. */
function isWhole(answer: unknown): boolean {
  if (typeof answer === 'number') return Number.isFinite(answer);
  if (isRefusal(answer)) return answer.message.length > 0;
  return typeof answer === 'object' && answer !== null && Object.values(answer).every(isWhole);
}

describe('every term is a total function', () => {
  it('M-110 M-112 M-113 M-115 of any numbers', () => {
    const leg = fc.record({ coins: size, index: size, mark: size, quoteUsd: size });
    fc.assert(
      fc.property(
        fc.array(leg, { maxLength: 3 }),
        fc.array(size, { maxLength: 3 }),
        size,
        (legs, moves, x) => {
          const [a = 0, b = 0, c = 0] = moves;
          const terms = { mr1: a, mr2: b, mr3: c, mr4: x, mr5: 0, mr6: a, mr7: b, mr9: 0 };
          const answers = [
            okxSpotShocks(legs, moves),
            okxDelta(legs),
            okxBasisRisk([{ delta: a, years: b }], { min: c, yearly: x }),
            okxMinimumCharge(a, [
              { from: 0, factor: b },
              { from: c, factor: x },
            ]),
            okxUnit(terms, x),
            okxAccount([{ mmr: a, imr: b }], c, { maintenance: x, initial: x }),
          ];
          return answers.every(isWhole);
        },
      ),
    );
  });

  it('M-114 hedges never exceed the smaller side, and what is left has one sign', () => {
    const delta = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(delta, delta, delta, (USDT, USDC, USD) => {
        const all = [USDT, USDC, USD];
        const side = (sign: number) => all.reduce((sum, x) => sum + Math.max(0, sign * x), 0);
        const hedged = okxHedges({ USDT, USDC, USD }).reduce((sum, hedge) => sum + hedge.size, 0);
        const smaller = Math.min(side(1), side(-1));
        return Math.abs(hedged - smaller) <= 1e-9 * (1 + smaller);
      }),
    );
  });

  it('M-113 a size counts at least its first factor and never less for being larger', () => {
    const tiers = okxHistory[0].parameters.coins['BTC']!.tiers;
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e7, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (x, more) => {
          return (
            okxTiered(x, tiers) >= x - 1e-6 && okxTiered(x + more, tiers) >= okxTiered(x, tiers) + more - 1e-6
          );
        },
      ),
    );
    // The announcement's own example.
    expect(okxMinimumCharge(30_000, tiers)).toBe(50_000);
  });
});

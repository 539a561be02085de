// Laws of `deribit-pm` on random accounts, open orders against brute force, and odd products.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, everything, orderNearMark } from '../../../../test/arbitrary.law.ts';
import { expiryIn, market, option, portfolio, universe } from '../../../../test/sample.ts';
import { dollars, instant, isRefusal, type Refusal, sentence } from '../../../base/index.ts';
import type { Option } from '../../../product/index.ts';
import { afterFills } from '../../../risk/index.ts';
import { hold } from '../../holdings.ts';
import { applyTrade, assess, LINE_NAMES, type Portfolio, type Standing } from '../../index.ts';
import { fillsOf } from '../../orders.ts';
import { type View, viewsOf } from '../../views.ts';
import { type DeribitPortfolioBook, deribitPortfolio } from './portfolio.ts';
import { deltaReach, rollShockOf } from './portfolio-charges.ts';
import { type DeribitPortfolioParameters, deribitPortfolioHistory } from './portfolio-parameters.ts';
import { STANDARD_CELLS, worstCase } from './risk-matrix.ts';
import { riskVectorsOf } from './simulate.ts';
import { deribitStandard } from './standard.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

const [, { parameters: february }, { parameters: latest }] = deribitPortfolioHistory;
/** Dampeners that let large books stand, thresholds that small ones cross. */
const tight: DeribitPortfolioParameters = {
  ...february,
  pairs: Object.fromEntries(
    Object.entries(february.pairs).map(([name, pair]) => [
      name,
      { ...pair, deltaShockThreshold: 1e4, mInc: 1e-3 },
    ]),
  ),
  currencies: Object.fromEntries(
    Object.entries(february.currencies).map(([name, currency]) => [
      name,
      { ...currency, extendedDampener: 2_000, pnlOffset: 0.5, maxOffsetablePnl: 20_000 },
    ]),
  ),
};
const free = (parameters: DeribitPortfolioParameters) => ({
  ...parameters,
  fees: { future: 0, option: 0, optionCap: 0 },
});
const books = {
  latest: sure(deribitPortfolio.book(everything, market, free(latest))),
  tight: sure(deribitPortfolio.book(everything, market, free(tight))),
};
const name = fc.constantFrom<keyof typeof books>('latest', 'tight');
const stand = (held: Portfolio, book: DeribitPortfolioBook): Standing =>
  sure(assess(held, book, deribitPortfolio));
const CENT = 0.01;

const order = orderNearMark;

describe('deribit-pm', () => {
  it('M-108 maintenance = release <= initial, each its swept loss and charges; parts add up to minus the swept loss', () => {
    fc.assert(
      fc.property(accounts, name, fc.array(order, { maxLength: 3 }), (held, which, orders) => {
        const { requirement } = stand({ ...held, orders }, books[which]);
        const { maintenance, release, initial, contributions } = requirement;
        const isSum = [maintenance, release, initial].every(
          ({ amount, swept, charges }) =>
            amount === charges.reduce((sum, charge) => sum + charge.amount, swept as bigint),
        );
        const parts = contributions.reduce((sum, { amount }) => sum + amount, 0n);
        const isNested = maintenance.amount <= release.amount && release.amount <= initial.amount;
        return (
          isSum &&
          isNested &&
          parts === -initial.swept &&
          (orders.length > 0 || release.amount === maintenance.amount)
        );
      }),
    );
  });

  it('M-103 M-105 the worst case is that of the aggregated vectors, coin by coin', () => {
    fc.assert(
      fc.property(accounts, name, (held, which) => {
        const book = books[which];
        const { requirement } = stand(held, book);
        const { aggregated, matrices } = riskVectorsOf(book, requirement);
        return [...matrices].every(([coin, { worstCase: loss, worstBucket, unit }]) => {
          const key = coin.toLowerCase();
          const { index } = book.risk.levels.coins.get(coin)!;
          const coins = aggregated.get(`${key}_${key}`);
          const usd = aggregated.get(`${key}_usd`);
          const cell = (kind: 'standard' | 'extended', i: number) =>
            (coins?.[kind][i] ?? 0) * (unit === 'coins' ? 1 : index) + (usd?.[kind][i] ?? 0);
          const cells = (kind: 'standard' | 'extended', count: number) =>
            Array.from({ length: count }, (_, i) => cell(kind, i));
          const worst = worstCase({
            standard: cells('standard', STANDARD_CELLS),
            extended: cells('extended', 8),
          });
          const isSame = Math.abs(worst.loss - loss) <= 1e-9 * Math.max(1, loss);
          return isSame && (worstBucket === undefined) === (loss === 0);
        });
      }),
    );
  });

  it('M-103 a book and its opposite need nothing but shocks of size; more of one book is as much more worst case', () => {
    fc.assert(
      fc.property(accounts, fc.double({ min: 0.1, max: 10, noNaN: true }), (held, times) => {
        const book = sure(
          deribitPortfolio.book(everything, market, {
            ...latest,
            currencies: Object.fromEntries(
              Object.entries(latest.currencies).map(([code, currency]) => [
                code,
                { ...currency, extendedDampener: 0 },
              ]),
            ),
          }),
        );
        const scaled = (by: number): Portfolio => ({
          ...held,
          balances: [],
          positions: held.positions.map((position) => ({ ...position, quantity: position.quantity * by })),
        });
        const swept = (account: Portfolio) => dollars(stand(account, book).requirement.initial.swept);
        const both: Portfolio = {
          ...held,
          balances: [],
          positions: [...scaled(1).positions, ...scaled(-1).positions],
        };
        const one = swept(scaled(1));
        return swept(both) === 0 && Math.abs(swept(scaled(times)) - times * one) <= 1e-7 * (1 + times * one);
      }),
      { numRuns: 30 },
    );
  });

  it('M-104 M-105 M-106 M-107 open orders are never below the worst subset of their fills, and exact means it', () => {
    const orders = fc.array(order, { minLength: 1, maxLength: 4 });
    let exact = 0;
    fc.assert(
      fc.property(accounts, orders, name, (held, open, which) => {
        const { excess, requirement } = stand({ ...held, orders: open }, books[which]);
        const least = LINE_NAMES.map(() => Number.POSITIVE_INFINITY);
        for (let mask = 0; mask < 2 ** open.length; mask++) {
          const after = open.reduce((account, { product, side, quantity, price: limit }, n) => {
            if (((mask >> n) & 1) === 0) return account;
            const signed = side === 'buy' ? quantity : -quantity;
            return sure(applyTrade(account, { product, quantity: signed, price: limit }, market));
          }, held);
          const left = stand(after, books[which]).excess;
          LINE_NAMES.forEach((line, n) => {
            least[n] = Math.min(least[n]!, dollars(left[line]));
          });
        }
        if (requirement.orders === 'exact') exact++;
        return LINE_NAMES.every((line, n) => {
          const missing = least[n]! - dollars(excess[line]);
          return missing > -CENT && (requirement.orders === 'bound' || missing < CENT);
        });
      }),
      { numRuns: 60 },
    );
    expect(exact).toBeGreaterThan(0);
  });

  it('M-106 M-107 shocks with open orders are never below those of any subset of fills', () => {
    const { risk, given } = books.tight;
    const reach = (view: View) => {
      const { low, high } = deltaReach(view);
      return [Math.max(high, -low), rollShockOf(view, given.currencies).amount];
    };
    const orders = fc.array(order, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(accounts, orders, (held, open) => {
        const { holdings } = sure(hold(held, risk));
        const fills = sure(fillsOf({ ...held, orders: open }, risk, () => 0));
        const bounds = viewsOf(risk, holdings, fills).map(reach);
        return Array.from({ length: 2 ** fills.length }, (_, mask) => mask).every((mask) => {
          const filled = fills.filter((_, i) => (mask >> i) & 1);
          const after = viewsOf(risk, afterFills(holdings, filled), []).map(reach);
          return after.every((sizes, u) =>
            sizes.every((size, n) => size <= bounds[u]![n]! * (1 + 1e-12) + 1e-9),
          );
        });
      }),
    );
  });

  it('M-100 M-103 a strike of nothing, an hour to expiry, a vol of nothing, a size of nothing: an answer or a refusal by name', () => {
    const odd: Option[] = [
      { ...option('BTC', 25, 0, 'call'), strike: 0 },
      { ...option('BTC', 25, 0, 'put'), strike: 0 },
      { ...option('BTC', 25, 1e-300, 'put'), strike: 1e-300 },
      { ...option('BTC', 25, 1e12, 'call'), strike: 1e12 },
      { ...option('BTC', 1, 65_000, 'call'), expiry: instant(market.at + 3_600_000), id: 'BTC-SOON-65000-C' },
      { ...option('BTC', 1, 65_000, 'put'), expiry: instant(market.at + 1), id: 'BTC-NOW-65000-P' },
      { ...option('BTC', 1, 65_000, 'put'), expiry: market.at, id: 'BTC-OVER-65000-P' },
      { ...option('BTC', 4_000, 65_000, 'put'), expiry: expiryIn(4_000), id: 'BTC-FAR-65000-P' },
    ];
    const { underlyings } = market;
    const still = {
      ...market,
      underlyings: underlyings.map((coin) => ({
        ...coin,
        slices: coin.slices.map((slice) => ({
          ...slice,
          smile: {
            ...slice.smile,
            near: { ...slice.smile.near, a: 0, b: 0 },
            far: { ...slice.smile.far, a: 0, b: 0 },
          },
        })),
      })),
    };
    const none = { ...market, underlyings: underlyings.map((coin) => ({ ...coin, slices: [] })) };
    for (const model of [deribitPortfolio, deribitStandard]) {
      for (const where of [market, still, none]) {
        for (const product of [...odd, ...universe]) {
          for (const quantity of [-3, 0, 3]) {
            const held = portfolio([{ product, quantity }]);
            const book = sure(model.book([...everything, product], where, model.defaults as never));
            const standing = assess(held, book as never, model as never);
            if (isRefusal(standing)) expect(sentence(standing)).toMatch(/BTC|ETH/);
            else
              for (const line of LINE_NAMES)
                expect(typeof (standing as Standing).excess[line]).toBe('bigint');
          }
        }
      }
    }
  });
});

// Accounts that hold structured products: swept, charged, traded and settled as what they are made of.

import { describe, expect, it } from 'vitest';
import { cappedCall, powerPerpetual } from '../../test/payoffs.ts';
import { AT, expiryIn, linearOption, market, portfolio } from '../../test/sample.ts';
import { dollars, isRefusal, type Refusal } from '../base/index.ts';
import { price } from '../pricing/index.ts';
import type { PayoffView } from '../product/index.ts';
import type { RiskBook } from '../risk/index.ts';
import { tradingFee } from './charges.ts';
import type { MarginModel, Order, Position } from './index.ts';
import {
  applyTrade,
  assess,
  grid,
  gridDefaults,
  models,
  productsOf,
  type Standing,
  settleExpired,
  strikeNodes,
  withEntries,
} from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

function judge(...positions: Position[]): Standing {
  const account = portfolio(positions);
  const book = sure(grid.book(productsOf(account), market, gridDefaults));
  return sure(assess(account, book, grid));
}

const bought = linearOption('BTC', 25, 68_000, 'call');
const sold = linearOption('BTC', 25, 75_000, 'call');
const spread = cappedCall('BTC', 25, 68_000, 7_000);
const power = powerPerpetual('BTC');

describe('M-81 a structured product is swept with the rest', () => {
  it('a short capped call is asked for the swept loss of its two legs', () => {
    const one = judge({ product: spread, quantity: -10 });
    const two = judge({ product: bought, quantity: -10 }, { product: sold, quantity: 10 });
    for (const line of ['maintenance', 'initial'] as const) {
      const [own, legs] = [one, two].map((standing) => dollars(standing.requirement[line].swept));
      expect(own).toBeGreaterThan(1_000);
      expect(own).toBeCloseTo(legs!, 4);
    }
    expect(dollars(one.equity)).toBeCloseTo(dollars(two.equity), 6);
  });

  it('hedges and is hedged by listed options', () => {
    const hedged = judge(
      { product: spread, quantity: -10 },
      { product: bought, quantity: 10 },
      { product: sold, quantity: -10 },
    );
    expect(dollars(hedged.requirement.maintenance.swept)).toBeLessThan(1e-4);
  });

  it('M-80 a bought one never needs more than it is worth', () => {
    const { requirement } = judge({ product: spread, quantity: 10 });
    const worth = 10 * sure(price(spread, market)).usd;
    expect(dollars(requirement.initial.amount)).toBeLessThanOrEqual(worth + 1e-6);
  });
});

describe('M-83 charges, nodes and settlement', () => {
  it('a premium is charged as an option, a margined payoff as a future', () => {
    const named = (standing: Standing, name: string) =>
      standing.requirement.initial.charges.find((charge) => charge.name === name);
    const option = named(judge({ product: spread, quantity: -10 }), 'close-out-cost')!;
    const capped = gridDefaults.charges.optionFeeCap * sure(price(spread, market)).usd;
    expect(option.inputs['fees']).toBeCloseTo(
      10 * Math.min(gridDefaults.charges.optionFee * 65_000, capped),
      6,
    );
    const future = named(judge({ product: power, quantity: -10 }), 'close-out-cost')!;
    const delta = (2 * 65_000) / 1_000_000 / 0.999;
    expect(future.inputs['fees']).toBeCloseTo(10 * delta * 65_000 * gridDefaults.charges.futureFee, 6);
    expect(named(judge({ product: power, quantity: -10 }), 'vega-concentration')).toBeUndefined();
    expect(named(judge({ product: spread, quantity: -10 }), 'short-option-minimum')).toBeUndefined();
  });

  it('M-14 its strikes get nodes near expiry, the same as options there', () => {
    const near = cappedCall('BTC', 1, 64_000, 2_000);
    const legs = [64_000, 66_000].map((strike) => linearOption('BTC', 1, strike, 'call'));
    const spots = (products: Parameters<typeof strikeNodes>[0]) =>
      strikeNodes(products, market, gridDefaults).map(({ moves }) => moves[0]);
    expect(spots([near])).toEqual(spots(legs));
    expect(spots([near])).toHaveLength(4);
    expect(spots([spread, power])).toEqual([]);
  });

  it('pays at expiry what the payoff says at the index', () => {
    const account = portfolio([
      { product: cappedCall('BTC', 1, 60_000, 2_000), quantity: 3 },
      { product: cappedCall('BTC', 1, 64_000, 2_000), quantity: -2 },
      { product: cappedCall('BTC', 1, 66_000, 2_000), quantity: 5 },
      { product: power, quantity: 1 },
    ]);
    const settled = sure(settleExpired(account, market, expiryIn(1)));
    expect(settled.positions.map(({ product }) => product.id)).toEqual([power.id]);
    const paid = settled.balances.find(({ asset }) => asset === 'USDC')!;
    expect(paid.quantity).toBeCloseTo(3 * 2_000 - 2 * (65_000 / 0.999 - 64_000), 8);
    expect(sure(settleExpired(account, market, AT)).positions).toHaveLength(4);
  });
});

describe('M-80 premiums are paid, profits are counted from the entry', () => {
  it('a trade at the mark leaves equity where it was', () => {
    const empty = portfolio([]);
    for (const product of [spread, power]) {
      const traded = sure(applyTrade(empty, { product, quantity: -7 }, market));
      const book = sure(grid.book(productsOf(traded), market, gridDefaults));
      expect(dollars(sure(assess(traded, book, grid)).equity)).toBeCloseTo(1_000_000, 6);
    }
  });

  it('a margined payoff with an entry has unsettled profit of its settle asset', () => {
    const { mark } = sure(price(power, market));
    const { equity } = judge({ product: power, quantity: 4, entryPrice: mark - 100 });
    expect(dollars(equity)).toBeCloseTo(1_000_000 + 4 * 100 * 0.999, 6);
  });

  it('entries are noted for what is margined alone', () => {
    const account = portfolio([
      { product: spread, quantity: 1 },
      { product: power, quantity: 1 },
    ]);
    const entries = sure(withEntries(account, market)).positions.map(({ entryPrice }) => entryPrice);
    expect(entries).toEqual([undefined, sure(price(power, market)).mark]);
  });
});

describe('every model of our own takes structured products', () => {
  const account = portfolio([
    { product: spread, quantity: -10 },
    { product: power, quantity: 5 },
    { product: bought, quantity: 2 },
  ]);
  const lonely = portfolio([{ product: spread, quantity: -10 }]);
  const known: readonly [string, MarginModel][] = Object.entries(models);
  // A venue lists what it lists; a payoff of one's own it refuses by name. Models that look back need bars, which the sample market has not.
  const named = known.filter(([, { facts, defaults }]) => facts === undefined && !('history' in defaults));

  it.each(named)('M-83 %s: lines in order, and a sold payoff needs something', (_, model) => {
    for (const held of [account, lonely]) {
      const book = sure(model.book(productsOf(held), market, model.defaults));
      expect(book.risk.refused.size).toBe(0);
      const { maintenance, release, initial } = sure(assess(held, book, model)).requirement;
      expect(dollars(maintenance.amount)).toBeGreaterThan(100);
      expect(maintenance.amount).toBeLessThanOrEqual(release.amount);
      expect(release.amount).toBeLessThanOrEqual(initial.amount);
    }
  });

  it.each(named)('M-84 %s: a payoff that fails in a lane is refused by name, others are not', (_, model) => {
    const spot = 65_000;
    const { payoff } = spread;
    const mark = (view: PayoffView) => (view.index < 0.93 * spot ? Number.NaN : payoff.mark(view));
    const broken = { ...spread, id: 'BTC-BROKEN', payoff: { ...payoff, mark } };
    const held = portfolio([{ product: broken, quantity: -1 }]);
    const book = sure(model.book([...productsOf(account), ...productsOf(held)], market, model.defaults));
    const clean = sure(model.book(productsOf(account), market, model.defaults));
    expect(sure(assess(account, book, model)).requirement.initial.amount).toBe(
      sure(assess(account, clean, model)).requirement.initial.amount,
    );
    // A model without scenarios never asks the payoff about one.
    if (model.id === 'static') return;
    expect(book.risk.digest).toBe(clean.risk.digest);
    expect(assess(held, book, model)).toMatchObject({
      kind: 'refused',
      where: 'BTC-BROKEN',
      reason: 'bad-payoff',
    });
  });

  it('greeks and grid have the same rows of a payoff', () => {
    const rowOf = (model: MarginModel) => {
      const { risk } = sure(model.book(productsOf(lonely), market, model.defaults));
      const at = risk.indexOf.get(spread.id)! * risk.stride;
      return risk.rows.slice(at, at + risk.stride);
    };
    expect(rowOf(models.greeks)).toEqual(rowOf(grid));
  });
});

describe('M-34 orders in structured products', () => {
  it('cost what their worst fill would need; a premium is paid, a margined one moves profit', () => {
    for (const product of [spread, power]) {
      const limit = sure(price(product, market)).mark;
      const order: Order = { product, side: 'sell', quantity: 10, price: limit };
      const quoted = { ...portfolio([]), orders: [order] };
      const book = sure(grid.book(productsOf(quoted), market, gridDefaults));
      const open = sure(assess(quoted, book, grid));
      const filled = sure(applyTrade(portfolio([]), { product, quantity: -10 }, market));
      const after = sure(assess(filled, book, grid));
      expect(open.requirement.orders).toBe('exact');
      const fee = dollars(open.excess.initial) - dollars(after.excess.initial);
      expect(fee).toBeLessThan(0);
      expect(-fee).toBeCloseTo(10 * feeOf(product.id, book), 4);
    }
  });
});

function feeOf(id: string, { risk }: { risk: RiskBook }): number {
  return tradingFee(risk, risk.indexOf.get(id)!, 1, 65_000, gridDefaults.charges);
}

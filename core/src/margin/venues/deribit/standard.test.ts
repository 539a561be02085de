// Rows of the model `deribit-sm`: numbers a person can check with a pencil, each named by its rule.

import { describe, expect, it } from 'vitest';
import { powerPerpetual } from '../../../../test/payoffs.ts';
import { future, linearOption, market, option, perpetual, portfolio } from '../../../../test/sample.ts';
import { dollars, isRefusal, type Refusal, sentence } from '../../../base/index.ts';
import {
  assess,
  assetProduct,
  type Portfolio,
  type Position,
  productsOf,
  type Standing,
} from '../../index.ts';
import { deribitStandard } from './standard.ts';
import { type DeribitStandardParameters, deribitStandardHistory } from './standard-parameters.ts';

const [{ parameters: of2022 }, { parameters: of2026 }] = deribitStandardHistory;

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

function stand(held: Portfolio, parameters: DeribitStandardParameters = of2022): Standing {
  const products = [...productsOf(held), assetProduct('USD')];
  return sure(assess(held, sure(deribitStandard.book(products, market, parameters)), deribitStandard));
}

const INDEX = 65_000;
const one = (product: Position['product'], quantity: number, cash = 1e6) =>
  portfolio([{ product, quantity }], cash);
const linesOf = ({ requirement: { maintenance, release, initial } }: Standing) =>
  [maintenance, release, initial].map(({ amount }) => dollars(amount));

describe('M-100 perpetuals and futures', () => {
  it('a rate that grows with the coins of the position, on all of it: 25 BTC need 2.125 % and 1.125 %', () => {
    const [maintenance, release, initial] = linesOf(stand(one(perpetual('BTC', 'linear'), -25)));
    expect(initial).toBeCloseTo(25 * 0.02125 * INDEX, 6);
    expect(maintenance).toBeCloseTo(25 * 0.01125 * INDEX, 6);
    expect(release).toBe(maintenance);
  });

  it('coins of an inverse position are its dollars over its mark, and count at the index', () => {
    const [mark, dated] = [INDEX * 1.0003, INDEX * 1.004];
    const [maintenance, , initial] = linesOf(stand(one(perpetual('BTC'), 100 * mark)));
    expect(initial).toBeCloseTo(100 * 0.025 * INDEX, 5);
    expect(maintenance).toBeCloseTo(100 * 0.015 * INDEX, 5);
    expect(linesOf(stand(one(future('BTC', 25), -dated)))[2]).toBeCloseTo(0.02005 * INDEX, 6);
  });

  it('nothing nets: a future against a perpetual needs both', () => {
    const [long, short] = [one(perpetual('BTC'), 65_000), one(future('BTC', 25), -65_000)];
    const both = portfolio([...long.positions, ...short.positions]);
    const sum = linesOf(stand(long))[2]! + linesOf(stand(short))[2]!;
    expect(linesOf(stand(both))[2]).toBeCloseTo(sum, 6);
  });

  it('from August 2026 maintenance is two thirds of initial', () => {
    const [maintenance, , initial] = linesOf(stand(one(perpetual('ETH', 'linear'), 1_000), of2026));
    expect(initial).toBeCloseTo(1_000 * 0.024 * 1_900, 6);
    expect(maintenance).toBeCloseTo((2 / 3) * 1_000 * 0.024 * 1_900, 6);
    expect(deribitStandard.defaults).toBe(of2026);
  });

  it('says what it was made from', () => {
    const { initial } = stand(one(perpetual('ETH', 'linear'), 0)).requirement;
    expect(initial.charges).toEqual([]);
    const { charges } = stand(one(perpetual('BTC', 'linear'), 10)).requirement.initial;
    expect(charges).toEqual([
      {
        name: 'position-margin',
        underlying: 'BTC',
        product: 'BTC_USDC-PERPETUAL',
        amount: expect.anything(),
        inputs: { notional: 650_000, coins: 10, rate: 0.0205 },
      },
    ]);
  });
});

/** What Deribit calls available funds: cash, less margins that hold the mark of what is sold; what is bought counts nothing. */
function availableOf(cash: number, sold: readonly { size: number; margin: number; mark: number }[]): number {
  return sold.reduce((left, { size, margin, mark }) => left - size * (margin + mark), cash);
}

describe('M-101 options', () => {
  it('excess is the available funds of the venue, whose margins hold the mark and whose balance has no options', () => {
    const [call, put] = [option('BTC', 25, 68_000, 'call'), option('BTC', 25, 55_000, 'put')];
    const held = portfolio([
      { product: call, quantity: -10 },
      { product: put, quantity: -4 },
      { product: option('BTC', 25, 65_000, 'call'), quantity: 7 },
    ]);
    const standing = stand(held);
    const { risk } = sure(deribitStandard.book(productsOf(held), market, of2022));
    const worth = (id: string) => risk.columns.value[risk.indexOf.get(id)!]!;
    const sold = (margins: readonly [call: number, put: number]) => [
      { size: 10, margin: margins[0] * INDEX, mark: worth(call.id) },
      { size: 4, margin: margins[1] * INDEX, mark: worth(put.id) },
    ];
    const initial = availableOf(1e6, sold([0.15 - 3_000 / INDEX, 0.1]));
    expect(dollars(standing.excess.initial)).toBeCloseTo(initial, 5);
    const maintenance = availableOf(1e6, sold([0.075, 0.075]));
    expect(dollars(standing.excess.maintenance)).toBeCloseTo(maintenance, 5);
  });

  it('a put worth more than a coin needs its share of its mark, on both lines', () => {
    const put = option('BTC', 116, 400_000, 'put');
    const held = one(put, -1, 1e7);
    const { risk } = sure(deribitStandard.book(productsOf(held), market, of2022));
    const mark = risk.columns.mark[risk.indexOf.get(put.id)!]!;
    expect(mark).toBeGreaterThan(4);
    const [maintenance, , initial] = linesOf(stand(held));
    expect(maintenance).toBeCloseTo(0.075 * mark * INDEX, 5);
    expect(initial).toBe(maintenance);
  });

  it('a linear option takes shares of the index in its settle asset', () => {
    const put = linearOption('ETH', 11, 1_600, 'put');
    const [maintenance, , initial] = linesOf(stand(one(put, -10)));
    expect(maintenance).toBeCloseTo(10 * 0.075 * 1_900, 6);
    expect(initial).toBeCloseTo(10 * 0.1 * 1_900, 6);
  });
});

describe('M-102 collateral', () => {
  it('is cut on initial alone, coins of the venue not at all', () => {
    const balances = (asset: string) => ({
      ...portfolio([], 0),
      balances: [{ asset, kind: 'collateral' as const, quantity: 1_000 }],
    });
    expect(linesOf(stand(balances('USDE')))).toEqual([0, 0, 50]);
    expect(linesOf(stand(balances('BTC')))).toEqual([0, 0, 0]);
  });

  it('an unknown coin, payoff or rate is refused by name', () => {
    const { coins } = of2022;
    const { ETH: _, ...others } = coins;
    const refusedOf = (held: Portfolio, parameters = of2022) => {
      const book = sure(deribitStandard.book(productsOf(held), market, parameters));
      const refusal = deribitStandard.require(held, book);
      return isRefusal(refusal) ? sentence(refusal) : undefined;
    };
    const unnamed = refusedOf(one(perpetual('ETH'), 1), { ...of2022, coins: others });
    expect(unnamed).toContain('the rates of ETH are not known; name them under coins');
    expect(refusedOf(one(powerPerpetual('BTC'), 1))).toContain('lists no such payoff');
    const BTC = coins['BTC']!;
    const steep = { ...BTC, linear: { ...BTC.linear, maintenance: { base: 0.03, slope: 0 } } };
    const doubt = deribitStandard.form.doubt({ ...of2022, coins: { ...coins, BTC: steep } });
    expect(doubt?.message).toContain('coins.BTC.linear.maintenance.base must be at most');
    for (const { parameters } of deribitStandardHistory) {
      expect(deribitStandard.form.doubt(parameters)).toBeUndefined();
    }
  });
});

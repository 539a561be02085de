// Rows of the model `static`: numbers a person can check with a pencil, each named by its rule.

import { describe, expect, it } from 'vitest';
import { future, linearOption, market, option, perpetual, portfolio } from '../../../test/sample.ts';
import { dollars, isRefusal, type Refusal, sentence } from '../../base/index.ts';
import { underlyingOf } from '../../market/index.ts';
import {
  assess,
  assetProduct,
  type ChargeName,
  type LineName,
  type Portfolio,
  type Position,
  productsOf,
  type Standing,
  type StaticParameters,
  staticDefaults,
  staticModel,
} from '../index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

function stand(held: Portfolio, parameters: StaticParameters = staticDefaults): Standing {
  const products = [...productsOf(held), assetProduct('USD')];
  return sure(assess(held, sure(staticModel.book(products, market, parameters)), staticModel));
}

function charged(standing: Standing, line: LineName, name: ChargeName): number[] {
  return standing.requirement[line].charges
    .filter((charge) => charge.name === name)
    .map(({ amount }) => dollars(amount));
}

const one = (product: Position['product'], quantity: number, cash = 1e6) =>
  portfolio([{ product, quantity }], cash);
const index = underlyingOf(market, 'BTC')!.index;
const BTC = staticDefaults.coins['BTC']!;

/** Defaults with another rule for BTC's perpetuals. */
function perpetuals(rule: Partial<StaticParameters['coins'][string]['perpetual']>): StaticParameters {
  const own = { ...BTC, perpetual: { ...BTC.perpetual, ...rule } };
  return { ...staticDefaults, coins: { ...staticDefaults.coins, BTC: own } };
}

describe('M-45 position margin', () => {
  it('is a share of notional, per position: a hedge is worth nothing', () => {
    const hedged = stand(
      portfolio(
        [
          { product: perpetual('BTC', 'linear'), quantity: 2 },
          { product: future('BTC', 25), quantity: -130_000 },
        ],
        1e6,
      ),
    );
    // Dollars of a linear perpetual: its mark in USDC at the peg; of an inverse future: coins at the index.
    const [short, long] = [(130_000 / (index * 1.004)) * index, 2 * index * 1.0003];
    expect(charged(hedged, 'maintenance', 'position-margin').sort((a, b) => a - b)).toEqual(
      [expect.closeTo(0.09 * long, 4), expect.closeTo(0.09 * short, 4)].sort((a, b) => a.sample - b.sample),
    );
    expect(dollars(hedged.requirement.initial.amount)).toBeCloseTo(0.16 * (long + short), 4);
    expect(hedged.requirement.initial.swept).toBe(0n);
  });

  it('grows by tiers, by the root of size, and by open interest', () => {
    const at = (rule: Partial<StaticParameters['coins'][string]['perpetual']>, dollarsHeld: number) => {
      const quantity = (dollarsHeld / index) * index * 1.0003;
      return charged(
        stand(one(perpetual('BTC'), quantity), perpetuals(rule)),
        'initial',
        'position-margin',
      )[0];
    };
    expect(at({}, 2e8)).toBeCloseTo(0.16 * 1e8 + 0.2 * 1e8, 2);
    expect(at({ sizeFactor: 1e-4 }, 1e6)).toBeCloseTo(0.8 * 0.16 * 1e6 + 1e-4 * 1e6 * 1e3, 2);
    expect(at({ openInterest: { held: 35, lower: 20, upper: 50 } }, 1e6)).toBeCloseTo(0.58e6, 2);
  });

  it('is the rule of the product itself where the parameters name it', () => {
    const rule = { ...BTC.perpetual, tiers: [{ from: 0, maintenance: 0.5, initial: 0.5 }] };
    const own = { ...staticDefaults, products: { 'BTC-PERPETUAL': rule } };
    expect(charged(stand(one(perpetual('BTC'), 65_000 * 1.0003), own), 'initial', 'position-margin')).toEqual(
      [expect.closeTo(32_500, 4)],
    );
    const misplaced = { ...staticDefaults, options: { 'BTC-PERPETUAL': BTC.option } };
    const book = staticModel.book([perpetual('BTC')], market, misplaced);
    expect(isRefusal(book) && book.message).toContain('in the wrong one');
  });

  it('says of each product what it was made from', () => {
    const { requirement } = stand(one(perpetual('BTC'), -65_000 * 1.0003));
    expect(requirement.maintenance.charges).toEqual([
      {
        name: 'position-margin',
        underlying: 'BTC',
        product: 'BTC-PERPETUAL',
        amount: 585_000_000_000n,
        inputs: { notional: expect.closeTo(65_000, 8), rate: 0.09, deduction: 0 },
      },
    ]);
  });
});

describe('M-46 options without a sweep', () => {
  it('sold: a share of the index less what it is out of the money; equity has its mark', () => {
    const standing = stand(one(option('BTC', 25, 68_000, 'call'), -10));
    const distance = 3_000 / index;
    expect(charged(standing, 'maintenance', 'short-option-margin')).toEqual([10 * 0.075 * index]);
    expect(charged(standing, 'initial', 'short-option-margin')).toEqual([
      expect.closeTo(10 * (0.15 - distance) * index, 6),
    ]);
    expect(standing.equity).toBeLessThan(100_000_000_000_000n);
  });

  it('a linear strike is an amount of its settle asset', () => {
    const standing = stand(one(linearOption('ETH', 11, 1_600, 'put'), -10));
    const distance = (1_900 - 1_600 * 0.999) / 1_900;
    const { options, coins } = staticDefaults;
    expect(options).toEqual({});
    const least = Math.max(coins['ETH']!.option.initial - distance, coins['ETH']!.option.initialMin);
    expect(charged(standing, 'initial', 'short-option-margin')).toEqual([
      expect.closeTo(10 * least * 1_900, 6),
    ]);
  });

  it('bought: their worth on every line, so that they cover nothing and cost nothing more', () => {
    const call = option('BTC', 25, 65_000, 'call');
    const [none, bought] = [stand(one(call, 0)), stand(one(call, 3))];
    for (const line of ['maintenance', 'release', 'initial'] as const) {
      // A unit of the last place is lost between what equity rounds down and a requirement up.
      expect(none.excess[line] - bought.excess[line]).toBeLessThanOrEqual(1n);
      expect(bought.requirement[line].charges.map(({ name }) => name)).toEqual(['bought-options']);
    }
    expect(bought.withdrawable).toBeLessThanOrEqual(none.withdrawable);
  });

  it('an option with rates of its own', () => {
    const call = option('BTC', 25, 80_000, 'call');
    const options = { [call.id]: { initial: 1, initialMin: 1, maintenance: 0.9 } };
    const standing = stand(one(call, -1), { ...staticDefaults, options });
    expect(charged(standing, 'maintenance', 'short-option-margin')).toEqual([0.9 * index]);
  });
});

describe('M-47 haircut by size', () => {
  const account = (quantity: number): Portfolio => ({
    account: 'a',
    balances: [{ asset: 'BTC', kind: quantity < 0 ? 'cash' : 'collateral', quantity }],
    positions: [],
    orders: [],
  });
  const collateral = (rule: Partial<StaticParameters['coins'][string]['collateral']>): StaticParameters => ({
    ...staticDefaults,
    coins: { BTC: { ...BTC, collateral: { ...BTC.collateral, ...rule } } },
  });
  const cut = (quantity: number, parameters: StaticParameters, line: LineName = 'initial') =>
    charged(stand(account(quantity), parameters), line, 'collateral-haircut')[0];

  it('is the parameter where nothing grows, and owed counts beyond itself', () => {
    expect(cut(2, staticDefaults)).toBeCloseTo(0.16 * 2 * index, 6);
    expect(cut(-2, staticDefaults, 'maintenance')).toBeCloseTo(0.09 * 2 * index, 6);
  });

  it('grows with the balance and with what everybody has deposited', () => {
    // 1.1 / (1 + 1e-4 sqrt(65e6)) = 0.609 of 65 million.
    const value = 1_000 * index;
    const weight = 1.1 / (1 + 1e-4 * Math.sqrt(value));
    expect(cut(1_000, collateral({ sizeFactor: 1e-4 }))).toBeCloseTo((1 - weight) * value, 4);
    const debt = 0.8 * 1.16 + 1e-4 * Math.sqrt(value);
    expect(cut(-1_000, collateral({ sizeFactor: 1e-4 }))).toBeCloseTo((debt - 1) * value, 4);
    const deposits = { held: 4e8, start: 1e8 };
    expect(cut(1, collateral({ deposits }))).toBeCloseTo((1 - 0.84 / 4) * index, 6);
    expect(cut(1, collateral({ deposits }), 'maintenance')).toBeCloseTo(0.09 * index, 6);
  });

  it('release buffers what positions and debts ask for, not what is owned', () => {
    const owned = stand(account(2)).requirement;
    expect(owned.release.amount).toBe(owned.maintenance.amount);
    const owed = stand(account(-2)).requirement;
    expect(dollars(owed.release.amount)).toBeCloseTo(1.2 * dollars(owed.maintenance.amount), 6);
  });

  it('initial is never below release', () => {
    const steep = { ...staticDefaults, releaseBuffer: 2 };
    const { initial, release } = stand(one(perpetual('BTC'), 65_000), steep).requirement;
    expect(initial.amount).toBe(release.amount);
    expect(initial.charges.at(-1)?.name).toBe('release-floor');
  });
});

describe('parameters and refusals', () => {
  it.each([
    [{ releaseBuffer: -1 }, 'releaseBuffer'],
    [{ fees: { ...staticDefaults.fees, option: 2 } }, 'fees.option'],
    [{ pegs: {} }, 'pegs.USD'],
    [{ pegs: { ...staticDefaults.pegs, BTC: BTC.collateral } }, 'pegs.BTC'],
    [{ otherCoin: { ...BTC, option: { ...BTC.option, initialMin: 0.5 } } }, 'otherCoin.option.initialMin'],
    [{ options: { X: { ...BTC.option, maintenance: Number.NaN } } }, 'options.X.maintenance'],
    [{ products: { X: { ...BTC.perpetual, tiers: [] } } }, 'products.X.tiers[0].from'],
    [
      { products: { X: { ...BTC.perpetual, tiers: [...BTC.perpetual.tiers].reverse() } } },
      'products.X.tiers[0].from',
    ],
    [
      {
        products: {
          X: {
            ...BTC.perpetual,
            tiers: [
              { from: 0, maintenance: 0.1, initial: 0.2 },
              { from: 5, maintenance: 0.1, initial: 0.15 },
            ],
          },
        },
      },
      'products.X.tiers[1] must be no cheaper',
    ],
    [
      { products: { X: { ...BTC.perpetual, openInterest: { held: 1, lower: 5, upper: 5 } } } },
      'products.X.openInterest.upper',
    ],
    [
      {
        otherCoin: {
          ...BTC,
          collateral: { ...BTC.collateral, maintenance: { haircut: 0.5, owed: 0.1 } },
        },
      },
      'otherCoin.collateral.maintenance.haircut',
    ],
  ])('M-45 M-47 %j is refused by its field', (part, field) => {
    const doubt = staticModel.form.doubt({ ...staticDefaults, ...(part as Partial<StaticParameters>) });
    expect(doubt?.message).toContain(field);
    expect(staticModel.form.doubt(staticDefaults)).toBeUndefined();
  });

  it('M-45 the book again from its risk arrays is the same book', () => {
    const held = one(perpetual('BTC'), 65_000);
    const book = sure(staticModel.book(productsOf(held), market, staticDefaults));
    expect(sure(staticModel.rebook(book.risk, staticDefaults))).toEqual(book);
  });

  it('M-47 what is neither a coin nor stable is refused', () => {
    const stranger: Portfolio = {
      account: 'a',
      balances: [{ asset: 'XYZ', kind: 'cash', quantity: 1 }],
      positions: [],
      orders: [],
    };
    const book = sure(staticModel.book(productsOf(stranger), market, staticDefaults));
    expect(isRefusal(staticModel.require(stranger, book))).toBe(true);
  });
});

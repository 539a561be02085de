// Derive's portfolio managers by hand: one rule at a time, on numbers that a reader can check with a pocket calculator.

import { describe, expect, it } from 'vitest';
import {
  btcPerpetual,
  deriveMarket,
  deriveOptions,
  ethPerpetual,
  type Stated,
  standingOf,
} from '../../../../test/derive.ts';
import { AT, linearOption, perpetual } from '../../../../test/sample.ts';
import { dollars, instant, isRefusal, type Refusal, years, yearsBetween } from '../../../base/index.ts';
import { blackPrice } from '../../../kernel/index.ts';
import { type Market, oneTerm, volTable } from '../../../market/index.ts';
import type { Option, Product } from '../../../product/index.ts';
import type { Balance, LineName, Portfolio, Standing } from '../../index.ts';
import { doubtShare, nakedAtStrikes, peggedFactor } from './contingencies.ts';
import { derivePmrm, pmrmDiscount } from './pmrm.ts';
import { derivePmrm2, pmrm2Discount } from './pmrm2.ts';
import type { Pmrm2Market, Pmrm2Parameters } from './portfolio-parameters.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

type Holding = readonly [product: Product, quantity: number];

function account(holdings: readonly Holding[], balances: Readonly<Record<string, number>> = {}): Portfolio {
  return {
    account: 'row',
    balances: Object.entries(balances).map(
      ([asset, quantity]): Balance => ({ asset, quantity, kind: asset === 'USDC' ? 'cash' : 'collateral' }),
    ),
    positions: holdings.map(([product, quantity]) => ({ product: product as Option, quantity })),
    orders: [],
  };
}

const charge = ({ requirement }: Standing, line: LineName, name: string) =>
  requirement[line].charges
    .filter((item) => item.name === name)
    .reduce((sum, item) => sum + dollars(item.amount), 0);
const index = (stable: number, price: number) => stable * price;
const { defaults } = derivePmrm2;

function withMargin(margin: Partial<Pmrm2Market['margin']>): Pmrm2Parameters {
  const markets = Object.entries(defaults.markets).map(([coin, market]): [string, Pmrm2Market] => [
    coin,
    { ...market, margin: { ...market.margin, ...margin } },
  ]);
  return { ...defaults, markets: Object.fromEntries(markets) };
}

/** One coin, one expiry, flat vol: 7 days, 60 %, spot and forward 3,000. */
function published(): { market: Market; option: (strike: number) => Option } {
  const expiry = instant(AT + 7 * 86_400_000);
  const coin = deriveMarket().underlyings[1]!;
  const years7 = years(yearsBetween(AT, expiry));
  const slice = {
    ...coin.slices[0]!,
    expiry,
    years: years7,
    forward: 3_000,
    smileForward: 3_000,
    smileYears: years7,
    smile: oneTerm({ a: 0.36 * years7, b: 0, rho: 0, m: 0, sigma: 0.1 }),
  };
  const eth = { ...coin, index: 3_000, perpetual: 3_000, futures: [], slices: [slice] };
  const option = (strike: number): Option => ({
    ...linearOption('ETH', 11, strike, 'call'),
    expiry,
    id: `ETH-${strike}`,
  });
  return { market: { ...deriveMarket(), underlyings: [eth] }, option };
}

describe('M-88 static discounts', () => {
  // A week, 60 % vol, spot and forward 3,000; the vol goes up by 50 % x (30 / 7)^0.3, and what counts is the value there.
  const up = 0.6 * (1 + 0.5 * (30 / 7) ** 0.3);
  const worth = (forward: number, strike: number) =>
    blackPrice('call', forward, strike, up * Math.sqrt(7 / 365));

  it.each([
    [0.98, 1.02],
    [1.02, 0.98],
  ])('short base %f, long base %f', (short, long) => {
    const { market, option } = published();
    const margin = { shortBaseStaticDiscount: short, longBaseStaticDiscount: long };
    const left = (strike: number, quantity: number) =>
      dollars(
        sure(standingOf(derivePmrm2, account([[option(strike), quantity]]), market, withMargin(margin)))
          .excess.initial,
      );
    // Short at the money, spot up 18 %: its value then, marked up by at most one, and the contingency of a naked option.
    const owed = Math.min(1, short * Math.exp((0.1 * 7) / 365));
    expect(left(3_000, -1)).toBeCloseTo(-worth(3_540, 3_000) * owed - 3_000 * 0.005, 6);
    const owned = long * Math.exp((-0.1 * 7) / 365);
    expect(left(2_000, 1)).toBeCloseTo(worth(2_460, 2_000) * owned, 6);
  });

  it('never counts what is owed above its undiscounted value, nor what is owed at all in the first version', () => {
    const margin = { ...defaults.markets['ETH']!.margin, shortBaseStaticDiscount: 1.5 };
    expect(pmrm2Discount(margin, 0.5, 0.1).loss).toBeCloseTo(Math.exp(0.05), 14);
    expect(pmrm2Discount(margin, 0.5, 0).loss).toBe(1);
    const first = { imFactor: 1.3, rateMultScale: 4, rateAddScale: 0.05, baseStaticDiscount: 0.95 };
    expect(pmrmDiscount(first, 0.5, 0.1)).toEqual({
      gain: expect.closeTo(0.95 * Math.exp(-0.225), 14),
      loss: 1,
    });
  });
});

describe('M-87 scenarios', () => {
  it('a perpetual loses what spot moves, tails in part', () => {
    const { requirement } = sure(
      standingOf(derivePmrm2, account([[ethPerpetual, 10]], { USDC: 1e6 }), deriveMarket()),
    );
    const { pnl, book } = requirement.initial.sweep;
    const u = book.groups.underlyings.indexOf('ETH');
    const moved = (lane: number) => pnl[u * book.stride + lane]!;
    const mark = 1_900 * 1.0003;
    expect(moved(0)).toBeCloseTo(10 * mark * 0.18, 6);
    expect(moved(22)).toBeCloseTo(-10 * mark * 0.18, 6);
    expect(moved(23)).toBeCloseTo(-10 * mark * 0.66 * 0.21, 6);
    expect(moved(30)).toBeCloseTo(10 * mark * 5 * 0.02772, 6);
    expect(book.lanes.filter(({ id }) => id.startsWith('ETH/')).length).toBe(35);
  });

  it('skews cost an expiry whichever way it moves', () => {
    const risky = sure(
      standingOf(
        derivePmrm2,
        account([[linearOption('ETH', 116, 2_400, 'call'), 5]], { USDC: 1e5 }),
        deriveMarket(),
      ),
    ).requirement.initial.sweep;
    const u = risky.book.groups.underlyings.indexOf('ETH');
    for (const lane of [31, 32]) expect(risky.pnl[u * risky.book.stride + lane]).toBeLessThan(0);
  });
});

describe('M-89 basis contingency', () => {
  it('takes the worse side of every expiry, weighed by its time', () => {
    // Two puts of different expiries would hedge each other's calls; the basis lets neither.
    const near = linearOption('ETH', 11, 1_900, 'call');
    const far = linearOption('ETH', 116, 1_900, 'call');
    const { sweep: swept } = sure(
      standingOf(
        derivePmrm2,
        account(
          [
            [near, 10],
            [far, -10],
          ],
          { USDC: 1e6 },
        ),
        deriveMarket(),
      ),
    ).requirement.initial;
    const { book } = swept;
    const lane = book.lanes.findIndex(({ id }) => id === 'ETH/basis-up');
    const [down, u] = [lane + 1, book.groups.underlyings.indexOf('ETH')];
    const value = (product: Product, at: number, q: number) =>
      q * book.rows[book.indexOf.get(product.id)! * book.stride + at]!;
    const worst = (product: Product, q: number) =>
      Math.min(0, value(product, lane, q), value(product, down, q));
    const expected = worst(near, 10) + worst(far, -10);
    expect(expected).toBeLessThan(0);
    expect(swept.pnl[u * book.stride + lane]).toBeCloseTo(expected, 8);
    // The weight: add + multiple x years, on a plain move of the forward.
    const moved = book.shocks.get('ETH')![lane]!;
    expect([moved.damp, moved.dampPerYear, moved.plain]).toEqual([0.5, 2, true]);
  });
});

describe('M-90 contingencies by size', () => {
  const leg = (right: 'call' | 'put', quantity: number, strike = 1_900) => ({
    row: 0,
    product: linearOption('ETH', 11, strike, right),
    held: quantity,
    low: quantity,
    high: quantity,
  });

  it.each([
    ['both short', [leg('call', -2), leg('put', -3)], 5],
    ['a long put covers a short call of its strike', [leg('call', -2), leg('put', 1)], 1],
    ['more than all of it', [leg('call', -2), leg('put', 5)], 0],
    ['another strike covers nothing', [leg('call', -2), leg('put', 2, 1_500)], 2],
    ['both long', [leg('call', 2), leg('put', 3)], 0],
  ])('%s', (_, legs, naked) => {
    expect(nakedAtStrikes(legs)).toBe(naked);
  });

  it('perpetuals, naked options and haircuts, initial on top of maintenance', () => {
    const held = account(
      [
        [ethPerpetual, -10],
        [linearOption('ETH', 11, 2_400, 'call'), -4],
      ],
      {
        USDC: 1e6,
        ETH: 5,
        USDT: 1_000,
      },
    );
    const standing = sure(standingOf(derivePmrm2, held, deriveMarket()));
    expect(charge(standing, 'maintenance', 'perpetual-contingency')).toBeCloseTo(10 * 1_900 * 0.03, 7);
    expect(charge(standing, 'initial', 'perpetual-contingency')).toBeCloseTo(10 * 1_900 * 0.04, 7);
    expect(charge(standing, 'maintenance', 'option-contingency')).toBeCloseTo(4 * 1_900 * 0.003, 7);
    expect(charge(standing, 'initial', 'option-contingency')).toBeCloseTo(4 * 1_900 * 0.005, 7);
    expect(charge(standing, 'maintenance', 'collateral-haircut')).toBeCloseTo(
      9_500 * 0.056 + 1_000 * 0.02,
      7,
    );
    expect(charge(standing, 'initial', 'collateral-haircut')).toBeCloseTo(9_500 * 0.07 + 1_000 * 0.1, 7);
  });
});

describe('M-91 confidence', () => {
  const rule = { confThreshold: 0.55, confMargin: 0.4 };

  it('charges nothing at the threshold, and (1 - c) just below it', () => {
    expect(doubtShare(rule, 0.55)).toBe(0);
    expect(doubtShare(rule, 0.549)).toBeCloseTo(0.451 * 0.4, 14);
    expect(doubtShare(rule, 0)).toBe(0.4);
  });

  const doubted = (stated: Stated, holdings: readonly Holding[]) =>
    charge(
      sure(standingOf(derivePmrm2, account(holdings, { USDC: 1e6 }), deriveMarket(stated))),
      'initial',
      'confidence-contingency',
    );
  const call = linearOption('ETH', 11, 1_900, 'call');

  it('an expiry takes the least of its own and the index, and the mark while a perpetual is held', () => {
    expect(doubted({ confidence: 0.5 }, [[call, 3]])).toBeCloseTo(3 * 1_900 * 0.5 * 0.4, 6);
    const feeds = new Map([['ETH-PERPETUAL', 0.2]]);
    expect(doubted({ confidences: feeds }, [[call, 3]])).toBe(0);
    const both = doubted({ confidences: feeds }, [
      [call, 3],
      [ethPerpetual, 2],
    ]);
    expect(both).toBeCloseTo((3 + 2) * 1_900 * 0.8 * 0.4, 6);
    expect(doubted({ confidences: new Map([['ETH-INDEX', 0.5]]) }, [[call, 3]])).toBeCloseTo(
      3 * 1_900 * 0.5 * 0.4,
      6,
    );
  });

  it('maintenance is not charged', () => {
    const standing = sure(
      standingOf(derivePmrm2, account([[call, 3]], { USDC: 1e6 }), deriveMarket({ confidence: 0 })),
    );
    expect(charge(standing, 'maintenance', 'confidence-contingency')).toBe(0);
  });
});

describe('M-92 factors and peg', () => {
  it('initial grows with what a USDC is short of its threshold', () => {
    expect(peggedFactor(1, { pegLossThreshold: 0.99, pegLossFactor: 4 }, 0.94)).toBeCloseTo(1.2, 14);
    expect(peggedFactor(1, { pegLossThreshold: 0.99, pegLossFactor: 4 }, 1.01)).toBe(1);
    const held = account([[ethPerpetual, 10]], { USDC: 1e6 });
    const asked = (stable: number, line: LineName) =>
      charge(sure(standingOf(derivePmrm2, held, deriveMarket({ stable }))), line, 'scenario-factor');
    const loss = (stable: number) => 10 * index(stable, 1_900 * 1.0003) * 0.18;
    expect(asked(0.94, 'initial')).toBeCloseTo(0.2 * loss(0.94), 6);
    expect(asked(0.94, 'maintenance')).toBeCloseTo(-0.2 * loss(0.94), 6);
  });
});

describe('M-93 what PMRM does otherwise', () => {
  it('multiplies contingencies on initial, and charges base coins instead of cutting them', () => {
    const held = account([[ethPerpetual, -10]], { USDC: 1e6, ETH: 5 });
    const standing = sure(standingOf(derivePmrm, held, deriveMarket()));
    expect(charge(standing, 'maintenance', 'perpetual-contingency')).toBeCloseTo(10 * 1_900 * 0.03, 7);
    expect(charge(standing, 'initial', 'perpetual-contingency')).toBeCloseTo(10 * 1_900 * 0.03 * 1.25, 7);
    expect(charge(standing, 'initial', 'base-contingency')).toBeCloseTo(5 * 1_900 * 0.03 * 1.25, 7);
    expect(charge(standing, 'initial', 'collateral-haircut')).toBe(0);
    expect(charge(standing, 'maintenance', 'scenario-factor')).toBe(0);
  });
});

describe('M-86 managers and their unit', () => {
  const reason = (answer: Standing | Refusal) => (isRefusal(answer) ? answer.message : 'answered');

  it('an account of one manager takes collateral by that market, and nothing else', () => {
    const given: Pmrm2Parameters = { ...defaults, manager: 'BTC' };
    const held = account([[btcPerpetual, 1]], { USDC: 1e6, ETH: 10 });
    const standing = sure(standingOf(derivePmrm2, held, deriveMarket(), given));
    expect(charge(standing, 'initial', 'collateral-haircut')).toBeCloseTo(19_000 * 0.25, 6);
    const { book, pnl } = standing.requirement.initial.sweep;
    const u = book.groups.underlyings.indexOf('ETH');
    const moves = [...pnl.subarray(u * book.stride, (u + 1) * book.stride)];
    expect(moves.filter((move) => move !== 0)).toEqual([]);
    expect(reason(standingOf(derivePmrm2, account([[ethPerpetual, 1]]), deriveMarket(), given))).toMatch(
      /no manager of ETH/,
    );
    expect(
      reason(standingOf(derivePmrm2, account([]), deriveMarket(), { ...defaults, manager: 'XRP' })),
    ).toMatch(/manager must be/);
  });

  it('with each manager, a liquid staking token moves with its coin', () => {
    const held = account([[ethPerpetual, -1]], { USDC: 1e6, WSTETH: 10 });
    const { book, pnl } = sure(standingOf(derivePmrm2, held, deriveMarket())).requirement.initial.sweep;
    const u = book.groups.underlyings.indexOf('ETH');
    expect(pnl[u * book.stride]).toBeCloseTo(0.18 * (22_800 - 1_900 * 1.0003), 5);
  });

  it('refuses what Derive does not list, with what to write instead', () => {
    const inverse = reason(standingOf(derivePmrm2, account([[perpetual('ETH'), 1]]), deriveMarket()));
    expect(inverse).toMatch(/write ETH_USDC-PERPETUAL/);
    expect(reason(standingOf(derivePmrm2, account([], { USDC: 1, DOGE: 5 }), deriveMarket()))).toMatch(
      /collateral/,
    );
  });
});

describe('total functions', () => {
  const first = deriveOptions[0]!;
  const odd: readonly (readonly [string, Option, Partial<Market['underlyings'][0]['slices'][0]>])[] = [
    ['a zero strike', { ...first, strike: 0, id: 'zero-strike' }, {}],
    ['a zero vol', first, { table: volTable(1_900, [[first.strike, 0]]) }],
    ['zero time', { ...first, expiry: AT }, { expiry: AT, years: years(0), unfixed: 0 }],
    ['a negative rate', first, { rate: -0.2 }],
    ['no confidence at all', first, { oracleConfidence: 0 }],
  ];

  it.each(odd)('%s is answered', (_, option, change) => {
    const base = deriveMarket();
    const underlyings = base.underlyings.map((coin) => ({
      ...coin,
      slices: coin.slices
        .map((slice) => (slice.expiry === first.expiry ? { ...slice, ...change } : slice))
        .sort((left, right) => left.expiry - right.expiry),
    }));
    for (const quantity of [-3, 3]) {
      const held = account([[option, quantity]], { USDC: 1e5 });
      for (const model of [derivePmrm2, derivePmrm]) {
        const { equity, requirement } = sure(
          standingOf(model as typeof derivePmrm2, held, { ...base, underlyings }),
        );
        expect(typeof equity).toBe('bigint');
        expect(requirement.initial.amount >= requirement.maintenance.amount).toBe(true);
        expect([...requirement.initial.sweep.pnl].every(Number.isFinite)).toBe(true);
      }
    }
  });

  it('an account of nothing', () => {
    const { requirement } = sure(standingOf(derivePmrm2, account([]), deriveMarket()));
    expect(requirement.initial.amount).toBe(0n);
  });
});

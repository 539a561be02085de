// OKX's portfolio margin by hand: linear contracts by arithmetic, terms by their formulas, the venue's own example where it lies beside.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AT, future, market, option, perpetual } from '../../../../test/sample.ts';
import { isRefusal, type Refusal, sentence, years } from '../../../base/index.ts';
import type { Market, Slice } from '../../../market/index.ts';
import { price } from '../../../pricing/index.ts';
import type { Option, Perpetual } from '../../../product/index.ts';
import { shift } from '../../../scenario/index.ts';
import { readVenueAnswer } from '../../../wire/index.ts';
import { assess } from '../../assess.ts';
import { productsOf } from '../../holdings.ts';
import type { Portfolio, Position } from '../../portfolio.ts';
import type { MarginModel } from '../../requirement.ts';
import { compareAccount } from '../compare.ts';
import { accountsOf } from '../report.ts';
import { marketOf } from '../report-market.ts';
import { venueSide } from '../sides.ts';
import { type OkxParameters, okxHistory } from './parameters.ts';
import { okxPortfolio } from './pm.ts';
import { okxUnits } from './report.ts';
import { depegTiers } from './unit.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

/** BTC at 65,000, its perpetual at 65,019.5, USDC at 0.999. */
const defaults = okxPortfolio.defaults;

function ask(
  positions: readonly Position[],
  cash = 0,
  parameters: OkxParameters = defaults,
  at: Market = market,
) {
  const portfolio: Portfolio = {
    account: 'okx',
    balances: cash === 0 ? [] : [{ asset: 'USDC', kind: 'cash', quantity: cash }],
    positions,
    orders: [],
  };
  const book = sure(okxPortfolio.book(productsOf(portfolio), at, parameters));
  const { requirement } = sure(assess(portfolio, book, okxPortfolio));
  const units = sure(okxUnits(requirement, book));
  return { requirement, book, units, unit: units[0]! };
}

const btc = perpetual('BTC', 'linear');
const dollars = (amount: bigint) => Number(amount) / 1e8;

describe('M-110 risk units and their scenarios', () => {
  it('a linear position loses the index times the move, cell by cell, whatever its mark', () => {
    const { unit } = ask([{ product: btc, quantity: -2 }]);
    const cells = unit.mr1Scenarios.volSame;
    expect(cells.map(({ spot }) => spot)).toEqual([-0.12, -0.08, -0.04, 0, 0.04, 0.08, 0.12]);
    for (const { spot, pnl } of cells) expect(pnl).toBeCloseTo(-2 * 65_000 * spot, 8);
    expect(unit.mr1Scenarios.volShockUp).toEqual(cells);
    expect(unit.mr1FinalResult).toEqual({ pnl: -unit.mr1, spotShock: 0.12, volShock: 'up' });
    expect(unit.mr1).toBeCloseTo(15_600, 8);
    // Half of what 24 % would lose is what 12 % loses.
    expect(unit.mr6).toBeCloseTo(15_600, 8);
    expect(unit.mr6FinalResult.pnl).toBeCloseTo(-31_200, 8);
    expect(unit.delta).toBeCloseTo(-2 * 65_019.5, 6);
  });

  it('coin-settled contracts pay coins between marks that move by the dollars of the index, and coins count at the moved index', () => {
    const { unit } = ask([{ product: perpetual('BTC'), quantity: 65_000 }]);
    const [entry, mark] = [65_019.5, 65_019.5 - 0.12 * 65_000];
    expect(unit.mr1Scenarios.volSame[0]!.pnl).toBeCloseTo(65_000 * (1 / entry - 1 / mark) * 65_000 * 0.88, 6);
  });

  it('contracts of one coin are one unit, of two coins two that do not net', () => {
    const two = ask([
      { product: perpetual('BTC'), quantity: 65_000 },
      { product: btc, quantity: -1 },
      { product: perpetual('ETH', 'linear'), quantity: 10 },
    ]);
    expect(two.units.map(({ riskUnit }) => riskUnit)).toEqual(['BTC', 'ETH']);
    expect(two.units[0]!.mr1).toBeLessThan(100);
    const eth = ask([{ product: perpetual('ETH', 'linear'), quantity: 10 }]).unit;
    expect(two.units[1]).toEqual(eth);
  });

  it('an option is priced anew at the moved forward and vol, points and percent, and the worse counts', () => {
    const call = option('BTC', 25, 80_000, 'call');
    const { unit } = ask([{ product: call, quantity: -3 }]);
    const shock = (form: 'points' | 'relative', factor: number) => {
      const spot = { kind: 'spot', relative: 0.12, keeps: 'basis' } as const;
      const vol = { kind: 'vol', form, size: 1, scaling: { nodes: [{ days: 0, factor }] } } as const;
      const rest = { smile: 'sticky-strike', damp: 1, netting: 'sum', line: 'maintenance' } as const;
      return sure(price(call, shift(market, { id: 'by hand', moves: [spot, vol], ...rest }))).usd;
    };
    const now = sure(price(call, market)).usd;
    // 25 days: 30 - 5 x 25/30 points, 50 - 15 x 25/30 percent.
    const [points, percent] = [0.3 - (0.05 * 25) / 30, 0.5 - (0.15 * 25) / 30];
    const losses = [shock('points', points), shock('relative', percent)].map((then) => 3 * (then - now));
    expect(losses[0]).not.toBeCloseTo(losses[1]!, 0);
    expect(-unit.mr1Scenarios.volShockUp.at(-1)!.pnl).toBeCloseTo(Math.max(...losses), 5);
    expect(unit.mr1FinalResult.volShock).toBe('up');
  });

  it('MR2 is what a bought option loses in a day', () => {
    const call = option('BTC', 11, 65_000, 'call');
    const { unit } = ask([{ product: call, quantity: 5 }]);
    const day = { id: 'day', moves: [{ kind: 'time', days: 1 }], smile: 'sticky-strike', damp: 1 } as const;
    const later = shift(market, { ...day, netting: 'sum', line: 'maintenance' });
    expect(unit.mr2).toBeCloseTo(5 * (sure(price(call, market)).usd - sure(price(call, later)).usd), 6);
    expect(ask([{ product: call, quantity: -5 }]).unit.mr2).toBe(0);
  });

  it('parameters hold by their day: MR1 and MR6 fell on 2025-01-06, XRP kept its place, SOL found one later', () => {
    const [before, since, latest] = okxHistory.map(({ parameters }) => parameters);
    expect(before!.coins['BTC']).toMatchObject({ moves: [0.05, 0.1, 0.15], extreme: 0.3 });
    expect(since!.coins['BTC']).toMatchObject({ moves: [0.04, 0.08, 0.12], extreme: 0.24 });
    expect([before, since, latest].map((set) => set!.coins['SOL']!.moves.at(-1))).toEqual([0.25, 0.25, 0.18]);
    expect([before, since, latest].map((set) => set!.coins['LTC']!.extreme)).toEqual([0.4, 0.36, 0.36]);
    const old = ask([{ product: btc, quantity: 1 }], 0, before!);
    expect(old.unit.mr1).toBeCloseTo(9_750, 8);
  });
});

describe('terms beside the scenarios', () => {
  it('M-111 vega that one expiry takes off another is charged a quarter of the smaller side, at the move of each tenor', () => {
    const near = option('BTC', 25, 65_000, 'call');
    const far = option('BTC', 116, 65_000, 'call');
    const alone = ask([{ product: near, quantity: 4 }]);
    expect(alone.unit.mr3).toBe(0);
    const { unit, book } = ask([
      { product: near, quantity: 4 },
      { product: far, quantity: -1 },
    ]);
    const vega = (id: string) => book.risk.columns.vega[book.risk.indexOf.get(id)!]! * 100;
    const sides = [4 * vega(near.id) * (0.3 - (0.05 * 25) / 30), vega(far.id) * 0.2];
    expect(unit.mr3).toBeCloseTo(0.25 * Math.min(...sides), 6);
  });

  it('M-112 every expiry is charged its own delta: 0.2 % for a perpetual, five percent a year for a future', () => {
    const { unit } = ask([
      { product: btc, quantity: 2 },
      { product: future('BTC', 25), quantity: -130_000 },
    ]);
    const dated = (130_000 / (65_000 * 1.004)) * 65_000 * Math.max(0.002, (0.05 * 25) / 365);
    expect(unit.mr4).toBeCloseTo(2 * 65_019.5 * 0.002 + dated, 6);
  });

  it('M-113 the cost of unwinding is a floor, slice by slice', () => {
    // Long spot risk nets out; both legs must still be traded: 0.45 % of 2 x 65,019.5 x 100 is 58,518, of which 48,518 count twice.
    const hedge = { product: perpetual('BTC'), quantity: 6_501_950 };
    const { unit, requirement } = ask([{ product: btc, quantity: -100 }, hedge]);
    const raw = 0.0045 * (100 * 65_019.5 + 100 * 65_000);
    expect(unit.mr7).toBeCloseTo(10_000 + 2 * (raw - 10_000), 5);
    const floor = requirement.maintenance.charges.find(({ name }) => name === 'mr7-unwind');
    const scanned = Math.max(unit.mr1, unit.mr2, unit.mr6) + unit.mr3 + unit.mr4 + unit.mr9;
    expect(scanned + (floor === undefined ? 0 : dollars(floor.amount))).toBeCloseTo(unit.mmr, 6);
    expect(unit.mmr).toBeCloseTo(Math.max(scanned, unit.mr7), 6);
  });

  it('M-114 what dollars hedge of USDC is charged by size, and more when it has left its peg', () => {
    const hedged = [
      { product: btc, quantity: 100 },
      { product: perpetual('BTC'), quantity: -6_501_950 },
    ];
    const { unit } = ask(hedged);
    // 100 coins of either: 6,500,000 dollars hedge, at the row of the worked example.
    const [one, two, three] = [1e6 * 0.0075, 4e6 * 0.0175, 1.5e6 * 0.025];
    expect(unit.mr9).toBeCloseTo(one + two + three, 4);
    const off: Market = { ...market, pegs: new Map([...market.pegs, ['USDC', 0.895]]) };
    const share = (factor: number) => factor + 0.5 * (0.4 - factor);
    const far = ask(hedged, 0, defaults, off).unit.mr9;
    expect(far).toBeCloseTo(1e6 * share(0.0075) + 4e6 * share(0.0175) + 1.5e6 * share(0.025), 4);
    expect(depegTiers(defaults.depeg, 0.5).map(({ factor }) => factor)).toEqual([0.4, 0.4, 0.4]);
    expect(ask([{ product: btc, quantity: 100 }]).unit.mr9).toBe(0);
  });

  it('M-115 what is owed is charged 2 % and 10 %, outside the factor of 1.3; what is owned is discounted', () => {
    const { requirement, unit } = ask([{ product: btc, quantity: -2 }], -1_000);
    expect(dollars(requirement.maintenance.amount)).toBeCloseTo(unit.mmr + 999 * 0.02, 6);
    expect(dollars(requirement.initial.amount)).toBeCloseTo(1.3 * unit.mmr + 999 * 0.1, 6);
    expect(unit.imr).toBeCloseTo(1.3 * unit.mmr, 9);
    expect(requirement.release.amount).toBe(requirement.maintenance.amount);
    const coins: Portfolio = {
      account: 'coins',
      balances: [{ asset: 'BTC', kind: 'collateral', quantity: 3 }],
      positions: [],
      orders: [],
    };
    const book = sure(okxPortfolio.book(productsOf(coins), market, defaults));
    const { initial } = sure(assess(coins, book, okxPortfolio)).requirement;
    expect(dollars(initial.amount)).toBeCloseTo(0.02 * 3 * 65_000, 6);
  });
});

describe('M-110 what OKX does not list', () => {
  it('is refused by name', () => {
    const strange: Perpetual = { ...btc, id: 'BTC_DAI-PERPETUAL', settleAsset: 'DAI' };
    const withDai: Market = { ...market, pegs: new Map([...market.pegs, ['DAI', 1]]) };
    const book = sure(okxPortfolio.book([strange, btc], withDai, defaults));
    expect(sentence(book.risk.refused.get(strange.id)!)).toContain('settles in DAI');
    expect(book.risk.products.map(({ id }) => id)).toEqual([btc.id]);
  });

  it('bad parameters are refused by field', () => {
    const coin = defaults.coins['BTC']!;
    const said = (parameters: Partial<OkxParameters>) => {
      const book = okxPortfolio.book([btc], market, { ...defaults, ...parameters });
      return isRefusal(book) ? sentence(book) : '';
    };
    expect(said({ initialFactor: 0.9 })).toContain('initialFactor must be');
    expect(said({ coins: { BTC: { ...coin, moves: [0.1, 0.05, 0.2] } } })).toContain(
      'coins.BTC.moves must be ascending',
    );
    expect(said({ coins: { BTC: { ...coin, moves: [0.1] } } })).toContain(
      'coins.BTC.moves must be a list as long',
    );
    expect(said({ coins: { BTC: { ...coin, tiers: [{ from: 5, factor: 1 }] } } })).toContain('begins at 0');
    expect(said({ vols: { ...defaults.vols, points: [] } })).toContain('vols.points');
    expect(said({ pegs: {} })).toContain('pegs.USD');
  });
});

describe('M-110 total functions', () => {
  const call = option('BTC', 25, 65_000, 'call');
  const odd: readonly (readonly [string, Option, Partial<Slice>])[] = [
    ['a zero strike', { ...call, strike: 0, id: 'zero-strike' }, {}],
    ['a zero vol', call, { table: { ks: [0], vols: [0] } }],
    ['zero time', { ...call, expiry: AT }, { expiry: AT, years: years(0), unfixed: 0 }],
    ['a negative rate', call, { rate: -0.2 }],
    ['no confidence at all', call, { oracleConfidence: 0 }],
    ['a forward that the extreme move takes below zero', call, { forward: 10_000 }],
  ];

  it.each(odd)('%s is answered or refused, never otherwise', (_, product, change) => {
    const underlyings = market.underlyings.map((coin) => ({
      ...coin,
      slices: coin.slices
        .map((slice) => (slice.expiry === call.expiry ? { ...slice, ...change } : slice))
        .sort((left, right) => left.expiry - right.expiry),
    }));
    for (const quantity of [-3, 0, 3]) {
      const held = { account: 'odd', balances: [], positions: [{ product, quantity }], orders: [] };
      const book = okxPortfolio.book(productsOf(held), { ...market, underlyings }, defaults);
      const standing = isRefusal(book) ? book : assess(held, book, okxPortfolio);
      if (isRefusal(standing)) {
        expect(sentence(standing).length).toBeGreaterThan(20);
        continue;
      }
      const { initial, maintenance } = standing.requirement;
      expect(initial.amount >= maintenance.amount).toBe(true);
      expect(maintenance.amount >= 0n).toBe(true);
      expect([...initial.sweep.pnl].every(Number.isFinite)).toBe(true);
      if (quantity === 0) expect(initial.amount).toBe(0n);
    }
  });

  it('a forward far below the index is refused by the name of the move', () => {
    const slices = market.underlyings[0]!.slices.map((slice) => ({ ...slice, forward: 10_000 }));
    const odd: Market = { ...market, underlyings: [{ ...market.underlyings[0]!, slices }] };
    const book = okxPortfolio.book([call], odd, defaults);
    expect(isRefusal(book) && sentence(book)).toContain('mr6/spot-');
  });
});

describe('an answer of the position builder beside ours', () => {
  it('M-110 a twin of its shape, made by hand, agrees in every term that there is and in every cell', () => {
    const name = 'okx-position-builder.json';
    const text = readFileSync(new URL(`../../../../../examples/venues/${name}`, import.meta.url), 'utf8');
    const report = sure(readVenueAnswer(text, name));
    const [account] = accountsOf(report);
    const book = sure(okxPortfolio.book(productsOf(account!.portfolio), sure(marketOf(report)), defaults));
    const standing = sure(assess(account!.portfolio, book, okxPortfolio));
    const side = venueSide(book, standing.requirement)!;
    const model = okxPortfolio as MarginModel;
    const { terms, vectors } = compareAccount({ account: account!, model, book, standing, side });
    expect(terms.length).toBeGreaterThan(20);
    for (const { amount, agrees } of terms) {
      expect(agrees, amount.path).toBe(amount.path.endsWith('mr5') ? undefined : true);
    }
    expect(vectors.map(({ cells, agrees }) => [cells.length, agrees])).toEqual([
      [21, true],
      [21, true],
    ]);
    expect(side.unit('BTC', 'mr1')).toBeUndefined();
  });
});

const fixture = fileURLToPath(
  new URL(
    '../../../../../../shared/data/venue_fixtures/okx/position_builder_doc_2025-01-15.json',
    import.meta.url,
  ),
);
const present = existsSync(fixture);
if (!present)
  console.log('skipped: the position-builder example is not beside this checkout (../shared/data)');

interface Answer {
  readonly availUsdt: number;
  readonly units: readonly Record<string, unknown>[];
  readonly whole: Record<string, string>;
}

function answer(): Answer {
  const { data } = JSON.parse(readFileSync(fixture, 'utf8'));
  const usdt = data.assets.find(({ ccy }: { ccy: string }) => ccy === 'USDT');
  return { availUsdt: Number(usdt.availEq), units: data.riskUnitData, whole: data };
}

describe.skipIf(!present)("the venue's own position builder", () => {
  it('M-110 agrees with every cell and term', () => {
    const { availUsdt, units, whole } = answer();
    const number = (of: Record<string, unknown>, name: string) => Number(of[name]);
    const peg = number(whole, 'eq') / availUsdt;
    const legs = units.map((unit) => {
      const [leg] = unit['portfolios'] as Record<string, unknown>[];
      const coin = unit['riskUnit'] as string;
      const cells = unit['mr1Scenarios_volSame'] as Record<string, string>;
      const move = Math.max(...Object.keys(cells).map(Number));
      const mark = number(leg!, 'markPx');
      const size = number(leg!, 'delta') / (mark * peg);
      // The answer does not print the index; its outermost cell does.
      const index = Number(cells[String(move)]) / (size * move);
      return { coin, leg: leg!, cells, size, mark, index };
    });
    const at: Market = {
      ...market,
      at: AT,
      underlyings: legs.map(({ coin, index, mark }) => {
        return {
          ...market.underlyings[0]!,
          underlying: coin,
          index,
          perpetual: mark * peg,
          futures: [],
          slices: [],
        };
      }),
      pegs: new Map([
        ['USD', 1],
        ['USDT', peg],
      ]),
    };
    const positions = legs.map(({ coin, leg, size }) => {
      const product: Perpetual = {
        kind: 'perpetual',
        id: `${coin}_USDT-PERPETUAL`,
        underlying: coin,
        settlement: 'linear',
        settleAsset: 'USDT',
      };
      return { product, quantity: size, entryPrice: number(leg, 'avgPx') };
    });
    const upl = legs.reduce((sum, { leg }) => sum + number(leg, 'floatPnl'), 0);
    const portfolio: Portfolio = {
      account: 'position builder',
      balances: [{ asset: 'USDT', kind: 'cash', quantity: availUsdt - upl }],
      positions,
      orders: [],
    };
    const { parameters } = okxHistory[1];
    const book = sure(okxPortfolio.book(productsOf(portfolio), at, parameters));
    const { requirement, equity } = sure(assess(portfolio, book, okxPortfolio));
    const near = (got: number, want: number) =>
      expect(Math.abs(got - want)).toBeLessThanOrEqual(1e-9 * Math.abs(want));
    const got = sure(okxUnits(requirement, book));
    expect(got).toHaveLength(units.length);
    got.forEach((unit, i) => {
      const want = units[i]!;
      for (const name of [
        'delta',
        'mr1',
        'mr2',
        'mr3',
        'mr4',
        'mr5',
        'mr6',
        'mr7',
        'mr9',
        'mmr',
        'imr',
      ] as const) {
        near(unit[name], number(want, name));
      }
      expect(unit.mr1Scenarios.volSame).toHaveLength(7);
      for (const { spot, pnl } of unit.mr1Scenarios.volSame) near(pnl, Number(legs[i]!.cells[String(spot)]));
      near(unit.mr6FinalResult.pnl, number(want['mr6FinalResult'] as Record<string, unknown>, 'pnl'));
      const final = want['mr1FinalResult'] as Record<string, string>;
      expect(unit.mr1FinalResult.volShock).toBe(final['volShock']);
      near(unit.mr1FinalResult.spotShock, Number(final['spotShock']));
    });
    near(dollars(requirement.maintenance.amount), number(whole, 'totalMmr'));
    near(dollars(requirement.initial.amount), number(whole, 'totalImr'));
    near(dollars(equity), number(whole, 'eq'));
    // M-115: the ratio's denominator holds a fee on what is borrowed and its maintenance, none on the contracts.
    const fee = 0.001 * 1.02 * -number(whole, 'eq');
    near(dollars(equity) / (dollars(requirement.maintenance.amount) + fee), number(whole, 'marginRatio'));
  });
});

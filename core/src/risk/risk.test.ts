import { describe, expect, it } from 'vitest';
import { future, linearOption, market, option, perpetual, universe } from '../../test/sample.ts';
import { isRefusal } from '../base/index.ts';
import { price } from '../pricing/index.ts';
import { compareProducts, type Product, type SpotAsset } from '../product/index.ts';
import { type Lane, type Shock, shift, standardScenarios } from '../scenario/index.ts';
import {
  attribute,
  band,
  betterOf,
  buildRiskBook,
  combine,
  holdingsOf,
  planCombine,
  type RiskBook,
  settleParts,
  sweep,
} from './index.ts';

const asset = (id: string): SpotAsset => ({ kind: 'asset', id, underlying: id });
const products: Product[] = [...universe, asset('BTC'), asset('ETH'), asset('USD'), asset('USDC')];
const ranges = (underlying: string) =>
  underlying.startsWith('USD') ? { maintenance: 0.03, initial: 0.03 } : { maintenance: 0.1, initial: 0.2 };

function build(
  lanes: readonly Lane[] = standardScenarios.lanes,
  held: readonly Product[] = products,
): RiskBook {
  const book = buildRiskBook(held, market, lanes, ranges);
  if (isRefusal(book)) throw new Error(book.message);
  return book;
}

function hold(book: RiskBook, quantities: Record<string, number>) {
  return holdingsOf(
    new Map(
      Object.entries(quantities).map(([id, quantity]) => {
        const row = book.indexOf.get(id);
        if (row === undefined) throw new Error(`${id} is not in the book`);
        return [row, quantity];
      }),
    ),
  );
}

/** What a product makes in a lane by the reference pricer: entered at today's mark. */
function reference(product: Product, shock: Shock): number {
  const moved = shift(market, shock);
  const [now, then] = [price(product, market), price(product, moved)];
  if (isRefusal(now) || isRefusal(then)) throw new Error('not priced');
  if (product.kind === 'asset' || product.kind === 'option') return shock.damp * (then.usd - now.usd);
  const coin = moved.underlyings.find((candidate) => candidate.underlying === product.underlying)!;
  const settle = product.settlement === 'inverse' ? coin.index : moved.pegs.get(product.settleAsset)!;
  const profit = product.settlement === 'inverse' ? 1 / now.mark - 1 / then.mark : then.mark - now.mark;
  return shock.damp * profit * settle;
}

describe('M-15 risk arrays', () => {
  it('equal the reference pricer to 2e-12 of forward in every lane of every product', () => {
    // Beside the standard set, days that pass: one option of the book is past its expiry in them.
    const aged = [-0.1, 0, 0.1].map((relative): Lane => {
      const moves = [{ kind: 'spot', relative } as const, { kind: 'time', days: 1.5 } as const];
      return {
        id: `aged${relative}`,
        moves,
        smile: 'sticky-strike',
        damp: 1,
        netting: 'sum',
        line: 'initial',
      };
    });
    const book = build([...standardScenarios.lanes, ...aged]);
    let worst = 0;
    book.products.forEach((product, p) => {
      book.shocks.get(product.underlying)!.forEach((shock, s) => {
        const error = Math.abs(book.rows[p * book.stride + s]! - reference(product, shock));
        // A coin-settled option is worth at most one coin plus its strike; shocked markets reach six times the index.
        const scale = product.underlying === 'BTC' ? 65_000 : product.underlying === 'ETH' ? 1_900 : 1;
        worst = Math.max(worst, error / (scale * 6));
      });
    });
    expect(worst).toBeLessThan(2e-12);
    expect(worst).toBeGreaterThan(0);
  });

  it('are padded with zeros', () => {
    const book = build();
    for (let p = 0; p < book.products.length; p++) {
      for (let s = book.lanes.length; s < book.stride; s++) expect(book.rows[p * book.stride + s]).toBe(0);
    }
  });

  it('convert coin profit at the shocked index: long 60,000 USD of inverse, 10 % down, loses 0.1111 coins', () => {
    const lane: Lane = {
      id: 'down',
      moves: [{ kind: 'spot', relative: -0.1 }],
      smile: 'sticky-strike',
      damp: 1,
      netting: 'sum',
      line: 'maintenance',
    };
    const book = build([lane], [perpetual('BTC')]);
    const coins = (60_000 * book.rows[0]!) / (65_000 * 0.9);
    expect(coins).toBeCloseTo(((-60_000 / (65_000 * 1.0003)) * 0.1) / 0.9, 12);
  });

  it('a stable coin that breaks takes the value of what settles in it along', () => {
    const lane: Lane = {
      id: 'peg',
      moves: [{ kind: 'peg', relative: -0.1 }],
      smile: 'sticky-strike',
      damp: 1,
      netting: 'sum',
      line: 'maintenance',
    };
    const book = build(
      [lane],
      [linearOption('ETH', 116, 1_900, 'put'), perpetual('ETH', 'linear'), asset('USDC')],
    );
    const row = (id: string) => book.rows[book.indexOf.get(id)! * book.stride]!;
    expect(row('USDC')).toBeCloseTo(-0.0999, 12);
    // The contract is quoted in the broken coin: its price rises, and a long earns what the coin lost on the notional.
    expect(row('ETH_USDC-PERPETUAL')).toBeCloseTo(0.1 * 1_900 * 1.0003, 8);
    // A put struck in cheap coins is struck lower.
    expect(row('ETH_USDC-26JUN26-1900-P')).toBeLessThan(0);
  });

  it('refuse by name what cannot be valued and keep the rest', () => {
    const dead = { ...option('BTC', 1, 65_000, 'call'), expiry: market.at, id: 'BTC-2MAR26-65000-C' };
    const book = build(undefined, [asset('BTC'), asset('DOGE'), dead]);
    expect(book.products.map((product) => product.id)).toEqual(['BTC']);
    expect(book.refused.get('DOGE')).toMatchObject({ reason: 'unknown-asset' });
    expect(book.refused.get(dead.id)).toMatchObject({ reason: 'expired' });
  });

  it('are sorted and identified', () => {
    const shuffled = [...products].reverse();
    expect(build(undefined, shuffled).digest).toBe(build().digest);
    expect(build().products).toEqual([...products].sort(compareProducts));
    expect(build(standardScenarios.lanes.slice(1)).digest).not.toBe(build().digest);
  });
});

describe('M-17 netting', () => {
  const lanes: Lane[] = (['sum', 'loss-per-expiry'] as const).map((netting) => ({
    id: netting,
    moves: [{ kind: 'vol', form: 'points', size: 0.1, scaling: { short: 0, long: 0, dteFloor: 1 } }],
    smile: 'sticky-strike',
    damp: 1,
    netting,
    line: 'maintenance',
  }));

  it('sums expiries, or counts each as a loss', () => {
    const near = option('BTC', 11, 65_000, 'call');
    const far = option('BTC', 116, 65_000, 'call');
    const book = build(lanes, [near, far]);
    const swept = sweep(book, hold(book, { [near.id]: -1, [far.id]: 1 }));
    const [a, b] = [book.rows[0]!, book.rows[book.stride]!];
    expect(swept.pnl[0]).toBe(b - a);
    expect(swept.pnl[1]).toBe(-(a + b));
  });

  it('counts an expiry with the worse of a lane and its twin, at best with nothing', () => {
    const twins = ([1, -1] as const).map(
      (size): Lane => ({
        ...lanes[1]!,
        id: `way ${size}`,
        twin: `way ${-size}`,
        moves: [
          { kind: 'vol', form: 'points', size: 0.1 * size, scaling: { short: 0, long: 0, dteFloor: 1 } },
        ],
      }),
    );
    const near = option('BTC', 11, 65_000, 'call');
    const far = option('BTC', 116, 80_000, 'call');
    const book = build(twins, [near, far]);
    const swept = sweep(book, hold(book, { [near.id]: -1, [far.id]: 1 }));
    const [short, long] = [book.rows[0]!, book.rows[book.stride + 1]!];
    expect(swept.pnl[0]).toBe(-short + long);
    expect(swept.pnl[1]).toBe(swept.pnl[0]);
    const rises = twins.map((lane): Lane => ({ ...lane, moves: twins[0]!.moves }));
    const risen = build(rises, [near, far]);
    expect(sweep(risen, hold(risen, { [far.id]: 1 })).pnl[0]).toBe(0);
    // What is bought can lose its price and no more.
    const bought = sweep(book, hold(book, { [far.id]: 1 }));
    expect(-bought.pnl[0]!).toBeLessThanOrEqual(book.columns.value[1]!);
    const plan = planCombine(book, { unnamed: 0, pairs: {}, stress: 0 }, 0.2);
    const combined = combine(swept, plan, 'initial');
    const parts = attribute(swept, combined);
    expect(parts[0]! + parts[1]!).toBeCloseTo(-combined.amount, 9);
  });

  it('sign factors act on an expiry’s net value', () => {
    const call = option('BTC', 25, 65_000, 'call');
    const put = option('BTC', 25, 55_000, 'put');
    const plain = build([lanes[0]!], [call, put]);
    const signFactors = { gain: Float64Array.of(0.9), loss: Float64Array.of(1.1) };
    const book: RiskBook = { ...plain, groups: { ...plain.groups, signFactors } };
    const value = (q: number, r: number) =>
      q * book.columns.value[book.indexOf.get(call.id)!]! +
      r * book.columns.value[book.indexOf.get(put.id)!]!;
    for (const [q, r] of [
      [1, 0],
      [-1, 0],
      [1, -3],
      [-1, 0.1],
    ] as const) {
      const undiscounted = sweep(plain, hold(plain, { [call.id]: q, [put.id]: r })).pnl[0]!;
      const swept = sweep(book, hold(book, { [call.id]: q, [put.id]: r }));
      const moved = value(q, r) + undiscounted;
      expect(swept.pnl[0]).toBeCloseTo(moved * (moved >= 0 ? 0.9 : 1.1) - value(q, r), 8);
      const plan = planCombine(book, { unnamed: 0, pairs: {}, stress: 0 }, 0.2);
      const combined = combine(swept, plan, 'initial');
      const parts = attribute(swept, combined);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(-combined.amount, 8);
    }
  });
});

describe('M-30 the better of two sweeps', () => {
  const [btcNear, btcFar] = [25, 116].map((days) => option('BTC', days, 62_000, 'put').id) as [
    string,
    string,
  ];
  const [ethNear, ethFar] = [11, 116].map((days) => option('ETH', days, 1_900, 'put').id) as [string, string];
  const quantities = { [btcNear]: -2, [btcFar]: 3, [ethNear]: 20, [ethFar]: -15, 'ETH-PERPETUAL': 20_000 };
  const book = build(standardScenarios.lanes);
  const whole = sweep(book, hold(book, quantities));
  const part = sweep(book, hold(book, { ...quantities, [btcFar]: 0.5, [ethNear]: 4 }));
  const better = betterOf(whole, part);

  it('takes either where it does better, and both are taken somewhere', () => {
    const taken = whole.pnl.map((pnl, i) => Math.sign(pnl - part.pnl[i]!));
    expect(better.pnl).toEqual(whole.pnl.map((pnl, i) => Math.max(pnl, part.pnl[i]!)));
    expect(new Set(taken)).toEqual(new Set([-1, 0, 1]));
  });

  it('M-32 is attributed to the quantities that made each entry', () => {
    const plan = planCombine(book, { unnamed: 0, pairs: { 'BTC/ETH': 0.85 }, stress: 0.25 }, 0.2);
    for (const line of ['maintenance', 'initial'] as const) {
      const combined = combine(better, plan, line);
      expect(combined.amount).toBeLessThan(
        Math.min(combine(whole, plan, line).amount, combine(part, plan, line).amount) + 1e-9,
      );
      expect(attribute(better, combined).reduce((sum, one) => sum + one, 0)).toBeCloseTo(-combined.amount, 6);
    }
  });
});

describe('M-02 ties', () => {
  it('go to the lowest lane', () => {
    const twice = (['first', 'second'] as const).map(
      (id): Lane => ({
        id,
        moves: [{ kind: 'spot', relative: -0.1 }],
        smile: 'sticky-strike',
        damp: 1,
        netting: 'sum',
        line: 'maintenance',
      }),
    );
    const book = build(twice, [perpetual('BTC')]);
    const swept = sweep(book, hold(book, { 'BTC-PERPETUAL': 1 }));
    const combined = combine(swept, planCombine(book, { unnamed: 0, pairs: {}, stress: 0 }, 0.2), 'initial');
    expect(combined.own[0]!.lane).toBe(0);
    expect(combined.jointLanes[0]).toBe(0);
  });
});

describe('M-12 lanes that cannot be', () => {
  const lane = (moves: Lane['moves']): Lane => ({
    id: 'too far',
    moves,
    smile: 'sticky-strike',
    damp: 1,
    netting: 'sum',
    line: 'maintenance',
  });
  it.each([
    ['spot to nothing', lane([{ kind: 'spot', ranges: -11 }])],
    ['a forward below zero', lane([{ kind: 'basis', size: -1.2, add: 1, multiple: 0 }])],
    ['a perpetual below zero', lane([{ kind: 'premium', relative: -1.5 }])],
    [
      'a vol beyond all numbers',
      lane([{ kind: 'vol', form: 'points', size: 1e308, scaling: { short: 2, long: 2, dteFloor: 1e-3 } }]),
    ],
  ])('%s is refused by name', (_, wrong) => {
    const book = buildRiskBook(products, market, [wrong], ranges);
    expect(book).toMatchObject({ kind: 'refused', reason: 'bad-parameter', where: 'scenario too far' });
  });
});

describe('M-18 across underlyings', () => {
  const correlations = { unnamed: 0, pairs: { 'BTC/ETH': 0.85 }, stress: 0.25 };

  it('stresses correlations both ways', () => {
    const pair = band(correlations, 'ETH', 'BTC');
    expect(pair.up).toBeCloseTo(0.8875, 12);
    expect(pair.down).toBeCloseTo(0.3875, 12);
    expect(band(correlations, 'BTC', 'SOL')).toEqual({ down: -0.25, up: 0.25 });
  });

  function amounts(btc: number, eth: number, pairs = correlations) {
    const book = build();
    const swept = sweep(book, hold(book, { 'BTC-PERPETUAL': btc, 'ETH-PERPETUAL': eth }));
    return combine(swept, planCombine(book, pairs, 0.2), 'initial');
  }

  it('grants nothing to a book that is long both', () => {
    const { amount, ownSum } = amounts(100_000, 100_000);
    expect(amount / ownSum).toBeGreaterThan(0.999);
  });

  it('does not take one coin’s vol for another’s: a vol hedge across coins is granted in part', () => {
    const call = (coin: string, strike: number) => option(coin, 116, strike, 'call');
    const book = build();
    const [btc, eth] = [call('BTC', 65_000), call('ETH', 1_900)];
    const vega = (product: Product) => book.columns.vega[book.indexOf.get(product.id)!]!;
    const swept = sweep(book, hold(book, { [btc.id]: -1, [eth.id]: vega(btc) / vega(eth) }));
    const own = swept.pnl[book.lanes.findIndex((lane) => lane.id === 'wide/spot+0%r/vol-up')]!;
    const { joint } = combine(swept, planCombine(book, correlations, 0.2), 'initial');
    expect(joint).toBeGreaterThanOrEqual(-own);
  });

  it('grants part of a hedge, more at higher correlation, never more than 80 %', () => {
    const hedged = amounts(100_000, -100_000);
    const loose = amounts(100_000, -100_000, { ...correlations, pairs: { 'BTC/ETH': 0.2 } });
    expect(hedged.amount).toBeLessThan(0.75 * hedged.ownSum);
    expect(hedged.amount).toBeGreaterThanOrEqual(0.2 * hedged.ownSum);
    expect(loose.amount).toBeGreaterThan(hedged.amount);
  });

  it('does not jump when a speck of a third coin is added', () => {
    const others = new Map([['SOL', { maintenance: 0.15, initial: 0.25 }]]);
    const pairs = { ...correlations, pairs: { ...correlations.pairs, 'BTC/SOL': 0.75, 'ETH/SOL': 0.75 } };
    const held = { 'BTC-PERPETUAL': 100_000, 'ETH-PERPETUAL': -100_000 };
    const two = build();
    const without = combine(sweep(two, hold(two, held)), planCombine(two, pairs, 0.2, others), 'initial');
    const sol = {
      ...market.underlyings[1]!,
      underlying: 'SOL',
      index: 150,
      perpetual: 150,
      slices: [],
      futures: [],
    };
    const wider = { ...market, underlyings: [...market.underlyings, sol] };
    const three = buildRiskBook(
      [...products, asset('SOL')],
      wider,
      standardScenarios.lanes,
      ranges,
    ) as RiskBook;
    const speck = sweep(three, hold(three, { ...held, SOL: 1e-9 }));
    const within = combine(speck, planCombine(three, pairs, 0.2, others), 'initial');
    expect(within.amount).toBeCloseTo(without.amount, 5);
  });

  it('where spot does not move, one coin may move alone', () => {
    const lane = (id: string, moves: Lane['moves']): Lane => ({
      id,
      moves,
      smile: 'sticky-strike',
      damp: 1,
      netting: 'sum',
      line: 'maintenance',
    });
    const lanes = [lane('still', []), lane('premium', [{ kind: 'premium', relative: 0.03 }])];
    const book = build(lanes, [perpetual('BTC'), perpetual('ETH')]);
    const swept = sweep(book, hold(book, { 'BTC-PERPETUAL': 100_000, 'ETH-PERPETUAL': -100_000 }));
    const { joint, ownSum } = combine(swept, planCombine(book, correlations, 0.2), 'initial');
    expect(ownSum).toBeGreaterThan(2_900);
    expect(joint).toBe(ownSum);
  });

  it('one underlying alone is its own worst case', () => {
    const { amount, joint, ownSum } = amounts(100_000, 0);
    expect(amount).toBe(ownSum);
    expect(joint).toBe(ownSum);
  });

  it('names the joint move: a driver and where its partner stands', () => {
    const combined = amounts(100_000, -100_000);
    const book = build();
    const lanes = Array.from(combined.jointLanes, (lane) => book.lanes[lane]?.id);
    expect(['BTC', 'ETH']).toContain(combined.driver);
    expect(lanes[0]).toMatch(/spot|tail/);
  });
});

describe('M-32 rounding of parts', () => {
  it('adds up to the unit', () => {
    const parts = settleParts(Float64Array.of(-1 / 3, -1 / 3, -1 / 3, 0.1), 90_000_001n as never);
    expect(parts.reduce((a, b) => a + b, 0n)).toBe(-90_000_001n);
  });

  it('a future of a listed expiry moves with its own mark', () => {
    const book = build(undefined, [future('BTC', 25)]);
    expect(book.columns.mark[0]).toBeCloseTo(65_000 * 1.004, 8);
  });
});

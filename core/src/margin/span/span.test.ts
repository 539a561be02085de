import { describe, expect, it } from 'vitest';
import { future, market, option, perpetual, portfolio, universe } from '../../../test/sample.ts';
import { dollars, isRefusal, type Refusal } from '../../base/index.ts';
import { readParameters } from '../../wire/index.ts';
import {
  assess,
  assetProduct,
  type LineName,
  models,
  type Position,
  type SpanParameters,
  span,
  spanDefaults,
} from '../index.ts';
import { doubtSpan } from './doubt.ts';

const products = [...universe, ...['BTC', 'ETH', 'USD', 'USDC'].map(assetProduct)];

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const book = sure(span.book(products, market, spanDefaults));

function require(held: readonly Position[], within = book) {
  return sure(assess(portfolio(held), within, span)).requirement;
}

const charged = (held: readonly Position[], name: string, line: LineName = 'maintenance', within = book) =>
  require(held, within)[line].charges.filter((charge) => charge.name === name);
const inTotal = (charges: readonly { amount: bigint }[]) =>
  charges.reduce((sum, { amount }) => sum + Number(amount) / 1e8, 0);

describe('M-50 the sixteen scenarios', () => {
  it('are SPAN’s, in SPAN’s order', () => {
    expect(book.risk.lanes.map(({ id }) => id.replace(/^span\/\d+\//, ''))).toEqual([
      ...['+0', '+33', '-33', '+67', '-67', '+100', '-100'].flatMap((price) =>
        ['up', 'down'].map((vol) => `spot${price}%r/vol-${vol}`),
      ),
      'spot+300%r',
      'spot-300%r',
    ]);
    expect(book.risk.lanes.map(({ damp }) => damp)).toEqual([...Array(14).fill(1), 0.33, 0.33]);
  });

  it('lose what a short strangle loses by a calculation apart: Black-76 with erfc, a day later', () => {
    // 25 days, strikes 55,000 and 80,000, 1 coin each, F = 65,000 (1 + 0.05 x 25 / 365); python3 math.erfc, nothing of core.
    const losses = [
      885.2432887615432, -852.0410846695113, 968.7914580598804, -870.1159675947185, 1066.3784956499721,
      -606.5428814028164, 1311.582530806288, -656.9180361213969, 1516.853937007369, -117.71177134602885,
      1906.706907962278, -194.49187661939527, 2240.740769534923, 647.5897155594516, 3013.978377319449,
      3923.707044500365,
    ];
    const held = [
      { product: option('BTC', 25, 55_000, 'put'), quantity: -1 },
      { product: option('BTC', 25, 80_000, 'call'), quantity: -1 },
    ];
    const { sweep, combined } = require(held).maintenance;
    const at = sweep.book.groups.underlyings.indexOf('BTC') * sweep.book.stride;
    losses.forEach((loss, s) => {
      expect(-sweep.pnl[at + s]!, `scenario ${s + 1}`).toBeCloseTo(loss, 6);
    });
    expect(combined.own[sweep.book.groups.underlyings.indexOf('BTC')]).toEqual({
      lane: 15,
      loss: expect.closeTo(3923.707044500365, 6),
    });
    const deltas = held.map(({ product }) => book.deltas[book.risk.indexOf.get(product.id)!]!);
    expect(deltas[0]! + deltas[1]!).toBeCloseTo(-2384.1632848437207, 6);
  });
});

describe('M-53 calendar spreads', () => {
  it('charge a future against a perpetual by the tier of the farther leg', () => {
    // By hand: deltas 650,000 / 1.0003 and 650,000 / 1.004 dollars; the net scans at 12 %, the spread costs 0.4 %.
    const held = [
      { product: perpetual('BTC'), quantity: 650_000 },
      { product: future('BTC', 25), quantity: -650_000 },
    ];
    const { maintenance } = require(held);
    expect(dollars(maintenance.swept)).toBeCloseTo(287.36399000619537, 6);
    const [charge] = charged(held, 'calendar-spread');
    expect(dollars(charge!.amount)).toBeCloseTo(2589.641434262948, 6);
    expect(charge!.inputs).toEqual({ 'undated/month': expect.closeTo(647_410.358565737, 6), factor: 1 });
    expect(dollars(maintenance.amount)).toBeCloseTo(2877.0054242691435, 6);
  });
});

describe('M-54 delivery', () => {
  it('charges a leg that settles within the day, more where it is part of a spread', () => {
    const settling = { product: option('BTC', 1, 62_000, 'call'), quantity: -10 } as const;
    const alone = charged([settling], 'delivery');
    const delta = 10 * book.deltas[book.risk.indexOf.get(settling.product.id)!]!;
    expect(inTotal(alone)).toBeCloseTo(0.001 * delta, 6);
    const spread = charged([settling, { product: perpetual('BTC'), quantity: 1e7 }], 'delivery');
    expect(inTotal(spread)).toBeCloseTo(0.01 * delta, 6);
  });
});

describe('M-55 credits between coins', () => {
  const held = [
    { product: perpetual('BTC'), quantity: 100_000 },
    { product: perpetual('ETH'), quantity: -60_000 },
  ];

  it('give back a share of the price risk of four dollars of BTC against three of ETH', () => {
    // By hand: 59,982.005 / 3 spreads of 4 and 3 dollars, each leg 0.44 of 12 % and 16 %.
    const credits = charged(held, 'inter-commodity-credit').map(({ underlying, amount }) => [
      underlying,
      dollars(amount),
    ]);
    expect(credits).toEqual([
      ['BTC', expect.closeTo(-4222.733180045986, 6)],
      ['ETH', expect.closeTo(-4222.733180045986, 6)],
    ]);
    expect(dollars(require(held).maintenance.amount)).toBeCloseTo(13_148.055583325004, 6);
  });

  it('give nothing back to two coins of one direction', () => {
    const same = held.map((position) => ({ ...position, quantity: 1000 }));
    expect(charged(same, 'inter-commodity-credit')).toEqual([]);
  });

  it('give back no more than a future of the same delta would get, however flat the delta of a straddle', () => {
    const straddle = [
      { product: option('BTC', 25, 65_000, 'call'), quantity: -100 },
      { product: option('BTC', 25, 65_000, 'put'), quantity: -100 },
      { product: perpetual('ETH'), quantity: -6e6 },
    ];
    const delta = straddle
      .slice(0, 2)
      .reduce((sum, { product }) => sum - 100 * book.deltas[book.risk.indexOf.get(product.id)!]!, 0);
    const btc = charged(
      [...straddle, { product: perpetual('BTC'), quantity: 100 - delta }],
      'inter-commodity-credit',
    );
    expect(-inTotal(btc.filter(({ underlying }) => underlying === 'BTC'))).toBeLessThan(0.44 * 0.12 * 101);
  });
});

describe('M-56 the short option minimum', () => {
  it('is the least that far options may be sold for', () => {
    // Without the far scenarios a call a quarter out of the money with a day to go has nothing to lose.
    const calm = sure(span.book(products, market, { ...spanDefaults, extreme: { ranges: 1, cover: 0 } }));
    const { maintenance } = require([{ product: option('BTC', 1, 80_000, 'call'), quantity: -10 }], calm);
    const charge = maintenance.charges.find(({ name }) => name === 'short-minimum');
    expect(charge?.inputs['least']).toBeCloseTo(0.003 * 10 * 65_000, 9);
    expect(dollars(maintenance.amount)).toBeCloseTo(1950, 6);
  });
});

describe('M-58 the lines', () => {
  it('are multiples of the risk, and a bought option costs its worth at most', () => {
    const { maintenance, release, initial } = require([
      { product: perpetual('ETH', 'linear'), quantity: 10 },
    ]);
    expect(dollars(release.amount) / dollars(maintenance.amount)).toBeCloseTo(1.05, 9);
    expect(dollars(initial.amount) / dollars(maintenance.amount)).toBeCloseTo(1.1, 9);
    const bought = { product: option('BTC', 1, 80_000, 'call'), quantity: 50 };
    const { initial: worth } = require([bought]);
    const value = 50 * book.risk.columns.value[book.risk.indexOf.get(bought.product.id)!]!;
    expect(dollars(worth.amount)).toBeLessThanOrEqual(value + 2e-8);
  });

  it('come out the same from a book that is made again of its arrays', () => {
    const held = portfolio([
      { product: option('BTC', 11, 62_000, 'put'), quantity: -3 },
      { product: perpetual('ETH'), quantity: 90_000 },
    ]);
    const again = sure(span.rebook(book.risk, spanDefaults));
    expect(sure(assess(held, again, span)).excess).toEqual(sure(assess(held, book, span)).excess);
    const other = sure(models.grid.book(products, market, models.grid.defaults));
    expect(span.rebook(other.risk, spanDefaults)).toMatchObject({ kind: 'refused', reason: 'bad-parameter' });
  });
});

describe('M-50 M-57 what is refused', () => {
  it.each<[string, Partial<SpanParameters>]>([
    ['initialRatio', { initialRatio: 0.9 }],
    ['releaseBuffer', { releaseBuffer: 0.2 }],
    ['deltaWeights', { deltaWeights: { still: 0.3, third: 0.2, twoThirds: 0.1, whole: 0.1 } }],
    ['otherCoin.priceScan times extreme.ranges', { extreme: { ranges: 4, cover: 0.3 } }],
    ['coins.BTC.volScan', { coins: { BTC: { ...spanDefaults.coins['BTC']!, volScan: Number.NaN } } }],
    ['pegs.BTC', { pegs: { ...spanDefaults.pegs, BTC: { haircut: 0, owed: 0 } } }],
    ['pegs.USD', { pegs: {} }],
    ['pegs.X.haircut', { pegs: { ...spanDefaults.pegs, X: { haircut: 1, owed: 0 } } }],
    ['tiers quarter days', { tiers: [...spanDefaults.tiers].reverse() }],
    ['the last of tiers', { tiers: spanDefaults.tiers.slice(0, 4) }],
    ['tiers must be named once', { tiers: [...spanDefaults.tiers, { name: 'week', days: 4000 }] }],
    ['calendar week/next next', { calendar: [{ priority: 1, near: 'week', far: 'next', rate: 0 }] }],
    ['calendar week/week rate', { calendar: [{ priority: 1, near: 'week', far: 'week', rate: 2 }] }],
    ['credits BTC/ETH rate', { credits: [{ ...spanDefaults.credits[0]!, rate: 0.81 }] }],
    ['credits BTC/ETH must be there once', { credits: [spanDefaults.credits[0]!, spanDefaults.credits[0]!] }],
    ['volForm', { volForm: 'other' as 'points' }],
  ])('a parameter that cannot be meant, by its name: %s', (name, given) => {
    const doubt = doubtSpan({ ...spanDefaults, ...given });
    expect(doubt?.message).toContain(name);
    expect(span.book(products, market, { ...spanDefaults, ...given })).toEqual(doubt);
  });

  it('a stable asset whose haircut a file does not say, and not what it does say', () => {
    const read = (text: string) => readParameters(text, 'desk.json', spanDefaults, span.form);
    expect(read('{"pegs":{"EURC":{"haircut":0.1}}}')).toMatchObject({ kind: 'refused' });
    expect(read('{"pegs":{"EURC":{"haircut":0.1,"owed":0.1}},"volForm":"relative"}')).toMatchObject({
      volForm: 'relative',
      pegs: { EURC: { haircut: 0.1, owed: 0.1 } },
    });
  });

  it('an asset that is neither a coin of the market nor stable', () => {
    const stranger = { ...portfolio([]), balances: [{ asset: 'XYZ', kind: 'cash', quantity: 1 } as const] };
    const built = sure(span.book([assetProduct('XYZ')], market, spanDefaults));
    expect(assess(stranger, built, span)).toMatchObject({ kind: 'refused', reason: 'unknown-asset' });
  });
});

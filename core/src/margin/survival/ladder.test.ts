// Ladders and stresses of accounts against closed forms: linear perpetuals at a flat rate.

import { describe, expect, it } from 'vitest';
import { fewWindows, sampleHistory } from '../../../test/history.ts';
import { expiryIn, option, perpetual, market as sample } from '../../../test/sample.ts';
import { isRefusal, type Refusal, seededPrng, usd } from '../../base/index.ts';
import { breakerDefaults, cascade } from '../../governor/index.ts';
import { futureMark } from '../../pricing/index.ts';
import {
  assess,
  gridDefaults,
  type MarginModel,
  models,
  type Portfolio,
  productsOf,
  reverseStress,
  staticDefaults,
} from '../index.ts';
import { type Debtor, debtorsOf, ladderOf, type Subject, survive } from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

/** The stable assets at par, so that closed forms are in dollars. */
const market = { ...sample, pegs: new Map([...sample.pegs].map(([asset]) => [asset, 1])) };
const M = 0.05;
const uncut = { haircut: 0, owed: 0 };
const full = { maintenance: uncut, initial: uncut, sizeFactor: 0, deposits: { held: 0, start: 0 } };
const rule = {
  tiers: [{ from: 0, maintenance: M, initial: 0.1 }],
  sizeFactor: 0,
  openInterest: { held: 0, lower: 0, upper: 0 },
};
const coin = { ...staticDefaults.coins['BTC']!, perpetual: rule, future: rule, collateral: full };
const flat = { ...staticDefaults, coins: {}, otherCoin: coin, pegs: { USD: full, USDC: full } };
const eth = perpetual('ETH', 'linear');
const index = market.underlyings.find(({ underlying }) => underlying === 'ETH')!;
const mark = sure(futureMark(eth, index));

const holding = (account: string, quantity: number, cash: number): Portfolio => ({
  account,
  balances: [{ asset: eth.settleAsset, kind: 'cash', quantity: cash }],
  positions: [{ product: eth, quantity }],
  orders: [],
});
const subject = (portfolio: Portfolio): Subject => ({
  portfolio,
  market,
  model: models.static,
  parameters: flat,
  treatment: 'portfolio',
  smile: 'sticky-strike',
});
/** Cash that makes equity this share of notional. */
const share = (quantity: number, part: number) => part * Math.abs(quantity) * mark;

describe('ladder', () => {
  it('M-158 rungs stand at the liquidation distances: (e - M) / (1 - M) of longs, (e - M) / (1 + M) of shorts', () => {
    const ladder = sure(
      ladderOf(
        [
          subject(holding('long', 100, share(100, 0.2))),
          subject(holding('short', -40, share(40, 0.1))),
          subject(holding('tight', 10, share(10, 0.06))),
          subject(holding('far', 10, share(10, 2))),
        ],
        'ETH',
      ),
    );
    const [tight, long] = [(0.06 - M) / (1 - M), (0.2 - M) / (1 - M)];
    expect(ladder.down.map(({ move }) => move)).toEqual([expect.closeTo(tight, 9), expect.closeTo(long, 9)]);
    expect(ladder.down.map(({ dollars }) => dollars)).toEqual([
      expect.closeTo(10 * mark * (1 - tight), 3),
      expect.closeTo(100 * mark * (1 - long), 3),
    ]);
    const short = (0.1 - M) / (1 + M);
    expect(ladder.up).toEqual([
      {
        account: 'short',
        move: expect.closeTo(short, 9),
        dollars: expect.closeTo(40 * mark * (1 + short), 3),
      },
    ]);
    // the shock reaches the tight account, and its flow no further
    const depth = 40 * mark * 100;
    const found = sure(cascade(ladder.down, depth, breakerDefaults));
    expect(found.closed).toBeCloseTo(0.6 * 10 * mark * (1 - tight), 2);
    expect(found.rest).toBeCloseTo(0.05 + (0.6 * 10 * mark * (1 - tight)) / (0.25 * depth), 9);
  });

  it('M-158 who is below the line already stands at zero; another coin has no rung', () => {
    const below = subject(holding('below', 10, share(10, 0.03)));
    expect(sure(ladderOf([below], 'ETH'))).toEqual({
      down: [{ account: 'below', move: 0, dollars: expect.closeTo(10 * mark, 3) }],
      up: [],
    });
    expect(sure(ladderOf([below], 'BTC'))).toEqual({ down: [], up: [] });
  });

  it('M-158 a seller of puts is on the ladder down with what he is long there, under any model', () => {
    const put = option('BTC', 25, 80_000, 'put');
    const portfolio: Portfolio = {
      account: 'puts',
      balances: [{ asset: 'USD', kind: 'cash', quantity: 300_000 }],
      positions: [{ product: put, quantity: -20 }],
      orders: [],
    };
    expect(put.expiry).toBe(expiryIn(25));
    const given: Subject = { ...subject(portfolio), model: models.grid, parameters: gridDefaults };
    const { down } = sure(ladderOf([given], 'BTC'));
    expect(down).toHaveLength(1);
    expect(down[0]!.dollars).toBeGreaterThan(0);
  }, 60_000);
});

describe('many at once', () => {
  const prng = seededPrng(11);
  const options = [
    option('BTC', 25, 80_000, 'call'),
    option('BTC', 25, 55_000, 'put'),
    option('BTC', 11, 65_000, 'put'),
  ];
  const btc = perpetual('BTC');
  const crowd = Array.from({ length: 12 }, (_, i): Subject => {
    const dollars = 1e5 * (1 + 9 * prng.next());
    const positions = [
      { product: btc, quantity: (prng.next() < 0.6 ? 1 : -1) * dollars },
      { product: options[i % 3]!, quantity: ((i % 2 === 0 ? -1 : 0.5) * dollars) / 130_000 },
    ];
    const cash = dollars * (0.12 + 0.4 * prng.next());
    const balances = [{ asset: 'USD', kind: 'cash' as const, quantity: cash }];
    const portfolio: Portfolio = { account: `a${i}`, balances, positions, orders: [] };
    return { ...subject(portfolio), model: models.grid, parameters: gridDefaults };
  });

  it('M-158 rungs on common steps are the crossings that each account has alone', {
    timeout: 120_000,
  }, () => {
    const tolerance = 1e-6;
    const ladder = sure(ladderOf(crowd, 'BTC', tolerance));
    let rungs = 0;
    for (const one of crowd) {
      const { now, down, up } = sure(
        survive(one, { kind: 'spot', underlying: 'BTC' }, { low: -0.5, high: 0.5 }),
      ).thresholds.maintenance;
      for (const [side, crossing] of [
        ['down', down],
        ['up', up],
      ] as const) {
        const rung = ladder[side].find(({ account }) => account === one.portfolio.account);
        if (rung === undefined) continue;
        rungs++;
        expect(Math.abs(rung.move - (now ? 0 : Math.abs(crossing!.move)))).toBeLessThan(5 * tolerance);
      }
    }
    expect(rungs).toBeGreaterThan(6);
  });

  it('M-158 a history too short for less is kept whole', { timeout: 60_000 }, () => {
    const seen = { ...sample, history: sampleHistory() };
    const parameters = fewWindows(models.dmr.defaults);
    const given = { ...crowd[0]!, market: seen, model: models.dmr as MarginModel, parameters };
    expect(sure(ladderOf([given], 'BTC', 1e-3)).down.length).toBeLessThanOrEqual(1);
  });

  it('M-158 parameters that look at maintenance alone ask for the same maintenance', {
    timeout: 60_000,
  }, () => {
    const history = sampleHistory(12_000);
    const drawn = { method: 'monte-carlo', draws: { maintenance: 40, initial: 60 } };
    for (const [id, own] of [
      ['grid', {}],
      ['greeks', {}],
      ['dmr', {}],
      ['var', {}],
      ['var', drawn],
    ] as const) {
      const model: MarginModel = models[id];
      const seen = { ...sample, history };
      const few = fewWindows(model.defaults) as typeof model.defaults & { history?: object };
      const parameters = few.history === undefined ? few : { ...few, history: { ...few.history, ...own } };
      const quick = model.maintenanceOnly!(parameters);
      for (const { portfolio } of crowd.slice(0, 4)) {
        const amount = (given: typeof parameters) => {
          const book = sure(model.book(productsOf(portfolio), seen, given));
          return sure(assess(portfolio, book, model)).requirement.maintenance.amount;
        };
        expect(amount(quick), `${id} ${portfolio.account}`).toBe(amount(parameters));
      }
    }
  });
});

describe('stress', () => {
  const debtors = [
    { account: 'long', owner: 'x', subject: subject(holding('long', 100, share(100, 0.2))) },
    { account: 'tight', owner: 'x', subject: subject(holding('tight', 10, share(10, 0.06))) },
    { account: 'short', subject: subject(holding('short', -40, share(40, 0.1))) },
  ];
  const fall = (size: number) => [[{ kind: 'spot', underlying: 'ETH' } as const, -size]] as const;

  it('M-159 after a fall of 40 % longs are short of what they lost beyond their equity, and the short is not', () => {
    const need = sure(sure(debtorsOf(debtors)).needAt('ETH -40 %', fall(0.4)));
    expect(need.owners).toHaveLength(1);
    expect(Number(need.total) / 1e8).toBeCloseTo((100 * 0.2 + 10 * 0.34) * mark, 3);
    const rally = sure(sure(debtorsOf(debtors)).needAt('ETH +50 %', fall(-0.5)));
    expect(rally.owners.map(({ owner }) => owner)).toEqual(['short']);
  });

  it('M-159 the smallest fall that exhausts a fund', () => {
    // 110 x - 20.6 marks are missing beyond a fall x > 0.2: a fund of 10 marks is gone at 30.6 / 110
    const book = sure(debtorsOf(debtors));
    const fund = usd(BigInt(Math.round(10 * mark * 1e8)));
    const found = sure(
      reverseStress(fund, 'total', [0.1, 0.2, 0.3, 0.4], (size) => book.needAt(`${size}`, fall(size))),
    )!;
    expect(found.size).toBeCloseTo(30.6 / 110, 5);
  });

  it('M-159 bought options are let go where closing costs more; closing costs M-21 otherwise, and time settles what expires', () => {
    const far = option('BTC', 1, 90_000, 'call');
    const own = (quantity: number, cash: number): Debtor => {
      const balances = [{ asset: 'USD', kind: 'cash' as const, quantity: cash }];
      const portfolio = { account: 'x', balances, positions: [{ product: far, quantity }], orders: [] };
      const given = { ...subject(portfolio), model: models.grid, parameters: gridDefaults };
      return { account: 'x', subject: given };
    };
    const needOf = (debtor: Debtor) => sure(sure(debtorsOf([debtor])).needAt('now', [])).total;
    expect(needOf(own(10, 0))).toBe(0n);
    const book = sure(models.grid.book(productsOf(own(-10, 0).subject.portfolio), market, gridDefaults));
    const held = sure(assess(own(-10, 0).subject.portfolio, book, models.grid));
    const cost = held.requirement.maintenance.charges.find(({ name }) => name === 'close-out-cost')!.amount;
    expect(needOf(own(-10, 0))).toBe(-held.equity + cost);
    const later = sure(sure(debtorsOf([own(-10, 0)])).needAt('expired', [[{ kind: 'days' }, 2]]));
    expect(later.total).toBe(0n);
  });

  it('M-159 moves of a scenario say the same as steps along axes', () => {
    const book = sure(debtorsOf(debtors));
    const moves = [{ kind: 'spot', relative: -0.4, underlying: 'ETH' } as const];
    expect(book.needAfter('x', moves)).toEqual(book.needAt('x', fall(0.4)));
  });

  it('M-159 closing costs what the model charges for it', () => {
    const given: Subject = { ...debtors[0]!.subject, model: models.grid, parameters: gridDefaults };
    const costly = sure(sure(debtorsOf([{ account: 'long', subject: given }])).needAt('now', fall(0.4)));
    const free = sure(sure(debtorsOf([debtors[0]!])).needAt('now', fall(0.4)));
    expect(costly.total).toBeGreaterThan(free.total);
  });
});

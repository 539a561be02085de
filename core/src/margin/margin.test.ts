// Rows of the grid model: numbers a person can check with a pencil, each named by its rule.

import { describe, expect, it } from 'vitest';
import { AT, expiryIn, market, option, perpetual, portfolio, universe } from '../../test/sample.ts';
import { dollars, instant, isRefusal, MS_PER_DAY, type Refusal } from '../base/index.ts';
import { type Market, underlyingOf } from '../market/index.ts';
import { price } from '../pricing/index.ts';
import { later, shift } from '../scenario/index.ts';
import {
  applyTrade,
  assess,
  assetProduct,
  type ChargeName,
  carryBids,
  creditOf,
  doubtParameters,
  type GridParameters,
  grid,
  gridDefaults,
  hold,
  type LineName,
  nakedShorts,
  type Portfolio,
  type Position,
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

function stand(
  held: Portfolio,
  within: Market = market,
  parameters: GridParameters = gridDefaults,
): Standing {
  const book = sure(grid.book([...productsOf(held), assetProduct('USD')], within, parameters));
  return sure(assess(held, book, grid));
}

function charged(standing: Standing, line: LineName, name: ChargeName, underlying?: string): number {
  return standing.requirement[line].charges
    .filter(
      (charge) => charge.name === name && (underlying === undefined || charge.underlying === underlying),
    )
    .reduce((sum, charge) => sum + dollars(charge.amount), 0);
}

const one = (product: Position['product'], quantity: number, cash = 1e6) =>
  portfolio([{ product, quantity }], cash);
const btc = underlyingOf(market, 'BTC')!;

describe('M-16 equity', () => {
  it('is balances at their dollar worth, options at their mark, futures at nothing', () => {
    const call = option('BTC', 25, 65_000, 'call');
    const held: Portfolio = {
      account: 'a',
      balances: [
        { asset: 'USD', kind: 'cash', quantity: -1000 },
        { asset: 'BTC', kind: 'collateral', quantity: 2 },
        { asset: 'USDC', kind: 'cash', quantity: 500 },
      ],
      positions: [
        { product: call, quantity: 3 },
        { product: perpetual('BTC'), quantity: 10_000 },
      ],
      orders: [],
    };
    const worth = -1000 + 2 * 65_000 + 500 * 0.999 + 3 * sure(price(call, market)).usd;
    expect(dollars(stand(held).equity)).toBeCloseTo(worth, 6);
  });

  it('counts unsettled profit of a future since its entry, in coins', () => {
    const held: Portfolio = {
      ...portfolio([{ product: perpetual('BTC'), quantity: 60_000, entryPrice: 60_000 }], 0),
    };
    const coins = 60_000 * (1 / 60_000 - 1 / btc.perpetual);
    expect(dollars(stand(held).equity)).toBeCloseTo(coins * 65_000, 6);
  });
});

describe('M-19 an outright perpetual', () => {
  // 100,000 USD long: 9 % and 16 % of it are 9,000 and 16,000 dollars of loss (1/F against S moves by the same factor).
  const standing = stand(one(perpetual('BTC'), 100_000));
  it.each([
    ['maintenance', 0.09],
    ['initial', 0.16],
  ] as const)('%s: the scan range of its notional', (line, range) => {
    const notional = (100_000 / btc.perpetual) * 65_000;
    expect(dollars(standing.requirement[line].swept)).toBeCloseTo(notional * range, 4);
  });

  it('release is a fifth above maintenance', () => {
    const { maintenance, release } = standing.requirement;
    expect(dollars(release.amount)).toBeCloseTo(1.2 * dollars(maintenance.amount), 6);
  });
});

describe('charges', () => {
  it('M-21 close-out: half-spread and fee of a perpetual, width and fee of an option', () => {
    const notional = (100_000 / btc.perpetual) * 65_000;
    const future = charged(stand(one(perpetual('BTC'), -100_000)), 'initial', 'close-out-cost');
    expect(future).toBeCloseTo(notional * (0.0002 + 0.0005), 6);
    const call = option('BTC', 25, 65_000, 'call');
    const standing = stand(one(call, -2));
    const leg = standing.requirement.holdings;
    expect(leg.rows.length).toBe(2);
    const bumped = (points: number) =>
      sure(
        price(
          call,
          shift(market, {
            id: 'v',
            moves: [
              { kind: 'vol', form: 'points', size: points, scaling: { short: 0, long: 0, dteFloor: 1 } },
            ],
            smile: 'sticky-strike',
            damp: 1,
            netting: 'sum',
            line: 'initial',
          }),
        ),
      ).usd;
    const vega = (bumped(1e-5) - bumped(-1e-5)) / 2e-5;
    const up = sure(
      price(
        call,
        shift(market, {
          id: 's',
          moves: [{ kind: 'spot', relative: 1e-5 }],
          smile: 'sticky-strike',
          damp: 1,
          netting: 'sum',
          line: 'initial',
        }),
      ),
    ).usd;
    const down = sure(
      price(
        call,
        shift(market, {
          id: 's',
          moves: [{ kind: 'spot', relative: -1e-5 }],
          smile: 'sticky-strike',
          damp: 1,
          netting: 'sum',
          line: 'initial',
        }),
      ),
    ).usd;
    const delta = (up - down) / (2e-5 * 65_000);
    const spread = 2 * (vega * 0.005 + delta * 65_000 * 0.0002);
    const fee = 2 * Math.min(0.0003 * 65_000, 0.125 * sure(price(call, market)).usd);
    expect(charged(standing, 'initial', 'close-out-cost')).toBeCloseTo(spread + fee, 2);
  });

  it('M-21 the fee of a cheap option is an eighth of it, and a coin that is owed has to be bought back', () => {
    const cheap = option('BTC', 1, 80_000, 'call');
    const standing = stand(one(cheap, -1));
    const found = standing.requirement.initial.charges.find(({ name }) => name === 'close-out-cost')!;
    expect(found.inputs['fees']).toBeCloseTo(0.125 * sure(price(cheap, market)).usd, 9);
    const owed = stand({ ...one(cheap, 0), balances: [{ asset: 'BTC', kind: 'cash', quantity: -10 }] });
    expect(charged(owed, 'initial', 'close-out-cost')).toBeCloseTo(10 * 65_000 * (0.0002 + 0.0005), 6);
    expect(charged(owed, 'initial', 'concentration')).toBeCloseTo(
      0.03 * 650_000 * Math.sqrt(650_000 / 2e10),
      6,
    );
  });

  it('M-22 concentration: Y sigma Q sqrt(Q / V); a billion against twenty at 3 % is 0.67 % of it', () => {
    const quantity = 1e9 * (btc.perpetual / 65_000);
    const amount = charged(stand(one(perpetual('BTC'), quantity)), 'initial', 'concentration');
    expect(amount / 1e9).toBeCloseTo(0.03 * Math.sqrt(1 / 20), 9);
  });

  it('M-23 vega of size is charged leg by leg, so that a calendar or a fly is not free', () => {
    const [near, far] = [25, 116].map((days) => option('BTC', days, 65_000, 'call'));
    const calendar = stand(
      portfolio([
        { product: near!, quantity: -1000 },
        { product: far!, quantity: 500 },
      ]),
    );
    const vegas = [near!, far!].map((product) => {
      const amount = charged(stand(one(product, 1)), 'maintenance', 'surface-confidence');
      return amount / (100 * 0.003);
    });
    const gross = 1000 * vegas[0]! + 500 * vegas[1]!;
    const want = 3 * gross * Math.sqrt(gross / 8e5);
    expect(charged(calendar, 'initial', 'vega-concentration') / want).toBeCloseTo(1, 6);
  });

  it('M-27 the vol may be wrong by the slice’s uncertainty: 0.3 points of vega', () => {
    const call = option('BTC', 25, 65_000, 'call');
    const bump = (size: number) =>
      shift(market, {
        id: 'v',
        moves: [{ kind: 'vol', form: 'points', size, scaling: { short: 0, long: 0, dteFloor: 1 } }],
        smile: 'sticky-strike',
        damp: 1,
        netting: 'sum',
        line: 'initial',
      });
    const vega = (sure(price(call, bump(1e-5))).usd - sure(price(call, bump(-1e-5))).usd) / 2e-5;
    expect(charged(stand(one(call, -7)), 'initial', 'surface-confidence')).toBeCloseTo(7 * vega * 0.003, 2);
  });

  it('M-24 selling collateral: the same law, and never more than the cap of the next dollar', () => {
    const coins = (quantity: number): Portfolio => ({
      account: 'a',
      balances: [{ asset: 'BTC', kind: 'collateral', quantity }],
      positions: [],
      orders: [],
    });
    const value = 1000 * 65_000;
    const small = charged(stand(coins(1000)), 'initial', 'collateral-liquidity');
    expect(small).toBeCloseTo(0.03 * value * Math.sqrt(value / 2e10), 6);
    const [huge, twice] = [1e9, 2e9].map((quantity) =>
      charged(stand(coins(quantity)), 'initial', 'collateral-liquidity'),
    );
    expect((twice! - huge!) / (1e9 * 65_000)).toBeCloseTo(0.4, 9);
  });

  it('M-25 counts the shorts that no long option of the same expiry and right covers', () => {
    const at = (strike: number, right: 'call' | 'put', quantity: number) => ({
      option: option('BTC', 25, strike, right),
      quantity,
    });
    expect(nakedShorts([at(65_000, 'call', -2), at(65_000, 'put', -3)])).toBe(5);
    expect(nakedShorts([at(65_000, 'call', -2), at(65_000, 'put', 3)])).toBe(2);
    expect(nakedShorts([at(68_000, 'call', -2), at(65_000, 'call', 5)])).toBe(0);
    expect(nakedShorts([at(65_000, 'call', -2), at(68_000, 'call', 5)])).toBe(2);
    expect(nakedShorts([at(62_000, 'put', -4), at(65_000, 'put', 3)])).toBe(1);
    expect(nakedShorts([at(65_000, 'put', -4), at(62_000, 'put', 3)])).toBe(4);
  });

  it('M-25 asks at least its minimum of a short option that no scenario reaches', () => {
    const far = option('BTC', 1, 15_000, 'put');
    const standing = stand(one(far, -10));
    const { initial } = standing.requirement;
    const swept = initial.combined.own[0]!.loss;
    expect(charged(standing, 'initial', 'short-option-minimum')).toBeCloseTo(10 * 65_000 * 0.005 - swept, 6);
    expect(dollars(initial.amount)).toBeGreaterThanOrEqual(3_250);
  });

  it('M-26 basis: the size of each expiry’s delta times what its forward may move; nothing nets', () => {
    const long = perpetual('BTC');
    const short = { ...universe.find(({ kind }) => kind === 'future')! };
    const standing = stand(
      portfolio([
        { product: long, quantity: 65_000 },
        { product: short, quantity: -65_000 },
      ]),
    );
    const sizes = [65_000 / btc.perpetual, 65_000 / btc.futures[0]!.forward].map((coins) => coins * 65_000);
    const rates = [0.001, Math.max(0.001, Math.exp((0.005 * 25) / 365) - 1)];
    const want = sizes.reduce((sum, size, i) => sum + size * rates[i]!, 0);
    expect(charged(standing, 'initial', 'basis')).toBeCloseTo(want, 6);
  });

  it('M-28 the index’s own doubt on the net delta, balances included', () => {
    const standing = stand({
      ...one(perpetual('BTC'), -65_000),
      balances: [{ asset: 'BTC', kind: 'collateral', quantity: 3 }],
    });
    const net = Math.abs(3 - 65_000 / btc.perpetual) * 65_000;
    expect(charged(standing, 'initial', 'oracle-confidence')).toBeCloseTo(net * 0.0002, 6);
  });

  it('M-29 a stable coin at 0.97 adds 4 (0.99 - 0.97) of its balance to initial alone', () => {
    const pegs = new Map([...market.pegs, ['USDC', 0.97]] as const);
    const held: Portfolio = {
      account: 'a',
      balances: [{ asset: 'USDC', kind: 'cash', quantity: 1000 }],
      positions: [],
      orders: [],
    };
    const standing = stand(held, { ...market, pegs });
    expect(charged(standing, 'initial', 'peg')).toBeCloseTo(1000 * 0.97 * 4 * 0.02, 6);
    expect(charged(standing, 'maintenance', 'peg')).toBe(0);
    // 35 % down counted with 15 %.
    expect(dollars(standing.requirement.maintenance.swept)).toBeCloseTo(970 * 0.35 * 0.15, 6);
  });

  it('M-30 credits a long option with its bid or its doubted mark, and sweeps it in that share', () => {
    const call = option('BTC', 25, 65_000, 'call');
    const value = sure(price(call, market)).usd;
    const held = one(call, 2);
    const seen = (bid: number) => {
      const within = { ...market, touches: new Map([[call.id, { bid }]]) };
      const { risk, given } = sure(
        grid.book([...productsOf(held), assetProduct('USD')], within, gridDefaults),
      );
      const { holdings } = sure(hold(held, risk));
      const { credited, counted } = creditOf(risk, holdings, [], given);
      return { credited, counted: counted.quantities };
    };
    expect(seen(0).credited).toBe(0);
    expect(Array.from(seen(0).counted)).toEqual([0, 1e6]);
    expect(seen(0.01).credited).toBeCloseTo(2 * 0.01 * 65_000, 6);
    expect(seen(0.01).counted[0]).toBeCloseTo((2 * 0.01 * 65_000) / value, 12);
    const generous = seen(1).credited;
    expect(generous).toBeLessThan(2 * value);
    expect(generous).toBeGreaterThan(1.9 * value);
  });

  it('M-19 what is bought is given up before it costs more than it is worth', () => {
    const call = option('BTC', 25, 65_000, 'call');
    const standing = stand(one(call, 2, 0));
    expect(charged(standing, 'initial', 'bought-options')).toBeCloseTo(2 * sure(price(call, market)).usd, 6);
    expect(standing.excess.initial >= -1n).toBe(true);
    // Beside a future that it protects it is worth more kept than given up.
    const hedged = stand(
      portfolio([
        { product: option('BTC', 25, 68_000, 'put'), quantity: 1 },
        { product: perpetual('BTC'), quantity: 65_000 },
      ]),
    );
    expect(charged(hedged, 'maintenance', 'bought-options')).toBe(0);
    expect(
      hedged.requirement.maintenance.amount <
        stand(one(perpetual('BTC'), 65_000)).requirement.maintenance.amount,
    ).toBe(true);
  });
});

describe('M-30 mixing', () => {
  it('a bid for one option is no credit for another', () => {
    const [dead, alive, short] = [
      option('BTC', 116, 80_000, 'call'),
      option('BTC', 116, 62_000, 'call'),
      option('BTC', 116, 65_000, 'call'),
    ];
    const touches = new Map([[alive!.id, { bid: 0.2 }]]);
    const within = { ...market, touches };
    const credited = (positions: Position[]) => {
      const held = portfolio(positions);
      const { risk, given } = sure(grid.book(productsOf(held), within, gridDefaults));
      return creditOf(risk, sure(hold(held, risk)).holdings, [], given).credited;
    };
    expect(credited([{ product: dead!, quantity: 1000 }])).toBe(0);
    const spread = [
      { product: alive!, quantity: 1 },
      { product: short!, quantity: -1 },
    ];
    const mixed = credited([{ product: dead!, quantity: 1000 }, ...spread]);
    expect(mixed).toBeCloseTo(credited(spread), 6);
    const sale = Math.min(0.2 * 65_000, sure(price(alive!, market)).usd);
    const cost = sure(price(short!, market)).usd;
    expect(credited(spread)).toBeGreaterThan(0.9 * (sale - cost));
    expect(credited(spread)).toBeLessThanOrEqual(sale - cost);
  });

  it('a hedge that nobody bids for is still a hedge: being given an option costs no more than its worth', () => {
    const [short, hedge, gift] = [
      option('BTC', 11, 56_000, 'put'),
      option('BTC', 11, 55_000, 'put'),
      option('BTC', 116, 70_000, 'put'),
    ];
    const within = { ...market, touches: new Map([[gift.id, { bid: 0.08 }]]) };
    const spread = [
      { product: short, quantity: -1000 },
      { product: hedge, quantity: 1000 },
    ];
    const worth = sure(price(gift, market)).usd;
    const excess = (size: number) => {
      const gifts = size === 0 ? [] : [{ product: gift, quantity: size }];
      return dollars(stand(portfolio([...spread, ...gifts], 1e7), within).excess.initial);
    };
    const shorts = 1000 * sure(price(short, market)).usd;
    // Around the size from which on the bid is credited and all of the hedge is value that could not be sold.
    const sizes = [0, 0.5, 0.999, 1.001, 1.5, 3].map((x) => (x * shorts) / (0.08 * 65_000));
    const excesses = sizes.map(excess);
    expect(Math.abs(excesses[3]! - excesses[2]!)).toBeLessThan(0.01 * shorts);
    sizes.forEach((size, i) => {
      expect(excesses[i], `${size}`).toBeGreaterThanOrEqual(excesses[0]! - size * worth);
    });
  });
});

describe('M-29 stable assets', () => {
  const held = (balances: Portfolio['balances']): Portfolio => ({
    account: 'a',
    balances,
    positions: [],
    orders: [],
  });
  const cash = (asset: string, quantity: number) => ({ asset, kind: 'cash', quantity }) as const;

  it('are not each other: long one and short the other is judged by what one may do alone', () => {
    const standing = stand(held([cash('USDC', 1e6), cash('USDT', -1e6)]));
    expect(dollars(standing.requirement.maintenance.swept)).toBeGreaterThan(25_000);
  });

  it('owed at par may rise by what it may fall', () => {
    const standing = stand(held([cash('USDT', -1e6), cash('USD', 3e6)]));
    expect(dollars(standing.requirement.maintenance.swept)).toBeCloseTo(30_000, 6);
  });

  it('owed below par may cost the way back', () => {
    const pegs = new Map([...market.pegs, ['USDC', 0.9]] as const);
    const standing = stand(held([cash('USDC', -1000), cash('USD', 5000)]), { ...market, pegs });
    expect(dollars(standing.requirement.maintenance.swept)).toBeCloseTo(100, 6);
  });

  it('the parameters know; a coin that no market prices is refused, not taken for one', () => {
    const pegs = new Map([...market.pegs, ['SOL', 150]] as const);
    const book = sure(grid.book(productsOf(held([cash('SOL', -10_000)])), { ...market, pegs }, gridDefaults));
    expect(assess(held([cash('SOL', -10_000)]), book, grid)).toMatchObject({ reason: 'unknown-asset' });
  });
});

describe('M-14 strike nodes', () => {
  const fly = [62_000, 65_000, 68_000].map((strike, i) => ({
    product: option('BTC', 1, strike, 'call'),
    quantity: i === 1 ? 40 : -20,
  }));

  it('stand at the near strikes inside the initial range, and only there', () => {
    const products = [
      ...fly.map(({ product }) => product),
      option('BTC', 1, 80_000, 'call'),
      option('BTC', 25, 65_000, 'put'),
    ];
    const ids = strikeNodes(products, market, gridDefaults).map((lane) => lane.id);
    expect(ids.length).toBe(6);
    expect(ids[0]).toBe('node/BTC-3MAR26-62000/vol-same');
  });

  it('find the loss of a short fly between two prices of the grid', () => {
    const touches = new Map(fly.map(({ product }) => [product.id, { bid: 0.001 }]));
    const near = stand(portfolio(fly), { ...market, touches });
    const blind = stand(portfolio(fly), { ...market, touches }, { ...gridDefaults, strikeNodeDays: 0 });
    expect(near.requirement.initial.swept > blind.requirement.initial.swept).toBe(true);
  });
});

describe('M-20 in the settlement window', () => {
  const at = instant(expiryIn(1) - 10 * 60_000);
  const closing = later(market, (at - AT) / MS_PER_DAY);

  it('moves only the open third of the average', () => {
    const slice = underlyingOf(closing, 'BTC')!.slices[0]!;
    expect(slice.unfixed).toBeCloseTo(1 / 3, 12);
  });

  it('asks for the larger of with and without the legs that are about to go', () => {
    // The put hedges the perpetual for ten more minutes and then is gone.
    const put = option('BTC', 1, 68_000, 'put');
    const hedge: Position[] = [
      { product: perpetual('BTC'), quantity: 650_000 },
      { product: put, quantity: 10 },
    ];
    const standing = stand(portfolio(hedge), closing);
    const naked = stand(portfolio(hedge.slice(0, 1)), closing);
    expect(standing.requirement.maintenance.amount >= naked.requirement.maintenance.amount).toBe(true);
    expect(standing.requirement.holdings.rows.length).toBe(3);
  });
});

describe('M-31 what may be withdrawn', () => {
  it('is initial excess without the value of options that are needed', () => {
    const put = option('BTC', 25, 68_000, 'put');
    const touches = new Map([[put.id, { bid: 0.06 }]]);
    const held = portfolio(
      [
        { product: put, quantity: 2 },
        { product: perpetual('BTC'), quantity: 130_000 },
      ],
      100_000,
    );
    const standing = stand(held, { ...market, touches });
    const locked = dollars(standing.requirement.locked);
    expect(locked).toBeCloseTo(2 * 0.06 * 65_000, 6);
    expect(dollars(standing.withdrawable)).toBeCloseTo(dollars(standing.excess.initial) - locked, 6);
  });

  it('is all the cash beside bought options that could be let go', () => {
    const call = option('BTC', 25, 65_000, 'call');
    for (const bid of [0, 0.01, 0.05]) {
      const standing = stand(one(call, 2, 100_000), { ...market, touches: new Map([[call.id, { bid }]]) });
      expect(dollars(standing.withdrawable), `bid ${bid}`).toBeCloseTo(100_000, 6);
    }
  });

  it('leaves out the profit of a future since its entry', () => {
    const position = { product: perpetual('BTC'), quantity: 60_000, entryPrice: 60_000 };
    const standing = stand(portfolio([position], 100_000));
    const profit = 60_000 * (1 / 60_000 - 1 / btc.perpetual) * 65_000;
    expect(dollars(standing.requirement.locked)).toBeCloseTo(profit, 6);
  });
});

describe('trades and time', () => {
  const call = option('BTC', 25, 68_000, 'call');

  it('a trade at the mark changes no equity; away from it, by the difference', () => {
    const before = one(perpetual('BTC'), 65_000);
    const at = sure(applyTrade(before, { product: call, quantity: -3 }, market));
    expect(dollars(stand(at).equity)).toBeCloseTo(dollars(stand(before).equity), 6);
    const mark = sure(price(call, market)).mark;
    const rich = sure(applyTrade(before, { product: call, quantity: -3, price: mark + 0.01 }, market));
    expect(dollars(stand(rich).equity) - dollars(stand(before).equity)).toBeCloseTo(3 * 0.01 * 65_000, 6);
  });

  it('closing a future away from its mark keeps the profit, and the position goes', () => {
    const held = portfolio([{ product: perpetual('BTC'), quantity: 60_000, entryPrice: 60_000 }], 0);
    const closed = sure(
      applyTrade(held, { product: perpetual('BTC'), quantity: -60_000, price: 66_000 }, market),
    );
    expect(closed.positions).toEqual([]);
    const coins = 60_000 * (1 / 60_000 - 1 / 66_000);
    expect(dollars(stand(closed).equity)).toBeCloseTo(coins * 65_000, 6);
  });

  it('a moved market shows a future’s loss once its entry is noted', () => {
    const noted = sure(withEntries(one(perpetual('BTC'), 65_000, 0), market));
    const crash = shift(market, {
      id: 'c',
      moves: [{ kind: 'spot', relative: -0.1 }],
      smile: 'sticky-strike',
      damp: 1,
      netting: 'sum',
      line: 'initial',
    });
    const loss = 65_000 * (1 / btc.perpetual - 1 / (btc.perpetual * 0.9)) * 65_000 * 0.9;
    expect(dollars(stand(noted, crash).equity)).toBeCloseTo(loss, 6);
  });

  it('M-30 bids move along with an imagined market, each at its share of the mark', () => {
    const put = option('BTC', 25, 62_000, 'put');
    const observed = {
      ...market,
      touches: new Map([[put.id, { bid: 0.5 * sure(price(put, market)).mark }]]),
    };
    const crash = shift(observed, {
      id: 'c',
      moves: [{ kind: 'spot', relative: -0.15 }],
      smile: 'sticky-strike',
      damp: 1,
      netting: 'sum',
      line: 'initial',
    });
    const carried = carryBids(crash, observed, [put]);
    expect(carried.touches.get(put.id)!.bid! / sure(price(put, crash)).mark).toBeCloseTo(0.5, 12);
  });

  it('what expires is settled at the index, calls and puts, inverse in coins', () => {
    const held = portfolio(
      [
        { product: option('BTC', 1, 62_000, 'call'), quantity: 2 },
        { product: option('BTC', 1, 62_000, 'put'), quantity: -5 },
      ],
      0,
    );
    const settled = sure(settleExpired(held, market, expiryIn(1)));
    expect(settled.positions).toEqual([]);
    expect(settled.balances.at(-1)).toMatchObject({ asset: 'BTC', kind: 'cash' });
    expect(settled.balances.at(-1)!.quantity).toBeCloseTo((2 * 3_000) / 65_000, 12);
  });
});

describe('refusals', () => {
  it('say what a book lacks', () => {
    const held = one(option('BTC', 25, 65_000, 'call'), 1);
    const book = sure(grid.book([assetProduct('USD')], market, gridDefaults));
    expect(assess(held, book, grid)).toMatchObject({ kind: 'refused', reason: 'unknown-product' });
  });

  it.each([
    ['retained', { retained: 1.5 }],
    ['releaseBuffer', { releaseBuffer: -0.1 }],
    ['scenarios.lanes', { scenarios: { id: 'none', lanes: [] } }],
    ['correlations.ETH/BTC', { correlations: { unnamed: 0, stress: 0.2, pairs: { 'ETH/BTC': 0.5 } } }],
    ['pegs.USDC.range', { pegs: { ...gridDefaults.pegs, USDC: { range: 1.2 } } }],
    ['pegs.USD', { pegs: {} }],
    ['otherCoin.initial plus', { otherCoin: { ...gridDefaults.otherCoin, initial: 0.9 } }],
    ['coins.BTC.maintenance', { coins: { BTC: { ...gridDefaults.otherCoin, maintenance: 0.4 } } }],
    ['otherCoin.halfSpread', { otherCoin: { ...gridDefaults.otherCoin, halfSpread: -1 } }],
    ['otherCoin.dailyMove', { otherCoin: { ...gridDefaults.otherCoin, dailyMove: Number.NaN } }],
    [
      'charges.shortMinimum.maintenance',
      { charges: { ...gridDefaults.charges, shortMinimum: { maintenance: -1, initial: 0 } } },
    ],
    ['strikeNodeDays', { strikeNodeDays: -1 }],
    [
      'damp.ladder',
      { scenarios: { id: 's', lanes: [{ ...gridDefaults.scenarios.lanes[0]!, damp: { ladder: -5 } }] } },
    ],
    ['twin', { scenarios: { id: 's', lanes: [{ ...gridDefaults.scenarios.lanes[0]!, twin: 'nobody' }] } }],
  ])('name the parameter %s', (field, part) => {
    const doubt = doubtParameters({ ...gridDefaults, ...(part as Partial<GridParameters>) });
    expect(doubt?.message).toContain(field);
    expect(doubtParameters(gridDefaults)).toBeUndefined();
  });
});

// Liquidation prices against closed forms: one position, a flat rate, and the price at which equity meets it.

import { describe, expect, it } from 'vitest';
import { AT, expiryIn, future, market, option, perpetual } from '../../../test/sample.ts';
import { isRefusal, type Refusal } from '../../base/index.ts';
import { assessAccount, isolate, models, type Portfolio, poolsOf, staticDefaults } from '../index.ts';
import {
  bankruptcyPrice,
  inverseBankruptcyPrice,
  inverseLiquidationPrice,
  liquidationPrice,
  withDeductions,
} from '../static/index.ts';
import { mapDefaults, type Subject, survivalMap, survive, type Threshold } from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const MAINTENANCE = 0.05;
const uncut = { haircut: 0, owed: 0 };
const full = { maintenance: uncut, initial: uncut, sizeFactor: 0, deposits: { held: 0, start: 0 } };
const flatRule = {
  tiers: [{ from: 0, maintenance: MAINTENANCE, initial: 0.1 }],
  sizeFactor: 0,
  openInterest: { held: 0, lower: 0, upper: 0 },
};
const flatCoin = { ...staticDefaults.coins['BTC']!, perpetual: flatRule, future: flatRule, collateral: full };
/** A flat 5 % of notional, and every balance in full: what closed forms speak of. */
const flat = {
  ...staticDefaults,
  coins: {},
  otherCoin: flatCoin,
  pegs: { USD: full, USDC: full },
};
const rates = (rate: number) => withDeductions([{ from: 0, rate }]);
const subjectOf = (portfolio: Portfolio): Subject => ({
  portfolio,
  market,
  model: models.static,
  parameters: flat,
  treatment: 'portfolio',
  smile: 'sticky-strike',
});
const eth = perpetual('ETH', 'linear');
const btc = perpetual('BTC');
const holding = (
  positions: Portfolio['positions'],
  balances: readonly (readonly [asset: string, quantity: number])[],
): Portfolio => ({
  account: 'a',
  balances: balances.map(([asset, quantity]) => ({ asset, kind: 'cash', quantity })),
  positions,
  orders: [],
});

/** The crossing of a coin's spot on either side, as a price of one product. */
function priceOf(portfolio: Portfolio, coin: string, id: string, threshold: Threshold): number | undefined {
  const survival = sure(survive(subjectOf(portfolio), { kind: 'spot', underlying: coin }));
  const { down, up } = survival.thresholds[threshold];
  return (down ?? up)?.marks.get(id);
}

describe('closed forms', () => {
  const peg = 0.999;
  const mark = (1_900 * 1.0003) / peg;

  it.each([
    [10, 5_000],
    [-10, 5_000],
    [3.5, 1_200],
    [-250, 90_000],
  ])('M-72 a linear perpetual of %d with %d USD', (size, cash) => {
    const held = holding([{ product: eth, quantity: size }], [['USD', cash]]);
    const exposed = { size, mark, equity: cash / peg };
    const liquidation = liquidationPrice({ ...exposed, tiers: rates(MAINTENANCE) })!;
    const bankruptcy = bankruptcyPrice(exposed)!;
    const found = priceOf(held, 'ETH', eth.id, 'maintenance')!;
    expect(Math.abs(found / liquidation - 1)).toBeLessThan(1e-9);
    expect(Math.abs(priceOf(held, 'ETH', eth.id, 'bankruptcy')! / bankruptcy - 1)).toBeLessThan(1e-9);
  });

  it.each([
    [100_000, 0.4, 60_000],
    [-100_000, 0.4, 70_000],
    [20_000, 0.1, undefined],
  ])('M-72 an inverse perpetual of %d USD with %d coins', (size, coins, entryPrice) => {
    const held = holding(
      [{ product: btc, quantity: size, ...(entryPrice === undefined ? {} : { entryPrice }) }],
      [['BTC', coins]],
    );
    const now = 65_000 * 1.0003;
    const entered = entryPrice ?? now;
    const exposed = { size, mark: now, equity: coins + size * (1 / entered - 1 / now) };
    const liquidation = inverseLiquidationPrice({ ...exposed, tiers: rates(MAINTENANCE) })!;
    const bankruptcy = inverseBankruptcyPrice(exposed)!;
    const found = priceOf(held, 'BTC', btc.id, 'maintenance')!;
    expect(Math.abs(found / liquidation - 1)).toBeLessThan(1e-9);
    expect(Math.abs(priceOf(held, 'BTC', btc.id, 'bankruptcy')! / bankruptcy - 1)).toBeLessThan(1e-9);
  });

  it('M-72 a short inverse position backed coin for coin has none', () => {
    const held = holding([{ product: btc, quantity: -10_000 }], [['BTC', 0.2]]);
    const exposed = { size: -10_000, mark: 65_000 * 1.0003, equity: 0.2, tiers: rates(MAINTENANCE) };
    expect(inverseLiquidationPrice(exposed)).toBeUndefined();
    expect(priceOf(held, 'BTC', btc.id, 'maintenance')).toBeUndefined();
  });

  it('M-72 everything else counts: another position adds its margin and its own moves', () => {
    // The other coin does not move: its profit stays, its margin stays.
    const other = { product: btc, quantity: 40_000, entryPrice: 60_000 };
    const held = holding([{ product: eth, quantity: -10 }, other], [['USD', 5_000]]);
    const btcMark = 65_000 * 1.0003;
    const profit = 40_000 * (1 / 60_000 - 1 / btcMark) * 65_000;
    const margin = MAINTENANCE * (40_000 / btcMark) * 65_000;
    const exposed = {
      size: -10,
      mark,
      equity: (5_000 + profit) / peg,
      other: margin / peg,
      tiers: rates(MAINTENANCE),
    };
    const found = priceOf(held, 'ETH', eth.id, 'maintenance')!;
    expect(Math.abs(found / liquidationPrice(exposed)! - 1)).toBeLessThan(1e-9);
    // A dated future of the coin moves along, and its price at the crossing is its own.
    const hedged = holding(
      [
        { product: btc, quantity: 130_000 },
        { product: future('BTC', 25), quantity: -65_000 },
      ],
      [['USD', 20_000]],
    );
    const { down } = sure(survive(subjectOf(hedged), { kind: 'spot', underlying: 'BTC' })).thresholds
      .maintenance;
    expect(down!.marks.get(future('BTC', 25).id)! / down!.indices.get('BTC')!).toBeCloseTo(1.004, 9);
  });

  it('M-65 M-72 an isolated position has its own liquidation price, and the account none of it', () => {
    const held = holding([{ product: eth, quantity: 10 }], [['USDC', 20_000]]);
    const isolated = sure(isolate(held, eth.id, 3_000));
    const [shared, own] = poolsOf(isolated);
    const exposed = { size: 10, mark, equity: 3_000, tiers: rates(MAINTENANCE) };
    const found = priceOf(own!.portfolio, 'ETH', eth.id, 'maintenance')!;
    expect(Math.abs(found / liquidationPrice(exposed)! - 1)).toBeLessThan(1e-9);
    expect(priceOf(shared.portfolio, 'ETH', eth.id, 'maintenance')).toBeUndefined();
    const book = sure(
      models.static.book([eth, { kind: 'asset', id: 'USDC', underlying: 'USDC' }], market, flat),
    );
    const standing = sure(assessAccount(isolated, book, models.static, 'portfolio'));
    expect(standing.isolated[0]!.equity).toBe(299_700_000_000n);
  });
});

describe('maps', () => {
  const straddle = [option('BTC', 25, 65_000, 'call'), option('BTC', 25, 65_000, 'put')];
  const held = holding(
    straddle.map((product) => ({ product, quantity: -5 })),
    [['USD', 200_000]],
  );
  const map = sure(survivalMap(subjectOf(held), { ...mapDefaults, underlying: 'BTC' }));
  const depthAt = (spot: number, vol: number) =>
    map.cells[map.grid.vols.indexOf(vol)]![map.grid.spots.indexOf(spot)]!.depth;

  it('M-73 every cell says the deepest line that is crossed there', () => {
    expect(depthAt(0, 0)).toBe('clear');
    expect(depthAt(-0.8, 0)).toBe('bankruptcy');
    expect(depthAt(2, 0)).toBe('bankruptcy');
    expect(map.cells.length * map.cells[0]!.length).toBe(map.assessments);
    for (const { equity, excess, depth } of map.cells.flat()) {
      if (depth === 'bankruptcy') expect(equity < 0n).toBe(true);
      if (depth === 'maintenance') expect(equity >= 0n && excess.maintenance < 0n).toBe(true);
      if (depth === 'clear') expect(excess.initial >= 0n).toBe(true);
    }
  });

  it('M-73 more vol is worse for who is short of it, and a cell is what the axis says', () => {
    const order: readonly string[] = ['clear', 'initial', 'release', 'maintenance', 'bankruptcy'];
    for (const s of map.grid.spots.keys()) {
      const column = map.cells.map((row) => order.indexOf(row[s]!.depth));
      expect([...column].sort((a, b) => a - b)).toEqual(column);
    }
    const { path } = sure(
      survive(subjectOf(held), { kind: 'spot', underlying: 'BTC' }, { low: -0.5, high: 1 }),
    );
    const cell = map.cells[map.grid.vols.indexOf(0)]![map.grid.spots.indexOf(-0.5)]!;
    expect(Math.abs(Number(path[0]!.excess.initial - cell.excess.initial))).toBeLessThan(100);
  });

  it('M-73 refuses a map that cannot be drawn', () => {
    expect(survivalMap(subjectOf(held), { ...mapDefaults, underlying: 'SOL' })).toMatchObject({
      reason: 'no-market',
    });
    expect(survivalMap(subjectOf(held), { ...mapDefaults, spots: [-1] })).toMatchObject({
      reason: 'out-of-range',
    });
  });
});

it('M-69 time settles what expires, orders included', () => {
  const call = option('BTC', 11, 80_000, 'call');
  const held: Portfolio = {
    ...holding([{ product: call, quantity: -1 }], [['USD', 20_000]]),
    orders: [],
  };
  const { path } = sure(survive(subjectOf(held), { kind: 'days' }, { low: 0, high: 20 }));
  const last = path.at(-1)!;
  expect(last.move).toBe(20);
  expect(last.equity).toBe(2_000_000_000_000n);
  expect(last.excess.initial).toBe(last.equity);
  expect(path.some(({ move }) => move === (expiryIn(11) - AT) / 86_400_000)).toBe(true);
});

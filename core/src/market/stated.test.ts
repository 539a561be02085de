// What a market may state beside its smiles: vols strike by strike, rates, an asset's own price, an expiry that is settled.

import { describe, expect, it } from 'vitest';
import { AT, expiryIn, linearOption, market } from '../../test/sample.ts';
import { isRefusal, type Refusal, years } from '../base/index.ts';
import { blackPrice } from '../kernel/index.ts';
import { greeks, price } from '../pricing/index.ts';
import { buildRiskBook } from '../risk/index.ts';
import { readMarket, writeMarket } from '../wire/index.ts';
import { assetUsd, marketDigest } from './index.ts';
import type { Market, Slice } from './market.ts';
import { smileMoneyness, smileVol, volAt, volTable } from './smile.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

function changed(change: Partial<Slice>, rest: Partial<Market> = {}): Market {
  const underlyings = market.underlyings.map((coin) => ({
    ...coin,
    slices: coin.slices.map((slice) => (slice.expiry === expiryIn(25) ? { ...slice, ...change } : slice)),
  }));
  const next = { ...market, ...rest, underlyings };
  return { ...next, digest: marketDigest(next) };
}
const slice = market.underlyings[0]!.slices[2]!;
const call = linearOption('BTC', 25, 65_000, 'call');

describe('M-07 vols that are stated strike by strike', () => {
  const table = volTable(slice.smileForward, [
    [70_000, 0.5],
    [60_000, 0.7],
  ]);
  const stated = { ...slice, table };

  it('are met at their strikes, linear between in log-moneyness, flat beyond', () => {
    expect([60_000, 70_000, 1, 1e9].map((strike) => volAt(stated, strike))).toEqual([0.7, 0.5, 0.7, 0.5]);
    const middle = Math.sqrt(60_000 * 70_000);
    expect(volAt(stated, middle)).toBeCloseTo(0.6, 12);
  });

  it('a strike of zero has a vol', () => {
    expect(smileMoneyness(0, slice)).toBe(-700);
    expect(Number.isFinite(smileVol(slice, smileMoneyness(0, slice)))).toBe(true);
    expect(volAt(stated, 0)).toBe(0.7);
  });

  it('survive a market file to the bit, and change its digest', () => {
    const written = changed(
      { table, rate: 0.05, oracleConfidence: 0.7 },
      { confidences: new Map([['BTC-INDEX', 0.6]]) },
    );
    const read = sure(readMarket(writeMarket(written), 'market.json'));
    expect(read).toEqual(written);
    expect(written.digest).not.toBe(marketDigest(market));
  });

  it('a table that is out of order or ragged is refused by its place', () => {
    const text = writeMarket(changed({ table }));
    const swapped = text
      .replace(/"ks":\[([^,]+),([^\]]+)\]/, '"ks":[$2,$1]')
      .replace(/"digest":"[0-9a-f]+",\n/, '');
    expect(readMarket(swapped, 'm.json')).toMatchObject({
      reason: 'malformed',
      where: expect.stringMatching(/table.ks/),
    });
  });
});

describe('M-03 discounted linear options', () => {
  it('are worth exp(-r T) of their payment, in prices, greeks and rows', () => {
    const rated = changed({ rate: 0.08 });
    const discount = Math.exp(-0.08 * slice.years);
    const strike = 65_000 * 0.999;
    const stdev = volAt(slice, strike) * Math.sqrt(slice.years);
    const worth = sure(price(call, rated)).usd;
    expect(worth).toBeCloseTo(discount * blackPrice('call', slice.forward, strike, stdev), 8);
    const [plain, own] = [sure(greeks(call, market)), sure(greeks(call, rated))];
    expect(own.delta).toBeCloseTo(discount * plain.delta, 12);
    expect(own.vega).toBeCloseTo(discount * plain.vega, 10);
    expect(own.theta).toBeCloseTo(discount * plain.theta + (0.08 * worth) / 365, 8);
    const lane = {
      id: 'still',
      moves: [{ kind: 'spot', relative: 0.1 } as const],
      smile: 'sticky-strike',
      damp: 1,
      netting: 'sum',
      line: 'initial',
    } as const;
    const rows = [market, rated].map(
      (one) => sure(buildRiskBook([call], one, [lane], () => ({ maintenance: 1, initial: 1 }))).rows[0]!,
    );
    expect(rows[1]).toBeCloseTo(discount * rows[0]!, 6);
  });
});

describe('M-16 what a balance is worth', () => {
  const staked = { kind: 'asset', id: 'WSTETH', underlying: 'ETH' } as const;
  const priced: Market = { ...market, pegs: new Map([...market.pegs, ['WSTETH', 2_280], ['BTC', 64_000]]) };
  const lane = {
    id: 'up',
    moves: [{ kind: 'spot', relative: 0.1 } as const],
    smile: 'sticky-strike',
    damp: 1,
    netting: 'sum',
    line: 'initial',
  } as const;
  const rowOf = (product: Parameters<typeof buildRiskBook>[0][0]) =>
    sure(buildRiskBook([product], priced, [lane], () => ({ maintenance: 1, initial: 1 })));

  it('an asset of its own price that follows a coin moves in proportion, and has its delta in coins', () => {
    const book = rowOf(staked);
    expect(book.columns.value[0]).toBe(2_280);
    expect(book.rows[0]).toBeCloseTo(228, 10);
    expect(book.columns.delta[0]).toBeCloseTo(1.2, 14);
  });

  it('a coin may be held at another price than its index', () => {
    expect(assetUsd(priced, 'BTC')).toBe(64_000);
    expect(rowOf({ kind: 'asset', id: 'BTC', underlying: 'BTC' }).rows[0]).toBeCloseTo(6_400, 9);
  });
});

describe('M-20 an expiry that is settled', () => {
  it('is worth what it settled at, and moves no more', () => {
    const settled = changed({});
    const underlyings = settled.underlyings.map((coin) => ({
      ...coin,
      slices: [
        { ...coin.slices[0]!, expiry: AT, years: years(0), forward: 66_000, unfixed: 0 },
        ...coin.slices.slice(1),
      ],
    }));
    const product = { ...call, expiry: AT };
    const lane = {
      id: 'up',
      moves: [{ kind: 'spot', relative: 0.1 } as const],
      smile: 'sticky-strike',
      damp: 1,
      netting: 'sum',
      line: 'initial',
    } as const;
    const book = sure(
      buildRiskBook([product], { ...settled, underlyings }, [lane], () => ({ maintenance: 1, initial: 1 })),
    );
    expect(book.columns.value[0]).toBeCloseTo(66_000 - 65_000 * 0.999, 8);
    expect(book.rows[0]).toBe(0);
  });
});

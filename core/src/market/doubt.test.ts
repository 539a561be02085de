// A market made by hand, and what of it cannot be.

import { describe, expect, it } from 'vitest';
import { deriveMarket } from '../../test/derive.ts';
import { linearOption, market, option } from '../../test/sample.ts';
import { isRefusal } from '../base/index.ts';
import { assess, assetProduct, type MarginModel, models, type Portfolio } from '../margin/index.ts';
import { buildRiskBook } from '../risk/index.ts';
import { doubtMarket } from './doubt.ts';
import type { Market, Slice, UnderlyingMarket } from './market.ts';

const coin = (change: Partial<UnderlyingMarket>): Market => ({
  ...market,
  underlyings: market.underlyings.map((own) => ({ ...own, ...change })),
});
const slice = (change: Partial<Slice>): Market => ({
  ...market,
  underlyings: market.underlyings.map((own) => ({
    ...own,
    slices: own.slices.map((one) => ({ ...one, ...change })),
  })),
});

const WRONG: readonly (readonly [string, Market, RegExp])[] = [
  ['an index of NaN', coin({ index: Number.NaN }), /index of BTC is NaN; it must be a price/],
  ['a perpetual at zero', coin({ perpetual: 0 }), /perpetual of BTC is 0/],
  [
    'a forward that is infinite',
    slice({ forward: Number.POSITIVE_INFINITY }),
    /forward of BTC's expiry 2026-03-03 is Infinity/,
  ],
  ['a rate of NaN', slice({ rate: Number.NaN }), /rate .* is NaN; it must be a rate/],
  ['a negative unfixed part', slice({ unfixed: -1 }), /unfixed part .* is -1; it must be a share/],
  ['a confidence above one', slice({ oracleConfidence: 2 }), /oracle confidence .* is 2/],
  ['a stated vol below zero', slice({ table: { ks: [0], vols: [-0.1] } }), /stated vol .* is -0.1/],
  ['a peg of NaN', { ...market, pegs: new Map([['USDC', Number.NaN]]) }, /price of USDC is NaN/],
  [
    'a feed of NaN',
    { ...market, confidences: new Map([['BTC-INDEX', Number.NaN]]) },
    /confidence of BTC-INDEX is NaN/,
  ],
];

describe('M-05 a market made by hand', () => {
  it('is sound as the sample is', () => {
    expect(doubtMarket(market)).toBeUndefined();
  });

  it.each(WRONG)('%s is refused by name, by every model', (_, wrong, message) => {
    expect(doubtMarket(wrong)).toMatchObject({
      reason: 'out-of-range',
      message: expect.stringMatching(message),
    });
    for (const model of Object.values<MarginModel>(models)) {
      expect(
        isRefusal(model.book([option('BTC', 11, 65_000, 'call')], wrong, model.defaults)),
        model.id,
      ).toBe(true);
    }
  });

  it('a strike that is no price is refused with the option', () => {
    for (const strike of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      const lane = {
        id: 'still',
        moves: [],
        smile: 'sticky-strike',
        damp: 1,
        netting: 'sum',
        line: 'initial',
      } as const;
      const bad = { ...option('BTC', 11, 65_000, 'call'), strike };
      expect(buildRiskBook([bad], market, [lane], () => ({ maintenance: 1, initial: 1 }))).toMatchObject({
        reason: 'out-of-range',
        message: expect.stringMatching(/its strike is/),
      });
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e300])('a quantity of %f is refused', (quantity) => {
    for (const model of Object.values<MarginModel>(models)) {
      if ('history' in model.defaults) continue;
      const product = linearOption('ETH', 11, 1_900, 'call');
      const book = model.book([product, assetProduct('USDC')], deriveMarket(), model.defaults);
      if (isRefusal(book)) continue;
      const held: Portfolio = {
        account: 'a',
        balances: [{ asset: 'USDC', kind: 'cash', quantity: 1 }],
        positions: [{ product, quantity }],
        orders: [],
      };
      expect(assess(held, book, model), model.id).toMatchObject({ reason: 'out-of-range' });
      const cash: Portfolio = {
        ...held,
        positions: [],
        balances: [{ asset: 'USDC', kind: 'cash', quantity }],
      };
      expect(assess(cash, book, model), model.id).toMatchObject({ reason: 'out-of-range' });
    }
  });
});

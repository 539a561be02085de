// Rows of the model `derive-srm`: numbers a person can check with a pencil, each named by its rule.

import { describe, expect, it } from 'vitest';
import { future, linearOption, market, option, perpetual, portfolio } from '../../../../test/sample.ts';
import { dollars, isRefusal, type Refusal, sentence } from '../../../base/index.ts';
import type { Market } from '../../../market/index.ts';
import { price } from '../../../pricing/index.ts';
import {
  assess,
  type Balance,
  type Line,
  type Order,
  type Portfolio,
  type Position,
  productsOf,
  type Standing,
} from '../../index.ts';
import { deriveStandard } from './srm.ts';
import { srmForm } from './srm-form.ts';
import { type SrmParameters, srmDefaults, srmMarket } from './srm-parameters.ts';
import { srmIsolated, srmMaxLoss, srmShort } from './srm-rules.ts';
import { deriveUnits } from './unit.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

/** The sample market with its stable at a price and oracles as sure as said. */
function marketAt(stable: number, confidences: Readonly<Record<string, number>> = {}): Market {
  const pegs = new Map([...market.pegs, ['USDC', stable] as const]);
  return { ...market, pegs, confidences: new Map(Object.entries(confidences)) };
}

const par = marketAt(1);
const usdc = (quantity: number): Balance => ({ asset: 'USDC', kind: 'cash', quantity });
const holding = (positions: readonly Position[], ...balances: Balance[]): Portfolio => ({
  ...portfolio(positions),
  balances: [usdc(0), ...balances],
});

function stand(held: Portfolio, within: Market = par, parameters: SrmParameters = srmDefaults): Standing {
  return sure(assess(held, sure(deriveStandard.book(productsOf(held), within, parameters)), deriveStandard));
}

/** To the millionth of a dollar: charges are rounded up in the eighth digit. */
const micro = (amount: number) => Math.round(amount * 1e6) / 1e6;
const charged = ({ charges }: Line) => charges.map(({ name, amount }) => [name, micro(dollars(amount))]);
const linesOf = ({ requirement: { maintenance, release, initial } }: Standing) =>
  [maintenance, release, initial].map(({ amount }) => dollars(amount));
const ETH = 1_900;
const [BTC_PERP, ETH_PERP] = [perpetual('BTC', 'linear'), perpetual('ETH', 'linear')];
const call = (strike: number, days = 11) => linearOption('ETH', days, strike, 'call');
const put = (strike: number, days = 11) => linearOption('ETH', days, strike, 'put');
const markOf = (product: Position['product'], within: Market = par) =>
  sure(price(product, deriveUnits(within, false))).usd;

describe('M-130 what is counted', () => {
  it('dollars: cash and what contracts pay at the price of the stable, collateral at its own', () => {
    const half = marketAt(0.5);
    const held = holding(
      [{ product: ETH_PERP, quantity: 2, entryPrice: 1_800 }],
      { asset: 'USDC', kind: 'collateral', quantity: 1_000 },
      { asset: 'ETH', kind: 'collateral', quantity: 1 },
      { asset: 'USD', kind: 'cash', quantity: 7 },
    );
    const profit = 2 * (ETH * 1.0003 - 1_800);
    expect(dollars(stand(held).equity)).toBeCloseTo(1_000 + profit + ETH + 7, 6);
    expect(dollars(stand(held, half).equity)).toBeCloseTo(0.5 * (1_000 + profit) + ETH + 7, 6);
    const options = holding([{ product: call(1_900), quantity: 3 }]);
    expect(dollars(stand(options, half).equity)).toBeCloseTo(0.5 * dollars(stand(options).equity), 6);
    const [whole, less] = [par, half].map((within) => dollars(stand(held, within).excess.maintenance));
    // What margin counts of collateral is not over the price of the stable, so in dollars it falls with it.
    expect(less).toBeCloseTo(0.5 * (whole! - 7) + 7, 6);
  });
});

describe('M-131 perpetuals', () => {
  it('a share of notional at the mark, either way, coin by coin', () => {
    const held = holding([
      { product: BTC_PERP, quantity: -2 },
      { product: ETH_PERP, quantity: 10 },
    ]);
    const { maintenance, initial } = stand(held).requirement;
    const notional = [2 * 65_000 * 1.0003, 10 * ETH * 1.0003];
    expect(charged(maintenance)).toEqual(notional.map((each) => ['srm-perpetual', micro(each * 0.05)]));
    expect(dollars(initial.amount)).toBeCloseTo(0.066 * (notional[0]! + notional[1]!), 6);
  });
});

describe('M-132 options by themselves', () => {
  const rates = srmMarket(srmDefaults, 'ETH').option!;
  const leg = (right: 'call' | 'put', strike: number, mark: number) => ({
    right,
    strike,
    mark,
    quantity: -1,
  });
  it.each([
    // At the money 15 %, a tenth out of it 13 % because 5 % is less; maintenance 9 %.
    [leg('call', 2_000, 80), 180, 300],
    [leg('call', 2_200, 20), 180, 260],
    [leg('call', 2_030, 70), 180, 270],
    [leg('put', 1_800, 20), 180, 260],
    // Deep in the money: 9 % of the mark on maintenance, 1.05 times both on initial.
    [leg('put', 6_000, 4_000), 360, 1.05 * 4_360 - 4_000],
    [leg('call', 0, 2_000), 180, 300],
  ])('short %o needs %d and %d of a spot of 2000', (short, maintenance, initial) => {
    expect(srmShort(short, 2_000, rates, 'maintenance')).toBeCloseTo(maintenance, 9);
    expect(srmShort(short, 2_000, rates, 'initial')).toBeCloseTo(initial, 9);
    const sold = srmIsolated([{ ...short, quantity: -3 }], 2_000, rates, 'maintenance');
    expect(sold).toBeCloseTo(-3 * (short.mark + maintenance), 9);
    expect(srmIsolated([{ ...short, quantity: 3 }], 2_000, rates, 'initial')).toBe(0);
  });

  it('what is bought gives up its worth, on every line the same', () => {
    const held = holding([{ product: call(1_900), quantity: 2 }]);
    const { maintenance, initial } = stand(held).requirement;
    const worth = micro(2 * markOf(call(1_900)));
    expect(charged(maintenance)).toEqual([['srm-bought', worth]]);
    expect(charged(initial)).toEqual([['srm-bought', worth]]);
  });

  it('a charge says what it was made of', () => {
    const { initial } = stand(holding([{ product: call(2_400), quantity: -5 }])).requirement;
    const mark = markOf(call(2_400));
    expect(initial.charges).toEqual([
      {
        name: 'srm-isolated',
        underlying: 'ETH',
        product: call(2_400).id,
        amount: expect.anything(),
        inputs: { sold: 5, each: 0.13 * ETH, mark, strike: 2_400, spot: ETH },
      },
    ]);
    expect(dollars(initial.amount)).toBeCloseTo(5 * 0.13 * ETH, 6);
  });
});

describe('M-133 the most that can be lost', () => {
  const rates = srmMarket(srmDefaults, 'ETH').option!;
  const at = (right: 'call' | 'put', strike: number, quantity: number) => ({
    right,
    strike,
    mark: 0,
    quantity,
  });
  it.each([
    ['a call spread', [at('call', 2_000, -1), at('call', 2_200, 1)], -200, 2_200, 0],
    ['a put spread', [at('put', 1_800, 2), at('put', 2_000, -2)], -400, 0, 0],
    ['what only gains', [at('call', 2_000, 1), at('call', 2_200, -1)], 0, 0, 0],
    // At 2200 one call has lost 200; the unpaired one counts 1.2 forwards.
    ['a ratio', [at('call', 2_000, -2), at('call', 2_200, 1)], -400 - 1.2 * 2_010, 2_200, -1],
    ['a call at no strike', [at('call', 0, -1)], -1.2 * 2_010, 0, -1],
    ['nothing', [], 0, 0, 0],
  ])('%s', (_, legs, value, settled, netCalls) => {
    const found = srmMaxLoss(legs, 2_010, rates, 'initial');
    expect(found.value).toBeCloseTo(value, 9);
    expect([found.settled, found.netCalls]).toEqual([settled, netCalls]);
  });

  it('an expiry takes the cheaper of both, each expiry for itself', () => {
    const spread = (days: number): Position[] => [
      { product: call(1_900, days), quantity: -1 },
      { product: call(2_000, days), quantity: 1 },
    ];
    const near = stand(holding(spread(11)));
    const marks = markOf(call(2_000)) - markOf(call(1_900));
    expect(charged(near.requirement.initial)).toEqual([['srm-max-loss', micro(marks + 100)]]);
    const both = stand(holding([...spread(11), ...spread(116)]));
    expect(dollars(both.excess.initial)).toBeCloseTo(-200, 6);
    expect(dollars(near.excess.maintenance)).toBeCloseTo(-100, 6);
    // The same legs across expiries cover nothing.
    const across = stand(
      holding([
        { product: call(1_900), quantity: -1 },
        { product: call(2_000, 116), quantity: 1 },
      ]),
    );
    expect(across.requirement.initial.charges.map(({ name }) => name)).toEqual([
      'srm-isolated',
      'srm-bought',
    ]);
  });
});

describe('M-134 collateral', () => {
  it('counts at its factor, on initial at a share of that', () => {
    const held = holding([], { asset: 'ETH', kind: 'collateral', quantity: 10 });
    const { excess } = stand(held);
    expect(dollars(excess.maintenance)).toBeCloseTo(0.8 * 10 * ETH, 6);
    expect(dollars(excess.initial)).toBeCloseTo(0.8 * 0.9375 * 10 * ETH, 6);
    // In the stable it counts the same at any price of it.
    expect(dollars(stand(held, marketAt(0.995)).excess.maintenance)).toBeCloseTo(0.995 * 0.8 * 10 * ETH, 6);
  });

  it('a stable asset too; what is not taken is refused, and so is a debt that is not cash', () => {
    const usdt = (quantity: number) => holding([], { asset: 'USDT', kind: 'collateral', quantity });
    expect(dollars(stand(usdt(100)).excess.maintenance)).toBeCloseTo(98, 8);
    const refusedOf = (held: Portfolio) => {
      const book = sure(deriveStandard.book(productsOf(held), par, srmDefaults));
      const answer = deriveStandard.require(held, book);
      return isRefusal(answer) ? sentence(answer) : 'taken';
    };
    expect(refusedOf(usdt(-1))).toBe(
      'USDT: Derive lends USDC alone, and this balance is -1; owe USDC instead.',
    );
    expect(refusedOf(holding([], { asset: 'DOT', kind: 'collateral', quantity: 1 }))).toContain(
      'takes no DOT',
    );
    const priceless = holding([], { asset: 'WSTETH', kind: 'collateral', quantity: 1 });
    expect(refusedOf(priceless)).toContain('WSTETH has no price');
    expect(refusedOf(holding([{ product: perpetual('BTC'), quantity: 1 }]))).toContain('its linear twin');
    expect(refusedOf(holding([{ product: option('BTC', 11, 65_000, 'call'), quantity: 1 }]))).toContain(
      'linear',
    );
    expect(refusedOf(holding([{ product: future('BTC', 25), quantity: 1 }]))).toContain('no dated futures');
    const { ETH: _, ...others } = srmDefaults.optionMarginParams;
    const bare = sure(
      deriveStandard.book([call(1_900)], par, { ...srmDefaults, optionMarginParams: others }),
    );
    expect(sentence(bare.risk.refused.get(call(1_900).id)!)).toContain('optionMarginParams');
    expect(dollars(stand(holding([], usdc(-500))).excess.initial)).toBe(-500);
  });
});

describe('M-135 an oracle that is unsure', () => {
  const held = holding([
    { product: ETH_PERP, quantity: -2 },
    { product: call(1_900), quantity: -3 },
    { product: call(2_400), quantity: 1 },
  ]);
  const oracle = (line: Line) => charged(line).filter(([name]) => name === 'srm-oracle');

  it('is charged on initial alone, on perpetuals and on what is sold', () => {
    const doubtful = marketAt(1, { 'ETH-INDEX': 0.5 });
    const { maintenance, initial } = stand(held, doubtful).requirement;
    expect(oracle(maintenance)).toEqual([]);
    expect(oracle(initial)).toEqual([
      ['srm-oracle', 2 * 0.5 * ETH],
      ['srm-oracle', 3 * 0.5 * ETH],
    ]);
    expect(oracle(stand(held, marketAt(1, { 'ETH-PERPETUAL': 0.5 })).requirement.initial)).toEqual([
      ['srm-oracle', 2 * 0.5 * ETH],
    ]);
  });

  it('jumps at the threshold: at it nothing, the next double below it everything', () => {
    const at = (confidence: number) =>
      oracle(stand(held, marketAt(1, { 'ETH-PERPETUAL': confidence })).requirement.initial);
    expect(at(0.55)).toEqual([]);
    expect(at(0.55 - 2 ** -53)).toEqual([['srm-oracle', 2 * 0.45 * ETH]]);
    expect(at(0)).toEqual([['srm-oracle', 2 * ETH]]);
  });

  it('an expiry may be unsure by itself; collateral may count less than nothing', () => {
    const [coin] = par.underlyings.filter(({ underlying }) => underlying === 'ETH');
    const slices = coin!.slices.map((slice, i) => (i === 1 ? { ...slice, oracleConfidence: 0.4 } : slice));
    const within = { ...par, underlyings: [par.underlyings[0]!, { ...coin!, slices }] };
    expect(oracle(stand(held, within).requirement.initial)).toEqual([['srm-oracle', micro(3 * 0.6 * ETH)]]);
    const owned = holding([], { asset: 'ETH', kind: 'collateral', quantity: 1 });
    const { excess } = stand(owned, marketAt(1, { 'ETH-INDEX': 0.1 }));
    expect(dollars(excess.initial)).toBeCloseTo((0.75 - 0.9) * ETH, 6);
    expect(dollars(excess.maintenance)).toBeCloseTo(0.8 * ETH, 6);
    // What counts nothing cannot be doubted either.
    const baseMarginParams = { ...srmDefaults.baseMarginParams, ETH: { marginFactor: 0.8, IMScale: 0 } };
    const uncounted = stand(owned, marketAt(1, { 'ETH-INDEX': 0.1 }), { ...srmDefaults, baseMarginParams });
    expect(dollars(uncounted.excess.initial)).toBe(0);
  });
});

describe('M-136 a stable off its peg', () => {
  it('is charged per perpetual held and option sold, on initial alone', () => {
    const held = holding([
      { product: ETH_PERP, quantity: -2 },
      { product: call(1_900), quantity: -3 },
      { product: put(1_600, 116), quantity: 4 },
    ]);
    const { maintenance, initial } = stand(held, marketAt(0.94)).requirement;
    const depeg = (line: Line) => line.charges.filter(({ name }) => name === 'srm-depeg');
    expect(depeg(maintenance)).toEqual([]);
    expect(depeg(initial).map(({ amount }) => micro(dollars(amount)))).toEqual([
      micro(5 * 0.05 * 2 * ETH * 0.94),
    ]);
    expect(depeg(stand(held, marketAt(0.99)).requirement.initial)).toEqual([]);
  });
});

describe('M-137 the lines', () => {
  it('release is maintenance and 15 % of it, where that is less than initial', () => {
    const [maintenance, release, initial] = linesOf(stand(holding([{ product: call(1_900), quantity: -1 }])));
    expect(maintenance).toBeCloseTo(0.09 * ETH, 6);
    expect(release).toBeCloseTo(1.15 * 0.09 * ETH, 6);
    expect(initial).toBeCloseTo(0.15 * ETH, 6);
  });

  it('is never above initial, which stays the number of the venue', () => {
    const { requirement } = stand(holding([{ product: call(1_900), quantity: 1 }]));
    expect(requirement.release.amount).toBe(requirement.initial.amount);
    expect(requirement.release.charges.map(({ name }) => name)).toEqual([
      'srm-bought',
      'release-buffer',
      'release-cap',
    ]);
  });

  it('parameters that would not nest are refused by name', () => {
    expect(srmForm.doubt(srmDefaults)).toBeUndefined();
    const steep = { ...srmDefaults.perpMarginRequirements, BTC: { mmPerpReq: 0.1, imPerpReq: 0.05 } };
    const doubt = srmForm.doubt({ ...srmDefaults, perpMarginRequirements: steep });
    expect(doubt?.message).toContain('perpMarginRequirements.BTC.mmPerpReq must be at most');
    const book = deriveStandard.book([], par, { ...srmDefaults, bufferMarginPercentage: -1 });
    expect(isRefusal(book) && book.message).toContain('bufferMarginPercentage');
  });
});

describe('M-138 open orders', () => {
  const orderOf = (
    product: Order['product'],
    side: Order['side'],
    quantity: number,
    limit: number,
  ): Order => ({
    product,
    side,
    quantity,
    price: limit,
  });
  it('an order that covers what is sold may cost nothing but its premium, one that sells more costs its margin', () => {
    const short = holding([{ product: call(1_900), quantity: -1 }], { ...usdc(1_000), kind: 'collateral' });
    const before = stand(short);
    const mark = markOf(call(1_900));
    // A fill pays 0.03 % of the index, or an eighth of the mark where that is less.
    const feeOf = (product: Order['product']) => Math.min(0.0003 * ETH, 0.125 * markOf(product));
    const sell = stand({ ...short, orders: [orderOf(call(1_900), 'sell', 2, mark)] });
    expect(sell.requirement.orders).toBe('exact');
    const cost = 2 * (0.15 * ETH + feeOf(call(1_900)));
    expect(dollars(before.excess.initial) - dollars(sell.excess.initial)).toBeCloseTo(cost, 5);
    const hedge = stand({ ...short, orders: [orderOf(call(2_000), 'buy', 1, markOf(call(2_000)))] });
    expect(hedge.excess.initial).toBe(before.excess.initial);
    const perp = stand({ ...short, orders: [orderOf(ETH_PERP, 'sell', 3, ETH * 1.0003)] });
    const margin = 3 * (0.066 * 1.0003 + 0.0005) * ETH;
    expect(dollars(before.excess.initial) - dollars(perp.excess.initial)).toBeCloseTo(margin, 5);
    // Bought far above its mark, what is gained in margin is paid for.
    const dear = stand({ ...short, orders: [orderOf(call(2_400), 'buy', 1, 500)] });
    expect(dollars(before.excess.initial)).toBeGreaterThan(dollars(dear.excess.initial));
  });
});

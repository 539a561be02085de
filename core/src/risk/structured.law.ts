// Structured products against what they are made of, and payoffs that misbehave against everybody else in the book.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cappedCall, powerPerpetual, structured } from '../../test/payoffs.ts';
import { linearOption, market, option, universe } from '../../test/sample.ts';
import { isRefusal, type Refusal, refuse } from '../base/index.ts';
import { underlyingOf } from '../market/index.ts';
import { greeks, price } from '../pricing/index.ts';
import { type Payoff, type Product, unpriced } from '../product/index.ts';
import { standardScenarios } from '../scenario/index.ts';
import { buildRiskBook, type RiskBook } from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

function build(products: readonly Product[]): RiskBook {
  return sure(
    buildRiskBook(products, market, standardScenarios.lanes, () => ({ maintenance: 0.09, initial: 0.16 })),
  );
}

function rowOf(book: RiskBook, id: string): Float64Array {
  const at = book.indexOf.get(id)! * book.stride;
  return book.rows.subarray(at, at + book.lanes.length);
}

const legs = (days: number, strike: number, cap: number, settleAsset: string) => {
  const make = settleAsset === 'USDC' ? linearOption : option;
  return [make('BTC', days, strike, 'call'), make('BTC', days, strike + cap, 'call')] as const;
};

describe('M-80 a payoff is priced by what it sees', () => {
  const cases = fc.record({
    days: fc.constantFrom(1, 11, 25, 60, 116),
    strike: fc.integer({ min: 50_000, max: 80_000 }),
    cap: fc.integer({ min: 1_000, max: 20_000 }),
    settleAsset: fc.constantFrom('USDC', 'BTC'),
  });

  it('M-80 a capped call is two listed calls, to 1e-12', () => {
    fc.assert(
      fc.property(cases, ({ days, strike, cap, settleAsset }) => {
        const spread = sure(price(cappedCall('BTC', days, strike, cap, settleAsset), market));
        const [bought, sold] = legs(days, strike, cap, settleAsset).map((leg) => sure(price(leg, market)));
        const scale = Math.max(1, bought!.usd);
        expect(Math.abs(spread.usd - (bought!.usd - sold!.usd)) / scale).toBeLessThan(1e-12);
        expect(Math.abs(spread.mark - (bought!.mark - sold!.mark)) / scale).toBeLessThan(1e-12);
      }),
    );
  });

  it('M-82 and so are its greeks, to the error of a difference quotient', () => {
    fc.assert(
      fc.property(cases, ({ days, strike, cap, settleAsset }) => {
        const spread = sure(greeks(cappedCall('BTC', days, strike, cap, settleAsset), market));
        const [bought, sold] = legs(days, strike, cap, settleAsset).map((leg) => sure(greeks(leg, market)));
        for (const name of ['delta', 'gamma', 'vega', 'theta'] as const) {
          const scale = Math.abs(bought![name]) + Math.abs(sold![name]) + (name === 'gamma' ? 1e-9 : 1e-3);
          const error = Math.abs(spread[name] - (bought![name] - sold![name])) / scale;
          expect(error, `${name} ${days}d`).toBeLessThan(days === 1 && name !== 'vega' ? 2e-3 : 2e-4);
        }
      }),
    );
  });

  it('M-81 its row is that of the two, lane by lane', () => {
    fc.assert(
      fc.property(cases, ({ days, strike, cap, settleAsset }) => {
        const spread = cappedCall('BTC', days, strike, cap, settleAsset);
        const [bought, sold] = legs(days, strike, cap, settleAsset);
        const book = build([spread, bought, sold]);
        const [own, plus, minus] = [spread, bought, sold].map(({ id }) => rowOf(book, id));
        const worth = sure(price(spread, market)).usd;
        const shocks = book.shocks.get('BTC')!;
        own!.forEach((change, s) => {
          // In far tails a shocked smile may value the higher strike above the lower; a premium stops at nothing, two legs do not.
          const two = Math.max(-shocks[s]!.damp * worth, plus![s]! - minus![s]!);
          // Two legs, each off by 2e-12 of the forward twice (M-04), up to six times the price in the tails.
          expect(Math.abs(change - two), book.lanes[s]!.id).toBeLessThan(2e-6);
        });
      }),
      { numRuns: 20 },
    );
  });
});

describe('M-82 greeks of a power perpetual are closed', () => {
  it.each(['BTC', 'ETH'])('%s: delta 2 S / scale, gamma 2 / scale per settle asset', (underlying) => {
    const scale = 1_000;
    const { index } = underlyingOf(market, underlying)!;
    const peg = market.pegs.get('USDC')!;
    const sensed = sure(greeks(powerPerpetual(underlying, scale), market));
    const delta = (2 * index) / scale / peg;
    expect(Math.abs(sensed.delta / delta - 1)).toBeLessThan(1e-11);
    expect(Math.abs((sensed.gamma * scale * peg) / 2 - 1)).toBeLessThan(1e-7);
    expect(sensed).toMatchObject({ vega: 0, theta: 0 });
  });

  it('M-81 a margined row is profit in dollars at the shocked peg', () => {
    const product = powerPerpetual('BTC', 1_000_000);
    const book = build([product]);
    const { index } = underlyingOf(market, 'BTC')!;
    const row = rowOf(book, product.id);
    book.shocks.get('BTC')!.forEach(({ moves, damp }, s) => {
      if (moves.some(({ kind }) => kind === 'peg' || kind === 'par')) return;
      const spot = moves.reduce((f, move) => (move.kind === 'spot' ? f * (1 + move.relative) : f), 1);
      const dollars = (index * index * (spot * spot - 1)) / 1_000_000 / 0.999;
      expect(row[s]).toBeCloseTo(damp * dollars, 6);
    });
  });
});

describe('M-84 a payoff that misbehaves is refused by name and harms nobody', () => {
  const bad = (mark: Payoff['mark'], more: Partial<Payoff> = {}) =>
    structured('BTC-BAD', 'BTC', 'USDC', { family: 'bad', terms: {}, mark, ...more });
  const spot = underlyingOf(market, 'BTC')!.index;
  const far = (index: number) => Math.abs(index / spot - 1) > 0.1;
  const cases: Readonly<Record<string, Product>> = {
    'not a number': bad(() => Number.NaN),
    infinite: bad(() => Number.POSITIVE_INFINITY),
    'beyond all prices': bad(() => 1e300),
    'below zero': bad(() => -1),
    'no number at all': bad(() => 'much' as never),
    throws: bad(() => {
      throw new Error('nobody\nhome');
    }),
    'throws no error': bad(() => {
      throw undefined;
    }),
    'refuses itself': bad(() => refuse('no-market', 'there is no such thing today.')),
    'read from a file': structured('BTC-BAD', 'BTC', 'USDC', unpriced('bad', {})),
    'fails in one lane only': bad(({ index }) => (far(index) ? Number.NaN : 1)),
    'below zero in one lane only': bad(({ index }) => (far(index) ? -1e-9 : 1)),
    'fails when bumped only': bad(({ at }) => (at === market.at ? 1 : Number.NaN)),
    'a term that is no number': bad(() => 1, { terms: { strike: Number.NaN } }),
    'a strike below zero': bad(() => 1, { strikes: [-1] }),
    'too many strikes': bad(() => 1, { strikes: Array.from({ length: 65 }, (_, i) => i + 1) }),
    'asks for an expiry that has no market': bad((view) => view.forward(Number.NaN as never)),
    'asks for the vol of nothing': bad((view) => view.stdev(market.at, 0)),
    'settles in another coin': structured('BTC-BAD', 'BTC', 'ETH', { family: 'x', terms: {}, mark: () => 1 }),
    'says inverse and settles in a dollar coin': { ...bad(() => 1), settlement: 'inverse' },
    'settles in what has no price': structured('BTC-BAD', 'BTC', 'EURC', {
      family: 'x',
      terms: {},
      mark: () => 1,
    }),
    expired: { ...cappedCall('BTC', 1, 60_000, 1_000), id: 'BTC-BAD', expiry: market.at },
  };
  const others = build(universe);

  it.each(Object.entries(cases))('%s', (_, product) => {
    const book = build([...universe, product]);
    const refusal = book.refused.get('BTC-BAD');
    expect(refusal).toMatchObject({ kind: 'refused', where: 'BTC-BAD' });
    expect(refusal!.message).toMatch(/^[^\n]+\.$/);
    expect(book.products).toEqual(others.products);
    expect(book.digest).toBe(others.digest);
    expect(book.rows).toEqual(others.rows);
  });
});

describe('M-84 a book is known by what its payoffs say', () => {
  it('by family, terms and strikes, not by the name alone', () => {
    const base = cappedCall('BTC', 25, 60_000, 1_000);
    const digests = [
      base,
      { ...base, payoff: { ...base.payoff, family: 'other' } },
      { ...base, payoff: { ...base.payoff, terms: { ...base.payoff.terms, cap: 1_001 } } },
      { ...base, payoff: { ...base.payoff, strikes: [60_000] } },
    ].map((product) => build([product as Product]).digest);
    expect(new Set(digests).size).toBe(digests.length);
    expect(build([{ ...base, payoff: { ...base.payoff, terms: { ...base.payoff.terms } } }]).digest).toBe(
      digests[0],
    );
  });
});

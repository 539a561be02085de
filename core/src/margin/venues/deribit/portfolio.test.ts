// Rows of the model `deribit-pm`: single contracts by hand, the offset and the dampener where they bite, the shocks, the lines.

import { describe, expect, it } from 'vitest';
import { powerPerpetual } from '../../../../test/payoffs.ts';
import {
  AT,
  expiryIn,
  future,
  linearOption,
  market,
  option,
  perpetual,
  portfolio,
} from '../../../../test/sample.ts';
import { dollars, isRefusal, type Refusal, sentence } from '../../../base/index.ts';
import { blackPrice } from '../../../kernel/index.ts';
import { sliceAt, underlyingOf, volAt } from '../../../market/index.ts';
import {
  assess,
  assetProduct,
  type ChargeName,
  type LineName,
  type Portfolio,
  type Position,
  productsOf,
  type Standing,
} from '../../index.ts';
import { venueSide } from '../sides.ts';
import { deribitPortfolio } from './portfolio.ts';
import { type DeribitPortfolioParameters, deribitPortfolioHistory } from './portfolio-parameters.ts';
import type { RiskVectors } from './risk-matrix.ts';
import { riskVectorsOf } from './simulate.ts';

const [, , { parameters: latest }] = deribitPortfolioHistory;
const BTC = latest.pairs['BTC']!;
const INDEX = 65_000;

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

const bookOf = (held: Portfolio, parameters: DeribitPortfolioParameters = latest) =>
  sure(deribitPortfolio.book([...productsOf(held), assetProduct('USD')], market, parameters));
function stand(held: Portfolio, parameters?: DeribitPortfolioParameters): Standing {
  return sure(assess(held, bookOf(held, parameters), deribitPortfolio));
}
const held = (...legs: readonly (readonly [Position['product'], number])[]) =>
  portfolio(legs.map(([product, quantity]) => ({ product, quantity })));
const vectorsOf = (account: Portfolio, parameters?: DeribitPortfolioParameters) => {
  const book = bookOf(account, parameters);
  return riskVectorsOf(book, sure(deribitPortfolio.require(account, book)));
};
function charged(standing: Standing, line: LineName, name: ChargeName): number {
  return standing.requirement[line].charges
    .filter((charge) => charge.name === name)
    .reduce((sum, { amount }) => sum + dollars(amount), 0);
}

describe('M-103 the matrix of single contracts', () => {
  it('an inverse perpetual of one coin loses x / (1 + x) coins, a linear one x of its mark', () => {
    const mark = INDEX * 1.0003;
    const { initial } = vectorsOf(held([perpetual('BTC'), mark], [perpetual('BTC', 'linear'), 1]));
    const [inverse, linear] = ['BTC-PERPETUAL', 'BTC_USDC-PERPETUAL'].map((id) => initial.get(id)!);
    expect(inverse!.standard[0]).toBeCloseTo(-0.14 / 0.86, 12);
    expect(inverse!.standard[26]).toBeCloseTo(0.14 / 1.14, 12);
    expect(inverse!.extended[0]).toBeCloseTo(-0.14 / 0.86, 12);
    expect(inverse!.extended[7]).toBeCloseTo(0.14 / 1.14, 12);
    expect(linear!.standard[0]).toBeCloseTo(-0.14 * mark, 7);
    expect(linear!.extended[7]).toBeCloseTo(0.14 * mark, 7);
  });

  it.each([
    [11, 68_000, 'call'],
    [116, 55_000, 'put'],
  ] as const)(
    'an option of %d days at %d (%s) is Black on the moved forward, in coins',
    (days, strike, right) => {
      const product = option('BTC', days, strike, right);
      const { standard, extended } = vectorsOf(held([product, 1])).initial.get(product.id)!;
      const slice = sure(sliceAt(underlyingOf(market, 'BTC')!, expiryIn(days)));
      const vol = volAt(slice, strike);
      const term = (30 / days) ** (days < 30 ? 0.3 : 0.13);
      const vols = [Math.max(vol * (1 + 0.4 * term), 0.5), vol, Math.max(vol * (1 - 0.25 * term), 0)];
      const coins = (x: number, sigma: number) => {
        const forward = slice.forward * (1 + x);
        return blackPrice(right, forward, strike, sigma * Math.sqrt(days / 365)) / forward;
      };
      const now = coins(0, vol);
      for (let k = -4; k <= 4; k++) {
        vols.forEach((sigma, v) => {
          expect(standard[(k + 4) * 3 + v]).toBeCloseTo(coins((0.14 * k) / 4, sigma) - now, 10);
        });
      }
      [-0.66, -0.33, 0.5, 1, 2, 3, 4, 5].forEach((x, i) => {
        const edge = x < 0 ? 0.86 : 1.14;
        const share = ((0.14 / Math.abs(x)) * (1 + x)) / edge;
        expect(extended[i]).toBeCloseTo(share * (coins(x, vols[0]!) - now), 10);
      });
    },
  );

  it('a linear option is in dollars', () => {
    const product = linearOption('ETH', 11, 1_600, 'put');
    const { standard } = vectorsOf(held([product, -10])).initial.get(product.id)!;
    const slice = sure(sliceAt(underlyingOf(market, 'ETH')!, expiryIn(11)));
    const strike = 1_600 * 0.999;
    const worth = (x: number) =>
      blackPrice('put', slice.forward * (1 + x), strike, volAt(slice, strike) * Math.sqrt(11 / 365));
    expect(standard[1]).toBeCloseTo(-10 * (worth(-0.18) - worth(0)), 6);
  });

  it('vol goes up to its floor at least, and down to nothing at most', () => {
    const floored = {
      ...latest,
      pairs: { ...latest.pairs, BTC: { ...BTC, minVolatilityForShockUp: 3, volatilityRangeDown: 1 } },
    };
    const product = option('BTC', 1, 65_000, 'call');
    const { standard } = vectorsOf(held([product, 1]), floored).initial.get(product.id)!;
    const { forward } = sure(sliceAt(underlyingOf(market, 'BTC')!, expiryIn(1)));
    const coins = (stdev: number) => blackPrice('call', forward, 65_000, stdev) / forward;
    expect(standard[12]! - standard[13]!).toBeCloseTo(
      coins(3 * Math.sqrt(1 / 365)) -
        coins(volAt(sure(sliceAt(underlyingOf(market, 'BTC')!, expiryIn(1))), 65_000) * Math.sqrt(1 / 365)),
      10,
    );
    expect(standard[14]! - standard[13]!).toBeLessThan(0);
    expect(Number.isFinite(standard[14]!)).toBe(true);
  });
});

describe('M-104 M-105 what is let go and what counts in part', () => {
  it('far short calls stand in the extended table once they are larger than the dampener', () => {
    const call = option('BTC', 25, 80_000, 'call');
    const small = vectorsOf(held([call, -5]));
    expect(small.aggregated.get('btc_btc')!.extended.every((cell) => cell === 0)).toBe(true);
    expect(small.preAggregated.get('btc_btc')!.extended.every((cell) => cell < 0.5)).toBe(true);
    const large = vectorsOf(held([call, -3_000]));
    const [before, after] = [large.preAggregated, large.aggregated].map(
      (sums) => sums.get('btc_btc')!.extended[3]!,
    );
    const rungs = 1 / 0.14 - 1;
    expect(after! - before!).toBeCloseTo((rungs * 200_000) / (1.14 * INDEX), 8);
    expect(large.matrices.get('BTC')!.worstBucket?.source).toBe('extended');
  });

  it('a gain in one currency meets a loss in another in part', () => {
    const mark = 1_900 * 1.0003;
    const account = held([perpetual('ETH'), -100 * mark], [perpetual('ETH', 'linear'), 100]);
    const { aggregated, matrices } = vectorsOf(account);
    // 18 % up the inverse short loses in coins, the linear long gains in dollars and counts four tenths.
    const [loss, gain] = [100 * (0.18 / 1.18), 0.4 * 100 * 0.18 * mark];
    expect(aggregated.get('eth_eth')!.standard[26]).toBeCloseTo(-loss, 10);
    expect(aggregated.get('eth_usd')!.standard[26]).toBeCloseTo(gain, 6);
    const down = 0.18 * 100 * mark - 0.6 * 100 * (0.18 / 0.82) * 1_900;
    const up = loss * 1_900 - gain;
    expect(matrices.get('ETH')!.unit).toBe('dollars');
    expect(matrices.get('ETH')!.worstCase).toBeCloseTo(Math.max(down, up), 6);
    const { requirement } = stand(account);
    const parts = requirement.contributions.reduce((sum, { amount }) => sum + amount, 0n);
    expect(parts).toBe(-requirement.initial.swept);
  });

  it('nothing that one coin gains is set against the loss of another', () => {
    const [btc, eth] = [[perpetual('BTC'), 65_000] as const, [perpetual('ETH'), -65_000] as const];
    const alone = [held(btc), held(eth)].reduce(
      (sum, one) => sum + dollars(stand(one).requirement.initial.swept),
      0,
    );
    expect(dollars(stand(held(btc, eth)).requirement.initial.swept)).toBeCloseTo(alone, 6);
  });
});

describe('M-126 the shape of the venue', () => {
  it('stands beside the vectors of an answer: instruments, sums, what of them counts; dollar coins as one', () => {
    const account = held([perpetual('ETH'), 190_000], [perpetual('ETH', 'linear'), -50]);
    const book = bookOf(account);
    const requirement = sure(deribitPortfolio.require(account, book));
    const { initial, preAggregated, aggregated } = riskVectorsOf(book, requirement);
    const side = venueSide(book, requirement)!;
    const asked = (kind: 'product' | 'sum' | 'counted', of: string, key: string, unit: string) =>
      side.vector({ path: key, kind, of, key, unit, cells: [] });
    const all = ({ standard, extended }: RiskVectors) => [...standard, ...extended];
    const perp = asked('product', 'ETH-PERPETUAL', 'ETH-PERPETUAL', 'ETH');
    expect(perp).toEqual(all(initial.get('ETH-PERPETUAL')!));
    expect(asked('sum', 'ETH', 'eth_eth', 'ETH')).toEqual(all(preAggregated.get('eth_eth')!));
    expect(asked('counted', 'ETH', 'eth_usdc', 'USDC')).toEqual(all(aggregated.get('eth_usd')!));
    expect(asked('sum', 'BTC', 'btc_btc', 'BTC')).toBeUndefined();
    expect(side.unit('ETH', 'mr1')).toBeUndefined();
  });
});

describe('M-106 M-107 shocks', () => {
  it('roll shock takes expiries one by one, a coin-settled option by what its coins do', () => {
    const call = option('BTC', 116, 65_000, 'call');
    const account = held(
      [perpetual('BTC'), 65_000 * 1.0003],
      [future('BTC', 25), -65_000 * 1.004],
      [call, 2],
    );
    const { risk } = bookOf(account);
    const row = risk.indexOf.get(call.id)!;
    const delta = 2 * (risk.columns.delta[row]! - risk.columns.mark[row]!);
    const rate = (days: number) => Math.max(0.005, Math.exp((0.075 * days) / 365) - 1);
    const expected = (0.005 + rate(25) + delta * rate(116)) * INDEX;
    expect(charged(stand(account), 'initial', 'roll-shock')).toBeCloseTo(expected, 6);
    expect(charged(stand(account), 'maintenance', 'roll-shock')).toBeCloseTo(0.8 * expected, 6);
  });

  it('delta shock begins beyond its threshold and counts bought options only against the rest', () => {
    const mark = INDEX * 1.0003;
    const long = (coins: number) => held([perpetual('BTC'), coins * mark]);
    expect(charged(stand(long(300)), 'initial', 'delta-shock')).toBe(0);
    const beyond = 1_000 - 20e6 / INDEX;
    expect(charged(stand(long(1_000)), 'initial', 'delta-shock')).toBeCloseTo(
      1_000 * 5e-5 * beyond * INDEX,
      4,
    );
    const puts = held([perpetual('BTC'), 1_000 * mark], [option('BTC', 25, 80_000, 'put'), 5_000]);
    expect(charged(stand(puts), 'initial', 'delta-shock')).toBe(0);
  });
});

describe('M-102 M-108 lines', () => {
  it('maintenance is 0.8 of the matrix alone; release is maintenance; initial adds haircuts', () => {
    const account: Portfolio = {
      ...held([perpetual('BTC'), 65_000]),
      balances: [{ asset: 'USDE', kind: 'collateral', quantity: 100_000 }],
    };
    const standing = stand(account);
    const { maintenance, release, initial } = standing.requirement;
    const matrix = dollars(initial.amount) - 5_000;
    expect(charged(standing, 'initial', 'collateral-haircut')).toBeCloseTo(5_000, 6);
    expect(dollars(maintenance.amount)).toBeCloseTo(0.8 * matrix, 6);
    expect(release.amount).toBe(maintenance.amount);
    const { worstCase, rollShock, riskMatrixMargin } = vectorsOf(account).matrices.get('BTC')!;
    const coins = 65_000 / (INDEX * 1.0003);
    expect(worstCase).toBeCloseTo(coins * (0.14 / 0.86), 10);
    expect(rollShock).toBeCloseTo(coins * 0.005, 10);
    expect(riskMatrixMargin * INDEX).toBeCloseTo(matrix, 6);
  });

  it('an empty account needs nothing, and has no vectors', () => {
    const account = held();
    expect(stand(account).requirement.initial.amount).toBe(0n);
    expect(vectorsOf(account).matrices.size).toBe(0);
  });

  it('what the day does not know is refused by name, and so is what is no parameter', () => {
    const [{ parameters: of2024 }] = deribitPortfolioHistory;
    const refusalOf = (account: Portfolio, parameters: DeribitPortfolioParameters) => {
      const answer = deribitPortfolio.require(account, bookOf(account, parameters));
      return isRefusal(answer) ? sentence(answer) : undefined;
    };
    expect(refusalOf(held([perpetual('ETH'), 1]), of2024)).toContain(
      'the matrix of ETH is not known on this day',
    );
    expect(refusalOf(held([powerPerpetual('BTC'), 1]), latest)).toContain('lists no such payoff');
    const { doubt } = deribitPortfolio.form;
    const wide = { ...latest, pairs: { ...latest.pairs, BTC: { ...BTC, priceRange: 0.4 } } };
    expect(doubt(wide)?.message).toContain('pairs.BTC.priceRange must be in');
    expect(doubt({ ...latest, mmFactor: 1.2 })?.message).toContain('mmFactor');
    expect(doubt({ ...latest, currencies: { USD: latest.currencies['USD']! } })?.message).toContain(
      'currencies.BTC',
    );
  });

  it('the book again from its risk arrays is the same book', () => {
    const account = held([perpetual('BTC'), 65_000], [option('BTC', 25, 65_000, 'call'), -1]);
    const book = bookOf(account);
    expect(sure(deribitPortfolio.rebook(book.risk, latest))).toEqual(book);
    expect(market.at).toBe(AT);
  });
});

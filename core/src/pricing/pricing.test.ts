import { describe, expect, it } from 'vitest';
import { linearOption, market, option, perpetual, universe } from '../../test/sample.ts';
import { isRefusal, type Refusal } from '../base/index.ts';
import { type Market, underlyingOf } from '../market/index.ts';
import { isMargined, type Product } from '../product/index.ts';
import { later, type Move, type Shock, shift } from '../scenario/index.ts';
import { futureProfit, greeks, price } from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const shock = (moves: readonly Move[]): Shock => ({
  id: 'bump',
  moves,
  smile: 'sticky-strike',
  damp: 1,
  netting: 'sum',
  line: 'initial',
});
const vol = (points: number): Move => ({
  kind: 'vol',
  form: 'points',
  size: points,
  scaling: { short: 0, long: 0, dteFloor: 1 },
});

/** Dollars per unit, futures entered at today's mark. */
function worth(product: Product, moved: Market): number {
  const [now, then] = [sure(price(product, market)), sure(price(product, moved))];
  if (!isMargined(product)) return then.usd;
  const inverse = product.settlement === 'inverse';
  const settle = inverse
    ? underlyingOf(moved, product.underlying)!.index
    : moved.pegs.get(product.settleAsset)!;
  return futureProfit(product, now.mark, then.mark) * settle;
}

describe('M-15 greeks are what the reference pricer does', () => {
  const products = [
    ...universe,
    linearOption('BTC', 25, 65_000, 'call'),
    { kind: 'asset', id: 'BTC', underlying: 'BTC' } as const,
  ];

  it.each(products.map((product) => ({ id: product.id, product })))('$id', ({ product }) => {
    const sensed = sure(greeks(product, market));
    const index = underlyingOf(market, product.underlying)!.index;
    const step = 1e-4;
    const [up, base, down] = [step, 0, -step].map((relative) =>
      worth(product, shift(market, shock([{ kind: 'spot', relative }]))),
    );
    const scale =
      product.kind !== 'option' && product.kind !== 'asset' && product.settlement === 'inverse'
        ? 1 / index
        : 1;
    expect(((up! - down!) / (2 * step * index) - sensed.delta) / scale).toBeCloseTo(0, 5);
    const gamma = (up! - 2 * base! + down!) / (step * index) ** 2;
    expect((gamma - sensed.gamma) * index).toBeCloseTo(0, 3);
    const h = 1e-5;
    const vega =
      (worth(product, shift(market, shock([vol(h)]))) - worth(product, shift(market, shock([vol(-h)])))) /
      (2 * h);
    expect(vega / 100 - sensed.vega).toBeCloseTo(0, 4);
    const days = 1e-4;
    const decay = (worth(product, later(market, days)) - worth(product, market)) / days;
    expect((decay - sensed.theta) / index).toBeCloseTo(0, 5);
  });
});

describe('prices', () => {
  it('an inverse option is coins of the forward, worth the index', () => {
    const call = option('BTC', 25, 65_000, 'call');
    const { mark, usd } = sure(price(call, market));
    expect(usd / mark).toBeCloseTo(65_000, 8);
  });

  it('put-call parity holds in coins: C - P = 1 - K / F', () => {
    const [call, put] = (['call', 'put'] as const).map((right) =>
      sure(price(option('BTC', 116, 62_000, right), market)),
    );
    const { forward } = underlyingOf(market, 'BTC')!.slices[3]!;
    expect(call!.mark - put!.mark).toBeCloseTo(1 - 62_000 / forward, 12);
  });

  it('quant.md: long 60,000 USD of inverse from 60k to 54k loses 0.1111 coins', () => {
    expect(60_000 * futureProfit(perpetual('BTC'), 60_000, 54_000)).toBeCloseTo(-0.1111111, 7);
    expect(futureProfit(perpetual('ETH', 'linear'), 2_000, 1_900)).toBe(-100);
  });

  it('refuses what the market does not cover, in one sentence', () => {
    expect(price(perpetual('DOGE'), market)).toMatchObject({ reason: 'no-market' });
    expect(price({ kind: 'asset', id: 'XYZ', underlying: 'XYZ' }, market)).toMatchObject({
      reason: 'unknown-asset',
    });
  });
});

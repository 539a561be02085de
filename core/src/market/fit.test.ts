import { describe, expect, it } from 'vitest';
import { instant, isRefusal, MS_PER_DAY, type Refusal, years } from '../base/index.ts';
import { blackPrice, exp } from '../kernel/index.ts';
import { poolAdjacent } from './bands.ts';
import {
  assetUsd,
  atmVol,
  type ChainSnapshot,
  essviRaw,
  type FutureQuote,
  fitMarket,
  fitPolicy,
  fitReport,
  forwardOf,
  isTooWide,
  type OptionQuote,
  oneTerm,
  sliceAt,
  totalVariance,
  underlyingOf,
  volAt,
} from './index.ts';
import { minimise } from './levenberg.ts';
import { median, quantile, weightedMedian } from './robust.ts';

const AT = instant(Date.UTC(2026, 1, 5, 9));
const EXPIRY = instant(Date.UTC(2026, 2, 6, 8));
const TAU = (EXPIRY - AT) / (365 * MS_PER_DAY);
const truth = oneTerm(essviRaw({ theta: 0.6 * 0.6 * TAU, rho: -0.25, psi: 0.12 }));
const vol = (k: number) => Math.sqrt(totalVariance(truth, k) / TAU);

function served<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

interface Row {
  readonly k: number;
  readonly right: 'call' | 'put';
  readonly settlement?: 'inverse' | 'linear';
  readonly forward?: number;
  readonly half?: number;
  readonly expiry?: number;
}

/** A quote on the true smile, `half` vol points either side. */
function quote({
  k,
  right,
  settlement = 'inverse',
  forward = 70_000,
  half = 0.005,
  expiry = EXPIRY,
}: Row): OptionQuote {
  const strike = forward * exp(k);
  const tau = Math.max((expiry - AT) / (365 * MS_PER_DAY), 1e-6);
  const unit = settlement === 'inverse' ? forward : 1;
  const price = (at: number) => blackPrice(right, forward, strike, at * Math.sqrt(tau)) / unit;
  const settleAsset = settlement === 'inverse' ? 'BTC' : 'USDC';
  const id = `${settleAsset}-${expiry}-${k}-${right}`;
  const product = {
    kind: 'option',
    id,
    underlying: 'BTC',
    settlement,
    settleAsset,
    expiry: instant(expiry),
    strike,
    right,
  } as const;
  return {
    product,
    row: 1,
    forward,
    index: 69_900,
    openInterest: 1,
    bid: price(vol(k) - half),
    ask: price(vol(k) + half),
    markVol: vol(k),
  };
}

const KS = [-0.5, -0.4, -0.3, -0.2, -0.1, -0.05, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4];
const otm = KS.map((k) => quote({ k, right: k < 0 ? 'put' : 'call' }));

function chain(options: readonly OptionQuote[], futures: readonly FutureQuote[] = []): ChainSnapshot {
  const numbered = options.map((row, at) => ({ ...row, row: at + 1 }));
  return { at: AT, source: 'test', options: numbered, futures, pegs: new Map([['USDC', 0.999]]) };
}

const onlySlice = (snapshot: ChainSnapshot) => served(fitMarket(snapshot)).underlyings[0]!.slices[0]!;

describe('M-07 fitMarket', () => {
  it('finds the smile it was quoted from, to a hundredth of a vol point, and says it is sure', () => {
    const slice = onlySlice(chain(otm));
    for (const k of [-0.5, -0.25, 0, 0.25, 0.4]) expect(volAt(slice, 70_000 * exp(k))).toBeCloseTo(vol(k), 4);
    expect(slice.quality.source).toBe('svi');
    expect(slice.quality.insideShare).toBe(1);
    expect(slice.quality.quoteWidth).toBeCloseTo(0.005, 6);
    expect(slice.quality.confidence).toBeGreaterThan(0.9);
    expect(slice.years).toBeCloseTo(TAU, 12);
    expect(slice.unfixed).toBe(1);
  });

  it('is not moved by one quote that lies', () => {
    const liar = { ...otm[4]!, bid: otm[4]!.bid! * 1.6, ask: otm[4]!.ask! * 1.6 };
    const slice = onlySlice(chain(otm.map((row, i) => (i === 4 ? liar : row))));
    expect(volAt(slice, liar.product.strike)).toBeCloseTo(vol(KS[4]!), 2);
  });

  it('normalises each row by its own forward, so a moving market is one smile', () => {
    const moving = KS.map((k, i) => quote({ k, right: k < 0 ? 'put' : 'call', forward: 69_000 + 150 * i }));
    const slice = onlySlice(chain(moving));
    expect(slice.quality.insideShare).toBe(1);
    expect(slice.forward).toBeCloseTo(69_825, 6);
  });

  it('takes linear and inverse quotes of one coin together, at the peg', () => {
    const linear = KS.map((k) =>
      quote({ k, right: k < 0 ? 'put' : 'call', settlement: 'linear', forward: 70_000 / 0.999 }),
    );
    const both = onlySlice(chain([...otm, ...linear]));
    expect(both.quality.quotesUsed).toBe(2 * KS.length);
    expect(both.quality.insideShare).toBe(1);
    expect(both.forward).toBeCloseTo(70_000, 6);
  });

  it('counts where every row went', () => {
    const none = { ...quote({ k: 0.15, right: 'call' }), bid: 0 };
    const { bid: ask = 0, ask: bid = 0, ...rest } = quote({ k: 0.25, right: 'call' });
    const { markVol, ...bare } = { ...rest, bid, ask };
    const wide = quote({ k: 0.35, right: 'call', half: 0.2 });
    const twin = quote({ k: -0.2, right: 'call' });
    const stale = quote({ k: 0.45, right: 'call', forward: 80_000 });
    const { expiries } = served(fitReport(chain([...otm, none, bare, { ...wide, markVol: 0 }, twin, stale])));
    expect(Object.fromEntries(expiries[0]!.fates)).toEqual({
      quoted: KS.length,
      weak: 1,
      crossed: 1,
      'too-wide': 1,
      'twin-preferred': 1,
      'no-forward': 1,
    });
    expect(markVol).toBeGreaterThan(0);
  });

  it('fits mark vols alone, less surely than quotes', () => {
    const marks = otm.map(({ bid, ask, ...rest }) => rest);
    const slice = onlySlice(chain(marks));
    expect(atmVol(slice)).toBeCloseTo(0.6, 2);
    expect(slice.quality.confidence).toBeLessThan(0.6);
  });

  it('M-09 trusts old quotes less, by the root of their age, whether the snapshot or its rows are old', () => {
    const fresh = onlySlice(chain(otm)).quality.uncertainty;
    const doubtAt = (days: number) => {
      const old = onlySlice({ ...chain(otm), age: days * MS_PER_DAY }).quality.uncertainty;
      return Math.sqrt(old * old - fresh * fresh);
    };
    expect(doubtAt(1)).toBeCloseTo(fitPolicy.dailyVolMove * 0.6, 3);
    expect(doubtAt(4)).toBeCloseTo(2 * doubtAt(1), 6);
    const rows = otm.map((row) => ({ ...row, age: MS_PER_DAY }));
    expect(onlySlice(chain(rows)).quality.uncertainty).toBeCloseTo(Math.hypot(fresh, doubtAt(1)), 9);
  });

  it('M-06 hears marks that stop at a cap once, not once a strike', () => {
    const cap = vol(0.4) - 0.1;
    const capped = [0.5, 0.6, 0.7, 0.8, 0.9].map((k) => {
      const { bid, ask, ...rest } = quote({ k, right: 'call' });
      return { ...rest, markVol: cap };
    });
    const report = served(fitReport(chain([...otm, ...capped])));
    expect(Object.fromEntries(report.expiries[0]!.fates)).toEqual({
      quoted: KS.length,
      weak: 1,
      'capped-mark': 4,
    });
    expect(volAt(report.market.underlyings[0]!.slices[0]!, 70_000 * exp(0.4))).toBeCloseTo(vol(0.4), 2);
  });

  it('M-06 judges a width by the vol it belongs to', () => {
    expect(isTooWide(0.3, 0.6, fitPolicy)).toBe(true);
    expect(isTooWide(0.3, 2, fitPolicy)).toBe(false);
    expect(isTooWide(0.6, 2, fitPolicy)).toBe(true);
  });

  it('lends a thin expiry its neighbour’s shape at its own level, less surely', () => {
    const next = EXPIRY + 28 * MS_PER_DAY;
    const three = [-0.1, 0.01, 0.1].map((k) => quote({ k, right: k < 0 ? 'put' : 'call', expiry: next }));
    const [full, thin] = served(fitMarket(chain([...otm, ...three]))).underlyings[0]!.slices;
    expect(thin!.quality.confidence).toBeLessThan(full!.quality.confidence);
    expect(atmVol(thin!)).toBeCloseTo(vol(0), 2);
    expect(thin!.quality.calendarMin).toBeGreaterThanOrEqual(0);
  });

  it('names what it leaves out', () => {
    const dead = quote({ k: 0, right: 'call', expiry: AT - 1000 });
    const { bid, ask, markVol, ...mute } = quote({ k: 0, right: 'call', expiry: EXPIRY + MS_PER_DAY });
    const coin = served(fitMarket(chain([...otm, dead, mute]))).underlyings[0]!;
    expect(coin.refused.map(({ refusal }) => refusal.reason)).toEqual(['expired', 'no-quotes']);
    expect(coin.slices.length).toBe(1);
    const empty = fitMarket(chain([]));
    expect(isRefusal(empty) && empty.reason).toBe('empty');
  });

  it('knows index, perpetual, futures, pegs and touches', () => {
    const base = { underlying: 'BTC', settlement: 'inverse', settleAsset: 'BTC' } as const;
    const perpetual = {
      product: { kind: 'perpetual', id: 'BTC-PERPETUAL', ...base },
      mark: 69_950,
      bid: 69_949,
    } as const;
    const dated = {
      product: { kind: 'future', id: 'BTC-F', expiry: EXPIRY, ...base },
      mark: 70_010,
    } as const;
    const market = served(fitMarket(chain(otm, [dated, perpetual])));
    const coin = underlyingOf(market, 'BTC')!;
    expect([coin.index, coin.indexUncertainty, coin.perpetual]).toEqual([69_900, 0, 69_950]);
    expect(coin.futures).toEqual([{ expiry: EXPIRY, forward: 70_010 }]);
    expect([...market.pegs]).toEqual([
      ['USD', 1],
      ['USDC', 0.999],
    ]);
    expect(assetUsd(market, 'USDC')).toBe(0.999);
    expect(market.touches.get('BTC-PERPETUAL')).toEqual({ bid: 69_949 });
    expect(market.touches.size).toBe(KS.length + 2);
  });

  it('without an index takes the nearest forward and says so', () => {
    const coin = served(fitMarket(chain(otm.map(({ index, ...rest }) => rest)))).underlyings[0]!;
    expect(coin.index).toBe(70_000);
    expect(coin.perpetual).toBe(70_000);
    expect(coin.indexUncertainty).toBe(0.005);
  });
});

describe('M-05 forwardOf', () => {
  const pairs = [-0.1, -0.05, 0.01, 0.05].flatMap((k) => [
    quote({ k, right: 'call', half: 0.001 }),
    quote({ k, right: 'put', half: 0.001 }),
  ]);

  it('believes the venue where parity agrees', () => {
    const belief = served(forwardOf(pairs, new Map(), fitPolicy));
    expect(belief.source).toBe('venue');
    expect(Math.abs(belief.gap)).toBeLessThan(1e-6);
    expect(belief.pairs).toBe(4);
  });

  it('believes parity where pairs agree that the venue is stale', () => {
    const stale = pairs.map((row) => ({ ...row, forward: 69_000 }));
    const belief = served(forwardOf(stale, new Map(), fitPolicy));
    expect(belief.source).toBe('parity');
    expect(belief.forward).toBeCloseTo(70_000, 0);
  });

  it('refuses rows without any forward', () => {
    const blind = forwardOf([{ ...pairs[0]!, forward: Number.NaN }], new Map(), fitPolicy);
    expect(isRefusal(blind) && blind.reason).toBe('no-forward');
  });
});

describe('sliceAt', () => {
  const later = KS.map((k) =>
    quote({ k, right: k < 0 ? 'put' : 'call', expiry: EXPIRY + 60 * MS_PER_DAY, forward: 71_000 }),
  );
  const coin = served(fitMarket(chain([...otm, ...later]))).underlyings[0]!;
  const [near, far] = coin.slices as [(typeof coin.slices)[0], (typeof coin.slices)[0]];

  it('is linear in total variance and log-linear in the forward between two expiries', () => {
    const middle = served(sliceAt(coin, instant(EXPIRY + 30 * MS_PER_DAY)));
    for (const k of [-0.3, 0, 0.3]) {
      const w = (totalVariance(near.smile, k) + totalVariance(far.smile, k)) / 2;
      expect(totalVariance(middle.smile, k) / w).toBeCloseTo(1, 2);
    }
    expect(middle.forward).toBeCloseTo(Math.sqrt(70_000 * 71_000), 6);
    expect(middle.smileYears).toBeCloseTo((near.years + far.years) / 2, 12);
    expect(middle.quality.source).toBe('interpolated');
    expect(sliceAt(coin, EXPIRY)).toBe(near);
  });

  it('keeps the ATM vol beyond the ends, less surely, and refuses guesses', () => {
    const soon = served(sliceAt(coin, instant(AT + 10 * MS_PER_DAY)));
    expect(atmVol(soon)).toBeCloseTo(atmVol(near), 10);
    expect(soon.quality.confidence).toBeLessThan(near.quality.confidence);
    expect(soon.years).toBeCloseTo(years(10 / 365), 12);
    expect(isRefusal(sliceAt(coin, instant(AT + 3650 * MS_PER_DAY)))).toBe(true);
    expect(isRefusal(sliceAt(coin, AT))).toBe(true);
  });
});

describe('small tools', () => {
  it('middles', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeUndefined();
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(weightedMedian([5, 1, 9], [1, 1, 10])).toBe(9);
  });

  it('isotonic regression pools by weight and spreads what it pooled', () => {
    const values = Float64Array.of(1, 3, 2, 4);
    poolAdjacent(values, Float64Array.of(1, 3, 1, 1));
    expect([...values]).toEqual([1, 2.75 * 0.995, 2.75 * 1.005, 4]);
  });

  it('least squares stop at a bound and forgive an outlier', () => {
    const ys = [1, 1.1, 0.9, 50];
    const problem = {
      rows: 4,
      robustRows: 4,
      low: Float64Array.of(-10),
      high: Float64Array.of(10),
      fill(x: Float64Array, residual: Float64Array, jacobian: Float64Array | undefined) {
        for (const [i, y] of ys.entries()) residual[i] = (x[0]! - y) / 0.1;
        jacobian?.fill(10);
      },
    };
    expect(Math.abs(minimise(problem, Float64Array.of(9), 1).x[0]! - 1)).toBeLessThan(0.1);
    const bounded = { ...problem, high: Float64Array.of(0.5) };
    expect(minimise(bounded, Float64Array.of(0), 1).x[0]).toBe(0.5);
  });
});

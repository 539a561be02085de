// Rules of venues that are no models here, by hand arithmetic and as whole functions.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal, sentence } from '../../../base/index.ts';
import {
  type BinanceFuture,
  binanceEquity,
  binanceLoanMaintenance,
  binanceMaintenance,
  binanceProfit,
  binanceRatio,
} from './binance.ts';
import { bybitDrawdown, bybitMargin } from './bybit.ts';
import { dederiFuture } from './dederi.ts';
import {
  vegaAuctionOrder,
  vegaFundingMargin,
  vegaFundingPayment,
  vegaMaintenance,
  vegaRiskFactors,
} from './vega.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}
const said = (value: unknown) => (isRefusal(value) ? sentence(value) : '');

describe("M-116 Bybit's portfolio margin", () => {
  const scales = [
    { price: -0.1, futures: -100, options: [20, -5, -30], spot: 10 },
    { price: 0, futures: 0, options: [3, 0, -2], spot: 0 },
    { price: 0.1, futures: 100, options: [50, 45, 40], spot: 0 },
  ];

  it('is the worst price with its worst vol, plus contingencies; initial is a multiple', () => {
    const margin = sure(bybitMargin(scales, [12, 0.5], 1.2));
    expect(margin.pnl).toEqual([-120, -2, 140]);
    expect(margin.worst).toEqual({ price: -0.1, vol: 2 });
    expect(margin.maintenance).toBe(132.5);
    expect(margin.initial).toBe(159);
    expect(sure(bybitMargin([scales[2]!], [], 1.2))).toMatchObject({ worst: undefined, maintenance: 0 });
  });

  it('refuses a table that is none', () => {
    expect(said(bybitMargin([], [], 1.2))).toContain('no price scale');
    expect(said(bybitMargin([scales[0]!, { ...scales[1]!, options: [1] }], [], 1.2))).toContain(
      'different numbers',
    );
    expect(said(bybitMargin(scales, [-1], 1.2))).toContain('contingency is -1');
    expect(said(bybitMargin(scales, [], 0))).toContain('factor is 0');
  });

  it('a drawdown cuts profits at its threshold, by what is beyond', () => {
    expect(sure(bybitDrawdown({ poolMax: 2_000, change: -900, threshold: -0.4 }))).toEqual({
      share: -0.45,
      cuts: true,
      excess: 100,
    });
    expect(sure(bybitDrawdown({ poolMax: 2_000, change: -800, threshold: -0.4 }))).toMatchObject({
      cuts: true,
      excess: 0,
    });
    expect(sure(bybitDrawdown({ poolMax: 2_000, change: 10, threshold: -0.4 }))).toMatchObject({
      cuts: false,
      excess: 0,
    });
    expect(said(bybitDrawdown({ poolMax: 0, change: 1, threshold: -0.4 }))).toContain('poolMax');
    expect(said(bybitDrawdown({ poolMax: 1, change: 1, threshold: 0.4 }))).toContain('threshold');
  });
});

describe("M-117 Binance's ratio", () => {
  it('cuts what is owned and spares what is owed', () => {
    const asset = { held: 3, loan: 1, profit: 0.5, price: 100, rate: 0.9 };
    expect(sure(binanceEquity(asset))).toBeCloseTo(225, 12);
    expect(sure(binanceEquity({ ...asset, held: 0 }))).toBeCloseTo(-50, 12);
  });

  it('maintains futures by tier and loans by leverage', () => {
    const future: BinanceFuture = { kind: 'usd-margined', size: -2, mark: 500, rate: 0.01, deduction: 3 };
    expect(sure(binanceMaintenance(future))).toBeCloseTo(7, 12);
    expect(sure(binanceMaintenance({ ...future, deduction: 30 }))).toBe(0);
    const coins = { ...future, kind: 'coin-margined', size: 1_000, deduction: 0 } as const;
    expect(sure(binanceMaintenance(coins))).toBeCloseTo(0.02, 12);
    expect(([3, 5, 10] as const).map((leverage) => sure(binanceLoanMaintenance(20, leverage)))).toEqual([
      2, 1.6, 1,
    ]);
    expect(sure(binanceProfit(-2, 600, 500))).toBe(200);
  });

  it('has four bands, borders on the worse side', () => {
    const bandOf = (equity: number) => sure(binanceRatio(equity, 5, 100)).band;
    expect([156, 155, 125, 110, 105].map(bandOf)).toEqual([
      'free',
      'reminded',
      'reduce-only',
      'liquidated',
      'liquidated',
    ]);
    expect(sure(binanceRatio(-5, 0, 0))).toEqual({ ratio: undefined, band: 'free' });
  });
});

describe("M-118 Vega's risk factors", () => {
  it('nothing moves in no time, and a doubled level asks for less', () => {
    const still = sure(vegaRiskFactors({ level: 0.01, years: 0, drift: 0, vol: 1 }));
    expect(still.short).toBeCloseTo(0, 10);
    expect(still.long).toBeCloseTo(0, 10);
    const [one, two] = [0.01, 0.02].map((level) =>
      sure(vegaRiskFactors({ level, years: 0.1, drift: 0, vol: 0.8 })),
    );
    expect(one!.short).toBeGreaterThan(two!.short);
    expect(one!.long).toBeGreaterThan(two!.long);
  });

  it('is the mean of the worst outcomes, by quadrature', () => {
    const [level, years, vol] = [0.05, 0.25, 0.6];
    const v = vol * Math.sqrt(years);
    // z with N(z) = 0.95, from tables.
    const border = 1.6448536269514722;
    const steps = 20_000;
    let [high, low] = [0, 0];
    for (let i = 0; i < steps; i++) {
      const x = border + ((i + 0.5) * 10) / steps;
      const weight = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * (10 / steps);
      high += weight * Math.exp(v * x - (v * v) / 2);
      low += weight * Math.exp(-v * x - (v * v) / 2);
    }
    const { short, long } = sure(vegaRiskFactors({ level, years, drift: 0, vol }));
    expect(short).toBeCloseTo(high / level - 1, 6);
    expect(long).toBeCloseTo(1 - low / level, 6);
  });

  it('margins a position, an auction order and funding by hand', () => {
    expect(sure(vegaMaintenance({ size: -3, mark: 200, slippage: 0.1, factor: 0.2 }))).toBeCloseTo(180, 12);
    expect(sure(vegaAuctionOrder({ size: 2, limit: 50, indicative: 40, factor: 0.2 }))).toBeCloseTo(20, 12);
    expect(sure(vegaFundingPayment({ spot: 1_000, future: 990, years: 0.01, interest: 0.1 }))).toBeCloseTo(
      1,
      9,
    );
    expect(sure(vegaFundingMargin(0.5, 1, 4))).toBe(2);
    expect(sure(vegaFundingMargin(0.5, 1, -4))).toBe(0);
    expect(said(vegaRiskFactors({ level: 1, years: 1, drift: 0, vol: 1 }))).toContain('level is 1');
  });
});

describe("M-119 Dederi's futures", () => {
  it('forwards by annual basis, a contingency on the index, P&L on the forward', () => {
    const { forward, contingency, pnl } = sure(
      dederiFuture({ coins: -4, index: 1_000, basis: 0.1, days: 73 }, 0.01, [-0.1, 0, 0.1]),
    );
    expect(forward).toBeCloseTo(1_020, 9);
    expect(contingency).toBeCloseTo(40, 12);
    expect(pnl).toEqual([408, -0, -408].map((cell) => expect.closeTo(cell, 9)));
    expect(said(dederiFuture({ coins: 1, index: 0, basis: 0, days: 1 }, 0, []))).toContain('index is 0');
  });
});

const any = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, -1, 1e300, 5e-324));
/** A number, or a refusal: never anything else, whatever is asked. */
function isWhole(answer: unknown): boolean {
  if (typeof answer === 'number') return Number.isFinite(answer);
  if (isRefusal(answer)) return answer.message.length > 0;
  if (typeof answer === 'object' && answer !== null) return Object.values(answer).every(isWhole);
  return true;
}

describe('every rule is a total function', () => {
  it('M-116 M-117 M-118 M-119 of any numbers', () => {
    fc.assert(
      fc.property(any, any, any, any, any, (a, b, c, d, e) => {
        const answers = [
          bybitMargin([{ price: a, futures: b, options: [c, d], spot: e }], [a], b),
          bybitDrawdown({ poolMax: a, change: b, threshold: c }),
          binanceEquity({ held: a, loan: b, profit: c, price: d, rate: e }),
          binanceMaintenance({ kind: 'usd-margined', size: a, mark: b, rate: c, deduction: d }),
          binanceMaintenance({ kind: 'coin-margined', size: a, mark: b, rate: c, deduction: d }),
          binanceProfit(a, b, c),
          binanceLoanMaintenance(a, 3),
          binanceRatio(a, b, c),
          vegaRiskFactors({ level: a, years: b, drift: c, vol: d }),
          vegaMaintenance({ size: a, mark: b, slippage: c, factor: d }),
          vegaAuctionOrder({ size: a, limit: b, indicative: c, factor: d }),
          vegaFundingPayment({ spot: a, future: b, years: c, interest: d }),
          vegaFundingMargin(a, b, c),
          dederiFuture({ coins: a, index: b, basis: c, days: d }, e, [a]),
        ];
        return answers.every(isWhole);
      }),
      { numRuns: 2_000 },
    );
  });
});

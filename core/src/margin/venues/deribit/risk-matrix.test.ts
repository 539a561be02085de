// The risk matrix in numbers a person can check with a pencil, and the venue's own example where it is beside the project.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../../base/index.ts';
import { futuresOffsetContingency, legacyVolShock, shortOptionContingency } from './legacy.ts';
import { deribitPortfolioHistory } from './portfolio-parameters.ts';
import {
  type Aggregation,
  aggregatedCell,
  aggregatedVectors,
  bucketOf,
  dampenerOf,
  deltaShock,
  EXTENDED_MOVES,
  extendedCell,
  futureVectors,
  offsetGain,
  portfolioMargins,
  priceBuckets,
  printedMargins,
  type RiskVectors,
  riskMatrixMargin,
  rollShock,
  shockDelta,
  sumVectors,
  towardsZero,
  worstCase,
} from './risk-matrix.ts';

const [{ parameters: of2024 }, { parameters: ofFebruary }] = deribitPortfolioHistory;
const pair = of2024.pairs['BTC']!;
const currency = of2024.currencies['BTC']!;

describe('M-103 standard table', () => {
  it('has nine price moves, three vols in each', () => {
    expect(priceBuckets(0.16)).toEqual([-0.16, -0.12, -0.08, -0.04, 0, 0.04, 0.08, 0.12, 0.16]);
    const { standard, extended } = futureVectors({ size: 2, settlement: 'inverse', price: 65_000 }, pair);
    expect([standard.length, extended.length]).toEqual([27, 8]);
    // Two coins a sixth down: a dollar buys more coins back than were sold.
    expect(standard.slice(0, 3)).toEqual([-0.32 / 0.84, -0.32 / 0.84, -0.32 / 0.84]);
    expect(standard[26]).toBeCloseTo(0.32 / 1.16, 15);
    const linear = futureVectors({ size: -2, settlement: 'linear', price: 65_000 }, pair);
    expect(linear.standard[0]).toBeCloseTo(2 * 65_000 * 0.16, 9);
  });

  it('names a cell as the venue does: 25 is the first vol of bucket 9', () => {
    expect(bucketOf(24)).toEqual({ source: 'standard', index: 25, bucket: 9, side: 'right' });
    expect(bucketOf(0)).toEqual({ source: 'standard', index: 1, bucket: 1, side: 'left' });
    expect(bucketOf(13).side).toBe('middle');
    expect(bucketOf(28)).toEqual({ source: 'extended', index: 2, bucket: 2, side: 'left' });
    expect(worstCase({ standard: [-1, -2, -2, 3], extended: [-2] })).toEqual({
      loss: 2,
      bucket: bucketOf(1),
    });
    expect(worstCase({ standard: [0], extended: [1] })).toEqual({ loss: 0, bucket: undefined });
  });
});

describe('M-104 extended table', () => {
  it('counts a future at every rung as at the edge of the range', () => {
    for (const settlement of ['inverse', 'linear'] as const) {
      const { standard, extended } = futureVectors({ size: 3, settlement, price: 65_000 }, pair);
      EXTENDED_MOVES.forEach((move, i) => {
        expect(extended[i]! / standard[move < 0 ? 0 : 26]!).toBeCloseTo(1, 12);
      });
    }
    const half = { ...pair, extendedTableFactor: 0.5 };
    expect(extendedCell(-100, -0.32, half, 'linear')).toBe(-25);
  });

  it('lets go of so many dollars a rung beyond the range, at the price of the edge', () => {
    expect(dampenerOf(-0.32, pair, 100_000, 50_000, 'inverse')).toBeCloseTo(100_000 / (0.84 * 50_000), 12);
    expect(dampenerOf(0.48, pair, 100_000, 50_000, 'inverse')).toBeCloseTo(200_000 / (1.16 * 50_000), 12);
    expect(dampenerOf(0.48, pair, 25_000, 50_000, 'linear')).toBeCloseTo(50_000, 9);
    expect(dampenerOf(0.1, pair, 25_000, 50_000, 'linear')).toBe(0);
    expect([towardsZero(-3, 2), towardsZero(3, 2), towardsZero(-1, 2)]).toEqual([-1, 1, -0]);
  });
});

const by: Aggregation = { pair, currency, settlement: 'inverse', index: 50_000, unitUsd: 50_000 };

describe('M-105 offset of gains', () => {
  it('gains count in part and at most so many dollars; losses are untouched', () => {
    const eth = ofFebruary.currencies['ETH']!;
    expect(offsetGain(10, eth, 2_000)).toBe(6);
    expect(offsetGain(1e6, eth, 2_000)).toBe(10_000);
    expect(offsetGain(-10, eth, 2_000)).toBe(-10);
    expect(offsetGain(10, currency, 2_000)).toBe(0);
  });

  it('an aggregated cell never falls where the sum rises, and moves no more than it', () => {
    const cell = fc.double({ min: -1e4, max: 1e4, noNaN: true });
    const move = fc.constantFrom(undefined, ...EXTENDED_MOVES);
    fc.assert(
      fc.property(cell, cell, move, fc.constantFrom(0, 0.4, 1), (a, b, x, pnlOffset) => {
        const of = { ...by, currency: { ...currency, pnlOffset, maxOffsetablePnl: 1e7 } };
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const rise = aggregatedCell(high, x, of) - aggregatedCell(low, x, of);
        return rise >= 0 && rise <= high - low + 1e-9;
      }),
    );
  });
});

describe('M-106 roll shock', () => {
  it('takes every expiry by itself, undated ones at the least move', () => {
    const deltas = [
      { delta: 10, years: 0 },
      { delta: -10, years: 1 },
    ];
    expect(rollShock(deltas, currency)).toBeCloseTo(0.1 + 10 * (Math.exp(0.075) - 1), 12);
    expect(rollShock([], currency)).toBe(0);
  });
});

describe('M-107 delta shock', () => {
  it('begins beyond the threshold, grows with every coin, and ends at its cap', () => {
    expect(deltaShock(400, 50_000, pair)).toBe(0);
    expect(deltaShock(-1_000, 50_000, pair)).toBeCloseTo(1_000 * 5e-5 * 600, 9);
    expect(deltaShock(10_000, 50_000, pair)).toBeCloseTo(1_000, 9);
  });

  it('bought options bring the rest nearer to zero and never across', () => {
    expect([shockDelta(100, -30), shockDelta(100, -130), shockDelta(100, 30)]).toEqual([70, 0, 100]);
    expect([shockDelta(-100, 30), shockDelta(-100, 130), shockDelta(-100, -30)]).toEqual([-70, 0, -100]);
  });
});

describe('M-108 margins', () => {
  it('maintenance is a share of the matrix alone', () => {
    const parts = { worstCase: 1, rollShock: 0.25, deltaShock: 0.125, correlationContingency: 0.5 };
    const beside = { mmpMargin: 1, openOrdersMargin: 2, spotMargin: 3 };
    expect(riskMatrixMargin(parts)).toBe(1.875);
    expect(portfolioMargins(1.875, beside, 0.8)).toEqual({ initial: 7.875, maintenance: 1.5 });
  });
});

describe('M-109 the older portfolio margins', () => {
  it('moves vol by a power of thirty days', () => {
    expect(legacyVolShock({ days: 30, power: 0.3, range: 0.38 })).toBe(0.38);
    expect(legacyVolShock({ days: 7.5, power: 0.5, range: 0.4 })).toBeCloseTo(0.8, 14);
    expect(isRefusal(legacyVolShock({ days: 0, power: 0.5, range: 0.4 }))).toBe(true);
    expect(isRefusal(legacyVolShock({ days: Number.NaN, power: 0.5, range: 0.4 }))).toBe(true);
  });

  it('charges what is short at a strike and what offsets between futures', () => {
    const strikes = [
      { call: 3, put: -10 },
      { call: 5, put: 5 },
    ];
    expect(shortOptionContingency(strikes, 0.01)).toBeCloseTo(0.07, 15);
    expect(futuresOffsetContingency([60, 40, -30], 0.02)).toBeCloseTo(0.6, 15);
    expect(futuresOffsetContingency([60], 0.02)).toBe(0);
  });
});

/** The answer of `pme/simulate`, as far as it is looked at. */
interface Simulated {
  readonly initial_risk_vectors: Readonly<Record<string, RiskVectors>>;
  readonly aggregated_risk_vectors: Readonly<Record<string, RiskVectors>>;
  readonly portfolio: { readonly position: Readonly<Record<string, number>> };
  readonly index_price: Readonly<Record<string, number>>;
  readonly margins: Readonly<Record<string, SimulatedMargins>>;
}
interface SimulatedMargins {
  readonly initial_margin: number;
  readonly maintenance_margin: number;
  readonly initial_margin_details: {
    readonly risk_matrix_margin: number;
    readonly risk_matrix_margin_details: {
      readonly worst_case: number;
      readonly worst_case_bucket: { readonly index: number; readonly bucket: number; readonly side: string };
      readonly roll_shock: number;
      readonly delta_shock: number;
    };
    readonly mmp_margin: number;
    readonly open_orders_margin: number;
    readonly spot_margin: number;
  };
}

const fixture = fileURLToPath(
  new URL(
    '../../../../../../shared/data/venue_fixtures/deribit/pme_simulate_doc_BTC_2024-06-17.json',
    import.meta.url,
  ),
);
const present = existsSync(fixture);
if (!present)
  console.log("skipped: Deribit's documented answer is not beside this checkout (../shared/data)");

describe.skipIf(!present)('the documented answer of pme/simulate', () => {
  const answer = present ? (JSON.parse(readFileSync(fixture, 'utf8')) as Simulated) : undefined;
  const same = (got: readonly number[], wanted: readonly number[]) => {
    expect(got).toHaveLength(wanted.length);
    got.forEach((cell, i) => {
      expect(Math.abs(cell - wanted[i]!)).toBeLessThanOrEqual(1e-12 * Math.abs(wanted[i]!));
    });
  };

  it('M-103 M-104 M-105 M-106 M-107 M-108 is reproduced cell by cell and term by term', () => {
    const { initial_risk_vectors: initial, portfolio, index_price, aggregated_risk_vectors } = answer!;
    const held = Object.entries(portfolio.position).map(([name, size]) => {
      const vectors = futureVectors({ size, settlement: 'inverse', price: 1 }, pair);
      same(vectors.standard, initial[name]!.standard);
      same(vectors.extended, initial[name]!.extended);
      return { size, vectors };
    });
    const index = index_price['btc_usd']!;
    const of: Aggregation = { pair, currency, settlement: 'inverse', index, unitUsd: index };
    const aggregated = aggregatedVectors(sumVectors(held.map(({ vectors }) => vectors)), of);
    same(aggregated.standard, aggregated_risk_vectors['btc_btc']!.standard);
    same(aggregated.extended, aggregated_risk_vectors['btc_btc']!.extended);
    const { initial_margin_details: details, ...margins } = answer!.margins['btc']!;
    const { worst_case, worst_case_bucket, roll_shock, delta_shock } = details.risk_matrix_margin_details;
    const { loss, bucket } = worstCase(aggregated);
    expect(loss).toBeCloseTo(worst_case, 15);
    const { index: place, bucket: where, side } = worst_case_bucket;
    expect(bucket).toEqual({ source: 'standard', index: place, bucket: where, side });
    const years = 11 / 365;
    const deltas = held.map(({ size }, i) => ({ delta: size, years: i === 0 ? 0 : years }));
    const roll = rollShock(deltas, currency);
    expect(roll).toBeCloseTo(roll_shock, 15);
    const total = held.reduce((sum, { size }) => sum + size, 0);
    expect(deltaShock(total, index, pair)).toBe(delta_shock);
    const parts = { worstCase: loss, rollShock: roll, deltaShock: 0, correlationContingency: 0 };
    const beside = {
      mmpMargin: details.mmp_margin,
      openOrdersMargin: details.open_orders_margin,
      spotMargin: details.spot_margin,
    };
    const { initial: im, maintenance: mm } = portfolioMargins(
      riskMatrixMargin(parts),
      beside,
      of2024.mmFactor,
    );
    expect(im).toBeCloseTo(margins.initial_margin, 9);
    expect(mm).toBeCloseTo(margins.maintenance_margin, 9);
    // The venue rounds the worst case to nine decimals of a coin before it goes on: then every digit is its own.
    const shown = printedMargins(parts, beside, of2024.mmFactor);
    expect(shown.riskMatrix).toBeCloseTo(details.risk_matrix_margin, 15);
    expect(shown.initial).toBeCloseTo(margins.initial_margin, 15);
    expect(shown.maintenance).toBeCloseTo(margins.maintenance_margin, 15);
  });
});

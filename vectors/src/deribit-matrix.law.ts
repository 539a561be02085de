// Deribit's matrix on futures, by its formulas written out anew: whatever is held, at whatever size, index and parameters, the case is met, unrounded
// and as the venue prints it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deribitMatrixSuites } from './deribit-matrix.ts';
import type { Raw } from './suite.ts';

const [suite] = deribitMatrixSuites;
const AT = Date.UTC(2024, 5, 17, 10, 22, 20, 501);
const YEAR_MS = 365 * 86_400_000;
const MOVES = [-0.66, -0.33, 0.5, 1, 2, 3, 4, 5];
const EXPIRIES = ['2024-06-28', '2024-12-27', '2025-06-27'];

interface Params {
  readonly price_range: number;
  readonly extended_table_factor: number;
  readonly extended_dampener_usd: number;
  readonly pnl_offset: number;
  readonly max_offsetable_pnl_usd: number;
  readonly min_annualised_move: number;
  readonly annualised_move_risk: number;
  readonly delta_total_liq_shock_threshold_usd: number;
  readonly m_inc: number;
  readonly max_delta_shock: number;
  readonly mm_factor: number;
}
interface Position {
  readonly instrument: string;
  readonly size_base: number;
  readonly mark_price: number;
  readonly expiry?: string;
}
interface Inputs {
  readonly index: number;
  readonly positions: readonly Position[];
  readonly params: Params;
  readonly beside: { readonly mmp_margin: number; readonly open_orders_margin: number };
}

const round9 = (x: number) => Math.round(x * 1e9) / 1e9;
const edge = (x: number, range: number) => 1 + (x < 0 ? -range : range);

/** The venue's answer by its formulas, coins; `printed` rounds the worst case and initial margin as the venue does. */
function formulas({ index, positions, params, beside }: Inputs, printed: boolean) {
  const range = params.price_range;
  const buckets = [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((k) => (k * range) / 4);
  const standard = positions.map(({ size_base: q }) => buckets.map((x) => (q * x) / (1 + x)));
  const extended = positions.map(({ size_base: q }) =>
    MOVES.map((x) => (q * x * params.extended_table_factor * range) / Math.abs(x) / edge(x, range)),
  );
  const sum = (rows: readonly (readonly number[])[]) =>
    rows[0]!.map((_, i) => rows.reduce((total, row) => total + row[i]!, 0));
  const counted = (cell: number) =>
    cell > 0 ? Math.min(cell * params.pnl_offset, params.max_offsetable_pnl_usd / index) : cell;
  const small = sum(standard).map(counted);
  const large = sum(extended).map((cell, i) => {
    const x = MOVES[i]!;
    const rungs = Math.max(Math.abs(x) / range, 1) - 1;
    const letGo = (rungs * params.extended_dampener_usd) / (edge(x, range) * index);
    return counted(Math.sign(cell) * Math.max(0, Math.abs(cell) - letGo));
  });
  const worst = -Math.min(0, ...small, ...large);
  const roll = positions.reduce((total, { size_base: q, expiry }) => {
    const years = expiry === undefined ? 0 : (Date.parse(expiry) - AT) / YEAR_MS;
    const rate = Math.max(params.min_annualised_move, Math.exp(params.annualised_move_risk * years) - 1);
    return total + Math.abs(q) * rate;
  }, 0);
  const delta = Math.abs(positions.reduce((total, { size_base: q }) => total + q, 0));
  const beyond = Math.max(0, delta - params.delta_total_liq_shock_threshold_usd / index);
  const shock = delta * Math.min(params.max_delta_shock, params.m_inc * beyond);
  const matrix = (printed ? round9(worst) : worst) + roll + shock;
  const initial = matrix + beside.open_orders_margin + beside.mmp_margin;
  const named = (rows: readonly (readonly number[])[]) =>
    Object.fromEntries(positions.map(({ instrument }, i) => [instrument, rows[i]!]));
  return {
    initial_risk_vectors: named(standard),
    extended_vectors: named(extended),
    aggregated_standard_per_bucket: small,
    aggregated_extended: large,
    worst_case: worst,
    roll_shock: roll,
    delta_shock: shock,
    risk_matrix_margin: matrix,
    initial_margin: printed ? round9(initial) : initial,
    maintenance_margin: params.mm_factor * matrix,
  };
}

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const params: fc.Arbitrary<Params> = fc.record({
  price_range: real(0.05, 0.32),
  extended_table_factor: real(0.5, 1),
  extended_dampener_usd: real(0, 2e5),
  pnl_offset: real(0, 0.9),
  max_offsetable_pnl_usd: real(0, 2e7),
  min_annualised_move: real(0, 0.02),
  annualised_move_risk: real(0, 0.1),
  delta_total_liq_shock_threshold_usd: real(1e3, 2e7),
  m_inc: real(0, 1e-3),
  max_delta_shock: real(0, 0.2),
  mm_factor: real(0.5, 1),
});
const inputs: fc.Arbitrary<Inputs> = fc
  .record({
    coin: fc.constantFrom('BTC', 'ETH'),
    index: real(500, 120_000),
    // From dust to what no venue would take.
    scale: fc.constantFrom(1e-6, 1e-4, 0.01, 1, 100, 1e4),
    held: fc.uniqueArray(
      fc.record({ place: fc.integer({ min: 0, max: 3 }), size: real(-1, 1), basis: real(0.9, 1.2) }),
      {
        minLength: 1,
        selector: ({ place }) => place,
      },
    ),
    params,
    beside: fc.record({ mmp_margin: real(0, 0.1), open_orders_margin: real(0, 1e-3) }),
  })
  .map(({ coin, index, scale, held, params: own, beside }) => ({
    index,
    params: own,
    beside,
    positions: held.map(({ place, size, basis }) => {
      // Nothing below what an account can hold: a ten thousand millionth of a coin.
      const size_base = Math.round(size * scale * 1e10) / 1e10 || 1e-10;
      const day = EXPIRIES[place - 1];
      return {
        instrument: day === undefined ? `${coin}-PERPETUAL` : `${coin}-${day}`,
        size_base,
        mark_price: index * basis,
        ...(day === undefined ? {} : { expiry: `${day}T08:00:00Z` }),
      };
    }),
  }));

const rowOf = (given: Inputs, expected: object): Raw => ({
  inputs: {
    index_price: given.index,
    timestamp_ms: AT,
    positions: given.positions,
    params: given.params,
    ...given.beside,
  },
  expected,
  tolerance: { type: 'rel', value: 1e-8 },
});
const missed = (row: Raw) => suite!.answer(row, {}).filter(({ ok }) => !ok);

describe('Deribit: PME (portfolio margin risk matrix)', () => {
  it.each([false, true])('any futures by the formulas are met; printed as the venue does: %s', (printed) => {
    fc.assert(
      fc.property(inputs, (given) => {
        expect(missed(rowOf(given, formulas(given, printed)))).toEqual([]);
      }),
    );
  });

  it('a small margin is met unrounded, and one that is off by more than the ledger rounds is not', () => {
    const [given] = fc.sample(inputs, { seed: 7, numRuns: 1 });
    const one: Inputs = {
      ...given!,
      index: 65_666.19,
      positions: [{ instrument: 'BTC-PERPETUAL', size_base: 0.0001, mark_price: 65_910.57 }],
      params: { ...given!.params, min_annualised_move: 0.01, delta_total_liq_shock_threshold_usd: 2e7 },
    };
    const right = formulas(one, false);
    // A hundredth of 0.0001 coins.
    expect(right.roll_shock).toBeCloseTo(1e-6, 20);
    expect(missed(rowOf(one, right))).toEqual([]);
    const names = [
      'worst_case',
      'roll_shock',
      'risk_matrix_margin',
      'initial_margin',
      'maintenance_margin',
    ] as const;
    for (const name of names) {
      // Twice the tolerance of the case, and three units of the ledger.
      const off = right[name] * (1 + 2.1e-8) + 3e-8 / one.index;
      expect(
        missed(rowOf(one, { ...right, [name]: off })).map((check) => check.name),
        name,
      ).toEqual([name]);
    }
  });
});

// Deribit's extended risk matrix in the venue's own words: buckets, vectors, extended table, dampener, offset, shocks. Pure functions of numbers;
// the model `deribit-pm` is made of them.

import { exp } from '../../../kernel/index.ts';
import type { PmCurrency, PmPair } from './portfolio-parameters.ts';

/** What a vector is counted in: coins of the coin itself, or dollars of a linear product. */
export type PmSettlement = 'inverse' | 'linear';

/** Buckets on each side of the middle one, and vols of each bucket: up, same, down. */
export const BUCKETS_EACH_SIDE = 4;
export const VOL_SCENARIOS = ['up', 'same', 'down'] as const;
/** Moves of the extended table; vol is up in all of them. */
export const EXTENDED_MOVES = [-0.66, -0.33, 0.5, 1, 2, 3, 4, 5] as const;
export const STANDARD_CELLS = (2 * BUCKETS_EACH_SIDE + 1) * VOL_SCENARIOS.length;

/** Cells of one instrument or one currency: 27 bucket by bucket, vols up, same, down in each; then the 8 of the extended table. */
export interface RiskVectors {
  readonly standard: readonly number[];
  readonly extended: readonly number[];
}

/**
 * The price moves of the matrix, `x_k = range k / 4`, k from -4 to 4 (M-103).
 * @example priceBuckets(0.16) // [-0.16, -0.12, -0.08, -0.04, 0, 0.04, 0.08, 0.12, 0.16]
 */
export function priceBuckets(range: number): readonly number[] {
  const n = BUCKETS_EACH_SIDE;
  return Array.from({ length: 2 * n + 1 }, (_, i) => (range * (i - n)) / n);
}

/** The edge of the range on the side of a move. */
const edgeOf = (move: number, range: number) => (move < 0 ? -range : range);

/**
 * A cell of the extended table (M-104): the profit at the move, in the unit of settlement, as far as it counts.
 *
 *     ext = pnl factor (range / |x|)                                    linear
 *     ext = pnl factor (range / |x|) (1 + x) / (1 + sgn(x) range)       inverse
 *
 * so that a future counts at every rung what it does at the edge of the range.
 * @example extendedCell(-1.9411764705882353, -0.66, pair, 'inverse') // -0.1904...: that of -16 %
 */
export function extendedCell(pnl: number, move: number, pair: PmPair, settlement: PmSettlement): number {
  const { priceRange, extendedTableFactor } = pair;
  const share = (extendedTableFactor * priceRange) / Math.abs(move);
  const correction = settlement === 'inverse' ? (1 + move) / (1 + edgeOf(move, priceRange)) : 1;
  return pnl * share * correction;
}

/**
 * The vectors of a future or perpetual (M-103, M-104): in coins `q x / (1 + x)`, in dollars `q price x`. `size` is coins long.
 * @example futureVectors({ size: 1, settlement: 'inverse', price: 65_000 }, pair).standard[0] // -0.19047619047619047 at a range of 16 %
 */
export function futureVectors(
  held: { readonly size: number; readonly settlement: PmSettlement; readonly price: number },
  pair: PmPair,
): RiskVectors {
  const { size, settlement, price } = held;
  const pnl = (x: number) => (settlement === 'inverse' ? (size * x) / (1 + x) : size * price * x);
  return {
    standard: priceBuckets(pair.priceRange).flatMap((x) => VOL_SCENARIOS.map(() => pnl(x))),
    extended: EXTENDED_MOVES.map((x) => extendedCell(pnl(x), x, pair, settlement)),
  };
}

/**
 * Sum of vectors, cell by cell, in the order given: `pre_aggregated_risk_vectors`. Nothing held is zeros.
 * @example sumVectors([]).standard.length // 27
 */
export function sumVectors(vectors: readonly RiskVectors[]): RiskVectors {
  const sum = (kind: keyof RiskVectors, length: number) =>
    Array.from({ length }, (_, i) => vectors.reduce((total, own) => total + own[kind][i]!, 0));
  return { standard: sum('standard', STANDARD_CELLS), extended: sum('extended', EXTENDED_MOVES.length) };
}

/**
 * What the dampener lets go of an extended cell, in the unit of settlement (M-104); `index` in dollars.
 *
 *     (max(|x| / range, 1) - 1) dampener                                 linear
 *     (max(|x| / range, 1) - 1) dampener / ((1 + sgn(x) range) index)    inverse
 *
 * @example dampenerOf(-0.66, pair, 100_000, 65_666.19, 'inverse') // 5.66 coins at a range of 16 %
 */
export function dampenerOf(
  move: number,
  { priceRange }: PmPair,
  dollars: number,
  index: number,
  settlement: PmSettlement,
): number {
  const rungs = Math.max(Math.abs(move) / priceRange, 1) - 1;
  return settlement === 'inverse'
    ? (rungs * dollars) / ((1 + edgeOf(move, priceRange)) * index)
    : rungs * dollars;
}

/** A cell brought towards zero by at most so much. @example towardsZero(-3, 2) // -1 */
export function towardsZero(cell: number, most: number): number {
  const size = Math.max(0, Math.abs(cell) - most);
  return cell < 0 ? -size : size;
}

/**
 * What a gain still counts where it meets the losses of another currency (M-105): `min(offset cell, cap)`, the cap in the unit of the cell.
 * A loss is untouched. An offset of 0 makes gains worth nothing.
 * @example offsetGain(10, { pnlOffset: 0.6, maxOffsetablePnl: 20e6 }, 1_900) // 6
 */
export function offsetGain(
  cell: number,
  { pnlOffset, maxOffsetablePnl }: Pick<PmCurrency, 'pnlOffset' | 'maxOffsetablePnl'>,
  unitUsd: number,
): number {
  return cell > 0 ? Math.min(cell * pnlOffset, maxOffsetablePnl / unitUsd) : cell;
}

/** What a currency's vectors are aggregated with. */
export interface Aggregation {
  readonly pair: PmPair;
  readonly currency: PmCurrency;
  readonly settlement: PmSettlement;
  /** Dollars of a coin of the pair. */
  readonly index: number;
  /** Dollars per unit of the vector: the index where it is coins. */
  readonly unitUsd: number;
}

/**
 * One cell after the dampener, where it is of the extended table, and the offset of gains; `move` is undefined for a standard cell.
 * Non-decreasing in the cell, with slopes between 0 and 1.
 * @example aggregatedCell(-7, -0.66, aggregation) // -1.34: 5.66 are let go
 */
export function aggregatedCell(cell: number, move: number | undefined, by: Aggregation): number {
  if (move === undefined) return offsetGain(cell, by.currency, by.unitUsd);
  const { pair, currency, index, settlement } = by;
  const most = dampenerOf(move, pair, currency.extendedDampener, index, settlement);
  return offsetGain(towardsZero(cell, most), currency, by.unitUsd);
}

/** `aggregated_risk_vectors` from `pre_aggregated_risk_vectors`. @example aggregatedVectors(sumVectors(held), aggregation).standard[26] // 0: a gain, offset 0 */
export function aggregatedVectors(sum: RiskVectors, by: Aggregation): RiskVectors {
  return {
    standard: sum.standard.map((cell) => aggregatedCell(cell, undefined, by)),
    extended: sum.extended.map((cell, i) => aggregatedCell(cell, EXTENDED_MOVES[i]!, by)),
  };
}

/** The cell that hurts most, named as the venue names it; indices count from one. */
export interface WorstBucket {
  readonly source: 'standard' | 'extended';
  /** Place in the vector of its source. */
  readonly index: number;
  /** Place of its price move among those of its source. */
  readonly bucket: number;
  readonly side: 'left' | 'middle' | 'right';
}

/** `worst_case` and where it is; nothing where nothing loses. The first of equals, standard before extended. */
export interface WorstCase {
  readonly loss: number;
  readonly bucket: WorstBucket | undefined;
}

/** How a cell is named: standard cells first, then extended; `lane` from 0. @example bucketOf(24).bucket // 9 */
export function bucketOf(lane: number): WorstBucket {
  if (lane < STANDARD_CELLS) {
    const bucket = Math.floor(lane / VOL_SCENARIOS.length) + 1;
    const middle = BUCKETS_EACH_SIDE + 1;
    const side = bucket < middle ? 'left' : bucket > middle ? 'right' : 'middle';
    return { source: 'standard', index: lane + 1, bucket, side };
  }
  const place = lane - STANDARD_CELLS;
  const side = EXTENDED_MOVES[place]! < 0 ? 'left' : 'right';
  return { source: 'extended', index: place + 1, bucket: place + 1, side };
}

/** `-min(cells, 0)` and the first cell that has it. @example worstCase({ standard: [-1, 2], extended: [-3] }).loss // 3 */
export function worstCase({ standard, extended }: RiskVectors): WorstCase {
  let loss = 0;
  let bucket: WorstBucket | undefined;
  [...standard, ...extended].forEach((cell, lane) => {
    if (-cell <= loss) return;
    loss = -cell;
    bucket = bucketOf(lane < standard.length ? lane : STANDARD_CELLS + lane - standard.length);
  });
  return { loss, bucket };
}

/** Share of a net delta that closing it at another expiry's price may cost: `max(min_annualised_move, exp(annualised_move_risk T) - 1)`; undated T = 0. */
export function rollRate(
  currency: Pick<PmCurrency, 'minAnnualisedMove' | 'annualisedMoveRisk'>,
  years: number,
): number {
  return Math.max(currency.minAnnualisedMove, exp(currency.annualisedMoveRisk * years) - 1);
}

/**
 * Roll shock (M-106): `sum over expiries |net delta| rollRate`, in the unit of the deltas.
 * @example rollShock([{ delta: 0.314538364, years: 0 }, { delta: -0.001187534, years: 0.0297 }], currency) // 0.00315725898
 */
export function rollShock(
  expiries: readonly { readonly delta: number; readonly years: number }[],
  currency: Pick<PmCurrency, 'minAnnualisedMove' | 'annualisedMoveRisk'>,
): number {
  return expiries.reduce((sum, { delta, years }) => sum + Math.abs(delta) * rollRate(currency, years), 0);
}

/**
 * The delta that the delta shock looks at, coins: bought options may only bring the rest nearer to zero, never across it (M-107).
 * @example shockDelta(100, -130) // 0
 */
export function shockDelta(rest: number, bought: number): number {
  return rest >= 0 ? Math.max(0, rest + Math.min(0, bought)) : Math.min(0, rest + Math.max(0, bought));
}

/**
 * Delta shock of a delta, coins (M-107): `|D| min(max_delta_shock, m_inc max(0, |D| - threshold / S))`; nothing below the threshold.
 * @example deltaShock(1_000, 65_000, pair) // 1000 x 5e-5 x (1000 - 307.7) = 34.6
 */
export function deltaShock(delta: number, index: number, pair: PmPair): number {
  const size = Math.abs(delta);
  const beyond = Math.max(0, size - pair.deltaShockThreshold / index);
  return size * Math.min(pair.maxDeltaShock, pair.mInc * beyond);
}

/** What makes up the margin of one currency, in its unit. */
export interface MatrixMargin {
  readonly worstCase: number;
  readonly rollShock: number;
  readonly deltaShock: number;
  readonly correlationContingency: number;
}

/** `risk_matrix_margin`: the sum of its parts. */
export function riskMatrixMargin(parts: MatrixMargin): number {
  return parts.worstCase + parts.rollShock + parts.deltaShock + parts.correlationContingency;
}

/** What initial margin has beside the matrix, in the same unit. */
export interface BesideMatrix {
  readonly mmpMargin: number;
  readonly openOrdersMargin: number;
  readonly spotMargin: number;
}

/**
 * The two margins (M-108): `initial = risk matrix + open orders + mmp + spot`, `maintenance = mm_factor risk matrix`.
 * @example portfolioMargins(0.06284313098, { mmpMargin: 0.06, openOrdersMargin: 1.8212e-5, spotMargin: 0 }, 0.8).maintenance // 0.050274504784
 */
export function portfolioMargins(
  riskMatrix: number,
  { mmpMargin, openOrdersMargin, spotMargin }: BesideMatrix,
  mmFactor: number,
): { readonly initial: number; readonly maintenance: number } {
  const initial = riskMatrix + openOrdersMargin + mmpMargin + spotMargin;
  return { initial, maintenance: mmFactor * riskMatrix };
}

/** Decimals of a coin that the venue rounds to. */
const PRINTED = 1e9;
const printed = (coins: number) => Math.round(coins * PRINTED) / PRINTED;

/** The worst case as the venue prints it, to nine decimals of a coin. @example printedWorstCase(0.05968587238095239) // 0.059685872 */
export function printedWorstCase(worstCase: number): number {
  return printed(worstCase);
}

/**
 * The margins of one coin as the venue prints them (M-108): the worst case is rounded to nine decimals of a coin before it is summed, and so is
 * initial margin at the end. Coins.
 * @example printedMargins(parts, beside, 0.8) // { riskMatrix: 0.06284313098, initial: 0.122861343, maintenance: 0.050274504784 }
 */
export function printedMargins(parts: MatrixMargin, beside: BesideMatrix, mmFactor: number) {
  const riskMatrix = riskMatrixMargin({ ...parts, worstCase: printedWorstCase(parts.worstCase) });
  const { initial, maintenance } = portfolioMargins(riskMatrix, beside, mmFactor);
  return { riskMatrix, initial: printed(initial), maintenance };
}

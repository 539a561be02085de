// Correlations: never powers, always mixtures, because a mixture of correlation matrices is one.

import { type Instant, isRefusal, type Refusal, refuse } from '../base/index.ts';
import { closed } from './approach.ts';
import { type BothWays, MS_PER_HOUR } from './policy.ts';

/** Rows of a square matrix. */
export type Matrix = readonly (readonly number[])[];

/** What is known of correlations now. */
export interface MixObservation {
  readonly at: Instant;
  /** Through the cycle, and of now. */
  readonly anchor: Matrix;
  readonly raw: Matrix;
  /** w asked for, from 0 (the anchor alone) to 1 (the raw matrix alone). */
  readonly weight: number;
}

/** How w and the matrix may move. */
export interface MixPolicy {
  /** Largest w that is ever used: the elasticity of correlations. */
  readonly weightMax: number;
  /** Hours in which half of the way to the weight asked for is made. */
  readonly halfLife: BothWays;
  /** Largest change of w per day; absent where there is no limit. */
  readonly speedMax?: BothWays;
  /** Largest change of any correlation per day; absent where there is no limit. */
  readonly entryMax?: number;
  /** Hours of silence that count at most. */
  readonly gapMax: number;
}

/** What is in force: plain data. */
export interface MixState {
  readonly at: Instant;
  readonly weight: number;
  readonly matrix: Matrix;
}

/** Half of the way, a day up and a month down, no correlation by more than a tenth in a day. */
export const mixDefaults: MixPolicy = {
  weightMax: 0.5,
  halfLife: { rise: 24, fall: 720 },
  speedMax: { rise: 0.25, fall: 0.05 },
  entryMax: 0.1,
  gapMax: 24,
};

/** What is left this far below zero is rounding; beyond it the matrix is none of correlations. */
const PIVOT_SLACK = 1e-8;
const SIZE_MAX = 256;

function doubtShape(matrix: Matrix, size: number, where: string): Refusal | undefined {
  if (matrix.length !== size || size > SIZE_MAX || matrix.some((row) => row.length !== size)) {
    return refuse('out-of-range', `give a square matrix of ${Math.min(size, SIZE_MAX)} rows.`, where);
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = matrix[i]![j]!;
      const sound = i === j ? value === 1 : value === matrix[j]![i]! && value >= -1 && value <= 1;
      if (!sound) {
        const message = `entry ${i + 1}, ${j + 1} is ${value}; give a symmetric matrix with ones on its diagonal and the rest from -1 to 1.`;
        return refuse('out-of-range', message, where);
      }
    }
  }
  return undefined;
}

/**
 * Whether no portfolio has a negative variance under it: elimination that takes the largest variance left first, so that rounding does not grow;
 * once none is left, nothing else may be.
 */
function isPositive(matrix: Matrix): boolean {
  const rows = matrix.map((row) => [...row]);
  const left = rows.map((_, i) => i);
  while (left.length > 0) {
    const k = left.reduce((best, i) => (rows[i]![i]! > rows[best]![best]! ? i : best));
    const pivot = rows[k]![k]!;
    if (pivot <= PIVOT_SLACK) {
      return left.every((i) => left.every((j) => Math.abs(rows[i]![j]!) <= PIVOT_SLACK));
    }
    left.splice(left.indexOf(k), 1);
    for (const i of left) {
      const share = rows[i]![k]! / pivot;
      for (const j of left) rows[i]![j] = rows[i]![j]! - share * rows[k]![j]!;
    }
  }
  return true;
}

/** The first thing wrong with a matrix of correlations. @example doubtCorrelations([[1, 0.8], [0.8, 1]], 2, 'raw') // undefined */
export function doubtCorrelations(matrix: Matrix, size: number, where: string): Refusal | undefined {
  const fault = doubtShape(matrix, size, where);
  if (fault !== undefined || isPositive(matrix)) return fault;
  return refuse(
    'out-of-range',
    'the matrix gives some portfolio a negative variance; repair it first.',
    where,
  );
}

/** `(1 - w) A + w B`, entry by entry. @example mixed([[1, 0], [0, 1]], [[1, 1], [1, 1]], 0.25)[0][1] // 0.25 */
export function mixed(anchor: Matrix, raw: Matrix, weight: number): Matrix {
  if (weight === 0) return anchor;
  if (weight === 1) return raw;
  return anchor.map((row, i) =>
    row.map((value, j) => (i === j ? 1 : value + weight * (raw[i]![j]! - value))),
  );
}

function doubtMix(observation: MixObservation, policy: MixPolicy, last?: MixState): Refusal | undefined {
  const { weightMax, halfLife, speedMax, entryMax, gapMax } = policy;
  const rates = [halfLife.rise, halfLife.fall, speedMax?.rise ?? 0, speedMax?.fall ?? 0, entryMax ?? 0];
  if (!(weightMax >= 0 && weightMax <= 1 && gapMax > 0 && rates.every((rate) => rate >= 0))) {
    return refuse(
      'bad-parameter',
      'give weightMax from 0 to 1, gapMax above 0, all rates of at least 0.',
      'policy',
    );
  }
  const { at, anchor, raw, weight } = observation;
  if (!(weight >= 0 && weight <= 1)) {
    return refuse('out-of-range', `the weight is ${weight}; give a number from 0 to 1.`, 'weight');
  }
  if (!Number.isFinite(at) || (last !== undefined && at < last.at)) {
    return refuse('out-of-range', `the time ${at} is not after the last; give observations in order.`, 'at');
  }
  const size = last?.matrix.length ?? anchor.length;
  return doubtCorrelations(anchor, size, 'anchor') ?? doubtCorrelations(raw, size, 'raw');
}

/**
 * Correlations in force after an observation (M-155): w moves to `min(w asked, weightMax)` by half-lives and speed; the matrix moves to
 * `(1 - w) C_anchor + w C_raw`, in full, or where a correlation would change by more than `entryMax` a day, by the largest common share of
 * the way that keeps it. Both are mixtures, so every state is a correlation matrix. Refuses what is no matrix of correlations.
 * @example governMix(undefined, { at, anchor, raw, weight: 1 }, mixDefaults) // { at, weight: 0.5, matrix: half of each }
 */
export function governMix(
  last: MixState | undefined,
  observation: MixObservation,
  policy: MixPolicy,
): MixState | Refusal {
  const fault = doubtMix(observation, policy, last);
  if (isRefusal(fault)) return fault;
  const { at, anchor, raw } = observation;
  const wanted = Math.min(observation.weight, policy.weightMax);
  if (last === undefined) return { at, weight: wanted, matrix: mixed(anchor, raw, wanted) };
  const hours = Math.min((at - last.at) / MS_PER_HOUR, policy.gapMax);
  const way = wanted > last.weight ? 'rise' : 'fall';
  const speed = policy.speedMax === undefined ? Number.POSITIVE_INFINITY : policy.speedMax[way] / 24;
  const gap = Math.abs(wanted - last.weight);
  const step = closed(gap, hours, policy.halfLife[way], speed);
  const weight = step >= gap ? wanted : last.weight + (way === 'rise' ? step : -step);
  const target = mixed(anchor, raw, weight);
  if (policy.entryMax === undefined) return { at, weight, matrix: target };
  const far = target.reduce(
    (most, row, i) => row.reduce((m, v, j) => Math.max(m, Math.abs(v - last.matrix[i]![j]!)), most),
    0,
  );
  const most = (policy.entryMax * hours) / 24;
  return { at, weight, matrix: far <= most ? target : mixed(last.matrix, target, most / far) };
}

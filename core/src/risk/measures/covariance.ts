// How moves of risk factors go together: covariances of a history, faded with age, and shrunk towards what a short history cannot deny.

import { isRefusal, type Refusal, refuse } from '../../base/index.ts';
import { FACTORS_MAX, type SquareMatrix, trace } from './matrix.ts';
import { ageWeights, doubtNumbers } from './tail.ts';

/** A shrunk covariance: how far it was pulled, 0 not at all, 1 onto the target. */
export interface Shrunk {
  readonly matrix: SquareMatrix;
  readonly intensity: number;
}

/**
 * Covariance of a history around its mean, all dates alike; `rows` are dates, oldest first, each with one move per factor.
 *
 *     S = 1/n sum_t (x_t - m)(x_t - m)'
 *
 * Units: products of the factors'. Errors: no dates, ragged rows, a number that is none, fewer than two dates, more than 512 factors.
 * Source: M-144.
 * @example sampleCovariance([[1], [3]]) // [[1]]
 */
export function sampleCovariance(rows: readonly ArrayLike<number>[]): SquareMatrix | Refusal {
  const doubt = doubtHistory(rows);
  return doubt ?? momentsOf(centred(rows), undefined);
}

/**
 * Covariance around zero with weights that fade with age; moves over hours and days have no mean worth estimating.
 *
 *     S = sum_t w_t x_t x_t',  w_t as `ageWeights` (they add up to 1); decay 0.97 is a half-life of 22.8 dates
 *
 * Units: products of the factors'. Errors: as `sampleCovariance`; a decay outside (0, 1]. Source: M-144; RiskMetrics 1996, whose
 * recursion this is once its seed has faded.
 * @example ewmaCovariance([[1], [2]], 0.5) // [[3]], (1 + 2 x 4)/3
 */
export function ewmaCovariance(rows: readonly ArrayLike<number>[], decay = 0.97): SquareMatrix | Refusal {
  const doubt = doubtHistory(rows);
  if (doubt !== undefined) return doubt;
  const weights = ageWeights(rows.length, decay);
  return isRefusal(weights) ? weights : momentsOf(rows, weights);
}

/**
 * The sample covariance shrunk to a multiple of the unit matrix: well conditioned however short the history.
 *
 *     (1 - d) S + d u I,  u = tr S/p,  d = min(1, b^2/a^2),  a^2 = |S - u I|^2/p,  b^2 = sum_t |x_t x_t' - S|^2/(p n^2)
 *
 * x are moves around their mean, |.| the Frobenius norm. Where S is a multiple of I already, d = 0. With a decay, S is `ewmaCovariance` and
 * b^2 = sum_t w_t^2 |x_t x_t' - S|^2/p, which is the same where all weights are 1/n. Units and errors: as
 * `sampleCovariance`. Source: M-144; Ledoit and Wolf 2004, A well-conditioned estimator for large-dimensional covariance matrices.
 * @example ledoitWolf(rows).intensity // 0.491 on the eight dates of the test
 */
export function ledoitWolf(rows: readonly ArrayLike<number>[], decay?: number): Shrunk | Refusal {
  const doubt = doubtHistory(rows);
  if (doubt !== undefined) return doubt;
  const weights = decay === undefined ? undefined : ageWeights(rows.length, decay);
  if (weights !== undefined && isRefusal(weights)) return weights;
  const moves = weights === undefined ? centred(rows) : rows;
  const sample = momentsOf(moves, weights);
  const { size, values } = sample;
  const count = rows.length;
  const level = trace(sample) / size;
  let away = 0;
  for (let k = 0; k < values.length; k++) {
    const target = k % (size + 1) === 0 ? level : 0;
    away += (values[k]! - target) * (values[k]! - target);
  }
  let noise = 0;
  for (let t = 0; t < count; t++) {
    const move = moves[t]!;
    // Of n alike in units of 1/n, so that sums of them keep their bits.
    const weight = weights === undefined ? 1 : weights[t]! * count;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const miss = move[i]! * move[j]! - values[i * size + j]!;
        noise += weight * weight * (miss * miss);
      }
    }
  }
  const intensity = away > 0 ? Math.min(1, noise / (count * count) / away) : 0;
  const shrunk = values.map((value, k) => {
    const target = k % (size + 1) === 0 ? level : 0;
    return (1 - intensity) * value + intensity * target;
  });
  return { matrix: { size, values: shrunk }, intensity };
}

/**
 * Standard deviations and correlations of a covariance.
 *
 *     s_i = sqrt(S_ii),  C_ij = S_ij/(s_i s_j), held within [-1, 1] against rounding
 *
 * Units: those of the factors; none. Errors: a factor that never moves has no correlation, and is named by its place. Source: M-144.
 * @example correlationOf(covariance) // { stdevs, correlation }
 */
export function correlationOf({
  size,
  values,
}: SquareMatrix): { readonly stdevs: Float64Array; readonly correlation: SquareMatrix } | Refusal {
  const stdevs = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const variance = values[i * size + i]!;
    if (!(variance > 0 && Number.isFinite(variance))) {
      return refuse(
        'no-volatility',
        `factor ${i} has a variance of ${variance}; leave it out or give it a proxy that moves.`,
      );
    }
    stdevs[i] = Math.sqrt(variance);
  }
  const correlation = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const rho = values[i * size + j]! / stdevs[i]! / stdevs[j]!;
      correlation[i * size + j] = i === j ? 1 : Math.min(1, Math.max(-1, rho));
    }
  }
  return { stdevs, correlation: { size, values: correlation } };
}

/**
 * The covariance of correlations and standard deviations.
 *
 *     S_ij = s_i C_ij s_j
 *
 * Units: products of the factors'. Errors: sizes that differ, a stdev that is negative or not finite. Source: M-144.
 * @example covarianceOf(identityOf(2), [0.04, 0.05])
 */
export function covarianceOf(correlation: SquareMatrix, stdevs: ArrayLike<number>): SquareMatrix | Refusal {
  const { size } = correlation;
  if (stdevs.length !== size) {
    return refuse('malformed', `${size} factors have ${stdevs.length} standard deviations; give one each.`);
  }
  for (let i = 0; i < size; i++) {
    if (!(stdevs[i]! >= 0 && Number.isFinite(stdevs[i]))) {
      return refuse('out-of-range', `standard deviation ${i} is ${stdevs[i]}; it must be finite and >= 0.`);
    }
  }
  const values = correlation.values.map((rho, k) => stdevs[Math.floor(k / size)]! * rho * stdevs[k % size]!);
  return { size, values };
}

function centred(rows: readonly ArrayLike<number>[]): Float64Array[] {
  const size = rows[0]!.length;
  const mean = new Float64Array(size);
  for (const row of rows) for (let j = 0; j < size; j++) mean[j]! += row[j]!;
  for (let j = 0; j < size; j++) mean[j]! /= rows.length;
  return rows.map((row) => Float64Array.from(row, (value, j) => value - mean[j]!));
}

// Second moments, dates ascending; the upper half is computed and mirrored, so that halves agree to the last bit.
function momentsOf(rows: readonly ArrayLike<number>[], weights: Float64Array | undefined): SquareMatrix {
  const size = rows[0]!.length;
  const values = new Float64Array(size * size);
  for (let t = 0; t < rows.length; t++) {
    const row = rows[t]!;
    const weight = weights === undefined ? 1 : weights[t]!;
    for (let i = 0; i < size; i++) {
      const left = weight * row[i]!;
      for (let j = i; j < size; j++) values[i * size + j]! += left * row[j]!;
    }
  }
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const moment = weights === undefined ? values[i * size + j]! / rows.length : values[i * size + j]!;
      values[i * size + j] = moment;
      values[j * size + i] = moment;
    }
  }
  return { size, values };
}

function doubtHistory(rows: readonly ArrayLike<number>[]): Refusal | undefined {
  if (rows.length < 2) {
    return refuse('too-short', `a history of ${rows.length} dates has no covariance; 2 are needed at least.`);
  }
  const size = rows[0]!.length;
  if (size > FACTORS_MAX) return refuse('too-large', `${size} factors; ${FACTORS_MAX} is the limit.`);
  for (let t = 0; t < rows.length; t++) {
    if (rows[t]!.length !== size) {
      return refuse('malformed', `date ${t} has ${rows[t]!.length} moves; ${size} are needed.`);
    }
    const doubt = doubtNumbers(rows[t]!, `date ${t}`);
    if (doubt !== undefined) return doubt;
  }
  return undefined;
}

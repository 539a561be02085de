// Seeded draws of moves that go together: Gaussian, or Student's t, where extremes come at the same time.

import { isRefusal, type Prng, type Refusal, refuse } from '../../base/index.ts';
import { log, normalCdf, normalInverse, studentCdf } from '../../kernel/index.ts';
import { cholesky, type SquareMatrix } from './matrix.ts';
import { doubtDegrees } from './parametric.ts';
import { doubtCorrelation } from './repair.ts';

/** How moves depend on each other: `student` with few degrees of freedom makes far moves coincide whatever the correlation. */
export type Copula = { readonly kind: 'gaussian' } | { readonly kind: 'student'; readonly degrees: number };

/** Draws, row-major: move of factor j in draw i is `values[i * size + j]`. */
export interface Draws {
  readonly count: number;
  readonly size: number;
  readonly values: Float64Array;
}

/** Numbers one call may draw: 512 MiB of them. */
const DRAWS_MAX = 2 ** 26;
const HALF_STEP = 2 ** -54; // half of a Prng's spacing: its 0 becomes a number that has a quantile

/**
 * Moves of unit variance with the given correlations: multivariate normal, or multivariate t.
 *
 *     gaussian: L e;  student: L e sqrt((v - 2)/c),  e standard normal by inversion,  c chi-square of v degrees,  L L' = correlation
 *
 * Units: standard deviations. Errors: what is no correlation matrix (repair it first), degrees outside (2, 1e6], a count that is no
 * positive integer or too large. Same seed, same bits; the same stream whatever the copula up to the mixing variable. Source: M-147.
 * @example drawShocks(identityOf(2), { kind: 'gaussian' }, 1000, seededPrng(1))
 */
export function drawShocks(
  correlation: SquareMatrix,
  copula: Copula,
  count: number,
  prng: Prng,
): Draws | Refusal {
  return draw(correlation, copula, { count, steps: 1 }, prng, (x) => x);
}

/**
 * Paths of moves: steps of unit variance with the given correlations, independent of each other but for the mixing variable, which
 * a path keeps to its end, so that where it ends is multivariate t as well.
 *
 *     step d of path i: L e_id,  student: L e_id sqrt((v - 2)/c_i)
 *
 * Move of factor j in step d of path i is `values[(i * steps + d) * size + j]`. Units, errors: as `drawShocks`, which is one step. Source: M-147.
 * @example drawPaths(identityOf(2), { kind: 'student', degrees: 4 }, 1000, 6, seededPrng(1))
 */
export function drawPaths(
  correlation: SquareMatrix,
  copula: Copula,
  count: number,
  steps: number,
  prng: Prng,
): Draws | Refusal {
  if (!(Number.isSafeInteger(steps) && steps > 0)) {
    return refuse('bad-parameter', `${steps} steps a path are asked for; give a positive integer.`);
  }
  return draw(correlation, copula, { count, steps }, prng, (x) => x);
}

/**
 * The copula alone: numbers uniform on (0, 1) that depend on each other as the moves of `drawShocks` do; give them margins of your own,
 * a history's by `sampleQuantile`.
 *
 *     gaussian: N(x);  student: T_v(x sqrt(v/(v - 2)))
 *
 * Units: probability. Errors: as `drawShocks`. Source: M-147; Demarta and McNeil 2005.
 * @example drawUniforms(correlation, { kind: 'student', degrees: 4 }, 1000, seededPrng(1))
 */
export function drawUniforms(
  correlation: SquareMatrix,
  copula: Copula,
  count: number,
  prng: Prng,
): Draws | Refusal {
  const paths = { count, steps: 1 };
  if (copula.kind === 'gaussian') return draw(correlation, copula, paths, prng, normalCdf);
  const { degrees } = copula;
  const widen = Math.sqrt(degrees / (degrees - 2));
  return draw(correlation, copula, paths, prng, (x) => studentCdf(x * widen, degrees));
}

/**
 * The quantile of a sample sorted ascending, as an order statistic.
 *
 *     x_(ceil(u N)), x_(1) at u = 0
 *
 * Units: the sample's. Errors: none; an empty sample gives NaN, and `u` is held within [0, 1]. Source: M-147.
 * @example sampleQuantile([1, 2, 3, 4], 0.5) // 2
 */
export function sampleQuantile(sorted: ArrayLike<number>, u: number): number {
  const rank = Math.ceil(u * sorted.length);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] ?? Number.NaN;
}

function draw(
  correlation: SquareMatrix,
  copula: Copula,
  { count, steps }: { readonly count: number; readonly steps: number },
  prng: Prng,
  margin: (x: number) => number,
): Draws | Refusal {
  const { size } = correlation;
  const doubt = doubtDraws(correlation, copula, Number.isSafeInteger(count) ? count * steps : count);
  if (doubt !== undefined) return doubt;
  const factor = cholesky(correlation);
  if (isRefusal(factor)) return factor;
  const lower = factor.values;
  const values = new Float64Array(count * steps * size);
  const e = new Float64Array(steps * size);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < e.length; j++) e[j] = normalInverse(prng.next() + HALF_STEP);
    const scale = copula.kind === 'gaussian' ? 1 : mixing(copula.degrees, prng);
    for (let d = 0; d < e.length; d += size) {
      for (let j = 0; j < size; j++) {
        let move = 0;
        for (let k = 0; k <= j; k++) move += lower[j * size + k]! * e[d + k]!;
        values[i * e.length + d + j] = margin(scale * move);
      }
    }
  }
  return { count, size, values };
}

// sqrt((v - 2)/chi-square of v degrees): unit variance after mixing.
function mixing(degrees: number, prng: Prng): number {
  return Math.sqrt((degrees - 2) / (2 * gammaDraw(degrees / 2, prng)));
}

// Gamma of shape >= 1, scale 1: Marsaglia and Tsang 2000. About 1.05 trials a draw, each of one normal and one uniform.
function gammaDraw(shape: number, prng: Prng): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalInverse(prng.next() + HALF_STEP);
    const u = prng.next() + HALF_STEP;
    const root = 1 + c * x;
    const v = root * root * root;
    if (v > 0 && log(u) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
  }
}

function doubtDraws(correlation: SquareMatrix, copula: Copula, count: number): Refusal | undefined {
  const doubt =
    doubtCorrelation(correlation) ?? (copula.kind === 'student' ? doubtDegrees(copula.degrees) : undefined);
  if (doubt !== undefined) return doubt;
  if (!(Number.isSafeInteger(count) && count > 0)) {
    return refuse('bad-parameter', `${count} draws are asked for; give a positive integer.`);
  }
  if (count * correlation.size <= DRAWS_MAX) return undefined;
  return refuse(
    'too-large',
    `${count} draws of ${correlation.size} factors; ${DRAWS_MAX} numbers are the limit.`,
  );
}

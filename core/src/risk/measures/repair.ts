// Correlations that belong to no distribution, mended: matrices pieced together, stressed by hand or rounded may have a negative eigenvalue.

import { isRefusal, type Refusal, refuse } from '../../base/index.ts';
import { eigenOf, type SquareMatrix } from './matrix.ts';

/** A correlation matrix that is one, and the largest change any element needed. */
export interface Repaired {
  readonly matrix: SquareMatrix;
  readonly moved: number;
}

/** Alternating projections converge linearly; at the limit the last positive matrix is rescaled, a valid answer near the nearest. */
const ROUNDS_MAX = 2_000;
const SETTLED = 1e-12; // largest change of an element in a round
const ROUNDING = 1e-12; // an eigenvalue this little below zero is rounding, and is left alone

/**
 * The nearest correlation matrix in the Frobenius norm, by alternating projections with Dykstra's correction.
 *
 *     R = Y - D;  X = R with eigenvalues >= 0;  D = X - R;  Y = X with a unit diagonal;  until Y stands still
 *
 * A matrix that is a correlation already comes back as it is. Units: none. Errors: a diagonal that is not 1, an element that is none.
 * Source: M-145; Higham 2002, Computing the nearest correlation matrix.
 * @example nearestCorrelation([[1,1,0],[1,1,1],[0,1,1]]) // off the diagonal 0.760690, 0.157298, 0.760690
 */
export function nearestCorrelation(matrix: SquareMatrix): Repaired | Refusal {
  const doubt = doubtCorrelation(matrix);
  if (doubt !== undefined) return doubt;
  if (isPositive(matrix)) return { matrix, moved: 0 };
  const { size } = matrix;
  let y = matrix.values.slice();
  let x: Float64Array = y;
  const correction = new Float64Array(size * size);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const reduced = y.map((value, k) => value - correction[k]!);
    x = positivePart({ size, values: reduced }, 0);
    for (let k = 0; k < x.length; k++) correction[k] = x[k]! - reduced[k]!;
    let change = 0;
    const next = x.slice();
    for (let i = 0; i < size; i++) next[i * size + i] = 1;
    for (let k = 0; k < next.length; k++) change = Math.max(change, Math.abs(next[k]! - y[k]!));
    y = next;
    if (change <= SETTLED) break;
  }
  return rescaled(matrix, x);
}

/**
 * The quick repair: eigenvalues below a floor are lifted to it, the diagonal rescaled to 1. Moves more than `nearestCorrelation`.
 *
 *     X = V max(values, floor) V';  C_ij = X_ij/sqrt(X_ii X_jj)
 *
 * Units: none. Errors: as `nearestCorrelation`; a floor outside [0, 1]. Source: M-145; Rebonato and Jaeckel 1999 for the rescaling.
 * @example clipCorrelation([[1,1,0],[1,1,1],[0,1,1]]) // off the diagonal 0.739539, 0.093836, 0.739539
 */
export function clipCorrelation(matrix: SquareMatrix, floor = 0): Repaired | Refusal {
  const doubt = doubtCorrelation(matrix);
  if (doubt !== undefined) return doubt;
  if (!(floor >= 0 && floor <= 1)) return refuse('bad-parameter', `floor ${floor} lies outside [0, 1].`);
  const { values } = eigenOf(matrix);
  if (values[values.length - 1]! >= Math.max(floor, -ROUNDING)) return { matrix, moved: 0 };
  return rescaled(matrix, positivePart(matrix, floor));
}

/**
 * Correlations between the first and the second of two matrices, element by element: positive if both are.
 *
 *     (1 - w) A + w R
 *
 * Units: none. Errors: sizes that differ, a weight outside [0, 1], a matrix that is no table of correlations. Source: M-146.
 * @example mixCorrelations(anchor, raw, 0.25)
 */
export function mixCorrelations(
  anchor: SquareMatrix,
  raw: SquareMatrix,
  weight: number,
): SquareMatrix | Refusal {
  const doubt = doubtCorrelation(anchor) ?? doubtCorrelation(raw);
  if (doubt !== undefined) return doubt;
  if (anchor.size !== raw.size) {
    return refuse('malformed', `correlations of ${anchor.size} and of ${raw.size} factors cannot be mixed.`);
  }
  if (!(weight >= 0 && weight <= 1)) return refuse('bad-parameter', `weight ${weight} lies outside [0, 1].`);
  const values = anchor.values.map((value, k) => (1 - weight) * value + weight * raw.values[k]!);
  return { size: anchor.size, values };
}

/**
 * Correlations stressed one way, and repaired where that breaks them: hedges are judged where they come apart (`down`), bets that
 * add up where everything moves as one (`up`). A margin takes the worst of both and none.
 *
 *     up: r + s (1 - r);   down: r - s (r + 1)
 *
 * `up` mixes with the matrix of ones and stays positive; `down` may not. Units: none. Errors: as `nearestCorrelation`; a strength
 * outside [0, 1] (0.25 is the default: hourly 0.84 becomes 0.88 and 0.38). Source: M-146.
 * @example stressCorrelation(correlation, 'down').matrix
 */
export function stressCorrelation(
  matrix: SquareMatrix,
  way: 'up' | 'down',
  strength = 0.25,
): Repaired | Refusal {
  const doubt = doubtCorrelation(matrix);
  if (doubt !== undefined) return doubt;
  if (!(strength >= 0 && strength <= 1)) {
    return refuse('bad-parameter', `strength ${strength} lies outside [0, 1]; 0.25 is usual.`);
  }
  const { size } = matrix;
  const values = matrix.values.map((rho, k) => {
    if (k % (size + 1) === 0) return 1;
    return way === 'up' ? rho + strength * (1 - rho) : rho - strength * (rho + 1);
  });
  const repaired = nearestCorrelation({ size, values });
  return isRefusal(repaired) ? repaired : { matrix: repaired.matrix, moved: repaired.moved };
}

// V max(values, floor) V', summed over falling eigenvalues.
function positivePart(matrix: SquareMatrix, floor: number): Float64Array {
  const { size } = matrix;
  const { values, vectors } = eigenOf(matrix);
  const out = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    const value = Math.max(floor, values[k]!);
    if (value === 0) continue;
    for (let i = 0; i < size; i++) {
      const left = value * vectors.values[i * size + k]!;
      for (let j = i; j < size; j++) out[i * size + j]! += left * vectors.values[j * size + k]!;
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) out[i * size + j] = out[j * size + i]!;
  return out;
}

// A positive matrix brought to a unit diagonal stays positive.
function rescaled({ size, values }: SquareMatrix, positive: Float64Array): Repaired {
  let moved = 0;
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const scale = Math.sqrt(positive[i * size + i]!) * Math.sqrt(positive[j * size + j]!);
      // A row of zeros is a factor that nothing ties to the others.
      const rho = scale > 0 ? positive[i * size + j]! / scale : 0;
      out[i * size + j] = i === j ? 1 : Math.min(1, Math.max(-1, rho));
      moved = Math.max(moved, Math.abs(out[i * size + j]! - values[i * size + j]!));
    }
  }
  return { matrix: { size, values: out }, moved };
}

function isPositive(matrix: SquareMatrix): boolean {
  const { values } = eigenOf(matrix);
  return values[values.length - 1]! >= -ROUNDING;
}

/** Refuses what is no table of correlations: a unit diagonal, finite, symmetric. @example doubtCorrelation(identityOf(2)) // undefined */
export function doubtCorrelation({ size, values }: SquareMatrix): Refusal | undefined {
  if (size === 0 || values.length !== size * size) {
    return refuse('malformed', `a matrix of size ${size} has ${values.length} elements.`);
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const value = values[i * size + j]!;
      if (!Number.isFinite(value)) return refuse('malformed', `correlation (${i}, ${j}) is ${value}.`);
      if (Math.abs(value - values[j * size + i]!) > ROUNDING) {
        return refuse('malformed', `correlations (${i}, ${j}) and (${j}, ${i}) differ.`);
      }
    }
    if (Math.abs(values[i * size + i]! - 1) > 1e-9) {
      return refuse(
        'malformed',
        `element (${i}, ${i}) is ${values[i * size + i]}; correlations have 1 on the diagonal.`,
      );
    }
  }
  return undefined;
}

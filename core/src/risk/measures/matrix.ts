// Small dense symmetric matrices: read, multiply, factor, take apart. Sizes here are numbers of risk factors, at most a few hundred.

import { assert, type Refusal, refuse } from '../../base/index.ts';

/** A square matrix, row-major: element (i, j) is `values[i * size + j]`. */
export interface SquareMatrix {
  readonly size: number;
  readonly values: Float64Array;
}

/** Eigenvalues in falling order, eigenvectors as the columns of `vectors`. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: SquareMatrix;
}

/** Risk factors one matrix may have: a Jacobi sweep costs size^3. */
export const FACTORS_MAX = 512;
const SWEEPS_MAX = 60; // quadratic convergence: 6 to 10 sweeps are usual, 60 say that something is wrong
const SYMMETRY = 1e-12; // relative to the largest element; what decimal text of sixteen digits can differ by

/**
 * A symmetric matrix from rows of numbers, doubted: finite, square, symmetric (the mean of both halves is taken).
 *
 * Units: none. Errors: ragged rows, a number that is none, halves that differ, more than 512 rows. Source: M-144.
 * @example symmetricOf([[1, 0.5], [0.5, 1]])
 */
export function symmetricOf(rows: readonly ArrayLike<number>[]): SquareMatrix | Refusal {
  const size = rows.length;
  if (size === 0) return refuse('empty', 'a matrix has no rows; give at least one.');
  if (size > FACTORS_MAX)
    return refuse('too-large', `a matrix has ${size} rows; ${FACTORS_MAX} is the limit.`);
  const values = new Float64Array(size * size);
  let largest = 0;
  for (let i = 0; i < size; i++) {
    const row = rows[i]!;
    if (row.length !== size)
      return refuse('malformed', `row ${i} has ${row.length} numbers; ${size} are needed.`);
    for (let j = 0; j < size; j++) {
      if (!Number.isFinite(row[j])) return refuse('malformed', `element (${i}, ${j}) is ${row[j]}.`);
      values[i * size + j] = row[j]!;
      largest = Math.max(largest, Math.abs(row[j]!));
    }
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const lower = values[i * size + j]!;
      const upper = values[j * size + i]!;
      if (Math.abs(lower - upper) > SYMMETRY * largest) {
        return refuse(
          'malformed',
          `elements (${i}, ${j}) and (${j}, ${i}) are ${lower} and ${upper}; a symmetric matrix is needed.`,
        );
      }
      const mean = 0.5 * lower + 0.5 * upper;
      values[i * size + j] = mean;
      values[j * size + i] = mean;
    }
  }
  return { size, values };
}

/** Rows of numbers, to print or to compare. @example rowsOf({ size: 1, values: Float64Array.of(2) }) // [[2]] */
export function rowsOf({ size, values }: SquareMatrix): number[][] {
  return Array.from({ length: size }, (_, i) => Array.from(values.subarray(i * size, (i + 1) * size)));
}

/** The product A B, summed over k ascending. @example multiply(a, b) */
export function multiply(a: SquareMatrix, b: SquareMatrix): SquareMatrix {
  assert(a.size === b.size, 'matrices that are multiplied have one size');
  const { size } = a;
  const values = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const left = a.values[i * size + k]!;
      if (left === 0) continue;
      for (let j = 0; j < size; j++) values[i * size + j]! += left * b.values[k * size + j]!;
    }
  }
  return { size, values };
}

/** A times a vector. @example times(identity, Float64Array.of(1, 2)) // [1, 2] */
export function times({ size, values }: SquareMatrix, vector: ArrayLike<number>): Float64Array {
  const out = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += values[i * size + j]! * vector[j]!;
    out[i] = sum;
  }
  return out;
}

/** Sum of products, index ascending. @example dot([1, 2], [3, 4]) // 11 */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Sum of the diagonal. @example trace(identityOf(3)) // 3 */
export function trace({ size, values }: SquareMatrix): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += values[i * size + i]!;
  return sum;
}

/** The unit matrix. @example rowsOf(identityOf(2)) // [[1, 0], [0, 1]] */
export function identityOf(size: number): SquareMatrix {
  const values = new Float64Array(size * size);
  for (let i = 0; i < size; i++) values[i * size + i] = 1;
  return { size, values };
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations: slow and exact, the same bits everywhere.
 *
 *     A = V diag(values) V',  V'V = I
 *
 * Error of an eigenvalue about 1e-15 of the largest. Each vector's largest component is positive (the first of equals), so that signs
 * are decided. Source: Golub and Van Loan, Matrix Computations, 8.5; Rutishauser 1966 for the rotation.
 * @example eigenOf({ size: 2, values: Float64Array.of(2, 1, 1, 2) }).values // [3, 1]
 */
export function eigenOf({ size, values }: SquareMatrix): Eigen {
  const a = values.slice();
  const v = identityOf(size).values;
  let norm = 0;
  for (const value of a) norm = Math.max(norm, Math.abs(value));
  for (let sweep = 0; norm > 0 && sweep < SWEEPS_MAX; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const element = Math.abs(a[p * size + q]!);
        off = Math.max(off, element);
        if (element > 1e-300 && element > 1e-18 * norm) rotate(a, v, size, p, q);
        else {
          a[p * size + q] = 0;
          a[q * size + p] = 0;
        }
      }
    }
    if (off <= 1e-18 * norm) break;
  }
  return sortEigen(a, v, size);
}

// One rotation in the plane (p, q) that makes a_pq zero.
function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const apq = a[p * size + q]!;
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  a[p * size + p]! -= t * apq;
  a[q * size + q]! += t * apq;
  a[p * size + q] = 0;
  a[q * size + p] = 0;
  for (let k = 0; k < size; k++) {
    if (k !== p && k !== q) {
      const akp = a[k * size + p]!;
      const akq = a[k * size + q]!;
      const low = c * akp - s * akq;
      const high = s * akp + c * akq;
      a[k * size + p] = low;
      a[p * size + k] = low;
      a[k * size + q] = high;
      a[q * size + k] = high;
    }
    const vkp = v[k * size + p]!;
    const vkq = v[k * size + q]!;
    v[k * size + p] = c * vkp - s * vkq;
    v[k * size + q] = s * vkp + c * vkq;
  }
}

function sortEigen(a: Float64Array, v: Float64Array, size: number): Eigen {
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (i, j) => a[j * size + j]! - a[i * size + i]! || i - j,
  );
  const values = new Float64Array(size);
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) => {
    values[to] = a[from * size + from]!;
    let largest = 0;
    for (let k = 0; k < size; k++) {
      const component = v[k * size + from]!;
      if (Math.abs(component) > Math.abs(largest) + 1e-12) largest = component;
    }
    for (let k = 0; k < size; k++) vectors[k * size + to] = v[k * size + from]! * (largest < 0 ? -1 : 1);
  });
  return { values, vectors: { size, values: vectors } };
}

/**
 * The lower triangle L with L L' = A; a pivot within 1e-12 of nothing (relative to the largest of the diagonal) gives a column of zeros.
 *
 * Units: the square root of A's. Errors: a negative pivot, or a zero one with something beside it: repair the matrix first (M-145).
 * @example rowsOf(cholesky({ size: 2, values: Float64Array.of(4, 2, 2, 5) }) as SquareMatrix) // [[2, 0], [1, 2]]
 */
export function cholesky({ size, values }: SquareMatrix): SquareMatrix | Refusal {
  const lower = new Float64Array(size * size);
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, values[i * size + i]!);
  const nothing = 1e-12 * largest;
  for (let j = 0; j < size; j++) {
    let pivot = values[j * size + j]!;
    for (let k = 0; k < j; k++) pivot -= lower[j * size + k]! * lower[j * size + k]!;
    if (!(pivot >= -nothing)) return notPositive(j);
    const root = pivot > nothing ? Math.sqrt(pivot) : 0;
    lower[j * size + j] = root;
    for (let i = j + 1; i < size; i++) {
      let rest = values[i * size + j]!;
      for (let k = 0; k < j; k++) rest -= lower[i * size + k]! * lower[j * size + k]!;
      // In a positive matrix a_ij^2 <= a_ii a_jj, so beside a pivot of nothing stands at most its root.
      if (root === 0 && Math.abs(rest) > 2 * Math.sqrt(nothing * largest)) return notPositive(j);
      lower[i * size + j] = root === 0 ? 0 : rest / root;
    }
  }
  return { size, values: lower };
}

function notPositive(column: number): Refusal {
  return refuse(
    'singular',
    `the matrix is not positive: pivot ${column} falls below zero; repair it (nearestCorrelation) first.`,
  );
}

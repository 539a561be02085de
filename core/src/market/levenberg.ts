// Small robust least squares: Levenberg-Marquardt with Huber loss inside a box. Deterministic, no allocation per step.

import { assert } from '../base/index.ts';

/** Residuals in units where 1 is "one tolerance"; `fill` writes residuals and, row-major, their derivatives. */
export interface Residuals {
  readonly rows: number;
  /** The first rows are evidence and are forgiven beyond `delta`; the rest are walls, whose loss stays quadratic. */
  readonly robustRows: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Writes `rows` residuals at `x`, and `rows x x.length` derivatives when `jacobian` is given. */
  fill(x: Float64Array, residual: Float64Array, jacobian: Float64Array | undefined): void;
}

/** Where the search ended and the loss there. */
export interface Fitted {
  readonly x: Float64Array;
  readonly loss: number;
}

/** Steps after which a search is as good as it gets: real chains settle in 10 to 25. */
const STEPS_MAX = 60;
/** Relative fall of the loss below which a step is called idle. */
const IDLE = 1e-6;
const DAMP_MAX = 1e10;

/**
 * Minimises `sum huber(r_i)`, `huber(r) = r^2/2` up to `delta` and `delta (|r| - delta/2)` beyond, over the box, from `start`.
 * Sources: Marquardt 1963; Huber 1964 by iteratively reweighted rows; parameters that lean on a bound are held there for a step.
 * @example minimise(problem, Float64Array.of(1, 0.2), 1).loss
 */
export function minimise(problem: Residuals, start: Float64Array, delta: number, steps = STEPS_MAX): Fitted {
  const size = start.length;
  const { rows, low, high } = problem;
  const residual = new Float64Array(rows);
  const jacobian = new Float64Array(rows * size);
  const normal = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  const step = new Float64Array(size);
  const trial = new Float64Array(size);
  const x = start.map((value, i) => Math.min(high[i]!, Math.max(low[i]!, value)));
  problem.fill(x, residual, jacobian);
  let loss = huberLoss(residual, problem.robustRows, delta);
  assert(Number.isFinite(loss), 'a fit starts from a finite loss');
  let damp = 1e-3;
  let idle = 0;
  for (let n = 0; n < steps && idle < 2; n++) {
    assemble(problem, residual, jacobian, delta, normal, gradient);
    hold(x, low, high, gradient, normal);
    let improved = false;
    while (!improved && damp < DAMP_MAX) {
      if (solveDamped(normal, gradient, damp, step)) {
        for (let i = 0; i < size; i++) trial[i] = Math.min(high[i]!, Math.max(low[i]!, x[i]! - step[i]!));
        problem.fill(trial, residual, undefined);
        const trialLoss = huberLoss(residual, problem.robustRows, delta);
        if (trialLoss < loss) {
          idle = loss - trialLoss < IDLE * loss ? idle + 1 : 0;
          loss = trialLoss;
          x.set(trial);
          improved = true;
        }
      }
      damp = improved ? Math.max(damp / 5, 1e-9) : damp * 4;
    }
    if (!improved) break;
    problem.fill(x, residual, jacobian);
  }
  return { x, loss };
}

/**
 * Huber loss of the first `robustRows` residuals and quadratic loss of the rest; infinite where one is not a number, so such a
 * step is never taken.
 * @example huberLoss(Float64Array.of(0.5, 3), 2, 1) // 0.125 + 2.5
 */
function huberLoss(residual: Float64Array, robustRows: number, delta: number): number {
  let sum = 0;
  for (let row = 0; row < residual.length; row++) {
    const size = Math.abs(residual[row]!);
    sum += size <= delta || row >= robustRows ? (size * size) / 2 : delta * (size - delta / 2);
  }
  return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum;
}

function assemble(
  { robustRows }: Residuals,
  residual: Float64Array,
  jacobian: Float64Array,
  delta: number,
  normal: Float64Array,
  gradient: Float64Array,
): void {
  const size = gradient.length;
  normal.fill(0);
  gradient.fill(0);
  for (let row = 0; row < residual.length; row++) {
    const r = residual[row]!;
    // A wall that is not touched has neither pull nor slope.
    if (row >= robustRows && r === 0) continue;
    const weight = row >= robustRows || Math.abs(r) <= delta ? 1 : delta / Math.abs(r);
    const at = row * size;
    for (let i = 0; i < size; i++) {
      const weighted = weight * jacobian[at + i]!;
      if (weighted === 0) continue;
      gradient[i]! += weighted * r;
      for (let j = 0; j <= i; j++) normal[i * size + j]! += weighted * jacobian[at + j]!;
    }
  }
}

/** A parameter on its bound whose descent points outwards is frozen: its row becomes the identity. */
function hold(
  x: Float64Array,
  low: Float64Array,
  high: Float64Array,
  gradient: Float64Array,
  normal: Float64Array,
): void {
  const size = x.length;
  for (let i = 0; i < size; i++) {
    const outwards = (x[i]! <= low[i]! && gradient[i]! > 0) || (x[i]! >= high[i]! && gradient[i]! < 0);
    if (!outwards) continue;
    for (let j = 0; j < i; j++) normal[i * size + j] = 0;
    for (let j = i + 1; j < size; j++) normal[j * size + i] = 0;
    normal[i * size + i] = 1;
    gradient[i] = 0;
  }
}

/** Solves `(N + damp diag(N)) step = g` by Cholesky; false when the matrix is not positive definite. */
function solveDamped(
  normal: Float64Array,
  gradient: Float64Array,
  damp: number,
  step: Float64Array,
): boolean {
  const size = gradient.length;
  const root = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = normal[i * size + j]!;
      if (i === j) sum += damp * Math.max(sum, 1e-12);
      for (let l = 0; l < j; l++) sum -= root[i * size + l]! * root[j * size + l]!;
      if (i !== j) root[i * size + j] = sum / root[j * size + j]!;
      else if (sum > 0) root[i * size + i] = Math.sqrt(sum);
      else return false;
    }
  }
  for (let i = 0; i < size; i++) {
    let sum = gradient[i]!;
    for (let l = 0; l < i; l++) sum -= root[i * size + l]! * step[l]!;
    step[i] = sum / root[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = step[i]!;
    for (let l = i + 1; l < size; l++) sum -= root[l * size + i]! * step[l]!;
    step[i] = sum / root[i * size + i]!;
  }
  return true;
}

// One expiry's SVI: a coarse quasi-explicit search for the valley, then a robust polish of all parameters with every residual in
// half-widths of its own quote, which is what puts the model inside bid and ask.

import type { Years } from '../base/index.ts';
import { BUTTERFLY_MARGIN, FENCE_ROWS, type Fence, openFence } from './fence.ts';
import { type Fitted, minimise, type Residuals } from './levenberg.ts';
import { durrlemanInto, TERM, varianceInto } from './terms.ts';

/** Evidence in columns: log-moneyness, vol, tolerance in vol. */
export interface Evidence {
  readonly k: Float64Array;
  readonly vol: Float64Array;
  readonly half: Float64Array;
  readonly years: Years;
}

/** Lee's bound with room for rounding. */
const SLOPE_MAX = 1.98;
const SLOPE_MIN = 1e-7;

/**
 * Robust fit of a smile to evidence, from `start`, inside a fence: residuals `(vol(k) - vol_i) / half_i`, Huber beyond `delta`.
 * @example fitFrom(evidence, openFence, searchOf(svi), 1).x
 */
export function fitFrom(evidence: Evidence, fence: Fence, start: Float64Array, delta: number): Fitted {
  return minimise(problemOf(evidence, fence, start.length), start, delta);
}

function problemOf(evidence: Evidence, fence: Fence, size: number): Residuals {
  const { k, vol, half, years } = evidence;
  const gradient = new Float64Array(size);
  const quoted = k.length;
  return {
    rows: quoted + FENCE_ROWS * fence.k.length,
    robustRows: quoted,
    ...boxOf(evidence, size),
    fill(x, residual, jacobian) {
      for (let i = 0; i < quoted; i++) {
        const w = varianceInto(x, k[i]!, gradient);
        const model = Math.sqrt(Math.max(w, 1e-12) / years);
        residual[i] = (model - vol[i]!) / half[i]!;
        const scale = 1 / (2 * years * model * half[i]!);
        if (jacobian) for (let j = 0; j < size; j++) jacobian[i * size + j] = gradient[j]! * scale;
      }
      for (let i = 0; i < fence.k.length; i++) {
        fencePoint(x, fence, i, quoted + FENCE_ROWS * i, gradient, residual, jacobian);
      }
    },
  };
}

function fencePoint(
  x: Float64Array,
  fence: Fence,
  point: number,
  row: number,
  gradient: Float64Array,
  residual: Float64Array,
  jacobian: Float64Array | undefined,
): void {
  const k = fence.k[point]!;
  const floor = fence.floor[point]!;
  const ceiling = fence.ceiling[point]!;
  const law = fence.law[point]!;
  const w = varianceInto(x, k, gradient);
  // Walls at infinity and at zero are open; a wall not breached has residual zero, and its derivatives are not read.
  wall(row, floor - w, (-100 * fence.advice) / floor);
  wall(row + 1, w - ceiling, (100 * fence.advice) / ceiling);
  wall(row + 2, w - law, (100 * fence.force) / law);
  wall(row + 3, BUTTERFLY_MARGIN - durrlemanInto(x, k, gradient), -100 * fence.force);

  function wall(at: number, breach: number, pull: number): void {
    residual[at] = breach > 0 ? Math.abs(pull) * breach : 0;
    if (!jacobian || !(breach > 0)) return;
    const size = gradient.length;
    for (let j = 0; j < size; j++) jacobian[at * size + j] = pull * gradient[j]!;
  }
}

function boxOf(evidence: Evidence, size: number): { low: Float64Array; high: Float64Array } {
  const { k, vol, years } = evidence;
  let volMin = Number.POSITIVE_INFINITY;
  let volMax = 0;
  for (const v of vol) {
    volMin = Math.min(volMin, v);
    volMax = Math.max(volMax, v);
  }
  const reach = Math.max(k[k.length - 1]! - k[0]!, volMax * Math.sqrt(years));
  const low = new Float64Array(size);
  const high = new Float64Array(size);
  low[0] = volMin * volMin * years * 1e-3;
  high[0] = volMax * volMax * years;
  for (let at = 1; at < size; at += TERM) {
    low.set([SLOPE_MIN, SLOPE_MIN, k[0]! - reach, 0.04 * volMin * Math.sqrt(years)], at);
    high.set([SLOPE_MAX, SLOPE_MAX, k[k.length - 1]! + reach, 4 * reach], at);
  }
  return { low, high };
}

/**
 * Starting points: for vertices m and roundnesses sigma on a coarse net, variance is linear in the other three (Zeliade's
 * quasi-explicit step), solved by weighted least squares and clamped to the box. The best few, best first.
 * @example startsOf(evidence, 2)[0]
 */
export function startsOf(evidence: Evidence, count: number): Float64Array[] {
  const { k, vol, years } = evidence;
  const problem = problemOf(evidence, openFence, 1 + TERM);
  let atm = vol[0]!;
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < k.length; i++) {
    if (Math.abs(k[i]!) < nearest) {
      nearest = Math.abs(k[i]!);
      atm = vol[i]!;
    }
  }
  const root = atm * Math.sqrt(years);
  const residual = new Float64Array(problem.rows);
  const found: { readonly x: Float64Array; readonly loss: number }[] = [];
  for (const m of [-1.5, -0.7, -0.2, 0.2, 0.7, 1.5]) {
    for (const sigma of [0.25, 0.6, 1.3, 3]) {
      const x = linearStep(evidence, m * root, sigma * root);
      for (let i = 0; i < x.length; i++) x[i] = Math.min(problem.high[i]!, Math.max(problem.low[i]!, x[i]!));
      problem.fill(x, residual, undefined);
      let loss = 0;
      for (const r of residual) loss += Math.abs(r);
      if (Number.isFinite(loss)) found.push({ x, loss });
    }
  }
  found.sort((left, right) => left.loss - right.loss);
  return found.slice(0, count).map(({ x }) => x);
}

/** `w = alpha + d x + e s` by weighted least squares (3 x 3 normal equations, Cramer). */
function linearStep(evidence: Evidence, m: number, sigma: number): Float64Array {
  const { k, vol, half, years } = evidence;
  const n = [0, 0, 0, 0, 0, 0];
  const r = [0, 0, 0];
  for (let i = 0; i < k.length; i++) {
    const x = (k[i]! - m) / sigma;
    const s = Math.sqrt(x * x + 1);
    const w = vol[i]! * vol[i]! * years;
    const tolerance = 2 * years * vol[i]! * half[i]!;
    const weight = 1 / (tolerance * tolerance);
    n[0]! += weight;
    n[1]! += weight * x;
    n[2]! += weight * s;
    n[3]! += weight * x * x;
    n[4]! += weight * x * s;
    n[5]! += weight * s * s;
    r[0]! += weight * w;
    r[1]! += weight * w * x;
    r[2]! += weight * w * s;
  }
  // A whisper of ridge keeps one- and two-strike evidence solvable.
  const [a, b, c, d, e, f] = [n[0]!, n[1]!, n[2]!, n[3]! + 1e-9 * n[0]!, n[4]!, n[5]! * (1 + 1e-9)];
  const [u, v, w] = [r[0]!, r[1]!, r[2]!];
  const det = a * (d * f - e * e) - b * (b * f - c * e) + c * (b * e - c * d);
  const alpha = (u * (d * f - e * e) - b * (v * f - w * e) + c * (v * e - w * d)) / det;
  const tilt = (a * (v * f - w * e) - u * (b * f - c * e) + c * (b * w - c * v)) / det;
  const lift = (a * (d * w - e * v) - b * (b * w - c * v) + u * (b * e - c * d)) / det;
  const p = Math.max((lift - tilt) / sigma, SLOPE_MIN);
  const q = Math.max((lift + tilt) / sigma, SLOPE_MIN);
  return Float64Array.of(alpha + sigma * Math.sqrt(p * q), p, q, m, sigma);
}

// One expiry's SVI: a coarse quasi-explicit search for the valley, then a robust polish of all five parameters with every
// residual in half-widths of its own quote, which is what puts the model inside bid and ask.

import type { Years } from '../base/index.ts';
import { durrleman } from './arbitrage.ts';
import type { Band } from './bands.ts';
import { type Fitted, minimise, type Residuals } from './levenberg.ts';
import type { RawSvi, Smile } from './market.ts';
import { totalVariance } from './smile.ts';

/** Evidence in columns: log-moneyness, vol, tolerance in vol. */
export interface Evidence {
  readonly k: Float64Array;
  readonly vol: Float64Array;
  readonly half: Float64Array;
  readonly years: Years;
}

/**
 * Where a smile should not go: variance above `floor` and below `ceiling` at each `k`, Durrleman's g above a margin at each `butterfly`.
 * Forces are the residual, in half-widths, of a breach of one percent of variance or of 0.01 of g.
 */
export interface Fence {
  readonly k: Float64Array;
  readonly floor: Float64Array;
  readonly floorForce: number;
  readonly ceiling: Float64Array;
  readonly ceilingForce: Float64Array;
  readonly butterfly: Float64Array;
  readonly butterflyForce: number;
}

/** Parameters of n SVI terms of equal weight that share their lowest variance: `[v, (p, c, m, sigma) x terms]`. */
export const TERM = 4;
/** Lee's bound with room for rounding. */
const SLOPE_MAX = 1.98;
const SLOPE_MIN = 1e-7;
/** Fits keep g this far above zero, so that quadratic walls may give a little. */
const BUTTERFLY_MARGIN = 0.005;

/**
 * Total variance of the search parameters at k and its gradient. A term with slopes p (left) and c (right), vertex m and
 * roundness sigma is `v - sigma sqrt(p c) + (c - p) x / 2 + (p + c) s / 2`: a box in (v, p, c, sigma) is exactly validity.
 */
function varianceInto(x: Float64Array, k: number, gradient: Float64Array): number {
  const terms = (x.length - 1) / TERM;
  const share = 1 / terms;
  let w = x[0]!;
  gradient[0] = 1;
  for (let term = 0; term < terms; term++) {
    const at = 1 + TERM * term;
    const p = x[at]!;
    const c = x[at + 1]!;
    const sigma = x[at + 3]!;
    const d = k - x[at + 2]!;
    const s = Math.sqrt(d * d + sigma * sigma);
    const q = Math.sqrt(p * c);
    w += share * (-sigma * q + ((c - p) * d + (p + c) * s) / 2);
    gradient[at] = share * ((s - d - (sigma * q) / p) / 2);
    gradient[at + 1] = share * ((s + d - (sigma * q) / c) / 2);
    gradient[at + 2] = share * (-(c - p + ((p + c) * d) / s) / 2);
    gradient[at + 3] = share * (-q + ((p + c) * sigma) / (2 * s));
  }
  return w;
}

function rawTerm(x: Float64Array, term: number): RawSvi {
  const at = 1 + TERM * term;
  const p = x[at]!;
  const c = x[at + 1]!;
  const b = (p + c) / 2;
  return {
    a: x[0]! - x[at + 3]! * Math.sqrt(p * c),
    b,
    rho: (c - p) / (p + c),
    m: x[at + 2]!,
    sigma: x[at + 3]!,
  };
}

/** The smile of search parameters: one term, or two of equal weight. */
export function smileOf(x: Float64Array): Smile {
  const near = rawTerm(x, 0);
  return x.length === 1 + TERM ? { near, far: near, mix: 0 } : { near, far: rawTerm(x, 1), mix: 0.5 };
}

/** Search parameters of a raw SVI. */
export function searchOf(svi: RawSvi): Float64Array {
  const flank = Math.sqrt(1 - svi.rho * svi.rho);
  return Float64Array.of(
    svi.a + svi.b * svi.sigma * flank,
    svi.b * (1 - svi.rho),
    svi.b * (1 + svi.rho),
    svi.m,
    svi.sigma,
  );
}

/**
 * Search parameters of two terms around one: the same smile told by a sharper and a rounder term, or by two vertices apart.
 * @example twoTermStarts(searchOf(svi))[0].length // 9
 */
export function twoTermStarts(x: Float64Array): Float64Array[] {
  const [v, p, c, m, sigma] = [x[0]!, x[1]!, x[2]!, x[3]!, x[4]!];
  return [
    Float64Array.of(v, p, c, m, 0.4 * sigma, p, c, m, 2 * sigma),
    Float64Array.of(v, p, c, m - 0.7 * sigma, sigma, p, c, m + 0.7 * sigma, sigma),
    Float64Array.of(v, 1.8 * p, 0.3 * c, m, sigma, 0.3 * p, 1.8 * c, m, sigma),
  ];
}

/**
 * Robust fit of a smile to evidence, from `start`, inside a fence: residuals `(vol(k) - vol_i) / half_i`, Huber beyond `delta`.
 * @example fitFrom(evidence, openFence, searchOf(svi), 1).x
 */
export function fitFrom(evidence: Evidence, fence: Fence, start: Float64Array, delta: number): Fitted {
  return minimise(problemOf(evidence, fence, start.length), start, delta);
}

function problemOf(evidence: Evidence, fence: Fence, size: number): Residuals {
  const { k, vol, half, years } = evidence;
  const box = boxOf(evidence, size);
  const gradient = new Float64Array(size);
  const quoted = k.length;
  const walls = fence.k.length;
  return {
    rows: quoted + 2 * walls + fence.butterfly.length,
    robustRows: quoted,
    ...box,
    fill(x, residual, jacobian) {
      for (let i = 0; i < quoted; i++) {
        const w = varianceInto(x, k[i]!, gradient);
        const model = Math.sqrt(Math.max(w, 1e-12) / years);
        residual[i] = (model - vol[i]!) / half[i]!;
        const scale = 1 / (2 * years * model * half[i]!);
        if (jacobian) for (let j = 0; j < size; j++) jacobian[i * size + j] = gradient[j]! * scale;
      }
      for (let i = 0; i < walls; i++) {
        const w = varianceInto(x, fence.k[i]!, gradient);
        const high = fence.ceiling[i]!;
        const low = fence.floor[i]!;
        wall(quoted + 2 * i, w - high, 1, (100 * fence.ceilingForce[i]!) / high);
        wall(quoted + 2 * i + 1, low - w, -1, (100 * fence.floorForce) / low);
      }
      butterflyRows(x, fence, quoted + 2 * walls, residual, jacobian);

      function wall(row: number, excess: number, sign: number, slope: number): void {
        // A wall at infinity or at zero is open: nothing is beyond it.
        const force = excess > 0 ? slope : 0;
        residual[row] = force === 0 ? 0 : force * excess;
        if (jacobian) for (let j = 0; j < size; j++) jacobian[row * size + j] = force * sign * gradient[j]!;
      }
    },
  };
}

/** Butterfly rows differentiate by differences: they are few, and asked for only after a violation. */
function butterflyRows(
  x: Float64Array,
  fence: Fence,
  firstRow: number,
  residual: Float64Array,
  jacobian: Float64Array | undefined,
): void {
  const at = fence.butterfly;
  if (at.length === 0) return;
  const size = x.length;
  const force = 100 * fence.butterflyForce;
  const here = smileOf(x);
  for (let i = 0; i < at.length; i++) {
    const lack = BUTTERFLY_MARGIN - durrleman(here, at[i]!);
    residual[firstRow + i] = lack > 0 ? force * Math.min(lack, 10) : 0;
    if (jacobian) for (let j = 0; j < size; j++) jacobian[(firstRow + i) * size + j] = 0;
  }
  if (!jacobian) return;
  const moved = x.slice();
  for (let j = 0; j < size; j++) {
    const h = 1e-6 * Math.max(Math.abs(x[j]!), 1e-3);
    moved[j] = x[j]! + h;
    const there = smileOf(moved);
    moved[j] = x[j]!;
    for (let i = 0; i < at.length; i++) {
      if (residual[firstRow + i] === 0) continue;
      const change = durrleman(here, at[i]!) - durrleman(there, at[i]!);
      jacobian[(firstRow + i) * size + j] = (force * change) / h;
    }
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

const NONE = new Float64Array(0);
/** A fence that forbids nothing. */
export const openFence: Fence = {
  k: NONE,
  floor: NONE,
  floorForce: 0,
  ceiling: NONE,
  ceilingForce: NONE,
  butterfly: NONE,
  butterflyForce: 0,
};

/** Borders between free fits are advice: a breach of one percent pulls like a third of a half-width. */
const ADVICE = 0.3;
/** Walls stand a hair inside the law, so that a fit leaning on one still passes between the fence's points. */
const WALL_MARGIN = 2e-3;

/**
 * A fence on given points: softly inside a band, and with `force` under a later smile and free of butterflies.
 * @example fenceOf(grid, band, undefined, 1)
 */
export function fenceOf(k: Float64Array, band: Band, late: Smile | undefined, force: number): Fence {
  const ceiling = band.ceiling.slice();
  const ceilingForce = new Float64Array(k.length).fill(ADVICE);
  for (let i = 0; i < k.length && late !== undefined; i++) {
    const law = totalVariance(late, k[i]!) * (1 - WALL_MARGIN);
    if (law > ceiling[i]!) continue;
    ceiling[i] = law;
    ceilingForce[i] = force;
  }
  return {
    k,
    floor: band.floor,
    floorForce: ADVICE,
    ceiling,
    ceilingForce,
    butterfly: k,
    butterflyForce: force,
  };
}

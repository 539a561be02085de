// The array kernel: one call row and one put row of a strike across lanes, from one evaluation per lane. No exp, no log, no
// allocation; one division per lane. N comes from a table of cubics, so the error is absolute (a share of forward), not
// relative: rows are for profit and loss over scenarios, `blackPrice` is for prices.
//
// Error bound. On a cell of width h the cubic through values and slopes at both ends misses f by f''''(x) t^2 (1-t)^2 h^4/24, one sign,
// at most f'''' h^4/384. Tabulating N + N'''' h^4/768 instead centres it: at most |N''''| h^4/768, still C1, so greeks by
// differences stay smooth. N'''' = (3z - z^3) phi(z). In c = N(d1) - k N(d2), k = K/F, the second error is magnified by k, but
// k phi(d2) = phi(d1) <= 0.4, so it is at most 0.4 |d2|^3 h^4/768 where d2 matters. For k <= 10^4 and d1 near 0, |d2| = 4.3:
// 26 h^4/768 = 5e-13 for h = 1/512 (8e-12 for 1/256, hence 512). The put adds half an ulp of k, 9e-13 at k = 10^4: 2e-12 holds.
//
// A WASM body can repeat the bits: add, multiply, divide, f64.min, f64.max and truncation, in the order written here.

import { normalCdf, normalPdf } from './normal.ts';

const CELLS_PER_UNIT = 512;
const REACH = 8.5; // N(-8.5) = 9e-18: with K/F = 1e4 still below 1e-13 of forward
const MIDDLE = REACH * CELLS_PER_UNIT;
const CELLS = 2 * MIDDLE;
const CUBIC = 4; // coefficients of a cell, contiguous, of t in [0, 1): c0 + t (c1 + t (c2 + t c3))
// Below this a stdev is taken as this: it moves a value by at most 0.4e-12 of forward and keeps 0/0 out.
const STDEV_MIN = 1e-12;

// Made at the first use: 17,000 evaluations of N and phi, 270 KB.
let cubics: Float64Array | undefined;

/** What is the same for every strike of an expiry: lane l has forward F_l; F_0 is the forward the strikes are measured against. */
export interface StrikeLanes {
  /** ln(F_l / F_0) */
  readonly logShift: Float64Array;
  /** F_0 / F_l */
  readonly invShift: Float64Array;
  /** What one unit of value / F_l is worth [money]: F_l for a linear option, the index in dollars for a coin-settled one. */
  readonly scale: Float64Array;
}

/**
 * Fills `out[callAt + l]` and `out[putAt + l]` for l < count with the values of a call and a put of one strike in every lane.
 *
 *     x = x0 + logShift[l];  k = kOverF * invShift[l];  d1 = x/s + s/2;  d2 = d1 - s
 *     c = max(N(d1) - k N(d2), 0);  p = max(c - 1 + k, 0);  out = scale[l] * c, scale[l] * p
 *
 * x0 = ln(F_0/K) and kOverF = K/F_0; s = stdevs[stdevAt + l] >= 0, pure numbers; a negative callAt or putAt means "not wanted".
 * Units: those of scale. Error of c and p at most 2e-12 (of forward) for K/F in [1e-4, 1e4] and any s.
 * Errors: none; indices are the caller's affair, NaN in, garbage out. Same bits for a lane whatever the count.
 * @example fillStrike(log(F / K), K / F, lanes, 64, stdevs, 0, rows, 0, 64)
 */
export function fillStrike(
  x0: number,
  kOverF: number,
  lanes: StrikeLanes,
  count: number,
  stdevs: Float64Array,
  stdevAt: number,
  out: Float64Array,
  callAt: number,
  putAt: number,
): void {
  const { logShift, invShift, scale } = lanes;
  cubics ??= tabulate();
  const table = cubics;
  if (callAt >= 0 && putAt >= 0) {
    for (let l = 0; l < count; l++) {
      const k = kOverF * invShift[l]!;
      const c = callShare(table, x0 + logShift[l]!, k, stdevs[stdevAt + l]!);
      const worth = scale[l]!;
      out[callAt + l] = worth * c;
      out[putAt + l] = worth * Math.max(c - 1 + k, 0);
    }
  } else if (callAt >= 0) {
    for (let l = 0; l < count; l++) {
      const k = kOverF * invShift[l]!;
      out[callAt + l] = scale[l]! * callShare(table, x0 + logShift[l]!, k, stdevs[stdevAt + l]!);
    }
  } else if (putAt >= 0) {
    for (let l = 0; l < count; l++) {
      const k = kOverF * invShift[l]!;
      const c = callShare(table, x0 + logShift[l]!, k, stdevs[stdevAt + l]!);
      out[putAt + l] = scale[l]! * Math.max(c - 1 + k, 0);
    }
  }
}

// max(N(d1) - k N(d2), 0). Small, so that the compiler copies it into the loops; one text, so that all loops give the same bits.
function callShare(table: Float64Array, x: number, k: number, stdev: number): number {
  const s = Math.max(stdev, STDEV_MIN);
  const d1 = x / s + 0.5 * s;
  const c = tabulated(table, d1) - k * tabulated(table, d1 - s);
  return Math.max(c, 0);
}

// N(d), where |d| > REACH counts as REACH.
function tabulated(table: Float64Array, d: number): number {
  const u = Math.min(Math.max(d * CELLS_PER_UNIT + MIDDLE, 0), CELLS);
  const cell = u | 0;
  const t = u - cell;
  const at = cell << 2;
  return table[at]! + t * (table[at + 1]! + t * (table[at + 2]! + t * table[at + 3]!));
}

/**
 * Fills `out[l]` with the tabulated N(z[l]) that `fillStrike` uses, for l < count. Absolute error below 1.5e-14.
 *
 *     out[l] = N(z[l])
 *
 * Units: probability. Errors: none.
 * @example fillCdf(Float64Array.of(-1, 0, 1), 3, out)
 */
export function fillCdf(z: Float64Array, count: number, out: Float64Array): void {
  cubics ??= tabulate();
  const table = cubics;
  for (let l = 0; l < count; l++) out[l] = tabulated(table, z[l]!);
}

/**
 * The table that rows are made with, for bodies elsewhere: cell `c` holds four coefficients from `4 c` on.
 * @example cdfTable().length // 34820
 */
export function cdfTable(): Float64Array {
  cubics ??= tabulate();
  return cubics;
}

// Cells 0..CELLS; the last holds the value at +REACH alone, for t = 0.
function tabulate(): Float64Array {
  const h = 1 / CELLS_PER_UNIT;
  const shift = (h * h * h * h) / 768;
  const table = new Float64Array((CELLS + 1) * CUBIC);
  let value = 0;
  let slope = 0;
  for (let cell = 0; cell <= CELLS + 1; cell++) {
    const z = cell * h - REACH;
    const density = normalPdf(z);
    // N'''' = (3z - z^3) phi and its derivative (3 - 6 z^2 + z^4) phi.
    const nextValue = normalCdf(z) + shift * (3 * z - z * z * z) * density;
    const nextSlope = h * (density + shift * (3 - 6 * z * z + z * z * z * z) * density);
    if (cell > 0) {
      const rise = nextValue - value;
      const at = (cell - 1) * CUBIC;
      table[at] = value;
      table[at + 1] = slope;
      table[at + 2] = 3 * rise - 2 * slope - nextSlope;
      table[at + 3] = slope + nextSlope - 2 * rise;
    }
    value = nextValue;
    slope = nextSlope;
  }
  return table;
}

// The array kernel: one call row and one put row of a strike across lanes, from one evaluation per lane. No exp, no log, no
// allocation; one division per lane. N comes from a table of cubics, so the error is absolute (a share of forward), not
// relative: rows are for profit and loss over scenarios, `blackPrice` is for prices.
//
// Error bound. On a cell of width h the cubic through values and slopes at both ends misses f by f''''(x) t^2 (1-t)^2 h^4/24, one sign,
// at most f'''' h^4/384. Tabulating N - N'''' h^4/768 instead centres it: at most |N''''| h^4/768, still C1, so greeks by
// differences stay smooth. N'''' = (3z - z^3) phi(z). In c = N(d1) - k N(d2), k = K/F, the second error is magnified by k, but
// k phi(d2) = phi(d1) <= 0.4, so it is at most 0.4 |d2|^3 h^4/768 where d2 matters. For k <= 10^4 and d1 near 0, |d2| = 4.3:
// 26 h^4/768 = 5e-13 for h = 1/512 (8e-12 for 1/256, hence 512). The put adds half an ulp of k, 9e-13 at k = 10^4: 2e-12 holds.
//
// A WASM body can repeat the bits: add, multiply, divide, compare-and-select and truncation, in the order written here.

import { normalCdf, normalPdf } from './normal.ts';

const CELLS_PER_UNIT = 512;
const REACH = 8.5; // N(-8.5) = 9e-18: with K/F = 1e4 still below 1e-13 of forward
const CELLS = 2 * REACH * CELLS_PER_UNIT;
const CUBIC = 4; // coefficients of a cell, contiguous, of t in [0, 1): c0 + t (c1 + t (c2 + t c3))
// Below this a stdev is taken as this: it moves a value by at most 0.4e-12 of forward and keeps 0/0 out.
const STDEV_MIN = 1e-12;

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
  const table = cubics;
  for (let l = 0; l < count; l++) {
    const given = stdevs[stdevAt + l]!;
    const s = given > STDEV_MIN ? given : STDEV_MIN;
    const k = kOverF * invShift[l]!;
    const d1 = (x0 + logShift[l]!) / s + 0.5 * s;
    const d2 = d1 - s;
    const u1 = d1 < -REACH ? 0 : d1 > REACH ? CELLS : (d1 + REACH) * CELLS_PER_UNIT;
    const u2 = d2 < -REACH ? 0 : d2 > REACH ? CELLS : (d2 + REACH) * CELLS_PER_UNIT;
    const cell1 = u1 | 0;
    const cell2 = u2 | 0;
    const t1 = u1 - cell1;
    const t2 = u2 - cell2;
    const at1 = cell1 * CUBIC;
    const at2 = cell2 * CUBIC;
    const n1 = table[at1]! + t1 * (table[at1 + 1]! + t1 * (table[at1 + 2]! + t1 * table[at1 + 3]!));
    const n2 = table[at2]! + t2 * (table[at2 + 1]! + t2 * (table[at2 + 2]! + t2 * table[at2 + 3]!));
    const raw = n1 - k * n2;
    const c = raw > 0 ? raw : 0;
    const parity = c - 1 + k;
    const p = parity > 0 ? parity : 0;
    if (callAt >= 0) out[callAt + l] = scale[l]! * c;
    if (putAt >= 0) out[putAt + l] = scale[l]! * p;
  }
}

/**
 * Fills `out[l]` with the tabulated N(z[l]) that `fillStrike` uses, for l < count. Absolute error below 5e-14.
 *
 *     out[l] = N(z[l])
 *
 * Units: probability. Errors: none.
 * @example fillCdf(Float64Array.of(-1, 0, 1), 3, out)
 */
export function fillCdf(z: Float64Array, count: number, out: Float64Array): void {
  const table = cubics;
  for (let l = 0; l < count; l++) {
    const d = z[l]!;
    const u = d < -REACH ? 0 : d > REACH ? CELLS : (d + REACH) * CELLS_PER_UNIT;
    const cell = u | 0;
    const t = u - cell;
    const at = cell * CUBIC;
    out[l] = table[at]! + t * (table[at + 1]! + t * (table[at + 2]! + t * table[at + 3]!));
  }
}

const cubics = tabulate();

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
    const nextValue = normalCdf(z) - shift * (3 * z - z * z * z) * density;
    const nextSlope = h * (density - shift * (3 - 6 * z * z + z * z * z * z) * density);
    if (cell > 0) {
      const rise = nextValue - value;
      table.set(
        [value, slope, 3 * rise - 2 * slope - nextSlope, slope + nextSlope - 2 * rise],
        (cell - 1) * CUBIC,
      );
    }
    value = nextValue;
    slope = nextSlope;
  }
  return table;
}

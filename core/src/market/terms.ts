// The smile as a search sees it: parameters whose box is exactly the set of valid SVI terms, and exact derivatives.

import type { RawSvi, Smile } from './market.ts';

/** Parameters of n SVI terms of equal weight that share their lowest variance: `[v, (p, c, m, sigma) x terms]`. */
export const TERM = 4;

/**
 * Total variance of search parameters at k, its gradient written to `dw`. A term with slopes p (left) and c (right), vertex m and
 * roundness sigma is `v - sigma sqrt(p c) + (c - p) d / 2 + (p + c) s / 2`, `d = k - m`, `s = sqrt(d^2 + sigma^2)`.
 * @example varianceInto(Float64Array.of(0.04, 0.1, 0.1, 0, 0.1), 0, new Float64Array(5)) // 0.04
 */
export function varianceInto(x: Float64Array, k: number, dw: Float64Array): number {
  const terms = (x.length - 1) / TERM;
  const share = 1 / terms;
  let w = x[0]!;
  dw[0] = 1;
  for (let at = 1; at < x.length; at += TERM) {
    const p = x[at]!;
    const c = x[at + 1]!;
    const sigma = x[at + 3]!;
    const d = k - x[at + 2]!;
    const s = Math.sqrt(d * d + sigma * sigma);
    const q = Math.sqrt(p * c);
    w += share * (-sigma * q + ((c - p) * d + (p + c) * s) / 2);
    dw[at] = (share * (s - d - (sigma * q) / p)) / 2;
    dw[at + 1] = (share * (s + d - (sigma * q) / c)) / 2;
    dw[at + 2] = (-share * (c - p + ((p + c) * d) / s)) / 2;
    dw[at + 3] = share * (-q + ((p + c) * sigma) / (2 * s));
  }
  return w;
}

/**
 * Durrleman's g of search parameters at k, its gradient written to `dg`; see `durrleman`. Minus 1 and a flat gradient where
 * variance is not positive, which the box forbids but for rounding.
 * @example durrlemanInto(x, 0.5, new Float64Array(x.length))
 */
export function durrlemanInto(x: Float64Array, k: number, dg: Float64Array): number {
  const share = TERM / (x.length - 1);
  const w = varianceInto(x, k, dg);
  if (!(w > 0)) {
    dg.fill(0);
    return -1;
  }
  let slope = 0;
  let bend = 0;
  for (let at = 1; at < x.length; at += TERM) {
    const sum = x[at]! + x[at + 1]!;
    const d = k - x[at + 2]!;
    const s2 = d * d + x[at + 3]! * x[at + 3]!;
    const s = Math.sqrt(s2);
    slope += (share * (x[at + 1]! - x[at]! + (sum * d) / s)) / 2;
    bend += (share * sum * x[at + 3]! * x[at + 3]!) / (2 * s2 * s);
  }
  const tilt = 1 - (k * slope) / (2 * w);
  // g(w, w', w''): partial derivatives in that order.
  const byW = (tilt * k * slope) / (w * w) + (slope * slope) / (4 * w * w);
  const bySlope = (-tilt * k) / w - (slope / 2) * (1 / w + 0.25);
  const byBend = 0.5;
  for (let i = 0; i < dg.length; i++) dg[i]! *= byW;
  for (let at = 1; at < x.length; at += TERM) {
    const sigma = x[at + 3]!;
    const sum = x[at]! + x[at + 1]!;
    const d = k - x[at + 2]!;
    const s2 = d * d + sigma * sigma;
    const s = Math.sqrt(s2);
    const s3 = s2 * s;
    const round = (sigma * sigma) / (2 * s3);
    dg[at]! += share * ((bySlope * (d / s - 1)) / 2 + byBend * round);
    dg[at + 1]! += share * ((bySlope * (d / s + 1)) / 2 + byBend * round);
    dg[at + 2]! += share * sum * round * (-bySlope + (byBend * 3 * d) / s2);
    dg[at + 3]! +=
      (share * sum * sigma * (-bySlope * d + byBend * (2 - (3 * sigma * sigma) / s2))) / (2 * s3);
  }
  return tilt * tilt - (slope * slope * (1 / w + 0.25)) / 4 + bend / 2;
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

/**
 * The smile of search parameters: one term, or two of equal weight.
 * @example smileOf(Float64Array.of(0.04, 0.1, 0.1, 0, 0.1)).mix // 0
 */
export function smileOf(x: Float64Array): Smile {
  const near = rawTerm(x, 0);
  return x.length === 1 + TERM ? { near, far: near, mix: 0 } : { near, far: rawTerm(x, 1), mix: 0.5 };
}

/**
 * Search parameters of a raw SVI: `v = a + b sigma sqrt(1 - rho^2)`, `p = b (1 - rho)`, `c = b (1 + rho)`.
 * @example searchOf({ a: 0.03, b: 0.1, rho: 0, m: 0, sigma: 0.1 })[0] // 0.04
 */
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
 * Search parameters near any smile of two terms: each term is scaled to weight one half, and both share the mean lowest variance.
 * @example searchOfSmile({ near: svi, far: svi, mix: 0.5 }).length // 9
 */
export function searchOfSmile({ near, far, mix }: Smile): Float64Array {
  const left = searchOf(near);
  const right = searchOf(far);
  const [keep, take] = [2 * (1 - mix), 2 * mix];
  return Float64Array.of(
    (1 - mix) * left[0]! + mix * right[0]!,
    ...[keep * left[1]!, keep * left[2]!, left[3]!, left[4]!],
    ...[take * right[1]!, take * right[2]!, right[3]!, right[4]!],
  );
}

// Who yields when two expiries cross. At each log-moneyness the free fits' variances are made to rise in time by the least change
// weighted by how much each expiry knows there; borders run between the pooled values. A wing nobody quotes yields to one that is.

import type { VolQuote } from './filters.ts';
import type { Smile } from './market.ts';
import { totalVariance } from './smile.ts';

/** An expiry's free fit and what it was made from. */
export interface FreeFit {
  readonly smile: Smile;
  readonly quotes: readonly VolQuote[];
  readonly years: number;
}

/** Variance below and above which an expiry may not go, at each point of its grid. */
export interface Band {
  readonly floor: Float64Array;
  readonly ceiling: Float64Array;
}

/** A quote speaks for its neighbourhood of this many standard deviations. */
const NEIGHBOURHOOD = 0.3;
/** What an expiry knows where it has no quote at all: a vol to within itself. */
const KNOWN_NOWHERE = 1;

/** Pooled expiries are told apart by this share of variance, so that the one in the middle has room between its borders. */
const STEP = 0.01;

/**
 * How precisely an expiry knows its total variance at k: `sum_q (2 T vol half)^-2 / (1 + (d/h)^4)`, `d = k - k_q`, `h` a share of a
 * standard deviation; in units of 1 / variance^2.
 * @example precisionAt(fit, 0) > precisionAt(fit, 3) // quotes are near the money
 */
function precisionAt(fit: FreeFit, k: number): number {
  const atm = Math.max(totalVariance(fit.smile, 0), 1e-12);
  const reach = NEIGHBOURHOOD * Math.sqrt(atm);
  const here = Math.max(totalVariance(fit.smile, k), 1e-12);
  let sum = KNOWN_NOWHERE / (4 * here * here);
  for (const quote of fit.quotes) {
    const distance = (k - quote.k) / reach;
    const fourth = distance * distance * distance * distance;
    // Beyond a hundredth of its weight a quote is silent: many far ones must not outvote a near one.
    if (fourth > 100) continue;
    const tolerance = 2 * fit.years * quote.vol * quote.halfWidth;
    sum += 1 / (tolerance * tolerance * (1 + fourth));
  }
  return sum;
}

/**
 * The band of one expiry among the free fits of its coin (ascending), on its grid: borders half way between the isotonic
 * (pool-adjacent-violators) variances of neighbours.
 * @example bandOf(fits, 2, grid).ceiling[0]
 */
export function bandOf(fits: readonly FreeFit[], index: number, grid: Float64Array): Band {
  const floor = new Float64Array(grid.length);
  const ceiling = new Float64Array(grid.length);
  const variances = new Float64Array(fits.length);
  const weights = new Float64Array(fits.length);
  for (let at = 0; at < grid.length; at++) {
    const k = grid[at]!;
    let crossed = false;
    for (let i = 0; i < fits.length; i++) {
      variances[i] = totalVariance(fits[i]!.smile, k);
      crossed ||= i > 0 && variances[i]! < variances[i - 1]!;
    }
    if (crossed) {
      for (let i = 0; i < fits.length; i++) weights[i] = precisionAt(fits[i]!, k);
      poolAdjacent(variances, weights);
    }
    const own = variances[index]!;
    floor[at] = index === 0 ? 0 : (variances[index - 1]! + own) / 2;
    ceiling[at] = index === fits.length - 1 ? Number.POSITIVE_INFINITY : (own + variances[index + 1]!) / 2;
  }
  return { floor, ceiling };
}

/**
 * Weighted isotonic regression in place: the non-decreasing sequence nearest to `values` in weighted squares (Ayer et al.
 * 1955), pooled values then spread by `STEP` of themselves.
 * @example poolAdjacent(Float64Array.of(1, 3, 2), Float64Array.of(1, 1, 1)) // 1, 2.4875, 2.5125
 */
export function poolAdjacent(values: Float64Array, weights: Float64Array): void {
  const mean: number[] = [];
  const mass: number[] = [];
  const size: number[] = [];
  for (let i = 0; i < values.length; i++) {
    let value = values[i]!;
    let weight = weights[i]!;
    let count = 1;
    while (mean.length > 0 && mean[mean.length - 1]! > value) {
      const before = mass.pop()!;
      value = (value * weight + mean.pop()! * before) / (weight + before);
      weight += before;
      count += size.pop()!;
    }
    mean.push(value);
    mass.push(weight);
    size.push(count);
  }
  let at = 0;
  for (let block = 0; block < mean.length; block++) {
    const middle = (size[block]! - 1) / 2;
    for (let i = 0; i < size[block]!; i++) values[at++] = mean[block]! * (1 + STEP * (i - middle));
  }
}

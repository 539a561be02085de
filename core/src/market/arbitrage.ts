// Two ways a surface can promise free money, each checked on a grid: a density below zero (butterfly) and variance that
// falls with time (calendar). Served slices pass both; nothing here repairs anything but the closed-form jump-wing rule.

import { type Refusal, refuse, type Years } from '../base/index.ts';
import type { RawSvi, Smile } from './market.ts';
import { jumpWingsOf, rawOf, smileJet, totalVariance } from './smile.ts';

/** Half-width of the checked grid in units of max(1, 5 sqrt(w0)): e^1.5 is a 4.5-fold move, beyond any listed strike. */
export const GRID_REACH = 1.5;
/** Points on each side; denser near the money, where a day's smile lives. */
const GRID_SIDE = 96;
/** Golden-section steps: each keeps 0.618 of the cell, 48 of them reach 1e-10 of it. */
const REFINE_STEPS = 48;

/** The worst point of a check: the value there (>= 0 is free of arbitrage) and where it is. */
export interface Worst {
  readonly value: number;
  readonly k: number;
}

/**
 * Durrleman's g, proportional to the density: `g = (1 - k w'/2w)^2 - (w'^2/4)(1/w + 1/4) + w''/2`; >= 0 without butterfly
 * arbitrage. Minus infinity where variance is not positive. Source: arXiv 1204.0646, (2.1).
 * @example durrleman(oneTerm({ a: 0.04, b: 0, rho: 0, m: 0, sigma: 0.1 }), 0.3) // 1
 */
export function durrleman(smile: Smile, k: number): number {
  const { w, slope, bend } = smileJet(smile, k);
  if (!(w > 0)) return Number.NEGATIVE_INFINITY;
  const tilt = 1 - (k * slope) / (2 * w);
  return tilt * tilt - (slope * slope * (1 / w + 0.25)) / 4 + bend / 2;
}

/**
 * The checked grid, ascending: k in [-1.5, 1.5] max(1, 5 sqrt(w0)), spaced about 0.1 sqrt(w0) at the money and cubically out.
 * @example checkGrid(0.04)[0] // -1.5
 */
export function checkGrid(atmVariance: number): Float64Array {
  const root = Math.sqrt(Math.max(atmVariance, 0));
  const reach = GRID_REACH * Math.max(1, 5 * root);
  const linear = Math.min(1, Math.max(0.02, (10 * root) / reach));
  const grid = new Float64Array(2 * GRID_SIDE + 1);
  for (let i = -GRID_SIDE; i <= GRID_SIDE; i++) {
    const u = i / GRID_SIDE;
    grid[i + GRID_SIDE] = reach * (linear * u + (1 - linear) * u * u * u);
  }
  return grid;
}

/**
 * Smallest Durrleman g of a smile on its grid, refined by golden section inside the worst cell. Each SVI term adds points
 * around its own vertex, where a sharp smile may hide a dip between two grid points.
 * @example butterflyMin(oneTerm({ a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 })) // { value: -0.03286, k: 0.8793 }
 */
export function butterflyMin(smile: Smile): Worst {
  const grid = checkGrid(totalVariance(smile, 0));
  return lowest((k) => durrleman(smile, k), grid, smile.mix === 0 ? [smile.near] : [smile.near, smile.far]);
}

/**
 * Smallest increase of total variance from one smile to a later one at fixed log-moneyness, on the wider of both grids.
 * @example calendarMin(early, late).value >= 0 // free of calendar arbitrage
 */
export function calendarMin(early: Smile, late: Smile): Worst {
  const grid = checkGrid(Math.max(totalVariance(early, 0), totalVariance(late, 0)));
  return lowest((k) => totalVariance(late, k) - totalVariance(early, k), grid, [
    early.near,
    early.far,
    late.near,
    late.far,
  ]);
}

function lowest(height: (k: number) => number, grid: Float64Array, terms: readonly RawSvi[]): Worst {
  let worst = { value: Number.POSITIVE_INFINITY, k: 0 };
  let cell = 0;
  for (let i = 0; i < grid.length; i++) {
    const value = height(grid[i]!);
    if (value < worst.value) {
      worst = { value, k: grid[i]! };
      cell = i;
    }
  }
  let low = grid[Math.max(0, cell - 1)]!;
  let high = grid[Math.min(grid.length - 1, cell + 1)]!;
  const reach = grid[grid.length - 1]!;
  for (const term of terms) {
    for (let step = -6; step <= 6; step++) {
      const k = term.m + (step / 2) * term.sigma;
      if (Math.abs(k) > reach) continue;
      const value = height(k);
      if (value < worst.value) {
        worst = { value, k };
        low = Math.max(-reach, k - term.sigma / 2);
        high = Math.min(reach, k + term.sigma / 2);
      }
    }
  }
  return refine(height, low, high, worst);
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

function refine(height: (k: number) => number, from: number, to: number, found: Worst): Worst {
  let low = from;
  let high = to;
  let left = high - GOLDEN * (high - low);
  let right = low + GOLDEN * (high - low);
  let leftValue = height(left);
  let rightValue = height(right);
  for (let step = 0; step < REFINE_STEPS; step++) {
    if (leftValue < rightValue) {
      high = right;
      right = left;
      rightValue = leftValue;
      left = high - GOLDEN * (high - low);
      leftValue = height(left);
    } else {
      low = left;
      left = right;
      leftValue = rightValue;
      right = low + GOLDEN * (high - low);
      rightValue = height(right);
    }
  }
  const best = leftValue < rightValue ? { value: leftValue, k: left } : { value: rightValue, k: right };
  return best.value < found.value ? best : found;
}

/**
 * The closed-form butterfly repair of Gatheral & Jacquier (section 5.1): keep ATM variance, skew and the put wing, and set
 * `c' = p + 2 psi`, `vTilde' = 4 v p c' / (p + c')^2`, which is the SSVI slice with the same three. Refuses wings with no SSVI.
 * @example repairedByWings({ a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 }, 1 as Years) // b: 0.069242
 */
export function repairedByWings(svi: RawSvi, years: Years): RawSvi | Refusal {
  const wings = jumpWingsOf(svi, years);
  const c = wings.p + 2 * wings.psi;
  if (!(c > 0 && wings.p > 0)) {
    return refuse('arbitrage', 'The smile has a flat wing; no SSVI slice has its skew.');
  }
  const sum = wings.p + c;
  return rawOf({ ...wings, c, vTilde: (4 * wings.v * wings.p * c) / (sum * sum) }, years);
}

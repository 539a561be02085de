// Margin as a share of notional: tiers whose borders are no cliffs, and rates that grow with size.

import { assert } from '../../base/index.ts';

/** From this notional on, the next dollar is charged at this rate. */
export interface Tier {
  readonly from: number;
  readonly rate: number;
}

/** A tier with what makes the margin continuous at its border: `margin = rate * notional - deduction`. */
export interface DeductedTier extends Tier {
  readonly deduction: number;
}

/**
 * Tiers with their deductions, `d_n = d_{n-1} + from_n (rate_n - rate_{n-1})`: only what lies above a border pays its higher rate.
 * The first starts at 0; borders ascend, which is asserted.
 * @example withDeductions([{ from: 0, rate: 0.0125 }, { from: 150e6, rate: 0.025 }])[1].deduction // 1_875_000
 */
export function withDeductions(tiers: readonly Tier[]): readonly DeductedTier[] {
  assert(tiers[0]?.from === 0, 'the first tier starts at 0');
  const out: DeductedTier[] = [];
  for (const { from, rate } of tiers) {
    const before = out.at(-1);
    assert(before === undefined || from > before.from, 'borders of tiers ascend');
    const deduction = before === undefined ? 0 : before.deduction + from * (rate - before.rate);
    out.push({ from, rate, deduction });
  }
  return out;
}

/**
 * Tiers of a venue that states leverage: half of the initial rate at the highest leverage, `rate = 1 / (2 maxLeverage)` (Hyperliquid).
 * @example leverageTiers([{ from: 0, maxLeverage: 40 }])[0].rate // 0.0125
 */
export function leverageTiers(
  tiers: readonly { readonly from: number; readonly maxLeverage: number }[],
): readonly DeductedTier[] {
  return withDeductions(tiers.map(({ from, maxLeverage }) => ({ from, rate: 1 / (2 * maxLeverage) })));
}

/** The tier a notional lies in; a border belongs to the tier above. @example tierAt(leverageTiers([{ from: 0, maxLeverage: 40 }]), 7).rate // 0.0125 */
export function tierAt<T extends Tier>(tiers: readonly T[], notional: number): T {
  return tiers.findLast(({ from }) => notional >= from) ?? tiers[0]!;
}

/**
 * Margin of a notional under tiers: `rate * notional - deduction` of the tier it lies in. Continuous; convex where rates ascend.
 * @example tieredMargin(200e6, leverageTiers([{ from: 0, maxLeverage: 40 }, { from: 150e6, maxLeverage: 20 }])) // 3_125_000
 */
export function tieredMargin(notional: number, tiers: readonly DeductedTier[]): number {
  const { rate, deduction } = tierAt(tiers, notional);
  return rate * notional - deduction;
}

/**
 * A rate that grows in a straight line with the size of the whole position, `base + slope * size` (Deribit's perpetuals of 2022: 2 % and
 * 0.005 % a coin). Unlike a tier it is charged on all of the position.
 * @example rampedRate(0.02, 0.00005, 100) // 0.025
 */
export function rampedRate(base: number, slope: number, size: number): number {
  return base + slope * size;
}

/**
 * Margin that is never less than the square root of size asks for: `max(m, 0.8 m + factor N sqrt(N))`, m the margin of notional N without
 * it. Impact grows with the square root of size, so a rate of `factor sqrt(N)` is what closing costs; the fifth of m that both would
 * count is let go (Drift v2). A factor of 0 leaves m.
 * @example sizeScaled(1e8, 5e6, 1e-5) // 14_000_000
 */
export function sizeScaled(notional: number, margin: number, factor: number): number {
  if (factor === 0) return margin;
  return Math.max(margin, SHARED * margin + factor * notional * Math.sqrt(notional));
}
const SHARED = 0.8;

/**
 * What a long balance still counts of its value when it is large: `min(weight, 1.1 / (1 + factor sqrt(value)))` (Drift v2). The value
 * times this rises with the value, so more of an asset never counts less. A factor of 0 leaves the weight.
 * @example discountedWeight(1e10, 0.9, 1e-5) // 0.55
 */
export function discountedWeight(value: number, weight: number, factor: number): number {
  return factor === 0 ? weight : Math.min(weight, DISCOUNT_FROM / (1 + factor * Math.sqrt(value)));
}
/** Where the curve of a discount starts: above one, so that it first bites where a balance has some size. */
const DISCOUNT_FROM = 1.1;

/**
 * The share of a position's notional that open interest adds to initial margin between its caps: 0 at or below `lower`, 1 at or above
 * `upper`, `margin + share (notional - margin)` is then charged. No upper cap, no share. The estimate beside dYdX's integers.
 * @example openInterestShare(35e6, 20e6, 50e6) // 0.5
 */
export function openInterestShare(openInterest: number, lower: number, upper: number): number {
  if (upper === 0 || openInterest <= lower) return 0;
  return Math.min(1, (openInterest - lower) / (upper - lower));
}

// Rules that venues state in integers, to the last unit: what rounds which way is part of the rule.

import { assert } from '../../base/index.ts';

const PPM = 1_000_000n;

/** Open interest and what it does to initial margin, all in quote quantums. An upper cap of 0 switches the rule off. */
export interface OpenInterestCaps {
  readonly openInterest: bigint;
  readonly lower: bigint;
  readonly upper: bigint;
}

/**
 * Initial margin fraction at an open interest, in parts per million: the base up to the lower cap, the whole notional from the upper cap on,
 * a straight line between, truncated (dYdX v4).
 *
 *     base + (OI - lower) (1e6 - base) / (upper - lower)
 *
 * @example openInterestFraction(200_000n, { openInterest: 1_234_567n, lower: 1_000_000n, upper: 2_000_000n }) // 387_653n
 */
export function openInterestFraction(base: bigint, caps: OpenInterestCaps): bigint {
  const { openInterest, lower, upper } = caps;
  assert(base >= 0n && base <= PPM, 'a fraction lies from 0 to 1e6');
  if (upper === 0n || openInterest <= lower) return base;
  if (openInterest >= upper) return PPM;
  return base + ((openInterest - lower) * (PPM - base)) / (upper - lower);
}

/**
 * Initial margin of a notional at a fraction in parts per million, rounded up; the sign of the notional does not matter.
 * @example fractionOf(500_000n, 271_393n) // 135_697n
 */
export function fractionOf(notional: bigint, fraction: bigint): bigint {
  const size = notional < 0n ? -notional : notional;
  return (size * fraction + PPM - 1n) / PPM;
}

/** Integer square root, rounded down: Newton's method from above, exact for any size. @example isqrt(99n) // 9n */
export function isqrt(n: bigint): bigint {
  assert(n >= 0n, 'a square root is of no negative number');
  if (n < 2n) return n;
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (let next = (root + n / root) >> 1n; next < root; next = (root + n / root) >> 1n) root = next;
  return root;
}

/** What a token weighs: size in 1e-9 tokens, factor in 1e-6, weight in 1e-4. */
export interface SizedWeight {
  readonly size: bigint;
  readonly factor: bigint;
  readonly weight: bigint;
}

const WEIGHT = 10_000n;
const FACTOR_SIZE = 100_000n;
/** Square root of the size in 1e-10 tokens: with the division by 1e5 it is the root of the tokens. */
const rootOf = (size: bigint) => isqrt(size * 10n + 1n);

/**
 * Weight of a deposit of this size, in 1e-4: `min(weight, 1.1 / (1 + factor sqrt(size)))` in Drift v2's integers, truncated.
 * @example sizedAssetWeight({ size: 1_000_000_000_000n, factor: 10_000n, weight: 9_000n }) // 8_357n
 */
export function sizedAssetWeight({ size, factor, weight }: SizedWeight): bigint {
  if (factor === 0n) return weight;
  const discounted = ((PPM + PPM / 10n) * WEIGHT) / (PPM + (rootOf(size) * factor) / FACTOR_SIZE);
  return discounted < weight ? discounted : weight;
}

/**
 * Weight of a debt of this size, in 1e-4: `max(weight, 0.8 weight + factor sqrt(size))` in Drift v2's integers; without `isBounded` the second
 * alone.
 * @example sizedLiabilityWeight({ size: 1_000_000_000_000n, factor: 10_000n, weight: 11_000n }) // 11_962n
 */
export function sizedLiabilityWeight({ size, factor, weight }: SizedWeight, isBounded = true): bigint {
  if (factor === 0n) return weight;
  const premium = weight - weight / 5n + (rootOf(size) * factor) / ((FACTOR_SIZE * PPM) / WEIGHT);
  return isBounded && premium < weight ? weight : premium;
}

/**
 * Initial weight of a deposit when all deposits of its token are worth more than `start`: `weight * start / deposits`, truncated
 * (Drift v2). A start of 0 switches the rule off; `deposits` and `start` share a unit.
 * @example depositCappedWeight(9_000n, 1_500_000n, 500_000n) // 3_000n
 */
export function depositCappedWeight(weight: bigint, deposits: bigint, start: bigint): bigint {
  return start === 0n || deposits <= start ? weight : (weight * start) / deposits;
}

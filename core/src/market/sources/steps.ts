// What time does to a value: how far it may step, how doubtful it grows with age, how wide a frozen one becomes.

import { MS_PER_YEAR } from '../../base/index.ts';
import type { SourcePolicy } from './policy.ts';

const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;

/**
 * Most relative move in `elapsed` milliseconds: `sigmas sigma sqrt(t)`, t in years, or `share x minutes`.
 * @example stepMax(1000, sourcePolicy('spot')) // 0.000427, three standard deviations of a second at 80 % a year
 */
export function stepMax(elapsed: number, { limit, sigma }: SourcePolicy): number {
  return limit.form === 'diffusive'
    ? limit.sigmas * sigma * Math.sqrt(elapsed / MS_PER_YEAR)
    : limit.sharePerMinute * (elapsed / MS_PER_MINUTE);
}

/** One standard deviation of what a report of this age does not know, relative. @example driftOf(5000, sourcePolicy('spot')) // 0.000319 */
export function driftOf(age: number, { sigma }: SourcePolicy): number {
  return sigma * Math.sqrt(age / MS_PER_YEAR);
}

/**
 * What is added to the range of a value that is frozen for `age` milliseconds, as a share: `min(widenMax, widenPerRootHour sqrt(hours))`.
 * @example widening(4 * 3_600_000, sourcePolicy('vol')) // 0.5
 */
export function widening(age: number, { widenPerRootHour, widenMax }: SourcePolicy): number {
  return Math.min(widenMax, widenPerRootHour * Math.sqrt(Math.max(0, age) / MS_PER_HOUR));
}

/**
 * The range of a frozen value: `low / (1 + w)` to `high (1 + w)`, w of `widening`. Both ways, so that nobody gains by missing data, neither
 * who is long nor who is short.
 * @example widened({ low: 0.5, high: 0.52 }, 3_600_000, sourcePolicy('vol')) // { low: 0.4, high: 0.65 }
 */
export function widened(
  { low, high }: { readonly low: number; readonly high: number },
  age: number,
  policy: SourcePolicy,
): { readonly low: number; readonly high: number } {
  const factor = 1 + widening(age, policy);
  return { low: low / factor, high: high * factor };
}

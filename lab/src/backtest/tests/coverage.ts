// Was a requirement breached as often as it said? Tests of a series of hits: how many, whether they cluster, how bad a count is.

import { type Refusal, refuse } from '@plimsoll/core';
import { log } from '@plimsoll/core/kernel';
import { binomialAtLeast, binomialAtMost, chiSquareTail } from './distributions.ts';

/** A likelihood ratio and the probability of one as large if the requirement kept its word. */
export interface Ratio {
  readonly statistic: number;
  readonly pValue: number;
}

/** Independence of hits, alone and with their number. */
export interface Christoffersen {
  /** Transitions: calm to calm, calm to hit, hit to calm, hit to hit. */
  readonly counts: readonly [number, number, number, number];
  readonly independence: Ratio;
  readonly coverage: Ratio;
  readonly conditional: Ratio;
}

/** The one-sided test: too many breaches, and what it could have found. */
export interface CoverageTest {
  readonly windows: number;
  readonly breaches: number;
  readonly expected: number;
  /** Probability of that many breaches or more at the stated rate. */
  readonly pValue: number;
  /** Breaches from which the test rejects, and the probability that it does so wrongly. */
  readonly critical: number;
  readonly size: number;
  /** Probability of rejecting if the true rate were `powerAt` times the stated one. */
  readonly power: number;
  readonly powerAt: number;
  /** The rate that the test finds four times in five; above 1 - 1/windows it finds none. */
  readonly detectable: number;
  readonly rejected: boolean;
}

/** Where counts of breaches turn from green to yellow and to red. */
export interface TrafficZones {
  readonly yellowFrom: number;
  readonly redFrom: number;
}

/** Cumulative probabilities at which the Basel Committee's zones begin (1996, annex 10a). */
const YELLOW_AT = 0.95;
const RED_AT = 0.9999;
/** Additions to the multiplier 1.5 for 4 and fewer, 5, ... 9, 10 and more breaches in 250 days (Basel Framework MAR32.9). */
const ADD_ONS = [0.2, 0.26, 0.33, 0.38, 0.42] as const;
const ADD_ON_RED = 0.5;
const DETECTED = 0.8;

/**
 * Kupiec's proportion of failures, two-sided.
 *
 *     LR = -2 [(T - x) ln((1 - p)/(1 - x/T)) + x ln(p/(x/T))] ~ chi-square(1),  0 ln 0 = 0
 *
 * Units: none; 3.8415 rejects at 5 %. Errors: no windows, more breaches than windows, a rate outside (0, 1). Source: M-149; Kupiec 1995.
 * @example kupiec(7, 250, 0.01).statistic // 5.497
 */
export function kupiec(breaches: number, windows: number, rate: number): Ratio | Refusal {
  const doubt = doubtCounts(breaches, windows, rate);
  if (doubt !== undefined) return doubt;
  const calm = windows - breaches;
  const found = breaches / windows;
  const ratio =
    2 * (times(calm, 1 - found) + times(breaches, found) - times(calm, 1 - rate) - times(breaches, rate));
  const statistic = Math.max(0, ratio);
  return { statistic, pValue: chiSquareTail(statistic, 1) };
}

/**
 * The counts that Kupiec's test accepts, first and last.
 * Units: breaches. Errors: as `kupiec`. Source: M-149.
 * @example kupiecAccepts(250, 0.01) // [1, 6]
 */
export function kupiecAccepts(
  windows: number,
  rate: number,
  level = 0.05,
): readonly [number, number] | Refusal {
  const doubt = doubtCounts(0, windows, rate) ?? doubtLevel(level);
  if (doubt !== undefined) return doubt;
  const accepts = (breaches: number) => {
    const ratio = kupiec(breaches, windows, rate);
    return 'pValue' in ratio && ratio.pValue > level;
  };
  // The statistic falls to its zero at windows x rate and rises from there.
  let low = Math.floor(windows * rate);
  let high = low;
  if (!accepts(low) && accepts(low + 1)) [low, high] = [low + 1, low + 1];
  while (low > 0 && accepts(low - 1)) low--;
  while (high < windows && accepts(high + 1)) high++;
  return [low, high];
}

/**
 * Christoffersen's tests: whether a hit makes the next one likelier, and that together with the number of hits.
 *
 *     LR_ind = -2 [ln L(p) - ln L(p01, p11)] ~ chi-square(1);  LR_cc = LR_pof + LR_ind ~ chi-square(2)
 *
 * Windows must not overlap: one bad day in ten overlapping windows is a cluster of ten. Errors: fewer than two windows, a rate outside
 * (0, 1). Source: M-149; Christoffersen 1998.
 * @example christoffersen(hits, 0.01).conditional.pValue
 */
export function christoffersen(hits: ArrayLike<boolean>, rate: number): Christoffersen | Refusal {
  if (hits.length < 2) {
    return refuse('too-short', `${hits.length} windows have no order; 2 are needed at least.`);
  }
  const counts: [number, number, number, number] = [0, 0, 0, 0];
  let breaches = hits[0]! ? 1 : 0;
  for (let t = 1; t < hits.length; t++) {
    counts[(hits[t - 1]! ? 2 : 0) + (hits[t]! ? 1 : 0)]!++;
    if (hits[t]!) breaches++;
  }
  const coverage = kupiec(breaches, hits.length, rate);
  if ('kind' in coverage) return coverage;
  const [n00, n01, n10, n11] = counts;
  const free = likelihood(n00, n01) + likelihood(n10, n11);
  const statistic = Math.max(0, 2 * (free - likelihood(n00 + n10, n01 + n11)));
  const both = statistic + coverage.statistic;
  return {
    counts,
    coverage,
    independence: { statistic, pValue: chiSquareTail(statistic, 1) },
    conditional: { statistic: both, pValue: chiSquareTail(both, 2) },
  };
}

/**
 * Whether breaches are too many, exactly and one-sided, with what the test was able to find.
 *
 *     p-value = P(X >= x);  critical c = least with P(X >= c) <= level;  power = P(X >= c at powerAt x rate)
 *
 * Windows must not overlap. Errors: as `kupiec`; a level outside (0, 1), a powerAt below 1. A short series rejects little: read the power
 * before an acceptance. Source: M-149.
 * @example coverageTest(4, 250, 0.01).power // 0.384 against twice the rate
 */
export function coverageTest(
  breaches: number,
  windows: number,
  rate: number,
  { level = 0.05, powerAt = 2 }: { readonly level?: number; readonly powerAt?: number } = {},
): CoverageTest | Refusal {
  const doubt = doubtCounts(breaches, windows, rate) ?? doubtLevel(level);
  if (doubt !== undefined) return doubt;
  if (!(powerAt >= 1)) return refuse('bad-parameter', `power at ${powerAt} times the rate; give 1 or more.`);
  const critical = firstFrom(windows, (count) => binomialAtLeast(count, windows, rate) <= level);
  const powerOf = (p: number) => binomialAtLeast(critical, windows, Math.min(1, p));
  const pValue = binomialAtLeast(breaches, windows, rate);
  return {
    windows,
    breaches,
    expected: windows * rate,
    pValue,
    critical,
    size: powerOf(rate),
    power: powerOf(powerAt * rate),
    powerAt,
    detectable: detectable(powerOf, rate),
    rejected: breaches >= critical,
  };
}

/**
 * The traffic light for any number of windows and any rate; Basel's own at (250, 1 %): green to 4, yellow to 9.
 *
 *     yellow from the least x with P(X <= x) >= 95 %, red from the least with P(X <= x) >= 99.99 %
 *
 * Units: breaches. Errors: as `kupiec`. Source: M-149; Basel Committee 1996.
 * @example trafficZones(250, 0.01) // { yellowFrom: 5, redFrom: 10 }
 */
export function trafficZones(windows: number, rate: number): TrafficZones | Refusal {
  const doubt = doubtCounts(0, windows, rate);
  if (doubt !== undefined) return doubt;
  const from = (share: number) => firstFrom(windows, (x) => binomialAtMost(x, windows, rate) >= share);
  return { yellowFrom: from(YELLOW_AT), redFrom: from(RED_AT) };
}

/** The colour of a count. @example trafficLight(5, { yellowFrom: 5, redFrom: 10 }) // 'yellow' */
export function trafficLight(
  breaches: number,
  { yellowFrom, redFrom }: TrafficZones,
): 'green' | 'yellow' | 'red' {
  if (breaches >= redFrom) return 'red';
  return breaches >= yellowFrom ? 'yellow' : 'green';
}

/** What 250 days with so many breaches at 99 % add to Basel's multiplier of 1.5. @example baselAddOn(5) // 0.2 */
export function baselAddOn(breaches: number): number {
  if (breaches >= 10) return ADD_ON_RED;
  return breaches < 5 ? 0 : ADD_ONS[Math.floor(breaches) - 5]!;
}

// n ln x with 0 ln 0 = 0.
function times(n: number, x: number): number {
  return n === 0 ? 0 : n * log(x);
}

// Log-likelihood of calm and hits at their own share.
function likelihood(calm: number, hits: number): number {
  const all = calm + hits;
  return all === 0 ? 0 : times(calm, calm / all) + times(hits, hits / all);
}

// The least whole number in 0 .. windows + 1 at which a fact that stays true becomes true.
function firstFrom(windows: number, is: (count: number) => boolean): number {
  let low = -1;
  let high = windows + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (is(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function detectable(powerOf: (p: number) => number, rate: number): number {
  let low = rate;
  let high = 1;
  for (let step = 0; step < 50; step++) {
    const middle = 0.5 * (low + high);
    if (powerOf(middle) >= DETECTED) high = middle;
    else low = middle;
  }
  return high;
}

function doubtCounts(breaches: number, windows: number, rate: number): Refusal | undefined {
  if (!(Number.isSafeInteger(windows) && windows > 0)) {
    return refuse('empty', `${windows} windows; a positive whole number is needed.`);
  }
  if (!(Number.isSafeInteger(breaches) && breaches >= 0 && breaches <= windows)) {
    return refuse('out-of-range', `${breaches} breaches in ${windows} windows; give a whole number between.`);
  }
  if (rate > 0 && rate < 1) return undefined;
  return refuse('bad-parameter', `breach rate ${rate} lies outside (0, 1); 0.01 belongs to 99 % coverage.`);
}

function doubtLevel(level: number): Refusal | undefined {
  if (level > 0 && level < 1) return undefined;
  return refuse('bad-parameter', `level ${level} lies outside (0, 1); 0.05 is usual.`);
}

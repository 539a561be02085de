// Quantiles of everything ever seen, in little room: counts over buckets whose borders grow by a fixed ratio.

import { type Refusal, refuse } from '../base/index.ts';
import { exp, log } from '../kernel/index.ts';

/** Buckets are half a percent wide: an answer is at most that much above the order statistic, never below it. */
const LOG_WIDTH = 0.005;
/** Losses below a millionth are counted as nothing; above a million as a million. */
const LEAST = 1e-6;
const MOST = 1e6;

/** Counts by bucket, sparse: `[bucket, count]` ascending; bucket b holds what is above `e^(0.005 (b - 1))` and at most `e^(0.005 b)`. Plain data. */
export interface QuantileSketch {
  readonly count: number;
  /** Of values at or below a millionth. */
  readonly none: number;
  readonly buckets: readonly (readonly [number, number])[];
}

export const emptySketch: QuantileSketch = { count: 0, none: 0, buckets: [] };

function bucketOf(value: number): number {
  return Math.ceil(log(Math.min(value, MOST)) / LOG_WIDTH);
}

/** The upper border of a bucket. */
function borderOf(bucket: number): number {
  return exp(bucket * LOG_WIDTH);
}

/**
 * A sketch with one more value, in the sense of Masson, Rim and Lee, DDSketch (2019), with upper borders instead of middles so that a quantile is
 * never understated. Order does not matter. Refuses what is no number; losses below zero are no losses.
 * @example sketched(emptySketch, 0.05).count // 1
 */
export function sketched({ count, none, buckets }: QuantileSketch, value: number): QuantileSketch | Refusal {
  if (Number.isNaN(value)) return refuse('out-of-range', 'the value is no number; leave it out.', 'quantile');
  if (value <= LEAST) return { count: count + 1, none: none + 1, buckets };
  const own = bucketOf(value);
  let low = 0;
  let high = buckets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (buckets[middle]![0] < own) low = middle + 1;
    else high = middle;
  }
  const known = buckets[low]?.[0] === own ? buckets[low]![1] : 0;
  const rest = buckets.slice(known === 0 ? low : low + 1);
  return { count: count + 1, none, buckets: [...buckets.slice(0, low), [own, known + 1], ...rest] };
}

/** How many values a quantile needs before it is not simply the largest: `1 / (1 - level)`, rounded up. */
export function enoughFor(level: number): number {
  // The share left over is read to nine digits: 1 - 0.99 in doubles is a little above a hundredth.
  return Math.ceil(1 / (1 - level) - 1e-9 / (1 - level));
}

function doubtSketch({ count }: QuantileSketch, level: number): Refusal | undefined {
  if (!(level > 0 && level < 1)) {
    return refuse('bad-parameter', `the level is ${level}; give a number between 0 and 1.`, 'quantile');
  }
  const needed = enoughFor(level);
  if (count >= needed) return undefined;
  const message = `${count} values do not make a ${level} quantile; give at least ${needed}.`;
  return refuse('empty', message, 'quantile');
}

/** Tail ranks: the loss of rank `ceil(level n)` ascending is the quantile. */
function rankOf(level: number, count: number): number {
  return Math.ceil(level * count - 1e-9);
}

/**
 * The upper quantile of the values (M-154): the bucket of order statistic `ceil(level n)`, its upper border, so at most half a percent too much and
 * never too little (within a millionth and a million). Refuses levels outside (0, 1) and fewer values than 1 / (1 - level).
 * @example quantileOf(sketch, 0.99) // 0.1005 where the order statistic is 0.1
 */
export function quantileOf(sketch: QuantileSketch, level: number): number | Refusal {
  const doubt = doubtSketch(sketch, level);
  if (doubt !== undefined) return doubt;
  const rank = rankOf(level, sketch.count);
  let passed = sketch.none;
  if (passed >= rank) return LEAST;
  for (const [bucket, count] of sketch.buckets) {
    passed += count;
    if (passed >= rank) return borderOf(bucket);
  }
  return MOST;
}

/**
 * The mean of the worst `1 - level` of the values, the one on the border counted in part; upper borders, as `quantileOf`. Refusals alike.
 * @example shortfallOf(sketch, 0.975)
 */
export function shortfallOf(sketch: QuantileSketch, level: number): number | Refusal {
  const doubt = doubtSketch(sketch, level);
  if (doubt !== undefined) return doubt;
  const tail = (1 - level) * sketch.count;
  let left = tail;
  let sum = 0;
  for (let i = sketch.buckets.length - 1; i >= 0 && left > 0; i--) {
    const [bucket, count] = sketch.buckets[i]!;
    const taken = Math.min(left, count);
    sum += taken * borderOf(bucket);
    left -= taken;
  }
  return Math.max(LEAST, (sum + Math.max(0, left) * LEAST) / tail);
}

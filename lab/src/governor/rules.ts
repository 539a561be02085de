// Requirements day after day by rules that know only the days before: the governor and what it is compared with.

import { type Instant, isRefusal } from '@plimsoll/core';
import {
  anchorOf,
  type EwmaPolicy,
  type FactorPolicy,
  type FilteredState,
  filter,
  type GovernorState,
  govern,
  type LossMeasure,
  rawEstimate,
  unfiltered,
  ungoverned,
} from '@plimsoll/core/governor';
import { orThrow } from '../evidence/data.ts';
import { quantileOf } from '../evidence/markdown.ts';
import type { Moved } from './bars.ts';
import type { Stood } from './figures.ts';

const DAY_HOURS = 24;

/** What is known after some day, before the next. */
export interface Known {
  readonly at: Instant;
  readonly raw: number;
  /** Of everything seen. */
  readonly longRun: number;
}

/** The half-life in hours of a decay per day. @example halfLifeOf(0.94) // 268.8 */
export function halfLifeOf(lambda: number): number {
  return (DAY_HOURS * Math.LN2) / -Math.log(lambda);
}

export const evenly = (hours: number): EwmaPolicy => ({ halfLife: { rise: hours, fall: hours }, floor: 0 });

/** Raw estimate and long run after each day; undefined until there are enough days. Longs and shorts are pooled: one margin serves both. */
export function known(
  days: readonly Moved[],
  vol: EwmaPolicy,
  measure: LossMeasure,
  anchor: LossMeasure,
): (Known | undefined)[] {
  let state: FilteredState = unfiltered;
  return days.map(({ from, to, change, long, short }) => {
    state = orThrow(filter(state, { from, to, move: change, losses: [long, short] }, vol));
    const raw = rawEstimate(state, DAY_HOURS, measure, vol);
    const longRun = anchorOf(state, anchor);
    return isRefusal(raw) || isRefusal(longRun) ? undefined : { at: to, raw, longRun };
  });
}

/** The upper quantile of the pooled losses of some days. */
function plainQuantile(days: readonly Moved[], level: number): number {
  const losses = days.flatMap(({ long, short }) => [long, short]).sort((a, b) => a - b);
  return losses[Math.ceil(level * losses.length - 1e-9) - 1]!;
}

/** Plain quantile over the last days. */
export function historical(days: readonly Moved[], window: number, level: number): number[] {
  return days.map((_, i) => plainQuantile(days.slice(Math.max(0, i + 1 - window), i + 1), level));
}

/** The worst that any stretch of that many days had asked by then: the stressed level. */
export function stressed(days: readonly Moved[], window: number, level: number): number[] {
  let worst = 0;
  return historical(days, window, level).map((value) => {
    worst = Math.max(worst, value);
    return worst;
  });
}

/** The median of the raw estimate over the last days. */
export function calm(raw: readonly (Known | undefined)[], window: number): number[] {
  return raw.map((_, i) => {
    const seen = raw
      .slice(Math.max(0, i + 1 - window), i + 1)
      .flatMap((item) => (item === undefined ? [] : [item.raw]));
    return quantileOf(seen, 0.5);
  });
}

/** The value in force after each day, from raw estimates and an anchor per day. */
export function governedBy(
  policy: FactorPolicy,
  raw: readonly (Known | undefined)[],
  anchors: readonly (number | undefined)[],
): (number | undefined)[] {
  let state: GovernorState = ungoverned;
  const rules = { factors: { X: policy }, gapMax: DAY_HOURS };
  return raw.map((item, i) => {
    const anchor = anchors[i];
    if (item === undefined || anchor === undefined) return undefined;
    const readings = { X: { raw: item.raw, anchor } };
    state = orThrow(govern(state, { at: item.at, readings }, rules));
    return state.factors['X']!.value;
  });
}

/** Pairs what was in force after a day with what the next one did, from a day of the series on. */
export function stand(
  required: readonly (number | undefined)[],
  days: readonly Moved[],
  first: number,
): Stood[] {
  const stood: Stood[] = [];
  for (let i = Math.max(1, first); i < days.length; i++) {
    const { long, short } = days[i]!;
    stood.push({ required: required[i - 1]!, long, short });
  }
  return stood;
}

// How a requirement of a fixed book moved: what whips its holder, whatever it covered.

import { MS_PER_DAY, type Refusal, refuse } from '@plimsoll/core';
import { log } from '@plimsoll/core/kernel';

/** A requirement over time: instants in milliseconds, ascending, and an amount at each. */
export interface RequirementSeries {
  readonly at: ArrayLike<number>;
  readonly amount: ArrayLike<number>;
}

/** The largest rise, as a share of what it rose from, and when it began and ended. */
export interface Rise {
  readonly rise: number;
  readonly from: number;
  readonly to: number;
}

/** Measures of a series; `rises` by horizon in the order asked for. */
export interface Procyclicality {
  readonly peakToTrough: number;
  readonly mean: number;
  /** Standard deviation of the changes of the logarithm from slot to slot, around their mean. */
  readonly logChangeStdev: number;
  readonly rises: readonly (Rise & { readonly horizon: number })[];
}

const HOUR = MS_PER_DAY / 24;
/** The horizons of the field: an hour, a day, five, thirty. */
export const RISE_HORIZONS: readonly number[] = [HOUR, MS_PER_DAY, 5 * MS_PER_DAY, 30 * MS_PER_DAY];

/**
 * Peak to trough, mean, volatility of changes, and the largest rise inside each horizon of a requirement of a fixed book.
 *
 *     peak to trough = max M/min M;  rise = max of M_t/M_s - 1 over s < t <= s + horizon;  stdev of ln M_{t+1} - ln M_t
 *
 * A rise is looked for between any two instants no farther apart than the horizon, so that a longer one never shows less. Units: shares.
 * Errors: fewer than two slots, instants that do not ascend, an amount that is not positive. Source: M-149; Murphy, Vasios and Vause 2014.
 * @example procyclicalityOf({ at: [0, 3_600_000], amount: [100, 110] }).rises[0].rise // 0.1
 */
export function procyclicalityOf(
  series: RequirementSeries,
  horizons: readonly number[] = RISE_HORIZONS,
): Procyclicality | Refusal {
  const doubt = doubtSeries(series);
  if (doubt !== undefined) return doubt;
  const { amount } = series;
  const n = amount.length;
  let [peak, trough, sum] = [amount[0]!, amount[0]!, 0];
  for (let t = 0; t < n; t++) {
    peak = Math.max(peak, amount[t]!);
    trough = Math.min(trough, amount[t]!);
    sum += amount[t]!;
  }
  const drift = log(amount[n - 1]! / amount[0]!) / (n - 1);
  let squares = 0;
  for (let t = 1; t < n; t++) {
    const away = log(amount[t]! / amount[t - 1]!) - drift;
    squares += away * away;
  }
  return {
    peakToTrough: peak / trough,
    mean: sum / n,
    logChangeStdev: Math.sqrt(squares / (n - 1)),
    rises: horizons.map((horizon) => ({ horizon, ...largestRise(series, horizon) })),
  };
}

/**
 * The largest rise between two instants no farther apart than a horizon, the earliest of equals; 0 where nothing rose.
 *
 *     max of M_t/M_s - 1 over s <= t <= s + horizon, by the least amount still inside the horizon: linear in the slots
 *
 * Units: a share; instants in milliseconds. Errors: none; ask `procyclicalityOf` to doubt the series. Source: M-149.
 * @example largestRise({ at: [0, 1, 2], amount: [4, 2, 3] }, 1) // { rise: 0.5, from: 1, to: 2 }
 */
export function largestRise({ at, amount }: RequirementSeries, horizon: number): Rise {
  const lows: number[] = []; // slots of rising amounts, from `head` on: the first is the least inside the horizon
  let head = 0;
  let best: Rise = { rise: 0, from: at[0]!, to: at[0]! };
  for (let t = 0; t < amount.length; t++) {
    while (lows.length > head && amount[lows[lows.length - 1]!]! >= amount[t]!) lows.pop();
    lows.push(t);
    while (at[lows[head]!]! < at[t]! - horizon) head++;
    const low = lows[head]!;
    const rise = amount[t]! / amount[low]! - 1;
    if (rise > best.rise) best = { rise, from: at[low]!, to: at[t]! };
  }
  return best;
}

function doubtSeries({ at, amount }: RequirementSeries): Refusal | undefined {
  if (at.length !== amount.length) {
    return refuse('malformed', `${at.length} instants have ${amount.length} amounts; give one each.`);
  }
  if (at.length < 2) return refuse('too-short', `${at.length} amounts do not move; 2 are needed at least.`);
  for (let t = 0; t < at.length; t++) {
    if (!(amount[t]! > 0 && Number.isFinite(amount[t]))) {
      return refuse(
        'out-of-range',
        `the requirement at slot ${t} is ${amount[t]}; a share of it needs a positive one.`,
      );
    }
    if (!Number.isFinite(at[t]) || (t > 0 && !(at[t]! > at[t - 1]!))) {
      return refuse('malformed', `the instant of slot ${t} is ${at[t]}; instants must ascend.`);
    }
  }
  return undefined;
}

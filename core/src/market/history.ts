// What factors did: levels of spots, vols, premiums and pegs on common dates, so that what moved together stays together.

import { ByteWriter, type Digest, digestOf, digestValue, type Refusal, refuse } from '../base/index.ts';
import { type AssetCode, compareText } from '../product/index.ts';

/**
 * What a factor is a level of. `spot`: an index, USD per coin. `vol`: the at-the-money vol of about 30 days, decimal. `premium`: the perpetual over
 * the index less one, plus one. `peg`: USD per stable asset. All above zero, so that moves are ratios.
 */
export type FactorKind = 'spot' | 'vol' | 'premium' | 'peg';

/** A factor's levels at the times it was seen, milliseconds since 1970, ascending. */
export interface FactorLevels {
  readonly kind: FactorKind;
  readonly of: AssetCode;
  readonly times: Float64Array;
  readonly levels: Float64Array;
  /** Least and most since the time before, where bars say so: never above, never below the level. */
  readonly lows?: Float64Array;
  readonly highs?: Float64Array;
  /** Where they were read, for a person. */
  readonly source: string;
}

/** Factors on common dates: `factors[f].levels[t]` stands at `times[t]`. */
export interface FactorHistory {
  /** Distance of two dates, milliseconds. */
  readonly step: number;
  readonly times: Float64Array;
  readonly factors: readonly HistoryFactor[];
  /** What was found wrong and what was done about it. */
  readonly notes: readonly string[];
  readonly digest: Digest;
}

export interface HistoryFactor {
  readonly kind: FactorKind;
  readonly of: AssetCode;
  readonly levels: Float64Array;
  /** Of the bar that ends at each date, where bars say so: paths are seen by them, models look at levels alone. */
  readonly lows?: Float64Array;
  readonly highs?: Float64Array;
}

/** A factor's name. @example factorId({ kind: 'spot', of: 'BTC' }) // 'spot:BTC' */
export function factorId({ kind, of }: { readonly kind: FactorKind; readonly of: AssetCode }): string {
  return `${kind}:${of}`;
}

const HOUR = 3_600_000;

/** Extremes that are none: of another length, or a low above its level, a high below it. */
function doubtExtremes({ times, levels, lows, highs, source, ...factor }: FactorLevels): Refusal | undefined {
  if (lows === undefined && highs === undefined) return undefined;
  const id = factorId(factor);
  if (lows?.length !== levels.length || highs?.length !== levels.length) {
    return refuse('malformed', `${id} has lows or highs that are not one for each level.`, source);
  }
  const wrong = levels.findIndex((level, i) => !(lows[i]! > 0 && lows[i]! <= level && highs[i]! >= level));
  if (wrong < 0 && highs.every((high) => high < Number.POSITIVE_INFINITY)) return undefined;
  const time = new Date(times[Math.max(0, wrong)]!).toISOString();
  const message = `${id} has a low above its level or a high below it, in the bar that ends ${time}; mend the row.`;
  return refuse('out-of-range', message, source);
}

function doubt({ times, levels, source, ...factor }: FactorLevels, step: number): Refusal | undefined {
  const id = factorId(factor);
  if (times.length !== levels.length)
    return refuse('malformed', `${id} has ${times.length} times and ${levels.length} levels.`, source);
  if (levels.some((level) => !(level > 0 && level < Number.POSITIVE_INFINITY))) {
    return refuse(
      'out-of-range',
      `${id} has a level that is not above zero; levels are prices, vols or ratios.`,
      source,
    );
  }
  for (let i = 1; i < times.length; i++) {
    if (times[i]! <= times[i - 1]!) {
      const message = `${id} has a time twice or out of order, ${new Date(times[i]!).toISOString()}; sort the file and keep one row of each time.`;
      return refuse(times[i] === times[i - 1] ? 'duplicate' : 'malformed', message, source);
    }
  }
  if (times.length > 1 && levels.every((level) => level === levels[0])) {
    return refuse(
      'out-of-range',
      `${id} never moves; a constant says nothing of risk, leave it out.`,
      source,
    );
  }
  if (times.some((time) => time % step !== 0)) {
    const message = `${id} has times off the step of ${step / HOUR} hours; give bars of one length.`;
    return refuse('malformed', message, source);
  }
  return undefined;
}

/** Dates that every factor has, ascending. */
function commonTimes(series: readonly FactorLevels[]): Float64Array {
  const [first, ...others] = series.map(({ times }) => times);
  const known = others.map((times) => new Set(times));
  return (first ?? new Float64Array(0)).filter((time) => known.every((times) => times.has(time)));
}

function gapNotes(times: Float64Array, step: number): string[] {
  let gaps = 0;
  let missing = 0;
  for (let i = 1; i < times.length; i++) {
    const steps = Math.round((times[i]! - times[i - 1]!) / step);
    if (steps > 1) {
      gaps++;
      missing += steps - 1;
    }
  }
  if (gaps === 0) return [];
  return [`${gaps} gaps, ${missing} dates missing in them; no window reaches across one.`];
}

/**
 * Factors laid on the dates that all of them have. Refuses what is no series (levels at or below zero, times twice or out of order, off the
 * step, a constant), naming factor and source; says in `notes` what was left out.
 * @example alignHistory([btcSpot, btcVol], 3_600_000).times.length // 38_000
 */
export function alignHistory(series: readonly FactorLevels[], step: number = HOUR): FactorHistory | Refusal {
  const ids = series.map(factorId);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) return refuse('duplicate', `${twice} is given twice; give each factor once.`);
  for (const one of series) {
    const wrong = doubt(one, step) ?? doubtExtremes(one);
    if (wrong !== undefined) return wrong;
  }
  const sorted = [...series].sort((left, right) => compareText(factorId(left), factorId(right)));
  const times = commonTimes(sorted);
  const factors = sorted.map(({ kind, of, times: own, levels, lows, highs }): HistoryFactor => {
    const at = new Map(Array.from(own, (time, i) => [time, i]));
    const laid = (column: Float64Array) => times.map((time) => column[at.get(time)!]!);
    const extremes =
      lows === undefined || highs === undefined ? {} : { lows: laid(lows), highs: laid(highs) };
    return { kind, of, levels: laid(levels), ...extremes };
  });
  const left = sorted
    .filter(({ times: own }) => own.length > times.length)
    .map(
      (one) => `${factorId(one)}: ${one.times.length - times.length} dates that others lack were left out.`,
    );
  const notes = [...left, ...gapNotes(times, step)];
  return { step, times, factors, notes, digest: historyDigest(step, times, factors) };
}

function historyDigest(step: number, times: Float64Array, factors: readonly HistoryFactor[]): Digest {
  const bytes = new ByteWriter().text('plimsoll-history-1').f64(step).u32(times.length).u32(factors.length);
  for (const time of times) bytes.f64(time);
  for (const factor of factors) {
    bytes.text(factorId(factor));
    for (const level of factor.levels) bytes.f64(level);
  }
  for (const { lows, highs } of factors) {
    if (lows === undefined || highs === undefined) continue;
    bytes.text('extremes');
    for (const low of lows) bytes.f64(low);
    for (const high of highs) bytes.f64(high);
  }
  return digestOf(bytes.finish());
}

/** A history up to a time, that included: what could be known then. @example until(history, at).times.at(-1) <= at // true */
export function until(history: FactorHistory, at: number): FactorHistory {
  const count = upTo(history.times, at);
  if (count === history.times.length) return history;
  const times = history.times.subarray(0, count);
  const factors = history.factors.map(({ lows, highs, levels, ...factor }): HistoryFactor => {
    const cut = { ...factor, levels: levels.subarray(0, count) };
    if (lows === undefined || highs === undefined) return cut;
    return { ...cut, lows: lows.subarray(0, count), highs: highs.subarray(0, count) };
  });
  return { ...history, times, factors, digest: digestValue([history.digest, count]) };
}

/** How many times stand at or before one. */
function upTo(times: Float64Array, at: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

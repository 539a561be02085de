// Voices and how they are weighed: a venue speaks once, a liar is not heard, and no venue has half the say while there are three.

import type { Instant } from '../../base/index.ts';
import { compareText } from '../../product/index.ts';
import { median } from '../robust.ts';
import type { SourcePolicy } from './policy.ts';
import { ageOf, bySourceName, type Dropped, type SourceMemory } from './reports.ts';

/** A venue's sources as one: their median, their weights together, the widest doubt of them. */
export interface Voice {
  readonly venue: string;
  readonly sources: readonly string[];
  readonly value: number;
  readonly halfWidth: number;
  readonly weight: number;
  /** Milliseconds since its oldest report. */
  readonly age: number;
}

/** How a venue has stood to the others. */
export interface VenueMemory {
  readonly venue: string;
  readonly out: boolean;
  /** Reports in a row that were off while in, or near while out. */
  readonly ticks: number;
}

/** Normal standard deviations in a median absolute deviation. */
export const MAD_SCALE = 1.4826;

/** Sources that are young enough, one voice for each venue, ascending by venue; and those that are not. */
export function voicesOf(
  memory: readonly SourceMemory[],
  at: Instant,
  policy: SourcePolicy,
): { readonly voices: readonly Voice[]; readonly stale: readonly Dropped[] } {
  const stale: Dropped[] = [];
  const byVenue = new Map<string, SourceMemory[]>();
  for (const one of memory) {
    const age = ageOf(one, at);
    const most = policy.ageMax[one.route];
    if (age <= most) byVenue.set(one.venue, [...(byVenue.get(one.venue) ?? []), one]);
    else {
      const sentence = `Its last report is ${age} ms old; at most ${most} by ${one.route}.`;
      stale.push({ source: one.source, cause: 'stale', sentence });
    }
  }
  const voices = [...byVenue].map(([venue, own]) => voiceOf(venue, own, at));
  return { voices: voices.sort((left, right) => compareText(left.venue, right.venue)), stale };
}

function voiceOf(venue: string, own: readonly SourceMemory[], at: Instant): Voice {
  const values = own.map(({ value }) => value);
  const spread = (Math.max(...values) - Math.min(...values)) / 2;
  return {
    venue,
    sources: own.map(({ source }) => source),
    value: median(values)!,
    halfWidth: Math.max(spread, ...own.map(({ halfWidth }) => halfWidth)),
    weight: own.reduce((sum, { weight }) => sum + weight, 0),
    age: Math.max(...own.map((one) => ageOf(one, at))),
  };
}

/** How near two values around `middle` must be to agree, in units of the value. @example agreeWithin(60_000, policy) // 300 */
export function agreeWithin(middle: number, { floorShare, floorAbsolute }: SourcePolicy): number {
  return Math.max(floorShare * middle, floorAbsolute);
}

/**
 * Venues that are out, after this call's reports. A venue goes out when `persistTicks` of its reports in a row are further than
 * `persistShare` from the median of the voices that are in, and comes back by as many within `returnShare`. Only a minority can be put out, and only where
 * three speak: of two that disagree nobody knows which is wrong.
 */
export function persistence(
  before: readonly VenueMemory[],
  voices: readonly Voice[],
  fresh: ReadonlySet<string>,
  policy: SourcePolicy,
): readonly VenueMemory[] {
  const known = new Map(before.map((one) => [one.venue, one]));
  const isOut = (venue: string) => known.get(venue)?.out === true;
  const trusted = voices.filter(({ venue }) => !isOut(venue));
  const middle = median(trusted.map(({ value }) => value));
  if (middle === undefined) return before;
  const gap = ({ value }: Voice) => Math.abs(value - middle);
  const bar = Math.max(policy.persistShare * middle, agreeWithin(middle, policy));
  const offs = trusted.filter((voice) => gap(voice) > bar).length;
  const judges = trusted.length >= 3 && 2 * offs < trusted.length;
  for (const voice of voices) {
    const { venue } = voice;
    if (!voice.sources.some((source) => fresh.has(source))) continue;
    const { out = false, ticks = 0 } = known.get(venue) ?? {};
    const counts = out ? gap(voice) <= policy.returnShare * middle : judges && gap(voice) > bar;
    const next = counts ? ticks + 1 : 0;
    const turns = next >= policy.persistTicks;
    known.set(venue, { venue, out: turns ? !out : out, ticks: turns ? 0 : next });
  }
  return [...known.values()]
    .filter(({ out, ticks }) => out || ticks > 0)
    .sort((left, right) => compareText(left.venue, right.venue));
}

/**
 * Voices nearer to the plain median than `max(madMultiple x 1.4826 MAD, floor)`, and the sources of the others. One venue, one vote: a
 * volume that was made up weighs nothing here. Of two neither is ever rejected, of n always more than half stay; where MAD is 0 the floor judges.
 */
export function rejectOutliers(
  voices: readonly Voice[],
  policy: SourcePolicy,
): { readonly kept: readonly Voice[]; readonly rejected: readonly Dropped[] } {
  const middle = median(voices.map(({ value }) => value));
  if (middle === undefined) return { kept: [], rejected: [] };
  const gap = ({ value }: Voice) => Math.abs(value - middle);
  const mad = median(voices.map(gap))!;
  const far = Math.max(policy.madMultiple * MAD_SCALE * mad, agreeWithin(middle, policy));
  const two = voices.length <= 2;
  const kept = voices.filter((voice) => two || gap(voice) <= far);
  const rejected = voices
    .filter((voice) => !kept.includes(voice))
    .flatMap(({ sources, value }) =>
      sources.map((source): Dropped => {
        const sentence = `Its venue says ${value}; that is more than ${far} from the median ${middle}.`;
        return { source, cause: 'outlier', sentence };
      }),
    );
  return { kept, rejected: rejected.sort(bySourceName) };
}

/**
 * Shares of the say, adding up to 1, none above `max(cap, 1 / n)`: what a venue has beyond the cap goes to those below it, in proportion
 * to their own weights (evenly where they have none), until none is above. With three venues 0.4 holds; two have a half each, one has all.
 * @example cappedWeights([90, 5, 5], 0.4) // [0.4, 0.3, 0.3]
 */
export function cappedWeights(weights: readonly number[], cap: number): readonly number[] {
  const count = weights.length;
  const most = Math.max(cap, 1 / count);
  const capped = new Set<number>();
  // Each round caps at least one more, or ends.
  for (let round = 0; round <= count; round++) {
    const free = weights.filter((_, i) => !capped.has(i));
    // By the largest of them, so that neither huge weights nor tiny ones lose their digits in a sum.
    const largest = Math.max(...free, 0);
    const total = free.reduce((sum, weight) => sum + (largest > 0 ? weight / largest : 1), 0);
    const rest = 1 - capped.size * most;
    const shares = weights.map((weight, i) => {
      if (capped.has(i)) return most;
      return (rest * (largest > 0 ? weight / largest : 1)) / total;
    });
    const over = shares.flatMap((share, i) => (share > most && !capped.has(i) ? [i] : []));
    if (over.length === 0 || capped.size + over.length >= count)
      return shares.map((share) => Math.min(share, most));
    for (const i of over) capped.add(i);
  }
  return weights.map(() => 1 / count);
}

/** Below this a cumulated weight is one half for all that rounding knows. */
const HALF_SLACK = 1e-12;

/**
 * The middle by weight: where the cumulated weights pass one half; the mean of both neighbours where they meet it. Undefined for none.
 * @example middleByWeight([1, 2, 9], [0.4, 0.3, 0.3]) // 2
 */
export function middleByWeight(values: readonly number[], weights: readonly number[]): number | undefined {
  const order = values
    .map((_, i) => i)
    .filter((i) => weights[i]! > 0)
    .sort((i, j) => values[i]! - values[j]! || weights[i]! - weights[j]!);
  let total = 0;
  for (const i of order) total += weights[i]!;
  let sum = 0;
  for (let place = 0; place < order.length; place++) {
    sum += weights[order[place]!]!;
    const value = values[order[place]!]!;
    if (sum > total * (0.5 + HALF_SLACK)) return value;
    const next = order[place + 1];
    if (next !== undefined && sum >= total * (0.5 - HALF_SLACK)) return value + (values[next]! - value) / 2;
  }
  return order.length === 0 ? undefined : values[order.at(-1)!]!;
}

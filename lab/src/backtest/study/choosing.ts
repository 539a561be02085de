// Walk-forward: every year the governor's and the ranges' parameters are chosen on what was past by then, and on nothing else (M-190).

import { type FactorHistory, isRefusal, type Refusal } from '@plimsoll/core';
import { coverageTest, largestRise } from '../tests/index.ts';
import { promisedDefaults } from '../verdict.ts';
import { type Candidate, governingWith, rangesAt } from './candidates.ts';
import {
  askedOf,
  type GovernedVol,
  governedVols,
  type HouseParameters,
  type LinearTail,
  type LinearTerms,
  lossOf,
  SIDES,
  type Side,
  tailsOf,
} from './linear.ts';
import { aloneOf, chargesOf, fhsParameters, LOOK_BACK_HOURS, placeOf, type Span } from './walks.ts';

/** One coin's past as choices see it: dates four hours apart, what was lost after each, tails by filter. */
export interface Studied {
  readonly history: FactorHistory;
  readonly places: readonly number[];
  readonly at: readonly number[];
  /** Worst of the path within each line's horizon, by side; NaN where a gap is in it. */
  readonly lost: Readonly<Record<'maintenance' | 'initial', Readonly<Record<Side, Float64Array>>>>;
  readonly charges: LinearTerms['charges'];
}

const LINES = ['maintenance', 'initial'] as const;

function pathLosses(history: FactorHistory, places: readonly number[], hours: number, side: Side) {
  const { times, step } = history;
  const { levels, lows, highs } = history.factors[0]!;
  const steps = Math.round((hours * 3_600_000) / step);
  return Float64Array.from(places, (place) => {
    const end = place + steps;
    if (end >= times.length || times[end]! - times[place]! !== steps * step) return Number.NaN;
    let worst = 0;
    // Inside bars where the history has lows and highs, as the walk sees a book of one spot (M-188).
    const against = (side === 'long' ? lows : highs) ?? levels;
    for (let t = place + 1; t <= end; t++) {
      const change = against[t]! / levels[place]! - 1;
      worst = Math.max(worst, side === 'long' ? -change : change);
    }
    return worst;
  });
}

/** The dates of a one-coin history from one to another, every so many steps, with what followed. */
export function studied(
  history: FactorHistory,
  [from, to]: readonly [number, number],
  every: number,
  charges: LinearTerms['charges'],
): Studied {
  const places: number[] = [];
  for (let i = from; i < to; i += every) places.push(i);
  const lost = (line: 'maintenance' | 'initial') => {
    const hours = promisedDefaults.horizonHours[line];
    const of = (side: Side) => pathLosses(history, places, hours, side);
    return { long: of('long'), short: of('short') };
  };
  const at = places.map((place) => history.times[place]!);
  return {
    history,
    places,
    at,
    charges,
    lost: { maintenance: lost('maintenance'), initial: lost('initial') },
  };
}

/** One coin of a history, every so many of its dates from a time to another; `chargesOf` says what charges come to. */
export function studyOf(
  history: FactorHistory,
  coin: string,
  { from, to, every }: Span,
  parameters: HouseParameters,
): Studied {
  const own = aloneOf(history, coin);
  const places = [placeOf(own.times, from), placeOf(own.times, to)] as const;
  return studied(own, places, every, chargesOf(parameters, own, coin));
}

/** What one rule asks of one side at every date. */
export interface Series {
  readonly maintenance: Float64Array;
  readonly initial: Float64Array;
}

type Asker = (i: number, side: Side) => { readonly maintenance: number; readonly initial: number };

/** Both lines of both sides at every date. */
export function seriesOf(count: number, ask: Asker): Readonly<Record<Side, Series>> {
  const of = (side: Side): Series => {
    const all = Array.from({ length: count }, (_, i) => ask(i, side));
    return {
      maintenance: Float64Array.from(all, ({ maintenance }) => maintenance),
      initial: Float64Array.from(all, ({ initial }) => initial),
    };
  };
  return { long: of('long'), short: of('short') };
}

/** What `var` asks of a linear position, ungoverned. */
export function tailSeries({ history, places, charges }: Studied, parameters: HouseParameters) {
  const tails = tailsOf(history, places, parameters.history, LOOK_BACK_HOURS);
  return seriesOf(places.length, (i, side) => {
    const { vol, maintenance: near, initial: far } = tails[i]!;
    const maintenance = lossOf(near[side], side, vol) + charges.maintenance;
    const release = (1 + parameters.releaseBuffer) * maintenance;
    return { maintenance, initial: Math.max(far[side] + charges.initial, release) };
  });
}

/** A candidate on a linear position; its ranges are reviewed at the first date of each year, at the anchor known then. */
export function candidateSeries(
  { at, charges }: Studied,
  tails: readonly LinearTail[],
  vols: readonly GovernedVol[],
  candidate: Candidate,
  releaseBuffer: number,
) {
  let year = Number.NaN;
  const ranges = at.map((time, i): LinearTerms['range'] | undefined => {
    const own = new Date(time).getUTCFullYear();
    if (own === year) return undefined;
    year = own;
    return rangesAt(candidate, vols[i]!.anchor);
  });
  const inForce: LinearTerms['range'][] = [];
  for (const [i, range] of ranges.entries()) inForce.push(range ?? inForce[i - 1]!);
  return seriesOf(at.length, (i, side) =>
    askedOf(tails[i]!, vols[i]!, { range: inForce[i]!, charges, releaseBuffer }, side),
  );
}

/** What a rule was worth up to a date, over all coins, sides and lines. */
export interface Worth {
  /** Sum of losses beyond requirements on windows that do not overlap. */
  readonly shortfall: number;
  /** Mean of the largest rises of five days. */
  readonly rise: number;
  readonly mean: number;
  /** Lines that were breached too often, one-sided at 5 %. */
  readonly rejected: number;
}

/** The weight of shortfalls against rises, and that of cost: the trade-off that is chosen by, stated. */
export const OMEGA = 0.5;
export const COST_WEIGHT = 0.25;

/** `J = omega SF/SF_ref + (1 - omega) APC/APC_ref + c mean/mean_ref` (Goldman and Shen 2020), against a reference on the same dates. */
export function objective(own: Worth, reference: Worth, omega = OMEGA): number {
  const over = (a: number, b: number) => (b > 0 ? a / b : a > 0 ? Number.POSITIVE_INFINITY : 0);
  return (
    omega * over(own.shortfall, reference.shortfall) +
    (1 - omega) * over(own.rise, reference.rise) +
    COST_WEIGHT * over(own.mean, reference.mean)
  );
}

interface Judged {
  readonly study: Studied;
  readonly series: Readonly<Record<Side, Series>>;
}

/** What rules were worth on the dates whose windows had ended by a time. */
export function worthOf(all: readonly Judged[], until: number): Worth {
  let [shortfall, rise, mean, rejected, lines] = [0, 0, 0, 0, 0];
  for (const { study, series } of all) {
    for (const line of LINES) {
      const apart = promisedDefaults.horizonHours[line] * 3_600_000;
      const count = study.at.filter((at) => at + apart <= until).length;
      for (const side of SIDES) {
        const asked = series[side][line].subarray(0, count);
        const lost = study.lost[line][side];
        let [windows, breaches] = [0, 0];
        let next = Number.NEGATIVE_INFINITY;
        for (let i = 0; i < count; i++) {
          if (study.at[i]! < next || Number.isNaN(lost[i]!)) continue;
          next = study.at[i]! + apart;
          windows++;
          if (lost[i]! > asked[i]!) breaches++;
          shortfall += Math.max(0, lost[i]! - asked[i]!);
        }
        const found = coverageTest(breaches, windows, 1 - promisedDefaults.coverage[line]);
        if (!isRefusal(found) && found.rejected) rejected++;
        rise += largestRise({ at: study.at, amount: asked }, 5 * 86_400_000).rise;
        mean += asked.reduce((sum, value) => sum + value, 0) / Math.max(1, count);
        lines++;
      }
    }
  }
  return { shortfall, rise: rise / lines, mean: mean / lines, rejected };
}

/** What is best at one trade-off, and its J. */
interface Best {
  readonly candidate: Candidate;
  readonly score: number;
}

/** A choice: what was taken, at which J, out of how many that held on the past; what would have been at other trade-offs. */
export interface Choice extends Best {
  readonly at: number;
  readonly held: number;
  readonly tried: number;
  readonly byOmega: readonly (Best & { readonly omega: number })[];
}

/** Trade-offs that a choice is shown at beside its own. */
const OMEGAS = [0.25, 0.75, 0.9, 1];

/**
 * The choice at each of some times: of the candidates no line of which was rejected on the past, the one with the least J; of all where none held.
 * Refuses what the governor refuses.
 */
export function choose(
  studies: readonly Studied[],
  times: readonly number[],
  parameters: HouseParameters,
  tried: readonly Candidate[],
): Choice[] | Refusal {
  const { releaseBuffer } = parameters;
  const reference = studies.map((study) => ({ study, series: tailSeries(study, fhsParameters) }));
  const references = times.map((until) => worthOf(reference, until));
  const tails = new Map<number, LinearTail[][]>();
  const vols = new Map<string, GovernedVol[][]>();
  const scores: { candidate: Candidate; worths: Worth[] }[] = [];
  for (const candidate of tried) {
    const { halfLife } = candidate;
    const own =
      tails.get(halfLife) ??
      studies.map(({ history, places }) =>
        tailsOf(history, places, { ...parameters.history, halfLifeHours: halfLife }, LOOK_BACK_HOURS),
      );
    tails.set(halfLife, own);
    const key = JSON.stringify({ ...candidate, multiple: 0 });
    let governed = vols.get(key);
    if (governed === undefined) {
      governed = [];
      for (const { history, places } of studies) {
        const found = governedVols(history, places, governingWith(candidate));
        if (isRefusal(found)) return found;
        governed.push(found);
      }
      vols.set(key, governed);
    }
    const judged = studies.map((study, s) => {
      const series = candidateSeries(study, own[s]!, governed![s]!, candidate, releaseBuffer);
      return { study, series };
    });
    scores.push({ candidate, worths: times.map((until) => worthOf(judged, until)) });
  }
  return times.map((at, t) => bestOf(at, scores, t, references[t]!));
}

function bestOf(
  at: number,
  scores: readonly { readonly candidate: Candidate; readonly worths: readonly Worth[] }[],
  t: number,
  reference: Worth,
): Choice {
  const holding = scores.filter(({ worths }) => worths[t]!.rejected === 0);
  const among = holding.length > 0 ? holding : scores;
  const best = (omega: number): Best =>
    among
      .map(({ candidate, worths }) => ({ candidate, score: objective(worths[t]!, reference, omega) }))
      .reduce((least, own) => (own.score < least.score ? own : least));
  const byOmega = OMEGAS.map((omega) => ({ omega, ...best(omega) }));
  return { at, ...best(OMEGA), held: holding.length, tried: scores.length, byOmega };
}

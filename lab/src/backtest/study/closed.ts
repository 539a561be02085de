// Walks of linear positions in closed form (M-190): the traces that the model itself would leave, a thousand times as fast, and how far apart the two are
// where both were asked.

import type { BookTrace } from '../engine.ts';
import { type Governing, governingDefaults } from '../governing.ts';
import { type Candidate, governingWith } from './candidates.ts';
import { candidateSeries, type Series, type Studied, seriesOf, tailSeries } from './choosing.ts';
import {
  askedOf,
  governedVols,
  type HouseParameters,
  type LinearTail,
  SIDES,
  type Side,
  tailsOf,
} from './linear.ts';
import { LOOK_BACK_HOURS, must, type Run, sharesOf, type Walked, walk } from './walks.ts';

const known = (value: number) => (Number.isNaN(value) ? null : value);

function traceOf(coin: string, side: Side, study: Studied, own: Series): BookTrace {
  const { at, lost } = study;
  const none = at.map(() => null);
  return {
    ...{ name: `${coin} ${side}`, what: 'a perpetual, in closed form', at: [...at] },
    ...{ entry: at.map(() => 0), gross: at.map(() => 1), var: none, es: none },
    maintenance: [...own.maintenance],
    initial: [...own.initial],
    swept: [...own.initial],
    lossMaintenance: Array.from(lost.maintenance[side], known),
    lossInitial: Array.from(lost.initial[side], known),
  };
}

/** Series of both sides as a run; shares of a notional that stays what it is. */
export function runOf(coin: string, study: Studied, series: Readonly<Record<Side, Series>>): Run {
  const traces = SIDES.map((side) => traceOf(coin, side, study, series[side]));
  return { traces, refused: 0, refusal: null, margins: 0, milliseconds: 0 };
}

/** Tails of one coin by the filter of some half-life: the costly part, which no governor changes. */
export function tailsBy({ history, places }: Studied, given: HouseParameters['history']): LinearTail[] {
  return tailsOf(history, places, given, LOOK_BACK_HOURS);
}

/** The house model on one coin under any governor, from the tails of its filter. */
export function houseSeries(
  study: Studied,
  coin: string,
  parameters: HouseParameters,
  tails: readonly LinearTail[],
  governing: Governing = governingDefaults,
): Readonly<Record<Side, Series>> {
  const { history, places, charges } = study;
  const vols = must(governedVols(history, places, governing));
  const { maintenance, initial } = parameters.coins[coin] ?? parameters.otherCoin;
  const terms = { range: { maintenance, initial }, charges, releaseBuffer: parameters.releaseBuffer };
  return seriesOf(places.length, (i, side) => askedOf(tails[i]!, vols[i]!, terms, side));
}

/** A candidate on one coin, from the tails of its filter, ranges reviewed every year. */
export function frozenSeries(
  study: Studied,
  candidate: Candidate,
  parameters: HouseParameters,
  tails: readonly LinearTail[],
) {
  const vols = must(governedVols(study.history, study.places, governingWith(candidate)));
  return candidateSeries(study, tails, vols, candidate, parameters.releaseBuffer);
}

/** What a model without a past asks of a position: the same share at any time, so that it is asked once. */
export function fixedSeries({ history, places }: Studied, coin: string, walked: Walked) {
  const shares = sharesOf(walked, history, coin);
  return seriesOf(places.length, (_, side) => shares[side]);
}

/** Any model that is compared, on one coin, in closed form. */
export function seriesBy(study: Studied, coin: string, walked: Walked): Readonly<Record<Side, Series>> {
  const { parameters, governing } = walked;
  if (!('history' in parameters)) return fixedSeries(study, coin, walked);
  const looking = parameters as HouseParameters;
  if (governing === undefined) return tailSeries(study, looking);
  return houseSeries(study, coin, looking, tailsBy(study, looking.history), governing);
}

/**
 * The largest relative difference between a closed form and the model itself, both lines and sides, at so many dates evenly apart.
 * @example apartBy(walked, study, 'ADA', series, 8) // 1e-7
 */
export function apartBy(
  walked: Walked,
  study: Studied,
  coin: string,
  series: Readonly<Record<Side, Series>>,
  dates: number,
): number {
  const stride = Math.floor(study.places.length / dates);
  const [from, to] = [study.at[0]!, study.at[(dates - 1) * stride]! + 1];
  const every = stride * (study.places[1]! - study.places[0]!);
  const run = walk(walked, study.history, { kind: 'held', coin }, { from, to, every });
  let most = 0;
  for (const [s, { maintenance, initial, gross, at }] of run.traces.entries()) {
    const own = series[SIDES[s]!];
    for (const [i, time] of at.entries()) {
      const place = study.at.indexOf(time);
      const pairs = [
        [maintenance[i]! / gross[i]!, own.maintenance[place]!],
        [initial[i]! / gross[i]!, own.initial[place]!],
      ] as const;
      for (const [model, closed] of pairs) most = Math.max(most, Math.abs(closed / model - 1));
    }
  }
  return most;
}

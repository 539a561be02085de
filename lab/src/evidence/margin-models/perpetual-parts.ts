// Perpetuals of one coin at a time, in closed form (M-190): nine years, crashes by the hour, the frontier, the walk-forward, the unseen coins.

import { models } from '@plimsoll/core';
import { type Candidate, governingWith, rangesAt } from '../../backtest/study/candidates.ts';
import { type Choice, type Studied, studyOf, tailSeries } from '../../backtest/study/choosing.ts';
import { apartBy, frozenSeries, houseSeries, runOf, seriesBy, tailsBy } from '../../backtest/study/closed.ts';
import { joined } from '../../backtest/study/figures.ts';
import { governedVols, type HouseParameters } from '../../backtest/study/linear.ts';
import {
  atElasticity,
  day,
  fhsParameters,
  must,
  type Run,
  WALKED,
  type Walked,
} from '../../backtest/study/walks.ts';
import { COINS, CRASHES, ELASTICITIES, historyOf, LINEAR_MODELS, PAIR, SPANS, YEARS } from './sources.ts';

/** One point of a frontier. */
export interface PointRuns {
  readonly name: string;
  readonly run: Run;
}

/** What perpetuals of both coins give, and how far the closed form was from the model where both were asked. */
export interface PerpetualsFound {
  readonly walks: Readonly<Record<string, Run>>;
  readonly crashes: Readonly<Record<string, readonly Run[]>>;
  readonly points: readonly PointRuns[];
  readonly apart: number;
}

type Sides = ReturnType<typeof houseSeries>;
interface Own {
  readonly coin: string;
  readonly study: Studied;
}

/** Coins side by side as one run. */
function beside(studies: readonly Own[], seriesOf: (one: Own) => Sides): Run {
  const runs = studies.map((one) => runOf(one.coin, one.study, seriesOf(one)));
  return { ...runs[0]!, traces: runs.flatMap(({ traces }) => traces) };
}

const { defaults } = models.dmr;
/** Dates at which a closed form is held to the model itself, a coin. */
export const CHECKED_DATES = 8;

/** BTC and ETH since 2018, crashes by the hour, every elasticity. */
export async function walkPerpetuals(data: string): Promise<PerpetualsFound> {
  const history = await historyOf(data, 'perpetuals');
  const studies = PAIR.coins.map((coin): Own => {
    return { coin, study: studyOf(history, coin, SPANS.perpetuals, defaults) };
  });
  const tails = new Map(studies.map(({ coin, study }) => [coin, tailsBy(study, defaults.history)]));
  const house = ({ coin, study }: Own, elasticity: number) =>
    houseSeries(study, coin, defaults, tails.get(coin)!, atElasticity(elasticity).governing);
  const points = ELASTICITIES.map((elasticity): PointRuns => {
    return { name: `dmr, elasticity ${elasticity}`, run: beside(studies, (one) => house(one, elasticity)) };
  });
  const walks: Record<string, Run> = {};
  const crashes: Record<string, Run[]> = {};
  for (const model of LINEAR_MODELS) {
    const walked = WALKED[model]!;
    walks[model] = beside(studies, (one) =>
      model === 'dmr' ? house(one, 0.5) : seriesBy(one.study, one.coin, walked),
    );
    crashes[model] = CRASHES.perpetuals.map(([from, to]) => {
      const span = { from: day(from), to: day(to), every: 1 };
      const hours = PAIR.coins.map((coin): Own => ({ coin, study: studyOf(history, coin, span, defaults) }));
      return beside(hours, ({ coin, study }) => seriesBy(study, coin, walked));
    });
  }
  points.push({ name: 'plain FHS', run: walks['fhs']! });
  const apart = studies.flatMap((one) => [
    apartBy(WALKED['dmr']!, one.study, one.coin, house(one, 0.5), CHECKED_DATES),
    apartBy(WALKED['fhs']!, one.study, one.coin, tailSeries(one.study, fhsParameters), CHECKED_DATES),
  ]);
  return { walks, crashes, points, apart: Math.max(...apart) };
}

/** The joined path of the years, and how far from the model it was where both were asked. */
export interface ForwardFound {
  readonly run: Run;
  readonly apart: number;
}

/** The house model with a candidate's parameters, ranges from the anchor that was known at the first date of a study. */
function reviewed(candidate: Candidate, { history, places }: Studied, coin: string): Walked {
  const governing = governingWith(candidate);
  const { anchor } = must(governedVols(history, places.slice(0, 1), governing))[0]!;
  const own = { ...(defaults.coins[coin] ?? defaults.otherCoin), ...rangesAt(candidate, anchor) };
  const parameters: HouseParameters = {
    ...defaults,
    coins: { ...defaults.coins, [coin]: own },
    history: { ...defaults.history, halfLifeHours: candidate.halfLife },
  };
  return { ...WALKED['dmr']!, parameters, governing };
}

const DATES_A_YEAR = 2;

/** Every year under what was chosen for it. */
export async function walkForward(data: string, choices: readonly Choice[]): Promise<ForwardFound> {
  const history = await historyOf(data, 'perpetuals');
  let apart = 0;
  const runs = YEARS.map((year, i) => {
    const { candidate } = choices[i]!;
    const span = {
      from: Date.UTC(year, 0, 1),
      to: Math.min(Date.UTC(year + 1, 0, 1), SPANS.perpetuals.to),
      every: SPANS.perpetuals.every,
    };
    const studies = PAIR.coins.map((coin): Own => ({ coin, study: studyOf(history, coin, span, defaults) }));
    return beside(studies, ({ coin, study }) => {
      const walked = reviewed(candidate, study, coin);
      const series = seriesBy(study, coin, walked);
      apart = Math.max(apart, apartBy(walked, study, coin, series, DATES_A_YEAR));
      return series;
    });
  });
  return { run: { ...runs[0]!, traces: joined(runs.map(({ traces }) => traces)) }, apart };
}

/** What one of the many coins gives. */
export interface CoinRuns {
  readonly dmr: Run;
  readonly fhs: Run;
  readonly frozen: Run;
  readonly apart: number;
}

/** Coins of the unseen file under the defaults, under what was frozen, and under plain filtered history. */
export async function walkCoins(
  data: string,
  choices: readonly Choice[],
  coins: readonly string[],
): Promise<Record<string, CoinRuns>> {
  const history = await historyOf(data, 'coins');
  const { candidate } = choices.at(-1)!;
  const found = coins.map((coin): [string, CoinRuns] => {
    const study = studyOf(history, coin, SPANS.coins, defaults);
    const named = { ...defaults.coins, [coin]: defaults.coins[coin] ?? defaults.otherCoin };
    const parameters: HouseParameters = { ...defaults, coins: named };
    const tails = tailsBy(study, defaults.history);
    const given = { ...defaults.history, halfLifeHours: candidate.halfLife };
    const frozen = candidate.halfLife === defaults.history.halfLifeHours ? tails : tailsBy(study, given);
    const own = houseSeries(study, coin, parameters, tails);
    const runs = {
      dmr: runOf(coin, study, own),
      fhs: runOf(coin, study, tailSeries(study, fhsParameters)),
      frozen: runOf(coin, study, frozenSeries(study, candidate, defaults, frozen)),
    };
    return [
      coin,
      { ...runs, apart: apartBy({ ...WALKED['dmr']!, parameters }, study, coin, own, CHECKED_DATES) },
    ];
  });
  return Object.fromEntries(found);
}

/** Groups of coins: each is read and walked in a process of its own. */
export const COIN_GROUPS: readonly (readonly string[])[] = [0, 1, 2, 3].map((group) =>
  COINS.filter((_, i) => i % 4 === group),
);

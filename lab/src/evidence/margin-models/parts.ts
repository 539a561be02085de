// The parts of docs/evidence/margin-models.md that take time: each stands by itself, so that two can run at once and a run that was ended goes on.

import { type FactorHistory, models } from '@plimsoll/core';
import { type Candidate, candidates, governingWith, rangesAt } from '../../backtest/study/candidates.ts';
import { type Choice, choose, type Studied, studied, tailSeries } from '../../backtest/study/choosing.ts';
import { apartBy, frozenSeries, houseSeries, runOf, tailsBy } from '../../backtest/study/closed.ts';
import { governedVols, type HouseParameters } from '../../backtest/study/linear.ts';
import {
  aloneOf,
  atElasticity,
  chargesOf,
  day,
  fhsParameters,
  must,
  placeOf,
  type Run,
  type Span,
  WALKED,
  type Walked,
  walk,
} from '../../backtest/study/walks.ts';
import { walkChains } from './chains-part.ts';
import { CRISES, crisisPart } from './crisis-part.ts';
import {
  booksOf,
  COINS,
  CRASHES,
  ELASTICITIES,
  FRONTIER_HOURS,
  FROZEN_AT,
  historyOf,
  LINEAR_MODELS,
  PAIR,
  SPANS,
  YEARS,
} from './sources.ts';

/** A part: its name, and how it is made; parts of the second stage are told what was chosen. */
export interface Part {
  readonly id: string;
  readonly stage: 1 | 2;
  make(data: string, choices: readonly Choice[]): Promise<unknown>;
}

/** What a part of many coins finds, and how far the closed form was from the model at the dates both were asked. */
export interface CoinRuns {
  readonly dmr: Run;
  readonly fhs: Run;
  readonly frozen: Run;
  readonly apart: number;
}

function walkPart(id: string, name: 'driven' | 'perpetuals', walked: Walked): Part {
  return {
    id,
    stage: 1,
    make: async (data) => walk(walked, await historyOf(data, name), booksOf(name), SPANS[name]),
  };
}

/** The crashes of a history, each a run of its own: nothing rises from one to the next. */
function crashPart(name: 'driven' | 'perpetuals', model: string): Part {
  return {
    id: `crashes-${name}-${model}`,
    stage: 1,
    async make(data) {
      const history = await historyOf(data, name);
      return CRASHES[name].map(([from, to]) =>
        walk(WALKED[model]!, history, booksOf(name), { from: day(from), to: day(to), every: 1 }),
      );
    },
  };
}

/** The house model with a candidate's parameters, ranges from the anchors that were known at a time. */
function reviewed(
  candidate: Candidate,
  history: FactorHistory,
  coins: readonly string[],
  at: number,
): Walked {
  const { defaults } = models.dmr;
  const ranged = coins.map((coin) => {
    const own = aloneOf(history, coin);
    const place = placeOf(own.times, at) - 1;
    const { anchor } = must(governedVols(own, [place], governingWith(candidate)))[0]!;
    return [
      coin,
      { ...(defaults.coins[coin] ?? defaults.otherCoin), ...rangesAt(candidate, anchor) },
    ] as const;
  });
  const parameters = {
    ...defaults,
    coins: { ...defaults.coins, ...Object.fromEntries(ranged) },
    history: { ...defaults.history, halfLifeHours: candidate.halfLife },
  };
  return { ...WALKED['dmr']!, parameters, governing: governingWith(candidate) };
}

/** One coin's dates, alone. */
function studyOf(history: FactorHistory, coin: string, { from, to, every }: Span): Studied {
  const own = aloneOf(history, coin);
  const places = [placeOf(own.times, from), placeOf(own.times, to)] as const;
  return studied(own, places, every, chargesOf(models.dmr.defaults, own, coin));
}

const choicesPart: Part = {
  id: 'choices',
  stage: 1,
  async make(data) {
    const history = await historyOf(data, 'perpetuals');
    const studies = PAIR.coins.map((coin) => studyOf(history, coin, SPANS.perpetuals));
    const times = [...YEARS.map((year) => Date.UTC(year, 0, 1)), FROZEN_AT];
    return must(choose(studies, times, models.dmr.defaults, candidates()));
  },
};

function forwardPart(year: number, i: number): Part {
  return {
    id: `forward-${year}`,
    stage: 2,
    async make(data, choices) {
      const history = await historyOf(data, 'perpetuals');
      const [from, to] = [Date.UTC(year, 0, 1), Math.min(Date.UTC(year + 1, 0, 1), SPANS.perpetuals.to)];
      const walked = reviewed(choices[i]!.candidate, history, PAIR.coins, from);
      return walk(walked, history, PAIR, { from, to, every: SPANS.perpetuals.every });
    },
  };
}

/** Dates at which every coin's closed form is held to the model itself. */
export const CHECKED_DATES = 8;

/** A coin of the unseen file under the defaults, under what was frozen, and under plain filtered history. */
function coinPart(coin: string): Part {
  return {
    id: `coin-${coin}`,
    stage: 2,
    async make(data, choices): Promise<CoinRuns> {
      const study = studyOf(await historyOf(data, 'coins'), coin, SPANS.coins);
      const { defaults } = models.dmr;
      const coins = { ...defaults.coins, [coin]: defaults.coins[coin] ?? defaults.otherCoin };
      const parameters: HouseParameters = { ...defaults, coins };
      const { candidate } = choices.at(-1)!;
      const given = { ...defaults.history, halfLifeHours: candidate.halfLife };
      const tails = tailsBy(study, defaults.history);
      const frozen = candidate.halfLife === defaults.history.halfLifeHours ? tails : tailsBy(study, given);
      const own = houseSeries(study, coin, parameters, tails);
      return {
        dmr: runOf(coin, study, own),
        fhs: runOf(coin, study, tailSeries(study, fhsParameters)),
        frozen: runOf(coin, study, frozenSeries(study, candidate, defaults, frozen)),
        apart: apartBy({ ...WALKED['dmr']!, parameters }, study, coin, own, CHECKED_DATES),
      };
    },
  };
}

/** One point of a frontier. */
export interface PointRuns {
  readonly name: string;
  readonly run: Run;
}

/** Perpetuals of both coins alone, at every elasticity, in closed form. */
const perpetualFrontier: Part = {
  id: 'frontier-perpetuals',
  stage: 1,
  async make(data): Promise<PointRuns[]> {
    const history = await historyOf(data, 'perpetuals');
    const { defaults } = models.dmr;
    const studies = PAIR.coins.map((coin) => {
      const study = studyOf(history, coin, SPANS.perpetuals);
      return { coin, study, tails: tailsBy(study, defaults.history) };
    });
    type Asked = ReturnType<typeof houseSeries>;
    const point = (name: string, askedOf: (one: (typeof studies)[number]) => Asked) => {
      const runs = studies.map((one) => runOf(one.coin, one.study, askedOf(one)));
      return { name, run: { ...runs[0]!, traces: runs.flatMap(({ traces }) => traces) } };
    };
    return [
      ...ELASTICITIES.map((elasticity) =>
        point(`dmr, elasticity ${elasticity}`, ({ study, coin, tails }) =>
          houseSeries(study, coin, defaults, tails, elasticity),
        ),
      ),
      point('var', ({ study }) => tailSeries(study, models.var.defaults)),
      point('plain FHS', ({ study }) => tailSeries(study, fhsParameters)),
    ];
  },
};

/** The twelve books at one point, once a day. */
function drivenPoint(name: string, id: string, walked: Walked): Part {
  return {
    id,
    stage: 1,
    async make(data): Promise<PointRuns> {
      const span = { ...SPANS.driven, every: FRONTIER_HOURS };
      return { name, run: walk(walked, await historyOf(data, 'driven'), booksOf('driven'), span) };
    },
  };
}

/** The points of the twelve books' frontier, in order. */
export const DRIVEN_POINTS: readonly Part[] = [
  ...ELASTICITIES.map((elasticity) =>
    drivenPoint(`dmr, elasticity ${elasticity}`, `frontier-driven-${elasticity}`, atElasticity(elasticity)),
  ),
  drivenPoint('plain FHS', 'frontier-driven-fhs', WALKED['fhs']!),
];

const NAMES = ['driven', 'perpetuals'] as const;
const modelsOn = (name: (typeof NAMES)[number]) => (name === 'driven' ? Object.keys(WALKED) : LINEAR_MODELS);

/** Every part, the longest first within its stage, so that two at a time end together. */
export const PARTS: readonly Part[] = [
  choicesPart,
  ...NAMES.flatMap((name) =>
    modelsOn(name)
      .toReversed()
      .map((model) => walkPart(`walk-${name}-${model}`, name, WALKED[model]!)),
  ),
  perpetualFrontier,
  ...DRIVEN_POINTS,
  { id: 'chains', stage: 1, make: (data) => walkChains(data, WALKED) },
  ...NAMES.flatMap((name) => modelsOn(name).map((model) => crashPart(name, model))),
  ...CRISES.map((crisis): Part => ({ id: crisis.id, stage: 1, make: (data) => crisisPart(data, crisis) })),
  ...YEARS.map(forwardPart),
  ...COINS.map(coinPart),
];

// The parts of docs/evidence/margin-models.md that take time: each stands by itself, so that two can run at once and a run that was ended goes on.

import { models } from '@plimsoll/core';
import { candidates } from '../../backtest/study/candidates.ts';
import { type Choice, choose, studyOf } from '../../backtest/study/choosing.ts';
import { atElasticity, day, must, WALKED, type Walked, walk } from '../../backtest/study/walks.ts';
import { walkChains } from './chains-part.ts';
import { CRISES, crisisPart } from './crisis-part.ts';
import { COIN_GROUPS, type PointRuns, walkCoins, walkForward, walkPerpetuals } from './perpetual-parts.ts';
import {
  BOOKS,
  CRASHES,
  ELASTICITIES,
  FRONTIER,
  FROZEN_AT,
  HOURLY_MODELS,
  historyOf,
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

function walkPart(model: string): Part {
  return {
    id: `walk-driven-${model}`,
    stage: 1,
    make: async (data) => walk(WALKED[model]!, await historyOf(data, 'driven'), BOOKS, SPANS.driven),
  };
}

/** The crashes, each a run of its own: nothing rises from one to the next. */
function crashPart(model: string): Part {
  return {
    id: `crashes-driven-${model}`,
    stage: 1,
    async make(data) {
      const history = await historyOf(data, 'driven');
      return CRASHES.driven.map(([from, to]) =>
        walk(WALKED[model]!, history, BOOKS, { from: day(from), to: day(to), every: 1 }),
      );
    },
  };
}

const choicesPart: Part = {
  id: 'choices',
  stage: 1,
  async make(data) {
    const history = await historyOf(data, 'perpetuals');
    const studies = PAIR.coins.map((coin) => studyOf(history, coin, SPANS.perpetuals, models.dmr.defaults));
    const times = [...YEARS.map((year) => Date.UTC(year, 0, 1)), FROZEN_AT];
    return must(choose(studies, times, models.dmr.defaults, candidates()));
  },
};

/** The twelve books at one point, once a day. */
function drivenPoint(name: string, id: string, walked: Walked): Part {
  return {
    id,
    stage: 1,
    async make(data): Promise<PointRuns> {
      return { name, run: walk(walked, await historyOf(data, 'driven'), BOOKS, FRONTIER) };
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

/** Every part, the longest first within its stage, so that two at a time end together. */
export const PARTS: readonly Part[] = [
  choicesPart,
  ...Object.keys(WALKED).toReversed().map(walkPart),
  { id: 'perpetuals', stage: 1, make: walkPerpetuals },
  { id: 'chains', stage: 1, make: (data) => walkChains(data, WALKED) },
  ...DRIVEN_POINTS,
  ...HOURLY_MODELS.map(crashPart),
  ...CRISES.map((crisis): Part => ({ id: crisis.id, stage: 1, make: (data) => crisisPart(data, crisis) })),
  ...COIN_GROUPS.map((coins, group): Part => {
    return { id: `coins-${group}`, stage: 2, make: (data, choices) => walkCoins(data, choices, coins) };
  }),
  { id: 'forward', stage: 2, make: walkForward },
];

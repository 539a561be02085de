// The parts of docs/evidence/margin-models.md that take time: each stands by itself, so that two can run at once and a run that was ended goes on.

import { type FactorHistory, models } from '@plimsoll/core';
import { type Candidate, candidates, governingWith, rangesAt } from '../../backtest/study/candidates.ts';
import { type Choice, choose, studied } from '../../backtest/study/choosing.ts';
import { joined } from '../../backtest/study/figures.ts';
import { governedVols, type HouseParameters } from '../../backtest/study/linear.ts';
import {
  aloneOf,
  atElasticity,
  type Books,
  chargesOf,
  day,
  must,
  placeOf,
  type Run,
  WALKED,
  type Walked,
  walk,
} from '../../backtest/study/walks.ts';
import { CRISES, crisisPart } from './crisis-part.ts';
import {
  booksOf,
  COINS,
  CRASHES,
  ELASTICITIES,
  FROZEN_AT,
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

/** What a part of many coins finds. */
export interface CoinRuns {
  readonly dmr: Run;
  readonly fhs: Run;
  readonly frozen: Run;
}

/** Runs one after another as one. */
function together(runs: readonly Run[]): Run {
  return {
    traces: joined(runs.map(({ traces }) => traces)),
    refused: runs.reduce((sum, { refused }) => sum + refused, 0),
    refusal: runs.find(({ refusal }) => refusal !== null)?.refusal ?? null,
    margins: runs.reduce((sum, { margins }) => sum + margins, 0),
    milliseconds: runs.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
  };
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

const choicesPart: Part = {
  id: 'choices',
  stage: 1,
  async make(data) {
    const history = await historyOf(data, 'perpetuals');
    const { from, every } = SPANS.perpetuals;
    const studies = PAIR.coins.map((coin) => {
      const own = aloneOf(history, coin);
      const charges = chargesOf(models.dmr.defaults, own, coin);
      return studied(own, [placeOf(own.times, from), own.times.length], every, charges);
    });
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

/** A coin of the unseen file under the defaults, under what was frozen, and under plain filtered history. */
function coinPart(coin: string): Part {
  return {
    id: `coin-${coin}`,
    stage: 2,
    async make(data, choices) {
      const history = aloneOf(await historyOf(data, 'coins'), coin);
      const { defaults } = models.dmr;
      const coins = { ...defaults.coins, [coin]: defaults.coins[coin] ?? defaults.otherCoin };
      const parameters: HouseParameters = { ...defaults, coins };
      const own: Walked = { ...WALKED['dmr']!, parameters };
      const books: Books = { kind: 'linear', coin };
      const { from, to, every } = SPANS.coins;
      const { candidate } = choices.at(-1)!;
      const frozen: Run[] = [];
      for (let year = new Date(from).getUTCFullYear(); Date.UTC(year, 0, 1) < to; year++) {
        const span = {
          from: Math.max(from, Date.UTC(year, 0, 1)),
          to: Math.min(to, Date.UTC(year + 1, 0, 1)),
          every,
        };
        frozen.push(walk(reviewed(candidate, history, [coin], span.from), history, books, span));
      }
      return {
        dmr: walk(own, history, books, SPANS.coins),
        fhs: walk(WALKED['fhs']!, history, books, SPANS.coins),
        frozen: together(frozen),
      };
    },
  };
}

const NAMES = ['driven', 'perpetuals'] as const;
/** On linear books the expansion is the grid itself. */
const modelsOn = (name: (typeof NAMES)[number]) =>
  Object.keys(WALKED).filter((model) => name === 'driven' || model !== 'greeks');

/** Every part, the longest first within its stage, so that two at a time end together. */
export const PARTS: readonly Part[] = [
  choicesPart,
  ...NAMES.flatMap((name) =>
    modelsOn(name)
      .toReversed()
      .map((model) => walkPart(`walk-${name}-${model}`, name, WALKED[model]!)),
  ),
  ...ELASTICITIES.filter((elasticity) => elasticity !== 0.5).flatMap((elasticity) =>
    NAMES.map((name) => walkPart(`frontier-${name}-${elasticity}`, name, atElasticity(elasticity))),
  ),
  ...NAMES.flatMap((name) => modelsOn(name).map((model) => crashPart(name, model))),
  ...CRISES.map((crisis): Part => ({ id: crisis.id, stage: 1, make: (data) => crisisPart(data, crisis) })),
  ...YEARS.map(forwardPart),
  ...COINS.map(coinPart),
];

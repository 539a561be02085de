// Walks of a study: which model, on which history, over which books, and the traces they leave. Every margin here is the model's own.

import {
  digestValue,
  dollars,
  type FactorHistory,
  formatProduct,
  type Instant,
  instant,
  isRefusal,
  type MarginModel,
  type ModelParameters,
  models,
  type Perpetual,
  type Portfolio,
  productsOf,
  type Refusal,
  type Requirement,
  sentence,
} from '@plimsoll/core';
import { UNIT_USD } from '../../evidence/listed.ts';
import { halfLifeOf } from '../../governor/rules.ts';
import { Backtest, type BacktestPlan, type BookTrace } from '../engine.ts';
import { type Governing, governingDefaults } from '../governing.ts';
import { type Strategy, standardStrategies } from '../holding.ts';
import { drivenScene, type Scene } from '../scene.ts';
import { promisedDefaults } from '../verdict.ts';
import type { HouseParameters, Side } from './linear.ts';

/** Two years, the look-back of the command. */
export const LOOK_BACK_HOURS = 17_520;

/** A model as it is walked. */
export interface Walked {
  readonly model: MarginModel;
  readonly parameters: ModelParameters;
  readonly governing?: Governing;
}

/** Decay 0.97 a day, a half-life of 22.8 days: the filter clearing houses use most. */
const FHS_HALF_LIFE = halfLifeOf(0.97);

/** Plain filtered history: one slow filter, no floor, nothing governed. */
export const fhsParameters: HouseParameters = {
  ...models.var.defaults,
  version: 'fhs-0.97',
  history: { ...models.var.defaults.history, halfLifeHours: FHS_HALF_LIFE, floor: 0 },
};

/** The models that are compared, at their defaults, by the names of the tables. */
export const WALKED: Readonly<Record<string, Walked>> = {
  static: { model: models.static as MarginModel, parameters: models.static.defaults },
  greeks: { model: models.greeks as MarginModel, parameters: models.greeks.defaults },
  grid: { model: models.grid as MarginModel, parameters: models.grid.defaults },
  fhs: { model: models.var as MarginModel, parameters: fhsParameters },
  var: { model: models.var as MarginModel, parameters: models.var.defaults },
  dmr: {
    model: models.dmr as MarginModel,
    parameters: models.dmr.defaults,
    governing: governingDefaults,
  },
};

/** The house model at another elasticity, all else at its default. */
export function atElasticity(elasticity: number): Walked {
  return withPolicy({ elasticity });
}

/** The house model under another governor. */
export function withPolicy(policy: Partial<Governing['policy']>): Walked {
  const governing = { ...governingDefaults, policy: { ...governingDefaults.policy, ...policy } };
  return { ...WALKED['dmr']!, governing };
}

/** A run's traces, and what it cost. */
export interface Run {
  readonly traces: readonly BookTrace[];
  readonly refused: number;
  readonly refusal: string | null;
  readonly margins: number;
  readonly milliseconds: number;
}

/** A study's input is its own affair, so a refusal there is an error. */
export function must<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

/** The first of times at or after one. */
export function placeOf(times: Float64Array, at: number): number {
  const i = times.findIndex((time) => time >= at);
  return i < 0 ? times.length : i;
}

/** A span of time and the hours from one margin to the next. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly every: number;
}

/** A history with one coin's spot alone, known by the digest of the whole and the coin. */
export function aloneOf(history: FactorHistory, coin: string): FactorHistory {
  const factors = history.factors.filter(({ kind, of }) => kind === 'spot' && of === coin);
  return { ...history, factors, digest: digestValue([history.digest, coin]) };
}

/** The coin-settled perpetual of a coin, held in dollars. */
function perpetualOf(coin: string): Perpetual {
  const contract = { kind: 'perpetual', id: '', underlying: coin, settlement: 'inverse' } as const;
  const whole = { ...contract, settleAsset: coin };
  return { ...whole, id: formatProduct(whole) };
}

type Leg = readonly [coin: string, side: Side];
const CASH = { asset: 'USD', kind: 'cash', quantity: UNIT_USD / 2 } as const;

/** A million dollars of each leg, coin-settled: a share of the notional whatever the price, so it is held on. */
function inverseBook(legs: readonly Leg[]): Strategy {
  const name = legs.map(([coin, side]) => `${coin} ${side}`).join(', ');
  const positions = legs.map(([coin, side]) => {
    return { product: perpetualOf(coin), quantity: side === 'long' ? UNIT_USD : -UNIT_USD };
  });
  const portfolio: Portfolio = { account: name, balances: [CASH], positions, orders: [] };
  const what = 'coin-settled perpetuals, a million dollars each';
  return { name, what, strike: () => portfolio, rolls: false, isDated: false };
}

/** Which books a walk holds. */
export type Books = { readonly kind: 'standard' } | { readonly kind: 'held'; readonly coin: string };

function strategiesOf(books: Books, scene: Scene, from: number): Strategy[] {
  switch (books.kind) {
    case 'standard':
      return must(standardStrategies(scene, from));
    case 'held':
      return [inverseBook([[books.coin, 'long']]), inverseBook([[books.coin, 'short']])];
  }
}

/** A model over strategies of a scene, from one place to another, before its first step. */
export function openRun(
  { model, parameters, governing }: Walked,
  scene: Scene,
  strategies: readonly Strategy[],
  [from, to]: readonly [number, number],
  every: number,
  history: FactorHistory | undefined,
): Backtest {
  const plan: BacktestPlan = {
    ...{ model, parameters, scene, strategies, every, from, to },
    ...(history === undefined ? {} : { history }),
    horizonHours: promisedDefaults.horizonHours,
    lookBackHours: LOOK_BACK_HOURS,
    ...(governing === undefined || history === undefined ? {} : { governing }),
  };
  return must(Backtest.open(plan, undefined, () => performance.now()));
}

/** One step more. */
export function stepped(run: Backtest): void {
  const refusal = run.step();
  if (refusal !== undefined) throw new Error(sentence(refusal));
}

/** What a run has found so far. */
export function ranOf({ state }: Backtest): Run {
  const { books: traces, refused, refusal, margins, milliseconds } = state;
  return { traces, refused, refusal, margins, milliseconds };
}

/** Walks a model over books of a history, from one time to another. */
export function walk(walked: Walked, history: FactorHistory, books: Books, { from, to, every }: Span): Run {
  const scene = must(drivenScene(history));
  const span = [placeOf(scene.times, from), placeOf(scene.times, to)] as const;
  const run = openRun(walked, scene, strategiesOf(books, scene, span[0]), span, every, history);
  while (!run.isDone) stepped(run);
  return ranOf(run);
}

/** A long and a short of one coin at the last date of a history, and what a model without a past asks of them. */
function askedOnce(
  { model, parameters }: Pick<Walked, 'model' | 'parameters'>,
  history: FactorHistory,
  coin: string,
) {
  const scene = must(drivenScene(history));
  const at = scene.times.length - 1;
  const [long, short] = (['long', 'short'] as const).map((side) => {
    const portfolio = inverseBook([[coin, side]]).strike(at);
    const products = productsOf(portfolio);
    const book = must(model.book(products, must(scene.marketAt(at, products, true)), parameters));
    return must(model.require(portfolio, book));
  }) as [Requirement, Requirement];
  return { long, short };
}

/** Both lines of a long and a short, shares of the notional: of a model whose shares hang on neither price nor past. */
export function sharesOf(walked: Pick<Walked, 'model' | 'parameters'>, history: FactorHistory, coin: string) {
  const { long, short } = askedOnce(walked, history, coin);
  const share = ({ maintenance, initial }: Requirement) => {
    return {
      maintenance: dollars(maintenance.amount) / UNIT_USD,
      initial: dollars(initial.amount) / UNIT_USD,
    };
  };
  return { long: share(long), short: share(short) };
}

/** What the charges of a position come to, shares of its notional: asked of the model once, because they are shares at any price. */
export function chargesOf(
  parameters: HouseParameters,
  history: FactorHistory,
  coin: string,
): { readonly maintenance: number; readonly initial: number } {
  const { long } = askedOnce({ model: models.grid as MarginModel, parameters }, history, coin);
  const share = ({ charges }: Requirement['initial']) =>
    charges.reduce(
      (sum, { underlying, amount }) => sum + (underlying === coin ? Number(amount) / 1e8 : 0),
      0,
    ) / UNIT_USD;
  return { maintenance: share(long.maintenance), initial: share(long.initial) };
}

/** Midnight of a day. @example day('2024-01-01') */
export function day(text: string): Instant {
  return instant(Date.parse(`${text}T00:00:00Z`));
}

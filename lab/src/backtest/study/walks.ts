// Walks of a study: which model, on which history, over which books, and the traces they leave. Every margin here is the model's own.

import {
  digestValue,
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
  sentence,
  underlyingOf,
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

/** A perpetual of a coin: coin-settled and held in dollars, or settled in dollars and held in coins. */
function perpetualOf(coin: string, settlement: Perpetual['settlement']): Perpetual {
  const settleAsset = settlement === 'inverse' ? coin : 'USDC';
  const contract = { kind: 'perpetual', id: '', underlying: coin, settlement, settleAsset } as const;
  return { ...contract, id: formatProduct(contract) };
}

type Leg = readonly [coin: string, side: Side];
const CASH = { asset: 'USD', kind: 'cash', quantity: UNIT_USD / 2 } as const;

/** A million dollars of each leg, coin-settled: a share of the notional whatever the price, so it is held on. */
function inverseBook(legs: readonly Leg[]): Strategy {
  const name = legs.map(([coin, side]) => `${coin} ${side}`).join(', ');
  const positions = legs.map(([coin, side]) => {
    return { product: perpetualOf(coin, 'inverse'), quantity: side === 'long' ? UNIT_USD : -UNIT_USD };
  });
  const portfolio: Portfolio = { account: name, balances: [CASH], positions, orders: [] };
  const what = 'coin-settled perpetuals, a million dollars each';
  return { name, what, strike: () => portfolio, rolls: false, isDated: false };
}

/** A million dollars in coins, struck again every month, because a coin may rise a hundredfold. */
function linearBook(scene: Scene, coin: string, side: Side): Strategy {
  const product = perpetualOf(coin, 'linear');
  const name = `${coin} ${side}`;
  const strike = (i: number): Portfolio => {
    const { index } = underlyingOf(must(scene.marketAt(i, [])), coin)!;
    const quantity = ((side === 'long' ? 1 : -1) * UNIT_USD) / index;
    return { account: name, balances: [CASH], positions: [{ product, quantity }], orders: [] };
  };
  return { name, what: 'a linear perpetual', strike, rolls: true, isDated: true };
}

/** Books of perpetuals: each coin of a pair long and short, and the one against the other. */
export function perpetualBooks([first, second]: readonly [string, string]): Strategy[] {
  return [
    inverseBook([[first, 'long']]),
    inverseBook([[first, 'short']]),
    inverseBook([[second, 'long']]),
    inverseBook([[second, 'short']]),
    inverseBook([
      [first, 'long'],
      [second, 'short'],
    ]),
    inverseBook([
      [first, 'short'],
      [second, 'long'],
    ]),
  ];
}

/** Which books a walk holds. */
export type Books =
  | { readonly kind: 'standard' }
  | { readonly kind: 'perpetuals'; readonly coins: readonly [string, string] }
  | { readonly kind: 'held'; readonly coin: string }
  | { readonly kind: 'linear'; readonly coin: string };

function strategiesOf(books: Books, scene: Scene, from: number): Strategy[] {
  switch (books.kind) {
    case 'standard':
      return must(standardStrategies(scene, from));
    case 'perpetuals':
      return perpetualBooks(books.coins);
    case 'held':
      return [inverseBook([[books.coin, 'long']]), inverseBook([[books.coin, 'short']])];
    case 'linear':
      return [linearBook(scene, books.coin, 'long'), linearBook(scene, books.coin, 'short')];
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

/** What the charges of a position come to, shares of its notional: asked of the model once, because they are shares at any price. */
export function chargesOf(
  parameters: HouseParameters,
  history: FactorHistory,
  coin: string,
): { readonly maintenance: number; readonly initial: number } {
  const scene = must(drivenScene(history));
  const at = scene.times.length - 1;
  const { strike } = inverseBook([[coin, 'long']]);
  const portfolio = strike(at);
  const products = productsOf(portfolio);
  const market = must(scene.marketAt(at, products, true));
  const book = must(models.grid.book(products, market, parameters));
  const { maintenance, initial } = must(models.grid.require(portfolio, book));
  const share = ({ charges }: typeof initial) =>
    charges.reduce(
      (sum, { underlying, amount }) => sum + (underlying === coin ? Number(amount) / 1e8 : 0),
      0,
    ) / UNIT_USD;
  return { maintenance: share(maintenance), initial: share(initial) };
}

/** Midnight of a day. @example day('2024-01-01') */
export function day(text: string): Instant {
  return instant(Date.parse(`${text}T00:00:00Z`));
}

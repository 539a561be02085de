// The walk: at every time what a model asks of every book, knowing the past only, and what the book then lost on its path (M-181).

import {
  combineWindows,
  digestValue,
  dollars,
  type FactorHistory,
  isRefusal,
  type MarginBook,
  type MarginModel,
  type ModelParameters,
  type Product,
  type Refusal,
  type Requirement,
  refuse,
  type WindowPlan,
} from '@plimsoll/core';
import {
  type Governing,
  type GoverningState,
  governedParameters,
  governingTerms,
  governUntil,
  notGoverned,
} from './governing.ts';
import { Holding, type Strategy } from './holding.ts';
import { pastOf, pathLoss } from './past.ts';
import type { Scene } from './scene.ts';

/** What is walked. */
export interface BacktestPlan {
  readonly model: MarginModel;
  readonly parameters: ModelParameters;
  readonly scene: Scene;
  readonly strategies: readonly Strategy[];
  /** Of the scene's times: the first that is margined, and the first that is not. */
  readonly from: number;
  readonly to: number;
  /** Times from one margin to the next. */
  readonly every: number;
  /** Hours within which each line must hold. */
  readonly horizonHours: { readonly maintenance: number; readonly initial: number };
  /** For models that look back. */
  readonly history?: FactorHistory;
  /** Hours of history that are seen at most; absent, all that is past. */
  readonly lookBackHours?: number;
  readonly governing?: Governing;
}

/** One book over time, in columns; dollars, losses positive, null where a path is not known to its end. */
export interface BookTrace {
  readonly name: string;
  readonly what: string;
  readonly at: number[];
  /** The time of the scene at which what is held was struck. */
  readonly entry: number[];
  readonly gross: number[];
  readonly maintenance: number[];
  readonly initial: number[];
  readonly lossMaintenance: (number | null)[];
  readonly lossInitial: (number | null)[];
  /** Of models that look back: value at risk and expected shortfall of the initial line's windows. */
  readonly var: (number | null)[];
  readonly es: (number | null)[];
}

/** Everything a run needs to go on: plain data. */
export interface BacktestState {
  readonly version: 1;
  readonly fingerprint: string;
  readonly next: number;
  readonly entries: readonly (number | null)[];
  readonly governing: GoverningState;
  readonly books: readonly BookTrace[];
  /** Steps that were refused, and the first words of why. */
  readonly refused: number;
  readonly refusal: string | null;
  /** Margins asked and milliseconds they took; no part of the result. */
  readonly margins: number;
  readonly milliseconds: number;
}

/** What makes two runs the same run. */
export function fingerprintOf(plan: BacktestPlan): string {
  const { model, parameters, scene, strategies, from, to, every, horizonHours, history, lookBackHours } =
    plan;
  const books = strategies.map((strategy) => {
    const { positions, balances } = strategy.strike(from);
    return [strategy.name, positions.map(({ product, quantity }) => [product.id, quantity]), balances];
  });
  return digestValue([
    ...[
      'backtest',
      1,
      model.id,
      parameters,
      scene.label,
      scene.times.length,
      scene.times[from] ?? 0,
      from,
      to,
      every,
    ],
    ...[horizonHours, history?.digest ?? null, lookBackHours ?? null, governingTerms(plan.governing), books],
  ]);
}

/** Before the first step. */
export function startOf(plan: BacktestPlan): BacktestState | Refusal {
  const { scene, from, to, strategies } = plan;
  if (strategies.length === 0) return refuse('empty', 'there is no book to margin.', 'backtest');
  if (!(from >= 0 && to <= scene.times.length && to - from >= 2)) {
    return refuse(
      'too-short',
      'there are fewer than two times to margin at; give a longer history or span.',
      'backtest',
    );
  }
  return {
    version: 1,
    fingerprint: fingerprintOf(plan),
    next: from,
    entries: strategies.map(() => null),
    governing: notGoverned,
    books: strategies.map(({ name, what }): BookTrace => {
      const columns = { at: [], entry: [], gross: [], maintenance: [], initial: [] };
      return { name, what, ...columns, lossMaintenance: [], lossInitial: [], var: [], es: [] };
    }),
    refused: 0,
    refusal: null,
    margins: 0,
    milliseconds: 0,
  };
}

/** VaR and ES of the initial line's windows, where a model has them. */
function tailsOf(book: MarginBook, { initial }: Requirement): { var: number | null; es: number | null } {
  const windows = (book as { readonly windows?: { readonly initial?: WindowPlan } }).windows?.initial;
  if (windows === undefined) return { var: null, es: null };
  const measured = (measure: 'var' | 'es') =>
    combineWindows(initial.sweep, { ...windows, measure }, initial.combined.retained, 'initial').amount;
  return { var: measured('var'), es: measured('es') };
}

/** A run in progress: a state, and what follows from it. */
export class Backtest {
  private readonly holdings: (Holding | undefined)[];
  private now: BacktestState;

  readonly plan: BacktestPlan;
  private readonly clock: () => number;

  private constructor(plan: BacktestPlan, state: BacktestState, clock: () => number) {
    this.plan = plan;
    this.clock = clock;
    this.now = state;
    this.holdings = state.entries.map((entry, b) =>
      entry === null ? undefined : new Holding(plan.strategies[b]!, plan.scene, entry),
    );
  }

  /**
   * A run from its start, or from where another was left. Refuses a plan that cannot be walked and a state of another plan.
   * @example Backtest.open(plan, undefined, () => performance.now())
   */
  static open(plan: BacktestPlan, state: BacktestState | undefined, clock: () => number): Backtest | Refusal {
    const start = startOf(plan);
    if (isRefusal(start) || state === undefined)
      return isRefusal(start) ? start : new Backtest(plan, start, clock);
    if (state.version !== 1 || state.fingerprint !== start.fingerprint) {
      const message =
        'the state is of another run: another model, history, book or span; remove it or name another file.';
      return refuse('malformed', message, '--state');
    }
    return new Backtest(plan, state, clock);
  }

  get state(): BacktestState {
    return this.now;
  }

  get isDone(): boolean {
    return this.now.next >= this.plan.to;
  }

  /** Done, as a share. */
  get progress(): number {
    return Math.min(1, (this.now.next - this.plan.from) / (this.plan.to - this.plan.from));
  }

  /** One time: every book margined, its losses looked up. */
  step(): Refusal | undefined {
    const { plan, now } = this;
    const i = now.next;
    const governing = this.govern(i);
    if (isRefusal(governing)) return governing;
    plan.strategies.forEach((strategy, b) => {
      const held = this.holdings[b];
      if (held === undefined ? now.entries[b] === null : held.isOver(i) && strategy.rolls) {
        this.holdings[b] = new Holding(strategy, plan.scene, i);
      }
      this.holdings[b]!.forget(i);
    });
    const alive = this.holdings.map((held) => (held!.isOver(i) ? undefined : held!));
    const refusal = alive.every((held) => held === undefined) ? undefined : this.margin(i, alive, governing);
    const entries = this.holdings.map((held) => held!.entry);
    const failed =
      refusal === undefined ? {} : { refused: now.refused + 1, refusal: now.refusal ?? refusal.message };
    this.now = { ...this.now, ...failed, next: i + plan.every, entries, governing };
    return undefined;
  }

  private govern(i: number): GoverningState | Refusal {
    const { governing, history, scene } = this.plan;
    if (governing === undefined || history === undefined) return this.now.governing;
    return governUntil(this.now.governing, history, scene.times[i]!, governing);
  }

  private margin(
    i: number,
    alive: readonly (Holding | undefined)[],
    governed: GoverningState,
  ): Refusal | undefined {
    const { plan } = this;
    const { scene, model, governing } = plan;
    const products = [
      ...new Map(alive.flatMap((held) => held?.products ?? []).map((one) => [one.id, one])).values(),
    ];
    const market = scene.marketAt(i, products as Product[], true);
    if (isRefusal(market)) return market;
    const past = pastOf(plan, market.at);
    const parameters =
      governing === undefined ? plan.parameters : governedParameters(plan.parameters, governed);
    const began = this.clock();
    const seen = past === undefined ? market : { ...market, history: past };
    const book = model.book(products, seen, parameters);
    if (isRefusal(book)) return book;
    let refusal: Refusal | undefined;
    let margins = 0;
    const asked = alive.map((held) => {
      if (held === undefined) return undefined;
      const requirement = model.require(held.portfolio, book);
      margins++;
      if (!isRefusal(requirement)) return requirement;
      refusal = requirement;
      return undefined;
    });
    const took = this.clock() - began;
    this.now = {
      ...this.now,
      margins: this.now.margins + margins,
      milliseconds: this.now.milliseconds + took,
    };
    asked.forEach((requirement, b) => {
      if (requirement !== undefined) this.note(b, i, alive[b]!, requirement, book);
    });
    return refusal;
  }

  private note(b: number, i: number, held: Holding, requirement: Requirement, book: MarginBook): void {
    const { horizonHours, scene } = this.plan;
    const trace = this.now.books[b]!;
    const tails = tailsOf(book, requirement);
    trace.at.push(scene.times[i]!);
    trace.entry.push(held.entry);
    trace.gross.push(held.gross);
    trace.maintenance.push(dollars(requirement.maintenance.amount));
    trace.initial.push(dollars(requirement.initial.amount));
    trace.lossMaintenance.push(pathLoss(held, i, horizonHours.maintenance));
    trace.lossInitial.push(pathLoss(held, i, horizonHours.initial));
    trace.var.push(tails.var);
    trace.es.push(tails.es);
  }
}

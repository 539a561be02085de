// The walk: at every time what a model asks of every book, knowing the past only, and what the book then lost on its path (M-181).

import {
  combineWindows,
  dollars,
  isRefusal,
  type MarginBook,
  type Product,
  type Refusal,
  type Requirement,
  refuse,
  type WindowPlan,
} from '@plimsoll/core';
import { type GoverningState, governedParameters, governUntil } from './governing.ts';
import { Holding } from './holding.ts';
import { type Part, spanOfPart, wholeWalk } from './parts.ts';
import { pastOf, pathLoss } from './past.ts';
import { type BacktestPlan, type BacktestState, startOf } from './plan.ts';

export type { BacktestPlan, BacktestState, BookTrace } from './plan.ts';

/** VaR and ES of the initial line's windows, of the worst of its sets, where a model has them. */
function tailsOf(book: MarginBook, { initial }: Requirement): { var: number | null; es: number | null } {
  const { windows } = book as { readonly windows?: { readonly initial: readonly WindowPlan[] } };
  const sets = windows?.initial ?? [];
  if (sets.length === 0) return { var: null, es: null };
  const measured = (measure: 'var' | 'es') => {
    const { sweep, combined } = initial;
    const each = sets.map((own) => combineWindows(sweep, { ...own, measure }, combined.retained, 'initial'));
    return Math.max(...each.map(({ amount }) => amount));
  };
  return { var: measured('var'), es: measured('es') };
}

/** A run in progress: a state, and what follows from it. */
export class Backtest {
  private readonly holdings: (Holding | undefined)[];
  private now: BacktestState;

  readonly plan: BacktestPlan;
  private readonly clock: () => number;

  /** The times of the part that is walked. */
  private readonly span: { readonly from: number; readonly to: number };

  private constructor(plan: BacktestPlan, state: BacktestState, clock: () => number) {
    this.plan = plan;
    this.span = spanOfPart(plan, state.part ?? wholeWalk);
    this.clock = clock;
    this.now = state;
    this.holdings = state.entries.map((entry, b) =>
      entry === null ? undefined : new Holding(plan.strategies[b]!, plan.scene, entry),
    );
  }

  /**
   * A run from its start, or from where another was left; all of it, or one part. Refuses a plan that cannot be walked, and a state of another plan
   * or part.
   * @example Backtest.open(plan, undefined, () => performance.now())
   */
  static open(
    plan: BacktestPlan,
    state: BacktestState | undefined,
    clock: () => number,
    part: Part = wholeWalk,
  ): Backtest | Refusal {
    const whole = startOf(plan);
    if (isRefusal(whole)) return whole;
    const start: BacktestState = part.count === 1 ? whole : { ...whole, part };
    if (state === undefined) {
      const run = new Backtest(plan, start, clock);
      return run.comeTo(run.span.from) ?? run;
    }
    const isPart = state.part?.index === start.part?.index && state.part?.count === start.part?.count;
    if (state.version !== 1 || state.fingerprint !== start.fingerprint || !isPart) {
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
    return this.now.next >= this.span.to;
  }

  /** Done, as a share. */
  get progress(): number {
    const { from, to } = this.span;
    return Math.min(1, (this.now.next - from) / Math.max(1, to - from));
  }

  /** One time: every book margined, its losses looked up. */
  step(): Refusal | undefined {
    const { plan, now } = this;
    const i = now.next;
    const closed = plan.scene.closedAt?.(i);
    if (closed !== undefined) {
      const refusal = now.refusal ?? closed.message;
      this.now = { ...now, refused: now.refused + 1, refusal, next: i + plan.every };
      return undefined;
    }
    const governing = this.govern(i);
    if (isRefusal(governing)) return governing;
    this.hold(i);
    const alive = this.holdings.map((held) => (held!.isOver(i) ? undefined : held!));
    const refusal = alive.every((held) => held === undefined) ? undefined : this.margin(i, alive, governing);
    const entries = this.holdings.map((held) => held!.entry);
    const failed =
      refusal === undefined ? {} : { refused: now.refused + 1, refusal: now.refusal ?? refusal.message };
    this.now = { ...this.now, ...failed, next: i + plan.every, entries, governing };
    return undefined;
  }

  /** Strikes at a time what is not held yet or runs out. */
  private hold(i: number): void {
    const { strategies, scene } = this.plan;
    if (scene.closedAt?.(i) !== undefined) return;
    strategies.forEach((strategy, b) => {
      const held = this.holdings[b];
      if (held === undefined || (held.isOver(i) && strategy.rolls)) {
        this.holdings[b] = new Holding(strategy, scene, i);
      }
      this.holdings[b]!.forget(i);
    });
  }

  /** Holds what would be held by a time and knows what would be known, without asking for any margin. */
  private comeTo(from: number): Refusal | undefined {
    for (let i = this.now.next; i < from; i += this.plan.every) this.hold(i);
    if (from === this.now.next) return undefined;
    const governing = this.govern(from - 1);
    if (isRefusal(governing)) return governing;
    const entries = this.holdings.map((held) => held?.entry ?? null);
    this.now = { ...this.now, next: from, entries, governing };
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
    trace.swept.push(dollars(requirement.initial.swept));
    trace.lossMaintenance.push(pathLoss(held, i, horizonHours.maintenance));
    trace.lossInitial.push(pathLoss(held, i, horizonHours.initial));
    trace.var.push(tails.var);
    trace.es.push(tails.es);
  }
}

// What a run's verdicts need to know beside its numbers: where its books are blind, what their paths are seen by, what its lines promise.

import { isRefusal } from '@plimsoll/core';
import { missingFactors } from './exposure.ts';
import { Holding } from './holding.ts';
import type { BacktestPlan, BacktestState } from './plan.ts';
import { type Circumstance, type Promised, promisedDefaults } from './verdict.ts';

/**
 * Of a run's books, as they were first struck: the factors that the history does not have (M-187) and what paths are seen by (M-188).
 * @example verdictOf(run.state, promisedOf(plan), circumstanceOf(plan, run.state))
 */
export function circumstanceOf(plan: BacktestPlan, state: BacktestState): Circumstance {
  const { scene, history } = plan;
  const missing = new Map<string, readonly string[]>();
  const seen = new Map<string, string>();
  plan.strategies.forEach((strategy, b) => {
    const entry = state.books[b]!.entry[0];
    if (entry === undefined) return;
    const holding = new Holding(strategy, scene, entry);
    seen.set(strategy.name, holding.seen);
    const market = scene.marketAt(entry, holding.products);
    if (history === undefined || isRefusal(market)) return;
    missing.set(strategy.name, missingFactors(holding.portfolio, market, history, plan.horizonHours.initial));
  });
  return { slack: scene.slack, missing, seen };
}

/** Of parameters of models that look back. */
interface Looking {
  readonly coverage: { readonly initial: number };
  readonly horizonHours: { readonly initial: number };
}

/** What the lines promise; the tail at the coverage and over the hours that the model itself looks back with. */
export function promisedOf({
  parameters,
  horizonHours,
}: Pick<BacktestPlan, 'parameters' | 'horizonHours'>): Promised {
  const { history } = parameters as { readonly history?: Looking };
  const own = { ...promisedDefaults, horizonHours };
  if (history === undefined) return own;
  return { ...own, tail: history.coverage.initial, tailHours: history.horizonHours.initial };
}

// What is walked, and what a walk keeps: plain data, by which two runs are known to be the same.

import {
  digestValue,
  type FactorHistory,
  isRefusal,
  type MarginModel,
  type ModelParameters,
  type Refusal,
  refuse,
} from '@plimsoll/core';
import type { FactorPolicy } from '@plimsoll/core/governor';
import { type Governing, type GoverningState, governingTerms, notGoverned } from './governing.ts';
import type { Strategy } from './holding.ts';
import type { Part } from './parts.ts';
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
  readonly governing?: Governing<FactorPolicy>;
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
  /** Of the initial line without its charges: the larger of grid and tail, where a model has both. */
  readonly swept: number[];
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
  /** Of a walk in parts, which this is. */
  readonly part?: Part;
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

/** By what a scene's first and last market are known: other files, other prices. */
function marketDigestAt(scene: Scene, i: number): string | null {
  if (i < 0 || i >= scene.times.length || scene.closedAt?.(i) !== undefined) return null;
  const market = scene.marketAt(i, []);
  return isRefusal(market) ? null : market.digest;
}

/** What makes two runs the same run. */
export function fingerprintOf(plan: BacktestPlan): string {
  const { model, parameters, scene, strategies, from, to, every, horizonHours, history, lookBackHours } =
    plan;
  const books = strategies.map((strategy) => {
    const { positions, balances, orders } = strategy.strike(from);
    const held = positions.map(({ product, quantity }) => [product.id, quantity]);
    const open = orders.map(({ product, side, quantity, price }) => [product.id, side, quantity, price]);
    return [strategy.name, held, balances, open];
  });
  return digestValue([
    ...[
      'backtest',
      3,
      model.id,
      parameters,
      scene.label,
      scene.times.length,
      scene.times[from] ?? 0,
      from,
      to,
      every,
    ],
    ...[from, Math.max(from, to - 1)].map((i) => marketDigestAt(scene, i)),
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
      const columns = { at: [], entry: [], gross: [], maintenance: [], initial: [], swept: [] };
      return { name, what, ...columns, lossMaintenance: [], lossInitial: [], var: [], es: [] };
    }),
    refused: 0,
    refusal: null,
    margins: 0,
    milliseconds: 0,
  };
}

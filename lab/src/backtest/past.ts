// What was known at a time, and what came after it: the two must never meet.

import { digestValue, type FactorHistory, until } from '@plimsoll/core';
import type { BacktestPlan } from './engine.ts';
import type { Holding } from './holding.ts';

const HOUR_MS = 3_600_000;

/** The latest part of what is past. */
export function pastOf(
  { history, lookBackHours }: Pick<BacktestPlan, 'history' | 'lookBackHours'>,
  at: number,
): FactorHistory | undefined {
  if (history === undefined) return undefined;
  const past = until(history, at);
  const most =
    lookBackHours === undefined ? past.times.length : Math.round((lookBackHours * HOUR_MS) / past.step);
  const drop = past.times.length - most;
  if (drop <= 0) return past;
  return {
    ...past,
    times: past.times.subarray(drop),
    factors: past.factors.map((factor) => ({ ...factor, levels: factor.levels.subarray(drop) })),
    digest: digestValue([past.digest, drop]),
  };
}

/** The worst of a path within so many hours; null where it is not known to its end. */
export function pathLoss(holding: Holding, i: number, hours: number): number | null {
  const { times, step, slack, within = step + slack } = holding.scene;
  const end = times[i]! + hours * HOUR_MS + slack;
  let worst = 0;
  let last = times[i]!;
  for (let j = i + 1; j < times.length && times[j]! <= end; j++) {
    if (times[j]! - last > step) return null;
    last = times[j]!;
    const lost = holding.loss(i, j);
    if (lost === null) return null;
    worst = Math.max(worst, lost);
  }
  // On snapshots the last within the horizon may stand a while before its end.
  return last > times[i]! && end - last < within ? worst : null;
}

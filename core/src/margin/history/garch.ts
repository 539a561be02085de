// Vols that GARCH or GJR expects over a horizon, date by date, under parameters that were estimated elsewhere (M-166).

import { isRefusal, type Refusal, refuse } from '../../base/index.ts';
import { type FactorHistory, factorId } from '../../market/index.ts';
import { garchFilter, horizonVariance } from '../../risk/index.ts';
import { logsOf } from '../../scenario/index.ts';
import type { HistoryParameters } from './parameters.ts';

const HOUR_MS = 3_600_000;
const MEND =
  'estimate them with `plimsoll estimate --history FILE... --out params.json` and give that with --params';

/**
 * The vol a step that each factor was expected to have over the next h steps, at every date.
 *
 *     sqrt(H_t / h),  H_t the h-step variance of M-148 seen from v_t;  never below `floor` times the root of the mean square
 *
 * The variance before the first step is the mean square. Units: a log step. Errors: a factor without parameters, or whose parameters were
 * estimated on other steps, by its name. Source: M-166; Barone-Adesi, Giannopoulos and Vosper 1999.
 * @example expectedVols(history, given, 4).get('spot:BTC')?.at(-1)
 */
export function expectedVols(
  history: FactorHistory,
  { garch, floor, method }: HistoryParameters,
  horizon: number,
): ReadonlyMap<string, Float64Array> | Refusal {
  const vols = new Map<string, Float64Array>();
  for (const factor of history.factors) {
    const name = factorId(factor);
    const given = garch[name];
    if (given === undefined) {
      return refuse(
        'no-history',
        `${name} has no parameters of method ${method}; ${MEND}.`,
        `history.garch.${name}`,
      );
    }
    if (given.stepHours * HOUR_MS !== history.step) {
      const message = `${name} was estimated on steps of ${given.stepHours} hours, and the history has steps of ${history.step / HOUR_MS}; ${MEND}.`;
      return refuse('bad-parameter', message, `history.garch.${name}`);
    }
    const logs = logsOf(factor.levels);
    // A move across a gap of n steps counts as one step of an n-th of its square.
    const moves = Float64Array.from({ length: logs.length - 1 }, (_, t) => {
      const steps = Math.max(1, Math.round((history.times[t + 1]! - history.times[t]!) / history.step));
      return (logs[t + 1]! - logs[t]!) / Math.sqrt(steps);
    });
    const level = moves.reduce((sum, move) => sum + move * move, 0) / moves.length;
    const filtered = garchFilter(moves, given, level);
    if (isRefusal(filtered)) return { ...filtered, where: `history.garch.${name}` };
    const least = floor * Math.sqrt(level);
    const own = new Float64Array(logs.length);
    for (let t = 0; t < own.length; t++) {
      const variance = horizonVariance(given, filtered.variances[t]!, horizon);
      if (isRefusal(variance)) return { ...variance, where: `history.garch.${name}` };
      own[t] = Math.max(least, Math.sqrt(variance / horizon));
    }
    vols.set(name, own);
  }
  return vols;
}

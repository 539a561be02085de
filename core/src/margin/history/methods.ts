// How the windows of a line come about: remembered as they were, weighted, rescaled by a filter, or drawn.

import { isRefusal, type Refusal } from '../../base/index.ts';
import { pow } from '../../kernel/index.ts';
import type { FactorHistory } from '../../market/index.ts';
import type { Copula } from '../../risk/index.ts';
import { type PastWindows, type VolFilter, type WindowRequest, windowsOf } from '../../scenario/index.ts';
import { bumpWindows } from './bumps.ts';
import { type DrawRequest, drawnWindows } from './drawn.ts';
import { expectedVols } from './garch.ts';
import { factorLaw, stressedLaws } from './law.ts';
import type { HistoryParameters } from './parameters.ts';

const HOUR_MS = 3_600_000;

type MeasuredLine = 'maintenance' | 'initial';

/** Hours in steps of a history, one at least. */
function stepsIn(hours: number, step: number): number {
  return Math.max(1, Math.round((hours * HOUR_MS) / step));
}

function filterOf({ halfLifeHours, floor }: HistoryParameters, step: number): VolFilter {
  return { halfLife: stepsIn(halfLifeHours, step), floor };
}

/** What of a remembered history is asked for, but for its filter. */
function requestOf(given: HistoryParameters, line: MeasuredLine, step: number): WindowRequest {
  const stride = stepsIn(given.strideHours[line], step);
  const strideHours = (stride * step) / HOUR_MS;
  return {
    line,
    horizon: stepsIn(given.horizonHours[line], step),
    stride,
    dates: given.dates[line],
    most: given.windows[line],
    decay: given.method === 'weighted' ? pow(2, -strideHours / given.weightHalfLifeHours) : 1,
  };
}

/** The sets of a line that are drawn, under correlations as estimated and stressed both ways; and the lanes of a formula under each. */
function drawnSets(
  history: FactorHistory,
  given: HistoryParameters,
  line: MeasuredLine,
  vols: WindowRequest['vols'],
): PastWindows[] | Refusal {
  const law = factorLaw(history, filterOf(given, history.step), vols);
  if (isRefusal(law)) return law;
  const laws = stressedLaws(law, given.correlationStress);
  if (isRefusal(laws)) return laws;
  const isFormula = given.method === 'delta-gamma';
  // A formula's law is normal, and where it does not hold the same law is drawn.
  const isNormal = isFormula || given.copula === 'gaussian';
  const copula: Copula = isNormal ? { kind: 'gaussian' } : { kind: 'student', degrees: given.degrees };
  const horizon = stepsIn(given.horizonHours[line], history.step);
  const request: DrawRequest = {
    ...{ line, copula, horizon, seed: given.seed, draws: given.draws[line], dates: given.dates[line] },
    most: Math.ceil(given.windows[line] / laws.length),
  };
  const sets: PastWindows[] = [];
  for (const one of laws) {
    const windows = drawnWindows(one, request, given.coverage[line]);
    if (isRefusal(windows)) return windows;
    sets.push(windows);
    const bumps = isFormula ? bumpWindows(one, line, horizon) : undefined;
    if (isRefusal(bumps)) return bumps;
    if (bumps !== undefined) sets.push(bumps);
  }
  return sets;
}

/**
 * The windows of one line by the method that is asked for: one set of them, several where they are drawn. `vols` are governed (M-171).
 * @example windowsOfLine(history, { ...historyDefaults, method: 'monte-carlo' }, 'initial').length // 3
 */
export function windowsOfLine(
  history: FactorHistory,
  given: HistoryParameters,
  line: MeasuredLine,
  vols?: WindowRequest['vols'],
): PastWindows[] | Refusal {
  if (given.method === 'monte-carlo' || given.method === 'delta-gamma')
    return drawnSets(history, given, line, vols);
  const plain = requestOf(given, line, history.step);
  const request = vols === undefined ? plain : { ...plain, vols };
  const ask = (asked: WindowRequest) => {
    const windows = windowsOf(history, asked, given.coverage[line]);
    return isRefusal(windows) ? windows : [windows];
  };
  if (given.method === 'filtered') return ask({ ...request, filter: filterOf(given, history.step) });
  if (given.method !== 'garch' && given.method !== 'gjr') return ask(request);
  const expected = expectedVols(history, given, request.horizon);
  return isRefusal(expected) ? expected : ask({ ...request, expected });
}

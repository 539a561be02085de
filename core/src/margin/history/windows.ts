// The windows of a book as its lines measure them: read off the book and its terms, so that a book from a file has them too.

import { type RiskBook, type WindowPlan, windowPlans } from '../../risk/index.ts';
import { PROXY_TERM } from './lanes.ts';
import type { HistoryParameters } from './parameters.ts';

/** Windows by line, set by set: a line is the worst of its sets, and has none where the book holds nothing that moves. */
export type BookWindows = Readonly<Record<'maintenance' | 'initial', readonly WindowPlan[]>>;

/** The windows of a book. */
export function windowsIn(risk: RiskBook, given: HistoryParameters): BookWindows {
  const { terms, groups } = risk;
  const apart = Uint8Array.from(groups.underlyings, (coin) =>
    terms.includes(`${PROXY_TERM}${coin}`) ? 1 : 0,
  );
  const plansOf = (line: 'maintenance' | 'initial') => {
    const measure = given.measure === 'var' ? 'var' : 'es';
    const plans = windowPlans(risk, line, { coverage: given.coverage[line], measure });
    return plans.map((plan) => ({ ...plan, apart }));
  };
  return { maintenance: plansOf('maintenance'), initial: plansOf('initial') };
}

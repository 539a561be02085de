// The windows of a book as its lines measure them: read off the book and its terms, so that a book from a file has them too.

import { type RiskBook, type WindowPlan, windowPlans } from '../../risk/index.ts';
import { GREEK_SET } from './bumps.ts';
import { PROXY_TERM } from './lanes.ts';
import type { HistoryParameters } from './parameters.ts';

type PlansByLine = Readonly<Record<'maintenance' | 'initial', readonly WindowPlan[]>>;

/** Windows by line, set by set: a line is the worst of its sets, and has none where the book holds nothing that moves. */
export interface BookWindows extends PlansByLine {
  /** Lanes of a formula, set by set; none where a method has no formula. */
  readonly greeks: PlansByLine;
}

/**
 * The windows of a book. A formula looks at the end of a horizon, a window at the worst of its path: by the reflection principle a normal path goes below a
 * level twice as often as it ends there, so that a formula takes half of the room (M-167).
 */
export function windowsIn(risk: RiskBook, given: HistoryParameters): BookWindows {
  const { terms, groups } = risk;
  const apart = Uint8Array.from(groups.underlyings, (coin) =>
    terms.includes(`${PROXY_TERM}${coin}`) ? 1 : 0,
  );
  const isGreek = ({ set }: WindowPlan) => set?.startsWith(GREEK_SET) === true;
  const plansOf = (line: 'maintenance' | 'initial') => {
    const measure = given.measure === 'var' ? 'var' : 'es';
    const plans = windowPlans(risk, line, { coverage: given.coverage[line], measure });
    return plans.map((plan) => ({ ...plan, apart }));
  };
  const [maintenance, initial] = [plansOf('maintenance'), plansOf('initial')];
  const greeksOf = (line: 'maintenance' | 'initial', plans: readonly WindowPlan[]) => {
    const coverage = given.dates[line] > 1 ? 1 - (1 - given.coverage[line]) / 2 : given.coverage[line];
    return plans.filter(isGreek).map((plan) => ({ ...plan, coverage }));
  };
  const drawn = (plans: readonly WindowPlan[]) => plans.filter((plan) => !isGreek(plan));
  const greeks = {
    maintenance: greeksOf('maintenance', maintenance),
    initial: greeksOf('initial', initial),
  };
  return { maintenance: drawn(maintenance), initial: drawn(initial), greeks };
}

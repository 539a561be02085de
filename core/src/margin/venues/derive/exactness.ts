// How near both versions of the portfolio manager are to Derive's own numbers: they are held against the same kind of test portfolios.

import type { Exactness, Term } from '../../requirement.ts';

const BOTH_LINES: Exactness = {
  level: 'exact',
  why: 'initial and maintenance margin of the same portfolios',
};

/** Exactness by term; `own` is the charge on collateral, which the versions make differently. */
export function managerExactness(scenarios: string, own: Term): Readonly<Partial<Record<Term, Exactness>>> {
  return {
    scenarios: { level: 'exact', why: scenarios },
    'scenario-factor': BOTH_LINES,
    'perpetual-contingency': BOTH_LINES,
    'option-contingency': BOTH_LINES,
    [own]: BOTH_LINES,
    'confidence-contingency': { level: 'exact', why: 'initial margin of the same portfolios' },
    release: {
      level: 'partly',
      why: 'the auction stops at the buffer margin, but judges by one scenario that its starter chose; here all count',
    },
    orders: {
      level: 'indicative',
      why: 'the contracts know no open orders; what the order book reserves is not published, so the worst subset of fills is asked for',
    },
  };
}

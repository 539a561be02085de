// The windows of a book as its lines measure them: read off the book and its terms, so that a book from a file has them too.

import { type RiskBook, type WindowPlan, windowPlan } from '../../risk/index.ts';
import { PROXY_TERM } from './lanes.ts';
import type { HistoryParameters } from './parameters.ts';

/** Windows by line; a line has none where the book holds nothing that moves. */
export type BookWindows = Readonly<Partial<Record<'maintenance' | 'initial', WindowPlan>>>;

/** The windows of a book. */
export function windowsIn(risk: RiskBook, given: HistoryParameters): BookWindows {
  const { terms, groups } = risk;
  const apart = Uint8Array.from(groups.underlyings, (coin) =>
    terms.includes(`${PROXY_TERM}${coin}`) ? 1 : 0,
  );
  const windows: { maintenance?: WindowPlan; initial?: WindowPlan } = {};
  for (const line of ['maintenance', 'initial'] as const) {
    const measure = given.measure === 'var' ? 'var' : 'es';
    const plan = windowPlan(risk, line, { coverage: given.coverage[line], measure });
    if (plan !== undefined) windows[line] = { ...plan, apart };
  }
  return windows;
}

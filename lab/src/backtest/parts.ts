// A walk in parts, so that several processors can take one each: every part begins with what was held and known by then, so together they are the
// walk in one piece, to the bit.

import { type Refusal, refuse } from '@plimsoll/core';
import type { BacktestPlan, BacktestState, BookTrace } from './plan.ts';

/** One of so many parts, counted from 0. */
export interface Part {
  readonly index: number;
  readonly count: number;
}

export const wholeWalk: Part = { index: 0, count: 1 };

/** The times of a part: its first, and the first of the next. @example spanOfPart(plan, wholeWalk).from // plan.from */
export function spanOfPart({ from, to, every }: BacktestPlan, { index, count }: Part) {
  const steps = Math.ceil((to - from) / every);
  const at = (k: number) => (k === count ? to : from + every * Math.floor((steps * k) / count));
  return { from: at(index), to: at(index + 1) };
}

function joined(traces: readonly BookTrace[]): BookTrace {
  const { name, what } = traces[0]!;
  const column = <T>(of: (trace: BookTrace) => T[]): T[] => traces.flatMap(of);
  return {
    ...{ name, what, at: column(({ at }) => at), entry: column(({ entry }) => entry) },
    gross: column(({ gross }) => gross),
    maintenance: column(({ maintenance }) => maintenance),
    initial: column(({ initial }) => initial),
    swept: column(({ swept }) => swept),
    lossMaintenance: column(({ lossMaintenance }) => lossMaintenance),
    lossInitial: column(({ lossInitial }) => lossInitial),
    var: column((trace) => trace.var),
    es: column(({ es }) => es),
  };
}

/**
 * The state of a whole walk from those of its parts, in order. Refuses parts of different walks, a part that is missing, and one that is not done.
 * @example joinParts(plan, [first.state, second.state]).books[0].at.length
 */
export function joinParts(plan: BacktestPlan, parts: readonly BacktestState[]): BacktestState | Refusal {
  const last = parts.at(-1);
  const isWhole = parts.every(({ part, next, fingerprint }, index) => {
    const own = { index, count: parts.length };
    const isOwn = (part?.index ?? 0) === index && (part?.count ?? 1) === parts.length;
    return isOwn && next >= spanOfPart(plan, own).to && fingerprint === last!.fingerprint;
  });
  if (last === undefined || !isWhole) {
    return refuse('malformed', 'these are not all parts of one walk, each done to its end.', 'backtest');
  }
  const { part: _, ...rest } = last;
  const sum = (of: (state: BacktestState) => number) => parts.reduce((all, state) => all + of(state), 0);
  return {
    ...rest,
    books: last.books.map((_book, b) => joined(parts.map(({ books }) => books[b]!))),
    refused: sum(({ refused }) => refused),
    refusal: parts.find(({ refusal }) => refusal !== null)?.refusal ?? null,
    margins: sum(({ margins }) => margins),
    milliseconds: sum(({ milliseconds }) => milliseconds),
  };
}

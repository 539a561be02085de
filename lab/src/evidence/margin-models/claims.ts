// What is claimed of the house model, and what the numbers say to it: read off by code, so that no sentence can outlive a run.

import { formatInstant, instant } from '@plimsoll/core';
import { batteryOf, equalCoverage, type LineOf, type Tested } from '../../backtest/study/figures.ts';
import { type BookFigures, LINES, type TableModel } from './reading.ts';

export const LEVEL = 0.05;

/** Phases with fewer windows than this are the edges of gaps, not phases. */
const PHASE_LEAST = 50;

/**
 * Every coverage test of some books, named: of each line the windows of the verdict, one after the other from the first on, and where the walk has several phases at
 * which they may begin, every one of those, so that none is chosen. A line of which no window was seen to its end is not tested.
 */
export function testsOf(where: string, books: readonly BookFigures[]): Tested[] {
  return books.flatMap((one) =>
    LINES.flatMap((line): Tested[] => {
      const { phases, windows, pValue } = one[line];
      if (windows === 0) return [];
      const name = `${where}: ${one.book}, ${line}`;
      const whole = phases.filter((phase) => phase.windows >= PHASE_LEAST);
      const others = whole.length < 2 ? [] : whole;
      return [
        { name, pValue },
        ...others.map((phase): Tested => {
          const begins = formatInstant(instant(phase.begins)).slice(11, 16);
          return { name: `${name} from ${begins}`, pValue: phase.pValue };
        }),
      ];
    }),
  );
}

/** What procyclicality is measured by. */
export const MEASURES = ['peak to trough', '1 h', '1 d', '5 d', '30 d'] as const;
export type Measure = (typeof MEASURES)[number];

/** One measure of one line of one book, under two models. */
export interface Compared {
  readonly book: string;
  readonly line: LineOf;
  readonly measure: Measure;
  readonly own: number;
  readonly other: number;
}

function measureOf({ hours }: TableModel, one: BookFigures, line: LineOf, measure: Measure): number | null {
  const { peakToTrough, rises } = one[line];
  switch (measure) {
    case 'peak to trough':
      return peakToTrough;
    case '1 h':
      return hours.get(one.book)?.[line] ?? null;
    case '1 d':
      return rises.day;
    case '5 d':
      return rises.fiveDays;
    case '30 d':
      return rises.month;
  }
}

/** Every measure of every line of every book that both models have. Scaling a requirement by a constant changes none of them (M-191). */
export function comparedWith(own: TableModel, other: TableModel): Compared[] {
  return own.books.flatMap((mine) => {
    const theirs = other.books.find(({ book }) => book === mine.book);
    if (theirs === undefined) return [];
    return LINES.flatMap((line) =>
      MEASURES.flatMap((measure): Compared[] => {
        const [a, b] = [measureOf(own, mine, line, measure), measureOf(other, theirs, line, measure)];
        return a === null || b === null ? [] : [{ book: mine.book, line, measure, own: a, other: b }];
      }),
    );
  });
}

/** Whether one is at most half of the other. @example isHalved({ own: 0.2, other: 0.5 }) // true */
export function isHalved({ own, other }: Pick<Compared, 'own' | 'other'>): boolean {
  return own <= other / 2;
}

/** Two models brought to the same number of breaches on one line of one book (M-191). */
export interface Levelled {
  readonly book: string;
  readonly line: LineOf;
  readonly breaches: readonly [own: number, other: number];
  /** What the other's requirement is multiplied by; undefined where it was breached more often than ratios were kept. */
  readonly constant: number | undefined;
  readonly mean: readonly [own: number, other: number];
  readonly call: readonly [own: number, other: number];
}

/** The other model at the constant at which it is breached no more often than the own. */
export function levelled(own: TableModel, other: TableModel): Levelled[] {
  return LINES.flatMap((line) =>
    own.books.flatMap((mine): Levelled[] => {
      const theirs = other.books.find(({ book }) => book === mine.book);
      if (theirs === undefined) return [];
      const [a, b] = [mine[line], theirs[line]];
      const constant = equalCoverage(b.ratios, a.breaches);
      const times = constant ?? Number.NaN;
      return [
        {
          ...{ book: mine.book, line, constant, breaches: [a.breaches, b.breaches] },
          mean: [a.mean, times * b.mean],
          call: [a.calls.fiveDays, times * b.calls.fiveDays],
        },
      ];
    }),
  );
}

/** What the family of coverage tests says. */
export function coverageClaim(tests: readonly Tested[]) {
  const battery = batteryOf(tests, LEVEL);
  return { battery, holds: battery.rejected.length === 0 };
}

/** Pairs of one set of books: the house model and, beside it, the grid on ranges that nothing moves, both against plain filtered history. */
export interface Pairs {
  readonly name: string;
  readonly own: readonly Compared[];
  readonly fixed: readonly Compared[];
}

const sameAs = (one: Compared) => (other: Compared) =>
  one.book === other.book && one.line === other.line && one.measure === other.measure;

/** How many figures of a line are halved, and of those that are not, how many no governor could: the grid on fixed ranges misses them as well. */
export function halvesClaim(pairs: readonly Pairs[], line: LineOf) {
  const own = pairs.flatMap(({ own: all }) => all.filter((one) => one.line === line));
  const missed = pairs.flatMap(({ own: all, fixed }) =>
    all
      .filter((one) => one.line === line && !isHalved(one))
      .map((one) => ({ ...one, isOwnMove: fixed.some((other) => sameAs(one)(other) && !isHalved(other)) })),
  );
  return { figures: own.length, missed, ownMoves: missed.filter(({ isOwnMove }) => isOwnMove).length };
}

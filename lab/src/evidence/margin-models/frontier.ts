// Coverage against rises, elasticity by elasticity: what half of plain filtered history costs, and what it cannot have.

import type { LineOf } from '../../backtest/study/figures.ts';
import { markdownTable } from '../markdown.ts';
import { DRIVEN_POINTS } from './parts.ts';
import type { PerpetualsFound, PointRuns } from './perpetual-parts.ts';
import { foundOf, type Kept } from './pool.ts';
import { type BookFigures, figuresOfRun, LINES } from './reading.ts';
import { percentText, timesText } from './tables.ts';

/** A model as one point of the frontier. */
export interface Point {
  readonly name: string;
  readonly books: readonly BookFigures[];
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** One row of one line: sums of breaches, means over books of everything else. */
export function pointRow({ name, books }: Point, line: LineOf): string[] {
  const own = books.map((one) => one[line]);
  const sum = (of: (one: (typeof own)[number]) => number) => own.reduce((total, one) => total + of(one), 0);
  const rise = (of: 'day' | 'fiveDays' | 'month') => mean(own.map(({ rises }) => rises[of] ?? 0));
  return [
    ...[line, name, String(own.filter(({ isRejected }) => isRejected).length)],
    `${sum(({ breaches }) => breaches)} of ${sum(({ expected }) => expected).toFixed(0)}`,
    ...[percentText(mean(own.map((one) => one.mean))), percentText(sum(({ shortfall }) => shortfall))],
    timesText(mean(own.map(({ peakToTrough }) => peakToTrough))),
    ...[rise('day'), rise('fiveDays'), rise('month')].map(percentText),
  ];
}

/** The frontier of one set of books. */
export function frontierTable(points: readonly Point[]): string {
  const head = 'line|model|rejected|breaches of expected|mean|shortfalls|peak/trough|1 d|5 d|30 d'.split('|');
  return markdownTable(
    head,
    LINES.flatMap((line) => points.map((point) => pointRow(point, line))),
    2,
  );
}

const pointOf = ({ name, run }: PointRuns): Point => ({ name, books: figuresOfRun(name, run).books });

/** The twelve books at every elasticity, plain filtered history at the end. */
export async function readDrivenFrontier(kept: Kept): Promise<Point[]> {
  const points: Point[] = [];
  for (const { id } of DRIVEN_POINTS) points.push(pointOf(await foundOf<PointRuns>(kept, id)));
  return points;
}

/** The same of perpetuals. */
export const perpetualFrontier = ({ points }: PerpetualsFound): Point[] => points.map(pointOf);

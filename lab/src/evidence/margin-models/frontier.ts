// Coverage against rises, elasticity by elasticity: what half of plain filtered history costs, and what it cannot have.

import type { LineOf } from '../../backtest/study/figures.ts';
import { markdownTable } from '../markdown.ts';
import { isHalved } from './claims.ts';
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

/** Of peak to trough and the rises of 1, 5 and 30 days of every book on one line: how many are at most half of another model's. */
export function halvedOf({ books }: Point, other: Point, line: LineOf): { halved: number; figures: number } {
  const pairs = books.flatMap((one) => {
    const theirs = other.books.find(({ book }) => book === one.book)?.[line];
    if (theirs === undefined) return [];
    const figures = ({ peakToTrough, rises }: typeof theirs) => [
      ...[peakToTrough, rises.day ?? 0, rises.fiveDays ?? 0, rises.month ?? 0],
    ];
    const [own, reference] = [figures(one[line]), figures(theirs)];
    return own.map((value, i) => isHalved({ own: value, other: reference[i]! }));
  });
  return { halved: pairs.filter((is) => is).length, figures: pairs.length };
}

/** One row of one line: sums of breaches, means over books of everything else. */
export function pointRow(point: Point, other: Point, line: LineOf): string[] {
  const { name, books } = point;
  const own = books.map((one) => one[line]);
  const sum = (of: (one: (typeof own)[number]) => number) => own.reduce((total, one) => total + of(one), 0);
  const rise = (of: 'day' | 'fiveDays' | 'month') => mean(own.map(({ rises }) => rises[of] ?? 0));
  const { halved, figures } = halvedOf(point, other, line);
  return [
    ...[line, name, String(own.filter(({ isRejected }) => isRejected).length)],
    `${sum(({ breaches }) => breaches)} of ${sum(({ expected }) => expected).toFixed(0)}`,
    ...[percentText(mean(own.map((one) => one.mean))), percentText(sum(({ shortfall }) => shortfall))],
    timesText(mean(own.map(({ peakToTrough }) => peakToTrough))),
    ...[rise('day'), rise('fiveDays'), rise('month')].map(percentText),
    point === other ? '-' : `${halved} of ${figures}`,
  ];
}

/** The frontier of one set of books; the last point is what the others are held against. */
export function frontierTable(points: readonly Point[]): string {
  const head =
    'line|model|rejected|breaches of expected|mean|shortfalls|peak/trough|1 d|5 d|30 d|at most half'.split(
      '|',
    );
  const other = points.at(-1)!;
  return markdownTable(
    head,
    LINES.flatMap((line) => points.map((point) => pointRow(point, other, line))),
    2,
  );
}

/** The points of which no line is rejected and every figure of one line is at most half of the last point's, in words. */
export function halvingWords(points: readonly Point[], line: LineOf): string {
  const other = points.at(-1)!;
  const found = points.filter((point) => {
    const { halved, figures } = halvedOf(point, other, line);
    return point !== other && halved === figures && !point.books.some((one) => one[line].isRejected);
  });
  const names = found.map(({ name }) => name).join('; ');
  return `Held and at most half of plain FHS on every figure of the ${line} line: ${names === '' ? 'none' : names}.`;
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

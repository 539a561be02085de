// What was measured along each axis, as tables and pictures.

import { markdownTable } from '@plimsoll/lab';
import type { Shape } from '../venue.ts';
import type { Axis, Plan } from './plan.ts';
import { logLogPlot, type Series } from './plot.ts';
import { type Point, VARIANTS, type Variant } from './points.ts';

const whole = (value: number) => value.toLocaleString('en-US');

/** Three digits that count. @example numberText(1234.5) // '1,230' */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 20 });
}

/** Points of one shape along an axis, by the value there; elsewhere as the plan stands still. */
export function alongAxis(
  points: readonly Point[],
  { name, values }: Axis,
  shape: Shape,
  plan: Plan,
): Map<number, Point> {
  const isStill = (point: Point) =>
    values.includes(point[name]) &&
    (name === 'accounts' || point.accounts === plan.accounts) &&
    (name === 'lanes' || point.lanes === plan.lanes) &&
    (name === 'positions' || point.positions === plan.positions || shape === 'market maker');
  return new Map(
    points.filter((point) => point.shape === shape && isStill(point)).map((point) => [point[name], point]),
  );
}

/** Along accounts the whole crowd counts, in milliseconds; else one account, in nanoseconds. */
const shownOf = (axis: Axis, point: Point, variant: Variant) =>
  axis.name === 'accounts' ? point.took[variant] / 1e6 : point.took[variant] / point.accounts;

const unitOf = ({ name }: Axis) => (name === 'accounts' ? 'ms, all accounts' : 'ns an account');

/** Random books along an axis, by every body. */
export function growthTable(axis: Axis, points: readonly Point[], plan: Plan): string {
  const found = alongAxis(points, axis, 'random', plan);
  const rows = axis.values.map((value) => {
    const point = found.get(value);
    if (point === undefined) return [whole(value), ...VARIANTS.map(() => '-'), '-', '-'];
    const { took } = point;
    return [
      whole(value),
      ...VARIANTS.map((variant) => numberText(shownOf(axis, point, variant))),
      `${numberText(took['model, 1 thread'] / took['plain, 1 thread'])} x`,
      numberText((point.held * point.lanes) / took['plain, 2 threads']),
    ];
  });
  const head = [axis.name, ...VARIANTS, 'model over plain', '10^9 multiply-adds a second'];
  return markdownTable(head, rows, 0);
}

/** Every shape along an axis, by one body. */
export function shapesTable(axis: Axis, variant: Variant, points: readonly Point[], plan: Plan): string {
  const found = plan.shapes.map((shape) => alongAxis(points, axis, shape, plan));
  const rows = axis.values.map((value) => [
    whole(value),
    ...found.map((own) => {
      const point = own.get(value);
      return point === undefined ? '-' : numberText(shownOf(axis, point, variant));
    }),
  ]);
  return markdownTable([axis.name, ...plan.shapes], rows, 0);
}

const seriesOf = (axis: Axis, found: ReadonlyMap<number, Point>, name: string, variant: Variant): Series => ({
  name,
  points: [...found]
    .sort(([a], [b]) => a - b)
    .map(([value, point]) => [value, shownOf(axis, point, variant)] as const),
});

/** Random books along an axis, a line a body. */
export function growthPlot(axis: Axis, points: readonly Point[], plan: Plan): string {
  const found = alongAxis(points, axis, 'random', plan);
  return logLogPlot({
    title: `Sweep of random books along ${axis.name} (${axis.still})`,
    along: axis.name,
    up: unitOf(axis),
    series: VARIANTS.map((variant) => seriesOf(axis, found, variant, variant)),
  });
}

/** The whole model by two threads along lanes, a line a shape. */
export function shapesPlot(points: readonly Point[], plan: Plan): string {
  const axis = plan.axes.find(({ name }) => name === 'lanes')!;
  return logLogPlot({
    title: `Whole model by two threads, every shape of book, along lanes (${axis.still})`,
    along: axis.name,
    up: unitOf(axis),
    series: plan.shapes.map((shape) =>
      seriesOf(axis, alongAxis(points, axis, shape, plan), shape, 'model, 2 threads'),
    ),
  });
}

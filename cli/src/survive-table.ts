// What `plimsoll survive` prints: crossings as tables, a map as coloured cells, both as JSON.

import {
  type Axis,
  type Crossing,
  formatUsd,
  type MapCell,
  type Product,
  perLine,
  type Survival,
  type SurvivalMap,
  THRESHOLDS,
} from '@plimsoll/core';
import colors from 'picocolors';
import { figure, heading, percent, say, signed, table } from './output.ts';

/** An axis in words. @example axisWords({ kind: 'spot', underlying: 'BTC' }) // 'spot of BTC' */
export function axisWords(axis: Axis): string {
  switch (axis.kind) {
    case 'spot':
      return `spot of ${axis.underlying ?? 'all coins'}`;
    case 'vol':
      return `vol of ${axis.underlying ?? 'all coins'}${axis.form === 'points' ? ', in points' : ''}`;
    case 'peg':
      return `peg of ${axis.asset}`;
    case 'days':
      return 'days passing';
    default:
      return axis.kind;
  }
}

/** A move as the axis counts it. @example moveWords({ kind: 'spot' }, -0.16) // '-16.0 %' */
export function moveWords(axis: Axis, move: number): string {
  if (axis.kind === 'days') return `${move.toFixed(2)} d`;
  if (axis.kind === 'vol' && axis.form === 'points') return `${signed((move * 100).toFixed(1))} pt`;
  return signed(percent(move, 1));
}

function crossingJson({ move, into, indices, marks }: Crossing) {
  return { move, into, indices: Object.fromEntries(indices), marks: Object.fromEntries(marks) };
}

/** A survival for programs; `null` where a threshold is not crossed within the reach. */
export function survivalJson({ axis, reach, thresholds, path, assessments }: Survival) {
  const lines = THRESHOLDS.map((name) => {
    const { now, down, up, all } = thresholds[name];
    const nearest = { down: down ? crossingJson(down) : null, up: up ? crossingJson(up) : null };
    return [name, { now, ...nearest, crossings: all.map(crossingJson) }] as const;
  });
  const points = path.map(({ move, equity, excess }) => ({
    move,
    equity: formatUsd(equity),
    excess: perLine((line) => formatUsd(excess[line])),
  }));
  return { axis, reach, thresholds: Object.fromEntries(lines), path: points, assessments };
}

/** Crossings of one axis: nearest down and up of each threshold, then the prices of the moved contracts at maintenance. */
export function saySurvival(
  name: string,
  { axis, reach, thresholds, assessments }: Survival,
  contracts: readonly Product[],
): void {
  const [low, high] = [moveWords(axis, reach.low), moveWords(axis, reach.high)];
  const reached = axis.kind === 'days' ? `for ${high}` : `from ${low} to ${high}`;
  heading(`${name}: ${axisWords(axis)}, looked at ${reached}, ${assessments} assessments`);
  const coin = axis.kind === 'spot' ? axis.underlying : undefined;
  const cell = (crossing: Crossing | undefined) => {
    if (crossing === undefined) return 'none';
    const index = coin === undefined ? undefined : crossing.indices.get(coin);
    const at = index === undefined ? '' : ` at ${figure(index, 6)}`;
    return `${moveWords(axis, crossing.move)}${at}${crossing.into ? '' : ', recovers'}`;
  };
  const rows = THRESHOLDS.map((threshold) => {
    const { now, down, up, all } = thresholds[threshold];
    const more = all.length - [down, up].filter((one) => one !== undefined).length;
    return [
      threshold,
      now ? colors.red('below') : 'clear',
      ...(axis.kind === 'days' ? [] : [cell(down)]),
      cell(up),
      more > 0 ? `${more} more beyond` : '',
    ];
  });
  // Days only pass: there is no way down.
  const ways = axis.kind === 'days' ? ['ahead'] : ['down', 'up'];
  table(['', 'now', ...ways, ''], rows, [0, 1, ways.length + 2]);
  if (axis.kind !== 'spot') return;
  const moved = contracts.filter(({ underlying }) => coin === undefined || underlying === coin);
  sayMarks(new Set(moved.map(({ id }) => id)), thresholds.maintenance.down, thresholds.maintenance.up);
}

// Below this no venue quotes: a mark of 6e-53 is a put that nobody would bid for, not a price.
const MARK_LEAST = 0.00001;

function sayMarks(ids: ReadonlySet<string>, down: Crossing | undefined, up: Crossing | undefined): void {
  if (down === undefined && up === undefined) return;
  say();
  const mark = (crossing: Crossing | undefined, id: string) => {
    const price = crossing?.marks.get(id);
    if (price === undefined) return 'none';
    return price !== 0 && Math.abs(price) < MARK_LEAST ? `< ${MARK_LEAST}` : figure(price, 6);
  };
  table(
    ['price at maintenance', 'down', 'up'],
    [...ids].map((id) => [id, mark(down, id), mark(up, id)]),
  );
}

const PAINTS: Readonly<Record<MapCell['depth'], (text: string) => string>> = {
  clear: colors.green,
  initial: colors.cyan,
  release: colors.yellow,
  maintenance: colors.red,
  bankruptcy: colors.magenta,
};
const LETTERS: Readonly<Record<MapCell['depth'], string>> = {
  clear: '.',
  initial: 'i',
  release: 'r',
  maintenance: 'M',
  bankruptcy: 'B',
};

/** A map in the terminal: one letter a cell, so that it reads without colours too. */
export function sayMap(name: string, { grid, cells, assessments }: SurvivalMap): void {
  heading(`${name}: spot of ${grid.underlying ?? 'all coins'} by vol, ${assessments} assessments`);
  const move = (share: number) => signed(percent(share));
  const rows = cells
    .map((row, v) => [`vol ${move(grid.vols[v]!)}`, ...row.map(({ depth }) => PAINTS[depth](LETTERS[depth]))])
    .reverse();
  table(['', ...grid.spots.map((spot) => signed(String(Math.round(spot * 100))))], rows);
  say('  . clear   i below initial   r below release   M below maintenance   B bankrupt; spot in %');
}

/** A map for programs. */
export function mapJson({ grid, cells, assessments }: SurvivalMap) {
  const read = ({ depth, equity, excess }: MapCell) => ({
    depth,
    equity: formatUsd(equity),
    excess: perLine((line) => formatUsd(excess[line])),
  });
  return { grid, cells: cells.map((row) => row.map(read)), assessments };
}

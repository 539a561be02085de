// Which dates of which windows matter: those that are far out in some direction in which a book may lie. A tail is made of few windows, and each of them
// counts at one date; looking for them beforehand keeps a hundredth of a history without changing the tail.

import { kthLargest } from '../kernel/index.ts';

/** Moves of one factor in units of its own vol: window `i`, date `d` at `i dates + d`. */
export type UnitMoves = Float64Array;

/** Some dates of some windows. */
export interface KeptDates {
  /** Windows, ascending, and where the dates of each begin: `from[k] .. from[k + 1] - 1`. */
  readonly windows: Int32Array;
  readonly from: Int32Array;
  /** Which of its window's dates each is, ascending within a window. */
  readonly dates: Int32Array;
}

/** With more factors than this only each alone, all together, and each against all are looked along. */
const PAIRED_MOST = 5;

function spread(values: UnitMoves): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum / Math.max(1, values.length));
}

function mixed(left: UnitMoves, right: UnitMoves, sign: 1 | -1): UnitMoves {
  const values = new Float64Array(left.length);
  for (let i = 0; i < values.length; i++) values[i] = left[i]! + sign * right[i]!;
  return values;
}

/**
 * Projections along which dates are looked for: every factor, and sums and differences of every two, which is where hedges lie; of many factors the sum of all, and
 * each against it. What never moves has no direction.
 */
function* projections(factors: readonly UnitMoves[]): Generator<UnitMoves> {
  const units = factors.flatMap((moves): UnitMoves[] => {
    const size = spread(moves);
    return size > 0 ? [moves.map((move) => move / size)] : [];
  });
  yield* units;
  if (units.length <= PAIRED_MOST) {
    for (const [i, left] of units.entries()) {
      for (const right of units.slice(i + 1)) {
        yield mixed(left, right, 1);
        yield mixed(left, right, -1);
      }
    }
    return;
  }
  const all = units.reduce((sum, own) => mixed(sum, own, 1), new Float64Array(units[0]!.length));
  yield all;
  const size = spread(all);
  const mean = size > 0 ? all.map((move) => move / size) : all;
  for (const own of units) yield mixed(own, mean, -1);
}

/** Where each window stands farthest along one side of a direction: how far, and at which date. */
interface Farthest {
  readonly reach: Float64Array;
  readonly date: Int32Array;
}

function farthestOf(values: UnitMoves, dates: number, sign: 1 | -1): Farthest {
  const count = values.length / dates;
  const reach = new Float64Array(count);
  const date = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    let far = sign * values[i * dates]!;
    let at = 0;
    for (let d = 1; d < dates; d++) {
      const here = sign * values[i * dates + d]!;
      if (here > far) {
        far = here;
        at = d;
      }
    }
    reach[i] = far;
    date[i] = at;
  }
  return { reach, date };
}

/** The windows that reach farthest, in that order; of equal ones the earliest first. */
function ranked({ reach }: Farthest, count: number): number[] {
  const border = kthLargest(reach.slice(), Math.min(count, reach.length));
  const found: number[] = [];
  for (let i = 0; i < reach.length; i++) if (reach[i]! >= border) found.push(i);
  return found.sort((i, j) => reach[j]! - reach[i]! || i - j).slice(0, count);
}

/**
 * The dates at which windows stand farthest, direction by direction and side by side: of each the `ranks` farthest windows, at most `room` dates in all, the farthest
 * of every direction first. What a book loses along a direction it loses at these dates; between directions nearly so.
 * @example farthestDates([btc, eth], 6, 132, 2304).windows.length // 500
 */
export function farthestDates(
  factors: readonly UnitMoves[],
  dates: number,
  ranks: number,
  room: number,
): KeptDates {
  const sides: { readonly order: readonly number[]; readonly date: Int32Array }[] = [];
  for (const values of projections(factors)) {
    for (const sign of [1, -1] as const) {
      const farthest = farthestOf(values, dates, sign);
      sides.push({ order: ranked(farthest, ranks), date: farthest.date });
    }
  }
  const kept = new Set<number>();
  for (let rank = 0; rank < ranks; rank++) {
    for (const { order, date } of sides) {
      const i = order[rank];
      if (i !== undefined && kept.size < room) kept.add(i * dates + date[i]!);
    }
  }
  const places = [...kept].sort((a, b) => a - b);
  const windows = [...new Set(places.map((place) => Math.floor(place / dates)))];
  const from = new Int32Array(windows.length + 1);
  let w = 0;
  places.forEach((place, j) => {
    if (Math.floor(place / dates) !== windows[w]) from[++w] = j;
  });
  from[windows.length] = places.length;
  return {
    windows: Int32Array.from(windows),
    from,
    dates: Int32Array.from(places, (place) => place % dates),
  };
}

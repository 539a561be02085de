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
  /** Of windows that weigh: the least weight that is kept along any side. */
  readonly filled: number;
}

/** Where windows do not weigh alike: the probability of each, and how much of it is enough along a side. */
export interface Enough {
  readonly weights: Float64Array;
  readonly share: number;
}

/** With more factors than this only each alone, all together, and each against all are looked along. */
const PAIRED_MOST = 5;

/** What each factor counts along a direction. */
type Direction = Float64Array;

function rootMeanSquare(values: UnitMoves): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum / Math.max(1, values.length));
}

/**
 * Directions along which dates are looked for: every factor, and sums and differences of every two, which is where hedges lie; of many factors the sum of all, and
 * each against it. Factors count by their own size; what never moves has no direction.
 */
function directionsOf(roots: readonly number[]): Direction[] {
  const units = roots.map((size) => (size > 0 ? 1 / size : 0));
  const moving = [...units.keys()].filter((f) => units[f]! > 0);
  const along = (weights: ReadonlyMap<number, number>) =>
    Float64Array.from(units, (unit, f) => unit * (weights.get(f) ?? 0));
  const alone = moving.map((f) => along(new Map([[f, 1]])));
  if (moving.length <= PAIRED_MOST) {
    const pairs = moving.flatMap((f, i) => moving.slice(i + 1).map((g) => [f, g] as const));
    return [
      ...alone,
      ...pairs.flatMap(([f, g]) =>
        [1, -1].map((sign) =>
          along(
            new Map([
              [f, 1],
              [g, sign],
            ]),
          ),
        ),
      ),
    ];
  }
  const all = new Map(moving.map((f) => [f, 1 / moving.length]));
  const against = moving.map((f) =>
    along(new Map([...all].map(([g, part]) => [g, (g === f ? 1 : 0) - part]))),
  );
  return [...alone, along(all), ...against];
}

/** The windows that reach farthest along one side of a direction, as a heap: at its root the one that is given up first, the nearest and of equal ones the last. */
class Ranking {
  private readonly most: number;
  private readonly reach: number[] = [];
  private readonly place: number[] = [];

  constructor(most: number) {
    this.most = most;
  }

  /** What a window has to reach at least to be among them. */
  get least(): number {
    return this.reach.length < this.most ? Number.NEGATIVE_INFINITY : this.reach[0]!;
  }

  offer(reach: number, place: number): void {
    const { length } = this.reach;
    if (length < this.most) {
      this.reach.push(reach);
      this.place.push(place);
      this.rise(length);
    } else if (reach > this.reach[0]! || (reach === this.reach[0] && place < this.place[0]!)) {
      this.reach[0] = reach;
      this.place[0] = place;
      this.sink();
    }
  }

  /** The places, the farthest first. */
  ordered(): number[] {
    const order = [...this.reach.keys()].sort((i, j) => (this.isNearer(i, j) ? 1 : -1));
    return order.map((i) => this.place[i]!);
  }

  private isNearer(i: number, j: number): boolean {
    const [left, right] = [this.reach[i]!, this.reach[j]!];
    return left < right || (left === right && this.place[i]! > this.place[j]!);
  }

  private swap(i: number, j: number): void {
    const [reach, place] = [this.reach[i]!, this.place[i]!];
    this.reach[i] = this.reach[j]!;
    this.place[i] = this.place[j]!;
    this.reach[j] = reach;
    this.place[j] = place;
  }

  private rise(from: number): void {
    for (let i = from; i > 0; ) {
      const above = (i - 1) >> 1;
      if (!this.isNearer(i, above)) return;
      this.swap(i, above);
      i = above;
    }
  }

  private sink(): void {
    for (let i = 0; ; ) {
      let nearest = i;
      for (let below = 2 * i + 1; below <= 2 * i + 2 && below < this.reach.length; below++) {
        if (this.isNearer(below, nearest)) nearest = below;
      }
      if (nearest === i) return;
      this.swap(i, nearest);
      i = nearest;
    }
  }
}

/** Where windows are looked for first: how far each goes in any factor, in sizes, and what only a tenth of them goes beyond. */
interface Reach {
  /** Root mean square of each factor. */
  readonly roots: readonly number[];
  readonly sizes: Float64Array;
  readonly border: number;
}

/** Windows beyond it are looked at first; others only along directions in which they could still matter. */
const FIRST_SHARE = 0.1;
/** No direction takes a window farther than its factors do, up to rounding. */
const SLACK = 1 + 1e-12;

function reachOf(factors: readonly UnitMoves[], roots: readonly number[], dates: number): Reach {
  const count = (factors[0]?.length ?? 0) / dates;
  const sizes = new Float64Array(count);
  for (const [f, moves] of factors.entries()) {
    const size = roots[f]!;
    if (size === 0) continue;
    for (let i = 0; i < count; i++) {
      let most = 0;
      for (let place = i * dates; place < (i + 1) * dates; place++) {
        const move = moves[place]!;
        if (move > most) most = move;
        else if (-move > most) most = -move;
      }
      sizes[i] = Math.max(sizes[i]!, most / size);
    }
  }
  const border = count === 0 ? 0 : kthLargest(sizes.slice(), Math.ceil(FIRST_SHARE * count));
  return { sizes, border, roots };
}

/** Looks along one direction, window by window, for what is farthest on both sides. */
class Look {
  readonly up: Ranking;
  readonly down: Ranking;
  private readonly dates: number;
  private readonly moves: readonly UnitMoves[];
  private readonly weights: readonly number[];

  constructor(factors: readonly UnitMoves[], direction: Direction, dates: number, ranks: number) {
    const own = [...factors.keys()].filter((f) => direction[f] !== 0);
    this.up = new Ranking(ranks);
    this.down = new Ranking(ranks);
    this.dates = dates;
    this.moves = own.map((f) => factors[f]!);
    this.weights = own.map((f) => direction[f]!);
  }

  window(i: number): void {
    const { dates, moves, weights } = this;
    let high = Number.NEGATIVE_INFINITY;
    let low = Number.POSITIVE_INFINITY;
    let highAt = 0;
    let lowAt = 0;
    for (let place = i * dates; place < (i + 1) * dates; place++) {
      let here = 0;
      for (let k = 0; k < moves.length; k++) here += weights[k]! * moves[k]![place]!;
      if (here > high) {
        high = here;
        highAt = place;
      }
      if (here < low) {
        low = here;
        lowAt = place;
      }
    }
    this.up.offer(high, highAt);
    this.down.offer(-low, lowAt);
  }
}

/** Places of dates, window by window, the farthest windows of both sides of a direction first, each at its farthest date. */
function rankedAlong(
  factors: readonly UnitMoves[],
  direction: Direction,
  { sizes, border, roots }: Reach,
  dates: number,
  ranks: number,
): readonly (readonly number[])[] {
  const look = new Look(factors, direction, dates, ranks);
  for (let i = 0; i < sizes.length; i++) if (sizes[i]! >= border) look.window(i);
  // What its factors could do together at most, in sizes.
  const most = direction.reduce((sum, weight, f) => sum + Math.abs(weight) * roots[f]!, 0) * SLACK;
  let floor = Math.min(look.up.least, look.down.least) / most;
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]!;
    if (size < floor || size >= border) continue;
    look.window(i);
    floor = Math.min(look.up.least, look.down.least) / most;
  }
  return [look.up.ordered(), look.down.ordered()];
}

/**
 * The dates at which windows stand farthest, direction by direction and side by side: of each the `ranks` farthest windows, at most `room` dates in all, the farthest
 * of every direction first. While there is room, what a book loses along a direction it loses at these dates; between directions nearly so.
 * @example farthestDates([btc, eth], 6, 132, 2304).windows.length // 500
 */
export function farthestDates(
  factors: readonly UnitMoves[],
  dates: number,
  ranks: number,
  room: number,
  enough?: Enough,
): KeptDates {
  const roots = factors.map(rootMeanSquare);
  const reach = reachOf(factors, roots, dates);
  const sides = directionsOf(roots).flatMap((direction) =>
    rankedAlong(factors, direction, reach, dates, ranks),
  );
  const kept = new Set<number>();
  const filled = new Float64Array(sides.length);
  for (let rank = 0; rank < ranks; rank++) {
    sides.forEach((order, k) => {
      const place = order[rank];
      if (place === undefined || (enough !== undefined && filled[k]! >= enough.share)) return;
      if (kept.size >= room && !kept.has(place)) return;
      kept.add(place);
      filled[k]! += enough?.weights[Math.floor(place / dates)] ?? 0;
    });
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
    filled: filled.reduce((least, share) => Math.min(least, share), Number.POSITIVE_INFINITY),
  };
}

// Which dates of which windows matter: those that are far out in some direction in which a book may lie. A tail is made of few windows, and each of them
// counts at one date; looking for them beforehand keeps a hundredth of a history without changing the tail.

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
function directionsOf(factors: readonly UnitMoves[]): Direction[] {
  const units = factors.map((moves) => {
    const size = rootMeanSquare(moves);
    return size > 0 ? 1 / size : 0;
  });
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

  /** Whether a window of this reach would be among them. */
  takes(reach: number): boolean {
    return this.reach.length < this.most || reach > this.reach[0]!;
  }

  /** Places are offered in ascending order. */
  offer(reach: number, place: number): void {
    const { length } = this.reach;
    if (length < this.most) {
      this.reach.push(reach);
      this.place.push(place);
      this.rise(length);
    } else {
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

/** Moves along a direction; a factor by itself in its own units is what it is, up to its size. */
function projected(factors: readonly UnitMoves[], direction: Direction): UnitMoves {
  const own = [...factors.keys()].filter((f) => direction[f] !== 0);
  if (own.length === 1) return factors[own[0]!]!;
  const values = new Float64Array(factors[0]?.length ?? 0);
  for (const f of own) {
    const moves = factors[f]!;
    const weight = direction[f]!;
    for (let i = 0; i < values.length; i++) values[i]! += weight * moves[i]!;
  }
  return values;
}

/** Places of dates, window by window, the farthest windows of both sides of a direction first, each at its farthest date. */
function rankedAlong(
  factors: readonly UnitMoves[],
  direction: Direction,
  dates: number,
  ranks: number,
): readonly (readonly number[])[] {
  const [up, down] = [new Ranking(ranks), new Ranking(ranks)];
  const values = projected(factors, direction);
  for (let at = 0; at < values.length; at += dates) {
    let high = values[at]!;
    let low = high;
    let highAt = at;
    let lowAt = at;
    for (let place = at + 1; place < at + dates; place++) {
      const here = values[place]!;
      if (here > high) {
        high = here;
        highAt = place;
      } else if (here < low) {
        low = here;
        lowAt = place;
      }
    }
    if (up.takes(high)) up.offer(high, highAt);
    if (down.takes(-low)) down.offer(-low, lowAt);
  }
  return [up.ordered(), down.ordered()];
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
  const sides = directionsOf(factors).flatMap((direction) => rankedAlong(factors, direction, dates, ranks));
  const kept = new Set<number>();
  for (let rank = 0; rank < ranks; rank++) {
    for (const order of sides) {
      const place = order[rank];
      if (place !== undefined && kept.size < room) kept.add(place);
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

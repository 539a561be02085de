// The order of lanes in the kernel's rows: what nets by sum first, then what nets expiry by expiry, then the dates of windows, so that every loop runs over
// neighbours. `assembly/book.ts` describes it.

import { type CrowdBook, type Refusal, refuse, type WindowPlan } from '@plimsoll/core';

/** Lanes of a tile, half of one, and a vector. */
const TILE = 12;
const HALF = 6;
const VECTOR = 2;
const rounded = (count: number, to: number) => Math.ceil(count / to) * to;

/** Where the windows of a set stand: plane by plane of dates, how far each reaches, and which window is where in a plane. */
export interface WindowPlaces {
  readonly plan: WindowPlan;
  readonly planes: readonly { readonly at: number; readonly count: number }[];
  readonly lanes: number;
  readonly order: Int32Array;
}

/** Multiples of the golden ratio, less their whole parts, are spread evenly and have no trend. */
const SPREAD = 0.6180339887498949;

/** Windows with more dates first, those with as many in an order without trend. */
function windowOrder(from: Int32Array): Int32Array {
  const dates = (i: number) => from[i + 1]! - from[i]!;
  const key = (i: number) => (i * SPREAD) % 1;
  return Int32Array.from({ length: from.length - 1 }, (_, i) => i).sort(
    (i, j) => dates(j) - dates(i) || key(i) - key(j),
  );
}

/** Places of lanes in a row, all counted in lanes. */
export interface LaneOrder {
  /** The place of every lane of the scenario set. */
  readonly places: Int32Array;
  /** What is written where: `row[to[k]] = row of the book [from[k]]`; a date of a shorter window is written more than once. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Ends of the parts: net by sum and seen by maintenance; by sum; against the twin beside it; as minus their size; against another twin. */
  readonly flatSeen: number;
  readonly flat: number;
  readonly pairs: number;
  readonly lone: number;
  readonly standing: number;
  readonly lanes: number;
  readonly windows: {
    readonly maintenance: readonly WindowPlaces[];
    readonly initial: readonly WindowPlaces[];
  };
}

/** Lanes of the scenario set by part. */
function partsOf({ risk, plan }: CrowdBook) {
  const { netsBySum, twins } = risk;
  const seen = plan.seen.maintenance;
  const parts = {
    flatSeen: [] as number[],
    flat: [] as number[],
    pairs: [] as number[],
    lone: [] as number[],
    odd: [] as number[],
  };
  for (let s = 0; s < seen.length; s++) {
    const twin = twins[s]!;
    const isPaired = twin >= 0 && twin !== s && twins[twin] === s && netsBySum[twin] === 0;
    if (netsBySum[s] === 1) parts[seen[s] === 1 ? 'flatSeen' : 'flat'].push(s);
    else if (twin < 0) parts.lone.push(s);
    else if (!isPaired) parts.odd.push(s);
    else if (s < twin) parts.pairs.push(s, twin);
  }
  return parts;
}

/** Gives places one after the other, and rounds up where a part ends. */
class Places {
  readonly from: number[] = [];
  readonly to: number[] = [];
  next = 0;

  put(lanes: readonly number[], to: number): number {
    for (const lane of lanes) this.write(lane, this.next++);
    this.next = rounded(this.next, to);
    return this.next;
  }

  write(lane: number, place: number): void {
    this.from.push(lane);
    this.to.push(place);
  }

  /** Windows of a set, plane by plane; where a plane is made even, the next window shows its first date again. */
  windows(plan: WindowPlan): WindowPlaces {
    const { from } = plan;
    const order = windowOrder(from);
    const dates = (window: number) => from[window + 1]! - from[window]!;
    const first = this.next;
    const planes: { at: number; count: number }[] = [];
    for (let d = 0; d < (order.length === 0 ? 0 : dates(order[0]!)); d++) {
      const at = this.next;
      const reaching = order.findIndex((window) => dates(window) <= d);
      const count = rounded(reaching < 0 ? order.length : reaching, VECTOR);
      for (let i = 0; i < Math.min(count, order.length); i++) {
        const window = order[i]!;
        this.write(from[window]! + (d < dates(window) ? d : 0), at + i);
      }
      planes.push({ at, count });
      this.next = at + count;
    }
    return { plan, planes, lanes: this.next - first, order };
  }
}

/**
 * The order of a book's lanes. Refuses what has no place in it: dates that do not net by sum, and factors by sign on dates.
 * @example orderLanes(book).places[0] // where the first lane stands
 */
export function orderLanes(book: CrowdBook): LaneOrder | Refusal {
  const { risk, plan, windows } = book;
  const standingCount = plan.seen.maintenance.length;
  const sets = { maintenance: windows?.maintenance ?? [], initial: windows?.initial ?? [] };
  const all = [...sets.maintenance, ...sets.initial];
  if (all.length > 0 && risk.groups.signFactors !== undefined)
    return unfit('it has factors by sign and windows of history');
  const isFlat = ({ from }: WindowPlan) =>
    from[0]! >= standingCount && risk.netsBySum.subarray(from[0], from.at(-1)).every((sums) => sums === 1);
  if (!all.every(isFlat))
    return unfit('dates of its windows do not net by sum, or are lanes of its scenarios');
  const { flatSeen: seen, flat: others, pairs: twins, lone: alone, odd } = partsOf(book);
  const order = new Places();
  const flatSeen = order.put(seen, VECTOR);
  const flat = order.put(others, TILE);
  const pairs = order.put(twins, HALF);
  const lone = order.put(alone, HALF);
  const standing = order.put(odd, TILE);
  const places = new Int32Array(standingCount);
  order.from.forEach((lane, k) => {
    places[lane] = order.to[k]!;
  });
  const placed = {
    maintenance: sets.maintenance.map((own) => order.windows(own)),
    initial: sets.initial.map((own) => order.windows(own)),
  };
  const ends = { flatSeen, flat, pairs, lone, standing, lanes: rounded(order.next, TILE) };
  return {
    places,
    from: Int32Array.from(order.from),
    to: Int32Array.from(order.to),
    ...ends,
    windows: placed,
  };
}

function unfit(what: string): Refusal {
  return refuse(
    'not-supported',
    `${what}, which the kernel does not sweep; use the body in TypeScript.`,
    'the kernel',
  );
}

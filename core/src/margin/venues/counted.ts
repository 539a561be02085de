// A loss that a venue counts otherwise than as the sum of its lanes: what settles together is summed first, and of each sum a part counts.

import { assert } from '../../base/index.ts';
import type { Product } from '../../product/index.ts';
import {
  type Fill,
  type Holdings,
  holdingsOf,
  type RiskBook,
  type Swept,
  sweep,
  sweepFills,
} from '../../risk/index.ts';
import type { Line } from '../requirement.ts';

/** A book, as far as a sweep needs it. */
interface Booked {
  readonly risk: RiskBook;
}

/** What of a lane's profit and loss counts. */
export interface Counting<Book extends Booked> {
  /** Products of one coin and one key are summed before anything counts. */
  readonly keyOf: (product: Product) => string;
  /** What of a sum counts, dollars: nothing of nothing, never falling in `pnl`, and never changing by more than it does. */
  readonly cell: (book: Book, underlying: string, key: string, lane: number, pnl: number) => number;
}

/** One key of one coin: what is held of it, lane by lane, and what each fill would add there. */
interface Sum {
  readonly u: number;
  readonly key: string;
  readonly held: Float64Array;
  /** Fill `i`, lane `s`: `added[i][s]`. */
  readonly added: readonly Float64Array[];
  /** Slots of the holdings that are summed here. */
  readonly slots: readonly number[];
}

/** Cells of holdings and fills, coin by coin and key by key; keys that nothing is held or ordered of are left out. */
function sumsOf<Book extends Booked>(
  { risk }: Book,
  { keyOf }: Counting<Book>,
  holdings: Holdings,
  fills: readonly Fill[],
): readonly Sum[] {
  const { bucketOf, underlyingOf } = risk.groups;
  const sums = new Map<string, { u: number; key: string; slots: number[]; added: Float64Array[] }>();
  const sumAt = (row: number) => {
    const u = underlyingOf[bucketOf[row]!]!;
    const key = keyOf(risk.products[row]!);
    const name = `${u}/${key}`;
    const added = () => fills.map(() => new Float64Array(risk.lanes.length));
    if (!sums.has(name)) sums.set(name, { u, key, slots: [], added: added() });
    return sums.get(name)!;
  };
  holdings.rows.forEach((row, i) => {
    sumAt(row).slots.push(i);
  });
  fills.forEach(({ legs }, i) => {
    for (const { row, quantity } of legs) {
      const own = sumAt(row).added[i]!;
      for (let s = 0; s < own.length; s++) own[s]! += quantity * risk.rows[row * risk.stride + s]!;
    }
  });
  return [...sums.values()].map((sum): Sum => {
    const own = sum.slots.map((i) => [holdings.rows[i]!, holdings.quantities[i]!] as const);
    const { pnl } = sweep(risk, holdingsOf(new Map(own)));
    const from = sum.u * risk.stride;
    return { ...sum, held: pnl.subarray(from, from + risk.lanes.length) };
  });
}

/** What each fill's jump is to a coin: its own coin's, nothing to others. */
function jumpsOf({ groups }: RiskBook, fills: readonly Fill[], u: number): number[] {
  return fills.map(({ legs, jump }) =>
    groups.underlyingOf[groups.bucketOf[legs[0]!.row]!] === u ? jump : 0,
  );
}

const total = (parts: readonly number[]) => parts.reduce((sum, part) => sum + part, 0);

/** What every fill adds to a coin in a lane at worst, by itself: its losses key by key and its jump, at most nothing. */
function fillParts(sums: readonly Sum[], jumps: readonly number[], lane: number): number[] {
  return jumps.map((jump, i) => {
    const legs = total(sums.map(({ added }) => Math.min(0, added[i]![lane]!)));
    return Math.min(0, jump + legs);
  });
}

/**
 * The sweep with every cell as it counts (M-85): the sum over keys of `cell(key, sum)`. With fills, whatever subset fills: since a cell changes by
 * no more than its sum, and in the same direction, no subset does worse than either of
 *
 *     sum_keys cell(held + sum_i min(0, p_i)) + sum_i min(0, J_i),    sum_keys cell(held) + sum_i min(0, J_i + sum_keys min(0, p_i))
 *
 * p_i what fill i adds to a key, J_i its jump; the better of the two stands.
 */
export function countedSweep<Book extends Booked>(
  book: Book,
  counting: Counting<Book>,
  swept: Swept,
  fills: readonly Fill[],
): Swept {
  const { risk } = book;
  assert(
    risk.groups.signFactors === undefined && risk.netsBySum.every((nets) => nets === 1),
    'what counts in part nets by sum',
  );
  const all = sumsOf(book, counting, swept.holdings, fills);
  const filled = sweepFills(swept, fills);
  const pnl = filled.pnl.slice();
  risk.groups.underlyings.forEach((underlying, u) => {
    const sums = all.filter((sum) => sum.u === u);
    const jumps = jumpsOf(risk, fills, u);
    const lost = total(jumps.map((jump) => Math.min(0, jump)));
    for (let s = 0; s < risk.lanes.length; s++) {
      const count = ({ key }: Sum, value: number) => counting.cell(book, underlying, key, s, value);
      const alone = total(sums.map((sum) => count(sum, sum.held[s]!)));
      pnl[u * risk.stride + s] = alone;
      if (fills.length === 0) continue;
      const worst = sums.map((sum) =>
        count(sum, sum.held[s]! + total(sum.added.map((own) => Math.min(0, own[s]!)))),
      );
      const apart = alone + total(fillParts(sums, jumps, s));
      pnl[u * risk.stride + s] = Math.max(total(worst) + lost, apart);
    }
  });
  return { ...filled, pnl };
}

/**
 * Parts of a counted loss: a holding has its share of what counts of its key in its coin's worst lane, a fill its share of the rest. They add
 * up to minus the swept loss of a line whose coins are judged each by itself. Holdings first, then fills.
 */
export function countedParts<Book extends Booked>(
  book: Book,
  counting: Counting<Book>,
  { sweep: swept, combined }: Line,
  fills: readonly Fill[],
): Float64Array {
  const { risk } = book;
  const { rows, quantities } = swept.holdings;
  const parts = new Float64Array(rows.length + fills.length);
  const all = sumsOf(book, counting, swept.holdings, fills);
  risk.groups.underlyings.forEach((underlying, u) => {
    const { lane, loss } = combined.own[u]!;
    const jumps = jumpsOf(risk, fills, u);
    const sums = all.filter((sum) => sum.u === u);
    let left = -loss;
    for (const { key, held, slots } of lane < 0 ? [] : sums) {
      const counts = counting.cell(book, underlying, key, lane, held[lane]!);
      left -= counts;
      const share = held[lane] === 0 ? 0 : counts / held[lane]!;
      for (const i of slots) parts[i]! += quantities[i]! * risk.rows[rows[i]! * risk.stride + lane]! * share;
    }
    // Where nothing moves, fills lose their jumps alone.
    const own = lane < 0 ? jumps.map((jump) => Math.min(0, jump)) : fillParts(sums, jumps, lane);
    const sum = total(own);
    own.forEach((part, i) => {
      if (sum !== 0) parts[rows.length + i]! += (part * left) / sum;
    });
  });
  return parts;
}

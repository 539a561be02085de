// What a book would lose: rows -> expiry -> underlying, lane by lane. Holdings are summed in the book's product order, always.

import type { RiskBook } from './book.ts';
import { factored } from './factored.ts';
import type { Fill } from './fills.ts';

/** Quantities by row of the book, ascending by row; zero quantities left out. */
export interface Holdings {
  readonly rows: Int32Array;
  readonly quantities: Float64Array;
}

/** Profit and loss of one portfolio: underlying `u`, lane `s`: `pnl[u * stride + s]`, dollars. */
export interface Swept {
  readonly book: RiskBook;
  readonly holdings: Holdings;
  readonly pnl: Float64Array;
  /** Bucket `g`, lane `s` of those that stand: `buckets[g * bucketStride + s]`, after sign factors, before netting. */
  readonly buckets: Float64Array;
  /** Other quantities of the same rows, which made `pnl` wherever they do better; its entry there is theirs. */
  readonly instead?: Swept;
  /** Fills of open orders: `pnl` counts in each entry those that hurt there, and so do `buckets` in lanes that do not net by sum. */
  readonly fills?: readonly Fill[];
  /** Per underlying, what fills that lose at once would lose if nothing moved; at most zero. */
  readonly jumps?: Float64Array;
  /** The sweep of the holdings alone, where fills are counted. */
  readonly before?: Swept;
}

/**
 * Sorts and nets quantities by row. Non-finite quantities are the caller's bug.
 * @example holdingsOf(new Map([[3, 2], [0, -1]])).rows // Int32Array [0, 3]
 */
export function holdingsOf(quantityByRow: ReadonlyMap<number, number>): Holdings {
  const entries = [...quantityByRow].filter(([, quantity]) => quantity !== 0).sort(([a], [b]) => a - b);
  return {
    rows: Int32Array.from(entries, ([row]) => row),
    quantities: Float64Array.from(entries, ([, quantity]) => quantity),
  };
}

/**
 * Sweeps holdings through every lane. In a `sum` lane an underlying's P&L is the sum of its buckets; in a `loss-per-expiry` lane each
 * bucket counts as the worse of the lane and its twin, at best zero, or without a twin as minus its size. A bucket with sign factors counts `factor(V) V - V0`, V its net value in the lane.
 * @example sweep(book, holdingsOf(new Map([[0, 1]]))).pnl[0] // what one unit of the first product makes in the first lane
 */
export function sweep(book: RiskBook, holdings: Holdings): Swept {
  const { groups, stride, rows, bucketStride } = book;
  const count = book.laneCount;
  const standing = book.standing.length;
  const buckets = new Float64Array((groups.bucketStart.length - 1) * bucketStride);
  // Dates of windows net by sum: of their buckets nothing is kept.
  const dates = new Float64Array(count - standing);
  const pnl = new Float64Array(groups.underlyings.length * stride);
  let g = 0;
  let u = 0;
  for (let next = 0; next < holdings.rows.length; ) {
    while (groups.bucketStart[g + 1]! <= holdings.rows[next]!) g++;
    while (groups.underlyingStart[u + 1]! <= g) u++;
    const end = groups.bucketStart[g + 1]!;
    const at = g * bucketStride;
    let value = 0;
    dates.fill(0);
    for (; next < holdings.rows.length && holdings.rows[next]! < end; next++) {
      const row = holdings.rows[next]!;
      const quantity = holdings.quantities[next]!;
      const from = row * stride;
      value += quantity * book.columns.value[row]!;
      for (let s = 0; s < standing; s++) buckets[at + s]! += quantity * rows[from + s]!;
      for (let j = 0; j < dates.length; j++) dates[j]! += quantity * rows[from + standing + j]!;
    }
    if (groups.signFactors !== undefined) {
      for (let s = 0; s < standing; s++) buckets[at + s] = factored(book, g, s, value, buckets[at + s]!);
      for (let j = 0; j < dates.length; j++) dates[j] = factored(book, g, standing + j, value, dates[j]!);
    }
    netBucket(book, buckets, at, pnl, u * stride);
    for (let j = 0; j < dates.length; j++) pnl[u * stride + standing + j]! += dates[j]!;
  }
  return { book, holdings, pnl, buckets };
}

/** A lane and the loss there (>= 0); lane -1 means that none loses more than fills do at once. */
export interface WorstLane {
  readonly lane: number;
  readonly loss: number;
}

/** The lane that hurts most among those a line sees (`seen[lane]` is 1); the lowest lane wins ties. */
export function worstLane(swept: Swept, u: number, seen: Uint8Array): WorstLane {
  const { pnl, book } = swept;
  const at = u * book.stride;
  let lane = -1;
  let loss = 0 - (swept.jumps?.[u] ?? 0);
  for (let s = 0; s < seen.length; s++) {
    const here = -pnl[at + s]!;
    if (here > loss && seen[s] === 1) {
      lane = s;
      loss = here;
    }
  }
  return { lane, loss };
}

/**
 * The better of two sweeps of the same rows, lane by lane and underlying by underlying.
 * @example betterOf(sweep(book, whole), sweep(book, part)).pnl // the larger of both, entry by entry
 */
export function betterOf(swept: Swept, instead: Swept): Swept {
  return { ...swept, pnl: swept.pnl.map((pnl, i) => Math.max(pnl, instead.pnl[i]!)), instead };
}

/** Of a sweep that is the better of two: the one that made an underlying's entry. */
export function madeBy(swept: Swept, u: number, lane: number): Swept {
  if (lane < 0) return swept;
  const at = u * swept.book.stride + lane;
  return swept.instead !== undefined && swept.instead.pnl[at] === swept.pnl[at] ? swept.instead : swept;
}

function netBucket(book: RiskBook, buckets: Float64Array, from: number, pnl: Float64Array, to: number): void {
  const { netsBySum, twins, standing } = book;
  for (let s = 0; s < standing.length; s++) {
    const part = buckets[from + s]!;
    if (netsBySum[s] === 1) pnl[to + s]! += part;
    else if (twins[s]! < 0) pnl[to + s]! -= Math.abs(part);
    else pnl[to + s]! += Math.min(0, part, buckets[from + twins[s]!]!);
  }
}

/** Nets the buckets of the lanes that do not net by sum once more, for a sweep whose buckets have changed since. */
export function netBuckets({ book, pnl, buckets, jumps }: Swept): void {
  const { groups, stride, bucketStride, netsBySum, twins } = book;
  for (let u = 0; u < groups.underlyings.length; u++) {
    for (let s = 0; s < netsBySum.length; s++) {
      if (netsBySum[s] === 1) continue;
      let sum = jumps?.[u] ?? 0;
      for (let g = groups.underlyingStart[u]!; g < groups.underlyingStart[u + 1]!; g++) {
        const part = buckets[g * bucketStride + s]!;
        sum += twins[s]! < 0 ? -Math.abs(part) : Math.min(0, part, buckets[g * bucketStride + twins[s]!]!);
      }
      pnl[u * stride + s] = sum;
    }
  }
}

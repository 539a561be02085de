// Which position did it: Euler parts of the swept loss. They add up to it, to the last bit after rounding.

import { assert, type Usd, usd } from '../base/index.ts';
import type { Combined, TailLanes } from './combine.ts';
import { factoredShare } from './factored.ts';
import { fillPart } from './fills.ts';
import { madeBy, type Swept } from './sweep.ts';

/** What a holding makes in a lane under the lane's netting and the bucket's sign factors: its linear share of the bucket. */
function share(swept: Swept, row: number, quantity: number, g: number, seen: number): number {
  const { book } = swept;
  const { lane, sign } = countedAs(swept, g, seen);
  if (sign === 0) return 0;
  const plain = quantity * book.rows[row * book.stride + lane]!;
  if (book.groups.signFactors === undefined) return sign * plain;
  const own = { value: quantity * book.columns.value[row]!, plain };
  return sign * factoredShare(book, g, lane, bucketBefore(swept, g, lane), own);
}

/** Which lane a bucket was counted in, and how: as it is, turned round, or not at all. */
function countedAs(swept: Swept, g: number, lane: number): { lane: number; sign: number } {
  const { book, buckets } = swept;
  if (book.netsBySum[lane] === 1) return { lane, sign: 1 };
  const here = buckets[g * book.bucketStride + lane]!;
  const twin = book.twins[lane]!;
  if (twin < 0) return { lane, sign: here > 0 ? -1 : 1 };
  const there = buckets[g * book.bucketStride + twin]!;
  if (Math.min(here, there) >= 0) return { lane, sign: 0 };
  return { lane: here <= there ? lane : twin, sign: 1 };
}

/** What the holdings of a bucket are worth, and what they gain in a lane before factors. */
function bucketBefore({ book, holdings }: Swept, g: number, lane: number): { value: number; plain: number } {
  let value = 0;
  let plain = 0;
  for (let i = 0; i < holdings.rows.length; i++) {
    const row = holdings.rows[i]!;
    if (row >= book.groups.bucketStart[g]! && row < book.groups.bucketStart[g + 1]!) {
      value += holdings.quantities[i]! * book.columns.value[row]!;
      plain += holdings.quantities[i]! * book.rows[row * book.stride + lane]!;
    }
  }
  return { value, plain };
}

/** The lanes in which an underlying counts, jointly and alone: one each, or the tail of a measure. */
function partsOfLine(
  { tail, jointLanes, own }: Combined,
  u: number,
): readonly [joint: TailLanes, own: TailLanes] {
  if (tail !== undefined) return [tail.joint[u]!, tail.own[u]!];
  const single = (lane: number) => ({ lanes: Int32Array.of(lane), weights: Float64Array.of(1) });
  return [single(jointLanes[u]!), single(own[u]!.lane)];
}

function weighed({ lanes, weights }: TailLanes, partIn: (lane: number) => number): number {
  if (lanes.length === 1) return partIn(lanes[0]!);
  return lanes.reduce((sum, lane, k) => sum + weights[k]! * partIn(lane), 0);
}

/**
 * Each holding's part in a line's swept loss, as profit and loss (a loss is negative): `(1 - r)` of its part in the joint worst
 * move plus `r` of its part in its own underlying's worst lane. Parts add up to minus `combined.amount` up to f64 rounding.
 * Slot `i` belongs to `swept.holdings.rows[i]`.
 */
export function attribute(swept: Swept, combined: Combined): Float64Array {
  const { book, holdings } = swept;
  const parts = new Float64Array(holdings.rows.length);
  let g = 0;
  for (let i = 0; i < holdings.rows.length; i++) {
    const row = holdings.rows[i]!;
    while (book.groups.bucketStart[g + 1]! <= row) g++;
    const u = book.groups.underlyingOf[g]!;
    const partIn = (lane: number) => {
      if (lane < 0) return 0;
      const made = madeBy(swept, u, lane);
      return share(made, row, made.holdings.quantities[i]!, g, lane);
    };
    const [joint, own] = partsOfLine(combined, u);
    parts[i] = (1 - combined.retained) * weighed(joint, partIn) + combined.retained * weighed(own, partIn);
  }
  return parts;
}

/**
 * The part of each open order, as `attribute` has it of each holding: what its fill adds where it is counted. Slot `i` is the order of
 * that place in the portfolio; together with the parts of the holdings they add up to minus `combined.amount`.
 */
export function attributeFills(swept: Swept, combined: Combined, orders: number): Float64Array {
  const parts = new Float64Array(orders);
  const count = (weight: number, laneOf: (u: number) => number, only?: number) => {
    // Each underlying's entry was made by one of two sweeps, and so was the part of a fill in it.
    for (const made of [swept, swept.instead]) {
      for (const fill of made?.fills ?? []) {
        parts[fill.order]! +=
          weight *
          fillPart(made!, fill, laneOf, (u, lane) => {
            return (only === undefined || only === u) && madeBy(swept, u, lane) === made;
          });
      }
    }
  };
  const { tail, retained } = combined;
  if (tail === undefined) {
    count(1 - retained, (u) => combined.jointLanes[u]!);
    count(retained, (u) => combined.own[u]!.lane);
    return parts;
  }
  for (const [share, tails] of [
    [1 - retained, tail.joint],
    [retained, tail.own],
  ] as const) {
    tails.forEach(({ lanes, weights }, own) => {
      lanes.forEach((lane, k) => {
        count(share * weights[k]!, () => lane, own);
      });
    });
  }
  return parts;
}

/**
 * Rounds parts to ledger units so that they sum to exactly `-total`: each to the nearest unit, the rest (a few units) on the largest.
 * @example settleParts(Float64Array.of(-1 / 3, -2 / 3), usd(100_000_000n)) // [-33333333n, -66666667n]
 */
export function settleParts(parts: Float64Array, total: Usd): Usd[] {
  const out = Array.from(parts, (part) => usd(BigInt(Math.round(part * 1e8))));
  if (out.length === 0) {
    assert(total === 0n, 'a loss has someone to blame');
    return out;
  }
  let largest = 0;
  for (let i = 1; i < parts.length; i++) {
    if (Math.abs(parts[i]!) > Math.abs(parts[largest]!)) largest = i;
  }
  const sum = out.reduce((a, b) => a + b, 0n);
  out[largest] = usd(out[largest]! + (-total - sum));
  return out;
}

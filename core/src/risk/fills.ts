// What open orders may do to a sweep. Every lane fills exactly the orders that hurt there, so that no subset of fills does worse.

import type { RiskBook } from './book.ts';
import { changeEnds } from './factored.ts';
import { type Holdings, netBuckets, type Swept } from './sweep.ts';

/** What filling one order would change. */
export interface Fill {
  /** Its place in the portfolio's list of orders. */
  readonly order: number;
  /** Rows that change and by how much: the position first, then the cash that pays for it. */
  readonly legs: readonly FillLeg[];
  /** Equity gained at once, dollars: what is received less what is paid, at today's marks, less the fee. */
  readonly jump: number;
  /** What it may change at best, where `legs` are less than the order: see `givingUp` in margin. */
  readonly most?: readonly FillLeg[];
}

export interface FillLeg {
  readonly row: number;
  readonly quantity: number;
}

/** Between which quantities each row may stand, whatever fills; rows ascending. */
export interface Reach {
  readonly rows: Int32Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * The quantities that any subset of fills may lead to: `low` sells everything, `high` buys everything.
 * @example reachOf(holdings, []).low // holdings.quantities: nothing is open
 */
export function reachOf(holdings: Holdings, fills: readonly Fill[]): Reach {
  if (fills.length === 0) return { rows: holdings.rows, low: holdings.quantities, high: holdings.quantities };
  const ends = new Map<number, [low: number, high: number]>();
  holdings.rows.forEach((row, i) => {
    ends.set(row, [holdings.quantities[i]!, holdings.quantities[i]!]);
  });
  for (const { legs } of fills) {
    for (const { row, quantity } of legs) {
      const [low, high] = ends.get(row) ?? [0, 0];
      ends.set(row, [low + Math.min(0, quantity), high + Math.max(0, quantity)]);
    }
  }
  const sorted = [...ends].sort(([a], [b]) => a - b);
  return {
    rows: Int32Array.from(sorted, ([row]) => row),
    low: Float64Array.from(sorted, ([, [low]]) => low),
    high: Float64Array.from(sorted, ([, [, high]]) => high),
  };
}

/** Holdings after some fills. @example afterFills(holdings, []) // the same quantities */
export function afterFills(holdings: Holdings, fills: readonly Fill[]): Holdings {
  const quantities = new Map<number, number>();
  holdings.rows.forEach((row, i) => {
    quantities.set(row, holdings.quantities[i]!);
  });
  for (const { legs } of fills) {
    for (const { row, quantity } of legs) quantities.set(row, (quantities.get(row) ?? 0) + quantity);
  }
  const kept = [...quantities].filter(([, quantity]) => quantity !== 0).sort(([a], [b]) => a - b);
  return {
    rows: Int32Array.from(kept, ([row]) => row),
    quantities: Float64Array.from(kept, ([, quantity]) => quantity),
  };
}

/**
 * Of what buy orders would add to each row that is held short, the share that closes it: rows that are not short, or not bought, have none.
 * @example closingShares(holdings, fills).get(row) // 0.5: ten are short, and orders buy twenty
 */
export function closingShares(holdings: Holdings, fills: readonly Fill[]): ReadonlyMap<number, number> {
  const buys = new Map<number, number>();
  for (const { legs } of fills) {
    const { row, quantity } = legs[0]!;
    if (quantity > 0) buys.set(row, (buys.get(row) ?? 0) + quantity);
  }
  const shares = new Map<number, number>();
  holdings.rows.forEach((row, i) => {
    const quantity = holdings.quantities[i]!;
    if (quantity < 0 && buys.has(row)) shares.set(row, Math.min(1, -quantity / buys.get(row)!));
  });
  return shares;
}

/** The legs of a fill that belong to one underlying; the first of a fill carries its jump. */
interface Part {
  readonly underlying: number;
  readonly legs: readonly (FillLeg & { readonly bucket: number })[];
  readonly jump: number;
}

/** A fill by underlying: the position's first, with the jump; a leg in another coin or stable asset apart from it, without. */
function partsOf({ groups }: RiskBook, { legs, jump }: Fill): Part[] {
  const parts: { underlying: number; legs: (FillLeg & { readonly bucket: number })[]; jump: number }[] = [];
  for (const { row, quantity } of legs) {
    const bucket = groups.bucketOf[row]!;
    const underlying = groups.underlyingOf[bucket]!;
    const leg = { row, quantity, bucket };
    const part = parts.find((known) => known.underlying === underlying);
    if (part === undefined) parts.push({ underlying, legs: [leg], jump: parts.length === 0 ? jump : 0 });
    else part.legs.push(leg);
  }
  return parts;
}

function lanesThat(count: number, is: (lane: number) => boolean): Int32Array {
  return Int32Array.from({ length: count }, (_, s) => s).filter(is);
}

/**
 * The sweep in which every lane fills what hurts there. Where expiries net by sum, an underlying's entry falls by
 * `sum_o min(0, sum_legs q R + jump_o)`: for one underlying the true worst subset. Where they do not, each leg counts at its worst in its
 * own bucket and the jumps apart: never less than the worst subset. Where factors by sign apply, a leg counts with whichever makes it worse:
 * again never less. O(lanes) per leg.
 * @example sweepFills(sweep(book, holdings), fills).pnl[0] <= sweep(book, afterFills(holdings, some)).pnl[0] + jumps // true for any `some`
 */
export function sweepFills(swept: Swept, fills: readonly Fill[]): Swept {
  if (fills.length === 0) return swept;
  const { book } = swept;
  const { stride, bucketStride, netsBySum, twins, groups } = book;
  const count = book.laneCount;
  const netting = lanesThat(count, (s) => netsBySum[s] === 0);
  const pnl = swept.pnl.slice();
  const low = netting.length === 0 ? swept.buckets : swept.buckets.slice();
  const high = netting.length === 0 ? low : swept.buckets.slice();
  const jumps = new Float64Array(groups.underlyings.length);
  const part = new Float64Array(count);
  for (const fill of fills) {
    for (const { underlying, legs, jump } of partsOf(book, fill)) {
      jumps[underlying]! += Math.min(0, jump);
      part.fill(jump);
      for (const { row, quantity, bucket } of legs) {
        addLeg(book, row, quantity, bucket, part);
        const at = bucket * bucketStride;
        for (const s of netting) {
          const [least, most] = changeEnds(book, row, quantity, bucket, s);
          if (least < 0) low[at + s]! += least;
          if (most > 0) high[at + s]! += most;
        }
      }
      const at = underlying * stride;
      for (let s = 0; s < count; s++) pnl[at + s]! += Math.min(0, part[s]!);
    }
  }
  const lone = netting.filter((s) => twins[s]! < 0);
  for (let at = 0; lone.length > 0 && at < low.length; at += bucketStride) {
    // Without a twin an expiry counts as minus its size, so the farther end is the worse one.
    for (const s of lone) if (high[at + s]! > -low[at + s]!) low[at + s] = high[at + s]!;
  }
  const netted: Swept = { ...swept, pnl, buckets: low, fills, jumps, before: swept };
  netBuckets(netted);
  return netted;
}

/** Adds to every lane the least that a leg may change there. */
function addLeg(book: RiskBook, row: number, quantity: number, g: number, part: Float64Array): void {
  const from = row * book.stride;
  if (book.groups.signFactors === undefined) {
    for (let s = 0; s < part.length; s++) part[s]! += quantity * book.rows[from + s]!;
  } else {
    for (let s = 0; s < part.length; s++) part[s]! += changeEnds(book, row, quantity, g, s)[0];
  }
}

/**
 * What a fill does to its underlyings' entries of a lane (`lane` -1: nothing moves), as `sweepFills` counted it: at most zero.
 * Only underlyings that `counts` says are looked at.
 */
export function fillPart(
  swept: Swept,
  fill: Fill,
  laneOf: (underlying: number) => number,
  counts: (underlying: number, lane: number) => boolean,
): number {
  const { book } = swept;
  let sum = 0;
  for (const { underlying, legs, jump } of partsOf(book, fill)) {
    const lane = laneOf(underlying);
    if (!counts(underlying, lane)) continue;
    if (lane < 0) sum += Math.min(0, jump);
    else if (book.netsBySum[lane] === 1) {
      let part = jump;
      for (const { row, quantity, bucket } of legs) part += changeEnds(book, row, quantity, bucket, lane)[0];
      sum += Math.min(0, part);
    } else {
      sum += Math.min(0, jump);
      for (const { row, quantity, bucket } of legs) sum += nettedPart(swept, row, quantity, bucket, lane);
    }
  }
  return sum;
}

function nettedPart(
  { book, buckets }: Swept,
  row: number,
  quantity: number,
  g: number,
  lane: number,
): number {
  const twin = book.twins[lane]!;
  const here = buckets[g * book.bucketStride + lane]!;
  const ends = (s: number) => changeEnds(book, row, quantity, g, s);
  if (twin < 0) return here > 0 ? -Math.max(0, ends(lane)[1]) : Math.min(0, ends(lane)[0]);
  const there = buckets[g * book.bucketStride + twin]!;
  if (Math.min(here, there) >= 0) return 0;
  return Math.min(0, ends(here <= there ? lane : twin)[0]);
}

/** The most a fill can add to an underlying's entry of a lane without its jump: what it gains, or less than nothing. */
export function fillGain(book: RiskBook, fill: Fill, underlying: number, lane: number): number {
  if (lane < 0) return 0;
  const gain = legsGain(book, fill, underlying, lane);
  const { most } = fill;
  return most === undefined
    ? gain
    : Math.max(gain, legsGain(book, { ...fill, legs: most }, underlying, lane));
}

function legsGain(book: RiskBook, fill: Fill, underlying: number, lane: number): number {
  const twin = book.twins[lane]!;
  let gain = 0;
  for (const part of partsOf(book, fill)) {
    if (part.underlying !== underlying) continue;
    for (const { row, quantity, bucket } of part.legs) {
      const ends = (s: number) => changeEnds(book, row, quantity, bucket, s);
      if (book.netsBySum[lane] === 1) gain += ends(lane)[1];
      else gain += Math.max(0, ends(lane)[1], twin < 0 ? -ends(lane)[0] : ends(twin)[1]);
    }
  }
  return gain;
}

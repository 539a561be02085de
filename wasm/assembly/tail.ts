// The tail of windows of history: what each loses at its worst date, and the mean of what lies beyond coverage.

import * as book from './book';

/** A loss beyond those that fill the room by this share is never reached, however their weights were rounded. */
const SLACK: f64 = 1.000000001;
/** The border of what is reached is looked for until no more than this share beyond it is left to sort, or so often. */
const CLOSE: f64 = 1.25;
const STEPS = 12;

/** Losses are looked at eight at a time, in four sums: one would wait for itself. */
const STEP: usize = 64;

/** Bytes of a column of a set's windows, padded to whole steps. */
// @ts-expect-error: decorator
@inline
function columnOf(w: usize): usize {
  return ((book.windowCount(w) << 3) + STEP - 1) & ~(STEP - 1);
}

/** What every window of a set loses at its worst date, at `to`, in the order of its planes; padding loses less than anything. */
function fillLosses(w: usize, row: usize, to: usize): void {
  const planes = book.windowPlanes(w);
  const last = planes + (book.windowDates(w) << 3);
  const count = book.windowCount(w) << 3;
  const first = row + <usize>load<u32>(planes);
  for (let i: usize = 0; i < count; i += 16) {
    let low = v128.load(first + i);
    for (let plane = planes + 8; plane < last && i < <usize>load<u32>(plane, 4); plane += 8) {
      low = f64x2.pmin(low, v128.load(row + <usize>load<u32>(plane) + i));
    }
    v128.store(to + i, f64x2.neg(low));
  }
  for (let i = count, end = columnOf(w); i < end; i += 8) store<f64>(to + i, -Infinity);
}

/** The largest of some losses. */
function mostOf(losses: usize, bytes: usize): f64 {
  let a = f64x2.splat(-Infinity);
  let b = a;
  let c = a;
  let d = a;
  for (let i: usize = 0; i < bytes; i += STEP) {
    a = f64x2.pmax(a, v128.load(losses + i));
    b = f64x2.pmax(b, v128.load(losses + i, 16));
    c = f64x2.pmax(c, v128.load(losses + i, 32));
    d = f64x2.pmax(d, v128.load(losses + i, 48));
  }
  const most = f64x2.pmax(f64x2.pmax(a, b), f64x2.pmax(c, d));
  return max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
}

// @ts-expect-error: decorator
@inline
function weightOf(losses: v128, weights: v128, from: v128): v128 {
  return v128.and(f64x2.ge(losses, from), weights);
}

/** Probability of the windows that lose at least so much. */
function weightFrom(losses: usize, weights: usize, bytes: usize, border: f64): f64 {
  const from = f64x2.splat(border);
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (let i: usize = 0; i < bytes; i += STEP) {
    a = f64x2.add(a, weightOf(v128.load(losses + i), v128.load(weights + i), from));
    b = f64x2.add(b, weightOf(v128.load(losses + i, 16), v128.load(weights + i, 16), from));
    c = f64x2.add(c, weightOf(v128.load(losses + i, 32), v128.load(weights + i, 32), from));
    d = f64x2.add(d, weightOf(v128.load(losses + i, 48), v128.load(weights + i, 48), from));
  }
  const sum = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * A loss that is looked for: the windows that lose at least that fill the room, and few others; minus infinity where all are wanted. Any such number gives the same
 * tail. `most` is above zero.
 */
function borderOf(w: usize, losses: usize, most: f64): f64 {
  const weights = book.windowWeights(w);
  const bytes = columnOf(w);
  const filled = book.windowRoom(w) * SLACK;
  let low: f64 = 0;
  let high = most;
  let weight = weightFrom(losses, weights, bytes, 0);
  if (weight < filled) return -Infinity;
  for (let step = 0; step < STEPS && !(weight < filled * CLOSE); step++) {
    const middle = 0.5 * (low + high);
    if (!(middle > low && middle < high)) break;
    const beyond = weightFrom(losses, weights, bytes, middle);
    if (beyond < filled) high = middle;
    else {
      low = middle;
      weight = beyond;
    }
  }
  return low;
}

/** The losses from a border on, at `to`, and of each its window and its place in bytes (u32 each), at `named`; how many. */
function collect(w: usize, losses: usize, border: f64, to: usize, named: usize): usize {
  const windows = book.windowOrder(w);
  let at: usize = 0;
  for (let i: usize = 0, bytes = book.windowCount(w) << 3; i < bytes; i += 8) {
    const loss = load<f64>(losses + i);
    store<f64>(to + at, loss);
    store<u32>(named + at, load<u32>(windows + (i >> 1)));
    store<u32>(named + at, <u32>i, 4);
    // No branch: which windows are bad is what nobody can guess.
    at += <usize>(loss >= border) << 3;
  }
  store<f64>(to + at, -Infinity);
  return at >> 3;
}

/** How many of some losses stand before one of them: the larger, and of equal ones the earlier windows. */
// @ts-expect-error: decorator
@inline
function rankOf(losses: usize, named: usize, bytes: usize, own: usize): usize {
  const loss = v128.load64_splat(losses + own);
  let larger = i64x2.splat(0);
  let asLarge = larger;
  for (let i: usize = 0; i < bytes; i += 16) {
    const other = v128.load(losses + i);
    larger = i64x2.sub(larger, f64x2.gt(other, loss));
    asLarge = i64x2.sub(asLarge, f64x2.ge(other, loss));
  }
  let rank = <usize>(i64x2.extract_lane(larger, 0) + i64x2.extract_lane(larger, 1));
  const equal = <usize>(i64x2.extract_lane(asLarge, 0) + i64x2.extract_lane(asLarge, 1)) - rank;
  if (equal > 1) {
    for (let i: usize = 0; i < bytes; i += 8) {
      if (load<f64>(losses + i) === load<f64>(losses + own) && load<u32>(named + i) < load<u32>(named + own)) rank++;
    }
  }
  return rank;
}

/** Losses with their weights in order, the largest first, at `to`, 16 bytes each: every one is put where so many stand before it. */
function rank(w: usize, losses: usize, named: usize, count: usize, to: usize): void {
  const weights = book.windowWeights(w);
  const bytes = count << 3;
  for (let i: usize = 0; i < bytes; i += 8) {
    const entry = to + (rankOf(losses, named, bytes, i) << 4);
    store<f64>(entry, load<f64>(losses + i));
    store<f64>(entry, load<f64>(weights + <usize>load<u32>(named + i, 4)), 8);
  }
}

/**
 * The expected shortfall of a row over the windows of a line; `kept` has room for the losses of all windows, for those that count with their names, and for those in order.
 */
function tailOf(w: usize, row: usize, kept: usize): f64 {
  const column = columnOf(w) + 16;
  fillLosses(w, row, kept);
  const most = mostOf(kept, columnOf(w));
  if (!(most > 0)) return 0;
  const worst = kept + column;
  const named = worst + column;
  const sorted = named + column;
  const count = collect(w, kept, borderOf(w, kept, most), worst, named);
  rank(w, worst, named, count, sorted);
  const room = book.windowRoom(w);
  let left = room;
  let loss: f64 = 0;
  for (let i: usize = 0; i < count; i++) {
    const weight = load<f64>(sorted + (i << 4), 8);
    const share = min(weight, left) / room;
    if (share <= 0) break;
    loss += share * load<f64>(sorted + (i << 4));
    left -= weight;
  }
  return loss > 0 ? loss : 0;
}

/**
 * The set that asks for most, the first of equal ones: its joint tail and its sum of own tails, into `out` and the f64 after it; nothing is written where none asks.
 * `coins` as in `jointWorst`; `together` is room for a row, `kept` for the losses that a tail reaches and one more.
 */
export function worstTails(b: usize, sets: usize, coins: usize, count: usize, together: usize, kept: usize, out: usize): void {
  let most: f64 = 0;
  for (let k: usize = 1, n = <usize>load<u32>(sets); k <= n; k++) {
    // What a set answers stands before the losses that are kept.
    const into = kept;
    windowTails(b, <usize>load<u32>(sets + (k << 2)), coins, count, together, kept + 16, into);
    const joint = load<f64>(into);
    const own = load<f64>(into, 8);
    const amount = joint + book.retained(b) * (own - joint);
    if (amount > most) {
      most = amount;
      store<f64>(out, joint);
      store<f64>(out, own, 8);
    }
  }
}

/** Windows of one set: the joint tail and the sum of own tails, into `out` and the f64 after it. Coins apart are granted no offset. */
function windowTails(b: usize, w: usize, coins: usize, count: usize, together: usize, kept: usize, out: usize): void {
  const apart = book.windowApart(w);
  let ownSum: f64 = 0;
  let apartSum: f64 = 0;
  let joined: usize = 0;
  let only: f64 = 0;
  const first = <usize>load<u32>(book.windowPlanes(w));
  const last = first + book.windowBytes(w);
  for (let i: usize = 0; i < count; i++) {
    const u = <usize>load<u32>(coins + (i << 3));
    const row = <usize>load<u32>(coins + (i << 3), 4);
    const own = tailOf(w, row, kept);
    ownSum += own;
    if (load<u8>(apart + u) !== 0) apartSum += own;
    else {
      if (joined === 0) memory.copy(together + first, row + first, last - first);
      else {
        for (let s = first; s < last; s += 16) {
          v128.store(together + s, f64x2.add(v128.load(together + s), v128.load(row + s)));
        }
      }
      joined++;
      only = own;
    }
  }
  const joint = joined === 0 ? 0 : joined === 1 ? only : tailOf(w, together, kept);
  store<f64>(out, joint + apartSum);
  store<f64>(out, ownSum, 8);
}

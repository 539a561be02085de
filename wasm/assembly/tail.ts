// The tail of windows of history: what each loses at its worst date, and the mean of what lies beyond coverage.

import * as book from './book';

/** A loss beyond those that fill the room by this share is never reached, however their weights were rounded. */
const SLACK: f64 = 1.000000001;
/** The border of what is reached is looked for until no more than this share beyond it is left to sort, or so often. */
const CLOSE: f64 = 1.125;
const STEPS = 12;

/** What every window of a set loses at its worst date, at `to`, in the order of its planes; padding loses less than anything. Gives the largest and the smallest. */
function fillLosses(w: usize, row: usize, to: usize): v128 {
  const planes = book.windowPlanes(w);
  const last = planes + (book.windowDates(w) << 3);
  const count = book.windowCount(w) << 3;
  const first = row + <usize>load<u32>(planes);
  let most = f64x2.splat(-Infinity);
  let least = f64x2.splat(Infinity);
  for (let i: usize = 0; i < count; i += 16) {
    let low = v128.load(first + i);
    for (let plane = planes + 8; plane < last && i < <usize>load<u32>(plane, 4); plane += 8) {
      low = f64x2.pmin(low, v128.load(row + <usize>load<u32>(plane) + i));
    }
    let losses = f64x2.neg(low);
    if (i + 8 === count) losses = f64x2.replace_lane(losses, 1, f64x2.extract_lane(losses, 0));
    most = f64x2.pmax(most, losses);
    least = f64x2.pmin(least, losses);
    if (i + 8 === count) losses = f64x2.replace_lane(losses, 1, -Infinity);
    v128.store(to + i, losses);
  }
  return f64x2(
    max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)),
    min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1)),
  );
}

/** Probability of the windows that lose at least so much. */
function weightFrom(losses: usize, weights: usize, bytes: usize, border: f64): f64 {
  const from = f64x2.splat(border);
  let sum = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    sum = f64x2.add(sum, v128.and(f64x2.ge(v128.load(losses + i), from), v128.load(weights + i)));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** A loss that is looked for: the windows that lose at least that fill the room, and few others. Any such number gives the same tail. */
function borderOf(w: usize, losses: usize, most: f64, least: f64): f64 {
  const weights = book.windowWeights(w);
  const bytes = ((book.windowCount(w) << 3) + 15) & ~15;
  const filled = book.windowRoom(w) * SLACK;
  let low = least;
  let high = most;
  for (let step = 0; step < STEPS; step++) {
    const middle = 0.5 * (low + high);
    if (!(middle > low && middle < high)) break;
    const weight = weightFrom(losses, weights, bytes, middle);
    if (weight < filled) high = middle;
    else {
      low = middle;
      if (weight < filled * CLOSE) break;
    }
  }
  return low;
}

/** Whether an entry stands behind a loss of a window: a smaller loss, of equal ones the later window. */
// @ts-expect-error: decorator
@inline
function isBehind(entry: usize, loss: f64, window: u32): bool {
  const other = load<f64>(entry);
  return other < loss || (other === loss && load<u32>(entry, 8) > window);
}

/** Sorts entries of 16 bytes, the largest loss first (Shell 1959, gaps of Ciura 2001). */
function sortEntries(entries: usize, count: usize): void {
  for (let gap: usize = count > 57 ? 57 : count > 23 ? 23 : count > 10 ? 10 : count > 4 ? 4 : 1; gap > 0; gap = nextGap(gap)) {
    const far = gap << 4;
    const end = entries + (count << 4);
    for (let i = entries + far; i < end; i += 16) {
      let at = i;
      const own = v128.load(i);
      const loss = load<f64>(i);
      const window = load<u32>(i, 8);
      for (; at >= entries + far && isBehind(at - far, loss, window); at -= far) v128.store(at, v128.load(at - far));
      v128.store(at, own);
    }
  }
}

function nextGap(gap: usize): usize {
  return gap === 57 ? 23 : gap === 23 ? 10 : gap === 10 ? 4 : gap === 4 ? 1 : 0;
}

/** The losses from a border on, each with its weight's place, at `to`; how many. */
function collect(w: usize, losses: usize, border: f64, to: usize): usize {
  const windows = book.windowOrder(w);
  const from = f64x2.splat(border);
  let at = to;
  for (let i: usize = 0, bytes = book.windowCount(w) << 3; i < bytes; i += 16) {
    const here = v128.load(losses + i);
    if (!v128.any_true(f64x2.ge(here, from))) continue;
    for (let k: usize = i; k < i + 16 && k < bytes; k += 8) {
      const loss = load<f64>(losses + k);
      if (loss < border) continue;
      store<f64>(at, loss);
      store<u32>(at, load<u32>(windows + (k >> 1)), 8);
      store<u32>(at, <u32>k, 12);
      at += 16;
    }
  }
  return (at - to) >> 4;
}

/** The expected shortfall of a row over the windows of a line; `kept` has room for the losses of all windows, and for an entry of each. */
function tailOf(w: usize, row: usize, kept: usize): f64 {
  const losses = kept;
  const ends = fillLosses(w, row, losses);
  const most = f64x2.extract_lane(ends, 0);
  if (!(most > 0)) return 0;
  const entries = kept + (((book.windowCount(w) << 3) + 15) & ~15);
  const count = collect(w, losses, borderOf(w, losses, most, f64x2.extract_lane(ends, 1)), entries);
  sortEntries(entries, count);
  const weights = book.windowWeights(w);
  const room = book.windowRoom(w);
  let left = room;
  let loss: f64 = 0;
  for (let i: usize = 0; i < count; i++) {
    const entry = entries + (i << 4);
    const weight = load<f64>(weights + <usize>load<u32>(entry, 12));
    const share = min(weight, left) / room;
    if (share <= 0) break;
    loss += share * load<f64>(entry);
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

// The tail of windows of history: what each loses at its worst date, and the mean of what lies beyond coverage.

import * as book from './book';

/** Keeps a loss among the largest, the earlier of equal ones first. Gives how many are kept. */
function keep(kept: usize, have: usize, reach: usize, loss: f64, weight: f64): usize {
  let at = have < reach ? have : have - 1;
  for (; at > 0 && load<f64>(kept + ((at - 1) << 4)) < loss; at--) {
    v128.store(kept + (at << 4), v128.load(kept + ((at - 1) << 4)));
  }
  store<f64>(kept + (at << 4), loss);
  store<f64>(kept + (at << 4), weight, 8);
  return have < reach ? have + 1 : have;
}

/** The largest losses of windows at their worst dates, into `kept`, two windows at a time; how many. */
function worstWindows(w: usize, row: usize, kept: usize): usize {
  const weights = book.windowWeights(w);
  const count = book.windowCount(w) << 3;
  const reach = book.windowReach(w);
  const step = (count + 15) & ~15;
  const end = row + book.windowAt(w) + step * book.windowDates(w);
  let have: usize = 0;
  let least = f64x2.splat(-Infinity);
  for (let i: usize = 0; i < count; i += 16) {
    let at = row + book.windowAt(w) + i;
    let low = v128.load(at);
    for (at += step; at < end; at += step) low = f64x2.pmin(low, v128.load(at));
    const losses = f64x2.neg(low);
    if (have === reach && !v128.any_true(f64x2.gt(losses, least))) continue;
    const first = f64x2.extract_lane(losses, 0);
    if (have < reach || first > load<f64>(kept + ((have - 1) << 4))) have = keep(kept, have, reach, first, load<f64>(weights + i));
    const second = f64x2.extract_lane(losses, 1);
    if (i + 8 < count && (have < reach || second > load<f64>(kept + ((have - 1) << 4)))) {
      have = keep(kept, have, reach, second, load<f64>(weights + i, 8));
    }
    least = v128.load64_splat(kept + ((have - 1) << 4));
  }
  return have;
}

/** The expected shortfall of a row over the windows of a line; `kept` has room for the losses it reaches. */
function tailOf(w: usize, row: usize, kept: usize): f64 {
  const have = worstWindows(w, row, kept);
  if (have === 0 || !(load<f64>(kept) > 0)) return 0;
  const room = book.windowRoom(w);
  let left = room;
  let loss: f64 = 0;
  for (let i: usize = 0; i < have; i++) {
    const weight = load<f64>(kept + (i << 4), 8);
    const share = min(weight, left) / room;
    if (share <= 0) break;
    loss += share * load<f64>(kept + (i << 4));
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
  const first = book.windowAt(w);
  const last = first + (((book.windowCount(w) << 3) + 15) & ~15) * book.windowDates(w);
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

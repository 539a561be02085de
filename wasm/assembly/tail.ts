// The tail of windows of history: what each loses at its worst date, and the mean of what lies beyond coverage.

import * as book from './book';

/** The expected shortfall of a row over the windows of a line; `kept` has room for the losses it reaches. */
function tailOf(w: usize, row: usize, kept: usize): f64 {
  const from = book.windowFrom(w);
  const weights = book.windowWeights(w);
  const count = book.windowCount(w);
  const reach = book.windowReach(w);
  let have: usize = 0;
  for (let i: usize = 0; i < count; i++) {
    let s = <usize>load<i32>(from + (i << 2));
    const end = <usize>load<i32>(from + (i << 2), 4);
    let least = load<f64>(row + (s << 3));
    for (s++; s < end; s++) least = min(least, load<f64>(row + (s << 3)));
    const loss = -least;
    if (have === reach && !(loss > load<f64>(kept + ((have - 1) << 4)))) continue;
    let at = have < reach ? have : have - 1;
    for (; at > 0 && load<f64>(kept + ((at - 1) << 4)) < loss; at--) {
      store<f64>(kept + (at << 4), load<f64>(kept + ((at - 1) << 4)));
      store<f64>(kept + (at << 4), load<f64>(kept + ((at - 1) << 4), 8), 8);
    }
    store<f64>(kept + (at << 4), loss);
    store<f64>(kept + (at << 4), load<f64>(weights + (i << 3)), 8);
    if (have < reach) have++;
  }
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

/** The set that asks for most, the first of equal ones: its joint tail and its sum of own tails, into `out` and the f64 after it; zeros where none asks. */
export function worstTails(
  b: usize,
  sets: usize,
  coins: usize,
  touched: usize,
  count: usize,
  together: usize,
  kept: usize,
  out: usize,
): void {
  let most: f64 = 0;
  for (let k: usize = 1, n = <usize>load<u32>(sets); k <= n; k++) {
    // What a set answers stands before the losses that are kept.
    const into = kept;
    windowTails(b, <usize>load<u32>(sets + (k << 2)), coins, touched, count, together, kept + 16, into);
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
function windowTails(b: usize, w: usize, coins: usize, touched: usize, count: usize, together: usize, kept: usize, out: usize): void {
  const stride = book.stride(b);
  const apart = book.windowApart(w);
  let ownSum: f64 = 0;
  let apartSum: f64 = 0;
  let joined: usize = 0;
  let only: f64 = 0;
  const first = <usize>load<i32>(book.windowFrom(w)) << 3;
  const last = <usize>load<i32>(book.windowFrom(w) + (book.windowCount(w) << 2)) << 3;
  for (let i: usize = 0; i < count; i++) {
    const u = <usize>load<i32>(touched + (i << 2));
    const row = coins + u * stride;
    const own = tailOf(w, row, kept);
    ownSum += own;
    if (load<u8>(apart + u) !== 0) apartSum += own;
    else {
      for (let s = first; s < last; s += 8) {
        const before: f64 = joined === 0 ? 0 : load<f64>(together + s);
        store<f64>(together + s, before + load<f64>(row + s));
      }
      joined++;
      only = own;
    }
  }
  const joint = joined === 0 ? 0 : joined === 1 ? only : tailOf(w, together, kept);
  store<f64>(out, joint + apartSum);
  store<f64>(out, ownSum, 8);
}

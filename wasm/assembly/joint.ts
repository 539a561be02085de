// The worst that several coins lose together: all in one lane, or one driving and the others where stressed correlation lets them hurt most. Which lanes those
// are stands in the book as combinations of places, one of each coin.

import * as book from './book';

/** The combinations that the last account loses most in, of what maintenance sees and of all; 0 where nothing is lost. Of this thread alone. */
export let worstSeen: usize = 0;
export let worstAny: usize = 0;
/** Where the last least sum was found; 0 where none is below what there was before. */
let found: usize = 0;

function leastSum(at: usize, end: usize, size: usize, coins: usize, last: usize, least: f64): f64 {
  let low = least;
  found = 0;
  for (; at < end; at += size) {
    let sum: f64 = 0;
    for (let c = coins; c < last; c += 8) {
      const place = <usize>load<u32>(at + (<usize>load<u32>(c) << 2));
      sum += load<f64>(<usize>load<u32>(c, 4) + place);
    }
    if (sum < low) {
      low = sum;
      found = at;
    }
  }
  return low;
}

/**
 * Joint worst over co-moves and driven moves, both lines, into `out` and `out + 16`; at least zero. `coins` are `count` pairs of words, the coin and the address of its row, ascending; `leastOf` has seen their rows.
 */
export function jointWorst(b: usize, coins: usize, count: usize, out: usize): void {
  const size = book.underlyings(b) << 2;
  const all = book.combinations(b);
  const between = all + book.combinationsSeen(b) * size;
  const end = all + book.combinationsAll(b) * size;
  const last = coins + (count << 3);
  const seen = leastSum(all, between, size, coins, last, 0);
  worstSeen = found;
  const low = leastSum(between, end, size, coins, last, seen);
  worstAny = found === 0 ? worstSeen : found;
  store<f64>(out, 0 - seen);
  store<f64>(out, 0 - low, 16);
}

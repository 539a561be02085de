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
 * Joint worst over the co-moves and driven moves that maintenance sees, into `out`; at least zero. `coins` are `count` pairs of words, the coin and the address of its
 * row, ascending; `leastOf` has seen their rows.
 */
export function jointWorstSeen(b: usize, coins: usize, count: usize, out: usize): void {
  const size = book.underlyings(b) << 2;
  const all = book.combinations(b);
  store<f64>(out, 0 - leastSum(all, all + book.combinationsSeen(b) * size, size, coins, coins + (count << 3), 0));
  worstSeen = found;
  worstAny = found;
}

/** The same over those that each line sees, into `out` and `out + 16`. */
export function jointWorst(b: usize, coins: usize, count: usize, out: usize): void {
  jointWorstSeen(b, coins, count, out);
  const size = book.underlyings(b) << 2;
  const all = book.combinations(b);
  const between = all + book.combinationsSeen(b) * size;
  const end = all + book.combinationsAll(b) * size;
  const low = leastSum(between, end, size, coins, coins + (count << 3), 0 - load<f64>(out));
  if (found !== 0) worstAny = found;
  store<f64>(out, 0 - low, 16);
}

// The worst that several coins lose together: all in one lane, or one driving and the others where stressed correlation lets them hurt most. Which lanes those
// are stands in the book as combinations of places, one of each coin.

import * as book from './book';

// @ts-expect-error: decorator
@inline
function leastSum(at: usize, end: usize, size: usize, coins: usize, last: usize, least: v128): v128 {
  let low = least;
  for (; at < end; at += size) {
    let sum = f64x2.splat(0);
    for (let c = coins; c < last; c += 8) {
      const place = <usize>load<u32>(at + (<usize>load<u32>(c) << 2));
      sum = f64x2.add(sum, v128.load64_zero(<usize>load<u32>(c, 4) + place));
    }
    low = f64x2.pmin(low, sum);
  }
  return low;
}

/**
 * Joint worst over co-moves and driven moves, both lines, into `out` and `out + 16`; at least zero. `coins` are `count` pairs of words, the coin and the address of its
 * row, ascending; `leastOf` has seen their rows.
 */
export function jointWorst(b: usize, coins: usize, count: usize, out: usize): void {
  const size = book.underlyings(b) << 2;
  const all = book.combinations(b);
  const between = all + book.combinationsSeen(b) * size;
  const end = all + book.combinationsAll(b) * size;
  const last = coins + (count << 3);
  const seen = leastSum(all, between, size, coins, last, f64x2.splat(0));
  const low = leastSum(between, end, size, coins, last, seen);
  store<f64>(out, 0 - f64x2.extract_lane(seen, 0));
  store<f64>(out, 0 - f64x2.extract_lane(low, 0), 16);
}

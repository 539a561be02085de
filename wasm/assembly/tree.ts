// The sweep of a whole model: positions into coins, coins into one requirement by own worst, joint worst and the tail of windows. Sums are taken in the order of
// core/src/risk/{sweep,combine,windows}.ts, lane by lane.

import * as book from './book';
import { leastOf, sumCoin, worstOf } from './coin';
import { jointWorst } from './joint';
import { worstTails } from './tail';

/** Numbers a sweep writes for an account. */
const OUT: usize = 64;

/** An account's positions into the rows of its coins; returns how many coins are touched, each with its row in `touched`. */
function sumCoins(b: usize, first: usize, last: usize, rows: usize, quantities: usize, scratch: usize, coins: usize, touched: usize): usize {
  const bucketOf = book.bucketOf(b);
  const coinOf = book.coinOf(b);
  const bytes = book.coinBytes(b);
  let count: usize = 0;
  for (let p = first; p < last; ) {
    const u = coinAt(rows, p, bucketOf, coinOf);
    let end = p + 1;
    while (end < last && coinAt(rows, end, bucketOf, coinOf) === u) end++;
    const row = coins + count * bytes;
    sumCoin(b, p, end, rows, quantities, scratch, row);
    store<u32>(touched + (count << 3), u);
    store<u32>(touched + (count << 3), <u32>row, 4);
    count++;
    p = end;
  }
  return count;
}

/** The coin of a position. */
// @ts-expect-error: decorator
@inline
export function coinAt(rows: usize, p: usize, bucketOf: usize, coinOf: usize): u32 {
  const bucket = <usize>load<i32>(bucketOf + (<usize>load<i32>(rows + (p << 2)) << 2));
  return load<u32>(coinOf + (bucket << 2));
}

/**
 * The tree sweep of some accounts of a book at `b`: those that `list[from .. to - 1]` (i32) names, or where it is 0 those of these numbers. Positions of account
 * `i` are `span[2 i] .. span[2 i + 1] - 1`: a row (i32) and a quantity (f64) each. For each account eight numbers, dollars, at `out + 64 i`: maintenance joint and sum of own, initial joint
 * and sum of own, and the same four of the tails of windows, zero where a line has none. `scratch` has room for `bucketBytes`, for every coin, for a row of all, for
 * the coins touched and for a tail.
 */
export function sweepTree(b: usize, list: usize, from: i32, to: i32, span: usize, rows: usize, quantities: usize, scratch: usize, out: usize): void {
  const coins = scratch + book.bucketBytes(b);
  const together = coins + book.underlyings(b) * book.coinBytes(b);
  const touched = together + book.stride(b);
  const worst = touched + ((book.underlyings(b) << 3) + 15 & ~15);
  const kept = worst + 16;
  for (let k = <usize>from; k < <usize>to; k++) {
    const i = list === 0 ? k : <usize>load<i32>(list + (k << 2));
    const own = out + i * OUT;
    memory.fill(own, 0, OUT);
    const first = <usize>load<i32>(span + (i << 3));
    const last = <usize>load<i32>(span + (i << 3), 4);
    const count = sumCoins(b, first, last, rows, quantities, scratch, coins, touched);
    for (let t: usize = 0; t < count; t++) {
      worstOf(b, <usize>load<u32>(touched + (t << 3), 4), worst);
      store<f64>(own, load<f64>(own, 8) + load<f64>(worst), 8);
      store<f64>(own, load<f64>(own, 24) + load<f64>(worst, 8), 24);
    }
    if (count === 1 && load<u8>(book.alone(b) + <usize>load<u32>(touched)) !== 0) {
      // What one coin alone moves is lost together as it is lost alone.
      store<f64>(own, load<f64>(own, 8));
      store<f64>(own, load<f64>(own, 24), 16);
    } else if (count > 0) {
      for (let t: usize = 0; t < count; t++) leastOf(b, <usize>load<u32>(touched + (t << 3)), <usize>load<u32>(touched + (t << 3), 4));
      jointWorst(b, touched, count, own);
    }
    worstTails(b, book.sets(b, 0), touched, count, together, kept, own + 32);
    worstTails(b, book.sets(b, 1), touched, count, together, kept, own + 48);
  }
}

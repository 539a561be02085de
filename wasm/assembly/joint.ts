// The worst that several coins lose together: all in one lane, or one driving and the others where stressed correlation lets them hurt most.

import * as book from './book';

/** The least of a coin's row over the lanes it may be in. */
// @ts-expect-error: decorator
@inline
function worstPartner(row: usize, from: usize, lanes: usize, s: usize): f64 {
  let i = <usize>load<i32>(from + (s << 2));
  const end = <usize>load<i32>(from + (s << 2), 4);
  let least = load<f64>(row + (<usize>load<i32>(lanes + (i << 2)) << 3));
  for (i++; i < end; i++) least = min(least, load<f64>(row + (<usize>load<i32>(lanes + (i << 2)) << 3)));
  return least;
}

/** Joint worst over co-moves and driven moves, both lines, into `out` and `out + 16`; several coins are touched. */
export function jointWorst(b: usize, coins: usize, touched: usize, count: usize, out: usize): void {
  const stride = book.stride(b);
  const lanes = book.laneCount(b);
  const movers = book.movers(b);
  const unseen = book.unseen(b);
  let low: f64 = 0;
  let lowSeen: f64 = 0;
  for (let s: usize = 0; s < lanes; s++) {
    if (load<i32>(movers + (s << 2)) >= 0) continue;
    let pnl: f64 = 0;
    for (let i: usize = 0; i < count; i++) {
      pnl += load<f64>(coins + <usize>load<i32>(touched + (i << 2)) * stride + (s << 3));
    }
    low = min(low, pnl);
    lowSeen = min(lowSeen, max(pnl, load<f64>(unseen + (s << 3))));
  }
  const underlyings = book.underlyings(b);
  const drivers = book.drivers(b);
  for (let d: usize = 0, n = book.driverCount(b); d < n; d++) {
    // A driver is its coin, or -1, and for every coin two addresses: where partners of a lane begin, and the partners.
    const driver = drivers + d * (8 + (underlyings << 3));
    const own = load<i32>(driver);
    const name = load<i32>(driver, 4);
    for (let s: usize = 0; s < lanes; s++) {
      const mover = load<i32>(movers + (s << 2));
      if (mover >= 0 && mover !== name) continue;
      let sum: f64 = 0;
      for (let i: usize = 0; i < count; i++) {
        const u = load<i32>(touched + (i << 2));
        const row = coins + <usize>u * stride;
        if (u === own) sum += load<f64>(row + (s << 3));
        else {
          const partner = driver + 8 + (<usize>u << 3);
          sum += worstPartner(row, <usize>load<u32>(partner), <usize>load<u32>(partner, 4), s);
        }
      }
      low = min(low, sum);
      lowSeen = min(lowSeen, max(sum, load<f64>(unseen + (s << 3))));
    }
  }
  store<f64>(out, 0 - lowSeen);
  store<f64>(out, 0 - low, 16);
}

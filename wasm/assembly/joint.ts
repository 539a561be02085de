// The worst that several coins lose together: all in one lane, or one driving and the others where stressed correlation lets them hurt most.

import * as book from './book';

/** The least of a coin's row over every list of lanes it may be in, into `out`. Few lists serve all lanes of all drivers. */
function fillLeast(row: usize, lists: usize, out: usize): void {
  const count = <usize>load<u32>(lists);
  const from = <usize>load<u32>(lists, 4);
  const lanes = <usize>load<u32>(lists, 8);
  for (let k: usize = 0; k < count; k++) {
    let i = <usize>load<i32>(from + (k << 2));
    const end = <usize>load<i32>(from + (k << 2), 4);
    let least = load<f64>(row + (<usize>load<i32>(lanes + (i << 2)) << 3));
    for (i++; i < end; i++) least = min(least, load<f64>(row + (<usize>load<i32>(lanes + (i << 2)) << 3)));
    store<f64>(out + (k << 3), least);
  }
}

/**
 * Joint worst over co-moves and driven moves, both lines, into `out` and `out + 16`; several coins are touched. `room` is for the least of every list of every coin,
 * `listStride` bytes a coin.
 */
export function jointWorst(b: usize, coins: usize, touched: usize, count: usize, room: usize, out: usize): void {
  const stride = book.stride(b);
  const lanes = book.laneCount(b);
  const movers = book.movers(b);
  const unseen = book.unseen(b);
  const lists = book.partnerLists(b);
  const each = book.listStride(b);
  let low: f64 = 0;
  let lowSeen: f64 = 0;
  for (let i: usize = 0; i < count; i++) {
    const u = <usize>load<i32>(touched + (i << 2));
    fillLeast(coins + u * stride, <usize>load<u32>(lists + (u << 2)), room + i * each);
  }
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
    // A driver is its coin, or -1, its name, and for every coin the address of its list in every lane.
    const driver = drivers + d * (8 + (underlyings << 2));
    const own = load<i32>(driver);
    const name = load<i32>(driver, 4);
    for (let s: usize = 0; s < lanes; s++) {
      const mover = load<i32>(movers + (s << 2));
      if (mover >= 0 && mover !== name) continue;
      let sum: f64 = 0;
      for (let i: usize = 0; i < count; i++) {
        const u = <usize>load<i32>(touched + (i << 2));
        if (<i32>u === own) sum += load<f64>(coins + u * stride + (s << 3));
        else {
          const list = <usize>load<i32>(<usize>load<u32>(driver + 8 + (u << 2)) + (s << 2));
          sum += load<f64>(room + i * each + (list << 3));
        }
      }
      low = min(low, sum);
      lowSeen = min(lowSeen, max(sum, load<f64>(unseen + (s << 3))));
    }
  }
  store<f64>(out, 0 - lowSeen);
  store<f64>(out, 0 - low, 16);
}

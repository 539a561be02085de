// The check before a trade: what is left in the worst lane when every open order and the new one fill where it hurts (M-34), from a profit row that is kept.

/**
 * The least over lanes of `pnl[s] + sum of min(0, q_o row_o[s] + jump_o)`, orders in their sequence; at most `limit` of nothing. `orders` is a list of 24 bytes
 * each: address of the row (u32), nothing, quantity (f64), jump (f64). `lanes` is even and counts f64.
 */
export function checkOrders(pnl: usize, lanes: i32, orders: usize, count: i32): f64 {
  let low = f64x2.splat(Infinity);
  const zero = f64x2.splat(0);
  const end = (<usize>lanes) << 3;
  const last = orders + <usize>count * 24;
  for (let s: usize = 0; s < end; s += 16) {
    let here = v128.load(pnl + s);
    for (let o = orders; o < last; o += 24) {
      const q = v128.load64_splat(o, 8);
      const jump = v128.load64_splat(o, 16);
      const fill = f64x2.add(f64x2.mul(q, v128.load(<usize>load<u32>(o) + s)), jump);
      here = f64x2.add(here, f64x2.pmin(zero, fill));
    }
    low = f64x2.pmin(low, here);
  }
  return min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
}

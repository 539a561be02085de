// The check before a trade: what is left in the worst lane when every open order and the new one fill where it hurts (M-34), from a profit row that is kept.

/** Bytes of sixteen lanes, and of an order. */
const TILE: usize = 128;
const ORDER: usize = 24;

/** What is left of two lanes when an order fills where that hurts. */
// @ts-expect-error: decorator
@inline
function afterFill(left: v128, q: v128, row: v128, jump: v128): v128 {
  return f64x2.add(left, f64x2.pmin(f64x2.splat(0), f64x2.add(f64x2.mul(q, row), jump)));
}

/**
 * The least over lanes of `pnl[s] + sum of min(0, q_o row_o[s] + jump_o)`, orders in their sequence. `orders` is a list of 24 bytes each: address of the row (u32),
 * nothing, quantity (f64), jump (f64). `bytes` are those of `pnl`, whole tiles; what pads it is infinite.
 */
export function checkOrders(pnl: usize, bytes: usize, orders: usize, count: i32): f64 {
  let low = f64x2.splat(Infinity);
  const last = orders + <usize>count * ORDER;
  for (let t: usize = 0; t < bytes; t += TILE) {
    const at = pnl + t;
    let a0 = v128.load(at, 0);
    let a1 = v128.load(at, 16);
    let a2 = v128.load(at, 32);
    let a3 = v128.load(at, 48);
    let a4 = v128.load(at, 64);
    let a5 = v128.load(at, 80);
    let a6 = v128.load(at, 96);
    let a7 = v128.load(at, 112);
    for (let o = orders; o < last; o += ORDER) {
      const q = v128.load64_splat(o, 8);
      const jump = v128.load64_splat(o, 16);
      const row = <usize>load<u32>(o) + t;
      a0 = afterFill(a0, q, v128.load(row, 0), jump);
      a1 = afterFill(a1, q, v128.load(row, 16), jump);
      a2 = afterFill(a2, q, v128.load(row, 32), jump);
      a3 = afterFill(a3, q, v128.load(row, 48), jump);
      a4 = afterFill(a4, q, v128.load(row, 64), jump);
      a5 = afterFill(a5, q, v128.load(row, 80), jump);
      a6 = afterFill(a6, q, v128.load(row, 96), jump);
      a7 = afterFill(a7, q, v128.load(row, 112), jump);
    }
    low = f64x2.pmin(low, f64x2.pmin(f64x2.pmin(f64x2.pmin(a0, a1), f64x2.pmin(a2, a3)), f64x2.pmin(f64x2.pmin(a4, a5), f64x2.pmin(a6, a7))));
  }
  return min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
}

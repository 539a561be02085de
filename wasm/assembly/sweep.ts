// A crowd of accounts through the lanes of a book, fused with the worst of them: nothing of a profit matrix is ever kept. Each lane adds in the order of
// the account's positions, as in TypeScript, so the bits are the same.

/** A tile of sixteen lanes: eight vectors, two cache lines. */
const TILE: usize = 128;

/**
 * The plain sweep: `out[2 i]` and `out[2 i + 1]` become the worst losses of account `i` over the lanes that maintenance sees and over all, at least
 * zero. Positions of account `i` are `span[2 i] .. span[2 i + 1] - 1`: a row (i32) and a quantity (f64) each. `unseen` holds minus infinity for a lane
 * that maintenance sees and infinity for others.
 */
export function sweepPlain(
  from: i32,
  to: i32,
  span: usize,
  rows: usize,
  quantities: usize,
  book: usize,
  stride: usize,
  unseen: usize,
  out: usize,
): void {
  for (let i = from; i < to; i++) {
    const first = <usize>load<i32>(span + (<usize>i << 3));
    const last = <usize>load<i32>(span + (<usize>i << 3), 4);
    let low = f64x2.splat(0);
    let lowSeen = f64x2.splat(0);
    for (let tile: usize = 0; tile < stride; tile += TILE) {
      let a0 = f64x2.splat(0);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let a4 = a0;
      let a5 = a0;
      let a6 = a0;
      let a7 = a0;
      const base = book + tile;
      for (let p = first; p < last; p++) {
        const row = base + <usize>load<i32>(rows + (p << 2)) * stride;
        const q = v128.load64_splat(quantities + (p << 3));
        a0 = f64x2.add(a0, f64x2.mul(q, v128.load(row, 0)));
        a1 = f64x2.add(a1, f64x2.mul(q, v128.load(row, 16)));
        a2 = f64x2.add(a2, f64x2.mul(q, v128.load(row, 32)));
        a3 = f64x2.add(a3, f64x2.mul(q, v128.load(row, 48)));
        a4 = f64x2.add(a4, f64x2.mul(q, v128.load(row, 64)));
        a5 = f64x2.add(a5, f64x2.mul(q, v128.load(row, 80)));
        a6 = f64x2.add(a6, f64x2.mul(q, v128.load(row, 96)));
        a7 = f64x2.add(a7, f64x2.mul(q, v128.load(row, 112)));
      }
      const mask = unseen + tile;
      low = f64x2.pmin(low, f64x2.pmin(f64x2.pmin(f64x2.pmin(a0, a1), f64x2.pmin(a2, a3)), f64x2.pmin(f64x2.pmin(a4, a5), f64x2.pmin(a6, a7))));
      const s0 = f64x2.pmin(f64x2.pmax(a0, v128.load(mask, 0)), f64x2.pmax(a1, v128.load(mask, 16)));
      const s1 = f64x2.pmin(f64x2.pmax(a2, v128.load(mask, 32)), f64x2.pmax(a3, v128.load(mask, 48)));
      const s2 = f64x2.pmin(f64x2.pmax(a4, v128.load(mask, 64)), f64x2.pmax(a5, v128.load(mask, 80)));
      const s3 = f64x2.pmin(f64x2.pmax(a6, v128.load(mask, 96)), f64x2.pmax(a7, v128.load(mask, 112)));
      lowSeen = f64x2.pmin(lowSeen, f64x2.pmin(f64x2.pmin(s0, s1), f64x2.pmin(s2, s3)));
    }
    const own = out + (<usize>i << 4);
    store<f64>(own, lossOf(lowSeen));
    store<f64>(own, lossOf(low), 8);
  }
}

/** Minus the lower of two lanes, and no minus zero. */
// @ts-expect-error: decorator
@inline
function lossOf(low: v128): f64 {
  return 0 - min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
}

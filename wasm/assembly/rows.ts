// The array kernel in WebAssembly: two lanes at a time, every lane in the operations and the order of core/src/kernel/rows.ts, so the bits are the same.

const CELLS_PER_UNIT: f64 = 512;
const REACH: f64 = 8.5;
const MIDDLE: f64 = REACH * CELLS_PER_UNIT;
const CELLS: f64 = 2 * MIDDLE;
const STDEV_MIN: f64 = 1e-12;

/** N(d) of two lanes from the table of cubics, 32 bytes a cell. */
// @ts-expect-error: decorator
@inline
function tabulated(table: usize, d: v128): v128 {
  const u = f64x2.min(
    f64x2.max(f64x2.add(f64x2.mul(d, f64x2.splat(CELLS_PER_UNIT)), f64x2.splat(MIDDLE)), f64x2.splat(0)),
    f64x2.splat(CELLS),
  );
  const cells = i32x4.trunc_sat_f64x2_s_zero(u);
  const t = f64x2.sub(u, f64x2.trunc(u));
  const a = table + (<usize>i32x4.extract_lane(cells, 0) << 5);
  const b = table + (<usize>i32x4.extract_lane(cells, 1) << 5);
  const a01 = v128.load(a);
  const a23 = v128.load(a, 16);
  const b01 = v128.load(b);
  const b23 = v128.load(b, 16);
  const c0 = v128.shuffle<f64>(a01, b01, 0, 2);
  const c1 = v128.shuffle<f64>(a01, b01, 1, 3);
  const c2 = v128.shuffle<f64>(a23, b23, 0, 2);
  const c3 = v128.shuffle<f64>(a23, b23, 1, 3);
  return f64x2.add(c0, f64x2.mul(t, f64x2.add(c1, f64x2.mul(t, f64x2.add(c2, f64x2.mul(t, c3))))));
}

/**
 * Call and put of one strike in `count` lanes, as `fillStrike`; count is even, arrays are of f64. Addresses in bytes; 0 where a right is not
 * wanted.
 */
export function fillStrike(
  table: usize,
  x0: f64,
  kOverF: f64,
  logShift: usize,
  invShift: usize,
  scale: usize,
  count: i32,
  stdevs: usize,
  call: usize,
  put: usize,
): void {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const half = f64x2.splat(0.5);
  const least = f64x2.splat(STDEV_MIN);
  const start = f64x2.splat(x0);
  const ratio = f64x2.splat(kOverF);
  const end = <usize>count << 3;
  for (let at: usize = 0; at < end; at += 16) {
    const k = f64x2.mul(ratio, v128.load(invShift + at));
    const x = f64x2.add(start, v128.load(logShift + at));
    const s = f64x2.max(v128.load(stdevs + at), least);
    const d1 = f64x2.add(f64x2.div(x, s), f64x2.mul(half, s));
    const c = f64x2.max(
      f64x2.sub(tabulated(table, d1), f64x2.mul(k, tabulated(table, f64x2.sub(d1, s)))),
      zero,
    );
    const worth = v128.load(scale + at);
    if (call !== 0) v128.store(call + at, f64x2.mul(worth, c));
    if (put !== 0) v128.store(put + at, f64x2.mul(worth, f64x2.max(f64x2.add(f64x2.sub(c, one), k), zero)));
  }
}

/**
 * Stdevs of one strike in `count` lanes, count even: `max(vol factor[s], floor[s]) rootYears[s]`, `vol = nodeVol[node[s]]`; for lanes whose smile is bent by a scale and
 * a floor at most.
 */
export function fillStdevs(
  nodeVol: usize,
  node: usize,
  factor: usize,
  floor: usize,
  rootYears: usize,
  count: i32,
  out: usize,
): void {
  const end = <usize>count << 3;
  for (let at: usize = 0; at < end; at += 16) {
    const places = node + (at >> 1);
    const vol = f64x2.replace_lane(
      f64x2.splat(load<f64>(nodeVol + (<usize>load<i32>(places) << 3))),
      1,
      load<f64>(nodeVol + (<usize>load<i32>(places, 4) << 3)),
    );
    const bent = f64x2.max(f64x2.mul(vol, v128.load(factor + at)), v128.load(floor + at));
    v128.store(out + at, f64x2.mul(bent, v128.load(rootYears + at)));
  }
}

/** A row of a book from values in `count` lanes, count even: `damp[s] (value[s] - base)`. */
export function fillRow(values: usize, base: f64, damps: usize, count: i32, out: usize): void {
  const still = f64x2.splat(base);
  const end = <usize>count << 3;
  for (let at: usize = 0; at < end; at += 16) {
    v128.store(out + at, f64x2.mul(v128.load(damps + at), f64x2.sub(v128.load(values + at), still)));
  }
}

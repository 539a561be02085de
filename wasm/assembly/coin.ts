// One coin of an account: its positions into a row of all lanes, expiry by expiry, in the order of core/src/risk/sweep.ts.

import * as book from './book';

/** A tile of sixteen lanes. */
const TILE: usize = 128;
const VECTOR: usize = 16;

/**
 * Sixteen lanes of some expiries, each summed by itself and then added to the others: positions up to `ends[k]` are expiry `k`. An expiry of one position
 * needs no sum of its own. The result is written to `to`.
 */
function sumTile(rows: usize, quantities: usize, first: usize, ends: usize, runs: usize, base: usize, stride: usize, to: usize): void {
  let c0 = f64x2.splat(0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let c4 = c0;
  let c5 = c0;
  let c6 = c0;
  let c7 = c0;
  let p = first;
  for (let k: usize = 0; k < runs; k++) {
    const end = <usize>load<u32>(ends + (k << 2));
    if (p + 1 === end) {
      const row = base + <usize>load<i32>(rows + (p << 2)) * stride;
      const q = v128.load64_splat(quantities + (p << 3));
      c0 = f64x2.add(c0, f64x2.mul(q, v128.load(row, 0)));
      c1 = f64x2.add(c1, f64x2.mul(q, v128.load(row, 16)));
      c2 = f64x2.add(c2, f64x2.mul(q, v128.load(row, 32)));
      c3 = f64x2.add(c3, f64x2.mul(q, v128.load(row, 48)));
      c4 = f64x2.add(c4, f64x2.mul(q, v128.load(row, 64)));
      c5 = f64x2.add(c5, f64x2.mul(q, v128.load(row, 80)));
      c6 = f64x2.add(c6, f64x2.mul(q, v128.load(row, 96)));
      c7 = f64x2.add(c7, f64x2.mul(q, v128.load(row, 112)));
      p = end;
      continue;
    }
    let a0 = f64x2.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let a4 = a0;
    let a5 = a0;
    let a6 = a0;
    let a7 = a0;
    for (; p < end; p++) {
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
    c0 = f64x2.add(c0, a0);
    c1 = f64x2.add(c1, a1);
    c2 = f64x2.add(c2, a2);
    c3 = f64x2.add(c3, a3);
    c4 = f64x2.add(c4, a4);
    c5 = f64x2.add(c5, a5);
    c6 = f64x2.add(c6, a6);
    c7 = f64x2.add(c7, a7);
  }
  v128.store(to, c0, 0);
  v128.store(to, c1, 16);
  v128.store(to, c2, 32);
  v128.store(to, c3, 48);
  v128.store(to, c4, 64);
  v128.store(to, c5, 80);
  v128.store(to, c6, 96);
  v128.store(to, c7, 112);
}

/** Factors by the sign of the bucket's value: `damp (f(V) V - V0)`, where a damp is not zero. */
function applyFactors(b: usize, bucket: usize, g: usize, value: f64): void {
  const gain = load<f64>(book.gains(b) + (g << 3));
  const loss = load<f64>(book.losses(b) + (g << 3));
  if (gain === 1 && loss === 1) return;
  const standing = book.standing(b);
  const damps = book.damps(b) + g * standing;
  for (let s: usize = 0; s < standing; s += 8) {
    const damp = load<f64>(damps + s);
    if (damp === 0) continue;
    const moved = value + load<f64>(bucket + s) / damp;
    store<f64>(bucket + s, damp * (moved * (moved >= 0 ? gain : loss) - value));
  }
}

/** What an expiry counts in its coin where lanes do not net by sum: the worse of a lane and its twin and at best nothing, or minus its size. */
function netExpiry(b: usize, bucket: usize, coin: usize): void {
  const zero = f64x2.splat(0);
  let s = book.flat(b);
  for (let end = book.pairs(b); s < end; s += VECTOR) {
    const part = v128.load(bucket + s);
    const worse = f64x2.pmin(f64x2.pmin(zero, part), v128.shuffle<f64>(part, part, 1, 2));
    v128.store(coin + s, f64x2.add(v128.load(coin + s), worse));
  }
  for (let end = book.lone(b); s < end; s += VECTOR) {
    v128.store(coin + s, f64x2.sub(v128.load(coin + s), f64x2.abs(v128.load(bucket + s))));
  }
  const twins = book.twins(b);
  const lone = s;
  for (let end = book.standing(b); s < end; s += 8) {
    const twin = <usize>load<u32>(twins + ((s - lone) >> 1));
    store<f64>(coin + s, load<f64>(coin + s) + min(min(0, load<f64>(bucket + s)), load<f64>(bucket + twin)));
  }
}

/** Adds the lanes of a bucket that net by sum. */
function addFlat(bucket: usize, coin: usize, flat: usize): void {
  for (let s: usize = 0; s < flat; s += VECTOR) v128.store(coin + s, f64x2.add(v128.load(coin + s), v128.load(bucket + s)));
}

/**
 * Positions of one coin, `first .. last - 1` (a row i32, a quantity f64), into a row of `stride` bytes at `into`. `scratch` has `bucketBytes`: where expiries end,
 * and one of them.
 */
export function sumCoin(b: usize, first: usize, last: usize, rows: usize, quantities: usize, scratch: usize, into: usize): void {
  const stride = book.stride(b);
  const standing = book.standing(b);
  const flat = book.flat(b);
  const bucketOf = book.bucketOf(b);
  const ends = scratch + standing;
  let runs: usize = 0;
  for (let p = first, g = -1; p < last; p++) {
    const own = load<i32>(bucketOf + (<usize>load<i32>(rows + (p << 2)) << 2));
    if (own === g) runs--;
    g = own;
    store<u32>(ends + (runs << 2), <u32>(p + 1));
    runs++;
  }
  const base = book.rows(b);
  const hasFactors = book.gains(b) !== 0;
  const netted: usize = hasFactors ? 0 : flat;
  if (netted < standing) {
    memory.fill(into + netted, 0, standing - netted);
    let p = first;
    for (let k: usize = 0; k < runs; k++) {
      const end = ends + (k << 2);
      for (let t = netted; t < standing; t += TILE) sumTile(rows, quantities, p, end, 1, base + t, stride, scratch + t);
      if (hasFactors) {
        let value: f64 = 0;
        for (let i = p, to = <usize>load<u32>(end); i < to; i++) {
          value += load<f64>(quantities + (i << 3)) * load<f64>(book.values(b) + (<usize>load<i32>(rows + (i << 2)) << 3));
        }
        applyFactors(b, scratch, <usize>load<i32>(bucketOf + (<usize>load<i32>(rows + (p << 2)) << 2)), value);
        addFlat(scratch, into, flat);
      }
      netExpiry(b, scratch, into);
      p = <usize>load<u32>(end);
    }
  }
  for (let t: usize = 0; t < netted; t += TILE) sumTile(rows, quantities, first, ends, runs, base + t, stride, into + t);
  for (let t = standing; t < stride; t += TILE) sumTile(rows, quantities, first, ends, runs, base + t, stride, into + t);
}

/** Worst losses of a coin's row over the lanes that maintenance sees and over all, at least zero, into `out` and the f64 after it. */
export function worstOf(b: usize, row: usize, out: usize): void {
  const flatSeen = book.flatSeen(b);
  const flat = book.flat(b);
  let seen = f64x2.splat(0);
  let other = seen;
  let also = seen;
  let s: usize = 0;
  for (; s + VECTOR < flatSeen; s += 2 * VECTOR) {
    seen = f64x2.pmin(seen, v128.load(row + s));
    also = f64x2.pmin(also, v128.load(row + s, 16));
  }
  for (; s < flatSeen; s += VECTOR) seen = f64x2.pmin(seen, v128.load(row + s));
  seen = f64x2.pmin(seen, also);
  for (; s < flat; s += VECTOR) other = f64x2.pmin(other, v128.load(row + s));
  const unseen = book.unseen(b);
  for (let end = book.standing(b); s < end; s += VECTOR) {
    const pnl = v128.load(row + s);
    other = f64x2.pmin(other, pnl);
    seen = f64x2.pmin(seen, f64x2.pmax(pnl, v128.load(unseen + s)));
  }
  other = f64x2.pmin(other, seen);
  store<f64>(out, 0 - min(f64x2.extract_lane(seen, 0), f64x2.extract_lane(seen, 1)));
  store<f64>(out, 0 - min(f64x2.extract_lane(other, 0), f64x2.extract_lane(other, 1)), 8);
}

/** The least of a row over every list of lanes that its coin may be in, written after the row. */
export function leastOf(b: usize, u: usize, row: usize): void {
  const list = <usize>load<u32>(book.lists(b) + (u << 2));
  const count = <usize>load<u32>(list);
  const from = <usize>load<u32>(list, 4);
  const items = <usize>load<u32>(list, 8);
  let out = row + book.stride(b);
  let i = items;
  for (let k: usize = 0; k < count; k++) {
    const end = items + (<usize>load<u32>(from + (k << 2), 4) << 2);
    let least = v128.load64_zero(row + <usize>load<u32>(i));
    for (i += 4; i < end; i += 4) least = f64x2.pmin(least, v128.load64_zero(row + <usize>load<u32>(i)));
    v128.store64_lane(out, least, 0);
    out += 8;
  }
}

// One coin of an account: its positions into a row of all lanes, expiry by expiry, in the order of core/src/risk/sweep.ts.

import * as book from './book';

/** Bytes of a tile, twelve lanes, and of half of one. */
const TILE: usize = 96;
const HALF: usize = 48;
const VECTOR: usize = 16;

/**
 * Twelve lanes of some expiries, each summed by itself and then added to the others: positions up to `ends[k]` are expiry `k`. The result is written to `to`. Twelve,
 * because the sums of an expiry and of all of them then fit into the registers there are.
 */
function sumTile(rows: usize, quantities: usize, first: usize, ends: usize, runs: usize, base: usize, stride: usize, to: usize): void {
  let c0 = f64x2.splat(0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let c4 = c0;
  let c5 = c0;
  let p = first;
  for (let k: usize = 0; k < runs; k++) {
    const end = <usize>load<u32>(ends + (k << 2));
    let row = base + <usize>load<i32>(rows + (p << 2)) * stride;
    let q = v128.load64_splat(quantities + (p << 3));
    let a0 = f64x2.mul(q, v128.load(row, 0));
    let a1 = f64x2.mul(q, v128.load(row, 16));
    let a2 = f64x2.mul(q, v128.load(row, 32));
    let a3 = f64x2.mul(q, v128.load(row, 48));
    let a4 = f64x2.mul(q, v128.load(row, 64));
    let a5 = f64x2.mul(q, v128.load(row, 80));
    for (p++; p < end; p++) {
      row = base + <usize>load<i32>(rows + (p << 2)) * stride;
      q = v128.load64_splat(quantities + (p << 3));
      a0 = f64x2.add(a0, f64x2.mul(q, v128.load(row, 0)));
      a1 = f64x2.add(a1, f64x2.mul(q, v128.load(row, 16)));
      a2 = f64x2.add(a2, f64x2.mul(q, v128.load(row, 32)));
      a3 = f64x2.add(a3, f64x2.mul(q, v128.load(row, 48)));
      a4 = f64x2.add(a4, f64x2.mul(q, v128.load(row, 64)));
      a5 = f64x2.add(a5, f64x2.mul(q, v128.load(row, 80)));
    }
    c0 = f64x2.add(c0, a0);
    c1 = f64x2.add(c1, a1);
    c2 = f64x2.add(c2, a2);
    c3 = f64x2.add(c3, a3);
    c4 = f64x2.add(c4, a4);
    c5 = f64x2.add(c5, a5);
  }
  v128.store(to, c0, 0);
  v128.store(to, c1, 16);
  v128.store(to, c2, 32);
  v128.store(to, c3, 48);
  v128.store(to, c4, 64);
  v128.store(to, c5, 80);
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

/** What an expiry counts against its twin, which is the other half of the vector: the worse of the two, at best nothing. */
// @ts-expect-error: decorator
@inline
function worseHalf(part: v128): v128 {
  return f64x2.pmin(f64x2.pmin(f64x2.splat(0), part), v128.shuffle<f64>(part, part, 1, 2));
}

/** Six lanes that net expiry by expiry, against their twins or as minus their size; as `sumTile` otherwise. */
// @ts-expect-error: decorator
@inline
function sumNetted(rows: usize, quantities: usize, first: usize, ends: usize, runs: usize, base: usize, stride: usize, to: usize, isPaired: bool): void {
  let c0 = f64x2.splat(0);
  let c1 = c0;
  let c2 = c0;
  let p = first;
  for (let k: usize = 0; k < runs; k++) {
    const end = <usize>load<u32>(ends + (k << 2));
    let a0 = f64x2.splat(0);
    let a1 = a0;
    let a2 = a0;
    for (; p < end; p++) {
      const row = base + <usize>load<i32>(rows + (p << 2)) * stride;
      const q = v128.load64_splat(quantities + (p << 3));
      a0 = f64x2.add(a0, f64x2.mul(q, v128.load(row, 0)));
      a1 = f64x2.add(a1, f64x2.mul(q, v128.load(row, 16)));
      a2 = f64x2.add(a2, f64x2.mul(q, v128.load(row, 32)));
    }
    c0 = isPaired ? f64x2.add(c0, worseHalf(a0)) : f64x2.sub(c0, f64x2.abs(a0));
    c1 = isPaired ? f64x2.add(c1, worseHalf(a1)) : f64x2.sub(c1, f64x2.abs(a1));
    c2 = isPaired ? f64x2.add(c2, worseHalf(a2)) : f64x2.sub(c2, f64x2.abs(a2));
  }
  v128.store(to, c0, 0);
  v128.store(to, c1, 16);
  v128.store(to, c2, 32);
}

/** What one expiry counts in its coin in the lanes from `s` on, which do not net by sum. */
function netExpiry(b: usize, bucket: usize, coin: usize, from: usize): void {
  let s = from;
  for (let end = book.pairs(b); s < end; s += VECTOR) {
    v128.store(coin + s, f64x2.add(v128.load(coin + s), worseHalf(v128.load(bucket + s))));
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
 * Expiries one by one, each in memory at `bucket` before it is netted, in the lanes from `from` on: where factors look at an expiry as a whole, or a twin is somewhere
 * else.
 */
function sumExpiries(b: usize, first: usize, ends: usize, runs: usize, rows: usize, quantities: usize, bucket: usize, into: usize, from: usize): void {
  const standing = book.standing(b);
  const stride = book.stride(b);
  const base = book.rows(b);
  const bucketOf = book.bucketOf(b);
  const hasFactors = book.gains(b) !== 0;
  memory.fill(into + from, 0, standing - from);
  let p = first;
  for (let k: usize = 0; k < runs; k++) {
    const end = ends + (k << 2);
    // A twin may be anywhere in the row.
    for (let t: usize = 0; t < standing; t += TILE) sumTile(rows, quantities, p, end, 1, base + t, stride, bucket + t);
    if (hasFactors) {
      let value: f64 = 0;
      for (let i = p, to = <usize>load<u32>(end); i < to; i++) {
        value += load<f64>(quantities + (i << 3)) * load<f64>(book.values(b) + (<usize>load<i32>(rows + (i << 2)) << 3));
      }
      applyFactors(b, bucket, <usize>load<i32>(bucketOf + (<usize>load<i32>(rows + (p << 2)) << 2)), value);
      addFlat(bucket, into, book.flat(b));
      netExpiry(b, bucket, into, book.flat(b));
    } else netExpiry(b, bucket, into, from);
    p = <usize>load<u32>(end);
  }
}

/** Where expiries of some positions end, one after the other, into `ends`; how many there are. */
function endsOf(b: usize, first: usize, last: usize, rows: usize, ends: usize): usize {
  const bucketOf = book.bucketOf(b);
  let runs: usize = 0;
  for (let p = first, g = -1; p < last; p++) {
    const own = load<i32>(bucketOf + (<usize>load<i32>(rows + (p << 2)) << 2));
    if (own === g) runs--;
    g = own;
    store<u32>(ends + (runs << 2), <u32>(p + 1));
    runs++;
  }
  return runs;
}

/**
 * Positions of one coin, `first .. last - 1` (a row i32, a quantity f64), into a row of `stride` bytes at `into`. `scratch` has `bucketBytes`: an expiry,
 * and where expiries end.
 */
export function sumCoin(b: usize, first: usize, last: usize, rows: usize, quantities: usize, scratch: usize, into: usize): void {
  const stride = book.stride(b);
  const standing = book.standing(b);
  const base = book.rows(b);
  const ends = scratch + standing;
  const runs = endsOf(b, first, last, rows, ends);
  let t: usize = 0;
  if (book.gains(b) === 0) {
    for (let end = book.flat(b); t < end; t += TILE) sumTile(rows, quantities, first, ends, runs, base + t, stride, into + t);
    for (let end = book.pairs(b); t < end; t += HALF) sumNetted(rows, quantities, first, ends, runs, base + t, stride, into + t, true);
    for (let end = book.lone(b); t < end; t += HALF) sumNetted(rows, quantities, first, ends, runs, base + t, stride, into + t, false);
  }
  if (t < standing) sumExpiries(b, first, ends, runs, rows, quantities, scratch, into, t);
  for (t = standing; t < stride; t += TILE) sumTile(rows, quantities, first, ends, runs, base + t, stride, into + t);
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

/**
 * The least of a row over every list of lanes that its coin may be in, written after the row: each the lesser of two places, which are lanes or lists before it.
 */
export function leastOf(b: usize, u: usize, row: usize): void {
  const list = <usize>load<u32>(book.lists(b) + (u << 2));
  let at = <usize>load<u32>(list, 4);
  let out = row + book.stride(b);
  for (const end = at + (<usize>load<u32>(list) << 3); at < end; at += 8) {
    const one = v128.load64_zero(row + <usize>load<u32>(at));
    const other = v128.load64_zero(row + <usize>load<u32>(at, 4));
    v128.store64_lane(out, f64x2.pmin(one, other), 0);
    out += 8;
  }
}

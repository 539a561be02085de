// The sweep of a whole model: rows into expiries, expiries into coins with netting and factors by sign, coins into one requirement by own worst, joint
// worst and the tail of windows. Sums are taken in the order of core/src/risk/{sweep,combine,windows}.ts, lane by lane.

import * as book from './book';
import { jointWorst } from './joint';
import { worstTails } from './tail';

/** A tile of sixteen lanes. */
const TILE: usize = 128;
const VECTOR: usize = 16;

/** One bucket of an account into `to`: the sum of its positions `first .. last - 1`, in one tile; added to what is there where `adds`. */
// @ts-expect-error: decorator
@inline
function sumTile(
  rows: usize,
  quantities: usize,
  first: usize,
  last: usize,
  base: usize,
  stride: usize,
  to: usize,
  adds: bool,
): void {
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let a4 = a0;
  let a5 = a0;
  let a6 = a0;
  let a7 = a0;
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
  if (adds) {
    a0 = f64x2.add(v128.load(to, 0), a0);
    a1 = f64x2.add(v128.load(to, 16), a1);
    a2 = f64x2.add(v128.load(to, 32), a2);
    a3 = f64x2.add(v128.load(to, 48), a3);
    a4 = f64x2.add(v128.load(to, 64), a4);
    a5 = f64x2.add(v128.load(to, 80), a5);
    a6 = f64x2.add(v128.load(to, 96), a6);
    a7 = f64x2.add(v128.load(to, 112), a7);
  }
  v128.store(to, a0, 0);
  v128.store(to, a1, 16);
  v128.store(to, a2, 32);
  v128.store(to, a3, 48);
  v128.store(to, a4, 64);
  v128.store(to, a5, 80);
  v128.store(to, a6, 96);
  v128.store(to, a7, 112);
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

/** A bucket into its coin: by sum, or as the worse of a lane and its twin, or as minus its size. */
function netBucket(b: usize, bucket: usize, coin: usize): void {
  const standing = book.standing(b);
  const sums = book.sums(b);
  for (let s: usize = 0; s < standing; s += VECTOR) {
    const part = v128.and(v128.load(bucket + s), v128.load(sums + s));
    v128.store(coin + s, f64x2.add(v128.load(coin + s), part));
  }
  const netting = book.netting(b);
  const twins = book.twins(b);
  for (let i: usize = 0, n = book.nettingCount(b); i < n; i++) {
    const lane = <usize>load<i32>(netting + (i << 2));
    const part = load<f64>(bucket + (lane << 3));
    const twin = load<i32>(twins + (lane << 2));
    const into = coin + (lane << 3);
    if (twin < 0) store<f64>(into, load<f64>(into) - abs(part));
    else store<f64>(into, load<f64>(into) + min(min(0, part), load<f64>(bucket + (<usize>twin << 3))));
  }
}

/** Worst losses of a row over the lanes that maintenance sees and over all, at least zero, into `out` and the f64 after it. */
// @ts-expect-error: decorator
@inline
function worstOf(row: usize, unseen: usize, standing: usize, out: usize): void {
  let low = f64x2.splat(0);
  let lowSeen = f64x2.splat(0);
  for (let s: usize = 0; s < standing; s += VECTOR) {
    const pnl = v128.load(row + s);
    low = f64x2.pmin(low, pnl);
    lowSeen = f64x2.pmin(lowSeen, f64x2.pmax(pnl, v128.load(unseen + s)));
  }
  store<f64>(out, 0 - min(f64x2.extract_lane(lowSeen, 0), f64x2.extract_lane(lowSeen, 1)));
  store<f64>(out, 0 - min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1)), 8);
}

/** The account's positions into the rows of its coins, zero before; returns how many coins are touched, named in `touched`. */
function sumCoins(
  b: usize,
  first: usize,
  last: usize,
  rows: usize,
  quantities: usize,
  bucket: usize,
  coins: usize,
  touched: usize,
): usize {
  const stride = book.stride(b);
  const standing = book.standing(b);
  const bucketOf = book.bucketOf(b);
  const coinOf = book.coinOf(b);
  const isNetted = book.nettingCount(b) > 0;
  const hasFactors = book.gains(b) !== 0;
  let count: usize = 0;
  let known = -1;
  for (let p = first; p < last; ) {
    const g = load<i32>(bucketOf + (<usize>load<i32>(rows + (p << 2)) << 2));
    let end = p + 1;
    while (end < last && load<i32>(bucketOf + (<usize>load<i32>(rows + (end << 2)) << 2)) === g) end++;
    const u = load<i32>(coinOf + (<usize>g << 2));
    const coin = coins + <usize>u * stride;
    const isFresh = u !== known;
    if (isFresh) {
      store<i32>(touched + (count << 2), u);
      count++;
      known = u;
      if (isNetted || hasFactors) memory.fill(coin, 0, standing);
    }
    if (isNetted || hasFactors) {
      for (let t: usize = 0; t < standing; t += TILE) {
        sumTile(rows, quantities, p, end, book.rows(b) + t, stride, bucket + t, false);
      }
      if (hasFactors) {
        let value: f64 = 0;
        for (let i = p; i < end; i++) {
          value += load<f64>(quantities + (i << 3)) * load<f64>(book.values(b) + (<usize>load<i32>(rows + (i << 2)) << 3));
        }
        applyFactors(b, bucket, <usize>g, value);
      }
      netBucket(b, bucket, coin);
      for (let t = standing; t < stride; t += TILE) {
        sumTile(rows, quantities, p, end, book.rows(b) + t, stride, coin + t, !isFresh);
      }
    } else {
      for (let t: usize = 0; t < stride; t += TILE) {
        sumTile(rows, quantities, p, end, book.rows(b) + t, stride, coin + t, !isFresh);
      }
    }
    p = end;
  }
  return count;
}

/** Numbers a sweep writes for an account. */
const OUT: usize = 64;

/**
 * The tree sweep of some accounts of a book at `b`: those that `list[from .. to - 1]` (i32) names, or where it is 0 those of these numbers. Positions of account
 * `i` are `span[2 i] .. span[2 i + 1] - 1`: a row (i32) and a quantity (f64) each. For each account eight numbers, dollars, at `out + 64 i`: maintenance joint and sum of own, initial joint
 * and sum of own, and the same four of the tails of windows, zero where a line has none. `scratch` has room for a bucket, for every coin, for a row of all, for
 * the coins touched and for a tail.
 */
export function sweepTree(
  b: usize,
  list: usize,
  from: i32,
  to: i32,
  span: usize,
  rows: usize,
  quantities: usize,
  scratch: usize,
  out: usize,
): void {
  const stride = book.stride(b);
  const standing = book.standing(b);
  const bucket = scratch;
  const coins = bucket + stride;
  const least = coins + book.underlyings(b) * stride;
  const together = least + book.underlyings(b) * book.listStride(b);
  const touched = together + stride;
  const worst = touched + ((book.underlyings(b) + 4) << 2 & ~15);
  const kept = worst + VECTOR;
  for (let k = <usize>from; k < <usize>to; k++) {
    const i = list === 0 ? k : <usize>load<i32>(list + (k << 2));
    const own = out + i * OUT;
    memory.fill(own, 0, OUT);
    const first = <usize>load<i32>(span + (i << 3));
    const last = <usize>load<i32>(span + (i << 3), 4);
    const count = sumCoins(b, first, last, rows, quantities, bucket, coins, touched);
    for (let t: usize = 0; t < count; t++) {
      worstOf(coins + <usize>load<i32>(touched + (t << 2)) * stride, book.unseen(b), standing, worst);
      store<f64>(own, load<f64>(own, 8) + load<f64>(worst), 8);
      store<f64>(own, load<f64>(own, 24) + load<f64>(worst, 8), 24);
    }
    if (count === 1) {
      // What one coin alone moves is lost together as it is lost alone.
      store<f64>(own, load<f64>(own, 8));
      store<f64>(own, load<f64>(own, 24), 16);
    } else if (count > 1) jointWorst(b, coins, touched, count, least, own);
    worstTails(b, book.sets(b, 0), coins, touched, count, together, kept, own + 32);
    worstTails(b, book.sets(b, 1), coins, touched, count, together, kept, own + 48);
  }
}

// Rows of options in WebAssembly: all strikes of an expiry in one call, two strikes at a time where smiles are read and two lanes at a time where they are
// valued; every number in the operations and the order of core/src/risk/strike.ts and core/src/kernel/rows.ts, so the bits are the same.
//
// Where core says Math.max and one side is a constant or a price, pmax gives the same bits: no sum here is minus zero.

import { all } from './normal';

const CELLS_PER_UNIT: f64 = 512;
const REACH: f64 = 8.5;
const MIDDLE: f64 = REACH * CELLS_PER_UNIT;
const CELLS: f64 = 2 * MIDDLE;
const STDEV_MIN: f64 = 1e-12;
const K_LEAST: f64 = -700;
// Whole numbers added to 2^47 end in 32 times themselves, in bits: a cell has 32 bytes.
const CELL_ADDRESS: f64 = 140737488355328.0;
const ROUNDER: f64 = 6755399441055744.0;
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const TWO_THIRDS: f64 = 0.6666666666666666;
/** Numbers of one SVI term. */
const TERM: usize = 5 << 3;
/** Numbers of one bend. */
const BEND: usize = 4 << 3;

/** Bytes from one column of lanes to the next, which an address may have in it. */
const ROOM: usize = 8 * 4112;
const LOG_SHIFT: usize = 0;
const INV_SHIFT: usize = ROOM;
const SCALE: usize = 2 * ROOM;
const DAMP: usize = 3 * ROOM;
const STDEV: usize = 4 * ROOM;
const FACTOR: usize = 5 * ROOM;
const FLOOR: usize = 6 * ROOM;
const ROOT_YEARS: usize = 7 * ROOM;
/** Of nodes; what a strike has there in two columns, of the strikes of a pair. */
const NODE_FORWARD: usize = 8 * ROOM;
const NODE_PEG: usize = 9 * ROOM;
const NODE_K: usize = 10 * ROOM;
const NODE_VOL: usize = 12 * ROOM;

/** An expiry as it is laid out by wasm/src/rows-layout.ts: addresses, counts, and the smile that all its nodes share. */
@unmanaged
class Expiry {
  /** The first column of lanes. */
  columns: u32;
  /** The node of each lane. */
  node: u32;
  /** Lanes with more bends than a scale and a floor, where their bends begin, the bends, and the least vols of these lanes. */
  bent: u32;
  bentFrom: u32;
  bends: u32;
  leasts: u32;
  strikes: u32;
  /** Addresses of rows. */
  calls: u32;
  puts: u32;
  table: u32;
  smile: u32;
  /** Values of the call and the put where nothing moves, two of each. */
  still: u32;
  lanes: i32;
  nodes: i32;
  bentCount: i32;
  /** Whether vols of nodes are there already; such strikes come one by one. */
  given: i32;
  /** In the unit that strikes are stated in. */
  forward: f64;
}

// N of two numbers. `cells` is 2^47 plus the table's address over 32, so the low word of a sum is an address.
// @ts-expect-error: decorator
@inline
function tabulated(cells: v128, d: v128): v128 {
  const u = f64x2.pmin(
    f64x2.pmax(f64x2.add(f64x2.mul(d, all(CELLS_PER_UNIT)), all(MIDDLE)), all(0)),
    all(CELLS),
  );
  const whole = f64x2.trunc(u);
  const t = f64x2.sub(u, whole);
  const places = f64x2.add(whole, cells);
  const a = <usize>i32x4.extract_lane(places, 0);
  const b = <usize>i32x4.extract_lane(places, 2);
  const a01 = v128.load(a);
  const b01 = v128.load(b);
  const a23 = v128.load(a, 16);
  const b23 = v128.load(b, 16);
  const c0 = v128.shuffle<f64>(a01, b01, 0, 2);
  const c1 = v128.shuffle<f64>(a01, b01, 1, 3);
  const c2 = v128.shuffle<f64>(a23, b23, 0, 2);
  const c3 = v128.shuffle<f64>(a23, b23, 1, 3);
  return f64x2.add(c0, f64x2.mul(t, f64x2.add(c1, f64x2.mul(t, f64x2.add(c2, f64x2.mul(t, c3))))));
}

// The call over its forward: `callShare`.
// @ts-expect-error: decorator
@inline
function callShares(cells: v128, x: v128, k: v128, s: v128): v128 {
  const d1 = f64x2.add(f64x2.div(x, s), f64x2.mul(all(0.5), s));
  return f64x2.pmax(f64x2.sub(tabulated(cells, d1), f64x2.mul(k, tabulated(cells, f64x2.sub(d1, s)))), all(0));
}

// @ts-expect-error: decorator
@inline
function putShares(c: v128, k: v128): v128 {
  return f64x2.pmax(f64x2.add(f64x2.sub(c, all(1)), k), all(0));
}

// c + x y
// @ts-expect-error: decorator
@inline
function step(c: v128, x: v128, y: v128): v128 {
  return f64x2.add(c, f64x2.mul(x, y));
}

// `log` of what is neither zero, subnormal nor infinite.
// @ts-expect-error: decorator
@inline
function plainLogs(x: v128): v128 {
  const up = i64x2.shr_u(i64x2.add(x, i64x2.splat(0x95f6200000000)), 52);
  const count = i64x2.sub(up, i64x2.splat(1023));
  const f = f64x2.sub(i64x2.sub(x, i64x2.shl(count, 52)), all(1));
  const e = f64x2.sub(i64x2.add(count, all(ROUNDER)), all(ROUNDER));
  const s = f64x2.div(f, f64x2.add(all(2), f));
  const q = f64x2.mul(s, s);
  const q2 = f64x2.mul(q, q);
  const q4 = f64x2.mul(q2, q2);
  const a = step(step(all(2.0 / 5.0), q, all(2.0 / 7.0)), q2, step(all(2.0 / 9.0), q, all(2.0 / 11.0)));
  const b = step(step(all(2.0 / 13.0), q, all(2.0 / 15.0)), q2, step(all(2.0 / 17.0), q, all(2.0 / 19.0)));
  const tail = step(a, q4, step(b, q4, all(2.0 / 21.0)));
  const short = f64x2.mul(s, f64x2.sub(f, f64x2.mul(q, step(all(TWO_THIRDS), q, tail))));
  return step(f64x2.sub(f, f64x2.sub(short, f64x2.mul(e, all(LN2_LOW)))), e, all(LN2_HIGH));
}

// a, b, rho, m and sigma^2 of one term at `at`.
// @ts-expect-error: decorator
@inline
function variances(at: usize, k: v128): v128 {
  const x = f64x2.sub(k, v128.load64_splat(at, 24));
  const root = f64x2.sqrt(f64x2.add(f64x2.mul(x, x), v128.load64_splat(at, 32)));
  return f64x2.add(
    v128.load64_splat(at),
    f64x2.mul(v128.load64_splat(at, 8), f64x2.add(f64x2.mul(v128.load64_splat(at, 16), x), root)),
  );
}

/** Moneyness and vol of two strikes at every node: `fillNodes`. The smile is years, mix, 1 - mix, and two terms. */
function fillNodes(e: Expiry, strikes: v128): void {
  const smile = <usize>e.smile;
  const years = v128.load64_splat(smile);
  const mix = load<f64>(smile, 8);
  const first = <usize>e.columns;
  const end = first + (<usize>e.nodes << 3);
  for (let at = first; at < end; at += 8) {
    const dollars = f64x2.mul(strikes, v128.load64_splat(at, NODE_PEG));
    const moneyness = plainLogs(f64x2.div(dollars, v128.load64_splat(at, NODE_FORWARD)));
    const k = f64x2.pmax(moneyness, all(K_LEAST));
    let w = variances(smile + 24, k);
    if (mix !== 0) {
      const far = variances(smile + 24 + TERM, k);
      w = f64x2.add(f64x2.mul(v128.load64_splat(smile, 16), w), f64x2.mul(all(mix), far));
    }
    const vol = f64x2.sqrt(f64x2.div(f64x2.max(all(0), w), years));
    v128.store64_lane(at, k, 0, NODE_K);
    v128.store64_lane(at, k, 1, NODE_K + ROOM);
    v128.store64_lane(at, vol, 0, NODE_VOL);
    v128.store64_lane(at, vol, 1, NODE_VOL + ROOM);
  }
}

/** Stdevs of one strike in every lane, the unshocked one and one of padding included: `fillStdevs`, and no less than what the array kernel divides by. */
function fillStdevs(columns: usize, node: usize, vols: usize, lanes: i32): void {
  const end = columns + ((<usize>lanes + 1) << 3);
  for (let at = columns; at < end; at += 16) {
    const vol = v128.load64_lane(
      vols + (<usize>load<u32>(node, 4) << 3),
      v128.load64_zero(vols + (<usize>load<u32>(node) << 3)),
      1,
    );
    const bent = f64x2.pmax(f64x2.mul(vol, v128.load(at, FACTOR)), v128.load(at, FLOOR));
    v128.store(at, f64x2.pmax(f64x2.mul(bent, v128.load(at, ROOT_YEARS)), all(STDEV_MIN)), STDEV);
    node += 8;
  }
}

// `clipped` of core/src/market/deform.ts.
function clipped(distance: f64, slope: f64, cap: f64): f64 {
  const skew = distance * slope;
  if (cap >= 0) return min(cap, max(-cap, skew));
  return distance >= 0 ? min(cap, skew) : max(-cap, skew);
}

/** A vol after one bend: kind and three numbers. */
function bend(vol: f64, k: f64, at: usize): f64 {
  const a = load<f64>(at, 8);
  switch (<i32>load<f64>(at)) {
    case 0:
      return vol * a;
    case 1:
      return vol + a;
    case 2:
      return max(vol, a);
    case 3:
      return vol * max<f64>(0, 1 + clipped(k, a, load<f64>(at, 16)));
    case 4:
      return vol * max<f64>(0, 1 + clipped(abs(k), a, load<f64>(at, 16)));
    default:
      return vol * (1 + a * min<f64>(1, max<f64>(0, abs(k) - load<f64>(at, 16)) / load<f64>(at, 24)));
  }
}

/** Stdevs of lanes whose smile is bent by more than a scale and a floor: `deformVol`. */
function fillBent(e: Expiry, ks: usize, vols: usize): void {
  for (let b = 0; b < e.bentCount; b++) {
    const places = <usize>e.bentFrom + (<usize>b << 2);
    const lane = <usize>load<u32>(<usize>e.bent + (<usize>b << 2));
    const node = <usize>load<u32>(<usize>e.node + (lane << 2)) << 3;
    const k = load<f64>(ks + node);
    let vol = load<f64>(vols + node);
    const end = <usize>e.bends + <usize>load<u32>(places, 4) * BEND;
    for (let at = <usize>e.bends + <usize>load<u32>(places) * BEND; at < end; at += BEND) vol = bend(vol, k, at);
    const least = load<f64>(<usize>e.leasts + (<usize>b << 3));
    const at = <usize>e.columns + (lane << 3);
    const stdev = max(vol, least) * load<f64>(at, ROOT_YEARS);
    store<f64>(at, stdev < STDEV_MIN ? STDEV_MIN : stdev, STDEV);
  }
}

/** Values of one strike where nothing moves, each twice: the array kernel in the lane at `at`. */
function fillStill(at: usize, cells: v128, x0: v128, kOverF: v128, out: usize): void {
  const k = f64x2.mul(kOverF, v128.load64_splat(at, INV_SHIFT));
  const x = f64x2.add(x0, v128.load64_splat(at, LOG_SHIFT));
  const c = callShares(cells, x, k, v128.load64_splat(at, STDEV));
  const worth = v128.load64_splat(at, SCALE);
  v128.store(out, f64x2.mul(worth, c));
  v128.store(out, f64x2.mul(worth, putShares(c, k)), 16);
}

/** Rows of the call and put of one strike: `damp (value - still)` in every lane, and zero in one of padding. */
function fillRows(e: Expiry, x0: v128, kOverF: v128, call: usize, put: usize): void {
  const columns = <usize>e.columns;
  const lanes = <usize>e.lanes << 3;
  const cells = all(CELL_ADDRESS + <f64>(e.table >> 5));
  const still = <usize>e.still;
  fillStill(columns + lanes, cells, x0, kOverF, still);
  const callStill = v128.load(still);
  const putStill = v128.load(still, 16);
  const end = columns + lanes;
  let callAt = call;
  let putAt = put;
  for (let at = columns; at < end; at += 16) {
    const k = f64x2.mul(kOverF, v128.load(at, INV_SHIFT));
    const c = callShares(cells, f64x2.add(x0, v128.load(at, LOG_SHIFT)), k, v128.load(at, STDEV));
    const worth = v128.load(at, SCALE);
    const damp = v128.load(at, DAMP);
    v128.store(callAt, f64x2.mul(damp, f64x2.sub(f64x2.mul(worth, c), callStill)));
    v128.store(putAt, f64x2.mul(damp, f64x2.sub(f64x2.mul(worth, putShares(c, k)), putStill)));
    callAt += 16;
    putAt += 16;
  }
  if (callAt > call + lanes) {
    store<f64>(call + lanes, 0);
    store<f64>(put + lanes, 0);
  }
}

function fillOne(e: Expiry, strike: usize, x0: v128, kOverF: v128, second: usize): void {
  const columns = <usize>e.columns;
  fillStdevs(columns, <usize>e.node, columns + NODE_VOL + second, e.lanes);
  if (e.bentCount > 0) fillBent(e, columns + NODE_K + second, columns + NODE_VOL + second);
  fillRows(e, x0, kOverF, load<u32>(<usize>e.calls + (strike << 2)), load<u32>(<usize>e.puts + (strike << 2)));
}

/** Rows of the strikes `from .. to - 1` of an expiry; one more strike may be read than there are, and must be a number above zero. */
export function fillExpiry(expiry: usize, from: i32, to: i32): void {
  const e = changetype<Expiry>(expiry);
  const forward = all(e.forward);
  for (let j = <usize>from; j < <usize>to; j += 2) {
    const strikes = v128.load(<usize>e.strikes + (j << 3));
    const x0 = plainLogs(f64x2.div(forward, strikes));
    const kOverF = f64x2.div(strikes, forward);
    if (!e.given) fillNodes(e, strikes);
    fillOne(e, j, v128.shuffle<f64>(x0, x0, 0, 0), v128.shuffle<f64>(kOverF, kOverF, 0, 0), 0);
    if (j + 1 < <usize>to) {
      fillOne(e, j + 1, v128.shuffle<f64>(x0, x0, 1, 1), v128.shuffle<f64>(kOverF, kOverF, 1, 1), ROOM);
    }
  }
}

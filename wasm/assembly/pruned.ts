// The plain sweep that looks only where the least can be. Lanes stand in blocks; of every row and block two lines are kept, one below the row and one above
// it. What an account holds adds its lines up, and where even the sum lies above the least found so far, no lane of the block can matter. Blocks that may
// matter are summed in f64, position by position as `sweepPlain` sums them, so the answer has its bits.
//
// Why a block that is passed over cannot hold the least. Of a block let t_j in [0, 1] be the places of its lanes, u = 2^-24, g(k, e) = k e / (1 - k e) the
// bound of Higham (2002, section 3.1) on k roundings of size e, n <= 4,096 positions of q_p, and G = sum |q_p| peak_p.
// 1. Lines (`fillBlocks`). a, z are the first cell and the last as a + (last - a); r_j the cell less (a + t_j (z - a)); W the largest cell. So r_j <= 2 W, and
//    the stored ends a + min r - pad, z + min r - pad are rounded by less than 3.001 u W + 2^-150, all sums in f64 before them by less than 2^-40 W. With
//    pad = 4 u W + 1e-42 > 3.001 u W + 2^-40 W + 2^-150 the line from A to Z with the stored ends has (1 - t_j) A + t_j Z <= cell j; the line above likewise.
//    |A|, |Z| and every cell are at most peak_p.
// 2. With the lower line where q > 0 and the upper where q < 0, sum q_p cell_pj >= (1 - t_j) sum q A + t_j sum q Z >= min(sum q A, sum q Z).
// 3. Either sum is taken in f32: a term is rounded as q, as a product, and in n - 1 sums, so what is computed is off by at most
//    g(n + 1, u) G, and by n 2^-89 where something underflows: |q| <= 2^120 and |A| <= 2^60, as GROSS_MAX sees to.
// 4. `sweepPlain` itself rounds: the number it has for lane j is off by at most g(n, 2^-53) G from the exact sum.
// 5. The computed G is short of G by at most g(n + 1, 2^-53) G; the limit, low + allowance, is rounded to f64 and to f32: at most 1.001 u G.
//    With n <= 4,096, (n + 1) u / (1 - (n + 1) u) <= (n + 2.01) u. All of 3 to 5 are less than (n + 4) u G + n 1e-26.
// So a block whose computed bound is not below low + (n + 5) u G + n 1e-26 has no computed lane below `low`: the least of numbers does not change, and of
// equal ones, zeros included, `0 - low` is the same.

import { sweepPlain } from './sweep';

/** Words of the plan, as `src/pruned.ts` writes them. */
const ROWS: usize = 0;
const STRIDE: usize = 4;
const UNSEEN: usize = 8;
const COUNT: usize = 12;
/** Bytes of a block of cells: four or eight lanes. */
const WIDTH: usize = 16;
/** Ends of the blocks with lanes that maintenance sees, and of all, as bytes of bounds. */
const END_SEEN: usize = 20;
const END: usize = 24;
/** Of every place in the blocks: byte of its lane in a row (below zero: none), and how far it is between the block's first and last lane. */
const ORDER: usize = 28;
const SHARES: usize = 32;
const MASK: usize = 36;
const CELLS: usize = 40;
const CELLS_STRIDE: usize = 44;
/** Lines below every row, and those above it after them. */
const LINES: usize = 48;
const SIDE: usize = 52;
const PEAKS: usize = 56;
const HOLDS: usize = 60;
const BOUNDS: usize = 64;
const LOWS: usize = 68;
/** Once so many blocks may matter after the first, all of them are swept. */
const MANY: usize = 72;

/** Positions of an account up to which the proof holds; longer ones are swept whole. */
const POSITIONS_MAX: usize = 4_096;
/** 2^60: sums of more dollars than that are swept whole. */
const GROSS_MAX: f64 = 1152921504606846976;
/** 2^-24, half the step of an f32 at one. */
const UNIT: f64 = 1.0 / 16777216.0;

// @ts-expect-error: decorator
@inline
function word(plan: usize, at: usize): usize {
  return load<usize>(plan + at);
}

// @ts-expect-error: decorator
@inline
function leastOf2(v: v128): f64 {
  return min(f64x2.extract_lane(v, 0), f64x2.extract_lane(v, 1));
}

/**
 * `sweepPlain` with fewer lanes looked at; the answer in `out` has its bits. Returns how many blocks were summed, of accounts swept whole all.
 */
export function sweepPruned(from: i32, to: i32, span: usize, rows: usize, quantities: usize, plan: usize, out: usize): i32 {
  const lows = word(plan, LOWS);
  let summed: i32 = 0;
  for (let i = from; i < to; i++) {
    const first = <usize>load<i32>(span + (<usize>i << 3));
    const last = <usize>load<i32>(span + (<usize>i << 3), 4);
    const allowance = hold(plan, first, last, rows, quantities);
    let blocks: i32 = -1;
    if (allowance < Infinity) {
      boundBlocks(plan, last - first);
      store<f64>(lows, 0);
      store<f64>(lows, 0, 8);
      const seen = word(plan, END_SEEN);
      blocks = search(plan, first, last, rows, quantities, allowance, lows, 0, seen, 0);
      if (blocks >= 0) blocks = search(plan, first, last, rows, quantities, allowance, lows + 8, seen, word(plan, END), blocks);
    }
    if (blocks < 0) {
      sweepPlain(i, i + 1, span, rows, quantities, word(plan, ROWS), word(plan, STRIDE), word(plan, UNSEEN), out);
      summed += <i32>(word(plan, END) >> 2);
      continue;
    }
    const own = out + (<usize>i << 4);
    store<f64>(own, 0 - load<f64>(lows));
    store<f64>(own, 0 - load<f64>(lows, 8), 8);
    summed += blocks;
  }
  return summed;
}

/** Writes which lines an account adds up, and how often; returns the allowance, or infinity where the account is to be swept whole. */
function hold(plan: usize, first: usize, last: usize, rows: usize, quantities: usize): f64 {
  if (last - first > POSITIONS_MAX) return Infinity;
  const peaks = word(plan, PEAKS);
  const lines = word(plan, LINES);
  const side = word(plan, SIDE);
  let at = word(plan, HOLDS);
  let gross: f64 = 0;
  for (let p = first; p < last; p++) {
    const row = <usize>load<i32>(rows + (p << 2));
    const q = load<f64>(quantities + (p << 3));
    gross += abs(q) * load<f64>(peaks + (row << 3));
    store<usize>(at, lines + (2 * row + <usize>(q < 0)) * side);
    store<f32>(at, <f32>q, 4);
    at += 8;
  }
  return gross <= GROSS_MAX ? <f64>(last - first + 5) * UNIT * gross + <f64>(last - first) * 1e-26 : Infinity;
}

/** The bound of every block; eight blocks are four vectors of lines, first ends of four before last ends of four. */
function boundBlocks(plan: usize, positions: usize): void {
  const holds = word(plan, HOLDS);
  const stop = holds + (positions << 3);
  const bounds = word(plan, BOUNDS);
  const end = word(plan, END);
  let b: usize = 0;
  for (; b + 64 <= end; b += 64) {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let a4 = a0;
    let a5 = a0;
    let a6 = a0;
    let a7 = a0;
    for (let h = holds; h < stop; h += 8) {
      const line = load<usize>(h) + (b << 1);
      const q = v128.load32_splat(h, 4);
      a0 = f32x4.add(a0, f32x4.mul(q, v128.load(line, 0)));
      a1 = f32x4.add(a1, f32x4.mul(q, v128.load(line, 16)));
      a2 = f32x4.add(a2, f32x4.mul(q, v128.load(line, 32)));
      a3 = f32x4.add(a3, f32x4.mul(q, v128.load(line, 48)));
      a4 = f32x4.add(a4, f32x4.mul(q, v128.load(line, 64)));
      a5 = f32x4.add(a5, f32x4.mul(q, v128.load(line, 80)));
      a6 = f32x4.add(a6, f32x4.mul(q, v128.load(line, 96)));
      a7 = f32x4.add(a7, f32x4.mul(q, v128.load(line, 112)));
    }
    v128.store(bounds + b, f32x4.pmin(a0, a1), 0);
    v128.store(bounds + b, f32x4.pmin(a2, a3), 16);
    v128.store(bounds + b, f32x4.pmin(a4, a5), 32);
    v128.store(bounds + b, f32x4.pmin(a6, a7), 48);
  }
  for (; b < end; b += 16) {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    for (let h = holds; h < stop; h += 8) {
      const line = load<usize>(h) + (b << 1);
      const q = v128.load32_splat(h, 4);
      a0 = f32x4.add(a0, f32x4.mul(q, v128.load(line, 0)));
      a1 = f32x4.add(a1, f32x4.mul(q, v128.load(line, 16)));
    }
    v128.store(bounds + b, f32x4.pmin(a0, a1));
  }
}

/** Sums blocks from the lowest bound up, until no bound is below what is found in `low`; how many, or -1 where too many may matter. */
function search(plan: usize, first: usize, last: usize, rows: usize, quantities: usize, allowance: f64, low: usize, from: usize, to: usize, before: i32): i32 {
  const bounds = word(plan, BOUNDS);
  let blocks = before;
  let lowest = lowestOf(bounds, from, to);
  while (lowest < <f32>(load<f64>(low) + allowance)) {
    const least = f32x4.splat(lowest);
    let b = from;
    let hit = i32x4.bitmask(f32x4.eq(v128.load(bounds + b), least));
    while (hit === 0) {
      b += 16;
      hit = i32x4.bitmask(f32x4.eq(v128.load(bounds + b), least));
    }
    b += <usize>ctz(hit) << 2;
    store<f32>(bounds + b, Infinity);
    sumBlock(plan, (b >> 2) * word(plan, WIDTH), first, last, rows, quantities);
    if (blocks++ === 0 && below(bounds, word(plan, END), <f32>(load<f64>(low) + allowance)) > word(plan, MANY)) return -1;
    lowest = lowestOf(bounds, from, to);
  }
  return blocks;
}

// @ts-expect-error: decorator
@inline
function lowestOf(bounds: usize, from: usize, to: usize): f32 {
  let least = f32x4.splat(Infinity);
  for (let b = from; b < to; b += 16) least = f32x4.pmin(least, v128.load(bounds + b));
  least = f32x4.pmin(least, i32x4.shuffle(least, least, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmin(least, i32x4.shuffle(least, least, 1, 0, 3, 2)), 0);
}

/** How many bounds are below a limit. */
// @ts-expect-error: decorator
@inline
function below(bounds: usize, end: usize, limit: f32): usize {
  const v = f32x4.splat(limit);
  let count = 0;
  for (let b: usize = 0; b < end; b += 16) count += popcnt(i32x4.bitmask(f32x4.lt(v128.load(bounds + b), v)));
  return <usize>count;
}

/** The lanes of one block, summed as `sweepPlain` sums them, into the least of both lines. */
function sumBlock(plan: usize, at: usize, first: usize, last: usize, rows: usize, quantities: usize): void {
  const stride = word(plan, CELLS_STRIDE);
  const cells = word(plan, CELLS) + at;
  const mask = word(plan, MASK) + at;
  const lows = word(plan, LOWS);
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let a2 = f64x2.splat(Infinity);
  let a3 = a2;
  if (word(plan, WIDTH) === 32) {
    for (let p = first; p < last; p++) {
      const row = cells + <usize>load<i32>(rows + (p << 2)) * stride;
      const q = v128.load64_splat(quantities + (p << 3));
      a0 = f64x2.add(a0, f64x2.mul(q, v128.load(row, 0)));
      a1 = f64x2.add(a1, f64x2.mul(q, v128.load(row, 16)));
    }
  } else {
    a2 = a0;
    a3 = a0;
    for (let p = first; p < last; p++) {
      const row = cells + <usize>load<i32>(rows + (p << 2)) * stride;
      const q = v128.load64_splat(quantities + (p << 3));
      a0 = f64x2.add(a0, f64x2.mul(q, v128.load(row, 0)));
      a1 = f64x2.add(a1, f64x2.mul(q, v128.load(row, 16)));
      a2 = f64x2.add(a2, f64x2.mul(q, v128.load(row, 32)));
      a3 = f64x2.add(a3, f64x2.mul(q, v128.load(row, 48)));
    }
  }
  store<f64>(lows, min(load<f64>(lows, 8), leastOf2(f64x2.pmin(f64x2.pmin(a0, a1), f64x2.pmin(a2, a3)))), 8);
  const s0 = f64x2.pmin(f64x2.pmax(a0, v128.load(mask, 0)), f64x2.pmax(a1, v128.load(mask, 16)));
  const s1 = f64x2.pmin(f64x2.pmax(a2, v128.load(mask, 32)), f64x2.pmax(a3, v128.load(mask, 48)));
  store<f64>(lows, min(load<f64>(lows), leastOf2(f64x2.pmin(s0, s1))));
}

/** Cells by block, lines and peaks, from the rows as they stand. */
export function fillBlocks(plan: usize): void {
  const source = word(plan, ROWS);
  const stride = word(plan, STRIDE);
  const side = word(plan, SIDE);
  const count = word(plan, COUNT);
  const blocks = word(plan, END) >> 2;
  for (let r: usize = 0; r < count; r++) {
    const line = word(plan, LINES) + 2 * r * side;
    const cells = word(plan, CELLS) + r * word(plan, CELLS_STRIDE);
    let peak: f64 = 0;
    for (let k: usize = 0; k < blocks; k++) {
      peak = max(peak, fillBlock(plan, source + r * stride, k, cells, line + ((k >> 2) << 5) + ((k & 3) << 2), side));
    }
    // Room for the rounding of the ends, and never zero, so that it limits what is held.
    peak = peak * (1 + 16 * UNIT) + 1 / GROSS_MAX;
    store<f64>(word(plan, PEAKS) + (r << 3), peak <= GROSS_MAX ? peak : Infinity);
  }
}

/** One block of a row; returns what none of its cells and ends exceeds. */
// @ts-expect-error: decorator
@inline
function fillBlock(plan: usize, row: usize, k: usize, cells: usize, line: usize, side: usize): f64 {
  const width = word(plan, WIDTH);
  const order = word(plan, ORDER) + ((k * width) >> 1);
  if (load<i32>(order) < 0) {
    // A block of nothing: its bound is infinite or no number, neither of which is below anything.
    storeLine(line, Infinity, Infinity);
    storeLine(line + side, -Infinity, -Infinity);
    return 0;
  }
  const into = cells + k * width;
  const shares = word(plan, SHARES) + k * width;
  for (let j: usize = 0; j < width; j += 8) store<f64>(into + j, load<f64>(row + <usize>load<i32>(order + (j >> 1))));
  const a = load<f64>(into);
  const slope = load<f64>(into + width - 8) - a;
  const z = a + slope;
  let lowest: f64 = 0;
  let highest: f64 = 0;
  let most: f64 = 0;
  for (let j: usize = 0; j < width; j += 8) {
    const cell = load<f64>(into + j);
    const rest = cell - (a + load<f64>(shares + j) * slope);
    lowest = min(lowest, rest);
    highest = max(highest, rest);
    most = max(most, abs(cell));
  }
  const pad = most * (4 * UNIT) + 1e-42;
  storeLine(line, <f32>(a + (lowest - pad)), <f32>(z + (lowest - pad)));
  storeLine(line + side, <f32>(a + (highest + pad)), <f32>(z + (highest + pad)));
  return most + max(highest, -lowest) + pad;
}

// @ts-expect-error: decorator
@inline
function storeLine(line: usize, a: f32, z: f32): void {
  store<f32>(line, a);
  store<f32>(line, z, 16);
}

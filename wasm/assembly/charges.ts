// Charges of one coin's positions without open orders, as core/src/margin/{charges,views,option-value,short-minimum}.ts sum them: in the order of rows.

import * as book from './book';
import { charged } from './ledger';
import * as sheet from './sheet';

/** What a coin's positions are charged beside the short-option minimum, and what the lines ask of them: a record that `chargeCoin` writes. */
export function chargesOf(to: usize, line: usize): i64 {
  return load<i64>(to + (line << 3));
}
/** Dollars of net option value that initial margin credits. */
export function credited(to: usize): f64 {
  return load<f64>(to, 16);
}
/** Short options that nothing covers. */
export function unpaired(to: usize): f64 {
  return load<f64>(to, 24);
}
/** Shares that are left out of long options: of what could not be sold, and of what could. */
function ofUnsold(to: usize): f64 {
  return load<f64>(to, 32);
}
function ofSold(to: usize): f64 {
  return load<f64>(to, 40);
}
export const CHARGES_BYTES: usize = 48;

/** `Y move size sqrt(size / volume)`. */
// @ts-expect-error: decorator
@inline
function impactOf(impact: f64, size: f64, volume: f64): f64 {
  return impact * size * sqrt(size / volume);
}

/** A stable asset off its peg: initial margin alone is charged. */
function chargePeg(c: usize, first: usize, last: usize, quantities: usize, to: usize): void {
  let value: f64 = 0;
  for (let p = first; p < last; p++) value += abs(load<f64>(quantities + (p << 3))) * sheet.peg(c);
  store<i64>(to, 0);
  store<i64>(to, charged(value * sheet.pegShare(c)), 8);
}

/** What options are worth net and how much of it counts, in dollars; the shares that are left out of each. Returns what is not credited. */
function creditOptions(f: usize, longs: f64, shorts: f64, sale: f64, to: usize): f64 {
  const net = longs - shorts;
  store<f64>(to, 0, 16);
  store<f64>(to, 0, 32);
  store<f64>(to, 0, 40);
  if (net <= 0) return 0;
  const credit = min(sheet.optionValueCap(f), max(0, sale - shorts));
  const unsold = longs - sale;
  store<f64>(to, credit, 16);
  if (unsold > 0) store<f64>(to, min(1, (net - credit) / unsold), 32);
  if (sale > 0) store<f64>(to, max(0, net - credit - unsold) / sale, 40);
  return net - credit;
}

/** Basis of every expiry by itself: nothing nets, and coins that are owned have none. */
function basisOf(b: usize, f: usize, first: usize, last: usize, rows: usize, quantities: usize, index: f64): f64 {
  const bucketOf = book.bucketOf(b);
  let amount: f64 = 0;
  for (let p = first; p < last; ) {
    const g = load<i32>(bucketOf + (<usize>load<i32>(rows + (p << 2)) << 2));
    let net: f64 = 0;
    for (; p < last; p++) {
      const row = <usize>load<i32>(rows + (p << 2));
      if (load<i32>(bucketOf + (row << 2)) !== g) break;
      const r = sheet.record(f, row);
      if ((sheet.kinds(r) & sheet.ASSET) === 0) net += load<f64>(quantities + (p << 3)) * sheet.delta(r);
    }
    amount += abs(net) * index * sheet.basis(f, <usize>g);
  }
  return amount;
}

/** Sums of one coin's positions, of this thread alone: what closing them costs, deltas with what is owned and without, vega, what a wrong vol does. */
let spread: f64 = 0;
let fees: f64 = 0;
let net: f64 = 0;
let owed: f64 = 0;
let vega: f64 = 0;
let confidence: f64 = 0;
/** Options that are bought and sold at their marks, what those bought would bring; a balance of the coin; whether options are sold. */
let longs: f64 = 0;
let shorts: f64 = 0;
let sale: f64 = 0;
let balance: f64 = 0;
let isWritten: bool = false;

function clearSums(): void {
  spread = 0;
  fees = 0;
  net = 0;
  owed = 0;
  vega = 0;
  confidence = 0;
  longs = 0;
  shorts = 0;
  sale = 0;
  balance = 0;
  isWritten = false;
}

/** Takes up the positions of a coin, in their order. */
function sumPositions(f: usize, first: usize, last: usize, rows: usize, quantities: usize): void {
  clearSums();
  for (let p = first; p < last; p++) {
    const r = sheet.record(f, <usize>load<i32>(rows + (p << 2)));
    const q = load<f64>(quantities + (p << 3));
    const kinds = sheet.kinds(r);
    let size = abs(q);
    let due = q;
    if ((kinds & sheet.ASSET) !== 0) {
      // A coin that is owned has no size where only what is owed counts.
      due = min(0, q);
      size = -due;
      balance = q;
    } else if ((kinds & sheet.PREMIUM) !== 0) {
      const worth = q * sheet.value(r);
      if (q < 0) {
        shorts -= worth;
        if (sheet.chain(r) >= 0) isWritten = true;
      } else {
        longs += worth;
        sale += q * sheet.sale(r);
      }
    }
    spread += size * sheet.spread(r);
    fees += size * sheet.fee(r);
    vega += size * sheet.vega(r);
    confidence += size * sheet.confidence(r);
    owed += due * sheet.delta(r);
    net += q * sheet.delta(r);
  }
}

/** What selling the balance of a coin costs (M-24). */
function liquidityOf(f: usize, c: usize): f64 {
  const value = max(0, balance * sheet.index(c));
  const bend = min(value, sheet.bend(c));
  return impactOf(sheet.deltaImpact(c), bend, sheet.deltaVolume(c)) + sheet.collateralCap(f) * (value - bend);
}

/**
 * Charges of the positions `first .. last - 1` of coin `u` into the record `to`. `room` has sixteen bytes for each of them.
 */
export function chargeCoin(
  b: usize,
  f: usize,
  u: usize,
  first: usize,
  last: usize,
  rows: usize,
  quantities: usize,
  room: usize,
  to: usize,
): void {
  const c = sheet.coin(f, u);
  const index = sheet.index(c);
  sumPositions(f, first, last, rows, quantities);
  const left = creditOptions(f, longs, shorts, sale, to);
  store<f64>(to, 0, 24);
  if (index === 0) return chargePeg(c, first, last, quantities, to);
  const all =
    charged(spread + fees) +
    charged(impactOf(sheet.deltaImpact(c), abs(owed) * index, sheet.deltaVolume(c))) +
    charged(impactOf(sheet.vegaImpact(c), vega, sheet.vegaVolume(c))) +
    charged(liquidityOf(f, c)) +
    charged(basisOf(b, f, first, last, rows, quantities, index)) +
    charged(confidence) +
    charged(abs(net) * index * sheet.uncertainty(c));
  store<i64>(to, all);
  store<i64>(to, all + charged(left), 8);
  if (isWritten) store<f64>(to, nakedShorts(b, f, first, last, rows, quantities, room), 24);
}

/** Quantities as initial margin counts them, into `counted`; whether anything of them is left out. */
export function countOptions(f: usize, first: usize, last: usize, rows: usize, quantities: usize, to: usize, counted: usize): bool {
  const unsold = ofUnsold(to);
  const sold = ofSold(to);
  if (unsold === 0 && sold === 0) return false;
  let isLess = false;
  for (let p = first; p < last; p++) {
    const r = sheet.record(f, <usize>load<i32>(rows + (p << 2)));
    let q = load<f64>(quantities + (p << 3));
    if (q > 0 && (sheet.kinds(r) & sheet.PREMIUM) !== 0 && sheet.value(r) > 0) {
      const share = min(1, unsold * (1 - sheet.sold(r)) + sold * sheet.sold(r));
      if (share > 0) {
        isLess = true;
        q *= 1 - share;
      }
    }
    store<f64>(counted + (p << 3), q);
  }
  return isLess;
}

/**
 * Short options that no long option covers, chain by chain in the order in which chains begin: along each, by distance and what is bought first, the most by
 * which what is sold exceeds what is bought. A chain lies within one bucket, calls with their distances rising and puts with theirs falling.
 */
function nakedShorts(b: usize, f: usize, first: usize, last: usize, rows: usize, quantities: usize, room: usize): f64 {
  const bucketOf = book.bucketOf(b);
  let naked: f64 = 0;
  for (let p = first; p < last; ) {
    const g = load<i32>(bucketOf + (<usize>load<i32>(rows + (p << 2)) << 2));
    let end = p + 1;
    while (end < last && load<i32>(bucketOf + (<usize>load<i32>(rows + (end << 2)) << 2)) === g) end++;
    for (let i = p; i < end; i++) {
      const r = sheet.record(f, <usize>load<i32>(rows + (i << 2)));
      const chain = sheet.chain(r);
      if (chain < 0 || isBegun(f, p, i, rows, chain)) continue;
      const isPut = (sheet.kinds(r) & sheet.PUT) !== 0;
      naked -= leastAlong(f, i, end, rows, quantities, chain, isPut, room);
    }
    p = end;
  }
  return naked;
}

/** Whether a chain has an option before place `i`. */
function isBegun(f: usize, from: usize, i: usize, rows: usize, chain: i32): bool {
  for (let j = i; j > from; j--) {
    if (sheet.chain(sheet.record(f, <usize>load<i32>(rows + ((j - 1) << 2)))) === chain) return true;
  }
  return false;
}

/** Whether a link comes after another: by distance, and what is bought before what is sold at one distance. */
// @ts-expect-error: decorator
@inline
function isLater(link: usize, far: f64, q: f64): bool {
  const own = load<f64>(link);
  return own > far || (own === far && load<f64>(link, 8) < q);
}

/** The least of the running sums along a chain, at most zero. */
function leastAlong(f: usize, from: usize, end: usize, rows: usize, quantities: usize, chain: i32, isPut: bool, room: usize): f64 {
  let count: usize = 0;
  for (let k = from; k < end; k++) {
    const p = isPut ? end - 1 - (k - from) : k;
    const r = sheet.record(f, <usize>load<i32>(rows + (p << 2)));
    if (sheet.chain(r) !== chain) continue;
    const far = sheet.distance(r);
    const q = load<f64>(quantities + (p << 3));
    let at = room + (count << 4);
    for (; at > room && isLater(at - 16, far, q); at -= 16) v128.store(at, v128.load(at - 16));
    store<f64>(at, far);
    store<f64>(at, q, 8);
    count++;
  }
  let sum: f64 = 0;
  let least: f64 = 0;
  for (let i: usize = 0; i < count; i++) {
    sum += load<f64>(room + (i << 4), 8);
    least = min(least, sum);
  }
  return least;
}

// How an account is held, coin by coin: whole, and with what is bought given up. Each way of a coin is charged and swept when it is first looked at. A thread judges
// one account after another; what it needs beside them is kept here.

import * as book from './book';
import { CHARGES_BYTES, chargeCoin, countOptions } from './charges';
import { leastOf, sumCoin, worstOf } from './coin';
import * as sheet from './sheet';
import { coinAt } from './tree';

/** Book and charges, and room: rows of coins, their slots, which way each is held, pairs for the sweep, quantities, what a tail needs, small answers. */
export let b: usize = 0;
export let f: usize = 0;
export let coinRows: usize = 0;
export let slots: usize = 0;
export let picks: usize = 0;
export let pairs: usize = 0;
export let counted: usize = 0;
export let leftRows: usize = 0;
export let left: usize = 0;
export let restRows: usize = 0;
export let restQuantities: usize = 0;
export let links: usize = 0;
export let answer: usize = 0;
export let bucket: usize = 0;
export let together: usize = 0;
export let kept: usize = 0;

/** The account's positions, and how many coins they are in. */
export let rows: usize = 0;
export let quantities: usize = 0;
export let count: usize = 0;
/** Worth of all bought options, added one by one. */
export let worthAll: f64 = 0;
/** Whether lists are looked at for what coins lose jointly; a coin held alone may lose jointly what it loses by itself. */
export let isJoined: bool = false;

/**
 * A slot: its coin, its positions, whether options are bought and their worth, where those end that are left without them, whether these are probed; what `giving.ts`
 * finds of them; then the two ways it is held, whole and with those given up.
 */
export const PROBES: usize = 32;
export const WAYS: usize = 64;
export const WAY: usize = CHARGES_BYTES + 32;
const SLOT: usize = WAYS + 2 * WAY;
/** A way: its charges; its rows of maintenance and initial, their worst lanes; what of it is known. */
export const ROWS_AT: usize = CHARGES_BYTES;
export const LOSSES_AT: usize = CHARGES_BYTES + 8;
const KNOWN_AT: usize = CHARGES_BYTES + 24;
const CHARGED: u32 = 1;
const SWEPT: u32 = 2;

/** Bytes of the lines of an account, both passes, after the small answers. */
export const LINES_BYTES: usize = 48;

/** Gives out the room at `scratch` to a book and its charges. */
export function furnish(bookAt: usize, charges: usize, scratch: usize): void {
  b = bookAt;
  f = charges;
  const coins = book.underlyings(b);
  const many = sheet.rowCount(f);
  coinRows = scratch;
  slots = coinRows + 3 * coins * book.coinBytes(b);
  picks = slots + coins * SLOT;
  pairs = picks + (((coins << 2) + 15) & ~15);
  answer = pairs + (((coins << 3) + 15) & ~15);
  counted = answer + 64 + 2 * LINES_BYTES;
  left = counted + (many << 3);
  restQuantities = left + (many << 3);
  restRows = restQuantities + (many << 3);
  leftRows = restRows + (((many << 2) + 15) & ~15);
  links = leftRows + (((many << 2) + 15) & ~15);
  bucket = links + (many << 4);
  together = bucket + book.bucketBytes(b);
  kept = together + book.stride(b);
}

export function slotOf(t: usize): usize {
  return slots + t * SLOT;
}

/** Whether a position is a bought option. */
// @ts-expect-error: decorator
@inline
function isBought(p: usize): bool {
  const isOption = sheet.kinds(sheet.record(f, <usize>load<i32>(rows + (p << 2)))) & sheet.PREMIUM;
  return (u32(load<f64>(quantities + (p << 3)) > 0) & u32(isOption !== 0)) !== 0;
}

/** Positions of one coin into a row. */
function sweepInto(slot: usize, from: usize, row: usize): void {
  sumCoin(b, <usize>load<u32>(slot, 4), <usize>load<u32>(slot, 8), rows, from, bucket, row);
}

/** Names the rows of a way; where `best` is another row than `whole`, initial margin sees the better of both, lane by lane. */
function known(slot: usize, way: usize, whole: usize, best: usize): void {
  const u = <usize>load<u32>(slot);
  store<u32>(way + ROWS_AT, <u32>whole);
  store<u32>(way + ROWS_AT, <u32>best, 4);
  worstOf(b, whole, answer);
  store<f64>(way + LOSSES_AT, load<f64>(answer));
  if (best !== whole) {
    for (let s: usize = 0, end = book.stride(b); s < end; s += 16) {
      v128.store(best + s, f64x2.max(v128.load(whole + s), v128.load(best + s)));
    }
    worstOf(b, best, answer);
    if (isJoined) leastOf(b, u, best);
  }
  store<f64>(way + LOSSES_AT, load<f64>(answer, 8), 8);
  if (isJoined) leastOf(b, u, whole);
  store<u32>(way + KNOWN_AT, load<u32>(way + KNOWN_AT) | SWEPT);
}

/** Splits the positions into coins, and each coin's into those that it has without bought options; how many coins there are. */
function openSlots(positions: usize): usize {
  const bucketOf = book.bucketOf(b);
  const coinOf = book.coinOf(b);
  let found: usize = 0;
  worthAll = 0;
  for (let p: usize = 0; p < positions; ) {
    const u = coinAt(rows, p, bucketOf, coinOf);
    const slot = slotOf(found);
    memory.fill(slot, 0, SLOT);
    store<u32>(slot, u);
    store<u32>(slot, <u32>p, 4);
    let worth: f64 = 0;
    let bought: u32 = 0;
    let rest = p;
    for (; p < positions && coinAt(rows, p, bucketOf, coinOf) === u; p++) {
      const row = load<i32>(rows + (p << 2));
      const q = load<f64>(quantities + (p << 3));
      const isGiven = isBought(p);
      const own = select<f64>(q * sheet.value(sheet.record(f, <usize>row)), 0, isGiven);
      worth += own;
      worthAll += own;
      bought |= u32(isGiven);
      // What is given up is nothing to any sum: the next takes its place.
      store<i32>(leftRows + (rest << 2), row);
      store<f64>(left + (rest << 3), q);
      rest += isGiven ? 0 : 1;
    }
    store<u32>(slot, bought, 12);
    store<u32>(slot, <u32>rest, 24);
    store<u32>(slot, <u32>p, 8);
    store<f64>(slot, worth, 16);
    found++;
  }
  return found;
}

/** Charges and sweeps a slot as it is. */
function openWhole(t: usize): void {
  const slot = slotOf(t);
  const way = slot + WAYS;
  const first = <usize>load<u32>(slot, 4);
  const last = <usize>load<u32>(slot, 8);
  chargeCoin(b, f, <usize>load<u32>(slot), first, last, rows, quantities, links, way);
  const whole = coinRows + 3 * t * book.coinBytes(b);
  sweepInto(slot, quantities, whole);
  const isLess = load<u32>(slot, 12) !== 0 && countOptions(f, first, last, rows, quantities, way, counted);
  const best = isLess ? whole + book.coinBytes(b) : whole;
  if (isLess) sweepInto(slot, counted, best);
  known(slot, way, whole, best);
}

/** The way of a slot whose bought options are given up, charged. */
export function chargedWay(t: usize): usize {
  const slot = slotOf(t);
  const way = slot + WAYS + WAY;
  if (load<u32>(way + KNOWN_AT) !== 0) return way;
  chargeCoin(b, f, <usize>load<u32>(slot), <usize>load<u32>(slot, 4), <usize>load<u32>(slot, 24), leftRows, left, links, way);
  store<u32>(way + KNOWN_AT, CHARGED);
  return way;
}

/** Whether options of a slot are bought, and their worth in dollars; of all slots it is `worthAll`. */
export function hasBought(t: usize): bool {
  return load<u32>(slotOf(t), 12) !== 0;
}
export function worthOf(t: usize): f64 {
  return load<f64>(slotOf(t), 16);
}

/** Sweeps a picked way that has not been. */
export function sweepPicked(t: usize): void {
  const way = <usize>load<u32>(picks + (t << 2));
  if ((load<u32>(way + KNOWN_AT) & SWEPT) !== 0) return;
  const row = coinRows + (3 * t + 2) * book.coinBytes(b);
  const slot = slotOf(t);
  sumCoin(b, <usize>load<u32>(slot, 4), <usize>load<u32>(slot, 24), leftRows, left, bucket, row);
  known(slot, way, row, row);
}

/** Takes up an account's positions: slots of its coins, each charged and swept as it is, and that way picked. How many coins have bought options. */
export function open(at: usize, from: usize, positions: usize): usize {
  rows = at;
  quantities = from;
  count = openSlots(positions);
  isJoined = count > 1 || (count === 1 && load<u8>(book.alone(b) + <usize>load<u32>(slotOf(0))) === 0);
  let bought: usize = 0;
  for (let t: usize = 0; t < count; t++) {
    openWhole(t);
    store<u32>(picks + (t << 2), <u32>(slotOf(t) + WAYS));
    bought += hasBought(t) ? 1 : 0;
  }
  return bought;
}

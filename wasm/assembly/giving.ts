// What an account loses at least whose bought options are given up: in the lanes in which it loses most as it is, each summed as `coin.ts` does, position by position. No line
// is less than that, so that most of what may be given up need not be swept.

import * as book from './book';
import { credited } from './charges';
import { worstAny, worstSeen } from './joint';
import { owedUp, shareUp } from './ledger';
import { INITIAL, RELEASE, STAYING_INITIAL, STAYING_RELEASE } from './places';
import * as sheet from './sheet';
import { b, count, f, hasBought, isJoined, left, leftRows, LOSSES_AT, PROBES, ROWS_AT, slotOf, WAYS } from './ways';

/** Combinations in which the account as it is loses most jointly, by line; 0 where it loses nothing. */
let jointSeen: usize = 0;
let jointAny: usize = 0;

/** Takes note of where the account as it is loses most jointly, after `jointWorst` has looked at the rows of a line. */
export function noteJoint(line: usize): void {
  if (line === 0) jointSeen = worstSeen;
  jointAny = worstAny;
}

/** What a coin makes where that is not known: nothing follows from it. */
const UNKNOWN: f64 = Infinity;
/** Rounding of `joint + retained (own - joint)`, which itself does not rise with both as the formula does, takes less than this share where so little of a joint loss counts. */
const SLACK: f64 = 1 - 1e-13;
const RETAINED_MAX: f64 = 0.99;
/** What no amount comes to, 1e-8 dollars; two of them and their buffer stay within i64. */
const UNITS_MAX: f64 = 2e17;

/** The lane that a place of a combination stands for in a row: of a list, the one that is least. */
function laneAt(u: usize, row: usize, from: usize): usize {
  const stride = book.stride(b);
  const pairs = <usize>load<u32>(<usize>load<u32>(book.lists(b) + (u << 2)), 4) - stride;
  let place = from;
  while (place >= stride) {
    const one = <usize>load<u32>(pairs + place);
    const other = <usize>load<u32>(pairs + place, 4);
    place = select(other, one, load<f64>(row + other) < load<f64>(row + one));
  }
  return place;
}

/** A lane that a line sees in which a row loses so much; `standing` where there is none. */
function laneOf(row: usize, line: usize, loss: f64): usize {
  const standing = book.standing(b);
  let s: usize = 0;
  while (s < standing && !(load<f64>(row + s) === -loss && sees(line, s))) s += 8;
  return s;
}

/** Whether a line sees a lane by itself; partners of a driver may be in lanes that maintenance does not see. */
// @ts-expect-error: decorator
@inline
function sees(line: usize, lane: usize): bool {
  return line !== 0 || load<f64>(book.unseen(b) + lane) < 0;
}

/** What is left of a slot makes in a lane that nets by sum: every expiry by itself, and then added to the others. */
function sumFlat(first: usize, last: usize, lane: usize): f64 {
  const bucketOf = book.bucketOf(b);
  const stride = book.stride(b);
  const base = book.rows(b) + lane;
  let sum: f64 = 0;
  let own: f64 = 0;
  let g = -1;
  for (let p = first; p < last; p++) {
    const row = <usize>load<i32>(leftRows + (p << 2));
    const next = load<i32>(bucketOf + (row << 2));
    const isNew = next !== g;
    // Where an expiry ends is hard to foresee: zeros are added instead of a branch.
    sum += select<f64>(own, 0, isNew);
    own = select<f64>(0, own, isNew) + load<f64>(left + (p << 3)) * load<f64>(base + row * stride);
    g = next;
  }
  return sum + own;
}

/** The same in a lane that nets expiry by expiry: against its twin, or as minus its size. */
function sumNetted(first: usize, last: usize, lane: usize): f64 {
  const bucketOf = book.bucketOf(b);
  const stride = book.stride(b);
  const base = book.rows(b) + lane;
  const twin = book.rows(b) + (lane ^ 8);
  const isPaired = lane < book.pairs(b);
  let sum: f64 = 0;
  for (let p = first; p < last; ) {
    const g = load<i32>(bucketOf + (<usize>load<i32>(leftRows + (p << 2)) << 2));
    let own: f64 = 0;
    let other: f64 = 0;
    for (; p < last; p++) {
      const row = <usize>load<i32>(leftRows + (p << 2));
      if (load<i32>(bucketOf + (row << 2)) !== g) break;
      const q = load<f64>(left + (p << 3));
      own += q * load<f64>(base + row * stride);
      other += q * load<f64>(twin + row * stride);
    }
    sum += isPaired ? min(min(0, own), other) : -abs(own);
  }
  return sum;
}

/** What is left of a slot makes in one lane, as `sumCoin` has it; where a twin is elsewhere or factors apply it is not looked for. */
function madeIn(slot: usize, lane: usize): f64 {
  if (book.gains(b) !== 0 || lane >= book.lone(b)) return UNKNOWN;
  const first = <usize>load<u32>(slot, 4);
  const last = <usize>load<u32>(slot, 24);
  return lane < book.flat(b) ? sumFlat(first, last, lane) : sumNetted(first, last, lane);
}

/** Where a slot that is held as it is loses most on a line: jointly, and held alone by itself. */
function worstLane(slot: usize, line: usize, by: usize): usize {
  const u = <usize>load<u32>(slot);
  const row = <usize>load<u32>(slot + WAYS + ROWS_AT + (line << 2));
  if (!isJoined) return laneOf(row, line, load<f64>(slot + WAYS + LOSSES_AT + (line << 3)));
  return by === 0 ? book.standing(b) : laneAt(u, row, <usize>load<u32>(by + (u << 2)));
}

/**
 * What a slot makes without its bought options where it loses most as it is, of maintenance and initial, into its probes, and what that
 * is alone; once.
 */
export function probe(t: usize): void {
  const slot = slotOf(t);
  if (load<u32>(slot, 28) !== 0) return;
  store<u32>(slot, 1, 28);
  const seen = worstLane(slot, 0, jointSeen);
  const any = worstLane(slot, 1, jointAny);
  const made = madeIn(slot, seen);
  const madeAny = any === seen ? made : madeIn(slot, any);
  store<f64>(slot + PROBES, made);
  store<f64>(slot + PROBES, madeAny, 8);
  const standing = book.standing(b);
  store<f64>(slot + PROBES, seen < standing && sees(0, seen) ? max(0, -made) : 0, 16);
  store<f64>(slot + PROBES, max(0, -madeAny), 24);
}

/** What a slot that is held as it is makes at its place of a combination. */
// @ts-expect-error: decorator
@inline
function wholeAt(slot: usize, line: usize, by: usize): f64 {
  if (by === 0) return UNKNOWN;
  const place = <usize>load<u32>(by + (load<u32>(slot) << 2));
  return load<f64>(<usize>load<u32>(slot + WAYS + ROWS_AT + (line << 2)) + place);
}

/** What is lost at least on a line, 1e-8 dollars, without the bought options of slot `only`, or of every slot where it is `count`. Those slots are probed. */
export function lossAtLeast(line: usize, only: usize): i64 {
  if (book.retained(b) > RETAINED_MAX) return 0;
  const by = line === 0 ? jointSeen : jointAny;
  let own: f64 = 0;
  let made: f64 = 0;
  for (let t: usize = 0; t < count; t++) {
    const slot = slotOf(t);
    if (hasBought(t) && (only === count || only === t)) {
      made += load<f64>(slot + PROBES + (line << 3));
      own += load<f64>(slot + PROBES + (line << 3), 16);
    } else {
      made += wholeAt(slot, line, by);
      own += load<f64>(slot + WAYS + LOSSES_AT + (line << 3));
    }
  }
  // Held alone, a coin loses jointly what it loses by itself.
  const joint = isJoined ? max(0, -made) : own;
  const amount = (joint + book.retained(b) * (own - joint)) * SLACK * 1e8;
  return amount > 0 ? <i64>min(amount, UNITS_MAX) : 0;
}

/** Option value that initial margin credits to slots whose bought options stay; nothing is credited to the others. */
export function creditLeft(only: usize): i64 {
  if (only === count) return 0;
  let credit: f64 = 0;
  for (let t: usize = 0; t < count; t++) if (t !== only) credit += credited(slotOf(t) + WAYS);
  return owedUp(credit);
}

/** Whether a maintenance line of `least` or more may lower one of `lines`; `worth` of it has no buffer. */
export function mayLowerMaintenance(lines: usize, least: i64, worth: i64): bool {
  if (least < load<i64>(lines)) return true;
  const release = least + shareUp(least - worth, sheet.buffer(f));
  return release < max(load<i64>(lines, RELEASE), load<i64>(lines, STAYING_RELEASE));
}

/** Whether an initial line of `least` or more may lower one of `lines`, where so much is credited. */
export function mayLowerInitial(lines: usize, least: i64, credit: i64): bool {
  return least < load<i64>(lines, INITIAL) || least + credit < load<i64>(lines, STAYING_INITIAL);
}

// The lines of an account from the ways its coins are held: the worst of lanes and of windows, charges, the short-option minimum, and whatever giving up bought options
// lowers, as core/src/margin/models/grid-lines.ts has it.

import * as book from './book';
import { chargesOf, credited, unpaired } from './charges';
import { creditLeft, lossAtLeast, mayLowerInitial, mayLowerMaintenance, noteJoint, probe } from './giving';
import { jointWorst, jointWorstSeen } from './joint';
import { charged, owedUp, shareUp, within } from './ledger';
import { INITIAL, RELEASE, STAYING_INITIAL, STAYING_RELEASE } from './places';
import * as sheet from './sheet';
import { worstTails } from './tail';
import {
  answer,
  b,
  chargedWay,
  count,
  f,
  hasBought,
  isJoined,
  kept,
  LINES_BYTES,
  LOSSES_AT,
  open,
  pairs,
  picks,
  ROWS_AT,
  slotOf,
  sweepPicked,
  together,
  WAYS,
  worthAll,
  worthOf,
} from './ways';

/** Pairs of coins and rows of a line, as the sweep takes them. */
function pairUp(line: usize): void {
  for (let t: usize = 0; t < count; t++) {
    store<u32>(pairs + (t << 3), load<u32>(slotOf(t)));
    store<u32>(pairs + (t << 3), load<u32>(<usize>load<u32>(picks + (t << 2)) + ROWS_AT + (line << 2)), 4);
  }
}

/** What one set of windows says of some coins: joint and own tails, into `answer + 32` and after; the amount. */
function tailsOf(set: u32, coins: usize, many: usize): f64 {
  const single = answer + 48;
  store<u32>(single, 1);
  store<u32>(single, set, 4);
  v128.store(answer, i64x2.splat(0), 32);
  worstTails(b, single, coins, many, together, kept, answer + 32);
  const joint = load<f64>(answer, 32);
  return joint + book.retained(b) * (load<f64>(answer, 40) - joint);
}

/** What the short-option minimum adds to a line (M-25); `set` is that of the windows that ask for most, or 0 where lanes do. */
function minimums(line: usize, set: u32): i64 {
  const rate = sheet.shortMinimum(f, line);
  let sum: i64 = 0;
  for (let t: usize = 0; t < count; t++) {
    const way = <usize>load<u32>(picks + (t << 2));
    const least = unpaired(way) * sheet.index(sheet.coin(f, <usize>load<u32>(slotOf(t)))) * rate;
    if (!(least > 0)) continue;
    let loss = load<f64>(way + LOSSES_AT + (line << 3));
    if (set !== 0) {
      tailsOf(set, pairs + (t << 3), 1);
      loss = load<f64>(answer, 40);
    }
    sum += charged(min(least - loss, least));
  }
  return sum;
}

/** A line of the ways that are picked; `pairs` are those of the line, `worth` what is given up. */
function lineOf(line: usize, joint: f64, worth: i64): i64 {
  let ownSum: f64 = 0;
  let charges: i64 = worth;
  for (let t: usize = 0; t < count; t++) {
    const way = <usize>load<u32>(picks + (t << 2));
    ownSum += load<f64>(way + LOSSES_AT + (line << 3));
    charges += chargesOf(way, line);
    within(charges);
  }
  // What one coin alone moves is lost together as it is lost alone.
  const jointly = isJoined ? joint : ownSum;
  let most = jointly + book.retained(b) * (ownSum - jointly);
  let worst: u32 = 0;
  const sets = book.sets(b, line);
  for (let k: usize = 1, n = <usize>load<u32>(sets); k <= n; k++) {
    const set = load<u32>(sets + (k << 2));
    const amount = tailsOf(set, pairs, count);
    if (!(amount > most)) continue;
    most = amount;
    worst = set;
  }
  return within(owedUp(most) + within(charges + minimums(line, worst)));
}

/** Whether every slot is held as it is. What is given up may be worth nothing, so that worth alone does not tell. */
function isAsItIs(): bool {
  for (let t: usize = 0; t < count; t++) {
    if (<usize>load<u32>(picks + (t << 2)) !== slotOf(t) + WAYS) return false;
  }
  return true;
}

/** The joint loss of a line of the ways that are picked, into `answer` where there is any; of initial too where rows are the same. */
function joinUp(line: usize, worth: i64, isShared: bool): void {
  pairUp(line);
  if (!isJoined) return;
  if (isShared) jointWorst(b, pairs, count, answer);
  else jointWorstSeen(b, pairs, count, answer);
  if (worth === 0 && isAsItIs()) noteJoint(line);
}

/** Whether any coin's row differs between the lines. */
function isSplit(): bool {
  for (let t: usize = 0; t < count; t++) {
    const at = <usize>load<u32>(picks + (t << 2)) + ROWS_AT;
    if (load<u32>(at) !== load<u32>(at, 4)) return true;
  }
  return false;
}

/** Each amount of `lines` the smaller of itself and that of the ways that are picked, of the lines that are wanted. */
function lower(lines: usize, worth: i64, wantsMaintenance: bool, wantsInitial: bool): void {
  let jointInitial: f64 = 0;
  // Where rows are the same, one look at their joint moves serves both lines.
  const isShared = wantsInitial && !isSplit();
  if (wantsMaintenance) {
    joinUp(0, worth, isShared);
    jointInitial = load<f64>(answer, 16);
    const maintenance = lineOf(0, load<f64>(answer), worth);
    const release = within(maintenance + shareUp(maintenance - worth, sheet.buffer(f)));
    least(lines, maintenance);
    least(lines + RELEASE, release);
    least(lines + STAYING_RELEASE, release);
  }
  if (!wantsInitial) return;
  if (!wantsMaintenance || !isShared) {
    joinUp(1, worth, true);
    jointInitial = load<f64>(answer, 16);
  }
  const initial = lineOf(1, jointInitial, worth);
  let credit: f64 = 0;
  for (let t: usize = 0; t < count; t++) credit += credited(<usize>load<u32>(picks + (t << 2)));
  least(lines + INITIAL, initial);
  least(lines + STAYING_INITIAL, within(initial + owedUp(credit)));
}

// @ts-expect-error: decorator
@inline
function least(at: usize, amount: i64): void {
  if (amount < load<i64>(at)) store<i64>(at, amount);
}

/** Whether bought options of a slot are given up: of slot `only`, or of every slot where it is `count`. */
// @ts-expect-error: decorator
@inline
function isGiven(t: usize, only: usize): bool {
  return hasBought(t) && (only === count || only === t);
}

/** The lines with the bought options of slot `only` given up, or of every slot where it is `count`; tried where that may ask for less. */
function giveUp(lines: usize, only: usize): void {
  const owed = owedUp(only === count ? worthAll : worthOf(only));
  const isNoLess = owed >= load<i64>(lines, RELEASE) && owed >= load<i64>(lines, STAYING_INITIAL);
  // A line is never less than the worth of what was given up for it.
  if (owed > 0 && isNoLess) return;
  // Nor less than what is lost without it in the lanes that hurt most with it, first without charges and then with them.
  for (let t: usize = 0; t < count; t++) if (isGiven(t, only)) probe(t);
  let maintenance = owed + lossAtLeast(0, only);
  let initial = owed + lossAtLeast(1, only);
  const credit = creditLeft(only);
  if (!mayLowerMaintenance(lines, maintenance, owed) && !mayLowerInitial(lines, initial, credit)) return;
  for (let t: usize = 0; t < count; t++) {
    const way = isGiven(t, only) ? chargedWay(t) : slotOf(t) + WAYS;
    store<u32>(picks + (t << 2), <u32>way);
    maintenance += chargesOf(way, 0);
    initial += chargesOf(way, 1);
  }
  const wantsMaintenance = mayLowerMaintenance(lines, maintenance, owed);
  const wantsInitial = mayLowerInitial(lines, initial, credit);
  if (!wantsMaintenance && !wantsInitial) return;
  for (let t: usize = 0; t < count; t++) sweepPicked(t);
  lower(lines, owed, wantsMaintenance, wantsInitial);
}

/** The least lines of some positions over what may be given up, into `lines`. */
export function judge(at: usize, from: usize, positions: usize, lines: usize): void {
  const bought = open(at, from, positions);
  for (let k: usize = 0; k < LINES_BYTES; k += 8) store<i64>(lines + k, i64.MAX_VALUE);
  lower(lines, 0, true, true);
  if (bought === 0) return;
  for (let t: usize = 0; t < count; t++) if (hasBought(t)) giveUp(lines, t);
  if (bought > 1) giveUp(lines, count);
}

// Figures of a crowd: every account without open orders judged whole, to the unit what `assess` in core says.

import { asked, ask, clear, creditDown, owedUp } from './ledger';
import { judge } from './lines';
import { INITIAL, RELEASE, STAYING_INITIAL, STAYING_RELEASE } from './places';
import * as sheet from './sheet';
import { answer, f, furnish, LINES_BYTES, restQuantities, restRows } from './ways';

/** Positions that outlive their settlement window, copied; how many, or -1 where only the model knows. */
function outlive(at: usize, from: usize, positions: usize): i32 {
  let left: i32 = 0;
  for (let p: usize = 0; p < positions; p++) {
    const row = load<i32>(at + (p << 2));
    const kinds = sheet.kinds(sheet.record(f, <usize>row));
    if ((kinds & sheet.EXPIRED) !== 0) return -1;
    if ((kinds & sheet.EXPIRING) !== 0) continue;
    store<i32>(restRows + (<usize>left << 2), row);
    store<f64>(restQuantities + (<usize>left << 3), load<f64>(from + (p << 3)));
    left++;
  }
  return left;
}

/** Lines of an account: with and without what is about to expire, whichever asks for more. */
function linesOf(at: usize, from: usize, positions: usize, lines: usize): void {
  const left = outlive(at, from, positions);
  if (left < 0) return ask();
  judge(at, from, positions, lines);
  if (<usize>left === positions) return;
  const rest = lines + LINES_BYTES;
  judge(restRows, restQuantities, <usize>left, rest);
  for (let k: usize = 0; k < LINES_BYTES; k += 8) store<i64>(lines + k, max(load<i64>(lines + k), load<i64>(rest + k)));
}

function equityOf(at: usize, from: usize, positions: usize): i64 {
  let equity: f64 = 0;
  for (let p: usize = 0; p < positions; p++) {
    equity += load<f64>(from + (p << 3)) * sheet.value(sheet.record(f, <usize>load<i32>(at + (p << 2))));
  }
  return creditDown(equity);
}

/**
 * Figures of some accounts, named as in `sweepTree`, of a book at `bookAt` with its charges at `charges`. `unsettled` is f64 by account. Into columns of `each` bytes at `out`:
 * equity, maintenance, release, initial, locked (i64 by account), and after them whether only the model knows (u8).
 */
export function judgeCrowd(
  bookAt: usize,
  charges: usize,
  list: usize,
  from: i32,
  to: i32,
  span: usize,
  rowsAt: usize,
  quantitiesAt: usize,
  unsettled: usize,
  scratch: usize,
  out: usize,
  each: usize,
): void {
  furnish(bookAt, charges, scratch);
  const lines = answer + 64;
  for (let k = <usize>from; k < <usize>to; k++) {
    const i = list === 0 ? k : <usize>load<i32>(list + (k << 2));
    const first = <usize>load<i32>(span + (i << 3));
    const positions = <usize>load<i32>(span + (i << 3), 4) - first;
    const at = rowsAt + (first << 2);
    const held = quantitiesAt + (first << 3);
    clear();
    linesOf(at, held, positions, lines);
    const maintenance = load<i64>(lines);
    const release = max(maintenance, load<i64>(lines, RELEASE));
    const initial = max(release, load<i64>(lines, INITIAL));
    const staying = max(load<i64>(lines, STAYING_INITIAL), load<i64>(lines, STAYING_RELEASE)) - initial;
    const own = out + (i << 3);
    store<i64>(own, equityOf(at, held, positions));
    store<i64>(own + each, maintenance);
    store<i64>(own + 2 * each, release);
    store<i64>(own + 3 * each, initial);
    store<i64>(own + 4 * each, owedUp(max(0, load<f64>(unsettled + (i << 3)))) + max(0, staying));
    store<u8>(out + 5 * each + i, asked() ? 1 : 0);
  }
}

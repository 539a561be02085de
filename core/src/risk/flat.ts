// The two loops that must never wait: a crowd through lanes without netting between expiries, and one account's check before an order. Bodies in
// TypeScript; WebAssembly has the same.

import { assert } from '../base/index.ts';
import type { RiskBook } from './book.ts';
import type { Crowd } from './crowd.ts';

/**
 * The plain sweep: `out[2 i]` and `out[2 i + 1]` become the worst losses of account `i`, over the lanes that maintenance sees (`seen[s]` is 1) and over all, each
 * position added to every lane in order of row, coins together in the same lane; dollars, at least zero. What a screen or a bound wants; requirements
 * come from the tree (`CrowdBody`). O(positions x lanes).
 * @example sweepPlain(crowd, book, plan.seen.maintenance, 0, crowd.count, out)
 */
export function sweepPlain(
  { start, rows, quantities }: Crowd,
  risk: Pick<RiskBook, 'rows' | 'stride'>,
  seen: Uint8Array,
  from: number,
  to: number,
  out: Float64Array,
): void {
  assert(out.length >= 2 * to, 'there is room for every account');
  const { stride, rows: cells } = risk;
  const pnl = new Float64Array(seen.length);
  for (let i = from; i < to; i++) {
    pnl.fill(0);
    for (let p = start[i]!; p < start[i + 1]!; p++) {
      const at = rows[p]! * stride;
      const quantity = quantities[p]!;
      for (let s = 0; s < pnl.length; s++) pnl[s]! += quantity * cells[at + s]!;
    }
    let [worst, all] = [0, 0];
    for (let s = 0; s < pnl.length; s++) {
      const loss = -pnl[s]!;
      if (loss > all) all = loss;
      if (loss > worst && seen[s] === 1) worst = loss;
    }
    out[2 * i] = worst;
    out[2 * i + 1] = all;
  }
}

/** What an order would add: of one row of a book a quantity, and dollars gained or lost at once. */
export interface OrderColumns {
  readonly rows: ArrayLike<number>;
  readonly quantities: ArrayLike<number>;
  readonly jumps: ArrayLike<number>;
}

/**
 * The least that is left in any lane when every order fills where that hurts: `min_s (pnl[s] + sum_o min(0, q_o R_o[s] + jump_o))`, orders in their
 * sequence (M-34). Exact where one coin's expiries net by sum; dollars. O(lanes) an order.
 * @example worstAfterFills(book, pnl, orders) // -1250.5
 */
export function worstAfterFills(
  { rows: risks, stride }: Pick<RiskBook, 'rows' | 'stride'>,
  pnl: Float64Array,
  { rows, quantities, jumps }: OrderColumns,
): number {
  const left = pnl.slice();
  for (let o = 0; o < rows.length; o++) {
    const at = rows[o]! * stride;
    const quantity = quantities[o]!;
    const jump = jumps[o]!;
    for (let s = 0; s < left.length; s++) {
      const fill = quantity * risks[at + s]! + jump;
      // What is lost, or nothing; a branch would be guessed wrong half the time.
      left[s]! += 0.5 * (fill - Math.abs(fill));
    }
  }
  let low = Number.POSITIVE_INFINITY;
  for (let s = 0; s < left.length; s++) if (left[s]! < low) low = left[s]!;
  return low;
}

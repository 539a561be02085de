// The flat loops in WebAssembly: rows of an expiry, the plain sweep, and the check before an order.

import { type Crowd, isRefusal, type OrderColumns, type Refusal, type RiskBook } from '@plimsoll/core';
import { layCrowd } from './crowd.ts';
import type { Kernel } from './kernel.ts';

/** Risk arrays in the kernel's memory: `stride` lanes a row. */
export interface LaidRows {
  readonly at: number;
  readonly stride: number;
}

/** Copies the rows of a book into the kernel's memory. @example layRows(kernel, book) */
export function layRows(
  { arena }: Kernel,
  { rows, stride }: Pick<RiskBook, 'rows' | 'stride'>,
): LaidRows | Refusal {
  const at = arena.take(Math.max(8, rows.byteLength));
  if (isRefusal(at)) return at;
  new Float64Array(arena.memory.buffer, at, rows.length).set(rows);
  return { at, stride };
}

/** Sweeps some accounts of a crowd that is kept; two numbers an account, a view that the next sweep writes over. */
export type KeptSweep = (from: number, to: number) => Float64Array;

/** The plain sweep of a book. */
export interface PlainSweep {
  /** As core's `sweepPlain`; the crowd is copied in for this once. */
  readonly sweep: (crowd: Crowd, from: number, to: number, out: Float64Array) => Refusal | undefined;
  /** Copies a crowd in for as long as the kernel lives. */
  readonly keep: (crowd: Crowd) => KeptSweep | Refusal;
}

/**
 * The plain sweep of core's `sweepPlain`, the same bits. `seen` says which lanes maintenance sees.
 * @example plainSweep(kernel, laid, seen).sweep(crowd, 0, crowd.count, out)
 */
export function plainSweep(
  { arena, run }: Kernel,
  { at, stride }: LaidRows,
  seen: Uint8Array,
): PlainSweep | Refusal {
  const unseen = arena.take(8 * stride);
  if (isRefusal(unseen)) return unseen;
  const mask = new Float64Array(arena.memory.buffer, unseen, stride);
  for (let s = 0; s < stride; s++)
    mask[s] = seen[s] === 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const keep = (crowd: Crowd): KeptSweep | Refusal => {
    const laid = layCrowd(crowd, arena);
    if (isRefusal(laid)) return laid;
    const out = new Float64Array(arena.memory.buffer, laid.out, 2 * crowd.count);
    return (from, to) => {
      run.sweepPlain(from, to, laid.span, laid.rows, laid.quantities, at, 8 * stride, unseen, laid.out);
      return out;
    };
  };
  return {
    keep,
    sweep(crowd, from, to, out) {
      const before = arena.used;
      const kept = keep(crowd);
      if (isRefusal(kept)) return kept;
      out.set(kept(from, to).subarray(2 * from, 2 * to), 2 * from);
      arena.release(before);
      return undefined;
    },
  };
}

/** Bytes of an order in the kernel's list. */
const ORDER = 24;
/** Open orders of one check. */
export const ORDERS_MAX = 4_096;

/** A profit row that is kept, and a check of orders against it. */
export interface OrderCheck {
  /** The account's profit in every lane; padding is infinite, so that it is never the least. */
  readonly pnl: Float64Array;
  /** As core's `worstAfterFills`; at most `ORDERS_MAX` orders. */
  readonly worst: (orders: OrderColumns) => number;
}

/**
 * Core's `worstAfterFills`, the same bits. Write the account's profits into `pnl`, then ask as often as orders come.
 * @example const check = orderCheck(kernel, laid, lanes); check.pnl.set(profits); check.worst(orders)
 */
export function orderCheck(
  { arena, run }: Kernel,
  { at, stride }: LaidRows,
  lanes: number,
): OrderCheck | Refusal {
  const [pnlAt, list] = [arena.take(8 * stride), arena.take(ORDER * ORDERS_MAX)];
  if (isRefusal(pnlAt)) return pnlAt;
  if (isRefusal(list)) return list;
  const whole = new Float64Array(arena.memory.buffer, pnlAt, stride).fill(Number.POSITIVE_INFINITY);
  const places = new Uint32Array(arena.memory.buffer, list, (ORDER / 4) * ORDERS_MAX);
  const numbers = new Float64Array(arena.memory.buffer, list, (ORDER / 8) * ORDERS_MAX);
  const bytes = 8 * stride;
  return {
    pnl: whole.subarray(0, lanes),
    worst({ rows, quantities, jumps }) {
      const count = Math.min(rows.length, ORDERS_MAX);
      for (let o = 0; o < count; o++) {
        places[6 * o] = at + rows[o]! * stride * 8;
        numbers[3 * o + 1] = quantities[o]!;
        numbers[3 * o + 2] = jumps[o]!;
      }
      return run.checkOrders(pnlAt, bytes, list, count);
    },
  };
}

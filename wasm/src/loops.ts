// The flat loops in WebAssembly: rows of an expiry, the plain sweep, and the check before an order.

import {
  type Crowd,
  doubtCrowd,
  doubtRange,
  HELD_MAX,
  isRefusal,
  type OrderColumns,
  type Refusal,
  type RiskBook,
  refuse,
} from '@plimsoll/core';
import { type LaidCrowd, layCrowd } from './crowd.ts';
import type { Kernel } from './kernel.ts';
import type { Arena } from './memory.ts';

/** Risk arrays in the kernel's memory: `count` rows of `stride` lanes. */
export interface LaidRows {
  readonly at: number;
  readonly count: number;
  readonly stride: number;
}

/** Larger cells times quantities may be no number. */
export const CELL_MAX = 1e200;

/** Copies the rows of a book into the kernel's memory. Refuses a cell that is no number. @example layRows(kernel, book) */
export function layRows(
  { arena }: Kernel,
  { rows, stride }: Pick<RiskBook, 'rows' | 'stride'>,
): LaidRows | Refusal {
  const broken = rows.findIndex((cell) => !(Math.abs(cell) <= CELL_MAX));
  if (broken >= 0)
    return refuse(
      'out-of-range',
      'a cell of it is no number; build the book again.',
      `row ${Math.floor(broken / stride)}`,
    );
  const at = arena.take(Math.max(8, rows.byteLength));
  if (isRefusal(at)) return at;
  new Float64Array(arena.memory.buffer, at, rows.length).set(rows);
  return { at, count: rows.length / stride, stride };
}

/** Sweeps some accounts of a crowd that is kept, those of them that there are; two numbers an account, a view that the next sweep writes over. */
export type KeptSweep = (from: number, to: number) => Float64Array;

/** The plain sweep of a book. */
export interface PlainSweep {
  /** As core's `sweepPlain`; the crowd is copied in for this once. */
  readonly sweep: (crowd: Crowd, from: number, to: number, out: Float64Array) => Refusal | undefined;
  /** Copies a crowd in for as long as the kernel lives. */
  readonly keep: (crowd: Crowd) => KeptSweep | Refusal;
}

/** Sweeps of crowds over so many rows by one loop of the kernel, which writes two numbers an account. */
export function keptSweeps(
  arena: Arena,
  rows: number,
  swept: (from: number, to: number, laid: LaidCrowd) => void,
): PlainSweep {
  const keep = (crowd: Crowd): KeptSweep | Refusal => {
    const wrong = doubtCrowd(crowd, { products: { length: rows } });
    if (wrong !== undefined) return wrong;
    const laid = layCrowd(crowd, arena);
    if (isRefusal(laid)) return laid;
    const out = new Float64Array(arena.memory.buffer, laid.out, 2 * crowd.count);
    return (from, to) => {
      swept(Math.max(0, from), Math.min(to, crowd.count), laid);
      return out;
    };
  };
  return {
    keep,
    sweep(crowd, from, to, out) {
      const wrong = doubtRange(crowd, from, to, out.length, 2);
      if (wrong !== undefined) return wrong;
      const before = arena.used;
      const kept = keep(crowd);
      if (isRefusal(kept)) {
        arena.release(before);
        return kept;
      }
      out.set(kept(from, to).subarray(2 * from, 2 * to), 2 * from);
      arena.release(before);
      return undefined;
    },
  };
}

/** Where a row of infinities is laid: minus infinity for a lane that maintenance sees, infinity for others. */
export function unseenOf(arena: Arena, stride: number, seen: Uint8Array): number | Refusal {
  const at = arena.take(8 * stride);
  if (isRefusal(at)) return at;
  const mask = new Float64Array(arena.memory.buffer, at, stride);
  for (let s = 0; s < stride; s++)
    mask[s] = seen[s] === 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return at;
}

/**
 * The plain sweep of core's `sweepPlain`, the same bits. `seen` says which lanes maintenance sees.
 * @example plainSweep(kernel, laid, seen).sweep(crowd, 0, crowd.count, out)
 */
export function plainSweep(
  { arena, run }: Kernel,
  { at, count, stride }: LaidRows,
  seen: Uint8Array,
): PlainSweep | Refusal {
  const unseen = unseenOf(arena, stride, seen);
  if (isRefusal(unseen)) return unseen;
  return keptSweeps(arena, count, (from, to, { span, rows, quantities, out }) =>
    run.sweepPlain(from, to, span, rows, quantities, at, 8 * stride, unseen, out),
  );
}

/** Bytes of an order in the kernel's list. */
const ORDER = 24;
/** Open orders of one check. */
export const ORDERS_MAX = 4_096;

/** A profit row that is kept, and a check of orders against it. */
export interface OrderCheck {
  /** Keeps the account's profit in every lane. Refuses what is no number and another count of lanes; the profits kept before then stand. */
  readonly keep: (pnl: Float64Array) => Refusal | undefined;
  /** As core's `worstAfterFills`. Refuses more than `ORDERS_MAX` orders, a row that there is not, and numbers that are none. */
  readonly worst: (orders: OrderColumns) => number | Refusal;
}

/** What is wrong with an order of a check. */
function doubtOrder({ rows, quantities, jumps }: OrderColumns, o: number, count: number): Refusal {
  const row = rows[o]!;
  const where = `order ${o}`;
  if (!(Number.isInteger(row) && row >= 0 && row < count))
    return refuse('out-of-range', `it is of row ${row}; there are ${count}.`, where);
  return refuse(
    'malformed',
    `its quantity is ${quantities[o]} and its jump ${jumps[o]}; both must be numbers.`,
    where,
  );
}

/**
 * Core's `worstAfterFills`, the same bits. Keep the account's profits, then ask as often as orders come.
 * @example const check = orderCheck(kernel, laid, lanes); check.keep(profits); check.worst(orders)
 */
export function orderCheck(
  { arena, run }: Kernel,
  { at, count: rowCount, stride }: LaidRows,
  lanes: number,
): OrderCheck | Refusal {
  if (!(Number.isInteger(lanes) && lanes >= 1 && lanes <= stride))
    return refuse(
      'out-of-range',
      `rows have room for ${stride} lanes, and ${lanes} are asked for.`,
      'the check',
    );
  const [pnlAt, list] = [arena.take(8 * stride), arena.take(ORDER * ORDERS_MAX)];
  if (isRefusal(pnlAt)) return pnlAt;
  if (isRefusal(list)) return list;
  const whole = new Float64Array(arena.memory.buffer, pnlAt, stride).fill(Number.POSITIVE_INFINITY);
  const places = new Uint32Array(arena.memory.buffer, list, (ORDER / 4) * ORDERS_MAX);
  const numbers = new Float64Array(arena.memory.buffer, list, (ORDER / 8) * ORDERS_MAX);
  const bytes = 8 * stride;
  return {
    keep(pnl) {
      if (pnl.length !== lanes)
        return refuse('malformed', `it has ${pnl.length} lanes and not ${lanes}.`, 'the profits');
      const broken = pnl.findIndex((profit) => !Number.isFinite(profit));
      if (broken >= 0) return refuse('malformed', `in lane ${broken} it is no number.`, 'the profits');
      whole.set(pnl);
      return undefined;
    },
    worst(orders) {
      const { rows, quantities, jumps } = orders;
      const count = rows.length;
      if (count > ORDERS_MAX)
        return refuse('too-large', `${count} orders are open; a check takes ${ORDERS_MAX}.`, 'the check');
      for (let o = 0; o < count; o++) {
        const row = rows[o]!;
        const quantity = quantities[o]!;
        const jump = jumps[o]!;
        // A difference of a number and itself is zero, of anything else none.
        const isNumber = Math.abs(quantity) <= HELD_MAX && jump - jump === 0;
        if (!((row | 0) === row && row >= 0 && row < rowCount && isNumber))
          return doubtOrder(orders, o, rowCount);
        places[6 * o] = at + row * bytes;
        numbers[3 * o + 1] = quantity;
        numbers[3 * o + 2] = jump;
      }
      return run.checkOrders(pnlAt, bytes, list, count);
    },
  };
}

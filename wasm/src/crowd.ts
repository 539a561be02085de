// Crowds through the kernel: the contract of core, on one thread.

import {
  CROWD_NUMBERS,
  type Crowd,
  type CrowdBook,
  type CrowdSweep,
  doubtCrowd,
  doubtRange,
  isRefusal,
  type Refusal,
} from '@plimsoll/core';
import type { Kernel } from './kernel.ts';
import { layOut } from './layout.ts';
import type { Arena } from './memory.ts';

/** Where a crowd's columns are. */
export interface LaidCrowd {
  readonly span: number;
  readonly rows: number;
  readonly quantities: number;
  readonly out: number;
}

/** Copies the columns of a crowd into a memory, with room for what a sweep answers. */
export function layCrowd({ count, start, rows, quantities }: Crowd, arena: Arena): LaidCrowd | Refusal {
  const positions = start[count]!;
  const places = [8 * count, 4 * positions, 8 * positions, 8 * CROWD_NUMBERS * count].map((bytes) =>
    arena.take(Math.max(8, bytes)),
  );
  const refusal = places.find(isRefusal);
  if (refusal !== undefined) return refusal;
  const [at, rowsAt, quantitiesAt, out] = places as [number, number, number, number];
  const { buffer } = arena.memory;
  const span = new Int32Array(buffer, at, 2 * count);
  for (let i = 0; i < count; i++) {
    span[2 * i] = start[i]!;
    span[2 * i + 1] = start[i + 1]!;
  }
  new Int32Array(buffer, rowsAt, positions).set(rows.subarray(0, positions));
  new Float64Array(buffer, quantitiesAt, positions).set(quantities.subarray(0, positions));
  return { span: at, rows: rowsAt, quantities: quantitiesAt, out };
}

/**
 * A body of the crowd contract in WebAssembly. The crowd is copied in for every sweep; who sweeps the same crowd tick after tick keeps it in a
 * `Pool`.
 * @example const sweepCrowd = wasmBody(kernel)(book)
 */
export const wasmBody =
  ({ run, arena }: Kernel) =>
  (book: CrowdBook): CrowdSweep | Refusal => {
    const mark = arena.used;
    const laid = layOut(book, arena);
    const scratch = isRefusal(laid) ? laid : arena.take(laid.scratch);
    if (isRefusal(laid) || isRefusal(scratch)) {
      arena.release(mark);
      return isRefusal(laid) ? laid : (scratch as Refusal);
    }
    return (crowd, from, to, out) => {
      const wrong = doubtCrowd(crowd, book.risk) ?? doubtRange(crowd, from, to, out.length, CROWD_NUMBERS);
      if (wrong !== undefined) return wrong;
      const before = arena.used;
      const columns = layCrowd(crowd, arena);
      if (isRefusal(columns)) {
        arena.release(before);
        return columns;
      }
      run.sweepTree(
        laid.at,
        0,
        from,
        to,
        columns.span,
        columns.rows,
        columns.quantities,
        scratch,
        columns.out,
      );
      const answered = new Float64Array(arena.memory.buffer, columns.out, CROWD_NUMBERS * to);
      out.set(answered.subarray(CROWD_NUMBERS * from), CROWD_NUMBERS * from);
      arena.release(before);
      return undefined;
    };
  };

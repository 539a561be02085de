// Figures of crowds through the kernel: the contract of core, on one thread.

import {
  type CrowdAccounts,
  type CrowdFigures,
  chargeSheet,
  doubtFigures,
  type FiguresBody,
  type GridBook,
  isRefusal,
  type Refusal,
} from '@plimsoll/core';
import type { Kernel } from './kernel.ts';
import { layOut } from './layout.ts';
import type { Arena } from './memory.ts';
import type { ProductBytes } from './moved.ts';
import { laySheet } from './sheet.ts';

/** A book and its charges in a memory. */
export interface LaidFigures {
  readonly book: number;
  readonly charges: number;
  /** Bytes that judging needs beside it. */
  readonly scratch: number;
  readonly rows: ProductBytes;
}

/**
 * Lays a book out for whole requirements. Refuses what the sweep refuses, packed books, and what does not fit.
 * @example layFigures(book, arena)
 */
export function layFigures(book: GridBook, arena: Arena): LaidFigures | Refusal {
  const sheet = chargeSheet(book);
  if (isRefusal(sheet)) return sheet;
  const laid = layOut(book, arena);
  if (isRefusal(laid)) return laid;
  const charges = laySheet(sheet, laid, arena);
  if (isRefusal(charges)) return charges;
  return { book: laid.at, charges: charges.at, scratch: charges.scratch, rows: laid.rows };
}

/** Accounts that are copied in at once, so that a crowd of any size needs little room. */
const BLOCK = 4_096;
/** Bytes of an account's figures: five amounts, and whether the model is to be asked. */
export const FIGURES_BYTES = 41;

/** Figures in a memory, `each` bytes a column, as views. @example figuresAt(buffer, out, 8 * accounts, count).equity */
export function figuresAt(buffer: ArrayBufferLike, out: number, each: number, count: number): CrowdFigures {
  const column = (k: number) => new BigInt64Array(buffer, out + k * each, count);
  return {
    equity: column(0),
    maintenance: column(1),
    release: column(2),
    initial: column(3),
    locked: column(4),
    asked: new Uint8Array(buffer, out + 5 * each, count),
  };
}

/** Columns that whole requirements of kept accounts are in, by account. */
export interface FigureColumns {
  readonly unsettled: number;
  readonly out: number;
  /** Bytes of a column of amounts. */
  readonly each: number;
}

/** Room for what figures need of every account, all zero. @example figureColumns(arena, 1_000) */
export function figureColumns(arena: Arena, accounts: number): FigureColumns | Refusal {
  const each = 8 * accounts;
  const [unsettled, out] = [arena.take(each), arena.take(FIGURES_BYTES * accounts)];
  if (isRefusal(unsettled)) return unsettled;
  if (isRefusal(out)) return out;
  new Float64Array(arena.memory.buffer, unsettled, accounts).fill(0);
  new Uint8Array(arena.memory.buffer, out, FIGURES_BYTES * accounts).fill(0);
  return { unsettled, out, each };
}

/** Where a block of accounts is copied to, and where its figures are. */
interface LaidBlock {
  readonly span: number;
  readonly rows: number;
  readonly quantities: number;
  readonly unsettled: number;
  readonly out: number;
}

/** Room for any block of the accounts `from .. to - 1`, before any of them is judged. */
function blockRoom({ start }: CrowdAccounts, from: number, to: number, arena: Arena): LaidBlock | Refusal {
  let positions = 0;
  for (let at = from; at < to; at += BLOCK) {
    positions = Math.max(positions, start[Math.min(to, at + BLOCK)]! - start[at]!);
  }
  const count = Math.min(BLOCK, to - from);
  const sizes = [8 * count, 4 * positions, 8 * positions, 8 * count, FIGURES_BYTES * count];
  const places = sizes.map((bytes) => arena.take(Math.max(8, bytes)));
  const refusal = places.find(isRefusal);
  if (refusal !== undefined) return refusal;
  const [span, rows, quantities, unsettled, out] = places as [number, number, number, number, number];
  return { span, rows, quantities, unsettled, out };
}

/** Judges the accounts `from .. to - 1` of a crowd, copied in, and copies their figures out. */
function judgeBlock(
  { run, arena }: Kernel,
  laid: LaidFigures & { readonly scratchAt: number },
  block: LaidBlock,
  crowd: CrowdAccounts,
  [from, to]: readonly [number, number],
  out: CrowdFigures,
): void {
  const [first, end] = [crowd.start[from]!, crowd.start[to]!];
  const count = to - from;
  const { buffer } = arena.memory;
  const span = new Int32Array(buffer, block.span, 2 * count);
  for (let i = 0; i < count; i++) {
    span[2 * i] = crowd.start[from + i]! - first;
    span[2 * i + 1] = crowd.start[from + i + 1]! - first;
  }
  new Int32Array(buffer, block.rows, end - first).set(crowd.rows.subarray(first, end));
  new Float64Array(buffer, block.quantities, end - first).set(crowd.quantities.subarray(first, end));
  new Float64Array(buffer, block.unsettled, count).set(crowd.unsettled.subarray(from, to));
  const each = 8 * count;
  run.judgeCrowd(
    laid.book,
    laid.charges,
    0,
    0,
    count,
    block.span,
    block.rows,
    block.quantities,
    block.unsettled,
    laid.scratchAt,
    block.out,
    each,
  );
  const own = figuresAt(buffer, block.out, each, count);
  out.equity.set(own.equity, from);
  out.maintenance.set(own.maintenance, from);
  out.release.set(own.release, from);
  out.initial.set(own.initial, from);
  out.locked.set(own.locked, from);
  out.asked.set(own.asked, from);
}

/**
 * A body of the figures of crowds in WebAssembly. One book at a time is in the kernel's memory: a sweep of another lays that out again, so that books may follow
 * each other market after market. Asked are accounts of more than ten thousand million dollars and those that hold what has expired.
 * @example const judge = grid.figures(wasmFigures(kernel), book)
 */
export function wasmFigures(kernel: Kernel): FiguresBody {
  const { arena } = kernel;
  let kept:
    | { readonly of: GridBook; readonly laid: LaidFigures & { scratchAt: number }; readonly end: number }
    | undefined;
  let mark = arena.used;
  const lay = (book: GridBook) => {
    if (kept?.of === book) return kept.laid;
    // What somebody else has taken since then is not let go of.
    if (kept !== undefined && arena.used === kept.end) arena.release(mark);
    kept = undefined;
    mark = arena.used;
    const laid = layFigures(book, arena);
    const scratchAt = isRefusal(laid) ? laid : arena.take(laid.scratch);
    if (isRefusal(laid) || isRefusal(scratchAt)) {
      arena.release(mark);
      return isRefusal(laid) ? laid : (scratchAt as Refusal);
    }
    kept = { of: book, laid: { ...laid, scratchAt }, end: arena.used };
    return kept.laid;
  };
  return (book) => {
    const wrong = lay(book);
    if (isRefusal(wrong)) return wrong;
    return (crowd, from, to, out) => {
      const doubt = doubtFigures(crowd, book.risk, from, to, out);
      if (doubt !== undefined) return doubt;
      const laid = lay(book);
      if (isRefusal(laid)) return laid;
      const before = arena.used;
      const block = blockRoom(crowd, from, to, arena);
      if (!isRefusal(block)) {
        for (let at = from; at < to; at += BLOCK) {
          judgeBlock(kernel, laid, block, crowd, [at, Math.min(to, at + BLOCK)], out);
        }
      }
      arena.release(before);
      return isRefusal(block) ? block : undefined;
    };
  };
}

// The charges of a book as the kernel reads them: a record of every row, bucket and coin, and a descriptor that says where they are (`assembly/sheet.ts`).

import { type ChargeSheet, isRefusal, type Refusal, refuse } from '@plimsoll/core';
import type { LaidOut } from './layout.ts';
import type { Arena } from './memory.ts';

/** Bytes of a row's record: nine numbers, its chain, its kind. */
const RECORD = 80;
/** Bytes of the descriptor: four words, five numbers. */
const DESCRIPTOR = 56;
/** Bytes of a coin's slot, of small answers and of the lines of both passes, as `assembly/figures.ts` has them. */
const SLOT = 224;
const ANSWERS = 64 + 2 * 48;
/** A larger buffer times the largest amount would not fit into 64 bits; millionths. */
const BUFFER_MAX = 8_000_000n;

const vectors = (bytes: number) => 16 * Math.ceil(bytes / 16);

/** Charges in the kernel's memory. */
export interface LaidSheet {
  /** The descriptor's address. */
  readonly at: number;
  /** Bytes that judging needs beside it. */
  readonly scratch: number;
}

function putRecords(view: DataView, at: number, sheet: ChargeSheet): void {
  const { value, delta, vega, spread, fee, confidence, sale, sold, distance, chain, kinds } = sheet;
  const numbers = [value, delta, vega, spread, fee, confidence, sale, sold, distance];
  for (let row = 0; row < value.length; row++) {
    const own = at + row * RECORD;
    numbers.forEach((column, k) => {
      view.setFloat64(own + 8 * k, column[row]!, true);
    });
    view.setInt32(own + 72, chain[row]!, true);
    view.setUint32(own + 76, kinds[row]!, true);
  }
}

/** Whatever is no number would be charged as nothing; infinity is where a bend is beyond all balances. */
function doubtSheet(sheet: ChargeSheet): Refusal | undefined {
  const { value, delta, vega, spread, fee, confidence, sale, sold, basis, coins } = sheet;
  const isWrong = [value, delta, vega, spread, fee, confidence, sale, sold, basis, coins].some((column) =>
    column.some(Number.isNaN),
  );
  if (isWrong)
    return refuse('out-of-range', 'one of its charges is no number; build the book again.', 'the kernel');
  if (sheet.buffer >= 0n && sheet.buffer <= BUFFER_MAX) return undefined;
  const message = `its release buffer is beyond ${Number(BUFFER_MAX) / 1e6}; use the body in TypeScript.`;
  return refuse('not-supported', message, 'the kernel');
}

/**
 * Lays the charges of a book out beside it. Refuses what does not fit.
 * @example laySheet(chargeSheet(book), layOut(book, arena), arena)
 */
export function laySheet(sheet: ChargeSheet, laid: LaidOut, arena: Arena): LaidSheet | Refusal {
  const wrong = doubtSheet(sheet);
  if (wrong !== undefined) return wrong;
  const rows = sheet.value.length;
  const sizes = [DESCRIPTOR, RECORD * rows, 8 * sheet.basis.length, 8 * sheet.coins.length];
  const places = sizes.map((bytes) => arena.take(Math.max(8, bytes)));
  const refusal = places.find(isRefusal);
  if (refusal !== undefined) return refusal;
  const [at, records, basis, coins] = places as [number, number, number, number];
  const { buffer } = arena.memory;
  const view = new DataView(buffer);
  putRecords(view, records, sheet);
  new Float64Array(buffer, basis, sheet.basis.length).set(sheet.basis);
  new Float64Array(buffer, coins, sheet.coins.length).set(sheet.coins);
  [records, basis, coins, rows].forEach((word, k) => {
    view.setUint32(at + 4 * k, word, true);
  });
  const { maintenance, initial } = sheet.shortMinimum;
  [sheet.collateralCap, sheet.optionValueCap, maintenance, initial].forEach((number, k) => {
    view.setFloat64(at + 16 + 8 * k, number, true);
  });
  view.setBigInt64(at + 48, sheet.buffer, true);
  return { at, scratch: scratchOf(laid, rows) };
}

/** Three rows of every coin, slots and pairs, five columns of positions and links along chains, and what the sweep needs. */
function scratchOf({ coins, coinBytes, bucketBytes, keptBytes, lanes }: LaidOut, rows: number): number {
  const small = coins * SLOT + vectors(4 * coins) + vectors(8 * coins) + ANSWERS;
  const positions = 3 * 8 * rows + 2 * vectors(4 * rows) + 16 * rows;
  return 3 * coins * coinBytes + small + positions + bucketBytes + 8 * lanes + keptBytes + 64;
}

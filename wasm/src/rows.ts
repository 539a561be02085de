// Full revaluation through the kernel: what a strike is in every lane, and its rows, in WebAssembly; all around it as in core, so that rows are the same to the
// bit.

import {
  type ExpiryBody,
  type ExpiryLanes,
  fillNodes,
  fillRows,
  fillStdevs,
  isRefusal,
  type Product,
  type Refusal,
  type RowMethod,
} from '@plimsoll/core';
import { log } from '@plimsoll/core/kernel';
import type { Kernel } from './kernel.ts';

/** Lanes that there is room for, the unshocked one and one of padding included. */
const LANES_MAX = 4_098;
/** Columns of an expiry in the kernel's memory, by their place. */
const COLUMNS = [
  ...(['logShift', 'invShift', 'scale', 'factor', 'floor', 'rootYears'] as const),
  ...(['node', 'nodeVol', 'damps', 'stdevs', 'call', 'put'] as const),
];
type Column = (typeof COLUMNS)[number];

/** Where the columns are. */
type Places = Readonly<Record<Column, number>>;

function placesAt(at: number): Places {
  return Object.fromEntries(COLUMNS.map((name, c) => [name, at + 8 * LANES_MAX * c])) as unknown as Places;
}

/** The body of one expiry: rows go to the kernel's memory, row `p` at `rows + 8 p stride`. */
function bodyOf({ run, arena, table }: Kernel, places: Places, rows: number, stride: number) {
  const { buffer } = arena.memory;
  const column = (name: Column, count: number) => new Float64Array(buffer, places[name], count);
  return (expiry: ExpiryLanes, damps: Float64Array): ExpiryBody => {
    const { count, basePeg, base } = expiry;
    const even = 2 * Math.ceil(count / 2);
    for (const name of ['logShift', 'invShift', 'scale', 'factor', 'floor', 'rootYears'] as const) {
      column(name, count).set(expiry[name]);
    }
    new Int32Array(buffer, places.node, even).fill(0).set(expiry.node);
    column('damps', damps.length).set(damps);
    const [vols, stdevs] = [column('nodeVol', expiry.nodes.length), column('stdevs', even)];
    const values = { call: column('call', even), put: column('put', even) };
    const isSimple = expiry.simple.every((own) => own === 1);
    const forward = base.forward / basePeg;
    // A row is padded to whole tiles, so one lane more is room that is zero; it is kept so.
    const lanes = damps.length;
    column('damps', even).fill(0, lanes);
    return {
      strike(strike) {
        if (isSimple) {
          fillNodes(strike, expiry);
          vols.set(expiry.nodeVol);
          const { nodeVol, node, factor, floor, rootYears } = places;
          run.fillStdevs(nodeVol, node, factor, floor, rootYears, even, places.stdevs);
        } else fillStdevs(strike, expiry, stdevs);
        const { logShift, invShift, scale, call, put } = places;
        run.fillStrike(
          table,
          log(forward / strike),
          strike / forward,
          logShift,
          invShift,
          scale,
          even,
          places.stdevs,
          call,
          put,
        );
      },
      row(right, p) {
        const still = values[right][lanes]!;
        run.fillRow(places[right], still, places.damps, 2 * Math.ceil(lanes / 2), rows + 8 * p * stride);
      },
    };
  };
}

/** Rows of options from the kernel's memory into a book's, run by run. */
function copyOptions(
  products: readonly Product[],
  stride: number,
  from: Float64Array,
  out: Float64Array,
): void {
  for (let p = 0; p < products.length; ) {
    let end = p;
    while (end < products.length && products[end]!.kind === 'option') end++;
    if (end > p) out.set(from.subarray(p * stride, end * stride), p * stride);
    p = end === p ? p + 1 : end;
  }
}

/**
 * Core's full revaluation with the kernel in its hot loops. Books made with it have the same rows and the same digest. Refuses a memory that has no room.
 * @example buildRiskBook(products, market, lanes, ranges, kernelRows(kernel))
 */
export function kernelRows(kernel: Kernel): RowMethod | Refusal {
  const { arena } = kernel;
  const at = arena.take(8 * LANES_MAX * COLUMNS.length);
  if (isRefusal(at)) return at;
  const places = placesAt(at);
  return {
    terms: [],
    fill(products, market, shocks, stride, out) {
      const before = arena.used;
      const rows = arena.take(8 * Math.max(1, products.length * stride));
      // Without room in the kernel's memory core's own body fills the same rows.
      if (isRefusal(rows)) return fillRows(products, market, shocks, stride, out);
      // Lanes of padding stay zero, as they do in core.
      new Float64Array(arena.memory.buffer, rows, products.length * stride).fill(0);
      const lost = fillRows(products, market, shocks, stride, out, bodyOf(kernel, places, rows, stride));
      const filled = new Float64Array(arena.memory.buffer, rows, products.length * stride);
      copyOptions(products, stride, filled, out);
      arena.release(before);
      return lost;
    },
  };
}

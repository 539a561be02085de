// Full revaluation through the kernel: all strikes of an expiry, their smiles, values and rows, in WebAssembly; all around it as in core, so that rows are the
// same to the bit.

import {
  type ExpiryBody,
  type ExpiryLanes,
  fillNodes,
  fillRows,
  isRefusal,
  type LaneRoom,
  laneRoom,
  type Refusal,
  type RowMethod,
  revaluing,
  type StrikeRows,
  strideOf,
} from '@plimsoll/core';
import type { Kernel } from './kernel.ts';
import { type ExpiryPlace, LANES_MAX, layBends, placeExpiry, strikesAtOnce, WORD_AT } from './rows-layout.ts';

/** Between these the kernel's logarithm, which knows no zero, no infinity and nothing subnormal, is safe; beyond them core's own body fills the rows. */
const LEAST = 1e-100;
const MOST = 1e100;
const isUsual = (value: number) => value > LEAST && value < MOST;

/** Whether all numbers are such as markets have. */
function isUsualExpiry({ base, basePeg, nodes }: ExpiryLanes, { strikes, count }: StrikeRows): boolean {
  if (!isUsual(base.forward / basePeg) || !isUsual(strikes[0]!) || !isUsual(strikes[count - 1]!))
    return false;
  for (const { slice, peg } of nodes) if (!isUsual(slice.smileForward) || !isUsual(peg)) return false;
  return true;
}

/** Whether one smile serves all nodes, so that the kernel reads it itself; stated vols, and smiles that differ, are read by core. */
function isOneSmile({ base, nodes }: ExpiryLanes): boolean {
  for (const { slice } of nodes) {
    if (slice.table !== undefined) return false;
    if (slice.smile !== base.smile || slice.smileYears !== base.smileYears) return false;
  }
  return true;
}

/** Nodes and the smile that they share. */
function laySmile({ columns, numbers }: ExpiryPlace, { base, nodes }: ExpiryLanes): void {
  const { nodeForward, nodePeg } = columns;
  const { smile } = numbers;
  for (let n = 0; n < nodes.length; n++) {
    nodeForward[n] = nodes[n]!.slice.smileForward;
    nodePeg[n] = nodes[n]!.peg;
  }
  const { near, far, mix } = base.smile;
  smile[0] = base.smileYears;
  smile[1] = mix;
  smile[2] = 1 - mix;
  for (let t = 0; t < 2; t++) {
    const term = t === 0 ? near : far;
    const at = 3 + 5 * t;
    smile[at] = term.a;
    smile[at + 1] = term.b;
    smile[at + 2] = term.rho;
    smile[at + 3] = term.m;
    smile[at + 4] = term.sigma * term.sigma;
  }
}

/** Puts the strikes `from .. to - 1` and the addresses of their rows down, one row after the other in the order of products, which come out in `listed`. */
function layStrikes(
  { numbers, wholes, rowsAt, nowhereAt }: ExpiryPlace,
  { strikes, calls, puts }: StrikeRows,
  from: number,
  to: number,
  width: number,
  listed: Int32Array,
): number {
  let rows = 0;
  const place = (p: number) => {
    if (p < 0) return nowhereAt;
    listed[rows] = p;
    return rowsAt + 8 * width * rows++;
  };
  for (let j = from; j < to; j++) {
    numbers.strikes[j - from] = strikes[j]!;
    const isCallFirst = calls[j]! < puts[j]!;
    const first = place(isCallFirst ? calls[j]! : puts[j]!);
    const second = place(isCallFirst ? puts[j]! : calls[j]!);
    wholes.calls[j - from] = isCallFirst ? first : second;
    wholes.puts[j - from] = isCallFirst ? second : first;
  }
  // The kernel reads strikes in pairs.
  numbers.strikes[to - from] = strikes[to - 1]!;
  return rows;
}

/** Copies rows to where their products are, run by run. */
function copyRows(
  rows: Float64Array,
  count: number,
  width: number,
  lanes: number,
  listed: Int32Array,
  stride: number,
  out: Float64Array,
): void {
  for (let r = 0; r < count; ) {
    let end = r + 1;
    if (stride === width) while (end < count && listed[end]! - listed[r]! === end - r) end++;
    const length = stride === width ? (end - r) * width : lanes;
    out.set(rows.subarray(r * width, r * width + length), listed[r]! * stride);
    r = end;
  }
}

/** Columns in the kernel's memory, for so many lanes. */
function roomIn({ columns, wholes }: ExpiryPlace, lanes: number): LaneRoom {
  const own = laneRoom(lanes);
  const { logShift, invShift, scale, factor, floor, rootYears, damps } = columns;
  const count = lanes + 1;
  const part = (column: Float64Array) => column.subarray(0, count);
  return {
    ...own,
    columns: {
      ...own.columns,
      ...{ logShift: part(logShift), invShift: part(invShift), scale: part(scale) },
      ...{ factor: part(factor), floor: part(floor), rootYears: part(rootYears) },
      ...{ nodeK: part(columns.nodeK), nodeVol: part(columns.nodeVol), node: wholes.node.subarray(0, count) },
    },
    damps: damps.subarray(0, lanes),
  };
}

/** The body that fills `out` through the kernel. */
export function kernelBody(
  { run }: Kernel,
  place: ExpiryPlace,
  stride: number,
  out: Float64Array,
): Required<ExpiryBody> {
  const own = revaluing(stride, out);
  const { words, numbers } = place;
  const { listed } = place;
  return {
    room: (lanes) => (lanes <= LANES_MAX ? roomIn(place, lanes) : laneRoom(lanes)),
    fill(expiry, damps, rows) {
      const lanes = damps.length;
      const bent = lanes <= LANES_MAX && isUsualExpiry(expiry, rows) ? layBends(place, expiry) : undefined;
      if (bent === undefined) return own.fill(expiry, damps, rows);
      const isGiven = !isOneSmile(expiry);
      if (!isGiven) laySmile(place, expiry);
      words[WORD_AT.nodes] = expiry.nodes.length;
      words[WORD_AT.bentCount] = bent;
      words[WORD_AT.given] = isGiven ? 1 : 0;
      place.forward[0] = expiry.base.forward / expiry.basePeg;
      const width = strideOf(lanes);
      // Slots of padding are copied with their rows and stay zero.
      if (words[WORD_AT.lanes] !== lanes) numbers.rows.fill(0);
      words[WORD_AT.lanes] = lanes;
      const step = strikesAtOnce(width);
      for (let from = 0; from < rows.count; from += step) {
        const to = Math.min(rows.count, from + step);
        const count = layStrikes(place, rows, from, to, width, listed);
        if (isGiven) {
          for (let j = from; j < to; j++) {
            fillNodes(rows.strikes[j]!, expiry);
            run.fillExpiry(place.head, j - from, j - from + 1);
          }
        } else run.fillExpiry(place.head, 0, to - from);
        copyRows(numbers.rows, count, width, lanes, listed, stride, out);
      }
    },
  };
}

/**
 * Core's full revaluation with the kernel in its hot loops. Books made with it have the same rows and the same digest. Refuses a memory that has no room.
 * @example buildRiskBook(products, market, lanes, ranges, kernelRows(kernel))
 */
export function kernelRows(kernel: Kernel): RowMethod | Refusal {
  const place = placeExpiry(kernel);
  if (isRefusal(place)) return place;
  let last: LaneRoom | undefined;
  return {
    terms: [],
    fill(products, market, shocks, stride, out) {
      const body = kernelBody(kernel, place, stride, out);
      const room = (lanes: number) => {
        if (last?.count !== lanes + 1) last = body.room(lanes);
        return last;
      };
      return fillRows(products, market, shocks, stride, out, { ...body, room });
    },
  };
}

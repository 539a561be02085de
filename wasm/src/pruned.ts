// The plain sweep that passes over blocks of lanes which cannot hold the least, to the same bits; `assembly/pruned.ts` has the proof.

import { isRefusal, type Refusal, refuse } from '@plimsoll/core';
import { BLOCKS_STEP, type LaneBlocks } from './blocks.ts';
import type { Kernel } from './kernel.ts';
import { keptSweeps, type LaidRows, type PlainSweep, unseenOf } from './loops.ts';

/** Positions of an account up to which its lines are added; a longer one is swept whole. */
const POSITIONS_MAX = 4_096;
/** Share of the blocks that may matter once the first is summed, above which an account is swept whole: summing that many is not sooner. */
const MANY = 0.75;
/** A cache line more than a power of two, so that one block of all rows does not fall into one set of a cache. */
const SKEW = 64;

/** The pruned sweep of a book. */
export interface PrunedSweep extends PlainSweep {
  /** Lines anew, from the rows as they stand in the kernel: whenever rows have changed, before the next sweep. O(rows x lanes). */
  readonly refresh: () => void;
  /** Blocks summed by the last sweep; an account swept whole counts all. */
  readonly summed: () => number;
  /** Blocks there are. */
  readonly blocks: number;
  /** Bytes of what is kept beside the rows. */
  readonly bytes: number;
}

/** What is wrong with blocks for so many lanes. */
function doubtBlocks({ size, lanes, shares, blocksSeen }: LaneBlocks, seen: Uint8Array): Refusal | undefined {
  const wrong = (message: string) => refuse('malformed', message, 'blocks of lanes');
  const step = BLOCKS_STEP * size;
  if (!(size === 4 || size === 8)) return wrong(`a block has ${size} lanes; it may have 4 or 8.`);
  if (lanes.length !== shares.length || lanes.length % step !== 0 || lanes.length === 0)
    return wrong(
      `there are ${lanes.length} places and ${shares.length} shares; give as many of both, in fours of blocks.`,
    );
  if (!(Number.isInteger(blocksSeen) && blocksSeen % BLOCKS_STEP === 0 && blocksSeen >= 0))
    return wrong(`${blocksSeen} blocks are of maintenance; give a multiple of four.`);
  const held = new Uint8Array(seen.length);
  for (const [k, lane] of lanes.entries()) {
    const [first, share] = [lanes[k - (k % size)]!, shares[k]!];
    if (lane >= seen.length || lane < -1 || lane < 0 !== first < 0)
      return wrong(`place ${k} has lane ${lane} of ${seen.length}; a block has lanes, or -1 everywhere.`);
    if (!(share >= 0 && share <= 1)) return wrong(`the share of place ${k} is ${share}; it must be 0 to 1.`);
    if (lane < 0) continue;
    if (seen[lane] === 1 && k >= size * blocksSeen)
      return wrong(`maintenance sees lane ${lane}, whose block comes after those of maintenance.`);
    held[lane] = 1;
  }
  const missing = held.indexOf(0);
  return missing < 0 ? undefined : wrong(`lane ${missing} is in none; every lane must be in one.`);
}

/** What the kernel reads, word by word as `assembly/pruned.ts` names them, and what of it is written here. */
function layPlan({ arena }: Kernel, rows: LaidRows, seen: Uint8Array, blocks: LaneBlocks) {
  const { size, lanes, shares, blocksSeen } = blocks;
  const count = lanes.length / size;
  const [width, side] = [8 * size, 8 * count + SKEW];
  const cellsStride = 8 * lanes.length + SKEW;
  const unseen = unseenOf(arena, rows.stride, seen);
  const sizes = {
    ...{ order: 4 * lanes.length, shares: 8 * lanes.length, mask: 8 * lanes.length + SKEW },
    ...{ cells: rows.count * cellsStride, lines: 2 * rows.count * side, peaks: 8 * rows.count },
    ...{ holds: 8 * POSITIONS_MAX, bounds: 4 * count, lows: 16, plan: 128 },
  };
  const at = Object.fromEntries(
    Object.entries(sizes).map(([name, bytes]) => [name, arena.take(bytes)]),
  ) as Record<keyof typeof sizes, number | Refusal>;
  const refusal = [unseen, ...Object.values(at)].find(isRefusal);
  if (refusal !== undefined) return refusal;
  const sure = at as Record<keyof typeof sizes, number>;
  const { buffer } = arena.memory;
  new Int32Array(buffer, sure.order, lanes.length).set(lanes.map((lane) => (lane < 0 ? -1 : 8 * lane)));
  new Float64Array(buffer, sure.shares, lanes.length).set(shares);
  new Float64Array(buffer, sure.mask, lanes.length).set(
    Float64Array.from(lanes, (lane) =>
      seen[lane] === 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
    ),
  );
  new Uint32Array(buffer, sure.plan, 32).set([
    ...[rows.at, 8 * rows.stride, unseen as number, rows.count, width, 4 * blocksSeen, 4 * count],
    ...[sure.order, sure.shares, sure.mask, sure.cells, cellsStride, sure.lines, side, sure.peaks],
    ...[sure.holds, sure.bounds, sure.lows, Math.floor(MANY * count)],
  ]);
  return { plan: sure.plan, count };
}

/**
 * The plain sweep with blocks passed over that cannot hold the least; every answer has the bits of `plainSweep`. Of every row and block it keeps two lines, one below
 * the row and one above; a block matters where the sum of an account's lines is below the least found so far, by no more than the sums may be wrong. Accounts of more than
 * 4,096 positions or of more than 2^60 dollars at risk, and those of which too many blocks may matter, are swept whole. `seen` says which lanes maintenance
 * sees. Dollars, at least zero. Refuses blocks that do not hold every lane. What it sums in is its own, so every thread makes one of these. Source of the bounds on rounding:
 * Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.1.
 * @example prunedSweep(kernel, laid, seen, blockLanes(lanes.map(gridPlace), seen)).sweep(crowd, 0, crowd.count, out)
 */
export function prunedSweep(
  kernel: Kernel,
  rows: LaidRows,
  seen: Uint8Array,
  blocks: LaneBlocks,
): PrunedSweep | Refusal {
  const wrong = doubtBlocks(blocks, seen);
  if (wrong !== undefined) return wrong;
  const before = kernel.arena.used;
  const laid = layPlan(kernel, rows, seen, blocks);
  if (isRefusal(laid)) {
    kernel.arena.release(before);
    return laid;
  }
  let summed = 0;
  const sweeps = keptSweeps(kernel.arena, rows.count, (from, to, { span, rows, quantities, out }) => {
    summed = kernel.run.sweepPruned(from, to, span, rows, quantities, laid.plan, out);
  });
  const refresh = () => kernel.run.fillBlocks(laid.plan);
  refresh();
  const bytes = kernel.arena.used - before;
  return { ...sweeps, refresh, summed: () => summed, blocks: laid.count, bytes };
}

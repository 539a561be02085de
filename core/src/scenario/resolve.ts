// From a lane that serves every coin to the shock of one coin: ranges become numbers.

import { assert } from '../base/index.ts';
import type { Lane, LaneMove, Move, Shock } from './shock.ts';

/** The spot scan ranges of one underlying, as decimals; for a stable asset both are its peg range. */
export interface ScanRanges {
  readonly maintenance: number;
  readonly initial: number;
}

function resolveMove(move: LaneMove, range: number): Move {
  return 'ranges' in move ? { kind: 'spot', relative: move.ranges * range } : move;
}

/** Size of the lane's own shock that a damping ladder is measured against: its spot move, else its peg move. */
function ladderMove(moves: readonly Move[]): number {
  let size = 0;
  for (const move of moves) {
    if (move.kind === 'spot' || move.kind === 'peg') size = Math.max(size, Math.abs(move.relative));
  }
  return size;
}

/**
 * The shock a lane means for an underlying with these ranges.
 * @example resolveLane(lane, { maintenance: 0.09, initial: 0.16 }).moves // [{ kind: 'spot', relative: -0.16 }, ...]
 */
export function resolveLane(lane: Lane, ranges: ScanRanges): Shock {
  const range = ranges[lane.line];
  const moves = lane.moves.map((move) => resolveMove(move, range));
  let damp = 1;
  if (typeof lane.damp === 'number') damp = lane.damp;
  else {
    const size = ladderMove(moves);
    assert(size > 0, 'a damping ladder needs a spot or peg move to stand on');
    damp = Math.min(1, (lane.damp.ladder * range) / size);
  }
  return { id: lane.id, moves, smile: lane.smile, damp, netting: lane.netting, line: lane.line };
}

/** The spot coordinate of a lane for one underlying, in ranges of the lane's line: what correlation partners are chosen by. */
export function laneSpot(lane: Lane, ranges: ScanRanges, underlying: string): number {
  for (const move of lane.moves) {
    if (move.kind !== 'spot') continue;
    if ('ranges' in move) return move.ranges;
    const range = ranges[lane.line];
    const own = move.underlying === undefined || move.underlying === underlying;
    return own && range > 0 ? move.relative / range : 0;
  }
  return 0;
}

/**
 * Lanes that differ only in how far spot moves, and in how the smile follows it, belong to one family; correlation partners are
 * looked for inside it. The smile rule is left out because the unmoved price stands under one rule only.
 */
export function laneFamily(lane: Lane): string {
  const rest = lane.moves.filter((move) => move.kind !== 'spot');
  return JSON.stringify([lane.line, lane.netting, rest]);
}

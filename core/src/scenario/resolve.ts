// From a lane that serves every coin to the shock of one coin: ranges become numbers.

import type { Lane, LaneMove, Move, Shock } from './shock.ts';

/** The spot scan ranges of one underlying, as decimals; for a stable asset, which spot moves do not reach, its peg range. */
export interface ScanRanges {
  readonly maintenance: number;
  readonly initial: number;
}

function resolveMove(move: LaneMove, range: number): Move {
  if (!('ranges' in move)) return move;
  const { ranges, ...rest } = move;
  return { ...rest, relative: ranges * range };
}

/** Size of the spot move that a damping ladder is measured against. */
function ladderMove(moves: readonly Move[]): number {
  return moves.reduce(
    (size, move) => (move.kind === 'spot' ? Math.max(size, Math.abs(move.relative)) : size),
    0,
  );
}

/**
 * The shock a lane means for an underlying with these ranges.
 * @example resolveLane(lane, { maintenance: 0.09, initial: 0.16 }).moves // [{ kind: 'spot', relative: -0.16 }, ...]
 */
export function resolveLane(lane: Lane, ranges: ScanRanges): Shock {
  const range = ranges[lane.line];
  const moves = lane.moves.map((move) => resolveMove(move, range));
  let damp = 1;
  let dampPerYear = 0;
  if (typeof lane.damp === 'number') damp = lane.damp;
  else if ('add' in lane.damp) {
    damp = lane.damp.add;
    dampPerYear = lane.damp.multiple;
  } else {
    // Where spot does not move, as for a stable asset, there is nothing to damp.
    const size = ladderMove(moves);
    if (size > 0) damp = Math.min(1, (lane.damp.ladder * range) / size);
  }
  const { id, smile, netting, line } = lane;
  return {
    ...{ id, moves, smile, damp, netting, line },
    ...(dampPerYear === 0 ? {} : { dampPerYear }),
    ...(lane.plain === undefined ? {} : { plain: lane.plain }),
  };
}

/** The share of a profit or loss that counts, of something that is so many years from its expiry; undated is 0. @example dampAt(shock, 0) // 1 */
export function dampAt({ damp, dampPerYear }: Shock, yearsToExpiry: number): number {
  return dampPerYear === undefined ? damp : damp + dampPerYear * yearsToExpiry;
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

/** Where a lane stands for correlation: lanes of one family differ in spot, in vol, and in how the smile follows. */
export interface LanePlace {
  readonly family: string;
  /** Direction of its vol moves: 1, 0 or -1. */
  readonly vol: number;
  /** The one coin whose spot it moves, where it moves only one; a strike node. */
  readonly coin: string | undefined;
  /** Whether nothing moves at all. */
  readonly still: boolean;
}

/**
 * The place of a lane. The smile rule is left out of the family because the unmoved price stands under one rule only.
 * @example lanePlace(lane).vol // 1 for a lane with vol up
 */
export function lanePlace(lane: Lane): LanePlace {
  const rest = lane.moves.filter((move) => move.kind !== 'spot' && move.kind !== 'vol');
  let vol = 0;
  let coin: string | undefined;
  for (const move of lane.moves) {
    if (move.kind === 'vol') vol += move.size;
    if (move.kind === 'spot' && 'underlying' in move) coin = move.underlying;
  }
  return {
    family: JSON.stringify([lane.line, lane.netting, rest]),
    vol: Math.sign(vol),
    coin,
    still: lane.moves.length === 0,
  };
}

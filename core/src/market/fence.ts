// Where a fit should not go: borders with its neighbours as advice, the law as walls.

import type { Band } from './bands.ts';
import type { Smile } from './market.ts';
import { totalVariance } from './smile.ts';

/**
 * Variance should stay above `floor` and below `ceiling`, must stay below `law`, and Durrleman's g above a margin, at each `k`.
 * A force is the residual, in half-widths, of a breach by one percent of variance or of g by 0.01: `advice` for floor and ceiling,
 * `force` for law and g.
 */
export interface Fence {
  readonly k: Float64Array;
  readonly floor: Float64Array;
  readonly ceiling: Float64Array;
  readonly law: Float64Array;
  readonly advice: number;
  readonly force: number;
}

/** Rows per point of a fence: floor, ceiling, law, butterfly. */
export const FENCE_ROWS = 4;
/** Borders between free fits are advice: a breach of one percent pulls like a third of a half-width. */
const ADVICE = 0.1;
/** Fits keep g this far above zero, so that quadratic walls may give a little. */
export const BUTTERFLY_MARGIN = 0.005;
/** Walls stand a hair inside the law, so that a fit leaning on one still passes between the fence's points. */
const WALL_MARGIN = 2e-3;

const NONE = new Float64Array(0);
/** A fence that forbids nothing. */
export const openFence: Fence = { k: NONE, floor: NONE, ceiling: NONE, law: NONE, advice: 0, force: 0 };

/**
 * A fence on given points: softly inside a band, and with `force` under a later smile and free of butterflies.
 * @example fenceOf(grid, band, undefined, 1)
 */
export function fenceOf(k: Float64Array, band: Band, late: Smile | undefined, force: number): Fence {
  const law = k.map((at) =>
    late === undefined ? Number.POSITIVE_INFINITY : totalVariance(late, at) * (1 - WALL_MARGIN),
  );
  return { k, floor: band.floor, ceiling: band.ceiling, law, advice: ADVICE, force };
}

/**
 * A fence between an earlier and a later smile, both of them law.
 * @example fenceBetween(grid, early, late, 1)
 */
export function fenceBetween(k: Float64Array, early: Smile, late: Smile, force: number): Fence {
  const floor = k.map((at) => totalVariance(early, at) * (1 + WALL_MARGIN));
  const law = k.map((at) => totalVariance(late, at) * (1 - WALL_MARGIN));
  return { k, floor, ceiling: law, law, advice: force, force };
}

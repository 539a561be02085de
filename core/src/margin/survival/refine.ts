// Between two coordinates where an account stands differently there is one where it changes: found by interpolation that never does
// much worse than halving (ITP: Oliveira and Takahashi 2020, ACM TOMS 47(1)).

import { isRefusal, type Refusal } from '../../base/index.ts';

/** A coordinate with what is left there; below zero is crossed. */
export interface Sample {
  readonly at: number;
  readonly left: number;
}

/** Half the width of a bracket that is narrow enough, in the coordinate. */
export const TOLERANCE = 1e-12;
/** Steps that interpolation may take beyond halving. */
const SLACK = 1;

/** Halvings until a width is at most twice the tolerance. */
function halvingsOf(width: number): number {
  let [count, wide] = [0, width];
  for (; wide > 2 * TOLERANCE; wide /= 2) count++;
  return count;
}

/** The next coordinate to look at: where the chord crosses zero, pulled to the middle, and never further from it than halving allows. */
function probeBetween(low: Sample, high: Sample, pull: number, span: number): number {
  const width = high.at - low.at;
  const middle = low.at + width / 2;
  const chord = (high.left * low.at - low.left * high.at) / (high.left - low.left);
  const side = Math.sign(middle - chord);
  const step = pull * width * width;
  const pulled = step <= Math.abs(middle - chord) ? chord + side * step : middle;
  const radius = span - width / 2;
  const probe = Math.abs(pulled - middle) <= radius ? pulled : middle - side * radius;
  // Beside an end, not on it: where the end is the crossing, this closes the bracket.
  return Math.min(Math.max(probe, low.at + TOLERANCE), high.at - TOLERANCE);
}

/**
 * Narrows a bracket whose ends lie on different sides to `2 TOLERANCE`; where the value jumps, around the jump. Answers both ends in the order
 * they were given. Refuses what `leftAt` refuses.
 * @example refine({ at: 0, left: 1 }, { at: 3, left: -2 }, (x) => 1 - x) // both ends within 2e-12 of 1
 */
export function refine(
  from: Sample,
  to: Sample,
  leftAt: (coordinate: number) => number | Refusal,
): readonly [Sample, Sample] | Refusal {
  const turned = from.at > to.at;
  let [low, high] = turned ? [to, from] : [from, to];
  const lowIsBelow = low.left < 0;
  const pull = 0.2 / (high.at - low.at);
  const halvings = halvingsOf(high.at - low.at);
  let span = TOLERANCE;
  for (let n = 0; n < halvings + SLACK; n++) span *= 2;
  while (high.at - low.at > 2 * TOLERANCE) {
    const at = probeBetween(low, high, pull, span);
    // Floats have run out of coordinates between the two.
    if (!(at > low.at && at < high.at)) break;
    const left = leftAt(at);
    if (isRefusal(left)) return left;
    if (left < 0 === lowIsBelow) low = { at, left };
    else high = { at, left };
    span /= 2;
  }
  return turned ? [high, low] : [low, high];
}

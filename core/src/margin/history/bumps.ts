// Lanes that a formula is made from: one deviation along every direction of a law, there and back, and along every pair of them (M-167).

import { isRefusal, type Refusal, refuse } from '../../base/index.ts';
import { cholesky, type SquareMatrix } from '../../risk/index.ts';
import type { LaneLine, PastWindows } from '../../scenario/index.ts';
import type { StressedLaw } from './law.ts';

/** Sets of such lanes begin with it; their windows have no probability. */
export const GREEK_SET = 'greeks-';

/** A deviation beyond this says nothing of how a book bends near where it stands. */
const FARTHEST = 0.5;

/** One deviation of every factor along a direction, or two. */
type Bump = Readonly<{ name: string; moves: Float64Array }>;

/** The directions of a law over a horizon: columns of Cholesky's factor, in relative moves; those that move nothing are left out. */
function directionsOf({ vols }: StressedLaw, lower: SquareMatrix, horizon: number): Float64Array[] {
  const root = Math.sqrt(horizon);
  return Array.from(vols.keys())
    .map((i) => vols.map((vol, j) => vol * root * lower.values[j * lower.size + i]!))
    .filter((moves) => moves.some((move) => move !== 0));
}

function bumpsAlong(directions: readonly Float64Array[]): Bump[] {
  const bumps: Bump[] = [];
  const push = (name: string, moves: Float64Array) => {
    bumps.push({ name: `${name}+`, moves }, { name: `${name}-`, moves: moves.map((move) => 0 - move) });
  };
  directions.forEach((moves, i) => {
    push(`${i + 1}`, moves);
  });
  directions.forEach((moves, i) => {
    directions.slice(i + 1).forEach((other, k) => {
      push(
        `${i + 1}.${i + k + 2}`,
        moves.map((move, j) => move + other[j]!),
      );
    });
  });
  return bumps;
}

/**
 * The lanes of a law over a horizon. Along Cholesky's directions moves are independent and of unit variance, so that a book needs to remember no
 * covariance. Relative moves are what is normal.
 *
 * Errors: a law so wide that a lane would move a factor by more than half. Source: M-167.
 * @example bumpWindows(law, 'initial', 24).count // m (m + 1) for m directions
 */
export function bumpWindows(law: StressedLaw, line: LaneLine, horizon: number): PastWindows | Refusal {
  const lower = cholesky(law.correlation);
  if (isRefusal(lower)) return lower;
  const bumps = bumpsAlong(directionsOf(law, lower, horizon));
  const far = bumps.findIndex(({ moves }) => moves.some((move) => Math.abs(move) > FARTHEST));
  if (far >= 0) {
    const message = `a deviation over ${horizon} steps moves a factor by more than half, which no formula of greeks describes; use method monte-carlo.`;
    return refuse('out-of-range', message, 'history.method');
  }
  const set = `${GREEK_SET}${law.set}`;
  return {
    line,
    set,
    from: Int32Array.from({ length: bumps.length + 1 }, (_, i) => i),
    weights: new Float64Array(bumps.length),
    moves: law.factors.map(({ kind, of }, j) => {
      return { kind, of, relative: Float64Array.from(bumps, ({ moves }) => moves[j]!) };
    }),
    nameOf: (i) => `${set}-${bumps[i]!.name}`,
    afterOf: () => horizon,
    count: bumps.length,
  };
}

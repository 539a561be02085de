// How much the market moves, by an exponential average of squares that time weighs: bars may be missing or of any length.

import { type Instant, type Refusal, refuse } from '../base/index.ts';
import { exp } from '../kernel/index.ts';
import { type BothWays, MS_PER_HOUR } from './policy.ts';

/** Prices of a stretch of time. */
export interface Bar {
  readonly from: Instant;
  readonly to: Instant;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** What a bar did to who held since the close before it, as shares of that close. */
export interface BarMoves {
  /** Close to close, signed. */
  readonly change: number;
  /** Worst on the path for a long: `max(0, 1 - low / before)`. */
  readonly long: number;
  /** Worst on the path for a short: `max(0, high / before - 1)`. */
  readonly short: number;
}

/**
 * The moves of a bar after a close. Margin is tested on the path: a close forgets what the low did. Refuses prices that are not positive or out
 * of order, and a bar without length.
 * @example barMoves(100, { from, to, open: 100, high: 104, low: 90, close: 97 }) // { change: -0.03, long: 0.1, short: 0.04 }
 */
export function barMoves(before: number, { from, to, open, high, low, close }: Bar): BarMoves | Refusal {
  const sound = low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && high < 1e300;
  if (!(sound && before > 0 && before < 1e300 && to > from)) {
    const message = `prices ${open}, ${high}, ${low}, ${close} after ${before} make no bar; give low <= open, close <= high, all positive, and an end after the start.`;
    return refuse('out-of-range', message, `bar at ${from}`);
  }
  return {
    change: close / before - 1,
    long: Math.max(0, 1 - low / before),
    short: Math.max(0, high / before - 1),
  };
}

/** How the average forgets. */
export interface EwmaPolicy {
  /** Hours in which a square loses half of its weight; `rise` where the square is above the average, `fall` below. */
  readonly halfLife: BothWays;
  /** The least volatility, as a share of the volatility of everything seen so far; 0 for none. */
  readonly floor: number;
}

/** A running average: plain data. */
export interface EwmaState {
  /** End of the last bar. */
  readonly to: Instant;
  /** Square move per hour, and the plain average of it over all hours seen. */
  readonly rate: number;
  readonly longRate: number;
  readonly hours: number;
}

/** Five days of half-life, the raw estimate of the house, and no volatility below 0.6 of the long run. */
export const ewmaDefaults: EwmaPolicy = { halfLife: { rise: 120, fall: 120 }, floor: 0.6 };

function doubtEwma({ halfLife, floor }: EwmaPolicy): Refusal | undefined {
  if (!(halfLife.rise > 0 && halfLife.fall > 0)) {
    const message = `half-lives ${halfLife.rise} and ${halfLife.fall} hours; give positive ones.`;
    return refuse('bad-parameter', message, 'ewma');
  }
  if (floor >= 0 && floor <= 1) return undefined;
  return refuse('bad-parameter', `the floor is ${floor}; give a share from 0 to 1.`, 'ewma');
}

/**
 * The average after a move (M-154), `move` a share of the price between two times, of either sign:
 *
 *     rate += (1 - 2^(-hours / h)) (move^2 / hours - rate),   vol of a horizon = sqrt(rate horizon)
 *
 * With bars of one length it is RiskMetrics' recursion with `lambda = 2^(-length / h)`; two bars that move evenly count as the one they make.
 * Time that no bar covers is not forgotten and not invented: nothing is known of it. The first move is the first average. Units: shares,
 * hours. Refuses a move that is no number, and a bar that starts before the last one ended or has no length.
 * Source: J.P. Morgan/Reuters, RiskMetrics Technical Document, 4th edition, section 5.2.
 * @example ewma(undefined, { from, to, move: -0.02 }, ewmaDefaults)
 */
export function ewma(
  state: EwmaState | undefined,
  { from, to, move }: { readonly from: Instant; readonly to: Instant; readonly move: number },
  policy: EwmaPolicy,
): EwmaState | Refusal {
  const doubt = doubtEwma(policy);
  if (doubt !== undefined) return doubt;
  const hours = (to - from) / MS_PER_HOUR;
  if (!(hours > 0 && hours < Number.POSITIVE_INFINITY && Math.abs(move) < 1e100)) {
    const message = `a move of ${move} in ${hours} hours; give a number, and an end after the start.`;
    return refuse('out-of-range', message, `bar at ${from}`);
  }
  const square = (move * move) / hours;
  if (state === undefined) return { to, rate: square, longRate: square, hours };
  if (from < state.to) {
    return refuse(
      'duplicate',
      `the bar starts before the last one ended; give bars in order.`,
      `bar at ${from}`,
    );
  }
  const halfLife = square > state.rate ? policy.halfLife.rise : policy.halfLife.fall;
  const weight = 1 - exp((-Math.LN2 * hours) / halfLife);
  const seen = state.hours + hours;
  return {
    to,
    rate: state.rate + weight * (square - state.rate),
    longRate: state.longRate + (hours / seen) * (square - state.longRate),
    hours: seen,
  };
}

/** Volatility over a horizon of hours, as a share, never below `floor` times the long run's. @example ewmaVol(state, 24, ewmaDefaults) // 0.03 */
export function ewmaVol({ rate, longRate }: EwmaState, hours: number, { floor }: EwmaPolicy): number {
  return Math.sqrt(Math.max(rate, floor * floor * longRate) * hours);
}

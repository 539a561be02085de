// How a level comes nearer to its target in some time: exponentially, never faster than a speed, the same in one step or in many.

import { exp, log } from '../kernel/index.ts';

const LN2 = Math.LN2;

/**
 * How much of a gap closes in `time`, the gap halving every `halfLife` but never closing faster than `speed`; the exact solution of
 *
 *     dg/dt = -min(speed, ln 2 / halfLife * g),   g >= 0
 *
 * linear while the gap is above `speed halfLife / ln 2`, exponential below; so two steps are one. Units: time and half-life alike, gap per
 * that for the speed. `halfLife` 0 closes at once where no speed holds it, `speed` Infinity is no limit. Errors: none for numbers >= 0.
 * @example closed(1, 24, 24, Infinity) // 0.5
 */
export function closed(gap: number, time: number, halfLife: number, speed: number): number {
  if (gap === 0) return 0;
  // What may close and what there is: rounding must not carry a level over its target or past its speed.
  const most = Math.min(gap, speed * time);
  if (halfLife === 0) return speed === Number.POSITIVE_INFINITY ? gap : most;
  if (time === 0) return 0;
  const knee = (speed * halfLife) / LN2;
  if (gap <= knee) return Math.min(most, gap - gap * exp((-LN2 * time) / halfLife));
  const linear = (gap - knee) / speed;
  if (!(time > linear)) return most;
  return Math.min(most, gap - knee * exp((-LN2 * (time - linear)) / halfLife));
}

/** One level's way towards another, in logs where levels are factors. */
export interface Gait {
  readonly halfLife: { readonly rise: number; readonly fall: number };
  readonly speedMax?: { readonly rise: number; readonly fall: number } | undefined;
}

/**
 * A positive level after `hours` on its way to a target, gap and speed in logarithms, speed per day. Exactly the target once nothing is left;
 * never beyond it.
 * @example approach(1, 4, 24, { halfLife: { rise: 24, fall: 24 } }) // 2: half of log 4
 */
export function approach(level: number, target: number, hours: number, { halfLife, speedMax }: Gait): number {
  if (level === target) return level;
  const way = target > level ? 'rise' : 'fall';
  const speed = speedMax === undefined ? Number.POSITIVE_INFINITY : speedMax[way] / 24;
  const gap = Math.abs(log(target / level));
  const step = closed(gap, hours, halfLife[way], speed);
  if (step >= gap) return target;
  if (step === 0) return level;
  const moved = level * exp(way === 'rise' ? step : -step);
  return way === 'rise' ? Math.min(moved, target) : Math.max(moved, target);
}

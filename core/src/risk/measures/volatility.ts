// Volatility as it goes: EWMA and GARCH filters over a series of returns, what they say of a horizon, and returns rescaled to today.

import { type Refusal, refuse } from '../../base/index.ts';
import { pow } from '../../kernel/index.ts';
import { doubtNumbers } from './tail.ts';

/**
 * Variances of each return as seen the moment before it, oldest first, and one more: that of the next return. Slots before `from`
 * hold the seed, which was made of those returns; they judge nothing.
 */
export interface Filtered {
  readonly variances: Float64Array;
  readonly from: number;
}

/** How an EWMA filter starts and how low it may fall. */
export interface EwmaFilter {
  /** Weight of yesterday's variance; `decayOf` makes it from a half-life. */
  readonly decay: number;
  /** Variance before the first return. Without it the mean square of the first `warmUp` returns is taken. */
  readonly seed?: number;
  /** Returns that make the seed; 20 when not stated. */
  readonly warmUp?: number;
  /** Volatility (of one step) below which none is used; the recursion beneath goes on without it. */
  readonly floor?: number;
}

/** GARCH(1,1), or GJR where `asymmetry` says how much more a fall adds than a rise. */
export interface GarchParameters {
  readonly omega: number;
  readonly alpha: number;
  readonly beta: number;
  readonly asymmetry?: number;
}

const WARM_UP = 20;

/**
 * Weight of the past from a half-life, both in steps.
 *
 *     decay = 2^(-1/halfLife)
 *
 * Units: none. Errors: none; a half-life of 0 gives 0, NaN gives NaN. Source: M-148.
 * @example decayOf(12) // 0.943874, one hour of five-minute steps
 */
export function decayOf(halfLife: number): number {
  return halfLife > 0 ? pow(2, -1 / halfLife) : halfLife * 0;
}

/**
 * Exponentially weighted variances, floored.
 *
 *     v_{t+1} = decay v_t + (1 - decay) r_t^2;  used: max(v_t, floor^2)
 *
 * Units: squares of the returns'. Errors: a return that is none, a decay outside [0, 1), a bad seed or floor, fewer returns than make
 * the seed, variances of zero throughout (a constant series: state a floor). Source: M-148; RiskMetrics 1996.
 * @example ewmaFilter(returns, { decay: 0.97, floor: 0.01 })
 */
export function ewmaFilter(
  returns: ArrayLike<number>,
  { decay, seed, warmUp = WARM_UP, floor = 0 }: EwmaFilter,
): Filtered | Refusal {
  if (!(decay >= 0 && decay < 1)) {
    return refuse('bad-parameter', `decay ${decay} lies outside [0, 1); 0.94 to 0.99 is usual for days.`);
  }
  if (!(floor >= 0 && Number.isFinite(floor))) {
    return refuse('bad-parameter', `floor ${floor} must be finite and >= 0.`);
  }
  const start = seedOf(returns, seed, warmUp);
  if ('kind' in start) return start;
  return filter(returns, start.seed, start.from, floor, (variance, move) => {
    return decay * variance + (1 - decay) * move * move;
  });
}

/**
 * GARCH or GJR variances under given parameters; estimating them is not core's business.
 *
 *     v_{t+1} = omega + (alpha + asymmetry [r_t < 0]) r_t^2 + beta v_t;  v before the first return: the seed, or the long-run variance
 *
 * Units: squares of the returns'. Errors: a return that is none, parameters that are negative (alpha + asymmetry may not be), no seed
 * where there is no long-run variance. Source: M-148; Bollerslev 1986; Glosten, Jagannathan and Runkle 1993.
 * @example garchFilter(returns, { omega: 2e-5, alpha: 0.08, beta: 0.9 })
 */
export function garchFilter(
  returns: ArrayLike<number>,
  parameters: GarchParameters,
  seed?: number,
): Filtered | Refusal {
  const doubt = doubtGarch(parameters) ?? doubtNumbers(returns, 'a series of returns');
  if (doubt !== undefined) return doubt;
  const first = seed ?? longRunVariance(parameters);
  if (typeof first !== 'number') return first;
  if (!(first >= 0 && Number.isFinite(first)))
    return refuse('bad-parameter', `seed ${first} is no variance.`);
  const { omega, alpha, beta, asymmetry = 0 } = parameters;
  return filter(returns, first, 0, 0, (variance, move) => {
    return omega + (alpha + (move < 0 ? asymmetry : 0)) * move * move + beta * variance;
  });
}

/**
 * Variance of the sum of the next h returns, seen from the variance of the next one.
 *
 *     h V + (v - V)(1 - f^h)/(1 - f),  f = alpha + beta + asymmetry/2,  V = omega/(1 - f);  at f = 1: h v + omega h (h - 1)/2
 *
 * Units: squares of the returns'. Errors: bad parameters, a persistence f above 1, a variance or horizon that is negative or not
 * finite. Source: M-148; EWMA is omega = 0, f = 1, whose answer is h v.
 * @example horizonVariance({ omega: 2e-5, alpha: 0.08, beta: 0.9 }, 0.0016, 10) // 0.015488
 */
export function horizonVariance(
  parameters: GarchParameters,
  variance: number,
  horizon: number,
): number | Refusal {
  const doubt = doubtGarch(parameters);
  if (doubt !== undefined) return doubt;
  if (!(variance >= 0 && horizon >= 0 && Number.isFinite(variance * horizon))) {
    return refuse('out-of-range', `variance ${variance} and horizon ${horizon} must be finite and >= 0.`);
  }
  const persistence = persistenceOf(parameters);
  if (persistence > 1) return explosive(persistence);
  const away = 1 - persistence;
  // Nearer to 1 than this, omega/(1 - f) has lost what it would add.
  if (away < 1e-9) return horizon * variance + (parameters.omega * horizon * (horizon - 1)) / 2;
  const level = parameters.omega / away;
  return horizon * level + ((variance - level) * (1 - pow(persistence, horizon))) / away;
}

/**
 * Long-run variance of one step.
 *
 *     V = omega/(1 - alpha - beta - asymmetry/2)
 *
 * Units: squares of the returns'. Errors: bad parameters, a persistence of 1 or more. Source: M-148.
 * @example longRunVariance({ omega: 2e-5, alpha: 0.08, beta: 0.9 }) // 0.001
 */
export function longRunVariance(parameters: GarchParameters): number | Refusal {
  const doubt = doubtGarch(parameters);
  if (doubt !== undefined) return doubt;
  const persistence = persistenceOf(parameters);
  return persistence < 1 ? parameters.omega / (1 - persistence) : explosive(persistence);
}

/**
 * Share of a shock to variance that is left after one step, falls and rises being equally likely.
 * @example persistenceOf({ omega: 0, alpha: 0.05, beta: 0.9, asymmetry: 0.06 }) // 0.98
 */
export function persistenceOf({ alpha, beta, asymmetry = 0 }: GarchParameters): number {
  return alpha + beta + asymmetry / 2;
}

/**
 * Returns rescaled from the volatility of their day to that of now, from the first that the filter can judge: filtered historical
 * simulation. Give every factor the same dates and dependence is kept without a matrix.
 *
 *     r*_t = r_t sqrt(v_now/v_t)
 *
 * Units: the returns'. Errors: a filter of another series, a target that is negative or not finite, a variance of zero. Source: M-148;
 * Hull and White 1998; Barone-Adesi, Giannopoulos and Vosper 1999.
 * @example rescaledReturns(returns, filtered) // to the filter's own next variance
 */
export function rescaledReturns(
  returns: ArrayLike<number>,
  { variances, from }: Filtered,
  target: number = variances[variances.length - 1] ?? Number.NaN,
): Float64Array | Refusal {
  const doubt = doubtNumbers(returns, 'a series of returns');
  if (doubt !== undefined) return doubt;
  if (variances.length !== returns.length + 1) {
    return refuse(
      'malformed',
      `${returns.length} returns were not filtered into ${variances.length} variances.`,
    );
  }
  if (!(target >= 0 && Number.isFinite(target)))
    return refuse('out-of-range', `target ${target} is no variance.`);
  const out = new Float64Array(returns.length - from);
  for (let t = from; t < returns.length; t++) {
    if (!(variances[t]! > 0)) {
      return refuse('no-volatility', `return ${t} has a variance of ${variances[t]}; filter with a floor.`);
    }
    out[t - from] = returns[t]! * Math.sqrt(target / variances[t]!);
  }
  return out;
}

function filter(
  returns: ArrayLike<number>,
  seed: number,
  from: number,
  floor: number,
  next: (variance: number, move: number) => number,
): Filtered | Refusal {
  const least = floor * floor;
  const variances = new Float64Array(returns.length + 1).fill(Math.max(seed, least));
  let variance = seed;
  let moved = variance > 0 || least > 0;
  for (let t = from; t < returns.length; t++) {
    variance = next(variance, returns[t]!);
    if (!Number.isFinite(variance)) return refuse('out-of-range', `the variance overflows at return ${t}.`);
    moved ||= variance > 0;
    variances[t + 1] = Math.max(variance, least);
  }
  if (moved) return { variances, from };
  return refuse('no-volatility', 'a series that never moves has no volatility; state a floor or a proxy.');
}

function seedOf(
  returns: ArrayLike<number>,
  seed: number | undefined,
  warmUp: number,
): { readonly seed: number; readonly from: number } | Refusal {
  const doubt = doubtNumbers(returns, 'a series of returns');
  if (doubt !== undefined) return doubt;
  if (seed !== undefined) {
    return seed >= 0 && Number.isFinite(seed)
      ? { seed, from: 0 }
      : refuse('bad-parameter', `seed ${seed} is no variance.`);
  }
  if (!(Number.isSafeInteger(warmUp) && warmUp > 0)) {
    return refuse('bad-parameter', `a warm-up of ${warmUp} returns; give a positive integer.`);
  }
  if (returns.length <= warmUp) {
    return refuse(
      'too-short',
      `${returns.length} returns; ${warmUp + 1} are needed to seed a volatility, or state the seed.`,
    );
  }
  let sum = 0;
  for (let t = 0; t < warmUp; t++) sum += returns[t]! * returns[t]!;
  return { seed: sum / warmUp, from: warmUp };
}

function doubtGarch({ omega, alpha, beta, asymmetry = 0 }: GarchParameters): Refusal | undefined {
  const total = omega + alpha + beta + asymmetry;
  if (omega >= 0 && alpha >= 0 && beta >= 0 && alpha + asymmetry >= 0 && Number.isFinite(total))
    return undefined;
  return refuse(
    'bad-parameter',
    `omega ${omega}, alpha ${alpha}, beta ${beta}, alpha + asymmetry ${alpha + asymmetry} must be finite and >= 0.`,
  );
}

function explosive(persistence: number): Refusal {
  return refuse(
    'bad-parameter',
    `a persistence of ${persistence} leaves no long-run variance; it must be below 1.`,
  );
}

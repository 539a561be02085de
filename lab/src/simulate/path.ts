// How spot, volatility, skew and basis move, hour by hour: GJR-GARCH variance, Student innovations, common jumps, leverage in the skew.

import { assert, type Prng } from '@plimsoll/core';
import { exp, log, normalInverse } from '@plimsoll/core/kernel';
import type { SimulatedUnderlying } from './underlyings.ts';

const HOURS_PER_YEAR = 8_760;

// Hourly GJR-GARCH(1,1) (Glosten, Jagannathan, Runkle 1993): persistence 0.035 + 0.02/2 + 0.95 = 0.995, a half-life of six days.
const ALPHA = 0.035;
const GAMMA = 0.02;
const PERSISTENCE = 0.95;
const OMEGA = 1 - ALPHA - GAMMA / 2 - PERSISTENCE;
/** A squared shock counts at most this many variances, so that a fourth moment that does not exist cannot run away. */
const SHOCK_SQUARE_MAX = 120;
/** Annual variance never leaves 8 % to 250 % volatility. */
const VARIANCE_MIN = 0.0064;
const VARIANCE_MAX = 6.25;
/** One common jump in five weeks, three percent down on average. */
const JUMP_PER_HOUR = 1 / 840;
const JUMP_MEAN = -0.03;
const JUMP_DEVIATION = 0.03;
/** Memory of the trend that leans the skew and the basis: three days. */
const TREND_DECAY = 71 / 72;
const RHO_PER_TREND = 0.8;
const RHO_MAX = 0.5;
const BASIS_PULL = 0.01;
const BASIS_PER_TREND = 0.4;
const BASIS_NOISE = 0.002;
const BASIS_MAX = 0.35;

/** Where one coin stands. */
export interface PathState {
  /** USD per coin. */
  readonly spot: number;
  /** Variance per year that the next hour is drawn with. */
  readonly variance: number;
  /** Decayed sum of log returns over about three days. */
  readonly trend: number;
  /** SSVI's rho now: falls when the coin falls. */
  readonly rho: number;
  /** Forward drift over spot per year, now. */
  readonly basis: number;
}

/** A coin at rest. @example startPath(SIMULATED_UNDERLYINGS[0]).spot // 90000 */
export function startPath(one: SimulatedUnderlying): PathState {
  return { spot: one.spot, variance: one.vol * one.vol, trend: 0, rho: one.rho, basis: one.carry };
}

/**
 * All coins one hour on. `shove` is a log return added to the common jump (a crash on demand), usually 0.
 *     r = sqrt(v / 8760) z + beta jump,   v' = vbar omega + v (persistence + (alpha + gamma 1[r < 0]) min(cap, r^2 / v))
 * The same number of draws every hour, so that a crash changes nothing else.
 * @example stepPaths(SIMULATED_UNDERLYINGS, SIMULATED_UNDERLYINGS.map(startPath), seededPrng(1), 0)
 */
export function stepPaths(
  underlyings: readonly SimulatedUnderlying[],
  states: readonly PathState[],
  prng: Prng,
  shove: number,
): readonly PathState[] {
  assert(underlyings.length === states.length, 'every coin has a state');
  const common = studentDraw(prng);
  const isJump = prng.next() < JUMP_PER_HOUR;
  const size = JUMP_MEAN + JUMP_DEVIATION * normalDraw(prng);
  const jump = (isJump ? size : 0) + shove;
  return underlyings.map((one, i) => stepPath(one, states[i]!, common, jump, prng));
}

function stepPath(
  one: SimulatedUnderlying,
  state: PathState,
  common: number,
  jump: number,
  prng: Prng,
): PathState {
  const own = studentDraw(prng);
  const z = one.correlation * common + Math.sqrt(1 - one.correlation * one.correlation) * own;
  const hourly = state.variance / HOURS_PER_YEAR;
  const move = Math.sqrt(hourly) * z + one.beta * jump;
  const square = Math.min(SHOCK_SQUARE_MAX, (move * move) / hourly);
  const response = PERSISTENCE + (ALPHA + (move < 0 ? GAMMA : 0)) * square;
  const variance = clamp(one.vol * one.vol * OMEGA + state.variance * response, VARIANCE_MIN, VARIANCE_MAX);
  const trend = state.trend * TREND_DECAY + move;
  const home = one.carry + BASIS_PER_TREND * trend;
  const drift = BASIS_PULL * (home - state.basis) + BASIS_NOISE * normalDraw(prng);
  return {
    spot: state.spot * exp(move),
    variance,
    trend,
    rho: clamp(one.rho + RHO_PER_TREND * trend, -RHO_MAX, RHO_MAX),
    basis: clamp(state.basis + drift, -BASIS_MAX, BASIS_MAX),
  };
}

/** Uniform on (0, 1), both ends excluded. */
export function openUniform(prng: Prng): number {
  return prng.next() * (1 - 2 ** -52) + 2 ** -53;
}

/** A standard normal draw by inversion: one uniform each. @example normalDraw(seededPrng(1)) */
export function normalDraw(prng: Prng): number {
  return normalInverse(openUniform(prng));
}

/** Student's t with four degrees of freedom, scaled to unit variance: chi-square(4) is -2 ln(u1 u2). @example studentDraw(seededPrng(1)) */
function studentDraw(prng: Prng): number {
  const normal = normalDraw(prng);
  const chiSquare = -2 * log(openUniform(prng) * openUniform(prng));
  return (normal * Math.SQRT2) / Math.sqrt(chiSquare);
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

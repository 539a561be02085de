// The simulated surface: SSVI, whose every slice and every pair of slices is free of arbitrage by its parameters.

import { assert, type Years } from '@plimsoll/core';
import { exp } from '@plimsoll/core/kernel';
import { clamp, type PathState } from './path.ts';
import type { SimulatedUnderlying } from './underlyings.ts';

/** Speed per year at which short variance returns to the long run: a half-life of three weeks. */
const REVERSION = 12;
/** Options cost more than the variance to come: the premium for bearing it. */
const PREMIUM = 1.12;
/** Options never price below a quarter of the long-run volatility. */
const SHORT_VARIANCE_FLOOR = 0.0625;

/** One moment's surface. `stress` is short variance over long-run variance, 1 at rest. */
export interface SimulatedSurface {
  readonly rho: number;
  readonly eta: number;
  readonly stress: number;
  /** At-the-money total variance to a time, increasing in it. */
  readonly atmVariance: (years: Years) => number;
}

/**
 * The surface of a coin: at-the-money variance runs from the path's own to the long run,
 *     theta(T) = vbar T + (v0 - vbar)(1 - e^(-12 T))/12,
 * rho leans with the trend. Gatheral and Jacquier 2014, theorems 4.1-4.2: with phi = eta / sqrt(theta (1 + theta)),
 * theta increasing and eta^2 (1 + |rho|) <= 4 there is no calendar and no butterfly arbitrage.
 * @example surfaceOf(SIMULATED_UNDERLYINGS[0], startPath(SIMULATED_UNDERLYINGS[0])).stress // 1
 */
export function surfaceOf(one: SimulatedUnderlying, state: PathState): SimulatedSurface {
  assert(one.eta * one.eta * (1 + Math.abs(state.rho)) <= 4, 'the smile is free of butterflies');
  const long = PREMIUM * one.vol * one.vol;
  const short = Math.max(SHORT_VARIANCE_FLOOR * long, PREMIUM * state.variance);
  return {
    rho: state.rho,
    eta: one.eta,
    stress: clamp(short / long, 0.5, 6),
    atmVariance: (years) => long * years + ((short - long) * (1 - exp(-REVERSION * years))) / REVERSION,
  };
}

/**
 * Implied volatility at log-moneyness `k = ln(K/F)`:
 *     w(k) = theta/2 (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2)),  vol = sqrt(w / T).
 * @example simulatedVol(surface, 0, years(0.1)) // sqrt(theta / T)
 */
export function simulatedVol(surface: SimulatedSurface, k: number, years: Years): number {
  const { rho, eta } = surface;
  const theta = surface.atmVariance(years);
  const bent = (eta / Math.sqrt(theta * (1 + theta))) * k;
  const w = (theta / 2) * (1 + rho * bent + Math.sqrt((bent + rho) * (bent + rho) + 1 - rho * rho));
  return Math.sqrt(w / years);
}

// Generalised Black-Scholes-Merton as the undiscounted Black-76 kernel under a chain rule. Crypto quotes forwards, so core has no
// spot-and-dividend pricer; textbooks do, and this page is the whole difference.

import { blackGreeks, exp, type Right } from '@plimsoll/core/kernel';

/** Value and greeks of an option on a spot with continuous carry, per 1.00 of vol and rate and per year. */
export interface CarryGreeks {
  readonly value: number;
  readonly delta: number;
  /** Percent of value per percent of spot. */
  readonly elasticity: number;
  readonly gamma: number;
  readonly vega: number;
  /** As time passes, per year of 365 days. */
  readonly theta: number;
  readonly rho: number;
  readonly dividendRho: number;
}

/**
 * Generalised BSM from `V = D B(F, K, vol, T)`, `F = S e^{(r-q)T}`, `D = e^{-rT}`:
 *
 *     delta = D B_F F/S;  gamma = D B_FF (F/S)^2;  vega = D B_vol;  rho = T (F D B_F - V);  dividendRho = -T F D B_F
 *     theta = r V - (r - q) F D B_F + D B_t
 *
 * Source: Haug, "The complete guide to option pricing formulas", ch. 1-2.
 * @example carryGreeks('call', 90, 100, 0.4, 0.7, 0.06, 0.02).delta // 0.4679566
 */
export function carryGreeks(
  right: Right,
  spot: number,
  strike: number,
  vol: number,
  years: number,
  rate: number,
  dividend: number,
): CarryGreeks {
  const growth = exp((rate - dividend) * years);
  const discount = exp(-rate * years);
  const forward = spot * growth;
  const black = blackGreeks(right, forward, strike, vol, years);
  const value = discount * black.value;
  const delta = discount * black.delta * growth;
  const exposure = forward * discount * black.delta;
  return {
    value,
    delta,
    elasticity: (delta * spot) / value,
    gamma: discount * black.gamma * growth * growth,
    vega: discount * black.vega,
    theta: rate * value - (rate - dividend) * exposure + discount * black.theta,
    rho: years * (exposure - value),
    dividendRho: -years * exposure,
  };
}

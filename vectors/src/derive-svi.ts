// Derive's way to read a volatility from SVI parameters. The curve is core's; what is the venue's own is the clamp of far strikes,
// the cap on variance and the words for strike 0. Source: our notes on derivexyz/lyra-utils SVI.sol, testGetVols and the caps tests.

import { isRefusal, type RawSvi, type Refusal, refuse, sviVariance } from '@plimsoll/core';
import { log } from '@plimsoll/core/kernel';

/** Strikes further out than this many `sqrt(a + b sigma)` are priced as if they stood there. */
const REACH = 4;
/** Total variance is never taken above 12 squared. */
const VARIANCE_MAX = 144;

/**
 * Log-moneyness as Derive uses it: `k = ln(K/F)` clamped to `+-4 sqrt(a + b sigma)`.
 * @example deriveMoneyness({ a: 0.0125, b: 0.1, rho: 0, m: 0, sigma: 0.1 }, 1, 2000) // -0.6
 */
export function deriveMoneyness(svi: RawSvi, strike: number, forward: number): number | Refusal {
  if (!(forward > 0 && strike > 0)) {
    return refuse('out-of-range', `Strike ${strike} and forward ${forward} must be above 0.`);
  }
  const level = svi.a + svi.b * svi.sigma;
  if (!(level >= 0)) return refuse('bad-parameter', `SVI a + b sigma is ${level}; it must be at least 0.`);
  const bound = REACH * Math.sqrt(level);
  return Math.min(bound, Math.max(-bound, log(strike / forward)));
}

/**
 * Volatility of a strike, `sqrt(min(w(k), 144) / tau)`; 0 at strike 0. Refuses a forward or time of 0 and negative variance.
 * @example deriveVol({ a: 0.0125, b: 0.1, rho: 0, m: 0, sigma: 0.1 }, 100, 100, 0.25) // 0.3
 */
export function deriveVol(svi: RawSvi, strike: number, forward: number, tau: number): number | Refusal {
  if (!(forward > 0 && tau > 0)) {
    return refuse('out-of-range', `Forward ${forward} and time ${tau} must be above 0.`);
  }
  if (strike === 0) return 0;
  const k = deriveMoneyness(svi, strike, forward);
  if (isRefusal(k)) return k;
  const variance = sviVariance(svi, k);
  if (!(variance >= 0)) {
    return refuse('bad-parameter', `SVI total variance is ${variance} at k = ${k}; it must be at least 0.`);
  }
  return Math.sqrt(Math.min(variance, VARIANCE_MAX) / tau);
}

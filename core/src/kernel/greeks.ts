// Black-76 sensitivities in closed form: of the price quoted in money, and of the price of a coin-settled option quoted in coin.
// Everything is undiscounted; a discount factor multiplies every field except a delta hedge's units, by the caller.

import { blackPrice, logMoneyness, type Right } from './black76.ts';
import { normalCdf, normalPdf } from './normal.ts';

/** Price and sensitivities of one option with respect to forward F, volatility and calendar time, undiscounted. */
export interface BlackGreeks {
  /** V [money] */
  readonly value: number;
  /** dV/dF [1] */
  readonly delta: number;
  /** d2V/dF2 [1/money] */
  readonly gamma: number;
  /** dV/dvol [money per 1.00 of vol] */
  readonly vega: number;
  /** dV/dt as time passes, at constant forward and vol [money per year]; negative */
  readonly theta: number;
  /** d2V/dF dvol [per 1.00 of vol] */
  readonly vanna: number;
  /** d2V/dvol2 [money per vol squared] */
  readonly volga: number;
}

/** Price in coin c = V/F of a coin-settled option and its sensitivities, undiscounted. */
export interface CoinGreeks {
  /** c = V/F [coin] */
  readonly value: number;
  /** dc/dF [coin per money] */
  readonly delta: number;
  /** F dc/dF = dV/dF - V/F [coin]: the hedge of a holder who counts in coin */
  readonly netDelta: number;
  /** d2c/dF2 [coin per money squared] */
  readonly gamma: number;
  /** dc/dvol [coin per 1.00 of vol] */
  readonly vega: number;
  /** dc/dt at constant forward and vol [coin per year] */
  readonly theta: number;
  /** d2c/dF dvol [coin per money per 1.00 of vol] */
  readonly vanna: number;
  /** d2c/dvol2 [coin per vol squared] */
  readonly volga: number;
}

// d1, d2 and the density at d1; the density is 0 and the distances are +-Infinity in the limits s = 0, F = 0, K = 0.
interface Distances {
  readonly d1: number;
  readonly d2: number;
  readonly density: number;
}

function distances(forward: number, strike: number, stdev: number): Distances {
  const x = forward <= strike ? logMoneyness(forward, strike) : -logMoneyness(strike, forward);
  if (stdev === 0 || !Number.isFinite(x)) {
    // At forward = strike the limit stdev -> 0 is d = 0; the density there belongs to an option with time left, none here.
    const d = x === 0 ? 0 : x > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    return { d1: d, d2: d, density: 0 };
  }
  const h = x / stdev;
  return { d1: h + 0.5 * stdev, d2: h - 0.5 * stdev, density: normalPdf(h + 0.5 * stdev) };
}

/**
 * a * b where a = 0 silences an infinite b: the Gaussian beats every power of its argument.
 * @example silenced(0, Number.POSITIVE_INFINITY) // 0
 */
export function silenced(density: number, factor: number): number {
  return density === 0 ? 0 : density * factor;
}

/**
 * Undiscounted Black-76 price and greeks with respect to the forward. Relative error below 1e-10, mostly 1e-14.
 *
 *     delta = N(d1), for a put -N(-d1);  gamma = phi(d1)/(F s);  vega = F phi(d1) sqrt T;  theta = -F phi(d1) vol/(2 sqrt T)
 *     vanna = -phi(d1) d2/vol;  volga = vega d1 d2/vol;  s = vol sqrt T
 *
 * Units: see BlackGreeks; years of 365 days where the caller counts so. In the limits (no time, no vol, F or K = 0) delta is
 * the slope of the limit price, one half at the kink, and every other greek is 0: the kink's curvature is not a number.
 * Errors: RangeError for NaN, negative or infinite inputs. Source: quant notes 3.1; Haug, "Option pricing formulas", ch. 2.
 * @example blackGreeks('call', 60000, 66000, 0.6, 30 / 365).vega // 6150.3514...
 */
export function blackGreeks(
  right: Right,
  forward: number,
  strike: number,
  vol: number,
  years: number,
): BlackGreeks {
  const root = Math.sqrt(years);
  const value = blackPrice(right, forward, strike, vol * root);
  const { d1, d2, density } = distances(forward, strike, vol * root);
  const vega = silenced(density, forward * root);
  return {
    value,
    delta: right === 'call' ? normalCdf(d1) : -normalCdf(-d1),
    gamma: density === 0 ? 0 : density / (forward * vol * root),
    vega,
    theta: density === 0 ? 0 : (-forward * density * vol) / (2 * root),
    vanna: silenced(density, -d2 / vol),
    volga: silenced(vega, (d1 * d2) / vol),
  };
}

/**
 * Price in coin and greeks of a coin-settled (inverse) option, undiscounted. Relative error below 1e-10, mostly 1e-14.
 *
 *     c = V/F;  net delta = F dc/dF = dV/dF - V/F = (K/F) N(d2), for a put -(K/F) N(-d2);  delta = net delta / F
 *     gamma = (phi(d1)/s - 2 net delta)/F^2;  vega = phi(d1) sqrt T;  theta = -phi(d1) vol/(2 sqrt T)
 *     vanna = -phi(d1) d1/(vol F);  volga = vega d1 d2/vol
 *
 * Units: see CoinGreeks. Limits as in blackGreeks. Errors: RangeError for a forward of 0, where a price in coin has no meaning,
 * and for NaN, negative or infinite inputs. Source: quant notes 3.1.
 * @example coinGreeks('put', 60000, 66000, 0.6, 30 / 365).netDelta // -0.8128369...
 */
export function coinGreeks(
  right: Right,
  forward: number,
  strike: number,
  vol: number,
  years: number,
): CoinGreeks {
  if (!(forward > 0)) throw new RangeError(`coinGreeks wants a forward above 0, got ${forward}`);
  const root = Math.sqrt(years);
  const value = blackPrice(right, forward, strike, vol * root) / forward;
  const { d1, d2, density } = distances(forward, strike, vol * root);
  const moneyness = strike / forward;
  const netDelta = right === 'call' ? moneyness * normalCdf(d2) : -moneyness * normalCdf(-d2);
  const vega = silenced(density, root);
  const curvature = density === 0 ? 0 : density / (vol * root);
  return {
    value,
    delta: netDelta / forward,
    netDelta,
    gamma: (curvature - 2 * netDelta) / forward / forward,
    vega,
    theta: density === 0 ? 0 : (-density * vol) / (2 * root),
    vanna: silenced(density, -d1 / (vol * forward)),
    volga: silenced(vega, (d1 * d2) / vol),
  };
}

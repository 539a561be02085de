// Black-76, the reference price: undiscounted, total, and accurate relative to the price itself, however small it is.
//
// Only the out-of-the-money side is computed; the other side is that plus intrinsic. With K >= F (a put swaps the two),
// x = ln(F/K) <= 0, h = x/s and d1,2 = h +- s/2, the identity F phi(d1) = K phi(d2) gives
//
//     C/F = N(d1) - (K/F) N(d2) = phi(d1) (Y(d1) - Y(d2)),   Y = N/phi  (mills.ts)
//
// The difference loses about |h|/s digits' worth, so for small s it is summed as the odd Taylor series around h instead,
// whose terms are all positive:  Y(h + s/2) - Y(h - s/2) = 2 sum over odd n of Y^(n)(h) (s/2)^n / n!.

import { expSum, log, logTail } from './elementary.ts';
import { mills, millsSlope } from './mills.ts';
import { gaussian } from './normal.ts';

/** Which side of the strike an option pays on. */
export type Right = 'call' | 'put';

const INVERSE_SQRT_TWO_PI = 0.3989422804014327;
// Below: the series, 13th power and up of s/2 = 1/8 left out (1e-16 of the sum at h = 0, less elsewhere).
// Above: the difference, which cancels a factor of at most |h|/s + 1, 160 at the last price a double can hold.
const SERIES_STDEV_MAX = 0.25;

/**
 * Undiscounted Black-76 price. Relative error below 5e-15 for prices above 1e-10 of forward, 6e-14 above 1e-100, 2e-13 above 1e-300.
 *
 *     call = F N(d1) - K N(d2),   put = K N(-d2) - F N(-d1),   d1,2 = ln(F/K)/s +- s/2
 *
 * Defined limits: stdev 0 gives intrinsic; strike 0 gives call F, put 0; forward 0 gives call 0, put K; an infinite stdev gives
 * call F, put K. Units: price in the unit of forward and strike; stdev = vol * sqrt(years), a pure number.
 * Errors: RangeError for NaN, a negative input or an infinite forward or strike, which are bugs of the caller.
 * Source: F. Black, "The pricing of commodity contracts", 1976.
 * @example blackPrice('call', 60000, 66000, 0.6 * Math.sqrt(30 / 365)) // 1962.156303...
 */
export function blackPrice(right: Right, forward: number, strike: number, stdev: number): number {
  if (!(forward >= 0 && strike >= 0 && stdev >= 0 && forward + strike < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`blackPrice wants finite numbers >= 0, got F=${forward} K=${strike} stdev=${stdev}`);
  }
  const intrinsic = right === 'call' ? forward - strike : strike - forward;
  const lower = Math.min(forward, strike);
  const timeValue = lower * timeRatio(logMoneyness(lower, Math.max(forward, strike)), stdev);
  return intrinsic > 0 ? intrinsic + timeValue : timeValue;
}

/**
 * ln(lower / upper) for 0 <= lower <= upper, with relative accuracy also where the two are close.
 *
 *     ln(lower/upper) = log1p((lower - upper)/upper)  when upper <= 1.4 lower, where the difference is exact
 *
 * Units: none. Errors: none; 0 over 0 counts as equal, lower = 0 gives -Infinity. Relative error about 2 ulp.
 * @example logMoneyness(60000, 66000) // -0.09531017980432493
 */
export function logMoneyness(lower: number, upper: number): number {
  if (lower === upper) return 0;
  if (upper <= 1.4 * lower) {
    const fall = (lower - upper) / upper;
    return fall - logTail(fall);
  }
  const ratio = lower / upper;
  return ratio > 1e-290 ? log(ratio) : log(lower) - log(upper);
}

/**
 * Out-of-the-money value as a share of the lower of forward and strike: a number in [0, 1], increasing in stdev.
 *
 *     timeRatio(x, s) = N(x/s + s/2) - e^(-x) N(x/s - s/2),   x = ln(lower/upper) <= 0
 *
 * Units: none. Errors: none; x = -Infinity and s = 0 give 0, s = Infinity gives 1.
 * @example timeRatio(0, 0.1) // 0.039877611676744920 at the money
 */
export function timeRatio(x: number, s: number): number {
  if (s === 0 || x === Number.NEGATIVE_INFINITY) return 0;
  const h = x / s;
  const d1 = h + 0.5 * s;
  if (d1 < -40) return 0;
  const density = INVERSE_SQRT_TWO_PI * (d1 > -4 ? gaussian(d1) : tailGaussian(x, s, h, d1));
  if (s < SERIES_STDEV_MAX) return 2 * density * oddSeries(h, 0.5 * s);
  const share = mills(h - 0.5 * s);
  const other = mills(-Math.abs(d1));
  return d1 > 0 ? 1 - density * (other + share) : density * (other - share);
}

/**
 * What is missing from timeRatio to 1, without cancellation, for d1 > 0: all terms are positive.
 *
 *     1 - timeRatio = N(-d1) + e^(-x) N(d2) = phi(d1) (Y(-d1) + Y(d2))
 *
 * Units: none. Errors: none. Used where a price is close to its upper bound.
 * @example timeRoom(5, -5) // 5.733031437583878e-7
 */
export function timeRoom(d1: number, d2: number): number {
  if (d1 > 40) return 0;
  return INVERSE_SQRT_TWO_PI * gaussian(d1) * (mills(-d1) + mills(d2));
}

// exp(-d1^2/2) for d1 far below 0, where the rounding of d1 itself would be magnified by |d1|: h = x/s and the sum h + s/2 are
// given back what rounding took from them.
function tailGaussian(x: number, s: number, h: number, d1: number): number {
  const half = 0.5 * s;
  const sumError = h - d1 + half;
  const cut = Math.fround(h);
  const cutS = Math.fround(s);
  const rest = h - cut;
  const restS = s - cutS;
  const quotientError = (x - cut * cutS - (cut * restS + rest * cutS) - rest * restS) / s;
  const top = Math.fround(d1);
  return expSum(-0.5 * top * top, -0.5 * (d1 - top) * (d1 + top) - d1 * (sumError + quotientError));
}

// Sum over odd n <= 11 of Y^(n)(h) q^n / n!, from Y and Y' by Y^(n+1) = h Y^(n) + n Y^(n-1). Going up loses digits of the high
// derivatives, but they enter with powers of q: the harm stays below sinh(|x|/2)/(|x|/2) roundings of the sum.
function oddSeries(h: number, q: number): number {
  const y0 = mills(h);
  const y1 = millsSlope(h);
  const y2 = h * y1 + y0;
  const y3 = h * y2 + 2 * y1;
  const y4 = h * y3 + 3 * y2;
  const y5 = h * y4 + 4 * y3;
  const y6 = h * y5 + 5 * y4;
  const y7 = h * y6 + 6 * y5;
  const q2 = q * q;
  const low = y1 + q2 * (y3 * (1 / 6) + q2 * (y5 * (1 / 120) + q2 * (y7 * (1 / 5040))));
  if (q < 0.01) return q * low;
  const y8 = h * y7 + 7 * y6;
  const y9 = h * y8 + 8 * y7;
  const y10 = h * y9 + 9 * y8;
  const y11 = h * y10 + 10 * y9;
  const q8 = q2 * q2 * q2 * q2;
  return q * (low + q8 * (y9 * (1 / 362_880) + q2 * (y11 * (1 / 39_916_800))));
}

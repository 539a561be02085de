// The normal distribution: density, distribution, inverse. The left tail keeps RELATIVE accuracy down to where doubles end,
// because a deep out-of-the-money price is nothing else.

import { expSum, log } from './elementary.ts';
import { mills } from './mills.ts';

const INVERSE_SQRT_TWO_PI = 0.3989422804014327;

/**
 * Standard normal density. Relative error about 2 ulp for every x whose density is a normal double.
 *
 *     phi(x) = exp(-x^2/2) / sqrt(2 pi)
 *
 * The square is taken exactly: its rounding error alone would be 7e-14 of the result at x = 37.
 * Units: per unit of x. Errors: none; NaN in, NaN out.
 * @example normalPdf(0) // 0.3989422804014327
 */
export function normalPdf(x: number): number {
  return INVERSE_SQRT_TWO_PI * gaussian(x);
}

/**
 * exp(-x^2/2), the density without its constant. Relative error about 1 ulp.
 *
 *     gaussian(x) = exp(-h^2/2 - (x - h)(x + h)/2),  h = x rounded to 24 bits, so that h^2 is exact
 *
 * Units: none. Errors: none; NaN in, NaN out.
 * @example gaussian(0) // 1
 */
export function gaussian(x: number): number {
  const h = Math.fround(x);
  return expSum(-0.5 * h * h, -0.5 * (x - h) * (x + h));
}

/**
 * Standard normal distribution. Relative error below 1e-15 on both sides, down to x = -37.5; exactly 0.5 at 0.
 *
 *     N(x) = phi(x) Y(x) for x < -1;  1/2 + integral of phi near 0;  1 - N(-x) for x > 1
 *
 * Units: probability. Errors: none; NaN in, NaN out.
 * @example normalCdf(-1.6448536269514722) // 0.05
 */
export function normalCdf(x: number): number {
  if (x < -1) return x < -40 ? 0 : INVERSE_SQRT_TWO_PI * gaussian(x) * mills(x);
  if (x > 1) return x > 9 ? 1 : 1 - INVERSE_SQRT_TWO_PI * gaussian(x) * mills(-x);
  return 0.5 + normalCentre(x);
}

/**
 * `normalCdf` for callers who have the density already; the same bits.
 *
 *     normalCdfGiven(x, normalPdf(x)) = normalCdf(x)
 *
 * Units: probability. Errors: none. The density at x is that at -x, to the bit; beyond 9 and -40 it is not looked at.
 * @example normalCdfGiven(0, 0.3989422804014327) // 0.5
 */
export function normalCdfGiven(x: number, density: number): number {
  if (x < -1) return x < -40 ? 0 : density * mills(x);
  if (x > 1) return x > 9 ? 1 : 1 - density * mills(-x);
  return 0.5 + normalCentre(x);
}

/**
 * Inverse of the standard normal distribution. Error about 1 ulp; p <= 0 gives -Infinity, p >= 1 gives Infinity.
 *
 *     N(x) = p
 *
 * A first guess (Abramowitz-Stegun 26.2.23, error 4.5e-4), then Halley's step twice on (N(x) - p)/phi(x): its cubic convergence
 * leaves 1e-11 and then nothing. Near p = 1/2 the difference p - 1/2 is exact and is compared with the odd part of N.
 * Units: standard deviations. Errors: none; NaN in, NaN out.
 * @example normalInverse(0.975) // 1.959963984540054
 */
export function normalInverse(p: number): number {
  if (!(p > 0 && p < 1)) {
    if (Number.isNaN(p)) return p;
    return p <= 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (p === 0.5) return 0;
  return p < 0.5 ? lowerQuantile(p) : -lowerQuantile(1 - p);
}

function lowerQuantile(p: number): number {
  const t = Math.sqrt(-2 * log(p));
  const guess =
    (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  let x = Math.min(guess - t, 0);
  for (let step = 0; step < 3; step++) {
    const miss = x < -1 ? mills(x) - p / normalPdf(x) : (normalCentre(x) - (p - 0.5)) / normalPdf(x);
    x -= miss / (1 + 0.5 * x * miss);
  }
  return x;
}

/**
 * The odd part of the distribution, N(x) - 1/2, for |x| <= 1. Relative error about 1 ulp, also near 0.
 *
 *     N(x) - 1/2 = (x - x^3/6 + x^5/40 - ...) / sqrt(2 pi) = sum of (-1)^n x^(2n+1) / (2^n n! (2n+1)) / sqrt(2 pi)
 *
 * Units: probability. Errors: none; outside |x| <= 1 the series is cut too early.
 * @example normalCentre(0) // 0
 */
function normalCentre(x: number): number {
  const q = x * x;
  const q2 = q * q;
  const q4 = q2 * q2;
  const a = -1 / 6 + q * (1 / 40) - q2 * (1 / 336 - q * (1 / 3456));
  const b = -1 / 42_240 + q * (1 / 599_040) - q2 * (1 / 9_676_800 - q * (1 / 175_472_640));
  const c =
    -1 / 3_530_096_640 +
    q * (1 / 78_033_715_200) -
    q2 * (1 / 1_880_240_947_200 - q * (1 / 49_049_763_840_000));
  const d = -1 / 1_377_317_368_627_200 + q * (1 / 41_421_544_567_603_200);
  return INVERSE_SQRT_TWO_PI * (x + x * (q * (a + q4 * (b + q4 * (c + q4 * d)))));
}

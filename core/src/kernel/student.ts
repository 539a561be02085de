// Student's t: density, distribution, inverse, for any positive number of degrees of freedom. The tail keeps relative accuracy.

import { exp, log, log1p } from './elementary.ts';
import { normalInverse } from './normal.ts';

const SQRT_PI = 1.772453850905516;
const RATIO_FROM = 100; // the first omitted term of the series, 0.0012/x^7, is then below 2e-17
const FRACTION_STEPS_MAX = 100_000; // the fraction needs about sqrt(degrees) steps; 1e6 degrees take 1,000
const NEWTON_STEPS_MAX = 100;
const SETTLED = 1e-9; // convergence is quadratic: the step after this one would move by 1e-17
const TINY = 1e-300;

/**
 * Density of Student's t. Relative error about 1e-14.
 *
 *     t(x) = Gamma((v+1)/2) / (sqrt(v pi) Gamma(v/2)) (1 + x^2/v)^(-(v+1)/2)
 *
 * Units: per unit of x, whose variance is v/(v-2), not 1. Errors: none; NaN for v <= 0.
 * @example studentPdf(0, 4) // 0.375
 */
export function studentPdf(x: number, degrees: number): number {
  if (!(degrees > 0)) return Number.NaN;
  const height = gammaRatio(degrees / 2) / (Math.sqrt(degrees) * SQRT_PI);
  return height * exp(-0.5 * (degrees + 1) * log1p((x * x) / degrees));
}

/**
 * Distribution of Student's t. Relative error of the lower tail about 1e-13.
 *
 *     T(x) = I_{v/(v+x^2)}(v/2, 1/2) / 2 for x < 0,  I the regularised incomplete beta function;  T(-x) = 1 - T(x)
 *
 * Source: Abramowitz-Stegun 26.7.1 and 26.5.8 (continued fraction), evaluated by Lentz's method.
 * Units: probability. Errors: none; NaN for v <= 0.
 * @example studentCdf(-2.131846786326649, 4) // 0.05
 */
export function studentCdf(x: number, degrees: number): number {
  if (!(degrees > 0) || Number.isNaN(x)) return Number.NaN;
  if (x === 0) return 0.5;
  const square = x * x;
  if (square === Number.POSITIVE_INFINITY) return x < 0 ? 0 : 1;
  const a = degrees / 2;
  const rest = square / (degrees + square);
  const share = degrees / (degrees + square);
  // x^a (1-x)^(1/2) / B(a, 1/2), common to both fractions.
  const front = (exp(-a * log1p(square / degrees)) * Math.sqrt(rest) * gammaRatio(a)) / SQRT_PI;
  const inTail = share < (a + 1) / (a + 2.5);
  const half = inTail
    ? (0.5 * front) / (a * betaFraction(share, a, 0.5))
    : front / betaFraction(rest, 0.5, a); // = I_rest(1/2, a)/2, the mass between 0 and |x|
  const lower = inTail ? half : 0.5 - half;
  return x < 0 ? lower : 1 - lower;
}

/**
 * Inverse of Student's t distribution; p <= 0 gives -Infinity, p >= 1 gives Infinity. Relative error about 1e-13 away from p = 1/2.
 *
 *     T(x) = p, by Newton in u = log(-x) on log T(-e^u) - log p, which is concave and falling: the steps cannot run away
 *
 * Units: those of t, whose variance is v/(v-2). Errors: none; NaN for v <= 0.
 * @example studentInverse(0.05, 4) // -2.131846786326649
 */
export function studentInverse(p: number, degrees: number): number {
  if (!(degrees > 0) || Number.isNaN(p)) return Number.NaN;
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  if (p === 0.5) return 0;
  if (p > 0.5) return -studentInverse(1 - p, degrees);
  const target = log(p);
  let u = firstGuess(p, target, degrees);
  for (let step = 0; step < NEWTON_STEPS_MAX; step++) {
    const x = -exp(u);
    const mass = studentCdf(x, degrees);
    const move = ((log(mass) - target) * mass) / (-x * studentPdf(x, degrees));
    u += move;
    if (Math.abs(move) < SETTLED) break;
  }
  return -exp(u);
}

// The normal quantile lies nearer to 0, the power of the tail farther out: T(x) < t(0) v^((v-1)/2) |x|^-v. The latter is close where it is thick.
function firstGuess(p: number, target: number, degrees: number): number {
  const inner = log(-normalInverse(p));
  if (degrees > 10 || p > 0.1) return inner;
  return (log(studentPdf(0, degrees)) + 0.5 * (degrees - 1) * log(degrees) - target) / degrees;
}

// Gamma(x + 1/2)/Gamma(x): lifted to x >= 100 by r(x) = r(x+1) x/(x + 1/2), then sqrt(x) (1 - 1/(8x) + ...).
function gammaRatio(x: number): number {
  let lift = 1;
  let at = x;
  while (at < RATIO_FROM) {
    lift *= at / (at + 0.5);
    at += 1;
  }
  const i = 1 / at;
  const series =
    1 -
    i *
      (1 / 8 -
        i * (1 / 128 + i * (5 / 1024 - i * (21 / 32_768 + i * (399 / 262_144 - i * (869 / 4_194_304))))));
  return lift * Math.sqrt(at) * series;
}

// Reciprocal of the continued fraction behind I_x(a, b): I = x^a (1-x)^b / (a B) / fraction. Quick for x < (a+1)/(a+b+2).
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 0;
  let fraction = 1;
  for (let m = 0; m < FRACTION_STEPS_MAX; m++) {
    const up = a + 2 * m;
    const odd = (-(a + m) * (a + b + m) * x) / (up * (up + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= c * d;
    const next = m + 1;
    const even = (next * (b - next) * x) / ((up + 1) * (up + 2));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return fraction;
}

function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

// The three laws that coverage tests need, each in closed form or summed term by term; the normal tail is core's, right to the last digits.

import { exp, log, log1p, normalCdf } from '@plimsoll/core/kernel';

/**
 * Probability that chi-square of one or two degrees of freedom exceeds x. Relative error about 1e-15, however far out.
 *
 *     1 degree: 2 N(-sqrt x);  2 degrees: e^(-x/2)
 *
 * Units: probability. Errors: none; x below 0 gives 1.
 * @example chiSquareTail(3.841458820694124, 1) // 0.05
 */
export function chiSquareTail(x: number, degrees: 1 | 2): number {
  if (x <= 0) return 1;
  return degrees === 1 ? 2 * normalCdf(-Math.sqrt(x)) : exp(-x / 2);
}

/**
 * Probability of at most x successes in n trials, and of at least x; each is summed on its own side, so that both keep relative accuracy.
 *
 *     P(X <= x) = sum over k <= x of C(n, k) p^k (1 - p)^(n - k)
 *
 * Units: probability. Errors: none; x is taken down to a whole number, p must lie in [0, 1].
 * @example binomialAtMost(4, 250, 0.01) // 0.8922
 */
export function binomialAtMost(x: number, n: number, p: number): number {
  const k = Math.floor(x);
  if (k < 0) return 0;
  if (k >= n || p === 0) return 1;
  if (p === 1) return 0;
  return k <= n * p ? sumDown(k, n, p) : 1 - sumUp(k + 1, n, p);
}

/** Probability of at least x successes in n trials: the other side of `binomialAtMost`. @example binomialAtLeast(10, 250, 0.01) // 0.00025 */
export function binomialAtLeast(x: number, n: number, p: number): number {
  const k = Math.ceil(x);
  if (k <= 0) return 1;
  if (k > n || p === 0) return 0;
  if (p === 1) return 1;
  return k >= n * p ? sumUp(k, n, p) : 1 - sumDown(k - 1, n, p);
}

// From the largest term outwards; terms fall at least geometrically on their side of the mean, and stop when they add nothing.
function sumDown(k: number, n: number, p: number): number {
  let term = exp(logMass(k, n, p));
  let sum = 0;
  for (let i = k; i >= 0 && term > sum * 1e-18; i--) {
    sum += term;
    term *= (i * (1 - p)) / ((n - i + 1) * p);
  }
  return sum;
}

function sumUp(k: number, n: number, p: number): number {
  let term = exp(logMass(k, n, p));
  let sum = 0;
  for (let i = k; i <= n && term > sum * 1e-18; i++) {
    sum += term;
    term *= ((n - i) * p) / ((i + 1) * (1 - p));
  }
  return sum;
}

// log of C(n, k) p^k (1 - p)^(n - k): factors are paired with p so that sums of logarithms stay small.
function logMass(k: number, n: number, p: number): number {
  const few = Math.min(k, n - k);
  let sum = 0;
  for (let i = 1; i <= few; i++) sum += log((n - few + i) / i);
  return sum + k * log(p) + (n - k) * log1p(-p);
}

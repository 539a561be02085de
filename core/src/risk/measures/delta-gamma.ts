// The loss of a book seen through its greeks: cumulants of a quadratic in normal moves, and two quick quantiles of it.
// For the quantile without approximation see quadratic.ts.

import { type Refusal, refuse } from '../../base/index.ts';
import { normalInverse, normalPdf } from '../../kernel/index.ts';
import { dot, eigenOf, multiply, type SquareMatrix, times, trace } from './matrix.ts';
import { doubtCoverage, doubtNumbers, type LossTail } from './tail.ts';

/**
 * A P&L that is quadratic in normal moves r ~ N(0, covariance): returns of spots, moves of vols, whatever stands in one order everywhere.
 *
 *     P&L = carry + delta' r + r' gamma r / 2
 */
export interface DeltaGamma {
  /** What comes without any move: theta times the horizon. */
  readonly carry: number;
  readonly delta: ArrayLike<number>;
  readonly gamma: SquareMatrix;
  readonly covariance: SquareMatrix;
}

/** The first four cumulants of the P&L and its shape; skew and excess kurtosis are 0 where the variance is. */
export interface Cumulants {
  readonly mean: number;
  readonly variance: number;
  readonly third: number;
  readonly fourth: number;
  readonly skew: number;
  readonly excessKurtosis: number;
}

/**
 * Cumulants of a delta-gamma P&L.
 *
 *     A = gamma C:  k1 = carry + tr A/2;  k2 = d'C d + tr A^2/2;  k3 = 3 d'C G C d + tr A^3;  k4 = 12 d'C G C G C d + 3 tr A^4
 *
 * Units: powers of the P&L's. Errors: sizes that differ, numbers that are none, a covariance with a negative eigenvalue, overflow.
 * Source: M-143; Britten-Jones and Schaefer 1999.
 * @example cumulantsOf({ carry: 0, delta: [0], gamma: one, covariance: one }) // mean 0.5, variance 0.5, skew 2.83, excess 12
 */
export function cumulantsOf(book: DeltaGamma): Cumulants | Refusal {
  const doubt = doubtDeltaGamma(book);
  if (doubt !== undefined) return doubt;
  const { carry, delta, gamma, covariance } = book;
  const a = multiply(gamma, covariance);
  const a2 = multiply(a, a);
  const spread = times(covariance, delta); // C d
  const bent = times(gamma, spread); // G C d
  const again = times(covariance, bent); // C G C d
  const mean = carry + 0.5 * trace(a);
  const variance = dot(delta, spread) + 0.5 * trace(a2);
  const third = 3 * dot(spread, bent) + productTrace(a2, a);
  const fourth = 12 * dot(bent, again) + 3 * productTrace(a2, a2);
  if (!Number.isFinite(mean + variance * variance + third + fourth)) {
    return refuse('out-of-range', 'cumulants of this book overflow; state greeks and moves in larger units.');
  }
  if (!(variance > 0)) return { mean, variance: 0, third: 0, fourth: 0, skew: 0, excessKurtosis: 0 };
  const stdev = Math.sqrt(variance);
  const skew = third / (variance * stdev);
  return { mean, variance, third, fourth, skew, excessKurtosis: fourth / (variance * variance) };
}

/**
 * The tail if the P&L were normal with its own mean and variance, gamma counted in both.
 *
 *     VaR = z sqrt(k2) - k1;  ES = phi(z)/(1 - a) sqrt(k2) - k1
 *
 * Units: the P&L's. Errors: as `cumulantsOf`, and a coverage outside (0, 1). Too low for short options: it knows no skew. Source: M-143.
 * @example deltaGammaNormal(book, 0.99)
 */
export function deltaGammaNormal(book: DeltaGamma, coverage: number): LossTail | Refusal {
  const cumulants = doubtCoverage(coverage) ?? cumulantsOf(book);
  if ('kind' in cumulants) return cumulants;
  const z = normalInverse(coverage);
  const stdev = Math.sqrt(cumulants.variance);
  return {
    valueAtRisk: stdev * z - cumulants.mean,
    expectedShortfall: (stdev * normalPdf(z)) / (1 - coverage) - cumulants.mean,
  };
}

/**
 * The Cornish-Fisher polynomial: a normal quantile bent by skew S and excess kurtosis K.
 *
 *     z_cf = z + (z^2 - 1) S/6 + (z^3 - 3z) K/24 - (2z^3 - 5z) S^2/36
 *
 * Units: standard deviations. Errors: none; where `cornishFisherIsMonotone` is false the number is no quantile and orders nothing.
 * Source: M-143; Cornish and Fisher 1937, as used in Maillard 2012.
 * @example cornishFisher(-2.32635, -0.5, 3) // -3.30128
 */
export function cornishFisher(z: number, skew: number, excessKurtosis: number): number {
  const bySkew = ((z * z - 1) * skew) / 6;
  const byKurtosis = ((z * z - 3) * z * excessKurtosis) / 24;
  return z + bySkew + byKurtosis - ((2 * z * z - 5) * z * skew * skew) / 36;
}

/**
 * Whether the Cornish-Fisher polynomial rises everywhere, so that it is a quantile function: its derivative, a quadratic in z,
 * has no two roots and opens upwards.
 *
 *     S^2/9 - 4 (K/8 - S^2/6)(1 - K/8 + 5 S^2/36) <= 0  and  K/8 - S^2/6 >= 0
 *
 * Units: none. Errors: none. Source: M-143; Maillard 2012, A user's guide to the Cornish Fisher expansion.
 * @example cornishFisherIsMonotone(-0.5, 3) // true
 */
export function cornishFisherIsMonotone(skew: number, excessKurtosis: number): boolean {
  const bend = excessKurtosis / 8 - (skew * skew) / 6;
  const slope = 1 - excessKurtosis / 8 + (5 * skew * skew) / 36;
  return bend >= 0 && (skew * skew) / 9 - 4 * bend * slope <= 0 && slope > 0;
}

/**
 * The tail of a delta-gamma P&L by Cornish-Fisher, where the expansion is a quantile function; refused where it is not.
 *
 *     VaR = -(k1 + sqrt(k2) z_cf),  z = N^-1(1 - a);  ES = -(k1 + sqrt(k2) e)
 *     e = -phi(z)/(1 - a) (1 + z S/6 + (z^2 - 1) K/24 - (2 z^2 - 1) S^2/36), the mean of z_cf below z
 *
 * Units: the P&L's. Errors: as `cumulantsOf`; a shape outside the domain (ask `deltaGammaTail`, which needs none). Not for margin alone
 * of short options. Source: M-143; Hermite polynomials integrate to their neighbours for the mean.
 * @example cornishFisherTail(book, 0.99)
 */
export function cornishFisherTail(book: DeltaGamma, coverage: number): LossTail | Refusal {
  const cumulants = doubtCoverage(coverage) ?? cumulantsOf(book);
  if ('kind' in cumulants) return cumulants;
  const { mean, variance, skew: s, excessKurtosis: k } = cumulants;
  if (!cornishFisherIsMonotone(s, k)) {
    return refuse(
      'imprecise',
      `skew ${s.toPrecision(4)} and excess kurtosis ${k.toPrecision(4)} lie outside the domain where Cornish-Fisher is a quantile; use deltaGammaTail or full revaluation.`,
    );
  }
  const z = normalInverse(1 - coverage);
  const stdev = Math.sqrt(variance);
  const bend = 1 + (z * s) / 6 + ((z * z - 1) * k) / 24 - ((2 * z * z - 1) * s * s) / 36;
  return {
    valueAtRisk: -(mean + stdev * cornishFisher(z, s, k)),
    expectedShortfall: (stdev * normalPdf(z) * bend) / (1 - coverage) - mean,
  };
}

/**
 * Refuses greeks and moves that do not fit each other or are no numbers, and a covariance that is none.
 * @example doubtDeltaGamma({ carry: 0, delta: [], gamma, covariance })?.reason // 'empty'
 */
export function doubtDeltaGamma({ carry, delta, gamma, covariance }: DeltaGamma): Refusal | undefined {
  if (!Number.isFinite(carry)) return refuse('malformed', `carry is ${carry}; a finite number is needed.`);
  const doubt =
    doubtNumbers(delta, 'delta') ??
    doubtNumbers(gamma.values, 'gamma') ??
    doubtNumbers(covariance.values, 'the covariance');
  if (doubt !== undefined) return doubt;
  if (gamma.size !== delta.length || covariance.size !== delta.length) {
    return refuse(
      'malformed',
      `delta has ${delta.length} factors, gamma ${gamma.size}, the covariance ${covariance.size}; they must agree.`,
    );
  }
  return doubtPositive(covariance);
}

/**
 * Refuses a matrix with an eigenvalue below zero by more than rounding (1e-10 of the largest).
 * @example doubtPositive({ size: 1, values: Float64Array.of(-1) })?.reason // 'singular'
 */
export function doubtPositive(matrix: SquareMatrix): Refusal | undefined {
  const { values } = eigenOf(matrix);
  const least = values[values.length - 1]!;
  if (least >= -1e-10 * Math.abs(values[0]!)) return undefined;
  return refuse(
    'singular',
    `the covariance has an eigenvalue of ${least.toPrecision(4)}; repair its correlations (nearestCorrelation) first.`,
  );
}

// tr(A B) without the product.
function productTrace(a: SquareMatrix, b: SquareMatrix): number {
  const { size } = a;
  let sum = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) sum += a.values[i * size + j]! * b.values[j * size + i]!;
  }
  return sum;
}

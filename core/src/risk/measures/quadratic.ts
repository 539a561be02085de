// The tail of a delta-gamma P&L without approximation: in the axes where gamma is diagonal the loss is a sum of independent terms,
// whose quantile and mean excess come from one integral (contour.ts).

import { isRefusal, type Refusal, refuse } from '../../base/index.ts';
import { beyond, type QuadraticLaw } from './contour.ts';
import { type DeltaGamma, doubtDeltaGamma } from './delta-gamma.ts';
import { dot, eigenOf, multiply, type SquareMatrix, times } from './matrix.ts';
import { doubtCoverage, type LossTail } from './tail.ts';

const QUANTILE_STEPS_MAX = 200;

/**
 * The law of the loss of a delta-gamma book in independent axes, by two eigenvalue problems.
 *
 *     C = B B';  B' gamma B = Q diag Q';  bends = -diag;  slopes = -Q'B'delta;  level = -carry
 *
 * Units: the P&L's. Errors: as `cumulantsOf`. Source: M-143.
 * @example quadraticLaw({ carry: 0, delta: [1], gamma: zero, covariance: one }) // slopes [-1], bends [0]
 */
export function quadraticLaw(book: DeltaGamma): QuadraticLaw | Refusal {
  const doubt = doubtDeltaGamma(book);
  if (doubt !== undefined) return doubt;
  const { size } = book.covariance;
  const root = symmetricRoot(book.covariance);
  const { values, vectors } = eigenOf(symmetrised(multiply(multiply(root, book.gamma), root)));
  const turned = times(root, book.delta);
  const slopes = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += vectors.values[i * size + j]! * turned[i]!;
    slopes[j] = 0 - sum;
  }
  return { level: 0 - book.carry, slopes, bends: values.map((value) => 0 - value) };
}

/**
 * Value at risk and expected shortfall of a delta-gamma P&L, right to about ten digits whatever its shape.
 *
 *     VaR: P(L > VaR) = 1 - a;  ES = VaR + E(L - VaR)+/(1 - a)
 *
 * Units: the P&L's. Errors: as `cumulantsOf`; a coverage outside (0, 1) or nearer to its ends than 1e-9.
 * Source: M-143; the integral is told in contour.ts.
 * @example deltaGammaTail({ carry: 0, delta: [0], gamma: minusTwo, covariance: one }, 0.99) // VaR 6.635: chi-square's 99 %
 */
export function deltaGammaTail(book: DeltaGamma, coverage: number): LossTail | Refusal {
  const doubt = doubtCoverage(coverage);
  if (doubt !== undefined) return doubt;
  if (Math.min(coverage, 1 - coverage) < 1e-9) {
    return refuse('bad-parameter', `coverage ${coverage} is nearer to 0 or 1 than 1e-9.`);
  }
  const law = quadraticLaw(book);
  if (isRefusal(law)) return law;
  const variance = dot(law.slopes, law.slopes) + 0.5 * dot(law.bends, law.bends);
  const stdev = Math.sqrt(variance);
  let mean = law.level;
  for (const bend of law.bends) mean += 0.5 * bend;
  if (!Number.isFinite(mean + variance))
    return refuse('out-of-range', 'the variance overflows; use larger units.');
  if (!(stdev > Math.abs(mean) * 1e-14 && stdev > 1e-150))
    return { valueAtRisk: mean, expectedShortfall: mean };
  // In units of its own standard deviation and from its own mean, so that no size is special.
  const unit: QuadraticLaw = {
    level: (law.level - mean) / stdev,
    slopes: law.slopes.map((slope) => slope / stdev),
    bends: law.bends.map((bend) => bend / stdev),
  };
  const at = quantile(unit, 1 - coverage);
  const { excess } = beyond(unit, at);
  return {
    valueAtRisk: mean + stdev * at,
    expectedShortfall: mean + stdev * (at + Math.max(0, excess) / (1 - coverage)),
  };
}

/**
 * Probability that a loss in its own axes exceeds v.
 *
 *     P(L > v)
 *
 * Units: probability. Errors: none; a law without variance gives 0 or 1. Source: as `deltaGammaTail`.
 * @example lossBeyond({ level: 0, slopes: Float64Array.of(1), bends: Float64Array.of(0) }, 0) // 0.5
 */
export function lossBeyond(law: QuadraticLaw, v: number): number {
  if (dot(law.slopes, law.slopes) + dot(law.bends, law.bends) === 0) return law.level > v ? 1 : 0;
  return Math.min(1, Math.max(0, beyond(law, v).probability));
}

// Newton on the tail probability, held inside Cantelli's bounds: P(L > m + k s) <= 1/(1 + k^2) on either side.
function quantile(law: QuadraticLaw, tail: number): number {
  let low = -Math.sqrt(tail / (1 - tail));
  let high = Math.sqrt((1 - tail) / tail);
  let at = 0.5 * (low + high);
  for (let step = 0; step < QUANTILE_STEPS_MAX; step++) {
    const { probability, density } = beyond(law, at);
    const miss = probability - tail;
    if (miss > 0) low = at;
    else high = at;
    const newton = at + miss / density;
    const next = newton > low && newton < high ? newton : 0.5 * (low + high);
    if (Math.abs(next - at) <= 1e-15 * Math.max(Math.abs(at), 1e-3) || next === at) return next;
    at = next;
  }
  return at;
}

// B = V sqrt(values) V', the symmetric root of a covariance; what rounding left below zero is zero.
function symmetricRoot(matrix: SquareMatrix): SquareMatrix {
  const { size } = matrix;
  const { values, vectors } = eigenOf(matrix);
  const scaled = new Float64Array(size * size);
  const transposed = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      scaled[i * size + j] = vectors.values[i * size + j]! * Math.sqrt(Math.max(0, values[j]!));
      transposed[j * size + i] = vectors.values[i * size + j]!;
    }
  }
  return symmetrised(multiply({ size, values: scaled }, { size, values: transposed }));
}

// Mean of both halves, which rounding made differ.
function symmetrised({ size, values }: SquareMatrix): SquareMatrix {
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) out[i * size + j] = 0.5 * (values[i * size + j]! + values[j * size + i]!);
  }
  return { size, values: out };
}

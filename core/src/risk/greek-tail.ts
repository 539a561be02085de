// The tail of a P&L seen through its first and second differences along the directions of a normal law: quick, and local (M-167).

import { isRefusal } from '../base/index.ts';
import { normalInverse, normalPdf } from '../kernel/index.ts';
import type { LaneLine } from '../scenario/index.ts';
import type { Combined, TailLanes } from './combine.ts';
import {
  cornishFisher,
  cornishFisherIsMonotone,
  cumulantsOf,
  identityOf,
  type SquareMatrix,
} from './measures/index.ts';
import { dot, multiply, times } from './measures/matrix.ts';
import type { Swept } from './sweep.ts';
import type { WindowPlan } from './windows.ts';

/** Which formula gave a tail: `normal` where nothing bends, `cornish-fisher` where that polynomial is a quantile. */
export type GreekTail = 'normal' | 'cornish-fisher';

/** P&L along independent standard normal directions: `delta' x + x' gamma x / 2`. */
interface Quadratic {
  readonly delta: Float64Array;
  readonly gamma: SquareMatrix;
}

/** A tail by formula, and its derivative by the P&L of each lane: loss is homogeneous in them, so that they are its parts (Euler). */
interface QuickTail extends TailLanes {
  readonly loss: number;
  readonly by: GreekTail;
}

/** Bend of the quantile, as a share of itself, below which a book counts as straight. */
const STRAIGHT = 1e-3;

/** Directions of a plan: there and back along each, and along each pair of them, a lane each. */
function directionsOf({ from }: WindowPlan): number {
  return Math.round((Math.sqrt(1 + 4 * (from.length - 1)) - 1) / 2);
}

/** Differences of the P&L at one deviation along every direction and every pair; `pnl[at]` is the first of those lanes. */
function quadraticOf(pnl: Float64Array, at: number, size: number): Quadratic {
  const gamma = new Float64Array(size * size);
  const delta = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const [there, back] = [pnl[at + 2 * i]!, pnl[at + 2 * i + 1]!];
    delta[i] = (there - back) / 2;
    gamma[i * size + i] = there + back;
  }
  let pair = at + 2 * size;
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++, pair += 2) {
      const both = (pnl[pair]! + pnl[pair + 1]! - gamma[i * size + i]! - gamma[j * size + j]!) / 2;
      gamma[i * size + j] = both;
      gamma[j * size + i] = both;
    }
  }
  return { delta, gamma: { size, values: gamma } };
}

/** The tail multiple of a shape, and its derivatives by skew and excess kurtosis. */
interface Multiple {
  readonly q: number;
  readonly bySkew: number;
  readonly byKurtosis: number;
}

/** Value at risk: the Cornish-Fisher quantile; expected shortfall: its mean beyond. */
function multipleOf({ coverage, measure }: WindowPlan, s: number, k: number): Multiple {
  const z = normalInverse(1 - coverage);
  if (measure === 'var') {
    return {
      q: cornishFisher(z, s, k),
      bySkew: (z * z - 1) / 6 - ((2 * z * z - 5) * z * s) / 18,
      byKurtosis: ((z * z - 3) * z) / 24,
    };
  }
  const mean = -normalPdf(z) / (1 - coverage);
  const bend = 1 + (z * s) / 6 + ((z * z - 1) * k) / 24 - ((2 * z * z - 1) * s * s) / 36;
  return {
    q: mean * bend,
    bySkew: mean * (z / 6 - ((2 * z * z - 1) * s) / 18),
    byKurtosis: (mean * (z * z - 1)) / 24,
  };
}

/** Derivatives of the loss by the four cumulants. */
type ByCumulant = readonly [first: number, second: number, third: number, fourth: number];

/** Derivatives of the loss by delta and gamma, given those by cumulants; the law is standard normal. */
function slopesOf({ delta, gamma }: Quadratic, [first, second, third, fourth]: ByCumulant) {
  const { size } = gamma;
  const bent = times(gamma, delta); // G d
  const again = times(gamma, bent); // G G d
  const squared = multiply(gamma, gamma);
  const cubed = multiply(squared, gamma);
  const byDelta = delta.map((d, i) => second * 2 * d + third * 6 * bent[i]! + fourth * 24 * again[i]!);
  const byGamma = gamma.values.map((g, n) => {
    const [i, j] = [Math.floor(n / size), n % size];
    const outer = delta[i]! * delta[j]!;
    const mixed = delta[i]! * bent[j]! + bent[i]! * delta[j]!;
    return (
      (i === j ? first / 2 : 0) +
      second * g +
      third * 3 * (outer + squared.values[n]!) +
      fourth * 12 * (mixed + cubed.values[n]!)
    );
  });
  return { byDelta, byGamma };
}

/** Weights of the lanes: minus the derivative of the loss by the P&L of each. */
function weightsOf(quadratic: Quadratic, by: ByCumulant): Float64Array {
  const { size } = quadratic.gamma;
  const { byDelta, byGamma } = slopesOf(quadratic, by);
  const weights: number[] = [];
  for (let i = 0; i < size; i++) {
    let own = byGamma[i * size + i]!;
    for (let j = 0; j < size; j++) if (j !== i) own -= byGamma[i * size + j]!;
    weights.push(-own - byDelta[i]! / 2, -own + byDelta[i]! / 2);
  }
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) weights.push(-byGamma[i * size + j]!, -byGamma[i * size + j]!);
  }
  return Float64Array.from(weights);
}

const NOTHING: QuickTail = {
  loss: 0,
  by: 'normal',
  lanes: Int32Array.of(-1),
  weights: Float64Array.of(1),
};

/** The tail of one P&L; undefined where no formula holds and it must be revalued. */
function quickTail(plan: WindowPlan, pnl: Float64Array, at: number): QuickTail | undefined {
  const size = directionsOf(plan);
  const first = plan.from[0]!;
  const quadratic = quadraticOf(pnl, at + first, size);
  const { delta, gamma } = quadratic;
  const cumulants = cumulantsOf({ carry: 0, delta, gamma, covariance: identityOf(size) });
  if (isRefusal(cumulants)) return undefined;
  const { mean, variance, skew, excessKurtosis } = cumulants;
  const stdev = Math.sqrt(variance);
  if (stdev === 0) return NOTHING;
  const bent = multipleOf(plan, skew, excessKurtosis);
  const plain = multipleOf(plan, 0, 0);
  const isStraight = Math.abs(bent.q - plain.q) <= STRAIGHT * Math.abs(plain.q);
  if (!isStraight && !cornishFisherIsMonotone(skew, excessKurtosis)) return undefined;
  const [s, k] = isStraight ? [0, 0] : [skew, excessKurtosis];
  const { q, bySkew, byKurtosis } = isStraight ? { q: plain.q, bySkew: 0, byKurtosis: 0 } : bent;
  const loss = -(mean + stdev * q);
  if (!(loss > 0)) return NOTHING;
  const weights = weightsOf(quadratic, [
    -1,
    (-q + 3 * s * bySkew + 4 * k * byKurtosis) / (2 * stdev),
    -bySkew / variance,
    -byKurtosis / (variance * stdev),
  ]);
  const lanes = Int32Array.from(weights, (_, n) => first + n);
  // Of a sum of parts, so that parts add up to it.
  const parts = pnl.subarray(at + first, at + first + weights.length);
  return { loss: -dot(weights, parts), by: isStraight ? 'normal' : 'cornish-fisher', lanes, weights };
}

/**
 * The loss of a line by formula: `M = J + retained (sum_u M_u - J)` as of windows. `plan` is a set of lanes one deviation along the directions of a law,
 * there and back, and along each pair of them. Undefined where some coin, or all together, is too bent for a formula.
 *
 *     delta_i = (P(+i) - P(-i))/2;  gamma_ii = P(+i) + P(-i);  gamma_ij = (P(+i+j) + P(-i-j) - gamma_ii - gamma_jj)/2
 *     loss = -(k1 + sqrt(k2) q(S, K)),  q of Cornish and Fisher, or their mean beyond coverage
 *
 * Units: dollars. Errors: none. Source: M-143, M-167.
 * @example combineGreeks(swept, plan, 0.2, 'maintenance')?.by // 'normal'
 */
export function combineGreeks(
  swept: Swept,
  plan: WindowPlan,
  retained: number,
  line: LaneLine,
): Combined | undefined {
  const { book, pnl } = swept;
  const coins = book.groups.underlyings.map((_, u) => u);
  const own: QuickTail[] = [];
  for (const u of coins) {
    const tail = quickTail(plan, pnl, u * book.stride);
    if (tail === undefined) return undefined;
    own.push(tail);
  }
  const isApart = (u: number) => plan.apart?.[u] === 1;
  const together = coins.filter((u) => !isApart(u));
  const sums = new Float64Array(book.stride);
  for (const u of together) {
    for (let s = plan.from[0]!; s < plan.from[plan.from.length - 1]!; s++) {
      sums[s]! += pnl[u * book.stride + s]!;
    }
  }
  const all = quickTail(plan, sums, 0);
  if (all === undefined) return undefined;
  const sumOf = (is: (u: number) => boolean) =>
    own.reduce((sum, { loss }, u) => (is(u) ? sum + loss : sum), 0);
  const joint = all.loss + sumOf(isApart);
  const ownSum = sumOf(() => true);
  const isBent = [all, ...own].some(({ by }) => by === 'cornish-fisher');
  return {
    line,
    amount: joint + retained * (ownSum - joint),
    joint,
    ownSum,
    retained,
    // A formula is made of all lanes and stands in none.
    own: own.map(({ loss }) => ({ loss, lane: -1 })),
    jointLanes: new Int32Array(coins.length).fill(-1),
    driver: joint > 0 ? 'history' : undefined,
    tail: { joint: own.map((alone, u) => (isApart(u) ? alone : all)), own },
    by: isBent ? 'cornish-fisher' : 'normal',
  };
}

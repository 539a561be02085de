// Loss measures of a P&L vector: value at risk and expected shortfall, every observation alike or weighted by age.

import { isRefusal, type Refusal, refuse } from '../../base/index.ts';
import { pow } from '../../kernel/index.ts';

/**
 * How the order statistic is chosen. `upper` (the house's): the loss of rank ceil(coverage N), and a mean over exactly
 * (1 - coverage) N observations, the last of them in part. `at-or-below`: the P&L of rank ceil(N (1 - coverage)) counted from
 * the worst, and the plain mean of all that are no better: the convention of many reports.
 */
export type TailConvention = 'upper' | 'at-or-below';

/** Value at risk and expected shortfall of a vector of profits and losses; losses are positive, units those of the vector. */
export interface LossTail {
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
}

/** Where the tail of a vector ends: the share of each observation in the mean beyond it. */
interface Weighed extends LossTail {
  readonly shares: Float64Array;
}

// (1 - coverage) N is known to some spacings of a double only: 0.01 x 1000 must be 10 and not 10 observations and a speck.
const SNAP = 1e-9;

/**
 * Value at risk and expected shortfall of a P&L vector, all observations alike.
 *
 *     m = ceil(a N);  VaR = L_(m);  ES = (sum over i > m of L_(i) + (m - a N) L_(m)) / ((1 - a) N),  L = -P&L ascending
 *
 * Units: those of the vector; losses positive, a tail of gains is negative. Errors: a coverage outside (0, 1), a number that is none,
 * in `upper` fewer than 1/(1 - a) observations (the tail would hold less than one; a report takes the worst there is). Source: M-140; Acerbi and Tasche 2002 for the share of the atom.
 * @example lossTail([-4, -3, -2, -1], 0.5) // { valueAtRisk: 2, expectedShortfall: 3.5 }
 */
export function lossTail(
  pnl: ArrayLike<number>,
  coverage: number,
  convention: TailConvention = 'upper',
): LossTail | Refusal {
  const isReport = convention === 'at-or-below';
  const doubt = isReport
    ? (doubtCoverage(coverage) ?? doubtNumbers(pnl, 'a P&L vector'))
    : doubtTail(pnl, coverage);
  if (doubt !== undefined) return doubt;
  if (isReport) return atOrBelow(pnl, coverage);
  const weighed = weigh(pnl, undefined, coverage);
  return isRefusal(weighed) ? weighed : leaveShares(weighed);
}

/**
 * The same measures where each observation carries a weight of its own; weights need not add up to 1.
 *
 *     VaR = the largest loss at which the weight of what is at least as bad exceeds 1 - a;  ES = mean over exactly that weight
 *
 * With equal weights it is `lossTail` to the last bits. Units: those of the vector. Errors: as `lossTail`, and weights that are
 * negative, not finite, all zero, or fewer than observations. Source: M-141.
 * @example weightedTail([-4, -3, -2, -1], [1, 1, 1, 1], 0.5) // { valueAtRisk: 2, expectedShortfall: 3.5 }
 */
export function weightedTail(
  pnl: ArrayLike<number>,
  weights: ArrayLike<number>,
  coverage: number,
): LossTail | Refusal {
  const doubt = doubtCoverage(coverage) ?? doubtNumbers(pnl, 'a P&L vector') ?? doubtWeights(pnl, weights);
  if (doubt !== undefined) return doubt;
  const weighed = weigh(pnl, weights, coverage);
  return isRefusal(weighed) ? weighed : leaveShares(weighed);
}

/**
 * Each observation's share in the expected shortfall: shares add up to 1 and the shortfall is minus their mean of the P&L, so that
 * the same shares applied to one leg's P&L give the leg's part of it (Euler). Of equal losses the earlier observation is taken first.
 *
 *     ES = -sum_i share_i P&L_i
 *
 * Units: none. Errors: as `lossTail`; with weights as `weightedTail`. Source: M-140; Tasche 1999 for the derivative.
 * @example tailShares([-4, -3, -2, -1], 0.5) // [0.5, 0.5, 0, 0]
 */
export function tailShares(
  pnl: ArrayLike<number>,
  coverage: number,
  weights?: ArrayLike<number>,
): Float64Array | Refusal {
  const doubt =
    weights === undefined
      ? doubtTail(pnl, coverage)
      : (doubtCoverage(coverage) ?? doubtNumbers(pnl, 'a P&L vector') ?? doubtWeights(pnl, weights));
  if (doubt !== undefined) return doubt;
  const weighed = weigh(pnl, weights, coverage);
  return isRefusal(weighed) ? weighed : weighed.shares;
}

/**
 * Weights of a history that fade with age, oldest first; they add up to 1.
 *
 *     w_i = decay^i (1 - decay)/(1 - decay^N), i = 0 for the newest;  decay = 1: 1/N
 *
 * Units: none. Errors: a length that is no positive integer, a decay outside (0, 1]. Source: M-141; Boudoukh, Richardson and
 * Whitelaw 1998, who use 0.98 to 0.995 on days.
 * @example ageWeights(2, 0.5) // [1/3, 2/3]
 */
export function ageWeights(length: number, decay: number): Float64Array | Refusal {
  if (!(Number.isSafeInteger(length) && length > 0)) {
    return refuse('empty', `a history has ${length} observations; give at least one.`);
  }
  if (!(decay > 0 && decay <= 1)) {
    return refuse('bad-parameter', `decay ${decay} lies outside (0, 1]; 0.98 to 0.995 is usual for days.`);
  }
  const weights = new Float64Array(length);
  let weight = decay === 1 ? 1 / length : (1 - decay) / (1 - pow(decay, length));
  for (let i = length - 1; i >= 0; i--) {
    weights[i] = weight;
    weight *= decay;
  }
  return weights;
}

/** Observations a coverage needs at least, one in its tail. @example historyNeeded(0.99) // 100 */
export function historyNeeded(coverage: number): number {
  return Math.ceil(1 / (1 - coverage) - SNAP / (1 - coverage));
}

// Losses from the worst on until the tail is full; sums are taken over the same observations in ascending order of loss.
function weigh(
  pnl: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  coverage: number,
): Weighed | Refusal {
  const n = pnl.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => pnl[i]! - pnl[j]! || i - j);
  let total = n;
  if (weights !== undefined) {
    total = 0;
    for (let i = 0; i < n; i++) total += weights[i]!;
  }
  const tail = (1 - coverage) * total;
  const speck = SNAP * total * (1 - coverage);
  const shares = new Float64Array(n);
  let filled = 0;
  let last = 0;
  for (; last < n - 1; last++) {
    const weight = weights === undefined ? 1 : weights[order[last]!]!;
    if (filled + weight > tail + speck) break;
    filled += weight;
    shares[order[last]!] = weight / tail;
  }
  shares[order[last]!] = Math.max(0, tail - filled) / tail;
  let shortfall = 0;
  for (let k = last; k >= 0; k--) shortfall -= shares[order[k]!]! * pnl[order[k]!]!;
  const valueAtRisk = 0 - pnl[order[last]!]!;
  // A mean of losses no smaller than VaR can fall short of it by rounding only.
  const expectedShortfall = Math.max(shortfall, valueAtRisk);
  if (!Number.isFinite(expectedShortfall))
    return refuse('out-of-range', 'losses overflow; use larger units.');
  return { valueAtRisk, expectedShortfall, shares };
}

function atOrBelow(pnl: ArrayLike<number>, coverage: number): LossTail {
  const sorted = Float64Array.from(pnl).sort();
  const exact = sorted.length * (1 - coverage);
  const rank = Math.max(1, Math.ceil(exact - SNAP * Math.max(1, exact)));
  const edge = sorted[rank - 1]!;
  let count = rank;
  while (count < sorted.length && sorted[count] === edge) count++;
  let sum = 0;
  for (let i = count - 1; i >= 0; i--) sum -= sorted[i]!;
  return { valueAtRisk: 0 - edge, expectedShortfall: sum / count };
}

function leaveShares({ valueAtRisk, expectedShortfall }: Weighed): LossTail {
  return { valueAtRisk, expectedShortfall };
}

function doubtTail(pnl: ArrayLike<number>, coverage: number): Refusal | undefined {
  const doubt = doubtCoverage(coverage) ?? doubtNumbers(pnl, 'a P&L vector');
  if (doubt !== undefined) return doubt;
  const needed = historyNeeded(coverage);
  if (pnl.length >= needed) return undefined;
  return refuse(
    'too-short',
    `${pnl.length} observations have no tail at coverage ${coverage}; ${needed} are needed at least.`,
  );
}

function doubtWeights(pnl: ArrayLike<number>, weights: ArrayLike<number>): Refusal | undefined {
  if (weights.length !== pnl.length) {
    return refuse('malformed', `${pnl.length} observations have ${weights.length} weights; give one each.`);
  }
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    if (!(weights[i]! >= 0)) return refuse('out-of-range', `weight ${i} is ${weights[i]}; weights are >= 0.`);
    total += weights[i]!;
  }
  if (total > 0 && total < Number.POSITIVE_INFINITY) return undefined;
  return refuse('out-of-range', `weights add up to ${total}; they must have a positive, finite sum.`);
}

/** Refuses a coverage outside (0, 1). @example doubtCoverage(1)?.reason // 'bad-parameter' */
export function doubtCoverage(coverage: number): Refusal | undefined {
  if (coverage > 0 && coverage < 1) return undefined;
  return refuse(
    'bad-parameter',
    `coverage ${coverage} lies outside (0, 1); 0.99 means one loss in a hundred.`,
  );
}

/** Refuses a vector that is empty or holds what is no finite number, by its index. @example doubtNumbers([], 'a vector')?.reason // 'empty' */
export function doubtNumbers(values: ArrayLike<number>, what: string): Refusal | undefined {
  if (values.length === 0) return refuse('empty', `${what} is empty; give at least one number.`);
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    return refuse(
      'malformed',
      `${what} holds ${values[i]} at index ${i}; remove it or fill it by a stated rule.`,
    );
  }
  return undefined;
}

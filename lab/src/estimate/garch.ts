// GARCH and GJR parameters of a series of returns, by maximum likelihood; core filters with what is found here.

import {
  type GarchParameters,
  garchFilter,
  isRefusal,
  persistenceOf,
  type Refusal,
  refuse,
} from '@plimsoll/core';
import { exp, log, log1p, studentPdf } from '@plimsoll/core/kernel';
import { nelderMead } from './nelder-mead.ts';

/** What is estimated: with `asymmetric` GJR, with `student` t innovations of a degree that is found too. */
export interface GarchForm {
  readonly asymmetric?: boolean;
  readonly student?: boolean;
}

/** Parameters of a series, and how well they explain it. */
export interface GarchEstimate {
  readonly parameters: GarchParameters;
  /** Degrees of freedom of the innovations, where they are t. */
  readonly degrees?: number;
  readonly persistence: number;
  readonly logLikelihood: number;
  /** Akaike's criterion, -2 log L + 2 k: the smaller of two forms explains better. */
  readonly akaike: number;
  readonly returns: number;
  /** Whether the search stood still; where it did not, the answer is the best it saw. */
  readonly settled: boolean;
}

/** Returns below which four or five parameters mean nothing: a year of days. */
export const GARCH_RETURNS_MIN = 250;
const PERSISTENCE_MAX = 0.9999;
const LOG_TWO_PI = 1.8378770664093453;
/** Starts: how persistent, and how that is shared between yesterday's variance and shocks. A likelihood may have several hills. */
const STARTS: readonly (readonly [persistence: number, shock: number])[] = [
  [0.97, 0.08],
  [0.9, 0.2],
  [0.995, 0.04],
];

/**
 * Maximum likelihood of GARCH(1,1) or GJR, innovations normal or t; the variance before the first return is the sample's.
 *
 *     max sum_t ln f(r_t/sqrt v_t) - ln(v_t)/2
 *     in ln V, logit f, and the shares of f: beta, alpha/2, (alpha + asymmetry)/2; every point is a valid model with f below 0.9999
 *
 * Units: omega in squares of the returns'. Errors: fewer than 250 returns, a number that is none, a constant series. Returns are taken as
 * they are: take a mean off first where there is one. Source: M-148; Bollerslev 1986, 1987 (t); Glosten, Jagannathan and Runkle 1993.
 * @example estimateGarch(returns, { asymmetric: true, student: true })
 */
export function estimateGarch(
  returns: ArrayLike<number>,
  { asymmetric = false, student = false }: GarchForm = {},
): GarchEstimate | Refusal {
  const doubt = doubtReturns(returns);
  if (doubt !== undefined) return doubt;
  let squares = 0;
  for (let t = 0; t < returns.length; t++) squares += returns[t]! * returns[t]!;
  const level = squares / returns.length;
  // In units of the sample's own deviation, so that the search knows no scale.
  const scale = Math.sqrt(level);
  const unit = Float64Array.from(returns, (r) => r / scale);
  const modelAt = (x: readonly number[]) => read(x, asymmetric, student);
  const lossAt = (x: readonly number[]) => {
    const { parameters, degrees } = modelAt(x);
    return -logLikelihoodOf(unit, parameters, degrees, 1);
  };
  let best: { readonly x: readonly number[]; readonly value: number; readonly settled: boolean } | undefined;
  for (const [persistence, shock] of STARTS) {
    const start = [0, log(persistence / (1 - persistence)), log((persistence - shock) / (shock / 2))];
    if (asymmetric) start.push(0);
    if (student) start.push(log(4));
    const first = nelderMead(lossAt, start, 0.4);
    // Begun again at its own end: a simplex that collapsed early finds the rest of the way.
    const found = nelderMead(lossAt, first.x, 0.1);
    if (best === undefined || found.value < best.value) best = found;
  }
  const { parameters, degrees } = modelAt(best!.x);
  const scaled = { ...parameters, omega: parameters.omega * level };
  const logLikelihood = -best!.value - returns.length * log(scale);
  const count = 3 + (asymmetric ? 1 : 0) + (student ? 1 : 0);
  return {
    parameters: scaled,
    ...(degrees === undefined ? {} : { degrees }),
    persistence: persistenceOf(scaled),
    logLikelihood,
    akaike: -2 * logLikelihood + 2 * count,
    returns: returns.length,
    settled: best!.settled,
  };
}

/**
 * Log-likelihood of a series under given parameters.
 *
 *     sum_t ln f(r_t/sqrt v_t) - ln(v_t)/2,  f normal, or t of unit variance
 *
 * Units: none. Errors: none; parameters that explain nothing give -Infinity. Source: M-148.
 * @example logLikelihoodOf(returns, { omega: 2e-5, alpha: 0.08, beta: 0.9 }, undefined, 0.001)
 */
export function logLikelihoodOf(
  returns: ArrayLike<number>,
  parameters: GarchParameters,
  degrees: number | undefined,
  seed: number,
): number {
  const filtered = garchFilter(returns, parameters, seed);
  if (isRefusal(filtered)) return Number.NEGATIVE_INFINITY;
  const { variances } = filtered;
  const n = returns.length;
  let sum = 0;
  if (degrees === undefined) {
    for (let t = 0; t < n; t++) {
      sum -= 0.5 * (log(variances[t]!) + (returns[t]! * returns[t]!) / variances[t]!);
    }
    return sum - 0.5 * n * LOG_TWO_PI;
  }
  // t of unit variance: x sqrt(v/(v-2)) is t, and (x^2 v/(v-2))/v = x^2/(v-2).
  const height = log(studentPdf(0, degrees)) + 0.5 * log(degrees / (degrees - 2));
  for (let t = 0; t < n; t++) {
    const square = (returns[t]! * returns[t]!) / variances[t]!;
    sum -= 0.5 * (log(variances[t]!) + (degrees + 1) * log1p(square / (degrees - 2)));
  }
  return sum + n * height;
}

function read(
  x: readonly number[],
  asymmetric: boolean,
  student: boolean,
): { readonly parameters: GarchParameters; readonly degrees: number | undefined } {
  const persistence = PERSISTENCE_MAX / (1 + exp(-x[1]!));
  // Shares of persistence: beta, half of what a rise adds, half of what a fall adds.
  const top = exp(Math.min(50, x[2]!));
  const fall = asymmetric ? exp(Math.min(50, x[3]!)) : 1;
  const total = top + 1 + fall;
  const alpha = (2 * persistence) / total;
  const parameters: GarchParameters = {
    omega: exp(x[0]!) * (1 - persistence),
    alpha,
    beta: (persistence * top) / total,
    ...(asymmetric ? { asymmetry: (2 * persistence * fall) / total - alpha } : {}),
  };
  return { parameters, degrees: student ? 2 + exp(Math.min(10, x[asymmetric ? 4 : 3]!)) : undefined };
}

function doubtReturns(returns: ArrayLike<number>): Refusal | undefined {
  if (returns.length < GARCH_RETURNS_MIN) {
    return refuse(
      'too-short',
      `${returns.length} returns do not estimate a GARCH model; ${GARCH_RETURNS_MIN} are needed at least.`,
    );
  }
  let moves = false;
  for (let t = 0; t < returns.length; t++) {
    if (!Number.isFinite(returns[t]))
      return refuse('malformed', `return ${t} is ${returns[t]}; remove it or fill it.`);
    moves ||= returns[t] !== 0;
  }
  return moves ? undefined : refuse('no-volatility', 'a series that never moves has no GARCH model.');
}

// Tails of a law with a formula: normal, Student's t, lognormal.

import { type Refusal, refuse } from '../../base/index.ts';
import { exp, normalCdf, normalInverse, normalPdf, studentInverse, studentPdf } from '../../kernel/index.ts';
import { doubtCoverage, type LossTail } from './tail.ts';

/** Degrees of freedom at which the t multiples are the normal ones to seven digits; beyond, name the normal law. */
const DEGREES_MAX = 1e6;

/**
 * Value at risk and expected shortfall of a normal P&L.
 *
 *     VaR = s z - m;  ES = s phi(z)/(1 - a) - m,  z = N^-1(a)
 *
 * Units: those of stdev and mean (of the P&L). Errors: a coverage outside (0, 1), a stdev that is negative or not finite.
 * Source: M-142. @example normalTail(1, 0.99) // { valueAtRisk: 2.326, expectedShortfall: 2.665 }
 */
export function normalTail(stdev: number, coverage: number, mean = 0): LossTail | Refusal {
  const doubt = doubtCoverage(coverage) ?? doubtSpread(stdev, mean);
  if (doubt !== undefined) return doubt;
  const z = normalInverse(coverage);
  return {
    valueAtRisk: stdev * z - mean,
    expectedShortfall: (stdev * normalPdf(z)) / (1 - coverage) - mean,
  };
}

/**
 * Value at risk and expected shortfall of a P&L that is Student's t, scaled to the stated standard deviation.
 *
 *     VaR = s q r - m;  ES = s r t(q)/(1 - a) (v + q^2)/(v - 1) - m,  q = T^-1(a),  r = sqrt((v - 2)/v)
 *
 * Units: those of stdev and mean. Errors: as `normalTail`; degrees of freedom outside (2, 1e6]: at 2 and below there is no variance.
 * Source: M-142; McNeil, Frey and Embrechts, Quantitative Risk Management, 2.3.4.
 * @example studentTail(1, 0.99, 4) // { valueAtRisk: 2.650, expectedShortfall: 3.692 }
 */
export function studentTail(stdev: number, coverage: number, degrees: number, mean = 0): LossTail | Refusal {
  const doubt = doubtCoverage(coverage) ?? doubtSpread(stdev, mean) ?? doubtDegrees(degrees);
  if (doubt !== undefined) return doubt;
  const q = studentInverse(coverage, degrees);
  const scale = stdev * Math.sqrt((degrees - 2) / degrees);
  const beyond = (studentPdf(q, degrees) / (1 - coverage)) * ((degrees + q * q) / (degrees - 1));
  return { valueAtRisk: scale * q - mean, expectedShortfall: scale * beyond - mean };
}

/** What a lognormal move is: tail probability, horizon, drift and vol of the log per square root of a year. */
export interface LognormalMove {
  readonly tail: number;
  readonly years: number;
  readonly drift: number;
  readonly vol: number;
}

/**
 * Expected shortfall of holding one unit long or short over a lognormal move, as a share of its price today.
 *
 *     long = 1 - e^(m t) N(z - s)/p;  short = e^(m t) N(z + s)/p - 1,  s = vol sqrt(t),  z = N^-1(p),  m the drift of the mean
 *
 * Units: per unit of price. Errors: a tail outside (0, 1), a negative or infinite horizon or vol, a drift that is not finite, a factor
 * that overflows. Source: M-142.
 * @example lognormalFactors({ tail: 0.0001, years: 0.001, drift: 0, vol: 1 }) // { long: 0.11808, short: 0.13281 }
 */
export function lognormalFactors({
  tail,
  years,
  drift,
  vol,
}: LognormalMove): { readonly long: number; readonly short: number } | Refusal {
  if (!(tail > 0 && tail < 1)) {
    return refuse('bad-parameter', `tail probability ${tail} lies outside (0, 1).`);
  }
  if (!(years >= 0 && vol >= 0 && Number.isFinite(years * vol * vol + drift))) {
    return refuse(
      'bad-parameter',
      `horizon ${years}, vol ${vol} and drift ${drift} must be finite, horizon and vol >= 0.`,
    );
  }
  const z = normalInverse(tail);
  const stdev = vol * Math.sqrt(years);
  const growth = exp(drift * years);
  const short = (growth * normalCdf(z + stdev)) / tail - 1;
  if (!Number.isFinite(short))
    return refuse('out-of-range', 'the short factor overflows; shorten the horizon.');
  return { long: 1 - (growth * normalCdf(z - stdev)) / tail, short };
}

/** Refuses degrees of freedom without a variance. @example doubtDegrees(2)?.reason // 'bad-parameter' */
export function doubtDegrees(degrees: number): Refusal | undefined {
  if (degrees > 2 && degrees <= DEGREES_MAX) return undefined;
  return refuse(
    'bad-parameter',
    `${degrees} degrees of freedom lie outside (2, 1e6]: no variance at 2 and below, the normal law beyond.`,
  );
}

function doubtSpread(stdev: number, mean: number): Refusal | undefined {
  if (stdev >= 0 && Number.isFinite(stdev) && Number.isFinite(mean)) return undefined;
  return refuse('out-of-range', `stdev ${stdev} must be finite and >= 0, mean ${mean} finite.`);
}

// Was what lay beyond the requirement as bad as it said? Acerbi and Szekely's two tests, bets against a forecast, and plain shortfalls.

import { isRefusal, normalTail, type Prng, type Refusal, refuse, studentTail } from '@plimsoll/core';
import { exp, log, log1p, normalInverse, studentInverse } from '@plimsoll/core/kernel';

/** What was forecast and what came: losses positive in the forecasts, profits positive in `pnl`, one slot a window. */
export interface Forecasts {
  readonly pnl: ArrayLike<number>;
  readonly valueAtRisk: ArrayLike<number>;
  readonly expectedShortfall: ArrayLike<number>;
  readonly coverage: number;
}

/** The law under which critical values are drawn; both tests are free of scale, so that unit variance stands for any. */
export type TailLaw = { readonly kind: 'normal' } | { readonly kind: 'student'; readonly degrees: number };

/** A bet's fortune over time. */
export interface Bets {
  /** Fortune after each window, as its logarithm: 0 at the start. */
  readonly logFortune: Float64Array;
  /** First windows at which the fortune reached 5 and 20; undefined where it never did. */
  readonly alarmAt: number | undefined;
  readonly rejectAt: number | undefined;
}

/** What a requirement did not hold. */
export interface Shortfalls {
  readonly breaches: number;
  readonly sum: number;
  readonly worst: number;
  /** Mean of loss - requirement over the breaches; 0 without any. */
  readonly conditional: number;
  /** Mean and worst of (loss - requirement)/requirement over the breaches whose requirement is positive. */
  readonly relative: number;
  readonly relativeWorst: number;
}

const ALARM = log(5);
const REJECT = log(20);
const BET_MAX = 0.5;
const BISECTIONS = 40; // of a stake in [0, 0.5]: 5e-13

/**
 * Acerbi and Szekely's first two statistics; both are 0 in the mean if the forecasts are right and fall below if shortfalls are too small.
 *
 *     I = 1 where P&L + VaR < 0;  Z1 = sum(X I/ES)/sum I + 1;  Z2 = sum(X I/ES)/(T (1 - a)) + 1
 *
 * Z1 is undefined without a breach. Errors: vectors of different lengths, no window, a number that is none, ES of 0 or less, a coverage
 * outside (0, 1). Source: M-149; Acerbi and Szekely 2014.
 * @example acerbiSzekely({ pnl: [-3, 1], valueAtRisk: [1, 1], expectedShortfall: [2, 2], coverage: 0.5 }) // z1 -0.5, z2 -0.5
 */
export function acerbiSzekely(
  forecasts: Forecasts,
): { readonly z1: number | undefined; readonly z2: number; readonly breaches: number } | Refusal {
  const doubt = doubtForecasts(forecasts);
  if (doubt !== undefined) return doubt;
  const { pnl, valueAtRisk, expectedShortfall, coverage } = forecasts;
  let sum = 0;
  let breaches = 0;
  for (let t = 0; t < pnl.length; t++) {
    if (!(pnl[t]! + valueAtRisk[t]! < 0)) continue;
    sum += pnl[t]! / expectedShortfall[t]!;
    breaches++;
  }
  return {
    z1: breaches === 0 ? undefined : sum / breaches + 1,
    z2: sum / (pnl.length * (1 - coverage)) + 1,
    breaches,
  };
}

/** Statistics of many seeded histories in which the forecasts are right, ascending; windows without a breach have no Z1. */
export interface NullLaw {
  readonly z1: Float64Array;
  readonly z2: Float64Array;
}

/**
 * Draws both statistics under right forecasts of a given law. Only breaches are drawn: gaps between them are geometric, sizes uniform in
 * the tail by inversion.
 *
 *     gap = floor(ln u/ln a);  X = quantile((1 - a) u')
 *
 * Units: none. Errors: a bad law, coverage, number of windows or of histories. Same seed, same bits. Source: M-149.
 * @example criticalOf(acerbiSzekelyNull({ kind: 'normal' }, 0.975, 250, 10_000, seededPrng(1)).z2, 0.05) // -0.70
 */
export function acerbiSzekelyNull(
  law: TailLaw,
  coverage: number,
  windows: number,
  histories: number,
  prng: Prng,
): NullLaw | Refusal {
  const tail = law.kind === 'normal' ? normalTail(1, coverage) : studentTail(1, coverage, law.degrees);
  if (isRefusal(tail)) return tail;
  if (!(Number.isSafeInteger(windows) && windows > 0 && Number.isSafeInteger(histories) && histories > 0)) {
    return refuse(
      'bad-parameter',
      `${histories} histories of ${windows} windows; give positive whole numbers.`,
    );
  }
  const scale = law.kind === 'normal' ? 1 : Math.sqrt((law.degrees - 2) / law.degrees);
  const quantile = (p: number) =>
    law.kind === 'normal' ? normalInverse(p) : scale * studentInverse(p, law.degrees);
  const logCalm = log(coverage);
  const uniform = () => prng.next() + 2 ** -54;
  const z1: number[] = [];
  const z2 = new Float64Array(histories);
  for (let h = 0; h < histories; h++) {
    let sum = 0;
    let breaches = 0;
    for (
      let t = Math.floor(log(uniform()) / logCalm);
      t < windows;
      t += 1 + Math.floor(log(uniform()) / logCalm)
    ) {
      sum += quantile((1 - coverage) * uniform()) / tail.expectedShortfall;
      breaches++;
    }
    if (breaches > 0) z1.push(sum / breaches + 1);
    z2[h] = sum / (windows * (1 - coverage)) + 1;
  }
  return { z1: Float64Array.from(z1).sort(), z2: z2.sort() };
}

/** The value below which a share `level` of drawn statistics lies. @example criticalOf(Float64Array.of(-2, -1, 0, 1), 0.25) // -2 */
export function criticalOf(sorted: Float64Array, level: number): number {
  return sorted[Math.max(0, Math.ceil(level * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * Share of drawn statistics at or below one that was seen, itself counted: never 0, as a simulation cannot say never.
 * @example pValueOf(Float64Array.of(-2, -1, 0, 1), -1) // 0.6
 */
export function pValueOf(sorted: Float64Array, seen: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= seen) low = middle + 1;
    else high = middle;
  }
  return (low + 1) / (sorted.length + 1);
}

/**
 * The e-value of one window against an expected-shortfall forecast; its mean is at most 1 if VaR is right and ES is not too small.
 *
 *     e = (L - VaR)+/((1 - a)(ES - VaR));  without ES, against VaR: e = [L > VaR]/(1 - a)
 *
 * Units: none. Errors: none; ES must exceed VaR. Source: M-149; Wang, Wang and Ziegel 2022 (arXiv 2209.00991).
 * @example eValue(0.18, 0.08, 0.12, 0.975) // 100
 */
export function eValue(
  loss: number,
  valueAtRisk: number,
  expectedShortfall: number | undefined,
  coverage: number,
): number {
  if (expectedShortfall === undefined) return loss > valueAtRisk ? 1 / (1 - coverage) : 0;
  return Math.max(0, loss - valueAtRisk) / ((1 - coverage) * (expectedShortfall - valueAtRisk));
}

/**
 * A fortune that bets against the forecasts, window by window; it may be looked at any time, and 20 rejects at 5 % whenever it is reached.
 *
 *     M_t = prod (1 - s + s e);  s maximises the past's sum of ln(1 - s + s e), held within [0, 1/2], 0 at first (GREE)
 *
 * Units: logarithms. Errors: an e-value that is negative or no number. Source: M-149; as `eValue`.
 * @example eProcess([0, 0, 40, 40]).alarmAt
 */
export function eProcess(eValues: ArrayLike<number>, most = BET_MAX): Bets | Refusal {
  if (!(most > 0 && most < 1))
    return refuse('bad-parameter', `the largest stake ${most} lies outside (0, 1).`);
  const logFortune = new Float64Array(eValues.length);
  const past: number[] = []; // e-values that are not 0: a few in a hundred, and what each step costs
  let zeros = 0;
  let fortune = 0;
  let alarmAt: number | undefined;
  let rejectAt: number | undefined;
  let stake = 0;
  for (let t = 0; t < eValues.length; t++) {
    const e = eValues[t]!;
    if (!(e >= 0 && Number.isFinite(e)))
      return refuse('malformed', `e-value ${t} is ${e}; it must be finite and >= 0.`);
    fortune += log1p(stake * (e - 1));
    logFortune[t] = fortune;
    if (fortune >= ALARM) alarmAt ??= t;
    if (fortune >= REJECT) rejectAt ??= t;
    if (e === 0) zeros++;
    else past.push(e);
    stake = bestStake(past, zeros, most);
  }
  return { logFortune, alarmAt, rejectAt };
}

// The root of sum (e - 1)/(1 + s (e - 1)), which falls in s.
function bestStake(past: readonly number[], zeros: number, most: number): number {
  const slope = (s: number) => {
    let sum = -zeros / (1 - s);
    for (const e of past) sum += (e - 1) / (1 + s * (e - 1));
    return sum;
  };
  if (slope(0) <= 0) return 0;
  if (slope(most) >= 0) return most;
  let low = 0;
  let high = most;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = 0.5 * (low + high);
    if (slope(middle) > 0) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * What lay beyond a requirement.
 *
 *     conditional = sum (L - M)+/breaches;  relative = mean of (L - M)/M over breaches
 *
 * Units: those of the losses; none for the relative ones. Errors: vectors of different lengths, no window, a number that is none.
 * Source: M-149.
 * @example shortfallsOf([5, 12], [10, 10]) // { breaches: 1, sum: 2, worst: 2, conditional: 2, relative: 0.2, relativeWorst: 0.2 }
 */
export function shortfallsOf(
  losses: ArrayLike<number>,
  requirements: ArrayLike<number>,
): Shortfalls | Refusal {
  const doubt = doubtVectors({ losses, requirements });
  if (doubt !== undefined) return doubt;
  let [breaches, sum, worst, charged, relative, relativeWorst] = [0, 0, 0, 0, 0, 0];
  for (let t = 0; t < losses.length; t++) {
    const miss = losses[t]! - requirements[t]!;
    if (!(miss > 0)) continue;
    breaches++;
    sum += miss;
    worst = Math.max(worst, miss);
    if (!(requirements[t]! > 0)) continue;
    charged++;
    relative += miss / requirements[t]!;
    relativeWorst = Math.max(relativeWorst, miss / requirements[t]!);
  }
  return {
    breaches,
    sum,
    worst,
    conditional: breaches === 0 ? 0 : sum / breaches,
    relative: charged === 0 ? 0 : relative / charged,
    relativeWorst,
  };
}

/** A fortune from its logarithm, for tables. @example fortuneOf(0) // 1 */
export function fortuneOf(logFortune: number): number {
  return exp(logFortune);
}

function doubtForecasts({ pnl, valueAtRisk, expectedShortfall, coverage }: Forecasts): Refusal | undefined {
  if (!(coverage > 0 && coverage < 1))
    return refuse('bad-parameter', `coverage ${coverage} lies outside (0, 1).`);
  const doubt = doubtVectors({ pnl, valueAtRisk, expectedShortfall });
  if (doubt !== undefined) return doubt;
  for (let t = 0; t < pnl.length; t++) {
    if (!(expectedShortfall[t]! > 0)) {
      return refuse(
        'out-of-range',
        `the expected shortfall of window ${t} is ${expectedShortfall[t]}; it must be positive.`,
      );
    }
  }
  return undefined;
}

function doubtVectors(vectors: Readonly<Record<string, ArrayLike<number>>>): Refusal | undefined {
  const [[first, lead], ...others] = Object.entries(vectors) as [
    [string, ArrayLike<number>],
    ...[string, ArrayLike<number>][],
  ];
  if (lead.length === 0) return refuse('empty', `${first} holds no window; give at least one.`);
  for (const [name, vector] of [[first, lead] as const, ...others]) {
    if (vector.length !== lead.length) {
      return refuse(
        'malformed',
        `${first} has ${lead.length} windows, ${name} has ${vector.length}; they must agree.`,
      );
    }
    for (let t = 0; t < vector.length; t++) {
      if (!Number.isFinite(vector[t])) return refuse('malformed', `${name} of window ${t} is ${vector[t]}.`);
    }
  }
  return undefined;
}

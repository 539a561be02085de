// The price an expiry settles at: the index averaged over a window, and how much of the window was seen.

import { type Instant, type Refusal, refuse } from '../../base/index.ts';
import { SETTLEMENT_WINDOW_MS } from '../smile.ts';

/** An index at a time, USD per coin. */
export interface IndexSample {
  readonly at: Instant;
  readonly value: number;
}

/** A part of the window in which no sample stood. */
export interface AverageGap {
  readonly from: Instant;
  readonly to: Instant;
}

/** Thresholds of a settlement average. Times in milliseconds. */
export interface AveragePolicy {
  /** Half an hour, as Deribit, OKX and Derive. */
  readonly window: number;
  /** A sample stands until the next, and no longer than this: twelve missed updates of five seconds. */
  readonly holdMax: number;
  /** Below this share of what should have been seen there is no average. */
  readonly observedMin: number;
}

export const averagePolicy: AveragePolicy = {
  window: SETTLEMENT_WINDOW_MS,
  holdMax: 60_000,
  observedMin: 0.5,
};

/** The average so far. */
export interface SettlementAverage {
  readonly value: number;
  /** Share of the time from the window's begin to the call, or its end, that samples cover. */
  readonly observedShare: number;
  /** Share of the window that is fixed: begun and gone, seen or not. 1 once it is over. */
  readonly fixedShare: number;
  readonly gaps: readonly AverageGap[];
  /** Longest gap in milliseconds. */
  readonly gapMax: number;
}

/** A second's samples of the window and a few before; more is a mistake. */
export const SAMPLES_MAX = 100_000;

function doubtAverage(
  samples: readonly IndexSample[],
  { window, holdMax, observedMin }: AveragePolicy,
): Refusal | undefined {
  if (
    !(window > 0 && holdMax > 0 && observedMin >= 0 && observedMin <= 1 && window <= Number.MAX_SAFE_INTEGER)
  ) {
    const message = 'an average needs a window and a hold above 0 ms, and a share from 0 to 1 to be seen.';
    return refuse('bad-parameter', message);
  }
  if (samples.length > SAMPLES_MAX) {
    return refuse('too-large', `there are ${samples.length} samples; give at most ${SAMPLES_MAX}.`);
  }
  for (let i = 0; i < samples.length; i++) {
    const { at, value } = samples[i]!;
    if (!(value > 0 && value < Number.POSITIVE_INFINITY) || !Number.isFinite(at)) {
      return refuse(
        'out-of-range',
        `sample ${i} is ${value} at ${at}; give a price above 0 and milliseconds.`,
      );
    }
    if (i > 0 && at <= samples[i - 1]!.at) {
      return refuse(
        'out-of-order',
        `sample ${i} is not later than the one before; give them ascending by time.`,
      );
    }
  }
  return undefined;
}

/**
 * The time-weighted average of an index over the window before `expiry`, as far as `at` has come: each sample stands until the next, and no longer
 * than `holdMax`; what no sample covers is a gap, which counts neither way and is stated. USD per coin. Refused before the window, where less
 * than `observedMin` was seen, and for samples that are none.
 * @example settlementAverage([{ at: instant(0), value: 100 }, { at: instant(900_000), value: 102 }], instant(1_800_000), instant(1_800_000), { ...averagePolicy, holdMax: 900_000 }) // value 101
 */
export function settlementAverage(
  samples: readonly IndexSample[],
  expiry: Instant,
  at: Instant,
  policy: AveragePolicy = averagePolicy,
): SettlementAverage | Refusal {
  const fault = doubtAverage(samples, policy);
  if (fault !== undefined) return fault;
  const begin = (expiry - policy.window) as Instant;
  const until = Math.min(at, expiry) as Instant;
  if (!(until > begin)) {
    return refuse('no-market', `the window of this expiry begins at ${begin}; there is no average before.`);
  }
  const { sum, seen, gaps } = covered(samples, begin, until, policy.holdMax);
  const observedShare = seen / (until - begin);
  if (seen === 0 || observedShare < policy.observedMin) {
    const message = `${(observedShare * 100).toFixed(1)} % of the window was seen; at least ${policy.observedMin * 100} % is needed.`;
    return refuse('no-quotes', message);
  }
  const longest = gaps.reduce((most, { from, to }) => Math.max(most, to - from), 0);
  return {
    value: sum / seen,
    observedShare,
    fixedShare: (until - begin) / policy.window,
    gaps,
    gapMax: longest,
  };
}

function covered(samples: readonly IndexSample[], begin: Instant, until: Instant, holdMax: number) {
  let sum = 0;
  let seen = 0;
  let edge: number = begin;
  const gaps: AverageGap[] = [];
  for (let i = 0; i < samples.length; i++) {
    const { at, value } = samples[i]!;
    const next = samples[i + 1]?.at ?? Number.POSITIVE_INFINITY;
    const from = Math.max(at, begin);
    const to = Math.min(next, at + holdMax, until);
    if (to <= from) continue;
    if (from > edge) gaps.push({ from: edge as Instant, to: from as Instant });
    sum += value * (to - from);
    seen += to - from;
    edge = to;
  }
  if (edge < until) gaps.push({ from: edge as Instant, to: until });
  return { sum, seen, gaps };
}

// The raw estimate of a range: yesterday's losses in units of the volatility of their day, times the volatility of now.

import { type Instant, isRefusal, type Refusal } from '../base/index.ts';
import { type EwmaPolicy, type EwmaState, ewma, ewmaVol } from './ewma.ts';
import { MS_PER_HOUR } from './policy.ts';
import { emptySketch, type QuantileSketch, quantileOf, shortfallOf, sketched } from './quantile.ts';

/** What happened over a stretch of time to who holds: the signed move that makes volatility, and the losses on the path that margin must cover (of longs, of shorts, or of both). */
export interface LossSample {
  readonly from: Instant;
  readonly to: Instant;
  readonly move: number;
  readonly losses: readonly number[];
}

/** Filtered and plain losses of everything seen: plain data. */
export interface FilteredState {
  readonly vol?: EwmaState;
  /** Losses over the volatility that was known before them. */
  readonly filtered: QuantileSketch;
  /** Losses as they were: the through-the-cycle level. */
  readonly plain: QuantileSketch;
}

export const unfiltered: FilteredState = { filtered: emptySketch, plain: emptySketch };

/**
 * One more sample: its losses are divided by the volatility *before* it (a day does not excuse itself), then its move enters the average. The first
 * sample only starts the average. Refuses what `ewma` and `sketched` refuse.
 * @example filter(unfiltered, { from, to, move: -0.02, losses: [0.03, 0.01] }, ewmaDefaults)
 */
export function filter(
  state: FilteredState,
  sample: LossSample,
  policy: EwmaPolicy,
): FilteredState | Refusal {
  const vol = ewma(state.vol, sample, policy);
  if (isRefusal(vol)) return vol;
  const plain = sketchedAll(state.plain, sample.losses);
  if (isRefusal(plain)) return plain;
  const hours = (sample.to - sample.from) / MS_PER_HOUR;
  const before = state.vol === undefined ? 0 : ewmaVol(state.vol, hours, policy);
  if (before === 0) return { vol, filtered: state.filtered, plain };
  const scaled = sample.losses.map((loss) => loss / before);
  const filtered = sketchedAll(state.filtered, scaled);
  return isRefusal(filtered) ? filtered : { vol, filtered, plain };
}

function sketchedAll(sketch: QuantileSketch, values: readonly number[]): QuantileSketch | Refusal {
  let all: QuantileSketch = sketch;
  for (const value of values) {
    const next = sketched(all, value);
    if (isRefusal(next)) return next;
    all = next;
  }
  return all;
}

/** A measure of a loss: a quantile, or the mean beyond it. */
export interface LossMeasure {
  readonly kind: 'quantile' | 'shortfall';
  readonly level: number;
}

function measured(sketch: QuantileSketch, { kind, level }: LossMeasure): number | Refusal {
  return kind === 'quantile' ? quantileOf(sketch, level) : shortfallOf(sketch, level);
}

/**
 * R, the fast estimate (M-154): `sigma of the next hours x measure of the filtered losses`. Refuses too short a history, saying what it needs.
 * Source: Hull and White (1998); Barone-Adesi, Giannopoulos and Vosper (1999).
 * @example rawOf(state, 24, { kind: 'shortfall', level: 0.975 }, ewmaDefaults)
 */
export function rawEstimate(
  state: FilteredState,
  hours: number,
  measure: LossMeasure,
  policy: EwmaPolicy,
): number | Refusal {
  const multiple = measured(state.filtered, measure);
  if (isRefusal(multiple)) return multiple;
  return multiple * ewmaVol(state.vol!, hours, policy);
}

/** A, the level through the cycle: the measure of all losses seen, as they were. @example anchorOf(state, { kind: 'quantile', level: 0.99 }) */
export function anchorOf(state: FilteredState, measure: LossMeasure): number | Refusal {
  return measured(state.plain, measure);
}

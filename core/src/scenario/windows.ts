// From what factors did to what they may do: every window of a history as lanes, one for each date inside it, all factors at the same date (M-161).
// Filtered: moves are rescaled from the vol of their own time to the vol of now (Hull and White 1998; Barone-Adesi et al. 1999).

import { type Refusal, refuse } from '../base/index.ts';
import { exp, log, pow } from '../kernel/index.ts';
import { type FactorHistory, factorId, type HistoryFactor } from '../market/index.ts';
import type { Lane, LaneLine, LaneMove } from './shock.ts';
import { TERM_SCALING } from './standard.ts';

/** How vols of past moves are estimated: an EWMA of squared moves, in steps of the history. */
export interface VolFilter {
  /** Steps after which a squared move counts half. */
  readonly halfLife: number;
  /** No vol is taken below this share of the long-run one. */
  readonly floor: number;
}

/** Which windows are asked for. */
export interface WindowRequest {
  readonly line: LaneLine;
  /** Steps of a window, and at how many evenly spaced dates inside it a book is looked at, the last included. */
  readonly horizon: number;
  readonly dates: number;
  /** Steps from the start of a window to that of the next. */
  readonly stride: number;
  /** Windows kept, at least: those with the largest moves; all others count as harmless. More are kept where the tail has more than half of them. */
  readonly most: number;
  /** Rescaling to the vol of now; absent, moves are taken as they were. */
  readonly filter?: VolFilter;
  /** Vols of now a step, by factor, that stand instead of the filter's own. */
  readonly vols?: ReadonlyMap<string, number>;
  /** Weight of a window over that of the next later one, for weighted history (Boudoukh, Richardson, Whitelaw 1998); 1 weighs all alike. */
  readonly decay: number;
}

/** Windows as lanes, window by window, dates of each in order. */
export interface Windows {
  readonly lanes: readonly Lane[];
  /** Windows there were. */
  readonly count: number;
}

/** A factor's moves: logs of ratios a step, and the vol that was expected at each date. */
interface FactorMoves {
  readonly factor: HistoryFactor;
  /** Sum of logs up to each date. */
  readonly logs: Float64Array;
  /** Expected vol a step, at each date, floored. */
  readonly vols: Float64Array;
}

/**
 * Vols a step of a series of logs, as expected at each date: `v' = lambda v + (1 - lambda) r^2`, `lambda = 2^(-1 / halfLife)`, started at the mean
 * square of all that is known, never below `floor` times its root.
 * @example filterVols(Float64Array.of(0, 0.01, 0.03), { halfLife: 10, floor: 0 }).length // 3
 */
export function filterVols(logs: Float64Array, { halfLife, floor }: VolFilter): Float64Array {
  const lambda = pow(2, -1 / halfLife);
  let mean = 0;
  for (let t = 1; t < logs.length; t++) mean += (logs[t]! - logs[t - 1]!) ** 2;
  mean /= Math.max(1, logs.length - 1);
  const least = floor * Math.sqrt(mean);
  const vols = new Float64Array(logs.length);
  let variance = mean;
  for (let t = 0; t < logs.length; t++) {
    if (t > 0) variance = lambda * variance + (1 - lambda) * (logs[t]! - logs[t - 1]!) ** 2;
    vols[t] = Math.max(least, Math.sqrt(variance));
  }
  return vols;
}

function movesOf(factor: HistoryFactor, filter: VolFilter | undefined): FactorMoves {
  const logs = factor.levels.map((level) => log(level));
  const vols = filterVols(logs, filter ?? { halfLife: logs.length, floor: 1 });
  return { factor, logs, vols };
}

/** Dates from which a whole window is known, without a gap in it. */
function startsOf({ times, step }: FactorHistory, { horizon, stride }: WindowRequest): Int32Array {
  const starts: number[] = [];
  // Counted back from now, so that the latest window is always one of them.
  for (
    let t = (((times.length - 1 - horizon) % stride) + stride) % stride;
    t + horizon < times.length;
    t += stride
  ) {
    if (times[t + horizon]! - times[t]! === horizon * step) starts.push(t);
  }
  return Int32Array.from(starts);
}

/** Offsets of the dates inside a window. @example datesOf(24, 6) // [4, 8, 12, 16, 20, 24] */
export function datesOf(horizon: number, dates: number): number[] {
  const count = Math.min(horizon, dates);
  return Array.from({ length: count }, (_, d) => Math.round(((d + 1) * horizon) / count));
}

/** What a factor's log moves are multiplied by from a date on. */
function scaleOf({ factor, vols }: FactorMoves, start: number, request: WindowRequest): number {
  const now = request.vols?.get(factorId(factor));
  if (request.filter === undefined && now === undefined) return 1;
  return (now ?? vols.at(-1)!) / vols[start]!;
}

/** How far a window goes at its farthest, in vols of now over the horizon: any factor, any date. */
function sizeOf(
  moves: readonly FactorMoves[],
  start: number,
  offsets: readonly number[],
  request: WindowRequest,
): number {
  let most = 0;
  for (const own of moves) {
    const unit = own.vols[start]!;
    for (const offset of offsets) {
      most = Math.max(most, Math.abs(own.logs[start + offset]! - own.logs[start]!) / unit);
    }
  }
  return most / Math.sqrt(request.horizon);
}

function moveOf({ factor }: FactorMoves, change: number): LaneMove {
  const { kind, of } = factor;
  // No price falls to zero, and no vol moves by more than a hundredfold.
  const relative = exp(Math.max(-4.6, Math.min(4.6, change))) - 1;
  switch (kind) {
    case 'spot':
      return { kind: 'spot', relative, underlying: of };
    case 'vol':
      return { kind: 'vol', form: 'relative', size: relative, scaling: TERM_SCALING, underlying: of };
    case 'premium':
      return { kind: 'premium', relative, underlying: of };
    case 'peg':
      return { kind: 'peg', relative, asset: of };
  }
}

function laneOf(
  history: FactorHistory,
  moves: readonly FactorMoves[],
  start: number,
  offset: number,
  request: WindowRequest,
  weight: number,
): Lane {
  const at = new Date(history.times[start]!).toISOString().slice(0, 16);
  return {
    id: `history/${at}/${request.line}/+${offset}`,
    moves: moves.map((own) => {
      const change = own.logs[start + offset]! - own.logs[start]!;
      return moveOf(own, change * scaleOf(own, start, request));
    }),
    smile: 'sticky-strike',
    damp: 1,
    netting: 'sum',
    line: request.line,
    window: { of: `${at}/${request.line}`, weight },
  };
}

/** Weights that fall by `decay` a window into the past, together 1. */
function weightsOf(count: number, decay: number): Float64Array {
  if (decay === 1) return new Float64Array(count).fill(1 / count);
  const weights = Float64Array.from({ length: count }, (_, i) => pow(decay, count - 1 - i));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * The windows of a history as lanes, latest weighed most where weights decay; of all windows the `most` that move farthest are kept, and the rest
 * count as harmless, with their weight. Refuses a history too short for the coverage asked, saying how much is needed.
 * @example windowsOf(history, { line: 'maintenance', horizon: 4, dates: 4, stride: 1, most: 512, decay: 1 }, 0.99)
 */
export function windowsOf(
  history: FactorHistory,
  request: WindowRequest,
  coverage: number,
): Windows | Refusal {
  const starts = startsOf(history, request);
  // Fewer than a handful of windows beyond coverage are no measure of a tail.
  const needed = Math.ceil(BEYOND_LEAST / (1 - coverage));
  if (starts.length < needed) {
    const hours = (history.step * request.horizon) / 3_600_000;
    const message = `a coverage of ${coverage} over ${hours} hours needs ${needed} windows without a gap, and the history has ${starts.length}; give a longer one, or ask for less coverage.`;
    return refuse('too-short', message, 'history');
  }
  const moves = history.factors.map((factor) => movesOf(factor, request.filter));
  const offsets = datesOf(request.horizon, request.dates);
  const weights = weightsOf(starts.length, request.decay);
  const sized = Array.from(starts, (start, i) => ({
    start,
    i,
    size: sizeOf(moves, start, offsets, request),
  }));
  const kept = sized
    .sort((left, right) => right.size - left.size || left.start - right.start)
    .slice(0, Math.max(request.most, Math.ceil(2 * (1 - coverage) * starts.length)))
    .sort((left, right) => left.start - right.start);
  return {
    lanes: kept.flatMap(({ start, i }) =>
      offsets.map((offset) => laneOf(history, moves, start, offset, request, weights[i]!)),
    ),
    count: starts.length,
  };
}

/** Windows beyond coverage that a tail is made of at the least. */
const BEYOND_LEAST = 5;

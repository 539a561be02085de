// From what factors did to what they may do: the windows of a history, with the dates inside each, all factors at the same date (M-161).
// Filtered: moves are rescaled from the vol of their own time to the vol of now (Hull and White 1998; Barone-Adesi et al. 1999).

import { type Refusal, refuse } from '../base/index.ts';
import { exp, kthLargest, log, pow } from '../kernel/index.ts';
import { type FactorHistory, factorId, type HistoryFactor } from '../market/index.ts';
import type { MoveColumn, PastWindows } from './past.ts';
import type { LaneLine } from './shock.ts';

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
  /** Vols a step that were expected at each date, by factor, from a filter that is not this room's; they stand instead of `filter`. */
  readonly expected?: ReadonlyMap<string, Float64Array>;
  /** Vols of now a step, by factor, that stand instead of the filter's own. */
  readonly vols?: ReadonlyMap<string, number>;
  /** Weight of a window over that of the next later one, for weighted history (Boudoukh, Richardson, Whitelaw 1998); 1 weighs all alike. */
  readonly decay: number;
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

/** Levels that were seen and their logs, by the memory that holds them: parts of a history are views of one memory, and most levels stay. */
const seen = new WeakMap<ArrayBufferLike, { readonly levels: Float64Array; readonly logs: Float64Array }>();

/** Logs of levels, taken anew only where a level has changed. @example logsOf(Float64Array.of(1, 2))[1] // 0.693 */
export function logsOf(levels: Float64Array): Float64Array {
  const size = Math.floor(levels.buffer.byteLength / Float64Array.BYTES_PER_ELEMENT);
  const known = seen.get(levels.buffer) ?? {
    levels: new Float64Array(size).fill(1),
    logs: new Float64Array(size),
  };
  seen.set(levels.buffer, known);
  const from = levels.byteOffset / Float64Array.BYTES_PER_ELEMENT;
  for (let t = 0; t < levels.length; t++) {
    const level = levels[t]!;
    if (known.levels[from + t] === level) continue;
    known.levels[from + t] = level;
    known.logs[from + t] = log(level);
  }
  return known.logs.subarray(from, from + levels.length);
}

function movesOf(factor: HistoryFactor, { filter, expected }: WindowRequest): FactorMoves {
  const logs = logsOf(factor.levels);
  const given = expected?.get(factorId(factor));
  const vols = given ?? filterVols(logs, filter ?? { halfLife: logs.length, floor: 1 });
  return { factor, logs, vols };
}

/** Dates from which a whole window is known, without a gap in it. */
function startsOf({ times, step }: FactorHistory, { horizon, stride }: WindowRequest): Int32Array {
  const starts = new Int32Array(Math.max(0, Math.ceil((times.length - horizon) / stride)));
  const length = horizon * step;
  let count = 0;
  // Counted back from now, so that the latest window is always one of them.
  const first = (((times.length - 1 - horizon) % stride) + stride) % stride;
  for (let t = first; t + horizon < times.length; t += stride) {
    if (times[t + horizon]! - times[t]! === length) starts[count++] = t;
  }
  return starts.subarray(0, count);
}

/** Offsets of the dates inside a window. @example datesOf(24, 6) // [4, 8, 12, 16, 20, 24] */
export function datesOf(horizon: number, dates: number): number[] {
  const count = Math.min(horizon, dates);
  return Array.from({ length: count }, (_, d) => Math.round(((d + 1) * horizon) / count));
}

/** What a factor's log moves are multiplied by from a date on. */
function scaleOf({ factor, vols }: FactorMoves, start: number, request: WindowRequest): number {
  const now = request.vols?.get(factorId(factor));
  if (request.filter === undefined && request.expected === undefined && now === undefined) return 1;
  return (now ?? vols.at(-1)!) / vols[start]!;
}

/** How far each window goes at its farthest, in vols of now over the horizon: any factor, any date. */
function sizesOf(
  moves: readonly FactorMoves[],
  starts: Int32Array,
  offsets: readonly number[],
  { horizon }: WindowRequest,
): Float64Array {
  const sizes = new Float64Array(starts.length);
  for (const { logs, vols } of moves) {
    for (let i = 0; i < starts.length; i++) {
      const start = starts[i]!;
      const from = logs[start]!;
      let most = 0;
      for (let d = 0; d < offsets.length; d++) {
        const move = logs[start + offsets[d]!]! - from;
        if (move > most) most = move;
        else if (-move > most) most = -move;
      }
      sizes[i] = Math.max(sizes[i]!, most / vols[start]!);
    }
  }
  const root = Math.sqrt(horizon);
  return sizes.map((size) => size / root);
}

/** Places of the largest sizes in ascending order; of equal ones the earliest. @example largestOf(Float64Array.of(1, 3, 2), 2) // [1, 2] */
export function largestOf(sizes: Float64Array, count: number): Int32Array {
  if (count >= sizes.length) return Int32Array.from(sizes.keys());
  const least = kthLargest(sizes.slice(), count);
  let equal = count;
  for (let i = 0; i < sizes.length; i++) if (sizes[i]! > least) equal--;
  const kept = new Int32Array(count);
  let n = 0;
  for (let i = 0; i < sizes.length && n < count; i++) {
    if (sizes[i]! > least || (sizes[i] === least && equal-- > 0)) kept[n++] = i;
  }
  return kept;
}

/** The relative move of a log; no price falls to zero, and nothing moves by more than a hundredfold. @example relativeOf(0.1) // 0.105 */
export function relativeOf(change: number): number {
  return exp(Math.max(-4.6, Math.min(4.6, change))) - 1;
}

/** Weights that fall by `decay` a window into the past, together 1. */
function weightsOf(count: number, decay: number): Float64Array {
  if (decay === 1) return new Float64Array(count).fill(1 / count);
  const weights = Float64Array.from({ length: count }, (_, i) => pow(decay, count - 1 - i));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** One factor at every date of the windows kept. */
function columnOf(
  moves: FactorMoves,
  kept: Int32Array,
  offsets: readonly number[],
  request: WindowRequest,
): MoveColumn {
  const { factor, logs } = moves;
  const relative = new Float64Array(kept.length * offsets.length);
  let date = 0;
  for (const start of kept) {
    const scale = scaleOf(moves, start, request);
    for (const offset of offsets)
      relative[date++] = relativeOf((logs[start + offset]! - logs[start]!) * scale);
  }
  return { kind: factor.kind, of: factor.of, relative };
}

/**
 * The windows of a history in columns, latest weighed most where weights decay; of all windows the `most` that move farthest are kept, and the
 * rest count as harmless, with their weight. Refuses a history too short for the coverage asked, saying how much is needed.
 * @example windowsOf(history, { line: 'maintenance', horizon: 4, dates: 4, stride: 1, most: 512, decay: 1 }, 0.99)
 */
export function windowsOf(
  history: FactorHistory,
  request: WindowRequest,
  coverage: number,
): PastWindows | Refusal {
  const starts = startsOf(history, request);
  // Fewer than a handful of windows beyond coverage are no measure of a tail.
  const needed = Math.ceil(BEYOND_LEAST / (1 - coverage));
  if (starts.length < needed) {
    const hours = (history.step * request.horizon) / 3_600_000;
    const message = `a coverage of ${coverage} over ${hours} hours needs ${needed} windows without a gap, and the history has ${starts.length}; give a longer one, or ask for less coverage.`;
    return refuse('too-short', message, 'history');
  }
  const moves = history.factors.map((factor) => movesOf(factor, request));
  const offsets = datesOf(request.horizon, request.dates);
  const weights = weightsOf(starts.length, request.decay);
  const most = Math.max(request.most, Math.ceil(2 * (1 - coverage) * starts.length));
  const places = largestOf(sizesOf(moves, starts, offsets, request), most);
  const kept = places.map((i) => starts[i]!);
  return {
    line: request.line,
    from: Int32Array.from({ length: kept.length + 1 }, (_, i) => i * offsets.length),
    weights: Float64Array.from(places, (i) => weights[i]!),
    moves: moves.map((own) => columnOf(own, kept, offsets, request)),
    nameOf: (i) => new Date(history.times[kept[i]!]!).toISOString().slice(0, 16),
    afterOf: (date) => offsets[date % offsets.length]!,
    count: starts.length,
  };
}

/** Windows beyond coverage that a tail is made of at the least. */
export const BEYOND_LEAST = 5;

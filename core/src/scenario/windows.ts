// From what factors did to what they may do: the windows of a history, with the dates inside each, all factors at the same date (M-161).
// Filtered: moves are rescaled from the vol of their own time to the vol of now (Hull and White 1998; Barone-Adesi et al. 1999).

import { type Refusal, refuse } from '../base/index.ts';
import { exp, kthLargest, log, pow } from '../kernel/index.ts';
import { type FactorHistory, factorId, type HistoryFactor } from '../market/index.ts';
import { farthestDates, type KeptDates } from './farthest.ts';
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
  /** Room for the dates that are kept: of so many whole windows, and at least twice those beyond coverage. */
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
 * square of all that is known, never below `floor` times its root. A move across a gap of n steps counts as n steps of one n-th of its square: `dates` says when the
 * logs were, without it they are a step apart.
 * @example filterVols(Float64Array.of(0, 0.01, 0.03), { halfLife: 10, floor: 0 }).length // 3
 */
export function filterVols(
  logs: Float64Array,
  { halfLife, floor }: VolFilter,
  dates?: Pick<FactorHistory, 'times' | 'step'>,
): Float64Array {
  const lambda = pow(2, -1 / halfLife);
  const { times, step } = dates ?? { times: undefined, step: 1 };
  const stepsTo = (t: number) => {
    const apart = times === undefined ? step : times[t]! - times[t - 1]!;
    return apart === step ? 1 : Math.max(1, Math.round(apart / step));
  };
  let mean = 0;
  let steps = 0;
  for (let t = 1; t < logs.length; t++) {
    mean += (logs[t]! - logs[t - 1]!) ** 2;
    steps += stepsTo(t);
  }
  mean /= Math.max(1, steps);
  const least = floor * Math.sqrt(mean);
  const vols = new Float64Array(logs.length);
  let variance = mean;
  for (let t = 0; t < logs.length; t++) {
    if (t > 0) {
      const n = stepsTo(t);
      const kept = n === 1 ? lambda : pow(lambda, n);
      variance = kept * variance + ((1 - kept) * (logs[t]! - logs[t - 1]!) ** 2) / n;
    }
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

function movesOf(
  history: FactorHistory,
  factor: HistoryFactor,
  { filter, expected }: WindowRequest,
): FactorMoves {
  const logs = logsOf(factor.levels);
  const given = expected?.get(factorId(factor));
  const vols = given ?? filterVols(logs, filter ?? { halfLife: logs.length, floor: 1 }, history);
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

/** A factor's moves at every date of every window, in vols of the window's own time. */
function unitMoves(
  { logs, vols }: FactorMoves,
  starts: Int32Array,
  offsets: readonly number[],
): Float64Array {
  const moves = new Float64Array(starts.length * offsets.length);
  let at = 0;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i]!;
    const [from, unit] = [logs[start]!, vols[start]!];
    for (let d = 0; d < offsets.length; d++)
      moves[at++] = unit > 0 ? (logs[start + offsets[d]!]! - from) / unit : 0;
  }
  return moves;
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

/** One factor at the dates that are kept. */
function columnOf(
  moves: FactorMoves,
  { windows, from, dates }: KeptDates,
  starts: Int32Array,
  offsets: readonly number[],
  request: WindowRequest,
): MoveColumn {
  const { factor, logs } = moves;
  const relative = new Float64Array(dates.length);
  windows.forEach((window, k) => {
    const start = starts[window]!;
    const scale = scaleOf(moves, start, request);
    for (let j = from[k]!; j < from[k + 1]!; j++) {
      relative[j] = relativeOf((logs[start + offsets[dates[j]!]!]! - logs[start]!) * scale);
    }
  });
  return { kind: factor.kind, of: factor.of, relative };
}

/**
 * The windows of a history in columns, latest weighed most where weights decay. Kept are the dates that stand farthest along every direction (`farthestDates`), half as
 * many again as lie beyond coverage on each side; the rest count as harmless, with their weight. Refuses a history too short for the coverage asked, saying how
 * much is needed.
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
  const moves = history.factors.map((factor) => movesOf(history, factor, request));
  const offsets = datesOf(request.horizon, request.dates);
  const weights = weightsOf(starts.length, request.decay);
  const beyond = (1 - coverage) * starts.length;
  const isEven = request.decay === 1;
  const ranks = isEven ? Math.min(starts.length, Math.ceil(BEYOND_KEPT * beyond)) : starts.length;
  const room = Math.max(request.most * offsets.length, Math.ceil(2 * beyond));
  const units = moves.map((own) => unitMoves(own, starts, offsets));
  const enough = isEven ? undefined : { weights, share: BEYOND_KEPT * (1 - coverage) };
  const kept = farthestDates(units, offsets.length, ranks, room, enough);
  if (!isEven && kept.filled < (1 - coverage) * (1 - 1e-9)) {
    const message = `weights that fall this fast spread the tail over more windows than there is room for (${kept.windows.length}); raise history.windows, let weightHalfLifeHours be longer, or give a shorter history.`;
    return refuse('too-large', message, 'history');
  }
  return {
    line: request.line,
    from: kept.from,
    weights: Float64Array.from(kept.windows, (i) => weights[i]!),
    moves: moves.map((own) => columnOf(own, kept, starts, offsets, request)),
    nameOf: (i) => new Date(history.times[starts[kept.windows[i]!]!]!).toISOString().slice(0, 16),
    afterOf: (date) => offsets[kept.dates[date]!]!,
    count: starts.length,
  };
}

/** Windows kept of each side of a direction, over those beyond coverage: a book between directions has others in its tail than they have. */
const BEYOND_KEPT = 1.5;

/** Windows beyond coverage that a tail is made of at the least. */
export const BEYOND_LEAST = 5;

// Windows that are drawn instead of remembered: Monte Carlo, seeded, Gaussian or t, path by path (M-165).

import { isRefusal, type Refusal, refuse, seededPrng } from '../../base/index.ts';
import { type Copula, cholesky, type Draws, drawPaths, type SquareMatrix } from '../../risk/index.ts';
import {
  BEYOND_LEAST,
  datesOf,
  type LaneLine,
  largestOf,
  type MoveColumn,
  type PastWindows,
  relativeOf,
} from '../../scenario/index.ts';
import type { StressedLaw } from './law.ts';

/** Which windows are to be drawn. */
export interface DrawRequest {
  readonly line: LaneLine;
  /** Steps of a window, and at how many dates inside it a book is looked at. */
  readonly horizon: number;
  readonly dates: number;
  /** Windows drawn, and how many of them are kept, at least: those that go farthest. */
  readonly draws: number;
  readonly most: number;
  readonly copula: Copula;
  readonly seed: number;
}

/** The logs of each path at each date, in vols a step: `logs[(path * dates + date) * size + factor]`. */
function pathLogs({ values, size }: Draws, offsets: readonly number[]): Float64Array {
  const dates = offsets.length;
  const roots = offsets.map((offset, d) => Math.sqrt(offset - (offsets[d - 1] ?? 0)));
  const logs = new Float64Array(values.length);
  for (let at = 0; at < values.length; at += size * dates) {
    for (let d = 0; d < dates; d++) {
      for (let j = 0; j < size; j++) {
        const here = at + d * size + j;
        logs[here] = (d === 0 ? 0 : logs[here - size]!) + roots[d]! * values[here]!;
      }
    }
  }
  return logs;
}

/**
 * Squared length of the moves at one date once what goes with others is taken out of each: forward substitution by the lower Cholesky factor. What others
 * determine adds nothing.
 */
function jointSquare(
  moves: Float64Array,
  at: number,
  { size, values }: SquareMatrix,
  own: Float64Array,
): number {
  let square = 0;
  for (let i = 0; i < size; i++) {
    let rest = moves[at + i]!;
    for (let j = 0; j < i; j++) rest -= values[i * size + j]! * own[j]!;
    const pivot = values[i * size + i]!;
    own[i] = pivot > 1e-6 ? rest / pivot : 0;
    square += own[i]! * own[i]!;
  }
  return square;
}

/** How far each path goes at its farthest date, all factors together. */
function sizesOf(logs: Float64Array, paths: number, lower: SquareMatrix): Float64Array {
  const each = logs.length / paths;
  const own = new Float64Array(lower.size);
  return Float64Array.from({ length: paths }, (_, i) => {
    let most = 0;
    for (let at = i * each; at < (i + 1) * each; at += lower.size) {
      most = Math.max(most, jointSquare(logs, at, lower, own));
    }
    return most;
  });
}

/**
 * Windows drawn under one law, each followed by its mirror, so that up and down are drawn alike; of all pairs those that go farthest under the law, all
 * factors together, are kept,
 * with the place they were drawn at as their name. Laws that differ in correlations only are drawn from the same numbers.
 * @example drawnWindows(law, { line: 'initial', horizon: 24, dates: 6, draws: 1000, most: 128, copula: { kind: 'gaussian' }, seed: 1 }, 0.975)
 */
export function drawnWindows(
  law: StressedLaw,
  request: DrawRequest,
  coverage: number,
): PastWindows | Refusal {
  const { line, horizon, dates, copula, seed } = request;
  const pairs = Math.ceil(request.draws / 2);
  const needed = Math.ceil(BEYOND_LEAST / (1 - coverage));
  if (2 * pairs < needed) {
    const message = `a coverage of ${coverage} needs ${needed} draws, and ${request.draws} are asked for; raise history.draws.${line}, or ask for less coverage.`;
    return refuse('too-short', message, 'history.draws');
  }
  const offsets = datesOf(horizon, dates);
  const draws = drawPaths(law.correlation, copula, pairs, offsets.length, seededPrng(seed));
  if (isRefusal(draws)) return draws;
  const logs = pathLogs(draws, offsets);
  const beyond = (1 - coverage) * 2 * pairs;
  const most = Math.ceil(Math.max(request.most, 2 * beyond) / 2);
  const lower = cholesky(law.correlation);
  if (isRefusal(lower)) return lower;
  const kept = largestOf(sizesOf(logs, pairs, lower), most);
  const digits = String(2 * pairs).length;
  const count = 2 * kept.length;
  const numberOf = (i: number) => 2 * kept[i >> 1]! + (i & 1) + 1;
  return {
    line,
    set: law.set,
    from: Int32Array.from({ length: count + 1 }, (_, i) => i * offsets.length),
    weights: new Float64Array(count).fill(1 / (2 * pairs)),
    moves: law.factors.map((_, j) => columnOf(law, j, kept, logs, offsets.length)),
    nameOf: (i) => `${law.set}-${String(numberOf(i)).padStart(digits, '0')}`,
    afterOf: (date) => offsets[date % offsets.length]!,
    count: 2 * pairs,
  };
}

/** One factor at every date of the pairs kept. */
function columnOf(
  { factors, vols }: StressedLaw,
  j: number,
  kept: Int32Array,
  logs: Float64Array,
  dates: number,
): MoveColumn {
  const { kind, of } = factors[j]!;
  const size = factors.length;
  const relative = new Float64Array(2 * kept.length * dates);
  kept.forEach((path, i) => {
    for (let d = 0; d < dates; d++) {
      const log = vols[j]! * logs[(path * dates + d) * size + j]!;
      relative[2 * i * dates + d] = relativeOf(log);
      relative[(2 * i + 1) * dates + d] = relativeOf(-log);
    }
  });
  return { kind, of, relative };
}

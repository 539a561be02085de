// The tail of windows by hand, and against the definition.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleHistory } from '../../test/history.ts';
import { market, perpetual } from '../../test/sample.ts';
import { isRefusal, type Refusal } from '../base/index.ts';
import type { Lane } from '../scenario/index.ts';
import { datesOf, filterVols, pastLanes, windowsOf } from '../scenario/index.ts';
import {
  buildRiskBook,
  combineWindows,
  decayOf,
  ewmaFilter,
  holdingsOf,
  sweep,
  weightedTail,
  windowPlans,
} from './index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

/** Windows of given spot moves, `path` dates each. */
function lanesOf(paths: readonly (readonly number[])[], weights?: readonly number[]): Lane[] {
  return paths.flatMap((path, w) =>
    path.map((relative, d): Lane => {
      const window = { of: `w${w}`, weight: weights?.[w] ?? 1 / paths.length };
      const moves = relative === 0 ? [] : [{ kind: 'spot', relative } as const];
      return {
        id: `w${w}/${d}`,
        moves,
        smile: 'sticky-strike',
        damp: 1,
        netting: 'sum',
        line: 'maintenance',
        window,
      };
    }),
  );
}
const product = perpetual('BTC', 'linear');
/** A linear perpetual in dollars at a peg of one: a coin loses the index times the move. */
const still = {
  ...market,
  pegs: new Map([
    ['USD', 1],
    ['USDC', 1],
  ]),
};
function lossOf(lanes: readonly Lane[], coverage: number, measure: 'es' | 'var', quantity = 1): number {
  const book = sure(buildRiskBook([product], still, lanes, () => ({ maintenance: 1, initial: 1 })));
  const plan = windowPlans(book, 'maintenance', { coverage, measure })[0]!;
  const swept = sweep(book, holdingsOf(new Map([[0, quantity]])));
  return combineWindows(swept, plan, 0.2, 'maintenance').amount / (65_000 * 1.0003);
}

describe('M-160 the tail of windows', () => {
  it('takes the worst date of each window, and means what lies beyond coverage, the boundary in part', () => {
    const lanes = lanesOf([
      [-0.1, 0.05],
      [0, -0.02],
      [-0.01, -0.04],
      [0.03, 0.02],
      [-0.06, 0],
    ]);
    // Window losses: .10, .02, .04, -.02, .06; beyond 70 %: one and a half of five.
    expect(lossOf(lanes, 0.7, 'es')).toBeCloseTo((0.1 + 0.5 * 0.06) / 1.5, 12);
    expect(lossOf(lanes, 0.8, 'es')).toBeCloseTo(0.1, 12);
    expect(lossOf(lanes, 0.6, 'es')).toBeCloseTo(0.08, 12);
    // Short, the path that rises is the one that hurts.
    expect(lossOf(lanes, 0.8, 'es', -1)).toBeCloseTo(0.05, 12);
  });

  it('VaR is the upper order statistic: at 99 % of a thousand the eleventh largest', () => {
    const lanes = lanesOf(Array.from({ length: 1_000 }, (_, i) => [-(i + 1) / 4_000]));
    expect(lossOf(lanes, 0.99, 'var')).toBeCloseTo(990 / 4_000, 12);
    expect(lossOf(lanes, 0.99, 'es')).toBeCloseTo(995.5 / 4_000, 12);
  });

  it('weights count, and what was left out is harmless', () => {
    expect(lossOf(lanesOf([[-0.1], [-0.2]], [0.006, 0.002]), 0.99, 'es')).toBeCloseTo(
      (0.2 * 0.002 + 0.1 * 0.006) / 0.01,
      12,
    );
    expect(lossOf(lanesOf([[0.1]]), 0.99, 'es')).toBe(0);
  });

  it('M-141 is the weighted tail of the losses, the windows left out being zeros', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.double({ min: -0.9, max: 0.9, noNaN: true }),
            fc.double({ min: 0.001, max: 1, noNaN: true }),
          ),
          { minLength: 2, maxLength: 60 },
        ),
        fc.double({ min: 0.5, max: 0.95, noNaN: true }),
        (windows, coverage) => {
          const total = windows.reduce((sum, [, weight]) => sum + weight, 0.5);
          const weights = windows.map(([, weight]) => weight / total);
          const lanes = lanesOf(
            windows.map(([move]) => [move]),
            weights,
          );
          const pnl = [...windows.map(([move]) => move), 0];
          const known = sure(weightedTail(pnl, [...weights, 0.5 / total], coverage));
          expect(lossOf(lanes, coverage, 'es')).toBeCloseTo(Math.max(0, known.expectedShortfall), 9);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('equals the definition on any losses', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.9, max: 0.9, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0.5, max: 0.99, noNaN: true }),
        (moves, coverage) => {
          const losses = moves.map((move) => -move).sort((a, b) => b - a);
          const n = losses.length;
          let left = (1 - coverage) * n;
          let sum = 0;
          for (const loss of losses) {
            sum += Math.min(1, left) * loss;
            left -= Math.min(1, left);
            if (left <= 0) break;
          }
          const expected = Math.max(0, sum / ((1 - coverage) * n));
          expect(lossOf(lanesOf(moves.map((move) => [move])), coverage, 'es')).toBeCloseTo(expected, 9);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('M-161 windows of a history', () => {
  const history = sampleHistory();
  const request = { line: 'maintenance', horizon: 4, dates: 2, stride: 1, most: 40, decay: 1 } as const;

  it('looks at evenly spaced dates, the last included', () => {
    expect([datesOf(24, 6), datesOf(4, 4), datesOf(4, 9), datesOf(5, 2)]).toEqual([
      [4, 8, 12, 16, 20, 24],
      [1, 2, 3, 4],
      [1, 2, 3, 4],
      [3, 5],
    ]);
  });

  it('keeps the windows that move farthest, with their moves as they were', () => {
    const windows = sure(windowsOf(history, request, 0.999));
    const { count } = windows;
    const lanes = pastLanes(windows);
    expect([lanes.length, count]).toEqual([80, history.times.length - 4]);
    expect(lanes.reduce((sum, { window }) => sum + window!.weight, 0)).toBeCloseTo((2 * 40) / count, 12);
    const falls = lanes.map(({ moves }) =>
      moves.find((move) => move.kind === 'spot' && 'underlying' in move && move.underlying === 'BTC'),
    );
    // The crash of 12 % is in it.
    expect(Math.min(...falls.map((move) => (move as { relative: number }).relative))).toBeLessThan(-0.1);
  });

  it('M-148 vols are those of the EWMA filter, started at the mean square', () => {
    const logs = logsOf('spot', 'BTC');
    const moves = logs.slice(1).map((value, t) => value - logs[t]!);
    const seed = moves.reduce((sum, move) => sum + move * move, 0) / moves.length;
    const floor = 0.67 * Math.sqrt(seed);
    const { variances } = sure(ewmaFilter(moves, { decay: decayOf(120), seed, floor }));
    filterVols(logs, { halfLife: 120, floor: 0.67 }).forEach((vol, t) => {
      expect(vol / Math.sqrt(variances[t]!)).toBeCloseTo(1, 12);
    });
  });

  it('rescales to the vol of now, or to the one that is given', () => {
    const filter = { halfLife: 100, floor: 0 };
    const plain = pastLanes(sure(windowsOf(history, { ...request, filter }, 0.999)));
    const vols = new Map(
      history.factors.map(({ kind, of }) => [
        `${kind}:${of}`,
        2 * filterVols(logsOf(kind, of), filter).at(-1)!,
      ]),
    );
    const doubled = pastLanes(sure(windowsOf(history, { ...request, filter, vols }, 0.999)));
    const log = (lane: Lane) =>
      Math.log(1 + (lane.moves.find(({ kind }) => kind === 'spot') as { relative: number }).relative);
    plain.forEach((lane, i) => {
      expect(log(doubled[i]!)).toBeCloseTo(2 * log(lane), 12);
    });
  });

  function logsOf(kind: string, of: string): Float64Array {
    return history.factors
      .find((factor) => factor.kind === kind && factor.of === of)!
      .levels.map((level) => Math.log(level));
  }

  it('a move across a gap counts as so many steps of a part of its square', () => {
    const filter = { halfLife: 10, floor: 0 };
    const dates = (hours: readonly number[]) => {
      return { step: 3_600_000, times: Float64Array.from(hours, (hour) => hour * 3_600_000) };
    };
    const logs = Float64Array.of(0, 0.01, 0.05, 0.06);
    const [even, gap] = [
      [0, 1, 2, 3],
      [0, 1, 5, 6],
    ].map((hours) => filterVols(logs, filter, dates(hours)));
    expect(even).toEqual(filterVols(logs, filter));
    // By hand: six steps in all; four of them at once, of a sixteenth of a thousandth each.
    const [lambda, mean] = [2 ** -0.1, (0.0001 + 0.0016 + 0.0001) / 6];
    const first = lambda * mean + (1 - lambda) * 0.0001;
    const second = lambda ** 4 * first + (1 - lambda ** 4) * (0.0016 / 4);
    expect(gap![2]).toBeCloseTo(Math.sqrt(second), 12);
    expect(gap![2]).toBeLessThan(even![2]!);
  });

  it('decay weighs the latest most, and all weights are one', () => {
    const all = { ...request, dates: 1, most: 1e6, decay: 0.999 };
    const lanes = pastLanes(sure(windowsOf(history, all, 0.5)));
    expect(lanes.reduce((sum, { window }) => sum + window!.weight, 0)).toBeCloseTo(1, 9);
    expect(lanes.at(-1)!.window!.weight / lanes.at(-2)!.window!.weight).toBeCloseTo(1 / 0.999, 9);
  });

  it('no window reaches across a gap', () => {
    const times = history.times.map((time, i) => (i >= 3_000 ? time + 3_600_000 * 10 : time));
    const { count } = sure(windowsOf({ ...history, times }, request, 0.99));
    expect(count).toBe(history.times.length - 4 - 4);
  });
});

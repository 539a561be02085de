// Windows of what factors did, in columns: thousands of dates weigh a few arrays, where as lanes each would be an object. As lanes they
// can be had at any time, and mean the same.

import type { FactorKind } from '../market/index.ts';
import type { AssetCode } from '../product/index.ts';
import type { Lane, LaneLine, LaneMove } from './shock.ts';
import { TERM_SCALING } from './standard.ts';

/** One factor's relative move at every date of some windows; a vol moves all expiries, scaled by M-11. */
export interface MoveColumn {
  readonly kind: FactorKind;
  readonly of: AssetCode;
  readonly relative: Float64Array;
}

/** Windows of one line: window `i` is dates `from[i] .. from[i + 1] - 1`, and of probability `weights[i]`. */
export interface PastWindows {
  readonly line: LaneLine;
  /** Where a line has several sets of windows, such as draws under other correlations, the name of this one: the line is the worst of its sets. */
  readonly set?: string;
  readonly from: Int32Array;
  readonly weights: Float64Array;
  readonly moves: readonly MoveColumn[];
  /** What a window is called, and how far into it a date lies. */
  readonly nameOf: (window: number) => string;
  readonly afterOf: (date: number) => number;
  /** Windows there were; those that are not here count as harmless. */
  readonly count: number;
}

/** Dates of some windows together. @example dateCount(past) // 3328 */
export function dateCount(past: readonly PastWindows[]): number {
  return past.reduce((sum, { from }) => sum + from[from.length - 1]!, 0);
}

/** The column of a factor; undefined where it does not move. @example columnOf(windows, 'spot', 'BTC')?.[0] // -0.04 */
export function columnOf(windows: PastWindows, kind: FactorKind, of: AssetCode): Float64Array | undefined {
  return windows.moves.find((move) => move.kind === kind && move.of === of)?.relative;
}

function laneMove({ kind, of, relative }: MoveColumn, date: number): LaneMove {
  const size = relative[date]!;
  switch (kind) {
    case 'spot':
      return { kind: 'spot', relative: size, underlying: of };
    case 'vol':
      return { kind: 'vol', form: 'relative', size, scaling: TERM_SCALING, underlying: of };
    case 'premium':
      return { kind: 'premium', relative: size, underlying: of };
    case 'peg':
      return { kind: 'peg', relative: size, asset: of };
  }
}

/**
 * Windows as lanes, one for each date inside one: what is written to files and shown to people.
 * @example pastLanes(windows)[0].id // 'history/2024-08-05T00:00/maintenance/+1'
 */
export function pastLanes(windows: PastWindows): Lane[] {
  const { line, from, weights, moves, set } = windows;
  return Array.from(weights, (weight, i) => {
    const name = windows.nameOf(i);
    const window = { of: `${name}/${line}`, weight, ...(set === undefined ? {} : { set }) };
    return Array.from({ length: from[i + 1]! - from[i]! }, (_, d): Lane => {
      const date = from[i]! + d;
      return {
        id: `history/${name}/${line}/+${windows.afterOf(date)}`,
        moves: moves.map((move) => laneMove(move, date)),
        smile: 'sticky-strike',
        damp: 1,
        netting: 'sum',
        line,
        window,
      };
    });
  }).flat();
}

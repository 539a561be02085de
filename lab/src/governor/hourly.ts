// Four hours ahead, hour by hour: the margin that a venue without a close must hold, and how it whips.

import { type Instant, isRefusal } from '@plimsoll/core';
import {
  type Bar,
  type EwmaState,
  emptySketch,
  ewma,
  ewmaVol,
  type FactorPolicy,
  type GovernorState,
  govern,
  type QuantileSketch,
  quantileOf,
  sketched,
  ungoverned,
} from '@plimsoll/core/governor';
import { orThrow } from '../evidence/data.ts';
import type { Moved } from './bars.ts';
import type { Stood } from './figures.ts';
import { evenly } from './rules.ts';

export const HORIZON = 4;

/** Worst of the next hours from the close of each bar, of longs and of shorts; undefined where an hour is missing or the file ends. */
export function pathsAhead(bars: readonly Bar[]): ({ long: number; short: number } | undefined)[] {
  return bars.map(({ to, close }, i) => {
    const ahead = bars.slice(i + 1, i + 1 + HORIZON);
    const last = ahead[HORIZON - 1];
    if (last === undefined || last.to - to !== HORIZON * (last.to - last.from)) return undefined;
    const low = ahead.reduce((least, bar) => Math.min(least, bar.low), close);
    const high = ahead.reduce((most, bar) => Math.max(most, bar.high), close);
    return { long: 1 - low / close, short: high / close - 1 };
  });
}

interface Reading {
  readonly at: Instant;
  readonly raw: number;
  readonly anchor: number;
}

/** Raw estimate and anchor at each close from a time on: filtered and plain quantile of the paths that had ended by then. */
export function readings(
  bars: readonly Bar[],
  moves: readonly Moved[],
  paths: ReturnType<typeof pathsAhead>,
  { halfLife, level, from }: { readonly halfLife: number; readonly level: number; readonly from: number },
): (Reading | undefined)[] {
  const policy = evenly(halfLife);
  let vol: EwmaState | undefined;
  let filtered: QuantileSketch = emptySketch;
  let plain: QuantileSketch = emptySketch;
  const vols: number[] = [0];
  return bars.map((bar, i) => {
    if (i === 0) return undefined;
    vol = orThrow(ewma(vol, { from: bar.from, to: bar.to, move: moves[i - 1]!.change }, policy));
    vols.push(ewmaVol(vol, HORIZON, policy));
    const ended = paths[i - HORIZON];
    const before = vols[i - HORIZON] ?? 0;
    if (ended !== undefined && before > 0) {
      for (const loss of [ended.long, ended.short]) {
        plain = orThrow(sketched(plain, loss));
        filtered = orThrow(sketched(filtered, loss / before));
      }
    }
    if (bar.to < from) return undefined;
    const multiple = quantileOf(filtered, level);
    const anchor = quantileOf(plain, level);
    if (isRefusal(multiple) || isRefusal(anchor)) return undefined;
    return { at: bar.to, raw: multiple * vols[i]!, anchor };
  });
}

/** What stood at each close, with what the next four hours did. */
export function standHourly(
  found: readonly (Reading | undefined)[],
  paths: ReturnType<typeof pathsAhead>,
  policy?: FactorPolicy,
): Stood[] {
  let state: GovernorState = ungoverned;
  const stood: Stood[] = [];
  found.forEach((reading, i) => {
    if (reading === undefined) return;
    const { at, raw, anchor } = reading;
    if (policy !== undefined) {
      const rules = { factors: { X: policy }, gapMax: 24 };
      state = orThrow(govern(state, { at, readings: { X: { raw, anchor } } }, rules));
    }
    const ahead = paths[i];
    if (ahead !== undefined)
      stood.push({ required: policy === undefined ? raw : state.factors['X']!.value, ...ahead });
  });
  return stood;
}

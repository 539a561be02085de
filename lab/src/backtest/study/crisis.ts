// A crash hour by hour: what was required before it, in it and after it, and what whoever stood at a line left to the fund.

import type { Instant } from '@plimsoll/core';
import type { Bar } from '@plimsoll/core/governor';
import type { Studied } from './choosing.ts';
import { seriesBy } from './closed.ts';
import type { Walked } from './walks.ts';

const HOUR_MS = 3_600_000;

/** A requirement of a long, as shares of its notional, from a time on. */
export interface Standing {
  readonly at: number;
  readonly maintenance: number;
  readonly initial: number;
}

/** What a model asked of a long of a coin, hour by hour, in closed form. */
export function standings(walked: Walked, study: Studied, coin: string): Standing[] {
  const { maintenance, initial } = seriesBy(study, coin, walked).long;
  return study.at.map((at, i) => ({ at, maintenance: maintenance[i]!, initial: initial[i]! }));
}

/** Bars of two files, ascending: an hour in finer bars where all of it is there in them, else as the coarser file has it. */
export function finest(fine: readonly Bar[], coarse: readonly Bar[]): Bar[] {
  let next = 0;
  return coarse.flatMap((bar) => {
    while (next < fine.length && fine[next]!.from < bar.from) next++;
    const inside: Bar[] = [];
    for (let i = next; i < fine.length && fine[i]!.to <= bar.to; i++) inside.push(fine[i]!);
    const length = inside.reduce((sum, { from, to }) => sum + to - from, 0);
    return length === bar.to - bar.from ? inside : [bar];
  });
}

/** What is in force at a time: the last that was asked at or before it. */
function inForce(asked: readonly Standing[], at: number): Standing | undefined {
  let found: Standing | undefined;
  for (const standing of asked) {
    if (standing.at > at) break;
    found = standing;
  }
  return found;
}

/** The lowest low of the bars that lie inside so many hours after a time. */
function lowAfter(bars: readonly Bar[], at: number, hours: number): number {
  return bars
    .filter(({ from, to }) => from >= at && to <= at + hours * HOUR_MS)
    .reduce((least, { low }) => Math.min(least, low), Number.POSITIVE_INFINITY);
}

/** What was left to the fund: the worst of all who stood at a line, and the mean over all times at which they may have. */
export interface LeftBehind {
  readonly worst: number;
  readonly at: number;
  readonly mean: number;
}

function leftBehind(found: readonly { readonly at: number; readonly left: number }[]): LeftBehind {
  const worst = found.reduce((most, own) => (own.left > most.left ? own : most), { at: 0, left: 0 });
  const sum = found.reduce((total, { left }) => total + left, 0);
  return { worst: worst.left, at: worst.at, mean: sum / Math.max(1, found.length) };
}

/**
 * Longs that stand just above maintenance at the close of a bar and are closed at the worst price of the horizon: what is missing then, per dollar of
 * open interest (M-190).
 * @example atTheLine(asked, bars, [from, to], 4).worst // 0.18
 */
export function atTheLine(
  asked: readonly Standing[],
  bars: readonly Bar[],
  [from, to]: readonly [number, number],
  hours: number,
): LeftBehind {
  const closes = bars.filter((bar) => bar.to >= from && bar.to < to);
  return leftBehind(
    closes.flatMap(({ to: at, close }) => {
      const standing = inForce(asked, at);
      if (standing === undefined) return [];
      const loss = 1 - lowAfter(bars, at, hours) / close;
      return [{ at, left: Math.max(0, loss - standing.maintenance) }];
    }),
  );
}

/**
 * Longs that came in with just the initial requirement at the close of a bar, and are closed within the horizon, at its worst price, from the first close
 * at which what is left of it is below maintenance: what is missing then, per dollar of open interest. Who is never below leaves nothing.
 */
export function cameIn(
  asked: readonly Standing[],
  bars: readonly Bar[],
  [from, to]: readonly [number, number],
  hours: number,
): LeftBehind {
  const entries = bars.filter((bar) => bar.to >= from && bar.to < to);
  return leftBehind(
    entries.flatMap(({ to: at, close }) => {
      const equity = inForce(asked, at)?.initial;
      if (equity === undefined) return [];
      const left = (price: number) => equity + price / close - 1;
      const fell = bars.find(
        (bar) => bar.to > at && left(bar.close) < (inForce(asked, bar.to)?.maintenance ?? 0),
      );
      if (fell === undefined) return [{ at, left: 0 }];
      const low = Math.min(fell.low, lowAfter(bars, fell.to, hours));
      return [{ at, left: Math.max(0, -left(low)) }];
    }),
  );
}

/** The bars of a span. */
export function barsWithin(bars: readonly Bar[], from: number, to: number): Bar[] {
  return bars.filter((bar) => bar.from >= from && bar.to <= to);
}

/** The fall that a crash is named by: of all closes the one after which the horizon held the deepest low. */
export function deepestFall(
  bars: readonly Bar[],
  hours: number,
): { readonly at: Instant; readonly loss: number } {
  return bars
    .map(({ to, close }) => ({ at: to, loss: 1 - Math.min(1, lowAfter(bars, to, hours) / close) }))
    .reduce((most, own) => (own.loss > most.loss ? own : most));
}

/** The worst of a long from the last close at or before a time on. */
export function lossAfter(bars: readonly Bar[], at: number, hours: number): number {
  const close = bars.filter(({ to }) => to <= at).at(-1)?.close;
  return close === undefined ? 0 : Math.max(0, 1 - lowAfter(bars, at, hours) / close);
}

// What a study reads off traces beyond a verdict: parts of a path joined, the constant at which two models are breached alike, many tests at once.

import { isRefusal } from '@plimsoll/core';
import type { BookTrace } from '../engine.ts';
import { coverageTest } from '../tests/index.ts';
import { type LineVerdict, promisedDefaults } from '../verdict.ts';

const HOUR_MS = 3_600_000;
const LINES = ['maintenance', 'initial'] as const;
/** The two lines that are tested. */
export type LineOf = (typeof LINES)[number];

/** Traces of one run after another as one, book by book by name; what is never struck anew is held on through all of them (M-190). */
export function joined(runs: readonly (readonly BookTrace[])[]): BookTrace[] {
  const [first, ...later] = runs;
  return (first ?? []).map((own) => {
    const all = [own, ...later.map((traces) => traces.find(({ name }) => name === own.name)!)];
    const isHeldOn = all.every(({ entry }) => new Set(entry).size === 1);
    const entry = all.flatMap((trace) => (isHeldOn ? trace.entry.map(() => own.entry[0]!) : trace.entry));
    return {
      ...{ name: own.name, what: own.what, entry },
      at: all.flatMap(({ at }) => at),
      gross: all.flatMap(({ gross }) => gross),
      maintenance: all.flatMap(({ maintenance }) => maintenance),
      initial: all.flatMap(({ initial }) => initial),
      swept: all.flatMap(({ swept }) => swept),
      lossMaintenance: all.flatMap(({ lossMaintenance }) => lossMaintenance),
      lossInitial: all.flatMap(({ lossInitial }) => lossInitial),
      var: all.flatMap((trace) => trace.var),
      es: all.flatMap(({ es }) => es),
    };
  });
}

/** Losses over requirements on windows that do not overlap, worst first, as many as are asked for; infinite where nothing was required. */
export function ratiosOf(trace: BookTrace, line: LineOf, most = RATIOS_KEPT): number[] {
  const lost = line === 'maintenance' ? trace.lossMaintenance : trace.lossInitial;
  const apart = promisedDefaults.horizonHours[line] * HOUR_MS;
  let next = Number.NEGATIVE_INFINITY;
  const ratios: number[] = [];
  trace.at.forEach((at, i) => {
    const loss = lost[i];
    if (at < next || loss === null || loss === undefined) return;
    next = at + apart;
    if (loss > 0) ratios.push(loss / trace[line][i]!);
  });
  return ratios.sort((a, b) => b - a).slice(0, most);
}

/** Ratios that are kept of a line: far more than any requirement is breached. */
export const RATIOS_KEPT = 256;

/**
 * The least constant by which a requirement is multiplied so that it is breached no more often than another (M-191); undefined where too few ratios were kept.
 * @example equalCoverage([1.4, 1.1, 0.9, 0.5], 2) // 0.9
 */
export function equalCoverage(ratios: readonly number[], breaches: number): number | undefined {
  return ratios[breaches];
}

/** The largest amount, as a share of the underlying, by which the requirement of what is held rose inside so many hours: what is called for. */
export function largestCall(trace: BookTrace, line: LineOf, hours: number): number {
  let most = 0;
  let lows: number[] = [];
  let head = 0;
  trace.at.forEach((at, t) => {
    if (t > 0 && trace.entry[t] !== trace.entry[t - 1]) [lows, head] = [[], 0];
    const amount = trace[line][t]!;
    while (lows.length > head && trace[line][lows.at(-1)!]! >= amount) lows.pop();
    lows.push(t);
    while (trace.at[lows[head]!]! < at - hours * HOUR_MS) head++;
    most = Math.max(most, (amount - trace[line][lows[head]!]!) / trace.gross[t]!);
  });
  return most;
}

/** The most that a loss exceeded its requirement by, as a share of the underlying; 0 where it never did. */
export function worstShortfall(trace: BookTrace, line: LineOf): number {
  const lost = line === 'maintenance' ? trace.lossMaintenance : trace.lossInitial;
  return lost.reduce<number>(
    (most, loss, i) => Math.max(most, ((loss ?? 0) - trace[line][i]!) / trace.gross[i]!),
    0,
  );
}

/** A line as a document keeps it. */
export interface LineFigures extends LineVerdict {
  readonly deepest: number;
  readonly ratios: readonly number[];
  readonly phases: readonly Phase[];
  readonly calls: { readonly day: number; readonly fiveDays: number };
}

/** A verdict with what is read off the trace beside it. */
export function figuresOfLine(trace: BookTrace, line: LineOf, verdict: LineVerdict): LineFigures {
  const calls = { day: largestCall(trace, line, 24), fiveDays: largestCall(trace, line, 120) };
  return {
    ...verdict,
    deepest: worstShortfall(trace, line),
    ratios: ratiosOf(trace, line),
    phases: phasesOf(trace, line),
    calls,
  };
}

/** One phase of windows that do not overlap: the time at which the first begins, and how it fared. */
export interface Phase {
  readonly begins: number;
  readonly windows: number;
  readonly breaches: number;
  readonly pValue: number;
}

/**
 * The coverage test at every phase that the walk has: windows of a day that begin at midnight are others than those that begin at noon, and a book whose life is
 * tied to the clock may hold at one and not at the other (M-192). Phases are by the hour of the day at which a window begins, for horizons that divide a day.
 */
export function phasesOf(trace: BookTrace, line: LineOf): Phase[] {
  const lost = line === 'maintenance' ? trace.lossMaintenance : trace.lossInitial;
  const horizon = promisedDefaults.horizonHours[line] * HOUR_MS;
  const found = new Map<number, { begins: number; windows: number; breaches: number }>();
  trace.at.forEach((at, i) => {
    const loss = lost[i];
    if (loss === null || loss === undefined) return;
    const phase = ((at % horizon) + horizon) % horizon;
    const own = found.get(phase) ?? { begins: at, windows: 0, breaches: 0 };
    own.windows++;
    if (loss > trace[line][i]!) own.breaches++;
    found.set(phase, own);
  });
  return [...found.values()].flatMap((own): Phase[] => {
    const tested = coverageTest(own.breaches, own.windows, 1 - promisedDefaults.coverage[line]);
    return isRefusal(tested) ? [] : [{ ...own, pValue: tested.pValue }];
  });
}

/** One test of many. */
export interface Tested {
  readonly name: string;
  readonly pValue: number;
}

/** What many tests at one level come to (M-192). */
export interface Battery {
  readonly tests: number;
  /** False alarms that the level allows if everything holds: an upper bound, as tests of counts keep less than their level. */
  readonly expected: number;
  /** Rejected one by one. */
  readonly rejected: readonly Tested[];
  /** Those still rejected where the whole family is held to the level (Holm 1979). */
  readonly holm: readonly Tested[];
}

/**
 * Tests one by one and as a family: the k-th smallest of n p-values, from 0 on, is held to `level / (n - k)`, and the first that passes ends it.
 * @example batteryOf([{ name: 'a', pValue: 0.01 }, { name: 'b', pValue: 0.04 }], 0.05).holm.length // 2
 */
export function batteryOf(tests: readonly Tested[], level: number): Battery {
  const sorted = [...tests].sort((a, b) => a.pValue - b.pValue);
  const passes = sorted.findIndex(({ pValue }, k) => pValue > level / (sorted.length - k));
  return {
    tests: tests.length,
    expected: level * tests.length,
    rejected: sorted.filter(({ pValue }) => pValue <= level),
    holm: passes < 0 ? sorted : sorted.slice(0, passes),
  };
}

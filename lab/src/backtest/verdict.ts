// What a run says of a model, book by book: coverage, shortfalls, how the requirement of what is held rose and fell, what it cost (M-184, M-185).

import { isRefusal } from '@plimsoll/core';
import { type Coverage, coverageOf } from './coverage.ts';
import type { BacktestState, BookTrace } from './engine.ts';
import { type TailVerdict, tailVerdict, untested } from './tail.ts';
import { largestRise, shortfallsOf } from './tests/index.ts';

const HOUR_MS = 3_600_000;
const LINES = ['maintenance', 'initial'] as const;
type LineOf = (typeof LINES)[number];

/** What each line is held to. */
export interface Promised {
  readonly coverage: Readonly<Record<LineOf, number>>;
  readonly horizonHours: Readonly<Record<LineOf, number>>;
  /** Of value at risk and expected shortfall of models that look back; the hours their windows of the initial line have, the line's own where absent. */
  readonly tail: number;
  readonly tailHours?: number;
}

/** 99.9 % of four hours and 99 % of a day; shortfalls at 97.5 %. */
export const promisedDefaults: Promised = {
  coverage: { maintenance: 0.999, initial: 0.99 },
  horizonHours: { maintenance: 4, initial: 24 },
  tail: 0.975,
};

/** What verdicts need to know of the place and of its books beside the run. */
export interface Circumstance {
  /** How far after the end of a horizon a time still counts as its end. */
  readonly slack?: number;
  /** Factors that the history does not have, and what paths are seen by, book by book. */
  readonly missing?: ReadonlyMap<string, readonly string[]>;
  readonly seen?: ReadonlyMap<string, string>;
}

/** One line of one book. Shares are of the dollars of underlying that were held. */
export interface LineVerdict extends Coverage {
  readonly mean: number;
  /** The constant share that would have been breached as often, and what the model asked over it on the mean. */
  readonly staticLevel: number;
  readonly overStatic: number | null;
  /** Worst loss over what was asked. */
  readonly worst: number;
  /** Mean of loss less margin where it did not hold, and the sum. */
  readonly conditionalShortfall: number;
  readonly shortfall: number;
  /** The largest and the mean of what was missing over what was asked. */
  readonly relativeShortfall: { readonly mean: number; readonly worst: number };
  /** All times whose path is known, whatever their phase, overlapping: a figure, no test. */
  readonly allPhases: { readonly windows: number; readonly breaches: number; readonly rate: number | null };
  /** Largest over smallest requirement of freshly struck books; rises within what is held, as shares. */
  readonly peakToTrough: number;
  readonly rises: Readonly<Record<'hour' | 'day' | 'fiveDays' | 'month', number | null>>;
}

export interface BookVerdict {
  readonly book: string;
  readonly what: string;
  readonly margins: number;
  readonly strikes: number;
  readonly maintenance: LineVerdict;
  readonly initial: LineVerdict;
  readonly tail: TailVerdict | null;
  /** What its losses are seen by: closes, lows and highs, or snapshots. */
  readonly seen: string;
}

interface Sample {
  readonly at: number;
  readonly asked: number;
  readonly lost: number;
}

function samplesOf(trace: BookTrace, line: LineOf): Sample[] {
  const lost = line === 'maintenance' ? trace.lossMaintenance : trace.lossInitial;
  return trace.at.flatMap((at, i): Sample[] => {
    const own = lost[i];
    if (own === null || own === undefined) return [];
    return [{ at, asked: trace[line][i]! / trace.gross[i]!, lost: own / trace.gross[i]! }];
  });
}

/** Places of times that begin when the path of the one before has ended: at its horizon, or at the last time that still counts as its end. */
function apart(times: readonly number[], hours: number, slack: number): number[] {
  let next = Number.NEGATIVE_INFINITY;
  return times.flatMap((at, i) => {
    if (at < next) return [];
    const end = at + hours * HOUR_MS;
    const isEnd = (time: number) => Math.abs(time - end) <= slack;
    next = (slack === 0 ? undefined : times.findLast(isEnd)) ?? end;
    return [i];
  });
}

/** The largest rise of a requirement to a later time at most so long after, of what is held all the while; null where no two times are so near. */
function riseOf(trace: BookTrace, line: LineOf, hours: number): number | null {
  let most: number | null = null;
  for (let from = 0; from < trace.at.length; ) {
    let to = from + 1;
    while (to < trace.at.length && trace.entry[to] === trace.entry[from]) to++;
    const held = { at: trace.at.slice(from, to), amount: trace[line].slice(from, to) };
    const isSeen = held.at.some((at, i) => i > 0 && at - held.at[i - 1]! <= hours * HOUR_MS);
    if (isSeen && held.amount.every((amount) => amount > 0)) {
      most = Math.max(most ?? 0, largestRise(held, hours * HOUR_MS).rise);
    }
    from = to;
  }
  return most;
}

/** Shares asked of books when they are struck, or at all times where nothing is ever struck anew. */
function freshShares(trace: BookTrace, line: LineOf): number[] {
  const isHeldOn = new Set(trace.entry).size === 1;
  return trace.at.flatMap((_, i) =>
    isHeldOn || i === 0 || trace.entry[i] !== trace.entry[i - 1] ? [trace[line][i]! / trace.gross[i]!] : [],
  );
}

function lineVerdict(trace: BookTrace, line: LineOf, promised: Promised, slack: number): LineVerdict {
  const samples = samplesOf(trace, line);
  const taken = apart(
    samples.map(({ at }) => at),
    promised.horizonHours[line],
    slack,
  ).map((i) => samples[i]!);
  const isBreach = ({ asked, lost }: Sample) => lost > asked;
  const coverage = coverageOf(taken.map(isBreach), 1 - promised.coverage[line]);
  const losses = taken.map(({ lost }) => lost).sort((a, b) => b - a);
  const staticLevel = losses[coverage.breaches] ?? 0;
  const found = shortfallsOf(
    taken.map(({ lost }) => lost),
    taken.map(({ asked }) => asked),
  );
  const missing = isRefusal(found) ? { conditional: 0, sum: 0, relative: 0, relativeWorst: 0 } : found;
  const asked = trace[line].map((amount, i) => amount / trace.gross[i]!);
  const mean = asked.reduce((sum, share) => sum + share, 0) / Math.max(1, asked.length);
  const all = samples.filter(isBreach).length;
  return {
    ...coverage,
    mean,
    staticLevel,
    overStatic: staticLevel > 0 ? mean / staticLevel : null,
    worst: samples.reduce((most, one) => (one.asked > 0 ? Math.max(most, one.lost / one.asked) : most), 0),
    conditionalShortfall: missing.conditional,
    shortfall: missing.sum,
    relativeShortfall: { mean: missing.relative, worst: missing.relativeWorst },
    allPhases: {
      windows: samples.length,
      breaches: all,
      rate: samples.length === 0 ? null : all / samples.length,
    },
    ...movesOf(trace, line),
  };
}

/** How the requirement rose and fell. */
function movesOf(trace: BookTrace, line: LineOf): Pick<LineVerdict, 'peakToTrough' | 'rises'> {
  const fresh = freshShares(trace, line).filter((share) => share > 0);
  return {
    peakToTrough:
      fresh.length === 0
        ? 1
        : fresh.reduce((a, b) => Math.max(a, b)) / fresh.reduce((a, b) => Math.min(a, b)),
    rises: {
      hour: riseOf(trace, line, 1),
      day: riseOf(trace, line, 24),
      fiveDays: riseOf(trace, line, 120),
      month: riseOf(trace, line, 720),
    },
  };
}

function tailOf(
  trace: BookTrace,
  { tail, horizonHours, tailHours = horizonHours.initial }: Promised,
  { slack = 0, missing }: Circumstance,
): TailVerdict | null {
  // Of known paths alone, so that these are the windows that the line is judged by.
  const known = trace.at.flatMap((at, i) => {
    const [loss, least, es] = [trace.lossInitial[i], trace.var[i], trace.es[i]];
    return typeof loss === 'number' && typeof least === 'number' && typeof es === 'number'
      ? [{ loss, var: least, es, swept: trace.swept[i]!, at }]
      : [];
  });
  const times = known.map(({ at }) => at);
  const forecasts = apart(times, horizonHours.initial, slack).map((i) => known[i]!);
  const other = `the model looks ${tailHours} h ahead and losses are of ${horizonHours.initial} h`;
  if (tailHours !== horizonHours.initial && forecasts.length > 0)
    return untested(forecasts.length, 0, [], other);
  return tailVerdict(forecasts, tail, missing?.get(trace.name));
}

/**
 * The verdict on every book of which any path was known to its end.
 * @example verdictOf(run.state)[0].initial.breaches // 1
 */
export function verdictOf(
  { books }: BacktestState,
  promised: Promised = promisedDefaults,
  around: Circumstance = {},
): BookVerdict[] {
  const slack = around.slack ?? 0;
  return books.flatMap((trace): BookVerdict[] => {
    const maintenance = lineVerdict(trace, 'maintenance', promised, slack);
    const initial = lineVerdict(trace, 'initial', promised, slack);
    // Without a single path that is known to its end there is nothing to judge by.
    if (maintenance.windows === 0 && initial.windows === 0) return [];
    const { name: book, what } = trace;
    const strikes = new Set(trace.entry).size;
    const tail = tailOf(trace, promised, around);
    const seen = around.seen?.get(book) ?? 'closes';
    return [{ book, what, margins: trace.at.length, strikes, maintenance, initial, tail, seen }];
  });
}

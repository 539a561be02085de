// What a run says of a model, book by book: coverage, shortfalls, how the requirement of what is held rose and fell, what it cost (M-184, M-185).

import { type Coverage, coverageOf, type TailVerdict, tailVerdict } from './coverage.ts';
import type { BacktestState, BookTrace } from './engine.ts';
import { largestRise } from './tests/index.ts';

const HOUR_MS = 3_600_000;
const LINES = ['maintenance', 'initial'] as const;
type LineOf = (typeof LINES)[number];

/** What each line is held to. */
export interface Promised {
  readonly coverage: Readonly<Record<LineOf, number>>;
  readonly horizonHours: Readonly<Record<LineOf, number>>;
  /** Of value at risk and expected shortfall of models that look back. */
  readonly tail: number;
}

/** 99.9 % of four hours and 99 % of a day; shortfalls at 97.5 %. */
export const promisedDefaults: Promised = {
  coverage: { maintenance: 0.999, initial: 0.99 },
  horizonHours: { maintenance: 4, initial: 24 },
  tail: 0.975,
};

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

/** Places of samples that begin after the one before has ended. */
function apart(times: readonly number[], hours: number): number[] {
  let next = Number.NEGATIVE_INFINITY;
  return times.flatMap((at, i) => {
    if (at < next) return [];
    next = at + hours * HOUR_MS;
    return [i];
  });
}

/** The largest rise of a requirement to a later time at most so long after, of what is held all the while. */
function riseOf(trace: BookTrace, line: LineOf, hours: number): number | null {
  let most: number | null = null;
  for (let from = 0; from < trace.at.length; ) {
    let to = from + 1;
    while (to < trace.at.length && trace.entry[to] === trace.entry[from]) to++;
    const held = { at: trace.at.slice(from, to), amount: trace[line].slice(from, to) };
    if (held.amount.every((amount) => amount > 0)) {
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

function lineVerdict(trace: BookTrace, line: LineOf, promised: Promised): LineVerdict | undefined {
  const samples = samplesOf(trace, line);
  const taken = apart(
    samples.map(({ at }) => at),
    promised.horizonHours[line],
  ).map((i) => samples[i]!);
  const coverage = coverageOf(
    taken.map(({ asked, lost }) => lost > asked),
    1 - promised.coverage[line],
  );
  if (coverage === undefined) return undefined;
  const losses = taken.map(({ lost }) => lost).sort((a, b) => b - a);
  const staticLevel = losses[coverage.breaches] ?? 0;
  const missing = taken.filter(({ asked, lost }) => lost > asked).map(({ asked, lost }) => lost - asked);
  const shortfall = missing.reduce((sum, part) => sum + part, 0);
  const asked = trace[line].map((amount, i) => amount / trace.gross[i]!);
  const mean = asked.reduce((sum, share) => sum + share, 0) / Math.max(1, asked.length);
  const fresh = freshShares(trace, line).filter((share) => share > 0);
  const worst = samples.reduce(
    (most, sample) => (sample.asked > 0 ? Math.max(most, sample.lost / sample.asked) : most),
    0,
  );
  return {
    ...coverage,
    mean,
    staticLevel,
    overStatic: staticLevel > 0 ? mean / staticLevel : null,
    worst,
    conditionalShortfall: missing.length === 0 ? 0 : shortfall / missing.length,
    shortfall,
    peakToTrough: fresh.length === 0 ? 1 : Math.max(...fresh) / Math.min(...fresh),
    rises: {
      hour: riseOf(trace, line, 1),
      day: riseOf(trace, line, 24),
      fiveDays: riseOf(trace, line, 120),
      month: riseOf(trace, line, 720),
    },
  };
}

function tailOf(trace: BookTrace, { tail, horizonHours }: Promised): TailVerdict | null {
  const taken = apart(trace.at, horizonHours.initial);
  const forecasts = taken.flatMap((i) => {
    const [loss, least, es] = [trace.lossInitial[i], trace.var[i], trace.es[i]];
    return typeof loss === 'number' && typeof least === 'number' && typeof es === 'number'
      ? [{ loss, var: least, es }]
      : [];
  });
  return tailVerdict(forecasts, tail);
}

/** The verdict on every book that was margined at all. @example verdictOf(run.state)[0].initial.breaches // 1 */
export function verdictOf({ books }: BacktestState, promised: Promised = promisedDefaults): BookVerdict[] {
  return books.flatMap((trace): BookVerdict[] => {
    const maintenance = lineVerdict(trace, 'maintenance', promised);
    const initial = lineVerdict(trace, 'initial', promised);
    // Without a single path that is known to its end there is nothing to judge by.
    if (maintenance === undefined || initial === undefined) return [];
    const { name: book, what } = trace;
    const strikes = new Set(trace.entry).size;
    return [
      { book, what, margins: trace.at.length, strikes, maintenance, initial, tail: tailOf(trace, promised) },
    ];
  });
}

// Whether the tail that a line rests on was deep enough: Acerbi and Szekely's statistics against critical values drawn for the run's own length, and
// bets against it; where the line rests on something else, that is said instead of a number (M-187).

import { isRefusal, seededPrng } from '@plimsoll/core';
import {
  acerbiSzekely,
  acerbiSzekelyNull,
  criticalOf,
  eProcess,
  eValue,
  fortuneOf,
  type NullLaw,
  pValueOf,
  type TailLaw,
} from './tests/index.ts';

/** A forecast of a tail, what its line rests on, and the loss that came. */
export interface TailForecast {
  readonly loss: number;
  readonly var: number;
  readonly es: number;
  /** Of the line, before charges; absent, it is the tail's shortfall. */
  readonly swept?: number;
  /** When it was made. */
  readonly at?: number;
}

/** A statistic against what right forecasts would give: 0 on the mean, below where shortfalls were too small. */
export interface Depth {
  readonly statistic: number;
  /** Share of histories drawn under Student's law of three degrees that lie as low. */
  readonly pValue: number;
  /** Below these a test at 5 % rejects, under either law. */
  readonly critical: { readonly normal: number; readonly student: number };
}

/** Whether an expected shortfall was large enough; no numbers where they would mean nothing. */
export interface TailVerdict {
  /** Windows with a forecast, and those of them in which the line rested on the tail: only these are tested. */
  readonly forecasts: number;
  readonly windows: number;
  /** Factors of the book that the history does not have. */
  readonly missing: readonly string[];
  /** Why there are no numbers; null where there are. */
  readonly untested: string | null;
  /** Acerbi and Szekely's Z1, of breaches alone, and Z2, of their number as well. */
  readonly z1: number | null;
  readonly z2: number | null;
  readonly depth: { readonly z1: Depth | null; readonly z2: Depth } | null;
  readonly isRejected: boolean;
  /** Largest wealth of the e-process: 20 rejects at 5 % at any time, 5 is an alarm; and when each was first reached. */
  readonly wealth: number | null;
  readonly alarmAt: number | null;
  readonly rejectAt: number | null;
}

const LEVEL = 0.05;
/** Of returns of coins the tail index is about three: a lighter law would call right forecasts wrong. */
const HEAVY: TailLaw = { kind: 'student', degrees: 3 };
/** A critical value at 5 % is then known to about a hundredth. */
const HISTORIES = 5_000;
const drawn = new Map<string, NullLaw | undefined>();

/** What right forecasts give over so many windows: seeded, drawn once for each length. */
function nullOf(law: TailLaw, coverage: number, windows: number): NullLaw | undefined {
  const key = `${law.kind}/${coverage}/${windows}`;
  if (!drawn.has(key)) {
    const known = acerbiSzekelyNull(law, coverage, windows, HISTORIES, seededPrng(1));
    drawn.set(key, isRefusal(known) ? undefined : known);
  }
  return drawn.get(key);
}

function depthOf(
  which: 'z1' | 'z2',
  statistic: number | undefined,
  coverage: number,
  windows: number,
): Depth | null {
  const [normal, student] = [nullOf({ kind: 'normal' }, coverage, windows), nullOf(HEAVY, coverage, windows)];
  if (statistic === undefined || normal === undefined || student === undefined) return null;
  return {
    statistic,
    pValue: pValueOf(student[which], statistic),
    critical: { normal: criticalOf(normal[which], LEVEL), student: criticalOf(student[which], LEVEL) },
  };
}

/** Without numbers, and why. */
export function untested(
  forecasts: number,
  windows: number,
  missing: readonly string[],
  said: string,
): TailVerdict {
  const none = {
    z1: null,
    z2: null,
    depth: null,
    isRejected: false,
    wealth: null,
    alarmAt: null,
    rejectAt: null,
  };
  return { forecasts, windows, missing, untested: said, ...none };
}

/** A line rests on its tail where nothing else asks for more; to the ledger's rounding. */
const rests = ({ es, swept = es }: TailForecast) => es >= swept * (1 - 1e-9) - 1e-6;

/**
 * The verdict on a tail; null without any forecast of one. Only windows in which the line rested on the tail are tested: which these are was known before the
 * loss, so that choosing them spoils no test. Too few of them, or a book that hangs on factors that the history does not have, is said and not tested.
 * @example tailVerdict([{ loss: 0.18, var: 0.08, es: 0.12 }], 0.975).untested // 'too few windows ...'
 */
export function tailVerdict(
  forecasts: readonly TailForecast[],
  coverage: number,
  missing: readonly string[] = [],
): TailVerdict | null {
  if (forecasts.length === 0) return null;
  const sound = forecasts.filter((one) => one.var > 0 && one.es > one.var && rests(one));
  const windows = sound.length;
  if (missing.length > 0) {
    const said = `it hangs on ${missing.join(', ')}, of which the history says nothing`;
    return untested(forecasts.length, windows, missing, said);
  }
  const least = Math.ceil(1 / (1 - coverage) - 1e-9);
  if (windows < least) {
    const said =
      windows === 0
        ? 'its line never rested on the tail'
        : `its line rested on the tail in ${windows} of ${forecasts.length} windows, and fewer than ${least} have none beyond it to be expected`;
    return untested(forecasts.length, windows, missing, said);
  }
  const statistics = acerbiSzekely({
    pnl: sound.map(({ loss }) => 0 - loss),
    valueAtRisk: sound.map((one) => one.var),
    expectedShortfall: sound.map(({ es }) => es),
    coverage,
  });
  const bets = eProcess(sound.map((one) => eValue(one.loss, one.var, one.es, coverage)));
  if (isRefusal(statistics) || isRefusal(bets)) return null;
  const z2 = depthOf('z2', statistics.z2, coverage, windows);
  const when = (t: number | undefined) => (t === undefined ? null : (sound[t]!.at ?? null));
  return {
    ...{ forecasts: forecasts.length, windows, missing, untested: null },
    z1: statistics.z1 ?? null,
    z2: statistics.z2,
    depth: z2 === null ? null : { z1: depthOf('z1', statistics.z1, coverage, windows), z2 },
    isRejected: z2 !== null && z2.pValue <= LEVEL,
    wealth: fortuneOf(bets.logFortune.reduce((most, own) => Math.max(most, own), 0)),
    alarmAt: when(bets.alarmAt),
    rejectAt: when(bets.rejectAt),
  };
}

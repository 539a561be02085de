// Whether a line held as often as it said: one-sided, on windows that do not overlap, with the power of the test said beside it (M-184).

import { isRefusal } from '@plimsoll/core';
import {
  acerbiSzekely,
  christoffersen,
  coverageTest,
  eProcess,
  eValue,
  fortuneOf,
  trafficLight,
  trafficZones,
} from './tests/index.ts';

/** One line of one book against what happened. */
export interface Coverage {
  /** Windows that do not overlap, and how many were expected to breach at most. */
  readonly windows: number;
  readonly expected: number;
  readonly breaches: number;
  /** Probability of as many breaches or more where the line holds what it says. */
  readonly pValue: number;
  readonly isRejected: boolean;
  /** Probability of being rejected where breaches come twice, and four times, as often as said. */
  readonly power: { readonly twice: number; readonly fourfold: number };
  /** Basel's zones for this many windows: cumulative probability below 95 %, below 99.99 %, beyond. */
  readonly zone: 'green' | 'yellow' | 'red';
  /** Christoffersen's likelihood ratio that breaches follow breaches; against 3.84 at 5 %. Null without two states to compare. */
  readonly clustering: number | null;
}

const LEVEL = 0.05;

/**
 * Breaches of windows in order of time against a probability of breach; undefined without windows.
 * @example coverageOf([false, true, false], 0.01).breaches // 1
 */
export function coverageOf(hits: readonly boolean[], rate: number): Coverage | undefined {
  const windows = hits.length;
  const breaches = hits.filter((hit) => hit).length;
  const twice = coverageTest(breaches, windows, rate, { powerAt: 2 });
  const fourfold = coverageTest(breaches, windows, rate, { powerAt: 4 });
  const zones = trafficZones(windows, rate);
  if (isRefusal(twice) || isRefusal(fourfold) || isRefusal(zones)) return undefined;
  const order = christoffersen(hits, rate);
  const hasOrder = !isRefusal(order) && breaches > 0 && breaches < windows;
  return {
    windows,
    expected: windows * rate,
    breaches,
    pValue: twice.pValue,
    isRejected: twice.pValue <= LEVEL,
    power: { twice: twice.power, fourfold: fourfold.power },
    zone: trafficLight(breaches, zones),
    clustering: hasOrder ? order.independence.statistic : null,
  };
}

/** A forecast of a tail and the loss that came. */
export interface TailForecast {
  readonly loss: number;
  readonly var: number;
  readonly es: number;
}

/** Whether an expected shortfall was large enough. */
export interface TailVerdict {
  readonly windows: number;
  /** Acerbi and Szekely's Z2: 0 where right, below -0.70 rejected at about 5 %, below -1.8 at 0.01 %. */
  readonly z2: number;
  /** Largest wealth of the e-process: 20 rejects at 5 % at any time, 5 is an alarm. */
  readonly wealth: number;
}

/** Z2 and the e-process of forecasts; null without any that has a tail. @example tailVerdict([{ loss: 0.18, var: 0.08, es: 0.12 }], 0.975).wealth // 1 */
export function tailVerdict(forecasts: readonly TailForecast[], coverage: number): TailVerdict | null {
  const sound = forecasts.filter(({ var: least, es }) => least > 0 && es > least);
  const shortfalls = acerbiSzekely({
    pnl: sound.map(({ loss }) => 0 - loss),
    valueAtRisk: sound.map(({ var: least }) => least),
    expectedShortfall: sound.map(({ es }) => es),
    coverage,
  });
  const bets = eProcess(sound.map(({ loss, var: least, es }) => eValue(loss, least, es, coverage)));
  if (sound.length === 0 || isRefusal(shortfalls) || isRefusal(bets)) return null;
  const wealth = fortuneOf(bets.logFortune.reduce((most, own) => Math.max(most, own), 0));
  return { windows: sound.length, z2: shortfalls.z2, wealth };
}

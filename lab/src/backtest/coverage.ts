// Whether a line held as often as it said: one-sided, on windows that do not overlap, with the power of the test said beside it (M-184).

import { isRefusal } from '@plimsoll/core';
import {
  christoffersen,
  coverageTest,
  eProcess,
  eValue,
  fortuneOf,
  kupiec,
  type Ratio,
  trafficLight,
  trafficZones,
} from './tests/index.ts';

/** One line of one book against what happened. */
export interface Coverage {
  /** Windows that do not overlap, and how many were expected to breach at most. */
  readonly windows: number;
  readonly expected: number;
  readonly breaches: number;
  /** Breaches from which the test rejects, and the rate of breach that it finds four times in five. */
  readonly critical: number;
  readonly detectable: number;
  /** Kupiec's likelihood ratio, two-sided: too few breaches are found as well; against 3.84. Null without windows. */
  readonly kupiec: Ratio | null;
  /** Probability of as many breaches or more where the line holds what it says. */
  readonly pValue: number;
  readonly isRejected: boolean;
  /** Probability of being rejected where breaches come twice, and four times, as often as said. */
  readonly power: { readonly twice: number; readonly fourfold: number };
  /** Basel's zones for this many windows: cumulative probability below 95 %, below 99.99 %, beyond. */
  readonly zone: 'green' | 'yellow' | 'red' | 'none';
  /** Christoffersen's likelihood ratio that breaches follow breaches; against 3.84 at 5 %. Null without two states to compare. */
  readonly clustering: number | null;
  /** The same with its probability, and together with the number of breaches; against 5.99. */
  readonly christoffersen: { readonly independence: Ratio; readonly conditional: Ratio } | null;
  /** Largest wealth of bets that breaches come more often than said: 20 rejects at 5 % whenever it is reached. */
  readonly wealth: number;
}

const LEVEL = 0.05;

/** No window was known to its end: nothing is rejected, and nothing could have been. */
const unseen: Coverage = {
  ...{ windows: 0, expected: 0, breaches: 0, critical: 1, detectable: 1, kupiec: null },
  ...{ pValue: 1, isRejected: false, power: { twice: 0, fourfold: 0 }, zone: 'none' },
  ...{ clustering: null, christoffersen: null, wealth: 1 },
};

/**
 * Breaches of windows in order of time against a probability of breach. Without windows nothing is rejected and the power is nil.
 * @example coverageOf([false, true, false], 0.01).breaches // 1
 */
export function coverageOf(hits: readonly boolean[], rate: number): Coverage {
  const windows = hits.length;
  const breaches = hits.filter((hit) => hit).length;
  const twice = coverageTest(breaches, windows, rate, { powerAt: 2 });
  const fourfold = coverageTest(breaches, windows, rate, { powerAt: 4 });
  const zones = trafficZones(windows, rate);
  const ratio = kupiec(breaches, windows, rate);
  if (isRefusal(twice) || isRefusal(fourfold) || isRefusal(zones) || isRefusal(ratio)) return unseen;
  const order = christoffersen(hits, rate);
  const hasOrder = !isRefusal(order) && breaches > 0 && breaches < windows;
  const bets = eProcess(hits.map((hit) => eValue(hit ? 1 : 0, 0, undefined, 1 - rate)));
  return {
    windows,
    expected: windows * rate,
    breaches,
    critical: twice.critical,
    detectable: twice.detectable,
    kupiec: ratio,
    pValue: twice.pValue,
    isRejected: twice.pValue <= LEVEL,
    power: { twice: twice.power, fourfold: fourfold.power },
    // Of a short series even none would be yellow by the letter; what never broke warns of nothing.
    zone: breaches === 0 ? 'green' : trafficLight(breaches, zones),
    clustering: hasOrder ? order.independence.statistic : null,
    christoffersen: hasOrder ? { independence: order.independence, conditional: order.conditional } : null,
    wealth: isRefusal(bets) ? 1 : fortuneOf(bets.logFortune.reduce((most, own) => Math.max(most, own), 0)),
  };
}

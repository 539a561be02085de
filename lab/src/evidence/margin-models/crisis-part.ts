// Two crashes by themselves: what each rule asked hour by hour, and what it would have left to the fund.

import { join } from 'node:path';
import { models } from '@plimsoll/core';
import { studyOf } from '../../backtest/study/choosing.ts';
import {
  atTheLine,
  barsWithin,
  cameIn,
  deepestFall,
  finest,
  type LeftBehind,
  lossAfter,
  type Standing,
  standings,
} from '../../backtest/study/crisis.ts';
import { day, must, WALKED, type Walked, withPolicy } from '../../backtest/study/walks.ts';
import { promisedDefaults } from '../../backtest/verdict.ts';
import { barsOf } from '../../governor/bars.ts';
import { loadHistory } from '../../history.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A crash of one coin: hours to judge requirements by, and finer bars for lows where there are any. */
export interface Crisis {
  readonly id: string;
  readonly title: string;
  readonly coin: string;
  readonly hourly: string;
  readonly fine?: { readonly file: string; readonly minutes: number };
  readonly from: number;
  readonly to: number;
}

const MARCH = { from: day('2020-03-10'), to: day('2020-03-20') };
const OCTOBER = { from: day('2025-10-08'), to: day('2025-10-18') };
const pricesOf = (coin: string) => ({
  coin: coin.toUpperCase(),
  hourly: `prices/${coin}usdt_hourly_spliced.csv.gz`,
});
const halfHours = (coin: string) => ({
  fine: { file: `prices/${coin}usdt_perp_30m_2022-10_2025-10.csv.gz`, minutes: 30 },
});
const fives = { file: 'crisis_intraday/btcusdt_5m_2020-01_2020-03-12.csv.gz', minutes: 5 };

export const CRISES: readonly Crisis[] = [
  { id: 'crisis-2020-btc', title: 'March 2020, BTC', ...pricesOf('btc'), fine: fives, ...MARCH },
  { id: 'crisis-2020-eth', title: 'March 2020, ETH', ...pricesOf('eth'), ...MARCH },
  {
    id: 'crisis-2025-btc',
    title: '10 October 2025, BTC',
    ...pricesOf('btc'),
    ...halfHours('btc'),
    ...OCTOBER,
  },
  {
    id: 'crisis-2025-eth',
    title: '10 October 2025, ETH',
    ...pricesOf('eth'),
    ...halfHours('eth'),
    ...OCTOBER,
  },
  {
    id: 'crisis-2025-sol',
    title: '10 October 2025, SOL',
    ...pricesOf('sol'),
    ...halfHours('sol'),
    ...OCTOBER,
  },
];

/** No cap that anything reaches. */
const NO_CAP = 1e6;
const AT_ONCE = { rise: 0, fall: 0 };

function unhurried(policy: Parameters<typeof withPolicy>[0]): Walked {
  const walked = withPolicy(policy);
  const { speedMax: _, ...rest } = walked.governing!.policy;
  return { ...walked, governing: { ...walked.governing!, policy: rest } };
}

/** The house model, and the same without one or all of what holds it back. */
export const RULES: readonly (readonly [string, Walked])[] = [
  ['dmr', WALKED['dmr']!],
  ['dmr without its cap', withPolicy({ cap: NO_CAP })],
  ['dmr without its speed limit', unhurried({})],
  ['dmr without speed limit and half-lives', unhurried({ halfLife: AT_ONCE })],
  ['dmr without any of them, elasticity 1', unhurried({ halfLife: AT_ONCE, cap: NO_CAP, elasticity: 1 })],
  ['plain FHS', WALKED['fhs']!],
  ['static', WALKED['static']!],
];

/** One rule in one crash. */
export interface RuleFound {
  readonly rule: string;
  /** A day before the fall began, as it began, at its highest, and at the end of the span. */
  readonly before: Standing;
  readonly start: Standing;
  readonly highest: Standing;
  readonly end: Standing;
  readonly atLine: LeftBehind;
  readonly cameIn: LeftBehind;
}

export interface CrisisFound {
  readonly title: string;
  readonly coin: string;
  /** After which close the four hours were the worst, and how deep they went. */
  readonly fall: { readonly at: number; readonly loss: number };
  readonly day: { readonly at: number; readonly loss: number };
  readonly rules: readonly RuleFound[];
  /** The house model every four hours around the fall, beside the worst of the four hours that followed. */
  readonly hours: readonly (Standing & { readonly loss: number })[];
}

const lastUntil = (asked: readonly Standing[], at: number) =>
  asked.filter((own) => own.at <= at).at(-1) ?? asked[0]!;

/** Every rule in one crash. */
export async function crisisPart(data: string, crisis: Crisis): Promise<CrisisFound> {
  const { coin, from, to, title } = crisis;
  const history = must(await loadHistory([join(data, crisis.hourly)]));
  const coarse = (await barsOf(join(data, crisis.hourly), HOUR_MS)).bars;
  const fine =
    crisis.fine === undefined
      ? []
      : (await barsOf(join(data, crisis.fine.file), crisis.fine.minutes * 60_000)).bars;
  const bars = barsWithin(finest(fine, coarse), from, to);
  const hours = promisedDefaults.horizonHours;
  const fall = deepestFall(bars, hours.maintenance);
  const near = [fall.at - 2 * DAY_MS, fall.at + DAY_MS] as const;
  const study = studyOf(history, coin, { from, to, every: 1 }, models.dmr.defaults);
  const rules: RuleFound[] = [];
  let shown: readonly Standing[] = [];
  for (const [rule, walked] of RULES) {
    const asked = standings(walked, study, coin);
    if (rule === 'dmr') shown = asked;
    const highest = asked.reduce((most, own) => (own.maintenance > most.maintenance ? own : most));
    rules.push({
      ...{ rule, highest, before: lastUntil(asked, fall.at - DAY_MS), start: lastUntil(asked, fall.at) },
      ...{ end: asked.at(-1)!, atLine: atTheLine(asked, bars, near, hours.maintenance) },
      cameIn: cameIn(asked, bars, near, hours.maintenance),
    });
  }
  const hour = Math.floor(fall.at / HOUR_MS) * HOUR_MS;
  const path = shown
    .filter(({ at }) => Math.abs(at - hour) <= DAY_MS && (at - hour) % (4 * HOUR_MS) === 0)
    .map((standing) => ({ ...standing, loss: lossAfter(bars, standing.at, hours.maintenance) }));
  return { title, coin, fall, day: deepestFall(bars, hours.initial), rules, hours: path };
}

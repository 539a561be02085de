// docs/evidence/governor.md: how margin levels whip and how they hold, on real prices, by rules that know only the past.

import { formatInstant, instant } from '@plimsoll/core';
import { type GovernorPolicy, governorDefaults } from '@plimsoll/core/governor';
import { dailyBars, hourlyBars, type Moved, movesOf } from '../governor/bars.ts';
import { type Figures, figuresOf, type Stood } from '../governor/figures.ts';
import { HORIZON, pathsAhead, readings, standHourly } from '../governor/hourly.ts';
import { STUDY } from '../governor/reference.ts';
import {
  calm,
  evenly,
  governedBy,
  halfLifeOf,
  historical,
  type Known,
  known,
  stand,
  stressed,
} from '../governor/rules.ts';
import { markdownTable, preface, shareText } from './markdown.ts';

const LAST_DAY = Date.UTC(2025, 11, 1);
/** Days before the first that is judged: a year, so that every rule has a past. */
const WARM_UP = 365;
const LEVEL = 0.99;
const VAR = { kind: 'quantile', level: LEVEL } as const;
const ES = { kind: 'shortfall', level: 0.975 } as const;

/** The governor of the daily table: three days up, a month down, a fifth up and a fiftieth down a day at most. */
export function dailyGovernor(elasticity: number): GovernorPolicy {
  return {
    ...governorDefaults,
    elasticity,
    halfLife: { rise: 72, fall: 720 },
    speedMax: { rise: 0.2, fall: 0.02 },
  };
}

/** Every rule's series over the days, by name. */
function rulesOf(days: readonly Moved[]): readonly (readonly [string, readonly (number | undefined)[]])[] {
  const raw = (lambda: number, measure: typeof VAR | typeof ES = VAR) =>
    known(days, evenly(halfLifeOf(lambda)), measure, VAR);
  const slow = raw(0.97);
  const quick = raw(0.94, ES);
  const plain = (found: readonly (Known | undefined)[]) => found.map((item) => item?.raw);
  const longRun = slow.map((item) => item?.longRun);
  const ratchet = { halfLife: { rise: halfLifeOf(0.94), fall: halfLifeOf(0.99) }, floor: 0 };
  return [
    ['static 15 %', days.map(() => 0.15)],
    ['HS, 1000 days', historical(days, 1000, LEVEL)],
    ['FHS, lambda 0.94', plain(raw(0.94))],
    ['FHS, lambda 0.97', plain(slow)],
    ['FHS, lambda 0.99', plain(raw(0.99))],
    ['asymmetric EWMA 0.94 / 0.99', plain(known(days, ratchet, VAR, VAR))],
    ['floor: max(FHS 0.97, long run)', governedBy({ tool: 'floor' }, slow, longRun)],
    [
      '25 % stress weight on FHS 0.97',
      governedBy({ tool: 'stress-weight', weight: 0.25 }, slow, stressed(days, 365, LEVEL)),
    ],
    ['25 % buffer on FHS 0.97', governedBy({ tool: 'buffer', buffer: 0.25 }, slow, calm(slow, 365))],
    ['governor, pi 0.5', governedBy(dailyGovernor(0.5), quick, longRun)],
    ['governor, pi 0.75', governedBy(dailyGovernor(0.75), quick, longRun)],
    ['governor, pi 0 (its anchor)', governedBy(dailyGovernor(0), quick, longRun)],
  ];
}

const percent = (value: number) => shareText(value, value < 0.1 ? 1 : 0);

function rowOf(name: string, figures: Figures): string[] {
  const { long, short, mean, peakToTrough, rises, shortfall } = figures;
  return [
    name,
    `${long} / ${short}`,
    shareText(mean),
    peakToTrough.toFixed(1),
    ...rises.map(percent),
    shortfall.toFixed(2),
  ];
}

/** The figures of every rule over the days, without the first `warmUp`. */
export function dailyFigures(days: readonly Moved[], warmUp: number): (readonly [string, Figures])[] {
  return rulesOf(days).map(
    ([name, required]) => [name, figuresOf(stand(required, days, warmUp), [1, 5])] as const,
  );
}

function dailyPart(asset: string, days: readonly Moved[]): string[] {
  const all = dailyFigures(days, WARM_UP);
  const count = all[0]![1].count;
  const head = [
    'rule',
    'breaches long / short',
    'mean',
    'peak to trough',
    'largest 1 d',
    'largest 5 d',
    'shortfall',
  ];
  const [from, to] = [days[WARM_UP]!.from, days[days.length - 1]!.to].map((at) =>
    formatInstant(instant(at)).slice(0, 10),
  );
  return [
    `## ${asset}, one day ahead`,
    '',
    `${count} days from ${from} to ${to}, at 99 %: ${((1 - LEVEL) * count).toFixed(0)} breaches expected on each side. The day’s low and high against the close before.`,
    '',
    markdownTable(
      head,
      all.map(([name, figures]) => rowOf(name, figures)),
    ),
    '',
  ];
}

/** Ours beside the study's, BTC. */
function studyPart(days: readonly Moved[]): string[] {
  const worst = days.reduce((most, { long }) => Math.max(most, long), 0);
  const rows = dailyFigures(days, WARM_UP).flatMap(([name, { mean, peakToTrough, rises, shortfall }]) => {
    const study = STUDY[name];
    if (study === undefined) return [];
    const ours = [100 * mean, peakToTrough, 100 * rises[0]!, 100 * rises[1]!, shortfall];
    const digits = [1, 1, 0, 0, 2];
    return [
      [name, ...ours.map((value, i) => `${value.toFixed(digits[i])} / ${study[i]!.toFixed(digits[i])}`)],
    ];
  });
  return [
    '## BTC beside the design study',
    '',
    'Ours / the study’s. It had daily bars of another source from June 2017 on, and did not record what past its rules were given; ours start in August 2017, warm up for a year',
    `(so December 2017 and January 2018 are past, not judged) and are one exchange’s: the worst day of longs here lost ${shareText(worst)}.`,
    '',
    markdownTable(
      ['rule', 'mean, %', 'peak to trough', 'largest 1 d, %', 'largest 5 d, %', 'shortfall'],
      rows,
    ),
    '',
  ];
}

const HOURLY_FROM = Date.UTC(2023, 0, 1);
const HOURLY_LEVEL = 0.999;

/** The governor of the hourly table; its speed limits are the defaults. */
const hourlyGovernor = (rise: number): GovernorPolicy => ({
  ...governorDefaults,
  halfLife: { rise, fall: 720 },
});

async function hourlyPart(
  data: string,
  asset: string,
  file: string,
  say: (line: string) => void,
): Promise<string[]> {
  const bars = (await hourlyBars(data, file)).bars.filter(({ to }) => to <= Date.UTC(2026, 0, 1));
  const moves = movesOf(bars);
  const paths = pathsAhead(bars);
  const rows: [string, readonly Stood[]][] = [];
  for (const halfLife of [24, 120]) {
    const found = readings(bars, moves, paths, { halfLife, level: HOURLY_LEVEL, from: HOURLY_FROM });
    rows.push([`raw, half-life ${halfLife} h`, standHourly(found, paths)]);
    if (halfLife === 120) {
      for (const rise of [6, 24]) {
        rows.push([
          `governor on it, pi 0.5, ${rise} h up, 30 d down`,
          standHourly(found, paths, hourlyGovernor(rise)),
        ]);
      }
    }
    say(`governor: ${asset}, half-life ${halfLife} h`);
  }
  const count = rows[0]![1].length;
  const head = [
    'rule',
    'breaches long / short',
    'mean',
    'peak to trough',
    'largest 1 h',
    'largest 24 h',
    'shortfall',
  ];
  return [
    `## ${asset}, four hours ahead, every hour of 2023 to 2025`,
    '',
    `${count} windows of ${HORIZON} hours, overlapping, at 99.9 %: ${((1 - HOURLY_LEVEL) * count).toFixed(0)} expected on each side. Everything since 2017 is the past.`,
    '',
    markdownTable(
      head,
      rows.map(([name, stood]) => rowOf(name, figuresOf(stood, [1, 24]))),
    ),
    '',
  ];
}

const FILES = [
  ['BTC', 'btcusdt_hourly_spliced.csv.gz'],
  ['ETH', 'ethusdt_hourly_spliced.csv.gz'],
] as const;

/** Judges every rule on the hourly files of the data folder. */
export async function governorDocument(data: string, say: (line: string) => void): Promise<string> {
  const parts = [
    preface('How margin levels whip, and how they hold', 'npm run evidence -- ../shared/data governor'),
    'One level serves longs and shorts; losses of both are pooled in every estimate. A level is made from the days before the one it is held against. **Shortfall**: the sum of what',
    'was lost beyond the level, both sides, in shares of the price. **Largest**: the largest relative rise over that time; zero would be no rise at all. Hours that the exchange was',
    'down are missing of their day. FHS: losses over the volatility known before them, all of the past, times the volatility of now; 99 % quantile, under the governor the',
    '97.5 % shortfall at lambda 0.94. Stress weight: the worst year there had been by then. Buffer: spent from the median of a year. Anchor of governor and floor: the 99 % quantile',
    'of everything seen by then.',
    '',
  ];
  for (const [asset, file] of FILES) {
    const days = movesOf(dailyBars((await hourlyBars(data, file)).bars)).filter(({ to }) => to <= LAST_DAY);
    parts.push(...dailyPart(asset, days));
    if (asset === 'BTC') parts.push(...studyPart(days));
    say(`governor: ${asset}, daily`);
  }
  for (const [asset, file] of FILES) parts.push(...(await hourlyPart(data, asset, file, say)));
  return `${parts.join('\n').trimEnd()}\n`;
}

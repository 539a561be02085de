// The tables of docs/evidence/crash.md that are about the market and about everybody: the path, standings over time, the models beside.

import { formatInstant } from '@plimsoll/core';
import { STATUSES } from '@plimsoll/core/engine';
import { dollarsText, markdownTable, shareText } from '../markdown.ts';
import {
  BTC_SHARE,
  DELAYS,
  HABIT_SHARES,
  MAIN,
  RETAIL,
  RETAIL_SHARE,
  ROOM_LEAST,
  ROOM_SPREAD,
  SIZES,
} from './plans.ts';
import { CORRELATION, type Outcome, VOL_DAYS } from './run.ts';
import type { Sample } from './sample.ts';

/** To the minute. */
export const timeText = (at: number) =>
  formatInstant(at as Sample['at'])
    .slice(0, 16)
    .replace('T', ' ');

const range = ([low, high]: readonly [number, number]) => `${dollarsText(low)} to ${dollarsText(high)}`;

/** Who is there. */
export function accountsPart({ plans, opened, stage }: Outcome): string[] {
  const kinds = new Map(
    [...MAIN, ...RETAIL].map(({ book, what }) => [book, what] as const).filter(([, what]) => what !== ''),
  );
  const rows = [...kinds].map(([book, what]) => {
    const own = plans.filter((plan) => plan.book === book);
    const [main, retail] = (['main', 'retail'] as const).map(
      (group) => own.filter((plan) => plan.group === group).length,
    );
    const size = own.reduce((sum, plan) => sum + plan.size, 0);
    return [book, what, String(main), String(retail), (size / 1e6).toFixed(1)];
  });
  const habits = HABIT_SHARES.map(([habit]) => {
    return `${plans.filter((plan) => plan.habit === habit).length} ${HABIT_WORDS[habit]}`;
  });
  return [
    '## Who is there',
    '',
    markdownTable(['book', 'what', 'main', 'retail', 'size, million USD'], rows, 2),
    '',
    `${shareText(RETAIL_SHARE, 0)} are retail, ${shareText(BTC_SHARE, 0)} in BTC and the others in ETH. Size is dollars of underlying the book is built from, log-uniform: ${range(SIZES.main)} in main, ${range(SIZES.retail)} in retail, ${range(SIZES.maker)} of makers.`,
    'Expiries and strikes are the listed ones nearest to drawn days (2 to 90) and deltas. Everybody brings working dollars and, where coins are owned or premiums paid, coins; trades at the mark against a dealer for the',
    `coin and expiry; then takes out what is beyond initial, a room of ${shareText(ROOM_LEAST, 0)} to ${shareText(ROOM_LEAST + ROOM_SPREAD, 0)} of it (most have little: the square of a uniform draw), and what is locked.`,
    `That took ${dollarsText(opened.inputs)} inputs, ${dollarsText(opened.fills)} of them fills in ${stage.state.products.size} contracts. When called: ${habits.join(', ')}. Answers come ${DELAYS[0]} to ${DELAYS[1]} minutes after the call; the deadline is 60.`,
    '',
  ];
}

const HABIT_WORDS: Readonly<Record<string, string>> = {
  deposit: 'bring the stated deposit',
  trade: 'close the cheapest stated single trade',
  nothing: 'do nothing',
  'own account': 'are topped up from an account of their own',
  'credit line': 'have a credit line',
};

/** Where prices went. */
export function pathPart({ scene, samples, path, moved }: Outcome): string[] {
  const fitted = samples.filter(({ isFitted }) => isFitted);
  const cells = (sample: Sample) =>
    path.coins.flatMap((coin) => {
      const { index, vol } = sample.coins.get(coin)!;
      return [dollarsText(index), shareText(vol)];
    });
  const rows = fitted.map((sample) => [timeText(sample.at), ...cells(sample)]);
  const [from, to] = [scene.markets[0]!.at, scene.markets.at(-1)!.at];
  const lows = path.coins.map((coin) => {
    const { at, level } = path.lowest(coin, from, to);
    return `${coin} ${dollarsText(level)} at ${timeText(at)}`;
  });
  return [
    '## The path',
    '',
    markdownTable(['snapshot', ...path.coins.flatMap((coin) => [coin, 'vol, 30 days'])], rows),
    '',
    `${fitted.length} snapshots, each fitted from its quotes. Between two of them the indices go through the hourly opens of Binance and, minute by minute, along log Brownian bridges pinned at both ends: the vol is the`,
    `at-the-money vol of the expiry nearest ${VOL_DAYS} days in the snapshot before, the correlation of the two coins ${CORRELATION}, the seed ${scene.seed}. Lowest on the path: ${lows.join(', ')}. On it there are ${moved.markets} markets: every ${scene.minutes} minutes, every ${scene.close.minutes}`,
    `from ${timeText(scene.close.from)} to ${timeText(scene.close.to)}, and whenever a deadline passes. They have the smiles of the snapshot before at the moved forward, at-the-money vols and carries on their way to the`,
    `next snapshot’s, and bids at their share of the mark. Of their ${dollarsText(moved.slices)} smiles ${moved.falling} have less total variance at the money than the expiry before. What expires is settled at the path’s mean of the half hour before.`,
    '',
  ];
}

/** How everybody stood. */
export function standingsPart({ samples, plans }: Outcome): string[] {
  const worst = samples.reduce((most, sample) => (sample.worst.equity < most.worst.equity ? sample : most));
  const busiest = samples.reduce((most, sample) =>
    sample.statuses.called > most.statuses.called ? sample : most,
  );
  const rows = samples
    .filter((sample) => sample.isFitted || sample === busiest || sample === worst)
    .map((sample) => [
      timeText(sample.at),
      ...STATUSES.map((status) => String(sample.statuses[status])),
      (sample.equity / 1e6).toFixed(1),
      (sample.initial / 1e6).toFixed(1),
      dollarsText(sample.worst.equity),
    ]);
  return [
    '## Standings',
    '',
    `How many of the ${dollarsText(plans.length)} are where, once everybody was judged; their equity and initial requirement in millions of dollars, and the least equity of one account. The snapshots, and the markets with the most called`,
    'and with the least equity.',
    '',
    markdownTable(['market', ...STATUSES, 'equity', 'initial', 'least'], rows),
    '',
    `![Called and being closed, by market; the bitcoin index behind](crash.svg)`,
    '',
  ];
}

/** What the model beside would have done. */
export function shadowPart({ samples }: Outcome): string[] {
  const rows = samples
    .filter(({ isFitted, shades }) => isFitted && shades.size > 0)
    .map((sample) => {
      const shade = sample.shades.get('span-1')!;
      const { called, liquidating, bankrupt } = sample.statuses;
      return [
        timeText(sample.at),
        `${called} / ${liquidating + bankrupt}`,
        `${shade.called} / ${shade.closed}`,
        (sample.initial / 1e6).toFixed(1),
        (shade.initial / 1e6).toFixed(1),
      ];
    });
  return [
    '## The model beside',
    '',
    '`span` at its defaults is computed beside both groups and decides nothing: how many it would call and close, of the same accounts as they are then, hysteresis left out, beside how many are called',
    'and being closed; and what either asks as initial, millions of dollars (the model beside counts the accounts that others are topped up from as well).',
    '',
    markdownTable(['market', 'called / closed', '`span`', 'initial', '`span`'], rows),
    '',
  ];
}

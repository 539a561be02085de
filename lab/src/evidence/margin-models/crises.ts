// March 2020 and 10 October 2025 by themselves.

import { formatInstant, instant } from '@plimsoll/core';
import type { Standing } from '../../backtest/study/crisis.ts';
import { markdownTable, shareText } from '../markdown.ts';
import type { CrisisFound, RuleFound } from './crisis-part.ts';
import { percentText } from './tables.ts';

const timeOf = (at: number) => formatInstant(instant(at)).slice(5, 16).replace('T', ' ');
const both = ({ maintenance, initial }: Standing) => `${shareText(maintenance)} / ${shareText(initial)}`;

function ruleRow({ rule, before, start, highest, end, atLine, cameIn }: RuleFound): string[] {
  return [
    ...[rule, both(before), both(start), both(highest), both(end)],
    ...[percentText(atLine.worst), percentText(atLine.mean)],
    ...[percentText(cameIn.worst), percentText(cameIn.mean)],
  ];
}

/** What one thing that holds the governor back cost the fund: the worst that was missing less what is without it. Below zero it was a gain. */
export function costWords({ rules }: Pick<CrisisFound, 'rules'>): string {
  const [own, ...without] = rules as [RuleFound, ...RuleFound[]];
  const words = WITHOUT.map((name, i) => {
    const other = without[i]!;
    const [line, came] = [own.atLine.worst - other.atLine.worst, own.cameIn.worst - other.cameIn.worst];
    return `${name} ${signed(line)} at the line and ${signed(came)} of who came in`;
  });
  const isBound = HELD.some((when) => own[when].maintenance !== without[0]![when].maintenance);
  const bound = isBound ? 'The cap held some of these levels down.' : 'The cap moved none of these levels.';
  return `Cost to the fund, per dollar of open interest, at the worst (negative: a gain): ${words.join('; ')}. ${bound}`;
}

const WITHOUT = [
  'the cap',
  'the speed limit',
  'speed limit and half-lives together',
  'all of them and an elasticity below 1',
];
const HELD = ['before', 'start', 'highest', 'end'] as const;
const signed = (value: number) =>
  Math.abs(value) < 5e-5 ? '0' : `${value < 0 ? '-' : ''}${percentText(Math.abs(value))}`;

/** One crash. */
export function crisisSection(found: CrisisFound): string[] {
  const { title, fall, day, rules, hours } = found;
  const head = [
    ...['rule', 'a day before', 'as it began', 'highest', 'at the end'],
    ...['at the line, worst', 'mean', 'came in at initial, worst', 'mean'],
  ];
  const path = hours.map((hour) => [
    timeOf(hour.at),
    shareText(hour.maintenance),
    shareText(hour.initial),
    hour.loss > hour.maintenance ? `**${shareText(hour.loss)}**` : shareText(hour.loss),
  ]);
  return [
    `### ${title}`,
    '',
    `The worst four hours followed the close of ${timeOf(fall.at)}: ${shareText(-fall.loss)} at the low; the worst day that of ${timeOf(day.at)}: ${shareText(-day.loss)}.`,
    '',
    markdownTable(head, rules.map(ruleRow)),
    '',
    costWords(found),
    '',
    markdownTable(['dmr at', 'maintenance', 'initial', 'worst of the next 4 h'], path),
    '',
  ];
}

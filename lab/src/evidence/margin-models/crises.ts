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

/** What taking one thing away from the governor would have saved the fund, in words that the numbers choose. */
function costWords(found: CrisisFound): string {
  const own = found.rules[0]!;
  const words = found.rules.slice(1, 5).map(({ rule, atLine, cameIn }) => {
    const [line, came] = [own.atLine.worst - atLine.worst, own.cameIn.worst - cameIn.worst];
    const say = (saved: number) => {
      if (Math.abs(saved) < 5e-5) return 'nothing';
      return saved > 0 ? percentText(saved) : `${percentText(-saved)} less than nothing`;
    };
    return `${rule.replace('dmr ', '')}: ${say(line)} at the line, ${say(came)} of who came in at initial`;
  });
  return `What the fund would have been spared, at the worst, by the house model ${words.join('; ')}.`;
}

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

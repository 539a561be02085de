// What margin-models.md says around its tables: how to read them, and what they do not show.

import { formatInstant, instant } from '@plimsoll/core';
import { markdownTable } from '../markdown.ts';
import { SPANS } from './sources.ts';

export const dayOf = (at: number) => formatInstant(instant(at)).slice(0, 10);
export const spanText = (name: keyof typeof SPANS) =>
  `${dayOf(SPANS[name].from)} to ${dayOf(SPANS[name].to)}`;

export const LIMITS = [
  '## What this does not show',
  '',
  '- The default ranges of `grid`, `dmr` and `static` were set on 2022-25, so on those years their coverage is in-sample; of everything above it is the walk-forward and the unseen coins that are not.',
  '- Option books stand on surfaces made around real spot and real 30-day vol: no jumps of skew or wings, no dislocated expiries, no quotes that vanish (M-182). ETH has no vol of its own in them.',
  '- Books whose legs hedge each other in spot and vol are held by the scenarios and charges of the grid, not by the tail of history: no history of basis or term is given here.',
  '- Books of one spot are seen inside their bars where the files have lows and highs (M-188): BTC and ETH. All other books, and the unseen coins, whose file has closes only, are seen at the closes of hours: what a file did not keep, no test on it can see.',
  '- The walk-forward and the unseen coins are linear positions; what was chosen for them was not tried on option books.',
  '- Nobody reacts: a requirement that rises in a fall makes sellers, and what that does to the price is not in a history.',
  '- Governor speeds and half-lives were proposed by a study that had seen 2017-25.',
  '',
];

export const READING = [
  'Maintenance is held to 99.9 % of paths of four hours, initial to 99 % of paths of a day, on windows that do not overlap. **Breaches**: how many there were of how many were expected, bold where they are too many',
  'at 5 %, one-sided and exact; **p**: the probability of as many or more if the line holds; **all phases**: the share of breaches among all times, whatever the phase of the windows; **power 2x**: that of being found out if breaches come twice as often as promised. **Mean** requirement as a share of the',
  'underlying; **/ static**: over the constant share that is breached as often; **worst**: loss over requirement; **deepest**: loss less requirement, at the worst of all times; **beyond**: its mean where the line did not hold. Largest rises of the requirement of what',
  'is held: **1 h** in five days around each of the crashes, walked by the hour (the twelve books without `static` and `greeks`), the others on the walk of every fourth hour. Peak to trough as in M-185.',
  '',
  markdownTable(
    ['model', 'what'],
    [
      ['static', 'shares of notional'],
      ['greeks', 'the grid by second-order expansion'],
      ['grid', 'price x vol scenarios on fixed ranges'],
      [
        'fhs',
        'plain filtered history: decay 0.97 a day (half-life 22.8 d), no floor, not governed, charges as everywhere',
      ],
      ['var', 'filtered history at the defaults: half-life five days, floored, not governed'],
      ['dmr', 'the house model at its defaults, governed (M-170, M-183)'],
    ],
    2,
  ),
  '',
];

export const DRIVEN = `${spanText('driven')}, every 4 h: real spots of BTC and ETH and real 30-day vol of BTC, and surfaces that a model makes around them. From the first day that has 5,000 past windows.`;
/** A relative difference. */
export const apartText = (value: number) => (value === 0 ? '0' : value.toExponential(0));

export const perpetualWords = (apart: number) =>
  `${spanText('perpetuals')}, every 4 h: a million dollars of the perpetuals of BTC and ETH, long and short, held on. In closed form (M-190), which differs from the model itself by at most ${apartText(apart)} of it where both were asked; \`greeks\` is \`grid\` here.`;

// docs/evidence/models.md: a dozen books under every model, on a calm day and in a crash, beside what the next snapshots cost.

import { cpus } from 'node:os';
import { formatInstant, isRefusal, sentence } from '@plimsoll/core';
import { type Asked, type Compared, type ComparedDay, compareDay, compared, type Day } from './compare.ts';
import { readDay } from './data.ts';
import { UNIT_USD } from './listed.ts';
import { dollarsText, markdownTable, preface, shareText, thousandsText } from './markdown.ts';
import { type Timing, timed } from './timing.ts';

const DAYS = [
  {
    title: 'A calm day: 10 January 2026',
    file: 'deribit_chain_daily_2026-01.csv.gz',
    from: '2026-01-10T09:00:00Z',
    to: '2026-01-11T10:30:00Z',
  },
  {
    title: 'The crash: 5 February 2026',
    file: 'deribit_chain_stress_2026-02_all_snapshots.csv.gz',
    from: '2026-02-05T09:30:00Z',
    to: '2026-02-06T10:00:00Z',
  },
];

/** A loss as a share of a line; in bold where the line did not hold it. */
function shareOf(loss: number, line: number): string {
  if (line <= 0) return loss > 0 ? '**no line**' : '-';
  const share = shareText(loss / line, 0);
  return loss > line ? `**${share}**` : share;
}

function askedCell(one: Compared, asked: Compared['asked'][number]): string {
  if (isRefusal(asked)) return 'refused';
  const { maintenance, initial } = asked;
  const lines = `${thousandsText(maintenance)} / ${thousandsText(initial)}`;
  return `${lines}<br>${shareOf(one.lossNext, maintenance)} / ${shareOf(one.lossDay, initial)}`;
}

function dayRow(one: Compared): string[] {
  return [
    one.book.name,
    `${thousandsText(one.lossNext)} / ${thousandsText(one.lossDay)}`,
    ...one.asked.map((asked) => askedCell(one, asked)),
  ];
}

const percent = (move: number) => `${move < 0 ? '' : '+'}${shareText(move)}`;

function refusalsOf({ books }: ComparedDay): string[] {
  return books.flatMap(({ book, asked }) =>
    asked.filter(isRefusal).map((refusal) => `- ${book.name}: ${sentence(refusal)}`),
  );
}

function dayPart(day: ComparedDay): string[] {
  const moves = day.moves.map(
    ({ coin, next, extreme }) => `${coin} ${percent(next)} at the next, ${percent(extreme)} at the farthest`,
  );
  const spans = `next snapshot after ${day.hoursNext.toFixed(1)} hours, last of ${day.later} after ${day.hoursDay.toFixed(1)}`;
  const refusals = refusalsOf(day);
  return [
    `## ${day.title}`,
    '',
    `Judged at ${formatInstant(day.from)}; ${spans}. ${moves.join('; ')}.`,
    '',
    markdownTable(['book', 'loss next / day', ...compared.map(({ id }) => id)], day.books.map(dayRow)),
    '',
    ...(refusals.length > 0 ? ['Refused:', '', ...refusals, ''] : []),
  ];
}

function booksPart(days: readonly ComparedDay[]): string[] {
  const first = days[0]!;
  const rows = first.books.map(({ book }, i) => [
    book.name,
    book.what,
    String(book.portfolio.positions.length),
    days.map((day) => thousandsText(day.books[i]!.gross)).join(' / '),
  ]);
  return [
    '## The books',
    '',
    `One unit is ${dollarsText(UNIT_USD)} dollars of the underlying, in whole lots of 0.1 coin; expiries and strikes are the listed ones nearest to the`,
    'rule, deltas at the venue’s own mark vol. Gross: dollars of underlying over all legs and owned coins, thousands, per day.',
    '',
    markdownTable(['book', 'what', 'legs', 'gross'], rows, 2),
    '',
  ];
}

function timesPart(days: readonly ComparedDay[], timing: Timing): string[] {
  const answers = days.flatMap(({ books }) => books.flatMap(({ asked }) => asked.filter(answered)));
  const times = timed(
    answers.map(({ again }) => again),
    timing,
  );
  const micros = (asked: Compared['asked'][number]) => {
    if (isRefusal(asked)) return 'refused';
    const time = times[answers.indexOf(asked)]!;
    return time.toFixed(time < 10 ? 1 : 0);
  };
  const rows = days[0]!.books.map(({ book }, i) => [
    book.name,
    ...compared.map((_, m) => days.map((day) => micros(day.books[i]!.asked[m]!)).join(' / ')),
  ]);
  return [
    '## Microseconds per margin',
    '',
    `Median of ${timing.rounds} rounds of one answer on a book that is built: equity, three lines, charges, contributions. Per day; ${timing.machine}.`,
    '',
    markdownTable(['book', ...compared.map(({ id }) => id)], rows),
    '',
  ];
}

function answered(asked: Compared['asked'][number]): asked is Asked {
  return !isRefusal(asked);
}

interface Answer extends Asked {
  readonly one: Compared;
}

/** What one model answered on one day, book by book. */
function answersOf({ books }: ComparedDay, m: number): Answer[] {
  return books.flatMap((one) => {
    const asked = one.asked[m]!;
    return isRefusal(asked) ? [] : [{ ...asked, one }];
  });
}

function breachesOf(day: ComparedDay, m: number): string {
  const answers = answersOf(day, m);
  const name = ({ one }: Answer) => one.book.name;
  const maintenance = answers.filter(({ one, maintenance }) => one.lossNext > maintenance).map(name);
  const initial = answers.filter(({ one, initial }) => one.lossDay > initial).map(name);
  const list = (names: string[]) => (names.length === 0 ? '-' : names.join(', '));
  return `${list(maintenance)} / ${list(initial)}`;
}

/** Initial margin over that of the reference model: the book with the least and the one with the most. */
function extremesOf(day: ComparedDay, m: number, reference: number): string {
  const base = new Map(answersOf(day, reference).map(({ one, initial }) => [one.book.name, initial]));
  const ratios = answersOf(day, m)
    .flatMap(({ one: { book }, initial }) => {
      const other = base.get(book.name);
      return other === undefined || other === 0 ? [] : [{ name: book.name, ratio: initial / other }];
    })
    .sort((a, b) => a.ratio - b.ratio);
  const shown = ({ name, ratio }: { name: string; ratio: number }) => `${ratio.toFixed(2)} (${name})`;
  return ratios.length === 0 ? '-' : `${shown(ratios[0]!)} to ${shown(ratios.at(-1)!)}`;
}

function readingPart(days: readonly ComparedDay[]): string[] {
  const reference = compared.findIndex(({ id }) => id === 'grid');
  const rows = compared.flatMap(({ id }, m) =>
    days.map((day) => [
      `${id}, ${day.title.split(':')[0]!.toLowerCase()}`,
      m === reference ? '1' : extremesOf(day, m, reference),
      breachesOf(day, m),
    ]),
  );
  return [
    '## In short',
    '',
    markdownTable(
      ['model', 'initial, times that of `grid`', 'lost more than maintenance / initial'],
      rows,
      3,
    ),
    '',
  ];
}

/** The document, from days however they were come by. */
export function modelsReport(days: readonly Day[], timing: Timing, say: (line: string) => void): string {
  const done = days.map((day) => {
    const found = compareDay(day);
    say(`models: ${day.title}`);
    return found;
  });
  return [
    preface('A dozen books under every model', 'npm run evidence -- ../shared/data models'),
    'Thousands of dollars. In a model’s column: maintenance / initial, at the model’s defaults on the fitted chain; below them what was lost as a',
    'share of each: by the next snapshot of maintenance, which stands for four hours, and at the worst snapshot of the day of initial, which',
    'stands for a day. **Bold**: the line did not hold the loss. Losses are changes of the book, its coins included, at the venue’s own marks (options at mark',
    'times index, futures at their marks; what expired is settled at the next snapshot’s index), at snapshots, not on the path between them.',
    '',
    ...booksPart(done),
    ...done.flatMap(dayPart),
    ...readingPart(done),
    ...timesPart(done, timing),
  ].join('\n');
}

function here(): Timing {
  const machine = `${cpus()[0]?.model ?? process.arch}, Node ${process.version}`;
  return { clock: () => performance.now(), rounds: 31, machine };
}

/** The two days of the data folder. */
export async function modelDays(data: string): Promise<Day[]> {
  const days: Day[] = [];
  for (const { title, ...span } of DAYS) days.push({ title, snapshots: await readDay(data, span) });
  return days;
}

/** Judges the dozen books at the start of each day of the data folder and follows them to the next. */
export async function modelsDocument(data: string, say: (line: string) => void): Promise<string> {
  return modelsReport(await modelDays(data), here(), say);
}

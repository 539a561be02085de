// docs/evidence/venues.md: the dozen books under every venue's model and under our own, on a calm day and in a crash, in one table.

import {
  type ChainSnapshot,
  fitMarket,
  formatInstant,
  isRefusal,
  type MarginModel,
  type Market,
  type Portfolio,
  type Refusal,
  sentence,
} from '@plimsoll/core';
import { type Book, standardBooks } from './books.ts';
import { type Asked, ask, compared, type Day, venueModels } from './compare.ts';
import { orThrow } from './data.ts';
import { markdownTable, preface, shareText, thousandsText } from './markdown.ts';
import { Marks } from './marks.ts';
import { modelDays } from './models.ts';
import { linearTwin } from './twins.ts';

/** What a model asks of a book, as it is held or as its linear twin. */
interface Answer {
  readonly asked: Asked | Refusal;
  readonly isTwin: boolean;
}

/** A book on a day under every model. */
export interface VenueRow {
  readonly book: Book;
  readonly day: string;
  readonly lossDay: number;
  readonly answers: readonly Answer[];
}

/** Venues first: what the others are compared with. */
const columns: readonly MarginModel[] = [...venueModels, ...compared.filter(({ id }) => id !== 'greeks')];

/** As it is held; where the venue has no such contracts, in those it has. */
function answerOf(model: MarginModel, portfolio: Portfolio, market: Market): Answer {
  const asked = ask(model, portfolio, market);
  if (!isRefusal(asked)) return { asked, isTwin: false };
  const twin = linearTwin(portfolio, market);
  if (isRefusal(twin)) return { asked: twin, isTwin: false };
  const again = ask(model, twin, market);
  return { asked: again, isTwin: true };
}

/** `A calm day: 10 January 2026` in a table. */
const shortOf = (title: string) => title.split(':')[0]!.replace(/^(A|The) /, '');

/** Every book of a day under every model, beside the worst loss at a later snapshot. */
export function venueRows({ title, snapshots }: Day): VenueRow[] {
  const market = orThrow(fitMarket(snapshots[0]));
  const marks = snapshots.map((snapshot: ChainSnapshot) => new Marks(snapshot));
  const [first, ...later] = marks as [Marks, ...Marks[]];
  return standardBooks(snapshots[0]).map((book) => {
    const start = first.equity(book.portfolio, first);
    const losses = later.map((mark) => Math.max(0, start - mark.equity(book.portfolio, first)));
    const answers = columns.map((model) => answerOf(model, book.portfolio, market));
    return { book, day: shortOf(title), lossDay: Math.max(...losses), answers };
  });
}

function cellOf({ asked, isTwin }: Answer, loss: number): string {
  if (isRefusal(asked)) return 'not listed';
  const initial = thousandsText(asked.initial);
  const held = asked.initial < loss ? `**${initial}**` : initial;
  return `${thousandsText(asked.maintenance)} / ${held}${isTwin ? ' ʟ' : ''}`;
}

/** Initial margin of a model over that of another, books both answer; the middle, the least and the most. */
function againstOf(rows: readonly VenueRow[], model: string, other: string): string[] {
  const at = (id: string) => columns.findIndex((column) => column.id === id);
  const ratios = rows
    .flatMap(({ answers, book }) => {
      const [own, base] = [answers[at(model)]!.asked, answers[at(other)]!.asked];
      return isRefusal(own) || isRefusal(base) || base.initial <= 0
        ? []
        : [{ ratio: own.initial / base.initial, book: book.name }];
    })
    .sort((left, right) => left.ratio - right.ratio);
  const [least, middle, most] = [ratios[0], ratios[Math.floor(ratios.length / 2)], ratios.at(-1)];
  if (least === undefined || middle === undefined || most === undefined) return [model, '-', '-', '-', '0'];
  const text = ({ ratio, book }: typeof least) => `${ratio.toFixed(2)} (${book})`;
  return [model, middle.ratio.toFixed(2), text(least), text(most), String(ratios.length)];
}

function heldOf(rows: readonly VenueRow[], m: number): string {
  const answered = rows.filter(({ answers }) => !isRefusal(answers[m]!.asked));
  const held = answered.filter(({ answers, lossDay }) => (answers[m]!.asked as Asked).initial >= lossDay);
  return `${held.length} of ${answered.length}`;
}

function setOf(model: MarginModel): string {
  const last = model.facts?.history.at(-1);
  return last === undefined ? model.defaults.version : last.effective;
}

function levelsOf({ facts }: MarginModel): string {
  if (facts === undefined) return '-';
  const levels = Object.values(facts.exactness).map((item) => item.level);
  return (['exact', 'partly', 'indicative'] as const)
    .map((level) => levels.filter((item) => item === level).length)
    .join(' / ');
}

/** The document, from days however they were come by. */
export function venuesReport(days: readonly Day[], say: (line: string) => void): string {
  const rows = days.flatMap((day) => {
    say(`venues: ${day.title}`);
    return venueRows(day);
  });
  const names = [...new Set(rows.map(({ book }) => book.name))];
  const table = names.flatMap((name) =>
    rows
      .filter(({ book }) => book.name === name)
      .map((row) => [
        row.book.name,
        row.day,
        thousandsText(row.lossDay),
        ...row.answers.map((answer) => cellOf(answer, row.lossDay)),
      ]),
  );
  const refused = new Set(
    rows.flatMap(({ book, answers }) =>
      answers.flatMap(({ asked }, m) =>
        isRefusal(asked) ? [`- ${columns[m]!.id}, ${book.name}: ${sentence(asked)}`] : [],
      ),
    ),
  );
  const models = columns.map((model, m) => [
    `\`${model.id}\``,
    setOf(model),
    levelsOf(model),
    heldOf(rows, m),
    ...againstOf(rows, model.id, 'grid').slice(1),
  ]);
  return [
    preface('A dozen books under venues’ models', 'npm run evidence -- ../shared/data venues'),
    'Thousands of dollars: maintenance / initial. The books are those of [models.md](models.md), a unit being a million dollars of the underlying; `loss` is the worst',
    'at a later snapshot of the day, at the venue’s own marks. **Bold**: initial did not hold it. `ʟ`: the venue lists no coin-settled contracts, so the',
    'book is held in linear ones of the same exposure. Every model at its newest dated parameters, on the fitted chain; none knows of the others.',
    '',
    ...days.map(
      ({ title, snapshots: [first] }) => `- ${shortOf(title)}: judged at ${formatInstant(first.at)}`,
    ),
    '',
    markdownTable(['book', 'day', 'loss', ...columns.map(({ id }) => `\`${id}\``)], table, 2),
    '',
    '## The models',
    '',
    'Terms exact / partly / indicative, as `plimsoll venues show MODEL` says them; books and days whose loss initial margin held; initial margin over that of `grid`:',
    'middle, least and most of the books that both answer.',
    '',
    markdownTable(['model', 'parameters of', 'terms', 'held', 'middle', 'least', 'most', 'books'], models, 3),
    '',
    ...(refused.size > 0 ? ['Not listed:', '', ...refused, ''] : []),
    ...coverage(rows),
  ].join('\n');
}

/** The share of all answers that held, told once for all. */
function coverage(rows: readonly VenueRow[]): string[] {
  const all = rows.flatMap(({ answers, lossDay }) =>
    answers.flatMap(({ asked }) => (isRefusal(asked) ? [] : [asked.initial >= lossDay])),
  );
  const held = all.filter(Boolean).length;
  return [
    `Of ${all.length} answers, ${held} held the loss of the day (${shareText(held / all.length)}).`,
    '',
  ];
}

/** Judges the dozen books at the start of a calm day and of the crash. */
export async function venuesDocument(data: string, say: (line: string) => void): Promise<string> {
  return venuesReport((await modelDays(data)).slice(0, 2), say);
}

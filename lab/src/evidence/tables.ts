// The tables of docs/evidence/models.md: books, days, expansion, time.

import { formatInstant, greeksDefaults, isRefusal, type Refusal, sentence } from '@plimsoll/core';
import type { CellError } from './book-expansion.ts';
import { type Compared, type ComparedDay, compared } from './compare.ts';
import { UNIT_USD } from './listed.ts';
import { dollarsText, markdownTable, shareText, thousandsText } from './markdown.ts';
import type { Quoted, QuotedDay } from './quoting.ts';
import { type Timing, timed } from './timing.ts';

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

/** One day: what every model asks of every book, and how much of it was lost. */
export function dayPart(day: ComparedDay): string[] {
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

/** What the books are, and how large. */
export function booksPart(days: readonly ComparedDay[]): string[] {
  const first = days[0]!;
  const rows = first.books.map(({ book }, i) => [
    book.name,
    book.what,
    String(book.portfolio.positions.length),
    [...new Set(days.map((day) => (day.books[i]!.gross / 1e6).toFixed(1)))].join(' / '),
  ]);
  return [
    '## The books',
    '',
    `One unit is ${dollarsText(UNIT_USD)} dollars of the underlying, in whole lots of 0.1 coin; expiries and strikes are the listed ones nearest to the`,
    'rule, deltas at the venue’s own mark vol. Gross: millions of dollars of underlying over all legs and owned coins, per day where it differs.',
    '',
    markdownTable(['book', 'what', 'legs', 'gross'], rows, 2),
    '',
  ];
}

/** How long each answer takes. */
export function timesPart(days: readonly ComparedDay[], timing: Timing): string[] {
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

function answered<T>(one: T | Refusal): one is T {
  return !isRefusal(one);
}

/** Below this a gap is dust of sums. */
const GAP_MIN = 1e-6;

function quotedRow(answer: Quoted): string[] {
  const { model, without, quoting, orders, found } = answer;
  const lines = (of: Quoted['without']) => `${thousandsText(of.maintenance)} / ${thousandsText(of.initial)}`;
  const gap = (quoting.initial - found) / quoting.initial;
  const gapText = Math.abs(gap) < GAP_MIN ? '0' : shareText(gap);
  return [`\`${model}\``, lines(without), lines(quoting), `\`${orders}\``, thousandsText(found), gapText];
}

/** What open orders add, and how far that is from a subset of fills that needs it. */
export function quotingPart(days: readonly QuotedDay[]): string[] {
  const head = ['model', 'without orders', 'with orders', 'label', 'found', 'gap'];
  return [
    '## The market maker with its quotes out',
    '',
    'The market maker’s book and two-sided quotes of a tenth of a unit each, at the venue’s own best bid and ask. Maintenance / initial without and',
    'with the orders. Found: what the worst subset of fills that a search came to needs on the initial line, tried as a book without orders, fees',
    'left out where the model says `bound` of the order alone; the truth lies between it and the answer, which is the gap.',
    '',
    ...days.flatMap(({ title, options, answers }) => [
      `### ${title}: ${options} options quoted`,
      '',
      markdownTable(head, answers.filter(answered).map(quotedRow)),
      '',
      ...answers.filter(isRefusal).map((refusal) => `- ${sentence(refusal)}\n`),
    ]),
  ];
}

function cellText(found: CellError | undefined): string {
  if (found === undefined) return '-';
  const { product, scenario } = found;
  return `${errorText(found)}<br>${product.slice(product.indexOf('-') + 1)}<br>${scenario}`;
}

function errorText(found: CellError | undefined): string {
  if (found === undefined) return '-';
  const { usd, share } = found;
  return `${dollarsText(usd)} (${shareText(share, share < 0.1 ? 2 : 0)})`;
}

function expansionRow({ book, expansion }: Compared): string[][] {
  if (expansion === undefined) return [];
  const { cells, fellBack, kept, near, tail, trusted } = expansion;
  const lines = `${thousandsText(trusted.maintenance)} / ${thousandsText(trusted.initial)}`;
  const fell = `${shareText(fellBack / cells, 0)} of ${cells}`;
  return [[book.name, fell, cellText(kept), cellText(near), errorText(tail), lines]];
}

const EXPANSION_HEAD = ['book', 'fell back', 'kept', 'replaced', 'replaced, tails', 'trusted everywhere'];

/** How wrong the expansion is, book by book. */
export function expansionPart(days: readonly ComparedDay[]): string[] {
  return [
    '## The expansion of `greeks` against full revaluation',
    '',
    `Cells are options times scenarios. Fell back: revalued in full, because the bound on the error was beyond ${shareText(greeksDefaults.expansion.tolerance, 2)} of the forward. Then`,
    'the largest error among the cells that stand, among those that were replaced, and among the replaced ones in tails: dollars of the whole leg,',
    'share of the index per unit, leg without its coin, scenario. Trusted everywhere: the two lines, thousands, if only such cells fell back as may be',
    'wrong by more than the forward itself. Whole chains: [how wrong greeks are](expansion.md).',
    '',
    ...days.flatMap((day) => [
      `### ${day.title}`,
      '',
      markdownTable(EXPANSION_HEAD, day.books.flatMap(expansionRow)),
      '',
    ]),
  ];
}

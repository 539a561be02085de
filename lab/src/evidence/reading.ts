// The reading of docs/evidence/models.md: each model's extremes, computed, and what it leaves out by construction.

import { isRefusal } from '@plimsoll/core';
import { type Asked, type Compared, type ComparedDay, compared } from './compare.ts';
import { markdownTable, shareText } from './markdown.ts';

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

/** The largest of some ratios with its book, in the shape it is shown. */
interface Ratio {
  readonly name: string;
  readonly ratio: number;
}

function ascending(ratios: readonly Ratio[]): Ratio[] {
  return ratios.filter(({ ratio }) => Number.isFinite(ratio)).sort((a, b) => a.ratio - b.ratio);
}

/** The largest share of a line that was lost, in bold where the line did not hold it. */
function worstShare(answers: readonly Answer[], share: (answer: Answer) => number): string {
  const most = ascending(answers.map((answer) => ({ name: answer.one.book.name, ratio: share(answer) }))).at(
    -1,
  );
  if (most === undefined) return '-';
  const text = `${shareText(most.ratio, 0)} (${most.name})`;
  return most.ratio > 1 ? `**${text}**` : text;
}

/** Initial margin over that of the reference model: the book with the least and the one with the most. */
function extremesOf(day: ComparedDay, m: number, reference: number): string {
  const base = new Map(answersOf(day, reference).map(({ one, initial }) => [one.book.name, initial]));
  const ratios = ascending(
    answersOf(day, m).map(({ one: { book }, initial }) => ({
      name: book.name,
      ratio: initial / (base.get(book.name) ?? 0),
    })),
  );
  const shown = ({ name, ratio }: Ratio) => `${ratio.toFixed(2)} (${name})`;
  const [least, most] = [ratios[0], ratios.at(-1)];
  if (least === undefined || most === undefined) return '-';
  if (most.ratio - least.ratio < 0.01) return `${least.ratio.toFixed(2)} (all)`;
  return `${shown(least)} to ${shown(most)}`;
}

/** What a model leaves out by construction; the numbers stand in the tables. */
const READINGS: Readonly<Record<string, string>> = {
  static:
    'every leg pays for itself, so that what hedges costs instead of saving; neither volatility nor time occurs in it. It is far above the others for whatever is hedged, and about theirs for a perpetual by itself.',
  span: 'nets within a coin over one range, with a tenth on top for a day where `grid` has a wider range: its initial line is the closest to what a bad day costs. Forwards move as one in its scenarios, so that a basis costs little more than the spread charge; owned coins are cut and hedge nothing, so that what is written against them costs as if naked.',
  greeks:
    'stands beside `grid` because most cells are revalued. The expansion by itself breaks in the tails, where it is wrong by about what the coin is worth or more, and in all but small moves next to expiry; trusted everywhere it asks several times too much of what is short gamma.',
  grid: 'the reference here, not the truth: where it asks less than the others, the loss beside it says whether that was enough.',
};

/** Each model beside the reference and beside the losses. */
export function readingPart(days: readonly ComparedDay[]): string[] {
  const reference = compared.findIndex(({ id }) => id === 'grid');
  const rows = compared.flatMap(({ id }, m) =>
    days.map((day) => {
      const answers = answersOf(day, m);
      return [
        `\`${id}\`, ${day.title.split(':')[0]!.toLowerCase()}`,
        m === reference ? '1' : extremesOf(day, m, reference),
        worstShare(answers, ({ one, maintenance }) => one.lossNext / maintenance),
        worstShare(answers, ({ one, initial }) => one.lossDay / initial),
      ];
    }),
  );
  const held = days.flatMap((day) =>
    compared.flatMap((_, m) =>
      answersOf(day, m).flatMap(({ one, maintenance, initial }) => [
        one.lossNext <= maintenance,
        one.lossDay <= initial,
      ]),
    ),
  );
  const broken = held.filter((line) => !line).length;
  const head = [
    'model and day',
    'initial, times that of `grid`',
    'most of maintenance lost',
    'most of initial lost',
  ];
  return [
    '## In short',
    '',
    `Of ${held.length} lines ${broken === 0 ? 'none' : broken} failed to hold the loss.`,
    '',
    markdownTable(head, rows, 4),
    '',
    ...compared.flatMap(({ id }) => (READINGS[id] === undefined ? [] : [`- \`${id}\`: ${READINGS[id]}`])),
    '',
  ];
}

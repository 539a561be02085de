// What is said of a venue's model wherever its numbers stand: whose they are, since when, and how near each term is.

import {
  datedSet,
  type ExactnessLevel,
  exactnessOf,
  type MarginBook,
  type MarginModel,
  type Term,
} from '@plimsoll/core';
import colors from 'picocolors';
import { say } from './output.ts';

const MARKS: Readonly<Record<ExactnessLevel, string>> = { exact: '=', partly: '~', indicative: '?' };

/** A mark for tables; empty for what is ours and not the venue's. @example markOf('partly') // '~' */
export function markOf(level: ExactnessLevel | undefined): string {
  return level === undefined ? '' : MARKS[level];
}

/** A term with its mark, where the model is a venue's. @example marked(deribit, 'roll-shock', 'roll-shock') // 'roll-shock =' */
export function marked(model: MarginModel, term: Term, words: string): string {
  const mark = markOf(exactnessOf(model, term)?.level);
  return mark === '' ? words : `${words} ${mark}`;
}

/** Whose parameters they are and since when; nothing for a model of our own. */
export function sayVenue({ book, model }: { readonly book: MarginBook; readonly model: MarginModel }): void {
  if (model.facts === undefined) return;
  const { venue, unit } = model.facts;
  const set = datedSet(model, book.parameters);
  const since =
    set === undefined ? 'parameters of no known day' : `parameters of ${set.effective}: ${set.source}`;
  say(colors.dim(`  ${venue}, ${since}`));
  say(colors.dim(`  amounts: ${unit}`));
}

/** What the marks mean, under a table that has them; nothing for a model of our own. */
export function sayLegend({ facts, id }: MarginModel): void {
  if (facts === undefined) return;
  const words = (Object.keys(MARKS) as ExactnessLevel[]).map((level) => `${MARKS[level]} ${level}`);
  say(
    colors.dim(
      `  ${words.join(', ')}; without a mark ours, not the venue's; why: plimsoll venues show ${id}`,
    ),
  );
}

/** For programs: the venue, the set of parameters and the terms that are no charges; undefined for a model of our own. */
export function venueJson({ book, model }: { readonly book: MarginBook; readonly model: MarginModel }) {
  if (model.facts === undefined) return undefined;
  const { venue, unit } = model.facts;
  const set = datedSet(model, book.parameters);
  const level = (term: Term) => exactnessOf(model, term)?.level ?? null;
  return {
    name: venue,
    unit,
    parameters: set === undefined ? null : { effective: set.effective, source: set.source },
    exactness: {
      scenarios: level('scenarios'),
      orders: level('orders'),
      release: level('release'),
    },
  };
}

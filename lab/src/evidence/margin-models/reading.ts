// From what the parts found to figures, book by book: the walks, the crashes hour by hour, the runs of many coins.

import { notGoverned } from '../../backtest/governing.ts';
import { figuresOfLine, type LineFigures, type LineOf } from '../../backtest/study/figures.ts';
import type { Run } from '../../backtest/study/walks.ts';
import { promisedDefaults, verdictOf } from '../../backtest/verdict.ts';
import type { PerpetualsFound } from './perpetual-parts.ts';
import { foundOf, type Kept } from './pool.ts';
import { HOURLY_MODELS, LINEAR_MODELS } from './sources.ts';

export const LINES: readonly LineOf[] = ['maintenance', 'initial'];

/** One book under one model. */
export interface BookFigures {
  readonly book: string;
  readonly maintenance: LineFigures;
  readonly initial: LineFigures;
}

/** One model over all books of a walk. */
export interface ModelFigures {
  readonly model: string;
  readonly books: readonly BookFigures[];
  /** Times at which the model refused, and why the first did. */
  readonly refused: number;
  readonly refusal: string | null;
  readonly microseconds: number;
}

/** The figures of a run. A book that was never margined is not there. */
export function figuresOfRun(model: string, run: Run, slack = 0): ModelFigures {
  const { traces, refused, refusal, margins, milliseconds } = run;
  const state = { version: 1, fingerprint: '', next: 0, entries: [], governing: notGoverned } as const;
  const left = { ...state, books: traces, refused, refusal, margins, milliseconds };
  const verdicts = verdictOf(left, promisedDefaults, { slack });
  const books = verdicts.map(({ book, maintenance, initial }): BookFigures => {
    const trace = traces.find(({ name }) => name === book)!;
    return {
      book,
      maintenance: figuresOfLine(trace, 'maintenance', maintenance),
      initial: figuresOfLine(trace, 'initial', initial),
    };
  });
  return { model, books, refused, refusal, microseconds: (1_000 * milliseconds) / Math.max(1, margins) };
}

/** The largest rise of an hour of each book and line over the crashes that were walked by the hour. */
export type HourRises = ReadonlyMap<string, Readonly<Record<LineOf, number>>>;

/** From runs of crashes. */
export function hourRises(runs: readonly Run[]): HourRises {
  const found = new Map<string, Record<LineOf, number>>();
  for (const run of runs) {
    for (const one of figuresOfRun('', run).books) {
      const own = found.get(one.book) ?? { maintenance: 0, initial: 0 };
      for (const line of LINES) own[line] = Math.max(own[line], one[line].rises.hour ?? 0);
      found.set(one.book, own);
    }
  }
  return found;
}

/** One model of a table: its walk, and its hours in crashes. */
export interface TableModel extends ModelFigures {
  readonly hours: HourRises;
}

/** Models over the twelve books, in the order given. */
export async function readDriven(kept: Kept, names: readonly string[]): Promise<TableModel[]> {
  const found: TableModel[] = [];
  for (const name of names) {
    const figures = figuresOfRun(name, await foundOf<Run>(kept, `walk-driven-${name}`));
    const crashes = HOURLY_MODELS.includes(name) ? await foundOf<Run[]>(kept, `crashes-driven-${name}`) : [];
    found.push({ ...figures, hours: hourRises(crashes) });
  }
  return found;
}

/** Models over perpetuals. */
export function readPerpetuals({ walks, crashes }: PerpetualsFound): TableModel[] {
  return LINEAR_MODELS.map((name): TableModel => {
    return { ...figuresOfRun(name, walks[name]!), hours: hourRises(crashes[name]!) };
  });
}

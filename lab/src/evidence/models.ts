// docs/evidence/models.md: a dozen books under every model, on a calm day and in a crash, beside what the next snapshots cost.

import { cpus } from 'node:os';
import { compareDay, compared, type Day } from './compare.ts';
import { readDay } from './data.ts';
import { preface } from './markdown.ts';
import { quoteDay } from './quoting.ts';
import { readingPart } from './reading.ts';
import { booksPart, dayPart, expansionPart, quotingPart, timesPart } from './tables.ts';
import type { Timing } from './timing.ts';

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
  {
    title: 'The jump: 19 August 2026',
    file: 'deribit_chain_daily_2026-08.csv.gz',
    from: '2026-08-19T09:30:00Z',
    to: '2026-08-20T10:00:00Z',
  },
];

/** The document, from days however they were come by. */
export function modelsReport(days: readonly Day[], timing: Timing, say: (line: string) => void): string {
  const done = days.map((day) => {
    const found = compareDay(day);
    say(`models: ${day.title}`);
    return found;
  });
  const quoted = days.map((day) => {
    const found = quoteDay(day, compared);
    say(`models: ${day.title}, open orders`);
    return found;
  });
  return [
    preface('A dozen books under every model', 'npm run evidence -- ../shared/data models'),
    'Thousands of dollars. In a model’s column: maintenance / initial, at the model’s defaults on the fitted chain; below them what was lost as a',
    'share of each: by the next snapshot of maintenance, which stands for four hours, and at the worst snapshot of the day of initial, which',
    'stands for a day. **Bold**: the line did not hold the loss. Losses are changes of the book, its coins included, at the venue’s own marks (options at mark',
    'times index, futures at their marks; what expired is settled at the next snapshot’s index), at snapshots, not on the path between them.',
    '',
    ...readingPart(done),
    ...booksPart(done),
    ...done.flatMap(dayPart),
    ...quotingPart(quoted),
    ...expansionPart(done),
    ...timesPart(done, timing),
  ].join('\n');
}

function here(): Timing {
  const machine = `${cpus()[0]?.model ?? process.arch}, Node ${process.version}`;
  return { clock: () => performance.now(), rounds: 101, machine };
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

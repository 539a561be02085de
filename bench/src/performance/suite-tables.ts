// Suites as tables: from the last record that holds them, or from the run that writes the document.

import { existsSync, readFileSync } from 'node:fs';
import { markdownTable } from '@plimsoll/lab';
import { type Report, ratioText, type SuiteReport } from '../report.ts';
import { numberText } from './tables.ts';

/** A suite and the run that it is from. */
export interface Recorded {
  readonly suite: SuiteReport;
  readonly run: Omit<Report, 'suites'>;
}

/** The last record of every suite in a history of one report a line; later lines win. */
export function lastRecords(history: string): Map<string, Recorded> {
  const records = new Map<string, Recorded>();
  for (const [i, line] of history.split('\n').entries()) {
    if (line.trim() === '') continue;
    const { suites, ...run } = reportIn(line, i + 1);
    for (const suite of suites) records.set(suite.name, { suite, run });
  }
  return records;
}

function reportIn(line: string, row: number): Report {
  try {
    const report = JSON.parse(line) as Report;
    if (Array.isArray(report.suites) && typeof report.at === 'string') return report;
  } catch {
    // Said below, with the line.
  }
  throw new Error(`history.jsonl, line ${row}: it is no report of the benches; take the line out.`);
}

/** The records beside the benches; none where nothing was ever recorded. */
export function recordsBeside(): Map<string, Recorded> {
  const path = new URL('../../history.jsonl', import.meta.url);
  return lastRecords(existsSync(path) ? readFileSync(path, 'utf8') : '');
}

/** Results and peers of a suite, and its ratios. */
export function suiteTable({ suite, run }: Recorded, now: Omit<Report, 'suites'>): string {
  const { name, results, peers, ratios } = suite;
  const rows = [
    ...results.map(({ name, unit, median, best, spread }) => [
      name,
      `${numberText(median)} ${unit}`,
      `${numberText(best)} ${unit}`,
      `${(100 * spread).toFixed(0)} %`,
    ]),
    ...peers.map(({ name, unit, best, absent }) =>
      best === undefined
        ? [`peer: ${name}`, 'absent', absent ?? '', '']
        : [`peer: ${name}`, '', `${numberText(best)} ${unit}`, ''],
    ),
  ];
  const said = ratios.map((ratio) => `- ${ratio.name}: ${ratioText(ratio)}`);
  const from =
    run.at === now.at
      ? 'Measured by the run that wrote this page.'
      : `Recorded ${run.at.slice(0, 16)}Z at commit ${run.commit}${run.machine === now.machine ? '' : `, on ${run.machine}`}.`;
  return [
    `### \`npm run bench -- ${name}\``,
    from,
    markdownTable(['', 'median', 'best', 'spread'], rows),
    ...(said.length > 0 ? [said.join('\n')] : []),
  ].join('\n\n');
}

// What a run says: a table for people, the same as JSON for programs.

import type { Failure, FileRun, Outcome } from './run.ts';
import type { Checked } from './suite.ts';

/** Counts over everything that was run. `waiting` counts suites, the rest counts cases, but for `suites`. */
export interface Summary {
  readonly suites: number;
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly waiting: number;
  readonly waitingCases: number;
}

/** How many failing comparisons of a suite are printed; the table has the count of all. */
const FAILURES_SHOWN = 5;

/** Adds up runs. @example summaryOf(runs).failed // 0 */
export function summaryOf(runs: readonly FileRun[]): Summary {
  const outcomes = runs.flatMap((run) => run.outcomes);
  const waiting = runs.flatMap((run) => run.waiting);
  const total = (count: (outcome: Outcome) => number) =>
    outcomes.reduce((sum, outcome) => sum + count(outcome), 0);
  return {
    suites: outcomes.length,
    cases: total((outcome) => outcome.cases),
    passed: total((outcome) => outcome.passed),
    failed: total((outcome) => outcome.failed),
    skipped: total(skippedOf),
    waiting: waiting.length,
    waitingCases: waiting.reduce((sum, { cases }) => sum + cases, 0),
  };
}

function skippedOf(outcome: Outcome): number {
  return [...outcome.skipped.values()].reduce((sum, count) => sum + count, 0);
}

/** The table, failing cases, suites not answered yet, and one line of summary. */
export function textOf(runs: readonly FileRun[], ignored: readonly string[]): string {
  const lines: string[] = [];
  for (const run of runs) {
    lines.push(`${run.file} (${run.shape})`, '');
    if (run.outcomes.length > 0) lines.push(...tableOf(run.outcomes), '');
    for (const outcome of run.outcomes) lines.push(...failureLines(outcome));
    if (run.waiting.length > 0) lines.push('  not yet', ...waitingLines(run), '');
  }
  for (const file of ignored) lines.push(`${file}: not a vector file, left out`);
  const sum = summaryOf(runs);
  lines.push(
    `${sum.suites} suites run: ${sum.cases} cases, ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped; ` +
      `${sum.waiting} suites (${sum.waitingCases} cases) not yet`,
  );
  return `${lines.join('\n')}\n`;
}

const HEAD = ['suite', 'cases', 'passed', 'failed', 'skipped', 'worst error', 'tolerance', 'used', 'where'];
/** Columns of numbers are set to the right. */
const NUMBERS = new Set([1, 2, 3, 4, 5, 6, 7]);

function tableOf(outcomes: readonly Outcome[]): string[] {
  const rows = [HEAD, ...outcomes.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines: string[] = [];
  rows.forEach((row, i) => {
    const cells = row.map((cell, column) =>
      NUMBERS.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
    );
    lines.push(`  ${cells.join('  ').trimEnd()}`);
    const outcome = outcomes[i - 1];
    if (outcome === undefined) return;
    for (const [reason, count] of outcome.skipped) lines.push(`      ${count} skipped: ${reason}`);
    if (outcome.remark !== undefined) lines.push(`      ${outcome.remark}`);
  });
  return lines;
}

function rowOf(outcome: Outcome): string[] {
  const { suite, cases, passed, failed, worst } = outcome;
  const counts = [cases, passed, failed, skippedOf(outcome)].map(String);
  if (worst === undefined) return [suite, ...counts, '', '', '', ''];
  const { error, tolerance } = worst.check;
  const where = error === 0 ? '' : `${worst.case} ${worst.check.name}`;
  return [suite, ...counts, brief(error), brief(tolerance), shareOf(error, tolerance), where];
}

function shareOf(error: number, tolerance: number): string {
  if (error === 0) return '';
  const percent = (100 * error) / tolerance;
  if (percent < 0.1) return '< 0.1 %';
  return percent < 1000 ? `${percent.toFixed(1)} %` : 'over';
}

function failureLines({ suite, failures }: Outcome): string[] {
  if (failures.length === 0) return [];
  const lines = failures.slice(0, FAILURES_SHOWN).map((failure) => `    ${failureLine(failure)}`);
  const more = failures.length - lines.length;
  if (more > 0) lines.push(`    ... and ${more} more`);
  return [`  failed in ${suite}`, ...lines, ''];
}

function failureLine({ case: name, check, problem }: Failure): string {
  if (check === undefined) return `${name}: ${problem}`;
  const { expected, got, error, tolerance } = check;
  return `${name} ${check.name}: expected ${expected}, got ${got}, error ${brief(error)}, tolerance ${brief(tolerance)}`;
}

function waitingLines({ waiting }: FileRun): string[] {
  const width = Math.max(...waiting.map(({ suite }) => suite.length));
  return waiting.map(
    ({ suite, cases, reason }) => `    ${suite.padEnd(width)}  ${String(cases).padStart(4)}  ${reason}`,
  );
}

function brief(x: number): string {
  if (x === 0) return '0';
  return Number.isFinite(x) ? x.toExponential(1) : 'none';
}

/** The same as `textOf`, for programs; numbers that JSON cannot hold become text. */
export function jsonOf(directory: string, runs: readonly FileRun[], ignored: readonly string[]): string {
  const files = runs.map(({ file, shape, outcomes, waiting }) => ({
    file,
    shape,
    suites: outcomes.map(suiteJson),
    notYet: waiting,
  }));
  const summary = summaryOf(runs);
  return `${JSON.stringify({ directory, ok: summary.failed === 0, summary, files, ignored }, null, 2)}\n`;
}

function suiteJson({ suite, cases, passed, failed, skipped, worst, remark, failures }: Outcome): object {
  return {
    suite,
    cases,
    passed,
    failed,
    skipped: [...skipped].map(([reason, count]) => ({ reason, cases: count })),
    ...(worst === undefined ? {} : { worst: { case: worst.case, ...checkJson(worst.check) } }),
    ...(remark === undefined ? {} : { remark }),
    failures: failures.map(({ case: name, check, problem }) => ({
      case: name,
      ...(check === undefined ? { problem } : checkJson(check)),
    })),
  };
}

function checkJson({ name, expected, got, error, tolerance }: Checked): object {
  const safe = (value: number | string) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return { check: name, expected: safe(expected), got: safe(got), error: safe(error), tolerance };
}

// Every case of every suite, answered once. A case ends in exactly one of: passed, failed, skipped under a reason.

import { blackSuites } from './black.ts';
import { calibrationSuites } from './calibration.ts';
import { deribitSuites } from './deribit.ts';
import { deribitMatrixSuites } from './deribit-matrix.ts';
import { deriveSuites } from './derive.ts';
import { deriveManagerSuites } from './derive-managers.ts';
import { deriveRateSuites } from './derive-rates.ts';
import { deriveStandardSuites } from './derive-srm.ts';
import { isRaw } from './fields.ts';
import { hyperliquidSuites } from './hyperliquid.ts';
import { impliedSuites } from './implied.ts';
import { measureSuites } from './measures.ts';
import { normalSuites } from './normal.ts';
import { okxSuites } from './okx.ts';
import { otherSuites } from './others.ts';
import { paradexSuites } from './paradex.ts';
import { waitsFor } from './pending.ts';
import type { Batch, VectorFile } from './read.ts';
import { staticSuites } from './static.ts';
import { type Checked, Skip, type Suite } from './suite.ts';
import { sviSuites } from './svi.ts';
import { venueSuites } from './venues.ts';

/** Why a case failed: a number that is wrong, or a sentence where no number came out. */
export interface Failure {
  readonly case: string;
  readonly check?: Checked;
  readonly problem?: string;
}

/** A suite that was run. `worst` is the comparison that used most of its tolerance. */
export interface Outcome {
  readonly suite: string;
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: ReadonlyMap<string, number>;
  readonly worst?: { readonly case: string; readonly check: Checked };
  readonly remark?: string;
  readonly failures: readonly Failure[];
}

/** A suite that nothing answers yet. */
interface Waiting {
  readonly suite: string;
  readonly cases: number;
  readonly reason: string;
}

/** One file, run. */
export interface FileRun {
  readonly file: string;
  readonly shape: VectorFile['shape'];
  readonly outcomes: readonly Outcome[];
  readonly waiting: readonly Waiting[];
}

const suites = new Map<string, Suite>(
  [
    ...normalSuites,
    ...blackSuites,
    ...impliedSuites,
    ...sviSuites,
    ...calibrationSuites,
    ...deribitSuites,
    ...deribitMatrixSuites,
    ...deriveSuites,
    ...deriveRateSuites,
    ...deriveManagerSuites,
    ...deriveStandardSuites,
    ...staticSuites,
    ...hyperliquidSuites,
    ...venueSuites,
    ...okxSuites,
    ...otherSuites,
    ...paradexSuites,
    ...measureSuites,
  ].map((suite) => [suite.id, suite]),
);

/** Runs what can be answered of a file and names the rest. @example runFile(file).outcomes[0].failed // 0 */
export function runFile({ file, shape, batches }: VectorFile): FileRun {
  const outcomes: Outcome[] = [];
  const waiting: Waiting[] = [];
  for (const batch of batches) {
    const suite = suites.get(batch.suite);
    if (batch.broken !== undefined) outcomes.push(brokenOutcome(batch.suite, batch.broken));
    else if (suite !== undefined) outcomes.push(runBatch(suite, batch));
    else {
      waiting.push({ suite: batch.suite, cases: batch.rows.length, reason: waitsFor(batch.suite) });
    }
  }
  return { file, shape, outcomes, waiting };
}

function brokenOutcome(suite: string, problem: string): Outcome {
  const failures = [{ case: suite, problem }];
  return { suite, cases: 1, passed: 0, failed: 1, skipped: new Map(), failures };
}

function runBatch(suite: Suite, batch: Batch): Outcome {
  const skipped = new Map<string, number>();
  const failures: Failure[] = [];
  const all: Checked[] = [];
  let passed = 0;
  let failed = 0;
  let worst: Outcome['worst'];
  batch.rows.forEach((row, i) => {
    const name = nameOf(row, i);
    const answer = answerOf(suite, row, batch);
    if (answer instanceof Skip) {
      skipped.set(answer.message, (skipped.get(answer.message) ?? 0) + 1);
      return;
    }
    const checks = typeof answer === 'string' ? [] : answer;
    const wrong: Failure[] = checks.filter(({ ok }) => !ok).map((check) => ({ case: name, check }));
    if (typeof answer === 'string') wrong.push({ case: name, problem: answer });
    else if (checks.length === 0) wrong.push({ case: name, problem: 'the case states nothing to compare' });
    for (const check of checks) {
      if (worst === undefined || usedOf(check) > usedOf(worst.check)) worst = { case: name, check };
    }
    all.push(...checks);
    failures.push(...wrong);
    if (wrong.length === 0) passed++;
    else failed++;
  });
  const counts = { suite: suite.id, cases: batch.rows.length, passed, failed, skipped, failures };
  return {
    ...counts,
    ...(worst === undefined ? {} : { worst }),
    ...(suite.remark === undefined || all.length === 0 ? {} : { remark: suite.remark(all) }),
  };
}

/** The comparisons, a skip, or one sentence why there are none: whatever a case throws ends here. */
function answerOf(suite: Suite, row: unknown, batch: Batch): readonly Checked[] | Skip | string {
  if (!isRaw(row)) return 'the case is not an object';
  try {
    return suite.answer(row, batch.source);
  } catch (error) {
    if (error instanceof Skip) return error;
    return error instanceof Error ? error.message : String(error);
  }
}

/** Share of its tolerance that a comparison used; a miss without tolerance is more than any. */
function usedOf({ error, tolerance }: Checked): number {
  if (error === 0) return 0;
  return tolerance === 0 ? Number.POSITIVE_INFINITY : error / tolerance;
}

function nameOf(row: unknown, i: number): string {
  const name = isRaw(row) ? (row['id'] ?? row['name']) : undefined;
  return typeof name === 'string' ? `#${i + 1} ${name}` : `#${i + 1}`;
}

// `npm run performance [-- --quick] [--out FOLDER]`: measures growth and memory, takes suites from the last record or measures them, and writes
// docs/performance.md with its pictures. --quick measures next to nothing and writes to a folder of its own, to show that the command works.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { commitOf, machineOf, type Report, reportOf } from '../report.ts';
import { suites } from '../suites.ts';
import { venue } from '../venue.ts';
import { filesOf } from './document.ts';
import { type Use, weighCrowd } from './memory.ts';
import { crowdsOf, fullPlan, quickPlan } from './plan.ts';
import { bookShelf, measureCrowd, type Point } from './points.ts';
import { type Recorded, recordsBeside } from './suite-tables.ts';

/** Suites that the page shows; those that were never recorded are measured, but for the ones that take minutes. */
const SHOWN = [
  'rows',
  'greeks',
  'fit',
  'sweep',
  'pruned',
  'tree',
  'figures',
  'check',
  'tick',
  'engine',
  'journal',
  'recovery',
];
const LONG = ['engine', 'journal', 'recovery'];
const QUICK = ['fit', 'check'];

/** Seconds since the command began, and what is done next. */
const say = (line: string) =>
  process.stderr.write(`performance: ${(performance.now() / 1000).toFixed(0)} s: ${line}\n`);

async function suitesOf(isQuick: boolean, run: Omit<Report, 'suites'>): Promise<Recorded[]> {
  const records = isQuick ? new Map<string, Recorded>() : recordsBeside();
  const missing = SHOWN.filter((name) => !records.has(name) && !LONG.includes(name));
  const wanted = isQuick ? QUICK : missing;
  const report = await reportOf(
    suites.filter(({ name }) => wanted.includes(name)),
    say,
  );
  for (const suite of report.suites) records.set(suite.name, { suite, run });
  return SHOWN.flatMap((name) => records.get(name) ?? []);
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean' }, out: { type: 'string' } } });
  const began = performance.now();
  const isQuick = values.quick === true;
  const plan = isQuick ? quickPlan : fullPlan;
  const run = { at: new Date().toISOString(), commit: commitOf(), machine: machineOf() };
  const evidence = { run, load: loadavg()[0]!, processors: cpus().length, plan };
  const shelf = bookShelf(venue());
  const points: Point[] = [];
  for (const spec of crowdsOf(plan)) {
    say(`${spec.shape}, ${spec.accounts} accounts x ${spec.positions}, lanes ${spec.lanes.join(' ')}`);
    points.push(...(await measureCrowd(spec, shelf, plan.effort)));
  }
  say('memory');
  const weigh = (use: Use) => weighCrowd(plan.axes[0]!.values.at(-1)!, plan.positions, plan.lanes, use);
  const [weighed, judged] = [weigh('swept'), weigh('judged')];
  const recorded = await suitesOf(isQuick, run);
  const took = performance.now() - began;
  const files = filesOf({ ...evidence, points, weighed, judged, suites: recorded, took });
  const folder =
    values.out ??
    (isQuick
      ? mkdtempSync(join(tmpdir(), 'plimsoll-performance-'))
      : fileURLToPath(new URL('../../../docs/', import.meta.url)));
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  say(`done; measuring took ${(took / 1000).toFixed(0)} s`);
  process.stdout.write(`${join(folder, 'performance.md')}\n`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  say((error as Error).message);
  process.exitCode = 2;
}

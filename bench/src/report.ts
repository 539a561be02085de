// Suites run one after the other, what they found with machine and commit, and the same as a table.

import { spawnSync } from 'node:child_process';
import { arch, cpus, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Measured, measure, type Peer, type Ratio, type Suite } from './bench.ts';

/** What one suite found. */
export interface SuiteReport {
  readonly name: string;
  readonly results: readonly Measured[];
  readonly peers: readonly Peer[];
  readonly ratios: readonly Ratio[];
}

/** A line of `history.jsonl`: suites of one run. */
export interface Report {
  readonly at: string;
  readonly commit: string;
  readonly machine: string;
  readonly suites: readonly SuiteReport[];
}

/** Runs suites; machine and commit stand beside what they found. */
export async function reportOf(suites: readonly Suite[], say = (_: string) => {}): Promise<Report> {
  const measured: SuiteReport[] = [];
  for (const suite of suites) {
    say(suite.name);
    const results = await measure(await suite.benches());
    const peers = (await suite.peers?.()) ?? [];
    measured.push({ name: suite.name, results, peers, ratios: suite.ratios(results, peers) });
    suite.close?.();
  }
  return { at: new Date().toISOString(), commit: commitOf(), machine: machineOf(), suites: measured };
}

/** The machine by what matters for speed, and by no name of its own. */
export function machineOf(): string {
  return `${platform()} ${arch()}, ${cpus()[0]?.model ?? 'unknown'} x ${cpus().length}, Node ${process.version}`;
}

/** What the benches write themselves is no change of what they measure. */
const WRITTEN = ['bench/history.jsonl', 'docs/performance.md', 'docs/performance-*.svg'];

/** The commit that is measured, and whether the files differ from it. */
export function commitOf(): string {
  const git = (...words: string[]) =>
    spawnSync('git', words, { encoding: 'utf8', cwd: fileURLToPath(new URL('.', import.meta.url)) });
  const { stdout, status } = git('rev-parse', '--short', 'HEAD');
  if (status !== 0) return 'unknown';
  const changes = git('status', '--porcelain', '--', ':/', ...WRITTEN.map((path) => `:(top,exclude)${path}`));
  return `${stdout.trim()}${changes.stdout === '' ? '' : ' and changes'}`;
}

/** A ratio as it is read: times something, or in its own unit. @example ratioText({ name: 'a over b', value: 2 }) // '2.0 x' */
export function ratioText({ value, unit }: Ratio): string {
  return `${value.toFixed(value < 1 ? 2 : 1)} ${unit ?? 'x'}`;
}

const NAME = 48;

/** A report for a terminal. */
export function table(report: Report): string {
  const lines = [report.machine];
  for (const suite of report.suites) {
    lines.push(
      '',
      `${suite.name.padEnd(NAME)}${'median'.padStart(12)}${'best'.padStart(10)}${'spread'.padStart(9)}`,
    );
    for (const { name, unit, median, best, spread } of suite.results) {
      const percent = `${(100 * spread).toFixed(0)} %`;
      lines.push(
        `${name.padEnd(NAME)}${`${median.toFixed(1)} ${unit}`.padStart(12)}${best.toFixed(1).padStart(10)}${percent.padStart(9)}`,
      );
    }
    for (const { name, unit, best, absent } of suite.peers) {
      const said = best === undefined ? `absent: ${absent}` : `${best.toFixed(1)} ${unit}`.padStart(22);
      lines.push(`${name.padEnd(NAME)}${said}`);
    }
    for (const ratio of suite.ratios)
      lines.push(`${ratio.name.padEnd(NAME)}${ratioText(ratio).padStart(12)}`);
  }
  return lines.join('\n');
}

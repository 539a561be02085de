// `npm run bench [-- suite...] [--json] [--record]`: seeded benches as a table or as JSON; --record appends a line to history.jsonl.

import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Measured, measure, type Peer, type Ratio, type Suite } from './bench.ts';
import { crowdSuite } from './crowd.ts';
import { engineSuite } from './engine.ts';
import { expansionSuite } from './expansion.ts';
import { growthSuite } from './growth.ts';
import { journalSuite, recoverySuite } from './journal.ts';
import { kernelSuite } from './kernel.ts';
import { pathSuite } from './path.ts';
import { checkSuite, rowsSuite, sweepSuite, treeSuite } from './venue-suites.ts';

const suites: readonly Suite[] = [
  kernelSuite,
  expansionSuite,
  pathSuite,
  growthSuite,
  crowdSuite,
  rowsSuite,
  sweepSuite,
  treeSuite,
  checkSuite,
  engineSuite,
  journalSuite,
  recoverySuite,
];

interface Report {
  readonly at: string;
  readonly commit: string;
  readonly machine: string;
  readonly suites: readonly {
    readonly name: string;
    readonly results: readonly Measured[];
    readonly peers: readonly Peer[];
    readonly ratios: readonly Ratio[];
  }[];
}

async function main(words: readonly string[]): Promise<number> {
  const flags = new Set(words.filter((word) => word.startsWith('--')));
  const wanted = words.filter((word) => !word.startsWith('--'));
  const unknown = [
    ...wanted.filter((word) => !suites.some((suite) => suite.name === word)),
    ...[...flags].filter((flag) => flag !== '--json' && flag !== '--record'),
  ];
  if (unknown.length > 0) {
    console.error(
      `bench: unknown ${unknown.join(' ')}; suites: ${suites.map((suite) => suite.name).join(' ')}; flags: --json --record`,
    );
    return 2;
  }
  const chosen = suites.filter((suite) => wanted.length === 0 || wanted.includes(suite.name));
  const measured: Report['suites'][number][] = [];
  for (const suite of chosen) {
    const results = await measure(await suite.benches());
    const peers = (await suite.peers?.()) ?? [];
    measured.push({ name: suite.name, results, peers, ratios: suite.ratios(results, peers) });
  }
  const report: Report = {
    at: new Date().toISOString(),
    commit: commitOf(),
    machine: `${platform()} ${arch()}, ${cpus()[0]?.model ?? 'unknown'} x ${cpus().length}, Node ${process.version}`,
    suites: measured,
  };
  console.log(flags.has('--json') ? JSON.stringify(report) : table(report));
  if (flags.has('--record'))
    appendFileSync(new URL('../history.jsonl', import.meta.url), `${JSON.stringify(report)}\n`);
  return 0;
}

/** The commit that is measured, and whether the files differ from it. */
function commitOf(): string {
  const git = (...words: string[]) =>
    spawnSync('git', words, { encoding: 'utf8', cwd: fileURLToPath(new URL('.', import.meta.url)) });
  const { stdout, status } = git('rev-parse', '--short', 'HEAD');
  if (status !== 0) return 'unknown';
  return `${stdout.trim()}${git('status', '--porcelain').stdout === '' ? '' : ' and changes'}`;
}

function table(report: Report): string {
  const lines = [report.machine];
  for (const suite of report.suites) {
    lines.push(
      '',
      `${suite.name.padEnd(40)}${'median'.padStart(12)}${'best'.padStart(10)}${'spread'.padStart(9)}`,
    );
    for (const { name, unit, median, best, spread } of suite.results) {
      const percent = `${(100 * spread).toFixed(0)} %`;
      lines.push(
        `${name.padEnd(40)}${`${median.toFixed(1)} ${unit}`.padStart(12)}${best.toFixed(1).padStart(10)}${percent.padStart(9)}`,
      );
    }
    for (const { name, unit, median, absent } of suite.peers) {
      const said = median === undefined ? `absent: ${absent}` : `${median.toFixed(1)} ${unit}`.padStart(12);
      lines.push(`${name.padEnd(40)}${said}`);
    }
    for (const { name, value } of suite.ratios)
      lines.push(`${name.padEnd(40)}${`${value.toFixed(1)} x`.padStart(12)}`);
  }
  return lines.join('\n');
}

process.exitCode = await main(process.argv.slice(2));

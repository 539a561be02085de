// `npm run bench [-- suite...] [--json] [--record]`: seeded benches as a table or as JSON; --record appends a line to history.jsonl.

import { appendFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { type Measured, measure, type Ratio, type Suite } from './bench.ts';
import { crowdSuite } from './crowd.ts';
import { expansionSuite } from './expansion.ts';
import { kernelSuite } from './kernel.ts';
import { pathSuite } from './path.ts';

const suites: readonly Suite[] = [kernelSuite, expansionSuite, pathSuite, crowdSuite];

interface Report {
  readonly at: string;
  readonly machine: string;
  readonly suites: readonly {
    readonly name: string;
    readonly results: readonly Measured[];
    readonly ratios: readonly Ratio[];
  }[];
}

function main(words: readonly string[]): number {
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
  const report: Report = {
    at: new Date().toISOString(),
    machine: `${platform()} ${arch()}, ${cpus()[0]?.model ?? 'unknown'} x ${cpus().length}, Node ${process.version}`,
    suites: chosen.map((suite) => {
      const results = measure(suite.benches());
      return { name: suite.name, results, ratios: suite.ratios(results) };
    }),
  };
  console.log(flags.has('--json') ? JSON.stringify(report) : table(report));
  if (flags.has('--record'))
    appendFileSync(new URL('../history.jsonl', import.meta.url), `${JSON.stringify(report)}\n`);
  return 0;
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
    for (const { name, value } of suite.ratios)
      lines.push(`${name.padEnd(40)}${`${value.toFixed(1)} x`.padStart(12)}`);
  }
  return lines.join('\n');
}

process.exitCode = main(process.argv.slice(2));

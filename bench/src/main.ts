// `npm run bench [-- suite...] [--json] [--record]`: seeded benches as a table or as JSON; --record appends a line to history.jsonl.

import { appendFileSync } from 'node:fs';
import { reportOf, table } from './report.ts';
import { suites } from './suites.ts';

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
  const report = await reportOf(
    suites.filter((suite) => wanted.length === 0 || wanted.includes(suite.name)),
    (name) => console.error(name),
  );
  console.log(flags.has('--json') ? JSON.stringify(report) : table(report));
  if (flags.has('--record'))
    appendFileSync(new URL('../history.jsonl', import.meta.url), `${JSON.stringify(report)}\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));

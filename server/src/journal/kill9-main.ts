// `npm run kill9 -- [--rounds N] [--seed S] [--json]`: a writer is killed N times; nothing it acknowledged may be missing.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type KillReport, kill9, ROUNDS_MAX } from './kill9.ts';
import { write } from './kill9-writer.ts';

const USAGE = `usage: npm run kill9 -- [--rounds 1..${ROUNDS_MAX}] [--seed N] [--json]`;
const COUNT = { type: 'string' } as const;

async function main(): Promise<number> {
  const { rounds, seed, json, write: path, round } = words();
  const numbers = [rounds, seed, round].map(Number);
  if (numbers.some((n) => !Number.isInteger(n) || n < 0) || numbers[0]! < 1 || numbers[0]! > ROUNDS_MAX)
    throw new TypeError(`rounds are 1 to ${ROUNDS_MAX}, a seed is a whole number`);
  if (path !== undefined) return write(path, numbers[1]!, numbers[2]!);
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-kill9-'));
  try {
    const report = await kill9({
      rounds: numbers[0]!,
      seed: numbers[1]!,
      path: join(folder, 'k.journal'),
      program: process.argv[1]!,
    });
    console.log(json ? JSON.stringify(report) : table(report));
    return report.failures.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function words() {
  const options = {
    rounds: { ...COUNT, default: '50' },
    seed: { ...COUNT, default: '1' },
    round: { ...COUNT, default: '0' },
    write: COUNT,
    json: { type: 'boolean', default: false },
  } as const;
  return parseArgs({ options }).values;
}

function table({ seed, rounds, failures }: KillReport): string {
  const sum = (of: (round: KillReport['rounds'][number]) => number) =>
    rounds.reduce((total, round) => total + of(round), 0);
  const lines = ['round  acknowledged     records  more than said'];
  for (const { round, acknowledged, records, unsaid } of rounds)
    lines.push(
      `${String(round).padStart(5)}${String(acknowledged).padStart(14)}${String(records).padStart(12)}${String(unsaid).padStart(16)}`,
    );
  lines.push(
    `seed ${seed}: ${rounds.length} kills, ${rounds.at(-1)?.records ?? 0} records, ${sum(({ unsaid }) => unsaid)} durable before it was said, ` +
      `log found ${sum(({ log }) => Number(log))} times, snapshot at ${rounds.at(-1)?.kept ?? 0}`,
    failures.length === 0 ? 'nothing acknowledged is missing, and the chain holds' : failures.join('\n'),
  );
  return lines.join('\n');
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`kill9: ${error.message}\n${USAGE}`);
  process.exitCode = 2;
}

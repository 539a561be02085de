// Real markets from a data folder beside the project: file names, snapshots, readings. Nothing of it is kept.

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ChainSnapshot,
  type FutureQuote,
  type Instant,
  isRefusal,
  openChainCsv,
  parseInstant,
  type Refusal,
  readPerpetualsCsv,
  sentence,
  withFutures,
} from '@plimsoll/core';
import { readText } from '../files.ts';

/** Ends an evidence run: its input is the project's own affair, so a refusal there is an error. */
export function orThrow<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(sentence(value));
  return value;
}

/** Chain files with decimal vols, ascending by name: daily ones and the crash. */
export async function chainFiles(data: string): Promise<string[]> {
  const folder = join(data, 'chains');
  if (!existsSync(folder)) {
    throw new Error(
      `${folder} is not there; give the folder that holds chains/, as in \`npm run evidence -- ../shared/data\`.`,
    );
  }
  const names = await readdir(folder);
  return names.filter((name) => /^deribit_chain_.*\.csv\.gz$/.test(name)).sort();
}

/** Every snapshot of a chain file, one at a time, from one time to another. */
export async function* snapshotsOf(
  data: string,
  name: string,
  from: number = Number.NEGATIVE_INFINITY,
  to: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<ChainSnapshot> {
  const file = orThrow(openChainCsv(orThrow(await readText(join(data, 'chains', name))), name));
  for (const at of file.times) if (at >= from && at <= to) yield orThrow(file.read(at));
}

/** Files that mark perpetuals and dated futures at the times of the chains. */
const MARKS = [
  'deribit_perp_at_snapshots_2025-12_2026-04.csv.gz',
  'deribit_term_futures_2025-12_2026-04.csv.gz',
];

/** Marks of perpetuals and dated futures at a time, from the folder's own files; none outside their span. */
async function marksAt(data: string, at: Instant): Promise<readonly FutureQuote[]> {
  const found: FutureQuote[] = [];
  for (const name of MARKS) {
    const text = orThrow(await readText(join(data, 'chains', name)));
    const quotes = readPerpetualsCsv(text, { source: name, at });
    if (!isRefusal(quotes)) found.push(...quotes);
  }
  return found;
}

/** A chain file and the span of it that makes a day: times as text. */
export interface DaySpan {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The snapshots of a day, futures marked: the one to judge at, then the later ones. */
export async function readDay(
  data: string,
  { file, from, to }: DaySpan,
): Promise<readonly [ChainSnapshot, ChainSnapshot, ...ChainSnapshot[]]> {
  const span = [orThrow(parseInstant(from)), orThrow(parseInstant(to))] as const;
  const marked: ChainSnapshot[] = [];
  for await (const snapshot of snapshotsOf(data, file, ...span)) {
    marked.push(withFutures(snapshot, await marksAt(data, snapshot.at)));
  }
  const [first, second, ...later] = marked;
  if (first === undefined || second === undefined)
    throw new Error(`${file} has no two snapshots from ${from} to ${to}; give the folder that has them.`);
  return [first, second, ...later];
}

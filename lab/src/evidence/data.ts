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
  type Refusal,
  readPerpetualsCsv,
  sentence,
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

/** Marks of perpetuals at a time, from the folder's own file; none outside its span. */
export async function perpetualsAt(data: string, at: Instant): Promise<readonly FutureQuote[]> {
  const name = 'deribit_perp_at_snapshots_2025-12_2026-04.csv.gz';
  const text = orThrow(await readText(join(data, 'chains', name)));
  const quotes = readPerpetualsCsv(text, { source: name, at });
  return isRefusal(quotes) ? [] : quotes;
}

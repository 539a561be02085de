// What a crowd weighs, measured in a process of its own.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Bytes. */
export interface Weighed {
  readonly accounts: number;
  readonly positions: number;
  /** Of the kernel's memory in use: columns, book, what threads need. */
  readonly kernel: number;
  /** What the process grew by, threads and all. */
  readonly grown: number;
  /** The process as a whole. */
  readonly rss: number;
}

/** What a pool is weighed for: swept only, or with room for whole requirements, judged once. */
export type Use = 'swept' | 'judged';

const MINUTES = 60_000;

/** Weighs a pool of random accounts, or says why not. @example weighCrowd(1_000_000, 20, 64, 'judged') */
export function weighCrowd(
  accounts: number,
  positions: number,
  lanes: number,
  use: Use,
): Weighed | { readonly absent: string } {
  const script = fileURLToPath(new URL('../../crowd-memory.mjs', import.meta.url));
  const words = ['--expose-gc', script, ...[accounts, positions, lanes, use].map(String)];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    timeout: 2 * MINUTES,
  });
  if (status !== 0) return { absent: stderr.trim().split('\n').at(-1)?.slice(0, 100) || 'it did not end' };
  return JSON.parse(stdout) as Weighed;
}

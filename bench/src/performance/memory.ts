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

const MINUTES = 60_000;

/** Weighs a pool of random accounts, or says why not. @example weighCrowd(1_000_000, 20, 64) */
export function weighCrowd(
  accounts: number,
  positions: number,
  lanes: number,
): Weighed | { readonly absent: string } {
  const script = fileURLToPath(new URL('../../crowd-memory.mjs', import.meta.url));
  const words = ['--expose-gc', script, ...[accounts, positions, lanes].map(String)];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    timeout: 2 * MINUTES,
  });
  if (status !== 0) return { absent: stderr.trim().split('\n').at(-1)?.slice(0, 100) || 'it did not end' };
  return JSON.parse(stdout) as Weighed;
}

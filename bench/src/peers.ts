// Other people's implementations, run beside ours where the machine has them: built on the spot, never shipped.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Peer } from './bench.ts';

const source = (name: string) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));
const MINUTES = 60_000;

function ran(command: string, words: readonly string[]): string | { readonly absent: string } {
  const { status, stdout, stderr, error } = spawnSync(command, words, {
    encoding: 'utf8',
    timeout: 5 * MINUTES,
  });
  if (status === 0) return stdout;
  const isMissing = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  const said = isMissing ? `there is no ${command} here` : (error?.message ?? reasonOf(stderr));
  return { absent: said.slice(0, 100) || `${command} ended with ${status}` };
}

/** What a compiler or an interpreter complained of: its first error, without the place, else its last line. */
function reasonOf(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return /(?:\berror|\bld): (.*)/.exec(stderr)?.[1] ?? lines.at(-1) ?? '';
}

function timed(name: string, unit: Peer['unit'], command: string, words: readonly string[]): Peer {
  const answer = ran(command, words);
  if (typeof answer !== 'string') return { name, unit, absent: answer.absent };
  // Nanoseconds, a number that depends on all of the work, and what the peer says of itself: its version or its error.
  const [took, , ...said] = answer.trim().split(' ');
  const ns = Number(took);
  const known = said.length > 0 ? `${name} (${said.join(' ')})` : name;
  return { name: known, unit, best: unit === 'ns' ? ns : 1_000 / ns };
}

/** A program of `peers/` compiled and run. */
export function compiledPeer(
  name: string,
  unit: Peer['unit'],
  file: string,
  flags: readonly string[],
  words: readonly string[],
): Peer {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-peer-'));
  try {
    const program = join(folder, 'peer');
    const compiler = file.endsWith('.c') ? 'cc' : 'c++';
    const built = ran(compiler, ['-O3', '-march=native', source(file), '-o', program, ...flags]);
    if (typeof built !== 'string') return { name, unit, absent: built.absent };
    return timed(name, unit, program, words);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A script of `peers/` run by Python. */
export function pythonPeer(name: string, unit: Peer['unit'], file: string, words: readonly string[]): Peer {
  return timed(name, unit, 'python3', [source(file), ...words]);
}

/** Arrays in a file that a peer reads, for as long as a function runs. */
export function withFile<T>(parts: readonly ArrayBufferView[], use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-peer-'));
  try {
    const path = join(folder, 'work.bin');
    writeFileSync(
      path,
      Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))),
    );
    return use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

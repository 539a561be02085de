// Kills a writer without warning, again and again, and looks at what it left. A kill takes the process, not the machine: what a
// machine may lose is tried over a disk with faults (faulty.ts).

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { isRefusal, type Prng, seededPrng, sentence } from '@plimsoll/core';
import type { JournalRecord } from './contract.ts';
import { entryOf } from './kill9-writer.ts';
import { openSqlite, readSqlite } from './sqlite.ts';

export const ROUNDS_MAX = 10_000;
const ACKS_MAX = 120;
const WAIT_MS_MAX = 8;
/** A writer that says nothing for so long has failed. */
const SILENCE_MS_MAX = 60_000;

/** One kill: what had been acknowledged, what stood in the file, and how much more than was acknowledged that was. */
export interface Round {
  readonly round: number;
  readonly acknowledged: number;
  readonly records: number;
  readonly unsaid: number;
  /** The newest snapshot that was acknowledged, over all rounds. */
  readonly kept: number;
  /** Whether the next writer found the log of the killed one beside the file. */
  readonly log: boolean;
}

/** What all rounds found; `failures` is empty where nothing acknowledged was lost and every chain held. */
export interface KillReport {
  readonly seed: number;
  readonly rounds: readonly Round[];
  readonly failures: readonly string[];
}

export interface KillOptions {
  readonly rounds: number;
  readonly seed: number;
  /** File of the journal, which must not exist. */
  readonly path: string;
  /** The command whose words `--write PATH --seed S --round R` run the writer. */
  readonly program: string;
}

interface Said {
  opened: number;
  acknowledged: number;
  kept: number;
  refused: string | undefined;
}

/** Runs the rounds one after another over one file. @example await kill9({ rounds: 5, seed: 1, path: 'k.journal', program: 'server/bin/kill9.js' }) */
export async function kill9({ rounds, seed, path, program }: KillOptions): Promise<KillReport> {
  const prng = seededPrng(seed);
  const done: Round[] = [];
  const failures: string[] = [];
  /** Where each round's writer began: whose entry a seq is. */
  const begins: number[] = [];
  let kept = 0;
  for (let round = 1; round <= Math.min(rounds, ROUNDS_MAX) && failures.length === 0; round++) {
    const words = [program, '--write', path, '--seed', String(seed), '--round', String(round)];
    const said = await killed(spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] }), prng);
    kept = Math.max(kept, said.kept);
    if (said.refused !== undefined) failures.push(`round ${round}: the writer was refused: ${said.refused}`);
    begins.push(said.opened);
    const log = existsSync(`${path}-wal`);
    // Half of the time nothing but reading happens, so that the next writer recovers the file itself.
    const found = prng.next() < 0.5 ? examine(path, seed, begins) : await reopened(path, seed, begins, kept);
    if (typeof found === 'string') failures.push(`round ${round}: ${found}`);
    else if (found < said.acknowledged)
      failures.push(
        `round ${round}: record ${said.acknowledged} was acknowledged, the journal ends at ${found}`,
      );
    else
      done.push({
        round,
        acknowledged: said.acknowledged,
        records: found,
        unsaid: found - said.acknowledged,
        kept,
        log,
      });
  }
  return { seed, rounds: done, failures };
}

/** Listens to a writer, kills it at a moment drawn beforehand, and answers all it had said. */
async function killed(child: ChildProcess, prng: Prng): Promise<Said> {
  const said: Said = { opened: 0, acknowledged: 0, kept: 0, refused: undefined };
  const acks = 1 + Math.floor(prng.next() * ACKS_MAX);
  const waitMs = prng.next() * WAIT_MS_MAX;
  const kill = () => child.kill('SIGKILL');
  const silence = setTimeout(kill, SILENCE_MS_MAX);
  let heard = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    const [word, seq] = line.split(' ');
    if (word === 'open') said.opened = said.acknowledged = Number(seq);
    if (word === 'kept') said.kept = Number(seq);
    if (word === 'refused') said.refused = line.slice('refused '.length);
    if (word === 'ack') said.acknowledged = Math.max(said.acknowledged, Number(seq));
    if (word === 'ack' && ++heard === acks) setTimeout(kill, waitMs);
  }
  clearTimeout(silence);
  if (heard === 0) said.refused ??= 'it acknowledged nothing';
  return said;
}

/** Reads the whole journal; answers where it ends, or what is wrong. */
function examine(path: string, seed: number, begins: readonly number[]): number | string {
  const journal = readSqlite(path);
  if (isRefusal(journal)) return sentence(journal);
  const found = compare(journal.written(0), seed, begins);
  journal.close();
  return found;
}

async function reopened(
  path: string,
  seed: number,
  begins: readonly number[],
  kept: number,
): Promise<number | string> {
  const journal = openSqlite(path);
  if (isRefusal(journal)) return sentence(journal);
  const found = compare(journal.written(0), seed, begins);
  const newest = journal.newest();
  await journal.close();
  if (isRefusal(newest)) return sentence(newest);
  return (newest?.seq ?? 0) < kept ? `the snapshot at ${kept} is lost` : found;
}

function compare(
  records: Iterable<JournalRecord | object>,
  seed: number,
  begins: readonly number[],
): number | string {
  let seq = 0;
  for (const record of records) {
    if (isRefusal(record)) return sentence(record);
    const { input, facts, seq: at } = record as JournalRecord;
    // The last round that began before it wrote it.
    const wanted = entryOf(seed, begins.findLastIndex((begin) => begin < at) + 1, at);
    if (input !== wanted.input || facts !== wanted.facts) return `record ${at} is not what was submitted`;
    seq = at;
  }
  return seq;
}

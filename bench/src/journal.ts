// The journal: durable entries a second beside the raw insert of the same bytes, and how soon a million entries are there again.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, isRefusal, type Refusal, utf8 } from '@plimsoll/core';
import { type Entry, type Journal, openMemory, openSqlite } from '@plimsoll/server';
import Database from 'libsql';
import type { Bench, Measured, Suite } from './bench.ts';

const BATCH = 1000;
const ENTRIES = 20_000;
const ROUNDS = 9;
const MILLION = 1_000_000;
/** Entries behind the snapshot that a recovery reads. */
const BEHIND = 10_000;
const ROWS_EACH = 100;
const SHA_TEXT = 'f'.repeat(64);

/** About 300 bytes of text, as an order and its facts have. */
function entry(seq: number): Entry {
  const id = String(seq).padStart(12, '0');
  const input = `{"account":"account-${seq % 100_000}","id":"${id}","kind":"order","limit":"0.0315","product":"BTC-27MAR26-90000-C","quantity":"1.5","side":"buy","type":"limit"}`;
  const facts = `[{"account":"account-${seq % 100_000}","id":"${id}","kind":"accepted","needed":"123456789012","spare":"987654321098"},{"kind":"judged","status":"clear"}]`;
  return { seq, at: 1_764_000_000_000 + seq, schema: 1, input, facts };
}

function entries(from: number, count: number): Entry[] {
  return Array.from({ length: count }, (_, i) => entry(from + i));
}

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

/** A folder that goes with the process. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
  process.on('exit', () => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Batches one after another, each acknowledged before the next. */
async function inBatches(journal: Journal): Promise<number> {
  for (let done = 0; done < ENTRIES; done += BATCH)
    sure(await journal.append(entries(journal.head.seq + 1, BATCH)));
  return journal.head.seq;
}

/** As many callers with an entry each, all waiting at the same time, then the next. */
async function byCallers(journal: Journal): Promise<number> {
  for (let done = 0; done < ENTRIES; done += BATCH) {
    const waiting = entries(journal.head.seq + 1, BATCH).map((one) => journal.append([one]));
    for (const answer of await Promise.all(waiting)) sure(answer);
  }
  return journal.head.seq;
}

/** The same columns and bytes by libsql alone: no chain, no doubt, no fence. */
function rawInsert(path: string, rowsEach: number): () => number {
  const file = new Database(path);
  file.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  file.exec(
    'CREATE TABLE records (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, schema INTEGER NOT NULL, input TEXT NOT NULL, facts TEXT NOT NULL, digest TEXT NOT NULL) STRICT',
  );
  const into = file.prepare(
    `INSERT INTO records VALUES ${Array(rowsEach).fill('(?, ?, ?, ?, ?, ?)').join(', ')}`,
  );
  let seq = 0;
  return () => {
    for (let done = 0; done < ENTRIES; done += BATCH) {
      const batch = entries(seq + 1, BATCH);
      seq += BATCH;
      file.exec('BEGIN IMMEDIATE');
      for (let at = 0; at < BATCH; at += rowsEach)
        into.run(
          batch
            .slice(at, at + rowsEach)
            .flatMap(({ seq: n, at: time, schema, input, facts }) => [
              n,
              time,
              schema,
              input,
              facts,
              SHA_TEXT,
            ]),
        );
      file.exec('COMMIT');
    }
    return seq;
  };
}

const named = (results: readonly Measured[], name: string) =>
  results.find((result) => result.name === name)!.median;
const IN_BATCHES = `journal in SQLite, batches of ${BATCH}`;
const RAW = `libsql alone, ${ROWS_EACH} rows a statement`;
const RAW_EACH = 'libsql alone, a row a statement';

/** Durable, acknowledged entries of about 300 bytes. */
export const journalSuite: Suite = {
  name: 'journal',
  benches: () => {
    const at = folder();
    const batches = sure(openSqlite(join(at, 'batches.journal')));
    const callers = sure(openSqlite(join(at, 'callers.journal')));
    const memory = sure(openMemory());
    const shared = { unit: 'k/s', work: ENTRIES, rounds: ROUNDS } as const;
    return [
      { ...shared, name: IN_BATCHES, run: () => inBatches(batches) },
      { ...shared, name: `journal in SQLite, ${BATCH} callers wait`, run: () => byCallers(callers) },
      { ...shared, name: `journal in memory, batches of ${BATCH}`, run: () => inBatches(memory) },
      { ...shared, name: RAW, run: rawInsert(join(at, 'raw.db'), ROWS_EACH) },
      { ...shared, name: RAW_EACH, run: rawInsert(join(at, 'raw-each.db'), 1) },
    ] satisfies Bench[];
  },
  ratios: (results) => [
    { name: `journal / ${RAW}`, value: named(results, IN_BATCHES) / named(results, RAW) },
    { name: `journal / ${RAW_EACH}`, value: named(results, IN_BATCHES) / named(results, RAW_EACH) },
  ],
};

const FROM_FIRST = 'a million entries, from the first';
const FROM_SNAPSHOT = `a million entries, ${BEHIND} behind a snapshot`;

/** Opening a journal of a million entries and reading what a recovery needs, checked against the chain; deciding again is not part of it. */
export const recoverySuite: Suite = {
  name: 'recovery',
  benches: async () => {
    const path = join(folder(), 'million.journal');
    const journal = sure(openSqlite(path));
    for (let from = 1; from <= MILLION; from += 10_000) {
      const head = sure(await journal.append(entries(from, 10_000)));
      if (head.seq !== MILLION - BEHIND) continue;
      const body = `{"state":"${'s'.repeat(1_000_000)}"}`;
      const refused = await journal.keep({ ...head, schema: 1, body, state: digestOf(utf8(body)) });
      if (refused !== undefined) throw new Error(refused.message);
    }
    await journal.close();
    const recover = async (after: (opened: Journal) => number) => {
      const opened = sure(openSqlite(path));
      let bytes = 0;
      for (const record of opened.read(after(opened))) bytes += sure(record).facts.length;
      await opened.close();
      return bytes;
    };
    const shared = { unit: 'ms', work: 1, rounds: 2 } as const;
    return [
      { ...shared, name: FROM_FIRST, run: () => recover(() => 0) },
      { ...shared, name: FROM_SNAPSHOT, run: () => recover((opened) => sure(opened.newest())!.seq) },
    ] satisfies Bench[];
  },
  ratios: (results) => [
    {
      name: 'from the first / from a snapshot',
      value: named(results, FROM_FIRST) / named(results, FROM_SNAPSHOT),
    },
  ],
};

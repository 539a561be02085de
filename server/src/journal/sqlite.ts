// The journal in one SQLite file that anyone can open: WAL, synchronous FULL, a table of records, one of snapshots, one row that is the fence.

import { isRefusal, type Refusal, refuse } from '@plimsoll/core';
import type Database from 'libsql';
import { type Body, fencedOff, type Last, lockedBy, type OpenOptions, SNAPSHOTS_KEPT } from './body.ts';
import { checkedRows, type Verified, verifyJournal } from './check.ts';
import type { Journal, JournalRecord, Recovery, Snapshot } from './contract.ts';
import { journalOver } from './journal.ts';
import { type WriterLock, writerLock } from './lock.ts';
import {
  connect,
  connectReading,
  diskRefusal,
  doubtFormat,
  lastOf,
  layTables,
  rowsOf,
  snapshotsOf,
} from './sqlite-file.ts';

/** Rows of one INSERT; more do not make it faster. */
const ROWS_EACH = 100;
const COLUMNS = 6;

/** A journal that is only read: what checking, replay and export need. */
export interface ReadJournal extends Pick<Journal, 'written' | 'where' | 'head'> {
  close(): void;
}

/** How a SQLite file is opened. */
export interface SqliteOptions extends OpenOptions {
  /** The file grows no further; appends are then refused as by a full disk. */
  readonly bytesMax?: number;
}

/**
 * Opens (or begins) the journal in a SQLite file as its writer: raises the fence, and answers with the head as the file has it. Refuses a file that is not a
 * journal, one of a newer format or in newer words, one whose end was damaged, and one that a live writer of this machine has open.
 * @example const journal = openSqlite('venue.journal'); // then await journal.append([...])
 */
export function openSqlite(path: string, options: SqliteOptions = {}): Journal | Refusal {
  const file = connect(path, options.bytesMax);
  if (isRefusal(file)) return file;
  const lock = writerLock(path);
  const held = lock.retry();
  const opened = held || options.takeOver === true ? raiseFence(file, path) : lockedBy(path);
  if (!isRefusal(opened)) return journalOver(new SqliteBody(file, path, lock, opened), options);
  lock.release();
  file.close();
  return opened;
}

/**
 * Opens the journal in a SQLite file for reading alone, beside a live writer too; nothing in the file changes.
 * @example const journal = readSqlite('venue.journal'); verifyJournal(journal)
 */
export function readSqlite(path: string): ReadJournal | Refusal {
  const file = connectReading(path);
  if (isRefusal(file)) return file;
  try {
    const last = doubtFormat(file, path) ?? lastOf(file, path);
    if (!isRefusal(last))
      return {
        where: path,
        head: { seq: last.seq, digest: last.digest },
        written: (after) => checkedRows((from) => rowsOf(file, path, from), after, last, path),
        close: () => file.close(),
      };
    file.close();
    return last;
  } catch (error) {
    file.close();
    return diskRefusal(error, path);
  }
}

/**
 * Holds the journal in a SQLite file against its chain, beside a live writer too.
 * @example verifySqlite('venue.journal') // { records: 1000, head: { seq: 1000, digest: '9f86...' } }
 */
export function verifySqlite(path: string): Verified | Refusal {
  const journal = readSqlite(path);
  if (isRefusal(journal)) return journal;
  const found = verifyJournal(journal);
  journal.close();
  return found;
}

interface Opened {
  readonly epoch: number;
  readonly last: Last;
}

/** Reads the head and raises the fence in one transaction, so that no other writer can commit between the two. */
function raiseFence(file: Database.Database, path: string): Opened | Refusal {
  try {
    file.exec('BEGIN IMMEDIATE');
    const last = layTables(file, path) ?? lastOf(file, path);
    if (isRefusal(last)) {
      file.exec('ROLLBACK');
      return last;
    }
    const [raised] = file.prepare('UPDATE fence SET epoch = epoch + 1 RETURNING epoch').raw().all([]) as [
      number,
    ][];
    file.exec('COMMIT');
    return { epoch: raised![0], last };
  } catch (error) {
    if (file.inTransaction) file.exec('ROLLBACK');
    return diskRefusal(error, path);
  }
}

const RECORDS_INTO = 'INSERT INTO records (seq, at, schema, input, facts, digest) VALUES ';

class SqliteBody implements Body {
  readonly recovery: Recovery = { cut: 0 };
  readonly where: string;
  readonly epoch: number;
  readonly last: Last;
  readonly #file: Database.Database;
  readonly #lock: WriterLock;
  readonly #one: Database.Statement<unknown[]>;
  readonly #many: Database.Statement<unknown[]>;
  readonly #head: Database.Statement<unknown[]>;

  constructor(file: Database.Database, path: string, lock: WriterLock, { epoch, last }: Opened) {
    this.where = path;
    this.epoch = epoch;
    this.last = last;
    this.#file = file;
    this.#lock = lock;
    const row = '(?, ?, ?, ?, ?, ?)';
    this.#one = file.prepare(RECORDS_INTO + row);
    this.#many = file.prepare(RECORDS_INTO + Array(ROWS_EACH).fill(row).join(', '));
    this.#head = file.prepare('UPDATE fence SET seq = ?, digest = ? WHERE epoch = ?');
  }

  write(records: readonly JournalRecord[]): Refusal | undefined {
    this.#lock.retry();
    const { seq, digest } = records.at(-1)!;
    // Seeing that the fence is still ours and moving the head is one statement, inside the transaction that holds the write lock.
    return this.#transact(() => {
      if (this.#head.run([seq, digest, this.epoch]).changes !== 1) return this.#fenced();
      let at = 0;
      for (; at + ROWS_EACH <= records.length; at += ROWS_EACH)
        this.#many.run(parameters(records, at, ROWS_EACH));
      for (; at < records.length; at++) this.#one.run(parameters(records, at, 1));
      return undefined;
    });
  }

  rows(from: number): Iterable<JournalRecord | Refusal> {
    return rowsOf(this.#file, this.where, from);
  }

  store({ seq, digest, schema, body, state }: Snapshot): Refusal | undefined {
    return this.#transact(() => {
      const ours = this.#file.prepare('SELECT 1 FROM fence WHERE epoch = ?').raw().all([this.epoch]);
      if (ours.length === 0) return this.#fenced();
      this.#file
        .prepare('INSERT OR REPLACE INTO snapshots (seq, digest, schema, body, state) VALUES (?, ?, ?, ?, ?)')
        .run([seq, digest, schema, body, state]);
      this.#file
        .prepare(
          'DELETE FROM snapshots WHERE seq NOT IN (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT ?)',
        )
        .run([SNAPSHOTS_KEPT]);
      return undefined;
    });
  }

  snapshots(): Iterable<Snapshot | Refusal> {
    return snapshotsOf(this.#file, this.where);
  }

  /** Commits what `work` did, or undoes it where it refuses or fails. */
  #transact(work: () => Refusal | undefined): Refusal | undefined {
    try {
      this.#file.exec('BEGIN IMMEDIATE');
      const refused = work();
      this.#file.exec(refused === undefined ? 'COMMIT' : 'ROLLBACK');
      return refused;
    } catch (error) {
      // SQLite has undone it already where the disk was full or failed.
      if (this.#file.inTransaction) this.#file.exec('ROLLBACK');
      return diskRefusal(error, this.where);
    }
  }

  #fenced(): Refusal {
    const row = this.#file.prepare('SELECT epoch FROM fence').raw().all([])[0] as [number] | undefined;
    return row === undefined
      ? refuse('corrupt', 'the fence is gone from the file.', this.where)
      : fencedOff(this.epoch, row[0], this.where);
  }

  close(): void {
    try {
      // So that what is left is one file that any tool opens. Where a reader or another writer is at it, the log stays beside it, which is as good.
      this.#file.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // A disk that fails now failed before anything was promised: all that was acknowledged is in the log.
    }
    this.#lock.release();
    this.#file.close();
  }
}

function parameters(records: readonly JournalRecord[], at: number, count: number): unknown[] {
  const out = new Array<unknown>(count * COLUMNS);
  for (let i = 0, k = 0; i < count; i++) {
    const { seq, at: time, schema, input, facts, digest } = records[at + i]!;
    out[k++] = seq;
    out[k++] = time;
    out[k++] = schema;
    out[k++] = input;
    out[k++] = facts;
    out[k++] = digest;
  }
  return out;
}

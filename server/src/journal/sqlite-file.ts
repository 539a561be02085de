// What stands in the SQLite file: how it introduces itself, its tables, and rows that are doubted as they come back.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Digest, isRefusal, type Refusal, refuse } from '@plimsoll/core';
import Database from 'libsql';
import { damage, type Last } from './body.ts';
import type { JournalRecord, Snapshot } from './contract.ts';
import { NOTHING } from './journal.ts';

/** 'PLIM': what `file` and SQLite's own tools show of a journal. */
const APPLICATION_ID = 0x504c_494d;
/** Version of these tables; a file of a newer one is refused. */
export const SQLITE_FORMAT = 1;
/** How long another process may hold the write lock, which it does while it takes over. */
export const BUSY_MS_MAX = 2000;
/** Rows fetched at a time, so that no long read holds the log back. */
const PAGE_ROWS = 200;

const TABLES = `
CREATE TABLE records (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, schema INTEGER NOT NULL,
  input TEXT NOT NULL, facts TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
CREATE TABLE snapshots (
  seq INTEGER PRIMARY KEY, digest TEXT NOT NULL, schema INTEGER NOT NULL,
  body TEXT NOT NULL, state TEXT NOT NULL) STRICT;
CREATE TABLE fence (
  one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL, digest TEXT NOT NULL) STRICT;
INSERT INTO fence VALUES (1, 0, 0, '${NOTHING.digest}');
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SQLITE_FORMAT};
`;

/** A connection to write by: WAL, every commit synced. */
export function connect(path: string, bytesMax?: number): Database.Database | Refusal {
  try {
    const file = new Database(path, { timeout: BUSY_MS_MAX });
    try {
      const doubt = doubtFormat(file, path, 'empty too');
      if (doubt !== undefined) {
        file.close();
        return doubt;
      }
      file.exec('PRAGMA journal_mode = WAL');
      file.exec('PRAGMA synchronous = FULL');
      if (bytesMax !== undefined) {
        const pages = Math.floor(bytesMax / numberOf(file, 'PRAGMA page_size'));
        if (!(pages >= 1)) throw new RangeError(`a file of at most ${bytesMax} bytes holds nothing`);
        file.exec(`PRAGMA max_page_count = ${pages}`);
      }
      return file;
    } catch (error) {
      file.close();
      return diskRefusal(error, path);
    }
  } catch (error) {
    return diskRefusal(error, path);
  }
}

/** A connection that cannot write. */
export function connectReading(path: string): Database.Database | Refusal {
  if (!existsSync(path)) return refuse('empty', 'there is no such file.', path);
  try {
    const name = encodeURI(resolve(path)).replace(/[?#]/g, encodeURIComponent);
    return new Database(`file:${name}?mode=ro`, { timeout: BUSY_MS_MAX });
  } catch (error) {
    return diskRefusal(error, path);
  }
}

function numberOf(file: Database.Database, sql: string): number {
  return (file.prepare(sql).raw().all([])[0] as [number])[0];
}

/** Refuses a file that is not a journal, or is one of a newer format. An empty file is a journal about to begin. */
export function doubtFormat(
  file: Database.Database,
  where: string,
  empty?: 'empty too',
): Refusal | undefined {
  const tables = numberOf(file, 'SELECT count(*) FROM sqlite_schema');
  if (tables === 0 && empty !== undefined) return undefined;
  if (numberOf(file, 'PRAGMA application_id') !== APPLICATION_ID)
    return refuse('malformed', 'this SQLite file is not a journal.', where);
  const format = numberOf(file, 'PRAGMA user_version');
  if (format <= SQLITE_FORMAT) return undefined;
  return refuse(
    'newer',
    `this journal has format ${format}, and this program knows formats up to ${SQLITE_FORMAT}; open it with a newer program.`,
    where,
  );
}

/** Begins the tables in an empty file; the caller's transaction makes it all or none of them. */
export function layTables(file: Database.Database, where: string): Refusal | undefined {
  if (numberOf(file, 'SELECT count(*) FROM sqlite_schema') === 0) file.exec(TABLES);
  return doubtFormat(file, where);
}

/** The last record, where the fence row says that the chain ends there too. */
export function lastOf(file: Database.Database, where: string): Last | Refusal {
  // One statement, so that a live writer cannot commit between the two.
  const row = file
    .prepare(
      'SELECT f.seq, CAST(f.digest AS BLOB), r.seq, r.at, r.schema, CAST(r.digest AS BLOB) FROM fence f LEFT JOIN records r ON r.seq = (SELECT max(seq) FROM records)',
    )
    .raw()
    .all([])[0] as [number, Buffer, number | null, number, number, Buffer] | undefined;
  if (row === undefined) return refuse('corrupt', 'the fence is gone from the file.', where);
  const [seq, , found, at, schema] = row;
  const digest = textOf(row[1]) as Digest;
  if ((found ?? 0) < seq)
    return damage((found ?? 0) + 1, 'sequence', `it is missing; ${seq} records were acknowledged.`, where);
  if (found === null) return NOTHING;
  if (found > seq)
    return damage(seq + 1, 'sequence', `it was not written by a journal, which ends at ${seq}.`, where);
  const stands = textOf(row[5]);
  if (stands !== digest)
    return damage(seq, 'digest', `its digest is ${stands}, and the journal was at ${digest}.`, where);
  return { seq, digest, at, schema };
}

/** Records from a seq on, a page at a time. What SQLite finds broken is a refusal at the record it was about to give. */
export function* rowsOf(
  file: Database.Database,
  where: string,
  from: number,
): Generator<JournalRecord | Refusal> {
  let next = from;
  try {
    const page = file
      .prepare(
        'SELECT seq, at, schema, octet_length(digest), octet_length(input), CAST(digest || input || facts AS BLOB) FROM records WHERE seq >= ? ORDER BY seq LIMIT ?',
      )
      .raw();
    for (;;) {
      const rows = page.all([next, PAGE_ROWS]) as unknown[][];
      for (const row of rows) {
        const record = recordOf(row, where);
        yield record;
        if (isRefusal(record)) return;
        next = record.seq + 1;
      }
      if (rows.length < PAGE_ROWS) return;
    }
  } catch (error) {
    const { message } = diskRefusal(error, where);
    yield damage(next, 'checksum', `the file is broken here: ${message}`, where);
  }
}

/** A whole number that JavaScript holds exactly and no clock or counter of ours leaves. */
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Texts are read as bytes: libsql ends the process at a text that is not UTF-8, and stops at a NUL. What is not UTF-8 fails its digest. */
const textOf = (bytes: unknown): string =>
  bytes instanceof Uint8Array ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString() : '';

function recordOf(row: readonly unknown[], where: string): JournalRecord | Refusal {
  const [seq, at, schema, digestBytes, inputBytes, bytes] = row;
  const numbers = isCount(seq) && isCount(at) && isCount(schema) && schema <= 0xffff_ffff;
  if (!numbers || !isCount(digestBytes) || !isCount(inputBytes) || !(bytes instanceof Uint8Array))
    return damage(isCount(seq) ? seq : 0, 'text', 'its columns are not those of a record.', where);
  const texts = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const factsAt = digestBytes + inputBytes;
  return {
    seq,
    at,
    schema,
    input: texts.toString('utf8', digestBytes, factsAt),
    facts: texts.toString('utf8', factsAt),
    digest: texts.toString('latin1', 0, digestBytes) as Digest,
  };
}

/** Snapshots, newest first. */
export function* snapshotsOf(file: Database.Database, where: string): Generator<Snapshot | Refusal> {
  try {
    const seqs = file.prepare('SELECT seq FROM snapshots ORDER BY seq DESC').raw().all([]) as [number][];
    for (const [seq] of seqs) {
      const row = file
        .prepare(
          'SELECT CAST(digest AS BLOB), schema, CAST(body AS BLOB), CAST(state AS BLOB) FROM snapshots WHERE seq = ?',
        )
        .raw()
        .all([seq])[0] as [Buffer, number, Buffer, Buffer];
      const [digest, body, state] = [row[0], row[2], row[3]].map(textOf) as [Digest, string, Digest];
      yield { seq, digest, schema: row[1], body, state };
    }
  } catch (error) {
    yield diskRefusal(error, where);
  }
}

/** What a failing disk or file says, as a refusal. */
export function diskRefusal(error: unknown, where: string): Refusal {
  const { code, message } = error as { code?: string; message: string };
  if (code === 'SQLITE_NOTADB') return refuse('malformed', 'this is not a SQLite file.', where);
  if (code?.startsWith('SQLITE_CORRUPT')) return refuse('corrupt', `SQLite says: ${message}.`, where);
  if (code?.startsWith('SQLITE_BUSY'))
    return refuse('disk', `another process kept the write lock for more than ${BUSY_MS_MAX} ms.`, where);
  return refuse('disk', `the disk did not take or give what was asked: ${message}.`, where);
}

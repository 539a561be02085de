// What only the SQLite file can suffer: hands in its tables, other formats, a torn log beside it, other processes, being killed.

import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { digestOf, isRefusal, type Refusal, seededPrng, utf8 } from '@plimsoll/core';
import Database from 'libsql';
import { afterAll, describe, expect, it } from 'vitest';
import { entries, entry, refused, sure } from '../../test/entries.ts';
import { chained, GENESIS, link } from './chain.ts';
import type { Damage, JournalRecord } from './contract.ts';
import { kill9 } from './kill9.ts';
import { openSqlite, readSqlite, verifySqlite } from './sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sqlite-'));
const program = fileURLToPath(new URL('../../bin/kill9.js', import.meta.url));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let places = 0;
const place = () => join(folder, `${++places}.journal`);

const COUNT = 120;

/** A closed journal of COUNT entries, then hands on its tables. */
async function handled(sql = ''): Promise<string> {
  const path = place();
  const journal = sure(openSqlite(path));
  sure(await journal.append(entries(1, COUNT)));
  await journal.close();
  const file = new Database(path);
  if (sql !== '') file.exec(sql);
  file.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  file.close();
  return path;
}

/** Copies a journal as a crash would leave it: the file and its log. */
function copied(path: string): string {
  const to = place();
  for (const end of ['', '-wal']) if (existsSync(path + end)) copyFileSync(path + end, to + end);
  return to;
}

describe('damage by hand', () => {
  const other = '0123456789abcdef'.repeat(4);
  const rows: [string, string, number, string][] = [
    ['an input', "UPDATE records SET input = replace(input, '57', '58') WHERE seq = 57", 57, 'text'],
    ['facts', "UPDATE records SET facts = '[]' WHERE seq = 57", 57, 'text'],
    ['a time', 'UPDATE records SET at = at + 1 WHERE seq = 57', 57, 'text'],
    ['words', 'UPDATE records SET schema = 2 WHERE seq = 57', 57, 'text'],
    ['a digest', `UPDATE records SET digest = '${other}' WHERE seq = 57`, 57, 'digest'],
    ['no digest', "UPDATE records SET digest = '' WHERE seq = 57", 57, 'digest'],
    ['the first', "UPDATE records SET input = '{}' WHERE seq = 1", 1, 'text'],
    ['the last', `UPDATE records SET input = '{}' WHERE seq = ${COUNT}`, COUNT, 'text'],
    ['the last digest', `UPDATE records SET digest = '${other}' WHERE seq = ${COUNT}`, COUNT, 'digest'],
    ['one taken out', 'DELETE FROM records WHERE seq = 57', 57, 'sequence'],
    ['the first taken out', 'DELETE FROM records WHERE seq = 1', 1, 'sequence'],
    ['two of them', "UPDATE records SET input = '{}' WHERE seq IN (40, 90)", 40, 'text'],
    ['the end taken out', 'DELETE FROM records WHERE seq > 100', 101, 'sequence'],
    ['all taken out', 'DELETE FROM records', 1, 'sequence'],
    ['one put in', `INSERT INTO records VALUES (121, 9e12, 1, '', '', '${other}')`, 121, 'sequence'],
    ['a negative time', 'UPDATE records SET at = -1 WHERE seq = 57', 57, 'text'],
  ];

  it.each(rows)(
    'M-238 %s: verify names the first bad record and what is wrong',
    async (_, sql, seq, fault) => {
      const path = await handled(sql);
      const found = refused(verifySqlite(path)) as Damage;
      expect([found.reason, found.seq, found.fault]).toEqual(['corrupt', seq, fault]);
      expect(found.message).toMatch(new RegExp(`^record ${seq}: `));
      expect(found.where).toBe(path);
    },
  );

  it('M-238 whole: how many and where the chain ends; reading stops at what is bad', async () => {
    const whole = await handled();
    const head = link(GENESIS, entries(1, COUNT)).at(-1)!;
    expect(verifySqlite(whole)).toEqual({ records: COUNT, head: { seq: COUNT, digest: head.digest } });
    const path = await handled("UPDATE records SET input = '{}' WHERE seq = 57");
    const journal = sure(openSqlite(path));
    const read = [...journal.read(0)];
    expect(read.length).toBe(57);
    expect((read.at(-1) as Damage).seq).toBe(57);
    expect([...journal.read(57)].every((record) => !isRefusal(record))).toBe(false);
    expect([...journal.read(60)].every((record) => !isRefusal(record))).toBe(true);
    await journal.close();
  });

  it('M-238 a time that falls is named even where the chain holds', async () => {
    const path = await handled('DELETE FROM records WHERE seq > 100');
    const written = link(GENESIS, [
      ...entries(1, 100),
      ...entries(101, 110).map((e) => ({ ...e, at: e.at - 5000 })),
    ]);
    const file = new Database(path);
    const into = file.prepare('INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)');
    for (const { seq, at, schema, input, facts, digest } of written.slice(100))
      into.run([seq, at, schema, input, facts, digest]);
    file.prepare('UPDATE fence SET seq = ?, digest = ?').run([110, written.at(-1)!.digest]);
    const found = refused(verifySqlite(path)) as Damage;
    expect([found.seq, found.fault]).toEqual([101, 'time']);
  });

  it('M-238 a byte changed anywhere in the file is refused, or changes nothing that is read', async () => {
    const whole = await handled();
    const wanted = [...sure(readSqlite(whole)).written(0)];
    const prng = seededPrng(5);
    let found = 0;
    for (let i = 0; i < 120; i++) {
      const path = copied(whole);
      const bytes = readFileSync(path);
      const at = Math.floor(prng.next() * bytes.length);
      bytes[at]! ^= 1 << Math.floor(prng.next() * 8);
      writeFileSync(path, bytes);
      const journal = readSqlite(path);
      const read = isRefusal(journal) ? [journal] : [...journal.written(0)];
      if (!isRefusal(journal)) journal.close();
      if (read.some((record) => isRefusal(record))) found++;
      else expect([at, read]).toEqual([at, wanted]);
    }
    expect(found).toBeGreaterThan(60);
  });

  it('M-239 a snapshot that was changed is passed over for the one before', async () => {
    const path = place();
    const journal = sure(openSqlite(path));
    for (const end of [10, 20, 30]) {
      const head = sure(await journal.append(entries(end - 9, end)));
      const body = `{"state":${end}}`;
      await journal.keep({ ...head, schema: 1, body, state: digestOf(utf8(body)) });
    }
    await journal.close();
    const file = new Database(path);
    const newest = () => {
      const open = sure(openSqlite(path));
      const found = open.newest();
      void open.close();
      return found;
    };
    file.exec("UPDATE snapshots SET body = '{}' WHERE seq = 30");
    expect(sure(newest())!.seq).toBe(20);
    file.exec(`UPDATE snapshots SET digest = '${other}' WHERE seq = 20`);
    expect(sure(newest())!.seq).toBe(10);
    file.exec(`UPDATE snapshots SET state = '${other}' WHERE seq = 10`);
    expect(refused(newest()).message).toContain('snapshot at 30: its body was changed');
  });
});

describe('strangers', () => {
  it('M-240 a file of a newer format, one of another program, and one that is no database are refused and left alone', async () => {
    const newer = await handled('PRAGMA user_version = 2');
    const alien = place();
    const file = new Database(alien);
    file.exec('CREATE TABLE other (a)');
    file.close();
    const text = place();
    writeFileSync(text, 'seq,at\n'.repeat(1000));
    const rows: [string, string, RegExp][] = [
      [newer, 'newer', /format 2.*formats up to 1.*newer program/],
      [alien, 'malformed', /not a journal/],
      [text, 'malformed', /not a SQLite file/],
      [join(folder, 'no', 'such', 'place'), 'disk', /disk did not/],
    ];
    for (const [path, reason, words] of rows) {
      const before = existsSync(path) ? readFileSync(path) : undefined;
      const answer = refused(openSqlite(path));
      expect([path, answer.reason]).toEqual([path, reason]);
      expect(answer.message).toMatch(words);
      if (before !== undefined) expect(readFileSync(path).equals(before)).toBe(true);
    }
    expect(refused(readSqlite(newer)).reason).toBe('newer');
    expect(refused(verifySqlite(join(folder, 'none'))).reason).toBe('empty');
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it('M-236 a disk that is full refuses the batch and all behind it until the journal is opened again', async () => {
    const path = place();
    const journal = sure(openSqlite(path, { bytesMax: 100_000 }));
    let acknowledged = 0;
    let off: Refusal | undefined;
    for (let from = 1; off === undefined && from < 5000; from += 50) {
      const answers = await Promise.all([0, 25].map((k) => journal.append(entries(from + k, from + k + 24))));
      for (const answer of answers) {
        if (isRefusal(answer)) off = answer;
        else acknowledged = answer.seq;
      }
    }
    expect(off!.reason).toBe('disk');
    expect(off!.message).toMatch(/full.*open the journal again/);
    expect(refused(await journal.append([entry(acknowledged + 51)])).reason).toMatch(/disk|out-of-order/);
    await journal.close();
    const again = sure(openSqlite(path));
    expect(again.head.seq).toBe(acknowledged);
    sure(await again.append([entry(acknowledged + 1)]));
    await again.close();
    expect(sure(verifySqlite(path)).records).toBe(acknowledged + 1);
  });
});

describe('a torn log beside the file', () => {
  it('M-237 cut or changed anywhere, it loses nothing from before the last checkpoint and yields no wrong record', async () => {
    const path = place();
    const first = sure(openSqlite(path));
    sure(await first.append(entries(1, 200)));
    await first.close(); // A checkpoint.
    const journal = sure(openSqlite(path));
    for (let from = 201; from <= 400; from += 20) sure(await journal.append(entries(from, from + 19)));
    const wanted = [...journal.written(0)];
    const size = readFileSync(`${path}-wal`).length;
    const prng = seededPrng(9);
    const ends = new Set<number>();
    for (let i = 0; i < 80; i++) {
      const torn = copied(path);
      const at = i === 0 ? 0 : Math.floor(prng.next() * size);
      if (i % 2 === 0) truncateSync(`${torn}-wal`, at);
      else {
        const bytes = readFileSync(`${torn}-wal`);
        bytes.fill(bytes[at]! ^ 0x5a, at, at + 1 + Math.floor(prng.next() * 600));
        writeFileSync(`${torn}-wal`, bytes);
      }
      const again = sure(openSqlite(torn));
      const read = [...again.written(0)] as JournalRecord[];
      expect(read.length).toBeGreaterThanOrEqual(200);
      expect(read).toEqual(wanted.slice(0, read.length));
      ends.add(read.length);
      await again.close();
    }
    expect(ends.size).toBeGreaterThan(5);
    await journal.close();
  });
});

describe('processes', () => {
  /** Lines of a writer in another process. */
  const writer = (path: string) =>
    spawn(process.execPath, [program, '--write', path, '--seed', '1', '--round', '1'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const ended = (child: ChildProcess) => new Promise<number | null>((done) => child.on('exit', done));

  it('M-241 a writer in another process keeps us out by accident, is read beside, and is fenced off on purpose', async () => {
    const path = place();
    const child = writer(path);
    const exit = ended(child);
    let acknowledged = 0;
    let said = '';
    let heir: Exclude<ReturnType<typeof openSqlite>, Refusal> | undefined;
    for await (const line of createInterface({ input: child.stdout! })) {
      if (line.startsWith('refused')) said = line;
      if (line.startsWith('ack')) acknowledged = Math.max(acknowledged, Number(line.split(' ')[1]));
      if (acknowledged < 300 || heir !== undefined) continue;
      expect(refused(openSqlite(path)).reason).toBe('locked');
      expect(sure(verifySqlite(path)).records).toBeGreaterThanOrEqual(acknowledged);
      heir = sure(openSqlite(path, { takeOver: true }));
    }
    expect(await exit).toBe(1);
    expect(said).toContain('another writer has opened this journal');
    expect(heir!.head.seq).toBeGreaterThanOrEqual(acknowledged);
    const { seq } = heir!.head;
    const at = 1_764_000_000_000 + seq;
    sure(await heir!.append([{ ...entry(seq + 1), at: at + 1 }]));
    await heir!.close();
    expect(sure(verifySqlite(path)).records).toBe(seq + 1);
    expect(chained(GENESIS.digest, entry(1))).toHaveLength(64);
  });

  it('M-244 a writer that is killed five times loses nothing it had acknowledged', async () => {
    const report = await kill9({ rounds: 5, seed: 20, path: place(), program });
    expect(report.failures).toEqual([]);
    expect(report.rounds.length).toBe(5);
    expect(report.rounds.every(({ records, acknowledged }) => records >= acknowledged)).toBe(true);
    expect(report.rounds.some(({ log }) => log)).toBe(true);
  });
});

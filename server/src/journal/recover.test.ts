// A log after a bad end: what was cut short is cut and said, what was acknowledged and is damaged is refused by name.

import { digestOf, isRefusal, utf8 } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';
import { entries, entry, refused, sure } from '../../test/entries.ts';
import { verifyJournal } from './check.ts';
import type { Damage, Journal } from './contract.ts';
import { type Disk, MemoryDisk } from './disk.ts';
import { crc32, encodeFrames } from './frame.ts';
import { openLog } from './log.ts';

/** A closed log of ten records in five batches, with the length after each. */
async function written(count = 10): Promise<{ disk: MemoryDisk; lengths: number[]; journal: Journal }> {
  const disk = new MemoryDisk();
  const journal = sure(openLog(disk));
  const lengths = [disk.size('log')];
  for (let seq = 1; seq <= count; seq += 2) {
    sure(await journal.append(entries(seq, seq + 1)));
    lengths.push(disk.size('log'));
  }
  await journal.close();
  return { disk, lengths, journal };
}

function flip(disk: Disk, name: string, at: number): void {
  const byte = disk.read(name, at, 1);
  byte[0]! ^= 0x10;
  disk.write(name, at, byte);
}

describe('recovery', () => {
  it('M-237 a last write that was cut short is cut off and said, at any length', async () => {
    const { disk, lengths } = await written();
    const [before, whole] = [lengths[4]!, lengths[5]!];
    const bytes = disk.read('log', 0, whole);
    for (let length = before + 1; length < whole; length += 7) {
      const torn = new MemoryDisk();
      torn.write('log', 0, bytes.subarray(0, length));
      const journal = sure(openLog(torn));
      const { seq } = journal.head;
      expect(seq === 8 || seq === 9).toBe(true);
      const { cut, said } = journal.recovery;
      expect(cut).toBe(length - torn.size('log'));
      if (cut === 0) expect(said).toBeUndefined();
      else
        expect(said).toBe(
          `The last write was cut short: ${cut} bytes after record ${seq} were never acknowledged, and are gone.`,
        );
      sure(await journal.append([entry(seq + 1)]));
      expect(sure(verifyJournal(journal)).records).toBe(seq + 1);
    }
  });

  it('M-237 damage to what was acknowledged is refused by the first bad record, whatever else is lost', async () => {
    const { disk, lengths } = await written();
    flip(disk, 'log', lengths[2]! + 40);
    const found = refused(openLog(disk)) as Damage;
    expect([found.reason, found.seq, found.fault]).toEqual(['corrupt', 5, 'checksum']);
    expect(found.message).toContain('10 records were acknowledged');
    // Without the mark, a later write that stands behind it says the same.
    disk.remove('mark');
    const again = refused(openLog(disk)) as Damage;
    expect(again.seq).toBe(5);
    expect(again.message).toMatch(/record (7|8|9|10) of a later write stands behind it/);
    // Nothing was changed by looking.
    flip(disk, 'log', lengths[2]! + 40);
    expect(sure(openLog(disk)).head.seq).toBe(10);
  });

  it('M-237 a log that ends before what was acknowledged is refused', async () => {
    const { disk, lengths } = await written();
    disk.truncate('log', lengths[4]!);
    expect((refused(openLog(disk)) as Damage).seq).toBe(9);
    disk.truncate('log', 0);
    expect((refused(openLog(disk)) as Damage).seq).toBe(1);
    const { disk: kept, lengths: ends, journal } = await written(4);
    const open = sure(openLog(kept));
    const body = '{}';
    expect(
      await open.keep({ ...journal.head, schema: 1, body, state: digestOf(utf8(body)) }),
    ).toBeUndefined();
    await open.close();
    kept.remove('mark');
    kept.truncate('log', ends[1]!);
    expect(refused(openLog(kept)).message).toContain('a snapshot at 4 says that it was acknowledged');
  });

  it('M-237 a newer log is refused, and one that a live writer lost its mark of', async () => {
    const { disk } = await written();
    const head = Buffer.from(disk.read('log', 0, 8));
    head.writeUInt32LE(2, 4);
    disk.write('log', 0, head);
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(head));
    disk.write('log', 8, sum);
    expect(refused(openLog(disk)).message).toMatch(/newer than format 1.*newer program/);
    const live = new MemoryDisk();
    const journal = sure(openLog(live));
    live.remove('mark');
    expect(refused(await journal.append([entry(1)])).message).toContain('the mark beside the log is broken');
  });

  it('M-238 a record whose frame is whole but whose text is another is named', async () => {
    const { disk, lengths, journal } = await written();
    const record = [...journal.written(6)][0]!;
    if (isRefusal(record)) throw new Error(record.message);
    // Of the same length, with a right checksum: only the chain can tell.
    const forged = encodeFrames([{ ...record, input: record.input.replace('7.5', '9.5') }], 1, lengths[3]!);
    disk.write('log', lengths[3]!, forged);
    const found = refused(openLog(disk)) as Damage;
    expect([found.seq, found.fault]).toEqual([7, 'text']);
    expect(refused(verifyJournal(journal)).message).toMatch(/^record 7: its text is not what its digest/);
  });

  it('M-239 a snapshot that is not whole is passed over for the one before, and recovery begins there', async () => {
    const disk = new MemoryDisk();
    const journal = sure(openLog(disk));
    const body = '{"a":1}';
    for (const end of [600, 1200]) {
      const head = sure(await journal.append(entries(end - 599, end)));
      await journal.keep({ ...head, schema: 1, body, state: digestOf(utf8(body)) });
    }
    sure(await journal.append(entries(1201, 1210)));
    const head = journal.head;
    await journal.close();
    const name = disk.names().findLast((file) => file.startsWith('snapshot'))!;
    flip(disk, name, disk.size(name) - 2);
    const again = sure(openLog(disk));
    expect(sure(again.newest())!.seq).toBe(600);
    expect(again.head).toEqual(head);
    expect([...again.read(0)].length).toBe(1210);
    expect([...again.read(600)].length).toBe(610);
    expect(sure(verifyJournal(again)).head).toEqual(head);
  });

  it('M-237 the checksum is the CRC-32 of zlib', () => {
    expect(crc32(utf8('123456789'))).toBe(0xcbf4_3926);
    expect(crc32(utf8('6789'), crc32(utf8('12345')))).toBe(0xcbf4_3926);
  });
});

// The files of a log beside its frames: the header, the mark that says what was acknowledged and by whom, and the snapshots.

import type { Digest } from '@plimsoll/core';
import { readInteger, writeInteger } from './chain.ts';
import type { Snapshot } from './contract.ts';
import type { Disk } from './disk.ts';
import { crc32 } from './frame.ts';

export const LOG = 'log';
const MARK = 'mark';
const SNAPSHOT = /^snapshot-(\d{16})-(\d{5})$/;

/** Version of all these files; a newer one is refused. */
export const LOG_FORMAT = 1;
export const HEADER_BYTES = 12;
// 'PLMJ', 'PLMM', 'PLMS'.
const HEADER_MAGIC = 0x4a4d_4c50;
const MARK_MAGIC = 0x4d4d_4c50;
const SNAPSHOT_MAGIC = 0x534d_4c50;

/** What is known to be durable: `length` bytes of the log, up to `seq`; and the newest writer. */
export interface Mark {
  readonly epoch: number;
  readonly seq: number;
  readonly length: number;
}

/** Magic, version, checksum of whatever follows them. */
function sealed(magic: number, content: Buffer): Buffer {
  const out = Buffer.alloc(HEADER_BYTES + content.length);
  out.writeUInt32LE(magic, 0);
  out.writeUInt32LE(LOG_FORMAT, 4);
  out.set(content, HEADER_BYTES);
  out.writeUInt32LE(crc32(content, crc32(out.subarray(0, 8))), 8);
  return out;
}

function unsealed(magic: number, bytes: Uint8Array): Buffer | 'newer' | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (all.length < HEADER_BYTES || all.readUInt32LE(0) !== magic) return undefined;
  const content = all.subarray(HEADER_BYTES);
  if (crc32(content, crc32(all.subarray(0, 8))) !== all.readUInt32LE(8)) return undefined;
  return all.readUInt32LE(4) > LOG_FORMAT ? 'newer' : content;
}

/** The first bytes of a log. */
export const header = (): Uint8Array => sealed(HEADER_MAGIC, Buffer.alloc(0));

/** What a log's first bytes say of it. */
export function readHeader(disk: Disk): 'known' | 'newer' | 'broken' {
  const content = unsealed(HEADER_MAGIC, disk.read(LOG, 0, HEADER_BYTES));
  if (content === 'newer') return 'newer';
  return content === undefined ? 'broken' : 'known';
}

/** Writes the mark; it fits a sector, so a crash leaves the old one or the new. */
export function writeMark(disk: Disk, { epoch, seq, length }: Mark): void {
  const content = Buffer.alloc(20);
  content.writeUInt32LE(epoch, 0);
  writeInteger(content, seq, 4);
  writeInteger(content, length, 12);
  disk.write(MARK, 0, sealed(MARK_MAGIC, content));
}

export const syncMark = (disk: Disk): void => disk.sync(MARK);

/** The mark, undefined where none is whole: then nothing is known by it. */
export function readMark(disk: Disk): Mark | undefined {
  const content = unsealed(MARK_MAGIC, disk.read(MARK, 0, HEADER_BYTES + 20));
  if (content === undefined || content === 'newer') return undefined;
  return { epoch: content.readUInt32LE(0), seq: readInteger(content, 4), length: readInteger(content, 12) };
}

/** A snapshot with the place of its record's frame. */
export interface PlacedSnapshot extends Snapshot {
  readonly offset: number;
}

/** Names of snapshot files, newest first. Names carry the words too, so that a whole one is never written over. */
export function snapshotNames(disk: Disk): readonly string[] {
  return disk
    .names()
    .filter((name) => SNAPSHOT.test(name))
    .reverse();
}

export const seqOfName = (name: string): number => Number(SNAPSHOT.exec(name)![1]);

/** Writes a snapshot to a file of its own and syncs it. */
export function writeSnapshot(
  disk: Disk,
  { offset, seq, schema, digest, state, body }: PlacedSnapshot,
): void {
  const fixed = Buffer.alloc(20 + 64);
  writeInteger(fixed, offset, 0);
  writeInteger(fixed, seq, 8);
  fixed.writeUInt32LE(schema, 16);
  fixed.write(digest, 20, 'hex');
  fixed.write(state, 52, 'hex');
  const name = `snapshot-${String(seq).padStart(16, '0')}-${String(schema).padStart(5, '0')}`;
  disk.write(name, 0, sealed(SNAPSHOT_MAGIC, Buffer.concat([fixed, Buffer.from(body)])));
  disk.sync(name);
}

/** A snapshot as it was written, undefined where its file is not whole. */
export function readSnapshot(disk: Disk, name: string): PlacedSnapshot | undefined {
  const content = unsealed(SNAPSHOT_MAGIC, disk.read(name, 0, disk.size(name)));
  if (content === undefined || content === 'newer' || content.length < 84) return undefined;
  return {
    offset: readInteger(content, 0),
    seq: readInteger(content, 8),
    schema: content.readUInt32LE(16),
    digest: content.toString('hex', 20, 52) as Digest,
    state: content.toString('hex', 52, 84) as Digest,
    body: content.toString('utf8', 84),
  };
}

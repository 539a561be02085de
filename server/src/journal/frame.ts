// How a record stands in a log: it introduces itself, says its length and where its batch began, and carries a checksum, then the bytes the chain
// is of, then its digest.

import type { Digest } from '@plimsoll/core';
import { GENESIS, linkBytes, readInteger, writeInteger } from './chain.ts';
import type { JournalRecord } from './contract.ts';
import type { Disk } from './disk.ts';
import { ENTRY_BYTES_MAX } from './doubt.ts';

/** 'PLMR'. */
export const FRAME_MAGIC = 0x524d_4c50;
export const FRAME_VERSION = 1;

// magic 0, version 4, length of the payload 8, batch 12, epoch 20, checksum 24; the checksum is of all but itself.
const HEAD_BYTES = 28;
const CHECKSUM_AT = 24;
// What the chain is of, less the previous digest, which stands in the record before.
const LINK_SKIP = 32;
const DIGEST_BYTES = 32;
const PAYLOAD_BYTES_MIN = 8 + 8 + 4 + 4 + 4 + DIGEST_BYTES;
const PAYLOAD_BYTES_MAX = PAYLOAD_BYTES_MIN + ENTRY_BYTES_MAX;
const WINDOW_BYTES = 1_048_576;

/** A record with where it stands: from `at` to `end`, written with others from `batch` on, by the writer of `epoch`. */
export interface Frame {
  readonly record: JournalRecord;
  readonly at: number;
  readonly end: number;
  readonly batch: number;
  readonly epoch: number;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let word = byte;
  for (let bit = 0; bit < 8; bit++) word = word & 1 ? (word >>> 1) ^ 0xedb8_8320 : word >>> 1;
  return word;
});

/** CRC-32 (ISO-HDLC, that of zlib), continued from that of the bytes before. @example crc32(utf8('123456789')) // 0xcbf43926 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let word = ~before;
  for (let i = 0; i < bytes.length; i++) word = crcTable[(word ^ bytes[i]!) & 0xff]! ^ (word >>> 8);
  return ~word >>> 0;
}

/** Frames of one batch that will stand from `batch` on. */
export function encodeFrames(records: readonly JournalRecord[], epoch: number, batch: number): Buffer {
  const frames = records.map((record) => {
    // The previous digest is not part of a frame, so any will do here.
    const linked = linkBytes(GENESIS.digest, record).subarray(LINK_SKIP);
    const frame = Buffer.allocUnsafe(HEAD_BYTES + linked.length + DIGEST_BYTES);
    frame.writeUInt32LE(FRAME_MAGIC, 0);
    frame.writeUInt32LE(FRAME_VERSION, 4);
    frame.writeUInt32LE(linked.length + DIGEST_BYTES, 8);
    writeInteger(frame, batch, 12);
    frame.writeUInt32LE(epoch, 20);
    frame.set(linked, HEAD_BYTES);
    frame.write(record.digest, HEAD_BYTES + linked.length, 'hex');
    frame.writeUInt32LE(checksumOf(frame), CHECKSUM_AT);
    return frame;
  });
  return Buffer.concat(frames);
}

function checksumOf(frame: Buffer): number {
  return crc32(frame.subarray(HEAD_BYTES), crc32(frame.subarray(0, CHECKSUM_AT)));
}

/** Bytes of a file up to `limit`, read a window at a time. */
export class Window {
  readonly #disk: Disk;
  readonly #name: string;
  readonly limit: number;
  #bytes: Buffer = Buffer.alloc(0);
  #from = 0;

  constructor(disk: Disk, name: string, limit: number) {
    this.#disk = disk;
    this.#name = name;
    this.limit = limit;
  }

  /** The bytes from `at` on, fewer than asked where the file ends; valid until the next call. */
  get(at: number, length: number): Buffer {
    const end = Math.min(at + length, this.limit);
    if (at < this.#from || end > this.#from + this.#bytes.length) {
      const bytes = this.#disk.read(
        this.#name,
        at,
        Math.min(Math.max(length, WINDOW_BYTES), this.limit - at),
      );
      this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      this.#from = at;
    }
    return this.#bytes.subarray(at - this.#from, Math.max(at, end) - this.#from);
  }
}

/** The frame at a place, undefined where none stands whole. Its digest is not held against the chain here. */
export function frameAt(window: Window, at: number): Frame | undefined {
  const head = window.get(at, HEAD_BYTES);
  if (head.length < HEAD_BYTES || head.readUInt32LE(0) !== FRAME_MAGIC) return undefined;
  const length = head.readUInt32LE(8);
  if (head.readUInt32LE(4) !== FRAME_VERSION || length < PAYLOAD_BYTES_MIN || length > PAYLOAD_BYTES_MAX)
    return undefined;
  const frame = window.get(at, HEAD_BYTES + length);
  if (frame.length < HEAD_BYTES + length || checksumOf(frame) !== frame.readUInt32LE(CHECKSUM_AT))
    return undefined;
  const record = recordOf(frame);
  if (record === undefined) return undefined;
  return { record, at, end: at + frame.length, batch: readInteger(frame, 12), epoch: frame.readUInt32LE(20) };
}

function recordOf(frame: Buffer): JournalRecord | undefined {
  const inputAt = HEAD_BYTES + 24;
  const inputEnd = inputAt + frame.readUInt32LE(inputAt - 4);
  const digestAt = frame.length - DIGEST_BYTES;
  if (inputEnd + 4 > digestAt || inputEnd + 4 + frame.readUInt32LE(inputEnd) !== digestAt) return undefined;
  return {
    seq: readInteger(frame, HEAD_BYTES),
    at: readInteger(frame, HEAD_BYTES + 8),
    schema: frame.readUInt32LE(HEAD_BYTES + 16),
    input: frame.toString('utf8', inputAt, inputEnd),
    facts: frame.toString('utf8', inputEnd + 4, digestAt),
    digest: frame.toString('hex', digestAt) as Digest,
  };
}

/** Places after `from` where a frame may begin. */
export function* framePlaces(window: Window, from: number): Generator<number> {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(FRAME_MAGIC);
  const step = WINDOW_BYTES / 2;
  for (let at = from; at < window.limit; at += step) {
    // Three bytes more than a step, so that no magic is missed at its border. A copy: the caller reads through the same window.
    const bytes = Buffer.from(window.get(at, step + 3));
    for (let found = bytes.indexOf(magic); found >= 0; found = bytes.indexOf(magic, found + 1))
      yield at + found;
  }
}

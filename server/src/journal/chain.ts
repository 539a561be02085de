// The chain: each digest covers the one before it, so one digest vouches for everything up to it.

import crypto from 'node:crypto';
import type { Digest } from '@plimsoll/core';
import type { Entry, Head, JournalRecord } from './contract.ts';

const DIGEST_BYTES = 32;
const FIXED_BYTES = DIGEST_BYTES + 8 + 8 + 4 + 4 + 4;
const UTF8_BYTES_MAX = 3;

/** Where a chain begins: no entry, and 32 zero bytes before the first. */
export const GENESIS: Head = { seq: 0, digest: '0'.repeat(2 * DIGEST_BYTES) as Digest };

// One buffer for all hashing; it never leaves this file.
let scratch = Buffer.allocUnsafe(8192);

/**
 * `SHA-256(previous || seq || at || schema || input || facts)`, lower-case hex: 32 bytes of the previous digest, seq and at as little-endian 64-bit
 * integers, schema and the length of each text as 32-bit ones, texts in UTF-8. The same value as core's `digestOf` of these bytes.
 * @example chained(GENESIS.digest, { seq: 1, at: 0, schema: 1, input: 'a', facts: 'b' })
 */
export function chained(previous: Digest, entry: Entry): Digest {
  return sha256(linkBytes(previous, entry));
}

/** The bytes that `chained` is the SHA-256 of; valid until the next call. */
export function linkBytes(previous: Digest, { seq, at, schema, input, facts }: Entry): Uint8Array {
  const most = FIXED_BYTES + UTF8_BYTES_MAX * (input.length + facts.length);
  if (scratch.length < most) scratch = Buffer.allocUnsafe(2 * most);
  scratch.write(previous, 0, 'hex');
  let end = writeInteger(scratch, seq, DIGEST_BYTES);
  end = writeInteger(scratch, at, end);
  end = scratch.writeUInt32LE(schema, end);
  end = writeText(scratch, input, end);
  end = writeText(scratch, facts, end);
  return scratch.subarray(0, end);
}

/** Writes a whole number below 2^53 as 64 bits, little-endian; answers where it ends. */
export function writeInteger(into: Buffer, value: number, at: number): number {
  into.writeUInt32LE(value % 4_294_967_296, at);
  return into.writeUInt32LE(Math.floor(value / 4_294_967_296), at + 4);
}

/** Reads what `writeInteger` wrote. */
export function readInteger(from: Buffer, at: number): number {
  return from.readUInt32LE(at + 4) * 4_294_967_296 + from.readUInt32LE(at);
}

/** Writes the length in bytes, then the text in UTF-8; answers where it ends. */
export function writeText(into: Buffer, text: string, at: number): number {
  const bytes = into.write(text, at + 4, 'utf8');
  into.writeUInt32LE(bytes, at);
  return at + 4 + bytes;
}

/** SHA-256 by the host, in lower-case hex: what core's `digestOf` answers, some fifty times sooner. */
export function sha256(bytes: Uint8Array | string): Digest {
  // One call where Node has it (20.12 and later), which costs less than half of an object per digest.
  const hex = crypto.hash
    ? crypto.hash('sha256', bytes, 'hex')
    : crypto.createHash('sha256').update(bytes).digest('hex');
  return hex as Digest;
}

/** Entries with their digests, from a head on. */
export function link(head: Head, entries: readonly Entry[]): JournalRecord[] {
  let { digest } = head;
  return entries.map(({ seq, at, schema, input, facts }) => {
    digest = chained(digest, { seq, at, schema, input, facts });
    return { seq, at, schema, input, facts, digest };
  });
}

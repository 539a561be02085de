// What is refused at the door of a journal: entries out of order, times that fall, texts that no body could keep as they are.

import { type Refusal, refuse } from '@plimsoll/core';
import type { Last } from './body.ts';
import type { Entry } from './contract.ts';

/** Bytes of both texts of one entry. */
export const ENTRY_BYTES_MAX = 134_217_728;
/** Entries and bytes of one append; a transaction holds no more either. */
export const BATCH_ENTRIES_MAX = 16_384;
export const BATCH_BYTES_MAX = 134_217_728;

/** Bytes of the texts of entries that follow `last`, or why they do not. */
export function doubtEntries(
  last: Last,
  entries: readonly Entry[],
  version: number,
  where: string,
): number | Refusal {
  if (entries.length > BATCH_ENTRIES_MAX)
    return refuse(
      'too-large',
      `one append has at most ${BATCH_ENTRIES_MAX} entries, not ${entries.length}.`,
      where,
    );
  let { seq, at } = last;
  let bytes = 0;
  for (const entry of entries) {
    const doubt = doubtPlace(entry, seq, at, where) ?? doubtSchema(entry, version, where);
    if (doubt !== undefined) return doubt;
    const size = textBytes(entry);
    if (typeof size !== 'number') return refuse(size.reason, `entry ${entry.seq}: ${size.message}`, where);
    bytes += size;
    ({ seq, at } = entry);
  }
  if (bytes > BATCH_BYTES_MAX)
    return refuse('too-large', `one append has at most ${BATCH_BYTES_MAX} bytes, not ${bytes}.`, where);
  return bytes;
}

function doubtPlace(entry: Entry, seq: number, at: number, where: string): Refusal | undefined {
  if (entry.seq !== seq + 1)
    return refuse(
      'out-of-order',
      `entry ${entry.seq} does not follow ${seq}; the next is ${seq + 1}.`,
      where,
    );
  if (!Number.isSafeInteger(entry.seq))
    return refuse('out-of-range', `entry ${entry.seq}: a journal ends at 2^53 - 1 entries.`, where);
  if (!Number.isSafeInteger(entry.at) || entry.at < 0)
    return refuse(
      'out-of-range',
      `entry ${entry.seq}: ${entry.at} is not a whole number of milliseconds since 1970.`,
      where,
    );
  if (entry.at < at)
    return refuse(
      'out-of-order',
      `entry ${entry.seq} is at ${entry.at}, before its predecessor at ${at}; time never falls.`,
      where,
    );
  return undefined;
}

function doubtSchema(entry: Entry, version: number, where: string): Refusal | undefined {
  if (entry.schema === version) return undefined;
  return refuse(
    'bad-parameter',
    `entry ${entry.seq} is in words ${entry.schema}; this journal is open for words ${version}.`,
    where,
  );
}

function textBytes({ input, facts }: Entry): number | Refusal {
  for (const text of [input, facts]) {
    const doubt = doubtText(text);
    if (doubt !== undefined) return doubt;
  }
  const bytes = Buffer.byteLength(input) + Buffer.byteLength(facts);
  if (bytes > ENTRY_BYTES_MAX)
    return refuse('too-large', `${bytes} bytes; one entry has at most ${ENTRY_BYTES_MAX}.`);
  return bytes;
}

/** Refuses text that would not come back as it was: half a surrogate pair becomes another character, and SQLite's readers stop at a NUL. */
export function doubtText(text: unknown): Refusal | undefined {
  if (typeof text !== 'string') return refuse('malformed', 'input and facts are texts.');
  if (text.includes('\0')) return refuse('malformed', 'a text holds a NUL character; write it as \\u0000.');
  // Node 20 has it; the library of types for ES2023 does not say so.
  if (!(text as unknown as { isWellFormed(): boolean }).isWellFormed())
    return refuse('malformed', 'a text holds half of a surrogate pair; write it as \\uXXXX.');
  return undefined;
}

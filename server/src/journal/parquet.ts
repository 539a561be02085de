// A journal as a Parquet file, so that any tool can ask questions of it. Texts and digests are those that were written, so the chain can be checked there too.

import { renameSync, rmSync } from 'node:fs';
import { isRefusal, type Refusal } from '@plimsoll/core';
import { type ColumnSource, fileWriter, ParquetWriter } from 'hyparquet-writer';
import { GENESIS } from './chain.ts';
import type { Verified } from './check.ts';
import type { Head, Journal, JournalRecord } from './contract.ts';
import { diskRefusal } from './sqlite-file.ts';

/** A row group ends at so many rows, or at so many characters of text. */
export const ROW_GROUP_ROWS = 10_000;
export const ROW_GROUP_CHARACTERS_MAX = 33_554_432;

type Element = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

const SCHEMA: Element[] = [
  { name: 'journal', num_children: 6 },
  { name: 'seq', type: 'INT64', repetition_type: 'REQUIRED' },
  { name: 'at', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'REQUIRED' },
  { name: 'schema', type: 'INT32', repetition_type: 'REQUIRED' },
  { name: 'input', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'facts', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'digest', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
];

/**
 * Writes a journal's records to a Parquet file: seq, at (a timestamp of milliseconds), schema, input, facts, digest, in row groups of bounded size.
 * The chain is checked on the way; where it does not hold, the refusal names the first bad record and there is no file. Answers how many records were written and the head
 * they end at.
 * @example await exportParquet(journal, 'venue.parquet') // { records: 1000, head: { seq: 1000, digest: '9f86...' } }
 */
export async function exportParquet(
  journal: Pick<Journal, 'written' | 'where'>,
  path: string,
): Promise<Verified | Refusal> {
  // Whole or not there: readers never see half a file under its name.
  const part = `${path}.part`;
  try {
    const head = await writeRows(journal.written(0), part);
    if (isRefusal(head)) return head;
    renameSync(part, path);
    return { records: head.seq, head };
  } catch (error) {
    return diskRefusal(error, path);
  } finally {
    rmSync(part, { force: true });
  }
}

async function writeRows(records: Iterable<JournalRecord | Refusal>, path: string): Promise<Head | Refusal> {
  const parquet = new ParquetWriter({ writer: fileWriter(path), schema: SCHEMA });
  let head: Head = GENESIS;
  let group: JournalRecord[] = [];
  let characters = 0;
  const flush = async () => {
    if (group.length > 0) await parquet.write({ columnData: columnsOf(group), rowGroupSize: group.length });
    group = [];
    characters = 0;
  };
  for (const record of records) {
    if (isRefusal(record)) return record;
    group.push(record);
    characters += record.input.length + record.facts.length;
    head = { seq: record.seq, digest: record.digest };
    if (group.length >= ROW_GROUP_ROWS || characters >= ROW_GROUP_CHARACTERS_MAX) await flush();
  }
  await flush();
  await parquet.finish();
  return head;
}

function columnsOf(group: readonly JournalRecord[]): ColumnSource[] {
  return [
    { name: 'seq', data: group.map(({ seq }) => BigInt(seq)) },
    { name: 'at', data: group.map(({ at }) => new Date(at)) },
    { name: 'schema', data: group.map(({ schema }) => schema) },
    { name: 'input', data: group.map(({ input }) => input) },
    { name: 'facts', data: group.map(({ facts }) => facts) },
    { name: 'digest', data: group.map(({ digest }) => digest) },
  ];
}

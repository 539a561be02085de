import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { afterAll, describe, expect, it } from 'vitest';
import { entries, entry, refused, sure } from '../../test/entries.ts';
import { chained, GENESIS } from './chain.ts';
import type { JournalRecord } from './contract.ts';
import { openMemory } from './log.ts';
import { exportParquet, ROW_GROUP_ROWS } from './parquet.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-parquet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Row {
  readonly seq: bigint;
  readonly at: Date;
  readonly schema: number;
  readonly input: string;
  readonly facts: string;
  readonly digest: string;
}

describe('export', () => {
  it('M-242 every record is read back from Parquet, in bounded row groups, and the chain holds there', async () => {
    const journal = sure(openMemory());
    const count = 2 * ROW_GROUP_ROWS + 7;
    for (let from = 1; from <= count; from += ROW_GROUP_ROWS)
      sure(await journal.append(entries(from, Math.min(count, from + ROW_GROUP_ROWS - 1))));
    sure(await journal.append([entry(count + 1, { input: 'Überschuß ≥ 0 \u{1F600}', facts: '' })]));
    const path = join(folder, 'whole.parquet');
    expect(await exportParquet(journal, path)).toEqual({ records: count + 1, head: journal.head });
    const file = await asyncBufferFromFile(path);
    const { row_groups, schema } = await parquetMetadataAsync(file);
    expect(schema.slice(1).map(({ name }) => name)).toEqual([
      'seq',
      'at',
      'schema',
      'input',
      'facts',
      'digest',
    ]);
    expect(row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([ROW_GROUP_ROWS, ROW_GROUP_ROWS, 8]);
    const rows = (await parquetReadObjects({ file })) as unknown as Row[];
    const read = rows.map(({ seq, at, ...rest }) => ({
      seq: Number(seq),
      at: at.getTime(),
      ...rest,
    })) as JournalRecord[];
    expect(read).toEqual([...journal.written(0)]);
    let digest = GENESIS.digest;
    for (const record of read) digest = chained(digest, record);
    expect(digest).toBe(journal.head.digest);
  });

  it('M-242 an empty journal is an empty table, and a place that cannot be written is refused', async () => {
    const journal = sure(openMemory());
    const path = join(folder, 'empty.parquet');
    expect(await exportParquet(journal, path)).toEqual({ records: 0, head: GENESIS });
    expect(await parquetReadObjects({ file: await asyncBufferFromFile(path) })).toEqual([]);
    const nowhere = join(folder, 'no', 'such', 'folder.parquet');
    expect(refused(await exportParquet(journal, nowhere)).reason).toBe('disk');
  });

  it('M-242 a journal whose chain does not hold leaves no file', async () => {
    const journal = sure(openMemory());
    sure(await journal.append(entries(1, 5)));
    const records = [...journal.written(0)];
    const damaged = {
      where: 'damaged',
      written: () => [
        ...records.slice(0, 2),
        { ...refused(journal.read(-1)[Symbol.iterator]().next().value) },
      ],
    };
    const path = join(folder, 'damaged.parquet');
    refused(await exportParquet(damaged, path));
    expect([existsSync(path), existsSync(`${path}.part`)]).toEqual([false, false]);
  });
});

export { type OpenOptions, SNAPSHOT_BYTES_MAX, SNAPSHOTS_KEPT } from './journal/body.ts';
export { chained, GENESIS } from './journal/chain.ts';
export { type Verified, verifyJournal } from './journal/check.ts';
export type {
  Damage,
  Entry,
  Fault,
  Head,
  Journal,
  JournalRecord,
  Recovery,
  Snapshot,
} from './journal/contract.ts';
export { type Disk, DiskFault, type DiskFaultKind, MemoryDisk, SECTOR_BYTES } from './journal/disk.ts';
export { BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, ENTRY_BYTES_MAX } from './journal/doubt.ts';
export { FaultyDisk, type Flip, flipBits } from './journal/faulty.ts';
export { openLog, openMemory } from './journal/log.ts';
export { exportParquet } from './journal/parquet.ts';
export { QUEUE_BYTES_MAX, QUEUE_ENTRIES_MAX } from './journal/queue.ts';
export {
  openSqlite,
  type ReadJournal,
  readSqlite,
  type SqliteOptions,
  verifySqlite,
} from './journal/sqlite.ts';
export { FIRST_WORDS, type Texts, type Upgrade, type Words } from './journal/words.ts';
export { Keeper, type Listener, type Streamed, type Taken } from './keeper/keeper.ts';
export {
  type Diverged,
  inputOf,
  type Recovered,
  type Replaying,
  replayRecords,
  type Watch,
} from './keeper/recover.ts';

// The journal as an append-only log over a disk: in memory, or over a disk with faults. One write and one sync for each batch.

import type { Refusal } from '@plimsoll/core';
import { isRefusal, refuse } from '@plimsoll/core';
import {
  type Body,
  damage,
  fencedOff,
  type Last,
  lockedBy,
  type OpenOptions,
  SNAPSHOTS_KEPT,
} from './body.ts';
import type { Journal, JournalRecord, Recovery, Snapshot } from './contract.ts';
import { type Disk, DiskFault, MemoryDisk } from './disk.ts';
import { encodeFrames, frameAt, Window } from './frame.ts';
import { journalOver } from './journal.ts';
import {
  HEADER_BYTES,
  LOG,
  readMark,
  readSnapshot,
  seqOfName,
  snapshotNames,
  syncMark,
  writeMark,
  writeSnapshot,
} from './log-files.ts';
import { INDEX_EVERY, type Recovered, recover } from './recover.ts';

/** Disks with a live writer in this process. */
const writers = new WeakMap<Disk, LogBody>();

/**
 * Opens (or begins) a journal as a log on a disk: recovers what is whole, cuts a last write that was cut short, raises the fence. Refuses damage before that
 * write by the name of the first bad record, and a disk that a live writer has open.
 * @example const journal = openLog(new MemoryDisk());
 */
export function openLog(disk: Disk, options: OpenOptions = {}, where = 'log'): Journal | Refusal {
  if (writers.has(disk) && options.takeOver !== true) return lockedBy(where);
  const recovered = guarded(() => recover(disk, where), where);
  return isRefusal(recovered) ? recovered : journalOver(new LogBody(disk, where, recovered), options);
}

/** A journal that lasts as long as the process: for tests, simulations and what-if runs. @example const journal = openMemory(); */
export function openMemory(options: OpenOptions = {}): Journal | Refusal {
  return openLog(new MemoryDisk(), options, 'memory');
}

class LogBody implements Body {
  readonly where: string;
  readonly epoch: number;
  readonly recovery: Recovery;
  readonly last: Last;
  readonly #disk: Disk;
  readonly #places: { readonly seq: number; readonly offset: number }[];
  #length: number;
  #seq: number;

  constructor(disk: Disk, where: string, { epoch, recovery, last, places, length }: Recovered) {
    this.where = where;
    this.epoch = epoch;
    this.recovery = recovery;
    this.last = last;
    this.#disk = disk;
    this.#places = places;
    this.#length = length;
    this.#seq = last.seq;
    writers.set(disk, this);
  }

  write(records: readonly JournalRecord[]): Refusal | undefined {
    return guarded(() => {
      const fenced = this.#fenced();
      if (fenced !== undefined) return fenced;
      const bytes = encodeFrames(records, this.epoch, this.#length);
      this.#disk.write(LOG, this.#length, bytes);
      this.#disk.sync(LOG);
      this.#index(records, bytes);
      this.#length += bytes.length;
      this.#seq = records.at(-1)!.seq;
      this.#mark();
      return undefined;
    }, this.where);
  }

  #index(records: readonly JournalRecord[], bytes: Buffer): void {
    let at = 0;
    for (const { seq } of records) {
      if (seq % INDEX_EVERY === 0 || this.#places.length === 0)
        this.#places.push({ seq, offset: this.#length + at });
      // The length of the payload, behind magic and version.
      at += 28 + bytes.readUInt32LE(at + 8);
    }
  }

  /** Notes what is durable. Not synced: it goes to the disk with the next batch, and a mark that is older only knows less. */
  #mark(): void {
    try {
      writeMark(this.#disk, { epoch: this.epoch, seq: this.#seq, length: this.#length });
    } catch {
      // The records are durable without it; a disk that fails will say so at the next write.
    }
  }

  #fenced(): Refusal | undefined {
    const newest = readMark(this.#disk)?.epoch;
    if (newest === undefined)
      return refuse('corrupt', 'the mark beside the log is broken; open the journal again.', this.where);
    return newest === this.epoch ? undefined : fencedOff(this.epoch, newest, this.where);
  }

  *rows(from: number): Generator<JournalRecord | Refusal> {
    const window = new Window(this.#disk, LOG, this.#length);
    const place = this.#places.findLast(({ seq }) => seq <= from);
    let at = place?.offset ?? HEADER_BYTES;
    let seq = place?.seq ?? 1;
    while (at < window.limit) {
      const frame = frameAt(window, at);
      if (frame === undefined) {
        yield damage(seq, 'checksum', 'its bytes are not those that were written.', this.where);
        return;
      }
      if (frame.record.seq >= from) yield frame.record;
      seq = frame.record.seq + 1;
      at = frame.end;
    }
  }

  store(snapshot: Snapshot): Refusal | undefined {
    return guarded(() => {
      const offset = this.#offsetOf(snapshot.seq);
      if (isRefusal(offset)) return offset;
      const fenced = this.#fenced();
      if (fenced !== undefined) return fenced;
      writeSnapshot(this.#disk, { ...snapshot, offset });
      // Files that a crash left unwhole do not count as something to fall back to.
      const whole = snapshotNames(this.#disk).filter((name) => readSnapshot(this.#disk, name) !== undefined);
      const oldest = whole.slice(0, SNAPSHOTS_KEPT).at(-1)!;
      for (const name of snapshotNames(this.#disk)) if (name < oldest) this.#disk.remove(name);
      return undefined;
    }, this.where);
  }

  #offsetOf(seq: number): number | Refusal {
    const window = new Window(this.#disk, LOG, this.#length);
    let at = this.#places.findLast((place) => place.seq <= seq)?.offset ?? HEADER_BYTES;
    for (let frame = frameAt(window, at); frame !== undefined; frame = frameAt(window, at)) {
      if (frame.record.seq === seq) return at;
      at = frame.end;
    }
    return damage(seq, 'checksum', 'it cannot be found in the log.', this.where);
  }

  *snapshots(): Generator<Snapshot | Refusal> {
    for (const name of snapshotNames(this.#disk)) {
      const placed = readSnapshot(this.#disk, name);
      if (placed === undefined) {
        yield refuse('corrupt', `snapshot at ${seqOfName(name)}: its file is not whole.`, this.where);
        continue;
      }
      const { offset: _, ...snapshot } = placed;
      yield snapshot;
    }
  }

  close(): void {
    guarded(() => {
      if (this.#fenced() === undefined) syncMark(this.#disk);
      return undefined;
    }, this.where);
    if (writers.get(this.#disk) === this) writers.delete(this.#disk);
  }
}

/** What a disk throws, as a refusal; anything else is our own mistake and stays one. */
function guarded<T>(work: () => T, where: string): T | Refusal {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DiskFault)) throw error;
    return refuse('disk', `the disk did not take or give what was asked: ${error.message}.`, where);
  }
}

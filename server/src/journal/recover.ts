// What a log is after whatever happened: its whole records, then perhaps the rest of a last write that was cut short. The rest is cut off and said;
// damage to what was acknowledged is never cut, it is refused by name.

import { type Refusal, refuse } from '@plimsoll/core';
import { damage, type Last } from './body.ts';
import { checkedLink } from './check.ts';
import type { Damage, Recovery } from './contract.ts';
import { type Disk, SECTOR_BYTES } from './disk.ts';
import { type Frame, frameAt, framePlaces, Window } from './frame.ts';
import { NOTHING } from './journal.ts';
import {
  HEADER_BYTES,
  header,
  LOG,
  LOG_FORMAT,
  type Mark,
  readHeader,
  readMark,
  readSnapshot,
  seqOfName,
  snapshotNames,
  syncMark,
  writeMark,
} from './log-files.ts';

/** Every so many records the index has a place. */
export const INDEX_EVERY = 512;

/** A log that is whole: where it ends, its last record, and places to begin reading at. */
export interface Recovered {
  readonly last: Last;
  readonly length: number;
  readonly epoch: number;
  readonly recovery: Recovery;
  readonly places: { readonly seq: number; readonly offset: number }[];
}

interface Scanned {
  readonly last: Last;
  /** Where the last whole record ends. */
  readonly end: number;
  /** Where the last batch begins. */
  readonly batch: number;
  readonly epoch: number;
  readonly places: { readonly seq: number; readonly offset: number }[];
  /** A frame that is whole but does not follow: no crash does that. */
  readonly wrong?: Damage;
}

/** Recovers a log and raises its fence, or refuses it. Damage before the last write is refused by the first bad record. */
export function recover(disk: Disk, where: string): Recovered | Refusal {
  const mark = readMark(disk);
  const began = begin(disk, mark, where);
  if (began !== undefined) return began;
  const size = disk.size(LOG);
  const scanned = scan(disk, size, where);
  if (scanned.wrong !== undefined) return scanned.wrong;
  const { last, end, batch, places } = scanned;
  const seq = last.seq + 1;
  const reason = acknowledged(disk, mark, scanned, size);
  if (reason !== undefined) return damage(seq, 'checksum', `it is not whole, and ${reason}.`, where);
  if (size > end) disk.truncate(LOG, end);
  // A sync that failed may have left the last write in the cache alone, where it reads as if it were durable. Written again, it is.
  disk.write(LOG, batch, disk.read(LOG, batch, end - batch));
  disk.sync(LOG);
  const epoch = Math.max(mark?.epoch ?? 0, scanned.epoch) + 1;
  writeMark(disk, { epoch, seq: last.seq, length: end });
  syncMark(disk);
  const cut = size - end;
  const said = `The last write was cut short: ${cut} bytes after record ${last.seq} were never acknowledged, and are gone.`;
  return { last, length: end, epoch, places, recovery: cut === 0 ? { cut } : { cut, said } };
}

/** Writes the header of a log that never had a record; refuses one whose header is broken or newer. */
function begin(disk: Disk, mark: Mark | undefined, where: string): Refusal | undefined {
  const state = readHeader(disk);
  if (state === 'known') return undefined;
  if (state === 'newer')
    return refuse(
      'newer',
      `this log is newer than format ${LOG_FORMAT}; open it with a newer program.`,
      where,
    );
  // The header is synced before the first record is taken, so a broken one is a beginning cut short only where nothing else is.
  const window = new Window(disk, LOG, disk.size(LOG));
  const fresh =
    (mark?.seq ?? 0) === 0 &&
    snapshotNames(disk).length === 0 &&
    window.limit <= SECTOR_BYTES &&
    frameAt(window, HEADER_BYTES) === undefined;
  if (!fresh) return damage(1, 'checksum', 'the header before it is broken.', where);
  disk.truncate(LOG, 0);
  disk.write(LOG, 0, header());
  disk.sync(LOG);
  return undefined;
}

/** Walks the frames from the newest snapshot that stands in the log, or from the first, as far as they are whole. */
function scan(disk: Disk, size: number, where: string): Scanned {
  const window = new Window(disk, LOG, size);
  const start = startOf(disk, window);
  let frame = start ?? frameAt(window, HEADER_BYTES);
  let last: Last = NOTHING;
  let [end, batch, epoch] = [HEADER_BYTES, 0, 0];
  const places: { seq: number; offset: number }[] = [];
  while (frame !== undefined) {
    const { record } = frame;
    const wrong = frame === start ? undefined : checkedLink(last, record, undefined, where);
    if (wrong !== undefined) return { last, end, batch, epoch, places, wrong };
    if (record.seq % INDEX_EVERY === 0 || places.length === 0)
      places.push({ seq: record.seq, offset: frame.at });
    last = { seq: record.seq, digest: record.digest, at: record.at, schema: record.schema };
    ({ end, batch, epoch } = frame);
    frame = frameAt(window, end);
  }
  return { last, end, batch, epoch, places };
}

function startOf(disk: Disk, window: Window): Frame | undefined {
  for (const name of snapshotNames(disk)) {
    const snapshot = readSnapshot(disk, name);
    if (snapshot === undefined) continue;
    const frame = frameAt(window, snapshot.offset);
    if (frame?.record.seq === snapshot.seq && frame.record.digest === snapshot.digest) return frame;
  }
  return undefined;
}

/** Why what follows the last whole record was acknowledged, and is damage; undefined for a last write that was cut short. */
function acknowledged(
  disk: Disk,
  mark: Mark | undefined,
  { last, end }: Scanned,
  size: number,
): string | undefined {
  if (mark !== undefined && mark.length > end) return `${mark.seq} records were acknowledged`;
  for (const name of snapshotNames(disk))
    if (seqOfName(name) > last.seq && readSnapshot(disk, name) !== undefined)
      return `a snapshot at ${seqOfName(name)} says that it was acknowledged`;
  const window = new Window(disk, LOG, size);
  const beyond = new Window(disk, LOG, size);
  for (const place of framePlaces(window, end)) {
    const frame = frameAt(beyond, place);
    // A batch is begun only when all before it is durable.
    if (frame !== undefined && frame.batch > end && frame.batch <= place)
      return `record ${frame.record.seq} of a later write stands behind it`;
  }
  return undefined;
}

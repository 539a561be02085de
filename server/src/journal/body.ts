// What a body of the journal must do. Everything that is the same for all bodies (doubt, chain, group commit, upgrades) stands in journal.ts.

import type { Refusal } from '@plimsoll/core';
import { refuse } from '@plimsoll/core';
import type { Damage, Fault, Head, JournalRecord, Recovery, Snapshot } from './contract.ts';
import type { Words } from './words.ts';

/** The last entry with what the next one is held against. */
export interface Last extends Head {
  readonly at: number;
  readonly schema: number;
}

/** Where records are kept. Every method is one step of the disk: it is done when it returns. */
export interface Body {
  readonly where: string;
  readonly epoch: number;
  readonly recovery: Recovery;
  readonly last: Last;
  /** Makes records durable, all or none of them acknowledged; refuses a writer whose epoch is not the newest. */
  write(records: readonly JournalRecord[]): Refusal | undefined;
  /** Whole records from `seq` on, oldest first, not yet held against the chain. */
  rows(from: number): Iterable<JournalRecord | Refusal>;
  /** Keeps a snapshot and drops the oldest beyond `SNAPSHOTS_KEPT`. */
  store(snapshot: Snapshot): Refusal | undefined;
  /** Snapshots newest first; a refusal stands for one that is damaged. */
  snapshots(): Iterable<Snapshot | Refusal>;
  close(): void;
}

/** How a journal is opened. */
export interface OpenOptions {
  /** The words of now, and how older ones become them. */
  readonly words?: Words;
  /** Opens although a writer of this machine is alive; that writer is fenced off and refused at its next append. */
  readonly takeOver?: boolean;
}

/** Snapshots that are kept: the newest, and two to fall back to. */
export const SNAPSHOTS_KEPT = 3;
export const SNAPSHOT_BYTES_MAX = 268_435_456;

/** A refusal that names the first bad record. */
export function damage(seq: number, fault: Fault, message: string, where: string): Damage {
  return { ...refuse('corrupt', `record ${seq}: ${message}`, where), reason: 'corrupt', seq, fault };
}

/** Refusal of a writer that another one has replaced. */
export function fencedOff(mine: number, newest: number, where: string): Refusal {
  return refuse(
    'fenced',
    `another writer has opened this journal: its fence is ${newest}, ours is ${mine}; stop this writer, nothing more of it is accepted.`,
    where,
  );
}

/** Refusal of a second writer on a machine where the first is alive. */
export function lockedBy(where: string): Refusal {
  return refuse(
    'locked',
    'a writer of this machine has this journal open; close it first, or open with takeOver to fence it off.',
    where,
  );
}

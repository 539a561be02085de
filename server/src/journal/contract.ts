// What any journal promises: what was acknowledged is never lost, what was written is never changed, and there is one writer.

import type { Digest, Refusal } from '@plimsoll/core';

/** An input and what was decided about it, both in canonical text. */
export interface Entry {
  /** 1 for the first; each one more than the last. */
  readonly seq: number;
  /** Milliseconds since 1970, never falling. */
  readonly at: number;
  /** Version of the words that `input` and `facts` are written in. */
  readonly schema: number;
  readonly input: string;
  readonly facts: string;
}

/**
 * An entry as it stands in the journal, chained: `digest = SHA-256(previous digest || seq || at || schema || input || facts)`, texts with
 * their length first.
 */
export interface JournalRecord extends Entry {
  readonly digest: Digest;
}

/** The last entry: where the chain ends. Seq 0 is the empty journal's. */
export interface Head {
  readonly seq: number;
  readonly digest: Digest;
}

/** The whole state after an entry, so that a recovery begins there. */
export interface Snapshot extends Head {
  readonly schema: number;
  /** Canonical text of the state; `state` is its SHA-256. */
  readonly body: string;
  readonly state: Digest;
}

/** What a record can be wrong in: its frame, its place, its time, its link to the one before, or its text. */
export type Fault = 'checksum' | 'sequence' | 'time' | 'digest' | 'text';

/** Why a journal is not whole: the first bad record by name, and what is wrong with it. */
export interface Damage extends Refusal {
  readonly seq: number;
  readonly fault: Fault;
}

/** What opening did about a last write that was cut short: bytes cut, all of them never acknowledged. */
export interface Recovery {
  readonly cut: number;
  /** One sentence for the log of the service, where something was cut. */
  readonly said?: string;
}

/** A journal opened by its one writer. */
export interface Journal {
  /** The last durable entry. */
  readonly head: Head;
  /** The fence this writer raised; a later writer has a higher one. */
  readonly epoch: number;
  readonly recovery: Recovery;
  /** What is printed before a refusal: the file, or what stands for it. */
  readonly where: string;
  /**
   * Writes entries and answers when they are durable. Entries of callers that wait at the same time are committed together. Refuses entries that do not
   * follow the head, a writer that has been fenced off, and a disk that does not take them: nothing of the batch is then acknowledged, and whether it is on
   * the disk is known only after the journal is opened again.
   */
  append(entries: readonly Entry[]): Promise<Head | Refusal>;
  /** Records after `seq`, oldest first, upgraded to the words of now; checked against the chain as they are read. Nothing follows a refusal. */
  read(after: number): Iterable<JournalRecord | Refusal>;
  /** The same, in the words they were written in: the texts that the digests are of. */
  written(after: number): Iterable<JournalRecord | Refusal>;
  /** Keeps the state of an entry. Refuses one that is not at an entry of this journal. */
  keep(snapshot: Snapshot): Promise<Refusal | undefined>;
  /** The newest snapshot that is whole, in the words of now; a refusal where some were kept and none is. */
  newest(): Snapshot | Refusal | undefined;
  /** Commits what waits, then lets the next writer in. */
  close(): Promise<void>;
}

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

/** A journal opened by its one writer. */
export interface Journal {
  readonly head: Head;
  /**
   * Writes entries and answers when they are durable. Entries of callers that wait at the same time are committed together. Refuses entries that do not
   * follow the head, a writer that has been fenced off, and a disk that does not take them: nothing of the batch is then acknowledged.
   */
  append(entries: readonly Entry[]): Promise<Head | Refusal>;
  /** Records after `seq`, oldest first, upgraded to the words of now; checked against the chain as they are read. */
  read(after: number): Iterable<JournalRecord | Refusal>;
  /** Keeps the state of the head. Refuses one that is not at an entry of this journal. */
  keep(snapshot: Snapshot): Promise<Refusal | undefined>;
  /** The newest snapshot that is whole. */
  newest(): Snapshot | Refusal | undefined;
  close(): Promise<void>;
}

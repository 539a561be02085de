// Group commit: those who wait at the same time pay for one sync together.

import { type Refusal, refuse } from '@plimsoll/core';
import type { JournalRecord } from './contract.ts';
import { BATCH_BYTES_MAX, BATCH_ENTRIES_MAX } from './doubt.ts';

/** What may wait; whoever comes when it is full is refused and may come again. */
export const QUEUE_ENTRIES_MAX = 131_072;
export const QUEUE_BYTES_MAX = 268_435_456;

interface Waiting {
  readonly records: readonly JournalRecord[];
  readonly bytes: number;
  readonly answer: (refused: Refusal | undefined) => void;
}

/** Callers in order; `write` makes what several of them brought durable in one step. */
export class CommitQueue {
  readonly #write: (records: readonly JournalRecord[]) => Refusal | undefined;
  #waiting: Waiting[] = [];
  #entries = 0;
  #bytes = 0;
  #scheduled = false;

  constructor(write: (records: readonly JournalRecord[]) => Refusal | undefined) {
    this.#write = write;
  }

  /** Why no more can wait now, or undefined. */
  doubtRoom(entries: number, bytes: number, where: string): Refusal | undefined {
    if (this.#entries + entries <= QUEUE_ENTRIES_MAX && this.#bytes + bytes <= QUEUE_BYTES_MAX)
      return undefined;
    return refuse(
      'full',
      `${this.#entries} entries of ${this.#bytes} bytes wait for the disk, and at most ${QUEUE_ENTRIES_MAX} of ${QUEUE_BYTES_MAX} may; append again later.`,
      where,
    );
  }

  /** Answers once the records are durable, or with why they were not taken. */
  submit(records: readonly JournalRecord[], bytes: number): Promise<Refusal | undefined> {
    return new Promise((answer) => {
      this.#waiting.push({ records, bytes, answer });
      this.#entries += records.length;
      this.#bytes += bytes;
      if (this.#scheduled) return;
      this.#scheduled = true;
      // After the callbacks of this turn, so that everyone whose request has arrived is in the batch.
      setImmediate(() => this.drain());
    });
  }

  /** Commits all that waits, a bounded batch at a time. A refused batch refuses those behind it: they would follow what is not there. */
  drain(): void {
    this.#scheduled = false;
    let refused: Refusal | undefined;
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      refused ??= this.#write(batch.flatMap(({ records }) => records));
      for (const { answer } of batch) answer(refused);
    }
  }

  #take(): Waiting[] {
    let entries = 0;
    let bytes = 0;
    let count = 0;
    for (const next of this.#waiting) {
      entries += next.records.length;
      bytes += next.bytes;
      if (count > 0 && (entries > BATCH_ENTRIES_MAX || bytes > BATCH_BYTES_MAX)) break;
      this.#entries -= next.records.length;
      this.#bytes -= next.bytes;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}

// One journal over any body: doubt, chain, group commit, upgrades and snapshots are the same wherever records are kept.

import { isRefusal, type Refusal, refuse } from '@plimsoll/core';
import { type Body, type Last, type OpenOptions, SNAPSHOT_BYTES_MAX } from './body.ts';
import { GENESIS, link, sha256 } from './chain.ts';
import { checkedRows } from './check.ts';
import type { Entry, Head, Journal, JournalRecord, Recovery, Snapshot } from './contract.ts';
import { doubtEntries, doubtText } from './doubt.ts';
import { CommitQueue } from './queue.ts';
import { doubtVersion, doubtWords, FIRST_WORDS, upgraded, upgradedSnapshot, type Words } from './words.ts';

/** Where the empty journal ends. */
export const NOTHING: Last = { ...GENESIS, at: 0, schema: 1 };

/** Opens a journal over a body that has recovered, or says why its words cannot be read; the body is then closed. */
export function journalOver(body: Body, options: OpenOptions): Journal | Refusal {
  const words = options.words ?? FIRST_WORDS;
  const doubt = doubtWords(words) ?? doubtVersion(body.last.schema, words, body.where);
  if (doubt === undefined) return new JournalOver(body, words);
  body.close();
  return doubt;
}

class JournalOver implements Journal {
  readonly #body: Body;
  readonly #words: Words;
  readonly #queue: CommitQueue;
  /** The last entry that was taken, durable or waiting. */
  #tail: Last;
  #head: Head;
  /** Why nothing more is taken, until the journal is opened again. */
  #ended: Refusal | undefined;

  constructor(body: Body, words: Words) {
    this.#body = body;
    this.#words = words;
    this.#tail = body.last;
    this.#head = { seq: body.last.seq, digest: body.last.digest };
    this.#queue = new CommitQueue((records) => this.#commit(records));
  }

  get head(): Head {
    return this.#head;
  }

  get epoch(): number {
    return this.#body.epoch;
  }

  get recovery(): Recovery {
    return this.#body.recovery;
  }

  get where(): string {
    return this.#body.where;
  }

  async append(entries: readonly Entry[]): Promise<Head | Refusal> {
    if (this.#ended !== undefined) return this.#ended;
    const bytes = doubtEntries(this.#tail, entries, this.#words.version, this.where);
    if (typeof bytes !== 'number') return bytes;
    const room = this.#queue.doubtRoom(entries.length, bytes, this.where);
    if (room !== undefined) return room;
    const records = link(this.#tail, entries);
    const last = records.at(-1);
    if (last === undefined) return this.#head;
    this.#tail = { seq: last.seq, digest: last.digest, at: last.at, schema: last.schema };
    const refused = await this.#queue.submit(records, bytes);
    return refused ?? { seq: last.seq, digest: last.digest };
  }

  #commit(records: readonly JournalRecord[]): Refusal | undefined {
    if (this.#ended !== undefined) return this.#ended;
    const refused = this.#body.write(records);
    if (refused === undefined) {
      const { seq, digest } = records.at(-1)!;
      this.#head = { seq, digest };
      return undefined;
    }
    this.#ended =
      refused.reason === 'fenced'
        ? refused
        : refuse(
            refused.reason,
            `${refused.message} Whether the last entries are on the disk is not known: open the journal again, and see its head.`,
            refused.where,
          );
    return this.#ended;
  }

  *read(after: number): Generator<JournalRecord | Refusal> {
    for (const record of this.written(after)) {
      const lifted = isRefusal(record) ? record : upgraded(record, this.#words, this.where);
      yield lifted;
      if (isRefusal(lifted)) return;
    }
  }

  *written(after: number): Generator<JournalRecord | Refusal> {
    if (!Number.isSafeInteger(after) || after < 0) {
      yield refuse(
        'out-of-range',
        `a journal is read after entry 0 or a later one, not ${after}.`,
        this.where,
      );
      return;
    }
    yield* checkedRows((from) => this.#body.rows(from), after, this.#head, this.where);
  }

  async keep(snapshot: Snapshot): Promise<Refusal | undefined> {
    return this.#ended ?? this.#doubtSnapshot(snapshot) ?? this.#body.store(snapshot);
  }

  #doubtSnapshot(snapshot: Snapshot): Refusal | undefined {
    const { seq, digest, schema, body, state } = snapshot;
    const text = doubtText(body);
    if (text !== undefined) return refuse(text.reason, `snapshot at ${seq}: ${text.message}`, this.where);
    if (body.length > SNAPSHOT_BYTES_MAX || Buffer.byteLength(body) > SNAPSHOT_BYTES_MAX)
      return refuse(
        'too-large',
        `snapshot at ${seq}: a state has at most ${SNAPSHOT_BYTES_MAX} bytes.`,
        this.where,
      );
    if (schema !== this.#words.version)
      return refuse(
        'bad-parameter',
        `snapshot at ${seq} is in words ${schema}; this journal is open for words ${this.#words.version}.`,
        this.where,
      );
    if (sha256(body) !== state)
      return refuse('corrupt', `snapshot at ${seq}: its state is not the digest of its body.`, this.where);
    const stands = this.#digestAt(seq);
    if (isRefusal(stands)) return stands;
    if (stands === digest) return undefined;
    return refuse(
      'corrupt',
      `snapshot at ${seq}: its digest is not that of entry ${seq}, which is ${stands}.`,
      this.where,
    );
  }

  /** The digest that stands at an entry of this journal. */
  #digestAt(seq: number): string | Refusal {
    if (!Number.isSafeInteger(seq) || seq < 1 || seq > this.#head.seq)
      return refuse(
        'out-of-range',
        `a snapshot is of an entry from 1 to ${this.#head.seq}, not of ${seq}.`,
        this.where,
      );
    if (seq === this.#head.seq) return this.#head.digest;
    for (const record of this.#body.rows(seq)) return isRefusal(record) ? record : record.digest;
    return refuse('corrupt', `record ${seq} is missing.`, this.where);
  }

  newest(): Snapshot | Refusal | undefined {
    let reason: Refusal | undefined;
    for (const kept of this.#body.snapshots()) {
      const doubt = isRefusal(kept) ? kept : this.#doubtKept(kept);
      if (doubt !== undefined || isRefusal(kept)) {
        reason ??= doubt;
        continue;
      }
      const lifted = upgradedSnapshot(kept, this.#words);
      if (lifted !== undefined && !isRefusal(lifted)) return lifted;
      reason ??= lifted ?? refuse('newer', `no upgrade leads from states in words ${kept.schema}.`);
    }
    if (reason === undefined) return undefined;
    return refuse(
      reason.reason,
      `no snapshot can be used, the newest because: ${reason.message} Recover from entry 1.`,
      this.where,
    );
  }

  #doubtKept({ seq, digest, body, state }: Snapshot): Refusal | undefined {
    if (sha256(body) !== state)
      return refuse('corrupt', `snapshot at ${seq}: its body was changed.`, this.where);
    const stands = this.#digestAt(seq);
    if (isRefusal(stands)) return stands;
    if (stands === digest) return undefined;
    return refuse('corrupt', `snapshot at ${seq}: its digest is not that of entry ${seq}.`, this.where);
  }

  async close(): Promise<void> {
    this.#queue.drain();
    if (this.#ended?.reason === 'closed') return;
    this.#ended = refuse('closed', 'this journal was closed; open it again.', this.where);
    this.#body.close();
  }
}

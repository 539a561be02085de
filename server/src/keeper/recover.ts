// From a journal to a state: every input is decided again, and what is decided must be what was written.

import {
  type Digest,
  type FiguresBody,
  isRefusal,
  type Refusal,
  readInput,
  readState,
  refuse,
  writeFacts,
} from '@plimsoll/core';
import {
  apply,
  Desk,
  emptyState,
  type Fact,
  type Input,
  type Models,
  type Sequenced,
  type State,
} from '@plimsoll/core/engine';
import type { Head, JournalRecord, Snapshot } from '../journal/contract.ts';

/** A state with who judges in it, at an entry of a journal. */
export interface Recovered {
  readonly state: State;
  readonly desk: Desk;
  readonly head: Head;
  /** Entries that were decided again. */
  readonly replayed: number;
}

/** Facts that were decided again and are not those that were written: the first such entry, and both texts. */
export interface Diverged extends Refusal {
  readonly seq: number;
}

/** A record as the input it holds. Refuses what cannot be read, by its seq. */
export function inputOf(record: JournalRecord, models: Models): Sequenced<Input> | Refusal {
  const input = readInput(record.input, `entry ${record.seq}`, models);
  return isRefusal(input) ? input : { seq: record.seq, at: record.at as Sequenced<Input>['at'], input };
}

function diverged(record: JournalRecord, now: string): Diverged {
  const from = [...record.facts].findIndex((letter, i) => letter !== now[i]);
  const at = Math.max(0, from - 20);
  const shown = (text: string) => text.slice(at, at + 80);
  const message = `what it decides now is not what was written: ...${shown(record.facts)}... became ...${shown(now)}...; this program, its models or the journal is another than then.`;
  return { ...refuse('malformed', message, `entry ${record.seq}`), seq: record.seq };
}

/** Looks on while records are replayed: how far, and what each of them decided. */
export type Watch = (by: Sequenced<Input>, facts: readonly Fact[]) => void;

/** How records are decided again. */
export interface Replaying {
  /** Where to begin; without it on the first day. */
  readonly from?: Snapshot;
  readonly watch?: Watch;
  /** Judges whole slices in one call; what is decided does not depend on it. */
  readonly body?: FiguresBody;
}

/**
 * Decides records again, from a snapshot or from the first day. Refuses the first record that cannot be read, and the first whose facts are not those that
 * were written.
 * @example replayRecords(journal.read(0), models) // { state, desk, head, replayed }
 */
export function replayRecords(
  records: Iterable<JournalRecord | Refusal>,
  models: Models,
  { from, watch, body }: Replaying = {},
): Recovered | Refusal {
  const state = from === undefined ? emptyState() : readState(from.body, `snapshot ${from.seq}`, models);
  if (isRefusal(state)) return state;
  const desk = new Desk(models, body);
  let head: Head = from ?? { seq: 0, digest: '0'.repeat(64) as Digest };
  let replayed = 0;
  for (const record of records) {
    if (isRefusal(record)) return record;
    const by = inputOf(record, models);
    if (isRefusal(by)) return by;
    const facts = apply(state, by, desk);
    const text = writeFacts(facts);
    if (text !== record.facts) return diverged(record, text);
    watch?.(by, facts);
    head = { seq: record.seq, digest: record.digest };
    replayed++;
  }
  return { state, desk, head, replayed };
}

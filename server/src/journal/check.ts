// Reading doubts what it reads: each record is held against the one before it, and the first that fails is named.

import { isRefusal, type Refusal } from '@plimsoll/core';
import { damage } from './body.ts';
import { chained, GENESIS } from './chain.ts';
import type { Damage, Head, Journal, JournalRecord } from './contract.ts';

/** What a whole journal answers: how many records it holds and where its chain ends. */
export interface Verified {
  readonly records: number;
  readonly head: Head;
}

type Rows = Iterable<JournalRecord | Refusal>;

/**
 * Records after `after`, each held against its predecessor: seq one more, digest that of its bytes, time not falling. `rows` answers records from a seq on; `head` is
 * where the journal says it ends. A bad record is named by its seq and what is wrong with it; nothing follows it. Where the next record shows it, a changed digest
 * is told from a changed text.
 */
export function* checkedRows(
  rows: (from: number) => Rows,
  after: number,
  head: Head,
  where: string,
): Generator<JournalRecord | Refusal> {
  let previous: (Head & { readonly at: number }) | undefined = after < 2 ? { ...GENESIS, at: 0 } : undefined;
  const source = rows(Math.max(1, after - 1))[Symbol.iterator]();
  let seq = Math.max(1, after - 1);
  let step = source.next();
  while (!step.done && seq <= head.seq) {
    const row = step.value;
    if (isRefusal(row)) {
      yield row;
      return;
    }
    // The one behind it is fetched before this one is judged: it tells which of the two was changed.
    step = source.next();
    const next = step.done || isRefusal(step.value) ? undefined : step.value;
    const wrong =
      seq === row.seq ? previous && checkedLink(previous, row, next, where) : placeFault(seq, row.seq, where);
    if (wrong !== undefined) {
      yield wrong;
      return;
    }
    if (row.seq > after) yield row;
    previous = row;
    seq++;
  }
  const end = endFault(previous, seq, head, where);
  if (end !== undefined) yield end;
}

function placeFault(expected: number, found: number, where: string): Damage {
  return damage(expected, 'sequence', `it is missing; record ${found} stands in its place.`, where);
}

/** What is wrong with a record that should follow `previous`. `next`, where it is known, tells a changed digest from a changed text. */
export function checkedLink(
  previous: Head & { readonly at: number },
  row: JournalRecord,
  next: JournalRecord | undefined,
  where: string,
): Damage | undefined {
  if (row.seq !== previous.seq + 1) return placeFault(previous.seq + 1, row.seq, where);
  const digest = chained(previous.digest, row);
  if (digest !== row.digest) {
    if (next !== undefined && next.digest === chained(digest, next))
      return damage(
        row.seq,
        'digest',
        `its digest was changed: ${row.digest} stands there, ${digest} is that of its text.`,
        where,
      );
    return damage(
      row.seq,
      'text',
      `its text is not what its digest ${row.digest} says; that of the text is ${digest}.`,
      where,
    );
  }
  if (row.at < previous.at)
    return damage(row.seq, 'time', `it is at ${row.at}, before its predecessor at ${previous.at}.`, where);
  return undefined;
}

function endFault(previous: Head | undefined, seq: number, head: Head, where: string): Damage | undefined {
  if (seq <= head.seq)
    return damage(
      seq,
      'sequence',
      `it is missing; the journal ends before it, and ${head.seq} records were acknowledged.`,
      where,
    );
  if (previous !== undefined && previous.seq === head.seq && previous.digest !== head.digest)
    return damage(
      head.seq,
      'digest',
      `its digest is ${previous.digest}, and the journal was at ${head.digest}.`,
      where,
    );
  return undefined;
}

/**
 * Holds a whole journal against its chain. Answers how many records it has and where it ends, or a refusal that names the first bad record.
 * @example verifyJournal(journal) // { records: 1000, head: { seq: 1000, digest: '9f86...' } }
 */
export function verifyJournal(journal: Pick<Journal, 'written'>): Verified | Refusal {
  let head: Head = GENESIS;
  for (const record of journal.written(0)) {
    if (isRefusal(record)) return record;
    head = { seq: record.seq, digest: record.digest };
  }
  return { records: head.seq, head };
}

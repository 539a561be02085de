// What every body of the journal must do. A body joins by passing this.

import type { Refusal } from '@plimsoll/core';
import { type Digest, digestOf, isRefusal, utf8 } from '@plimsoll/core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type OpenOptions, SNAPSHOTS_KEPT } from '../src/journal/body.ts';
import { GENESIS, linkBytes } from '../src/journal/chain.ts';
import { verifyJournal } from '../src/journal/check.ts';
import type { Entry, Head, Journal, JournalRecord, Snapshot } from '../src/journal/contract.ts';
import { BATCH_ENTRIES_MAX, ENTRY_BYTES_MAX } from '../src/journal/doubt.ts';
import { QUEUE_ENTRIES_MAX } from '../src/journal/queue.ts';
import { entries, entry, refused, sure } from './entries.ts';

/** A place where a journal lives, opened as often as a test likes. */
export interface Place {
  open(options?: OpenOptions): Journal | Refusal;
}

/** A body under test: new places, and what to do when all is done. */
export interface Rig {
  place(): Place;
  done(): void;
}

const records = (journal: Journal, after = 0): JournalRecord[] =>
  [...journal.read(after)].map((record) => sure(record));
const plain = ({ seq, at, schema, input, facts }: Entry): Entry => ({ seq, at, schema, input, facts });

function snapshotAt({ seq, digest }: Head, body = `{"state":${seq}}`): Snapshot {
  return { seq, digest, schema: 1, body, state: digestOf(utf8(body)) };
}

export function conform(name: string, rig: Rig): void {
  describe(name, () => {
    afterAll(() => rig.done());
    const begin = () => {
      const place = rig.place();
      return { place, journal: sure(place.open()) };
    };
    chain(begin);
    commits(begin);
    doubts(begin);
    snapshots(begin);
    words(rig);
    writers(begin);
  });
}

type Begin = () => { place: Place; journal: Journal };

function chain(begin: Begin): void {
  it('M-235 an empty journal is at the genesis, and what is read is what was written, chained', async () => {
    const { place, journal } = begin();
    expect(journal.head).toEqual(GENESIS);
    expect(records(journal)).toEqual([]);
    const head = sure(await journal.append(entries(1, 450)));
    const read = records(journal);
    expect(read.map(plain)).toEqual(entries(1, 450));
    expect(head).toEqual({ seq: 450, digest: read.at(-1)!.digest });
    expect(journal.head).toEqual(head);
    // The chain by core's own SHA-256, from the first record to the last.
    let digest: Digest = GENESIS.digest;
    for (const record of read) {
      digest = digestOf(linkBytes(digest, record));
      expect(record.digest).toBe(digest);
    }
    await journal.close();
    const again = sure(place.open());
    expect(again.head).toEqual(head);
    expect(again.recovery.cut).toBe(0);
    expect(records(again)).toEqual(read);
    for (const after of [0, 1, 2, 199, 200, 201, 448, 449, 450, 451])
      expect(records(again, after)).toEqual(read.slice(after));
    expect(verifyJournal(again)).toEqual({ records: 450, head });
  });

  it('M-235 any well-formed text comes back as it was, and reading after a negative entry is refused', async () => {
    const { journal } = begin();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))),
        async (texts) => {
          const from = journal.head.seq;
          const wanted = texts
            .map(([input, facts], i) => entry(from + 1 + i, { at: 5, input, facts }))
            .filter(({ input, facts }) => !`${input}${facts}`.includes('\0'))
            .map((kept, i) => ({ ...kept, seq: from + 1 + i }));
          sure(await journal.append(wanted));
          expect(records(journal, from).map(plain)).toEqual(wanted);
        },
      ),
      { numRuns: 40 },
    );
    expect(refused([...journal.read(-1)][0]).reason).toBe('out-of-range');
  });
}

function commits(begin: Begin): void {
  it('M-236 callers that wait at the same time are answered each with the head of what they brought', async () => {
    const { journal } = begin();
    const answers = await Promise.all(entries(1, 300).map((one) => journal.append([one])));
    const read = records(journal);
    expect(answers).toEqual(read.map(({ seq, digest }) => ({ seq, digest })));
    expect(sure(await journal.append([]))).toEqual(journal.head);
  });

  it('M-236 nothing is at the head before it is durable, and closing commits what waits', async () => {
    const { place, journal } = begin();
    const waiting = journal.append(entries(1, 3));
    expect(journal.head.seq).toBe(0);
    expect(records(journal)).toEqual([]);
    await journal.close();
    expect(sure(await waiting).seq).toBe(3);
    expect(refused(await journal.append([entry(4)])).reason).toBe('closed');
    await journal.close();
    expect(records(sure(place.open())).length).toBe(3);
  });

  it('M-236 the queue is bounded by name, and who is refused may come again', async () => {
    const { journal } = begin();
    const small = (from: number, count: number): Entry[] =>
      Array.from({ length: count }, (_, i) => ({ seq: from + i, at: 1, schema: 1, input: '', facts: '' }));
    const waiting: Promise<Head | Refusal>[] = [];
    let next = 1;
    for (; next + BATCH_ENTRIES_MAX - 1 <= QUEUE_ENTRIES_MAX; next += BATCH_ENTRIES_MAX)
      waiting.push(journal.append(small(next, BATCH_ENTRIES_MAX)));
    const full = refused(await journal.append(small(next, 1)));
    expect(full.reason).toBe('full');
    expect(full.message).toContain(`at most ${QUEUE_ENTRIES_MAX}`);
    for (const answer of await Promise.all(waiting)) sure(answer);
    expect(sure(await journal.append(small(next, 1))).seq).toBe(QUEUE_ENTRIES_MAX + 1);
  });
}

function doubts(begin: Begin): void {
  it('M-236 entries that do not follow are refused with a sentence, and leave nothing behind', async () => {
    const { journal } = begin();
    sure(await journal.append(entries(1, 5)));
    const at = entry(5).at;
    const rows: [string, readonly Entry[], string, string][] = [
      ['a gap', [entry(7)], 'out-of-order', 'the next is 6'],
      ['again', [entry(5)], 'out-of-order', 'the next is 6'],
      ['a gap within', [entry(6), entry(8)], 'out-of-order', 'the next is 7'],
      ['time falls', [entry(6, { at: at - 1 })], 'out-of-order', 'time never falls'],
      ['time falls within', [entry(6), entry(7, { at })], 'out-of-order', 'time never falls'],
      ['half a millisecond', [entry(6, { at: at + 0.5 })], 'out-of-range', 'whole number of milliseconds'],
      ['no time', [entry(6, { at: Number.NaN })], 'out-of-range', 'whole number of milliseconds'],
      ['other words', [entry(6, { schema: 2 })], 'bad-parameter', 'words 2'],
      ['half a pair', [entry(6, { input: '\ud800' })], 'malformed', 'surrogate'],
      ['a NUL', [entry(6, { facts: 'a\0b' })], 'malformed', 'NUL'],
      ['no text', [entry(6, { facts: 7 as unknown as string })], 'malformed', 'are texts'],
      ['a huge text', [entry(6, { facts: 'x'.repeat(ENTRY_BYTES_MAX) })], 'too-large', `${ENTRY_BYTES_MAX}`],
      ['too many', entries(6, 6 + BATCH_ENTRIES_MAX), 'too-large', `${BATCH_ENTRIES_MAX}`],
    ];
    for (const [what, wrong, reason, words] of rows) {
      const answer = refused(await journal.append(wrong));
      expect([what, answer.reason]).toEqual([what, reason]);
      expect(answer.message, what).toContain(words);
    }
    expect(sure(await journal.append([entry(6, { at })])).seq).toBe(6);
    expect(records(journal).length).toBe(6);
  });
}

function snapshots(begin: Begin): void {
  it('M-239 the newest snapshot is found, and only the last few are kept', async () => {
    const { place, journal } = begin();
    expect(journal.newest()).toBeUndefined();
    const heads: Head[] = [];
    for (let i = 0; i < SNAPSHOTS_KEPT + 2; i++) {
      const from = journal.head.seq + 1;
      heads.push(sure(await journal.append(entries(from, from + 699))));
    }
    for (const head of heads) expect(await journal.keep(snapshotAt(head))).toBeUndefined();
    expect(journal.newest()).toEqual(snapshotAt(heads.at(-1)!));
    // A snapshot is made beside the appends: one of an entry before the head is as good.
    const middle = records(journal, 899)[0]!;
    expect(await journal.keep(snapshotAt(middle))).toBeUndefined();
    expect(journal.newest()).toEqual(snapshotAt(heads.at(-1)!));
    await journal.close();
    const again = sure(place.open());
    const newest = sure(again.newest())!;
    expect(newest).toEqual(snapshotAt(heads.at(-1)!));
    sure(await again.append(entries(again.head.seq + 1, again.head.seq + 9)));
    expect(records(again, newest.seq).map(plain)).toEqual(entries(newest.seq + 1, newest.seq + 9));
    expect(records(again).length).toBe(again.head.seq);
  });

  it('M-239 a snapshot that is not at an entry of this journal, or not of its own state, is refused', async () => {
    const { journal } = begin();
    const head = sure(await journal.append(entries(1, 10)));
    const whole = snapshotAt(head);
    const rows: [Snapshot, string, string][] = [
      [{ ...whole, digest: GENESIS.digest }, 'corrupt', 'not that of entry 10'],
      [{ ...whole, seq: 9 }, 'corrupt', 'not that of entry 9'],
      [{ ...whole, seq: 11 }, 'out-of-range', 'from 1 to 10'],
      [{ ...whole, seq: 0, digest: GENESIS.digest }, 'out-of-range', 'from 1 to 10'],
      [{ ...whole, body: '{"state":11}' }, 'corrupt', 'not the digest of its body'],
      [{ ...whole, schema: 2 }, 'bad-parameter', 'words 2'],
      [snapshotAt(head, 'a\0b'), 'malformed', 'NUL'],
    ];
    for (const [wrong, reason, words] of rows) {
      const answer = refused(await journal.keep(wrong));
      expect(answer.reason).toBe(reason);
      expect(answer.message).toContain(words);
    }
    expect(journal.newest()).toBeUndefined();
  });
}

function words(rig: Rig): void {
  const lift = (mark: string) => ({
    texts: ({ input, facts }: { input: string; facts: string }) => ({
      input: `${mark}${input}`,
      facts: `${facts}${mark}`,
    }),
    state: (body: string) => `${mark}${body}`,
  });

  it('M-240 old words are lifted as they are read; digests stay those of the bytes as written', async () => {
    const place = rig.place();
    const first = sure(place.open());
    const head = sure(await first.append(entries(1, 3)));
    await first.keep(snapshotAt(head));
    const written = records(first);
    await first.close();
    const now = sure(place.open({ words: { version: 3, upgrades: { 1: lift('b'), 2: lift('c') } } }));
    expect(records(now)).toEqual(
      written.map((record) => ({
        ...record,
        schema: 3,
        input: `cb${record.input}`,
        facts: `${record.facts}bc`,
      })),
    );
    expect([...now.written(0)]).toEqual(written);
    const body = 'cb{"state":3}';
    expect(now.newest()).toEqual({ ...snapshotAt(head, body), schema: 3 });
    expect(refused(await now.append([entry(4)])).message).toContain('words 3');
    sure(await now.append([entry(4, { schema: 3 })]));
    expect(plain(records(now, 3)[0]!)).toEqual(entry(4, { schema: 3 }));
    expect(verifyJournal(now)).toEqual({ records: 4, head: now.head });
    await now.close();
    const older = refused(place.open({ words: { version: 2, upgrades: { 1: lift('b') } } }));
    expect(older.reason).toBe('newer');
    expect(older.message).toMatch(/words 3.*words up to 2.*newer program/);
  });

  it('M-240 a missing step, an upgrade that refuses, a state that cannot be lifted', async () => {
    const place = rig.place();
    expect(refused(place.open({ words: { version: 3, upgrades: { 1: lift('b') } } })).message).toContain(
      'upgrades[2]',
    );
    const first = sure(place.open());
    await first.keep(snapshotAt(sure(await first.append(entries(1, 2)))));
    await first.close();
    const no = { kind: 'refused', reason: 'malformed', message: 'no such order type.' } as const;
    const now = sure(place.open({ words: { version: 2, upgrades: { 1: { texts: () => no } } } }));
    const read = [...now.read(0)];
    expect(read.length).toBe(1);
    expect(refused(read[0]).message).toBe('record 1, words 1: no such order type.');
    expect(refused(now.newest()).message).toContain('Recover from entry 1');
  });
}

function writers(begin: Begin): void {
  it('M-241 a live writer keeps a second one out, and a closed one lets it in with a higher fence', async () => {
    const { place, journal } = begin();
    const second = refused(place.open());
    expect(second.reason).toBe('locked');
    expect(second.message).toContain('takeOver');
    sure(await journal.append(entries(1, 2)));
    await journal.close();
    const next = sure(place.open());
    expect(next.epoch).toBeGreaterThan(journal.epoch);
    expect(next.head.seq).toBe(2);
  });

  it('M-241 a writer that was fenced off is refused at its next append and snapshot, and for good', async () => {
    const { place, journal } = begin();
    const head = sure(await journal.append(entries(1, 2)));
    const heir = sure(place.open({ takeOver: true }));
    expect(refused(await journal.keep(snapshotAt(head))).reason).toBe('fenced');
    const off = refused(await journal.append(entries(3, 4)));
    expect(off.reason).toBe('fenced');
    expect(off.message).toContain(`its fence is ${heir.epoch}, ours is ${journal.epoch}`);
    sure(await heir.append(entries(3, 9)));
    expect(refused(await journal.append(entries(3, 4))).reason).toBe('fenced');
    expect(records(heir).length).toBe(9);
    await journal.close();
    expect(sure(await heir.append([entry(10)])).seq).toBe(10);
    expect(isRefusal(verifyJournal(heir))).toBe(false);
  });
}

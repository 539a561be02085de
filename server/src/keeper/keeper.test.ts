// The keeper: what it answered is on the disk, and what is on the disk is the same again.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Instant, isRefusal, type MarginModel, models, type Refusal, stateDigest } from '@plimsoll/core';
import type { Input, Models } from '@plimsoll/core/engine';
import { simulateDay, type TimedInput } from '@plimsoll/lab';
import { afterAll, describe, expect, it } from 'vitest';
import {
  FaultyDisk,
  type Journal,
  Keeper,
  openLog,
  openMemory,
  openSqlite,
  replayRecords,
  type Streamed,
} from '../index.ts';

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

const known: Models = new Map(Object.entries(models) as [string, MarginModel][]);
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-keeper-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inputs = sure(simulateDay(7));

async function takeAll(keeper: Keeper, from: readonly TimedInput[]): Promise<void> {
  for (const { at, input } of from) sure(await keeper.take(input, at));
}

const bodies: readonly [string, () => Journal][] = [
  ['memory', () => sure(openMemory())],
  ['sqlite', () => sure(openSqlite(join(folder, 'both.journal')))],
];

describe.each(bodies)('M-200 a keeper over %s', (_, open) => {
  it('leaves a journal that leads to the same state, from the first day and from a snapshot', async () => {
    const journal = open();
    const keeper = sure(Keeper.open(journal, known));
    await takeAll(keeper, inputs.slice(0, 50));
    expect(await keeper.snapshot()).toBeUndefined();
    await takeAll(keeper, inputs.slice(50));
    const live = stateDigest(keeper.state);
    const again = sure(replayRecords(journal.read(0), known));
    expect([again.replayed, stateDigest(again.state)]).toEqual([inputs.length, live]);
    const later = sure(replayRecords(journal.read(50), known, { from: sure(journal.newest()!) }));
    expect([later.replayed, stateDigest(later.state), later.head]).toEqual([
      inputs.length - 50,
      live,
      journal.head,
    ]);
    await keeper.close();
  });
});

describe('M-200 a keeper', () => {
  it('goes on where its journal ended', async () => {
    const path = join(folder, 'goes-on.journal');
    const first = sure(Keeper.open(sure(openSqlite(path)), known));
    await takeAll(first, inputs.slice(0, 40));
    await first.close();
    const second = sure(Keeper.open(sure(openSqlite(path)), known));
    expect(second.state.seq).toBe(40);
    await takeAll(second, inputs.slice(40));
    const whole = sure(Keeper.open(sure(openMemory()), known));
    await takeAll(whole, inputs);
    expect(stateDigest(second.state)).toBe(stateDigest(whole.state));
    await second.close();
  });

  it('commits inputs that wait together, and answers each in its place', async () => {
    const keeper = sure(Keeper.open(sure(openMemory()), known));
    const taken = await Promise.all(inputs.slice(0, 60).map(({ at, input }) => keeper.take(input, at)));
    expect(taken.map((one) => sure(one).seq)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(keeper.pending).toBe(0);
  });

  it('lets time stand still where the clock goes back', async () => {
    const keeper = sure(Keeper.open(sure(openMemory()), known));
    await keeper.take({ kind: 'beat' }, 2_000);
    const { facts } = sure(await keeper.take({ kind: 'beat' }, 1_000));
    expect(facts).toEqual([]);
    expect(keeper.state.now).toBe(2_000);
  });

  it('halts on a leap of the clock, writes nothing of its time, and goes on when an operator resumes', async () => {
    const journal = sure(openMemory());
    const keeper = sure(Keeper.open(journal, known));
    sure(await keeper.take({ kind: 'beat' }, 1_000));
    expect(await keeper.take({ kind: 'beat' }, 9e12)).toMatchObject({
      kind: 'refused',
      reason: 'out-of-order',
    });
    expect([keeper.state.now, keeper.state.halts.has('venue'), journal.head.seq]).toEqual([1_000, true, 2]);
    const resume: Input = {
      kind: 'resume',
      scope: { kind: 'venue' },
      operator: 'ann',
      reason: 'it was an hour',
    };
    sure(await keeper.take(resume, 3_600_000));
    expect([keeper.state.now, keeper.state.halts.size]).toEqual([3_600_000, 0]);
  });

  it('leaves nothing of an input that has no sound text', async () => {
    const keeper = sure(Keeper.open(sure(openMemory()), known));
    const nasty = { kind: 'amend', account: 'a', order: 'no order', id: 'x' } as Input;
    expect(isRefusal(await keeper.take(nasty, 1))).toBe(true);
    expect(isRefusal(await keeper.take(undefined as unknown as Input, 1))).toBe(true);
    expect(keeper.state.seq).toBe(0);
  });

  it('takes nothing more once the disk has not taken something, and loses nothing that it answered', async () => {
    const disk = new FaultyDisk(5);
    const keeper = sure(Keeper.open(sure(openLog(disk)), known));
    disk.failAfter(40);
    let answered = 0;
    let refusal: Refusal | undefined;
    for (const { at, input } of inputs) {
      const taken = await keeper.take(input, at);
      if (isRefusal(taken)) {
        refusal = taken;
        break;
      }
      answered = taken.seq;
    }
    expect(refusal?.message).toContain('nothing more is taken until the journal is opened again');
    expect(isRefusal(await keeper.take({ kind: 'beat' }, 0))).toBe(true);
    const after = sure(Keeper.open(sure(openLog(disk.crash())), known));
    expect(after.state.seq).toBeGreaterThanOrEqual(answered);
    expect(answered).toBeGreaterThan(5);
  });

  it('refuses a journal whose entries decide otherwise now, by its seq', async () => {
    const journal = sure(openMemory());
    const keeper = sure(Keeper.open(journal, known));
    await takeAll(keeper, inputs.slice(0, 20));
    const records = [...journal.read(0)].map((record) => sure(record));
    const forged = records.map((record) => (record.seq === 7 ? { ...record, facts: '[]' } : record));
    expect(replayRecords(forged, known)).toMatchObject({ kind: 'refused', seq: 7, where: 'entry 7' });
    const unread = records.map((record) =>
      record.seq === 3 ? { ...record, input: '{"kind":"hope"}' } : record,
    );
    expect(replayRecords(unread, known)).toMatchObject({ kind: 'refused' });
    expect(isRefusal(Keeper.open(journal, new Map()))).toBe(true);
  });

  it('streams where accounts stand, once that is durable', async () => {
    const keeper = sure(Keeper.open(sure(openMemory()), known));
    const seen: Streamed[] = [];
    const stop = keeper.subscribe((one) => seen.push(one));
    await takeAll(keeper, inputs);
    const called = seen.filter(({ status }) => status === 'called').map(({ account }) => account);
    expect(new Set(called)).toEqual(new Set(['answers', 'forgets']));
    const last = seen.findLast(({ account }) => account === 'holder')!;
    expect(last.figures).toEqual(keeper.desk.figuresOf(keeper.state, keeper.state.accounts.get('holder')!));
    stop();
    const count = seen.length;
    await keeper.take({ kind: 'slice', count: 100 }, keeper.state.now);
    expect(seen.length).toBe(count);
  });

  it('keeps no snapshot while something is not durable', async () => {
    const keeper = sure(Keeper.open(sure(openMemory()), known));
    const input: Input = { kind: 'beat' };
    const taken = keeper.take(input, 1 as Instant);
    expect(await keeper.snapshot()).toMatchObject({ kind: 'refused', reason: 'out-of-order' });
    await taken;
    expect(await keeper.snapshot()).toBeUndefined();
  });
});

// A journal over a disk with faults, thousands of times: nothing acknowledged is lost, nothing is read that was not submitted, and damage is named.

import { digestOf, isRefusal, seededPrng, utf8 } from '@plimsoll/core';
import { describe, expect, it } from 'vitest';
import { refused, sure } from '../../test/entries.ts';
import { verifyJournal } from './check.ts';
import type { Damage, Entry, Head, Journal, JournalRecord, Snapshot } from './contract.ts';
import { type Disk, MemoryDisk } from './disk.ts';
import { FaultyDisk, flipBits } from './faulty.ts';
import { openLog } from './log.ts';

const SEEDS = 1000;
const LIVES = 3;

interface World {
  readonly prng: ReturnType<typeof seededPrng>;
  /** What was submitted and may be there, by seq. */
  submitted: Entry[];
  acknowledged: number;
  kept: number;
}

/** Texts differ from life to life, so that the rest of an earlier one can never pass for a later. */
function more(world: World, life: number, from: number, count: number): Entry[] {
  return Array.from({ length: count }, (_, i) => {
    const long =
      world.prng.next() < 0.2 ? Math.floor(world.prng.next() * 3000) : Math.floor(world.prng.next() * 200);
    return {
      seq: from + i,
      at: 1000 * (from + i),
      schema: 1,
      input: `${life}`.repeat(1 + long),
      facts: `[${from + i}]`,
    };
  });
}

function snapshotOf({ seq, digest }: Head, life: number): Snapshot {
  const body = `{"life":${life},"state":"${'s'.repeat(seq * 40)}"}`;
  return { seq, digest, schema: 1, body, state: digestOf(utf8(body)) };
}

/** Appends until the disk fails or so many rounds are done. */
async function live(journal: Journal, world: World, life: number): Promise<void> {
  for (let round = 0; round < 7; round++) {
    const callers = 1 + Math.floor(world.prng.next() * 3);
    const waiting: Promise<Head | object>[] = [];
    for (let c = 0; c < callers; c++) {
      const batch = more(world, life, world.submitted.length + 1, 1 + Math.floor(world.prng.next() * 3));
      world.submitted.push(...batch);
      waiting.push(journal.append(batch));
    }
    for (const answer of await Promise.all(waiting)) {
      if (isRefusal(answer)) return;
      world.acknowledged = (answer as Head).seq;
    }
    if (world.prng.next() < 0.2) {
      const { seq } = journal.head;
      if ((await journal.keep(snapshotOf(journal.head, life))) !== undefined) return;
      world.kept = seq;
    }
  }
}

/** Opens what survived, and holds it against what was submitted and acknowledged. */
function examine(journal: Journal, world: World, what: string): void {
  const read = [...journal.read(0)].map((record) => sure(record) as JournalRecord);
  if (read.length < world.acknowledged)
    throw new Error(`${what}: ${world.acknowledged} were acknowledged, ${read.length} are read`);
  for (const [i, { seq, input, facts }] of read.entries()) {
    const wanted = world.submitted[i];
    if (wanted === undefined || wanted.seq !== seq || wanted.input !== input || wanted.facts !== facts)
      throw new Error(`${what}: record ${seq} is not what was submitted`);
  }
  // A first snapshot that was cut short is refused, and was never acknowledged.
  const newest = journal.newest();
  if ((isRefusal(newest) ? 0 : (newest?.seq ?? 0)) < world.kept)
    throw new Error(`${what}: the snapshot at ${world.kept} is lost`);
  world.submitted = world.submitted.slice(0, read.length);
  world.acknowledged = read.length;
}

async function crashes(seed: number): Promise<{ cuts: number; crashed: number }> {
  const world: World = { prng: seededPrng(seed), submitted: [], acknowledged: 0, kept: 0 };
  let [cuts, crashed] = [0, 0];
  let disk: Disk = new MemoryDisk();
  for (let life = 1; life <= LIVES; life++) {
    const what = `seed ${seed}, life ${life}`;
    const faulty = new FaultyDisk(seed * LIVES + life, disk);
    const draw = world.prng.next();
    if (draw < 0.25) faulty.failSync(Math.floor(world.prng.next() * 12));
    else if (draw < 0.35) faulty.limit(4000 + Math.floor(world.prng.next() * 20_000));
    if (world.prng.next() < 0.8) faulty.failAfter(1 + Math.floor(world.prng.next() ** 2 * 200));
    // After a sync that failed the process goes on, over the same cache, which now lies.
    for (let open = 0; open < 2 && !faulty.crashed; open++) {
      const journal = openLog(faulty);
      if (isRefusal(journal)) {
        if (journal.reason !== 'disk') throw new Error(`${what}: ${journal.message}`);
        continue;
      }
      examine(journal, world, what);
      await live(journal, world, life);
      await journal.close();
    }
    if (faulty.crashed) crashed++;
    disk = faulty.crash();
    const recovered = sure(openLog(disk));
    if (recovered.recovery.cut > 0) cuts++;
    examine(recovered, world, what);
    await recovered.close();
  }
  return { cuts, crashed };
}

describe('faults', () => {
  it(`M-243 over ${SEEDS} seeds of ${LIVES} lives, every acknowledged entry is read back and what is read is a prefix of what was submitted`, async () => {
    let [cuts, crashed] = [0, 0];
    for (let seed = 0; seed < SEEDS; seed++) {
      const met = await crashes(seed);
      cuts += met.cuts;
      crashed += met.crashed;
    }
    // The law is about crashes that tear: it would hold for nothing if there were few.
    expect(crashed).toBeGreaterThan(SEEDS);
    expect(cuts).toBeGreaterThan(SEEDS / 4);
  });

  it('M-243 the same seed crashes to the same bytes', () => {
    const run = () => {
      const disk = new FaultyDisk(11).failAfter(40);
      try {
        for (let i = 0; i < 50; i++) disk.write(`f${i % 3}`, i * 300, utf8(`${i}`.repeat(400)));
      } catch {}
      const left = disk.crash();
      return left.names().map((name) => [name, digestOf(left.read(name, 0, left.size(name)))]);
    };
    expect(run()).toEqual(run());
    expect(run().length).toBeGreaterThan(0);
  });

  it('M-237 a flipped bit in a log that was closed is refused or names its record, never read as if whole', async () => {
    for (let seed = 0; seed < 150; seed++) {
      const world: World = { prng: seededPrng(seed), submitted: [], acknowledged: 0, kept: 0 };
      const disk = new MemoryDisk();
      const journal = sure(openLog(disk));
      await live(journal, world, 1);
      const whole = [...journal.read(0)] as JournalRecord[];
      await journal.close();
      const [flip] = flipBits(disk, seed, 'log', 1);
      const again = openLog(disk);
      const found = isRefusal(again) ? again : refused(verifyJournal(again));
      expect([seed, flip, found.reason]).toEqual([seed, flip, 'corrupt']);
      const { seq } = found as Damage;
      if (isRefusal(again)) continue;
      // Opened from a snapshot: what is read before the damage is what was written.
      const read = [...again.read(0)];
      expect(read.slice(0, seq - 1)).toEqual(whole.slice(0, seq - 1));
      expect(read.length).toBe(seq);
    }
  });

  it('M-236 a full disk refuses the batch and all behind it, and what was acknowledged stays', async () => {
    const faulty = new FaultyDisk(3).limit(6000);
    const journal = sure(openLog(faulty));
    const world: World = { prng: seededPrng(1), submitted: [], acknowledged: 0, kept: 0 };
    await live(journal, world, 1);
    const off = refused(await journal.append(more(world, 1, world.submitted.length + 1, 1)));
    expect(off.reason).toBe('disk');
    expect(off.message).toMatch(/full.*open the journal again/);
    await journal.close();
    faulty.limit(1_000_000);
    const again = sure(openLog(faulty));
    expect(again.recovery.said).toMatch(/were never acknowledged/);
    examine(again, world, 'full');
    sure(await again.append(more(world, 2, again.head.seq + 1, 3)));
  });
});

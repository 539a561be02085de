// Threads over one crowd: as many as one likes, the same numbers; accounts that change; threads that die.

import {
  CROWD_NUMBERS,
  type CrowdBook,
  crowdFigures,
  type GridBook,
  isRefusal,
  type MarginModel,
  models,
  type Refusal,
  seededPrng,
  typescriptBody,
  typescriptFigures,
} from '@plimsoll/core';
import { afterAll, describe, expect, it } from 'vitest';
import { everything } from '../../core/test/arbitrary.law.ts';
import { fewWindows, sampleHistory } from '../../core/test/history.ts';
import { market } from '../../core/test/sample.ts';
import { Pool, type PoolOptions } from './index.ts';

const sure = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
};
const past = { ...market, history: sampleHistory() };
const { dmr } = models;
const book = sure(
  (dmr as MarginModel).book(everything as never, past as never, fewWindows(dmr.defaults) as never),
) as unknown as CrowdBook;
const size = book.risk.products.length;
const opened: Pool[] = [];
afterAll(async () => {
  await Promise.all(opened.map((pool) => pool.close()));
});

async function poolOf(options: Partial<PoolOptions> = {}): Promise<Pool> {
  const pool = sure(await Pool.open({ threads: 2, accounts: 3_000, positions: 60_000, ...options }));
  opened.push(pool);
  expect(pool.load(book)).toBeUndefined();
  return pool;
}

/** An account of up to 12 positions, by number. */
function drawn(seed: number) {
  const random = seededPrng(seed);
  const rows = [...Array(size).keys()].filter(() => random.next() < 6 / size);
  return { rows, quantities: rows.map(() => 20 * random.next() - 10) };
}

/** One account by the body of core. */
function alone({ rows, quantities }: ReturnType<typeof drawn>): Float64Array {
  const out = new Float64Array(CROWD_NUMBERS);
  const crowd = {
    count: 1,
    start: Int32Array.of(0, rows.length),
    rows: Int32Array.from(rows),
    quantities: Float64Array.from(quantities),
  };
  sure(typescriptBody(book))(crowd, 0, 1, out);
  return out;
}
const answerOf = (pool: Pool, account: number) =>
  Float64Array.from(pool.accounts.answers.subarray(CROWD_NUMBERS * account, CROWD_NUMBERS * (account + 1)));

describe('a pool', () => {
  it('answers the same whatever the number of threads, and as a single account is answered', async () => {
    const answers = [];
    for (const threads of [1, 2, 5]) {
      const pool = await poolOf({ threads });
      for (let a = 0; a < 2_000; a++) expect(pool.accounts.set(a, drawn(a))).toBeUndefined();
      expect(await pool.sweep()).toEqual({ accounts: 2_000, replaced: 0 });
      answers.push(Float64Array.from(pool.accounts.answers));
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    for (const a of [0, 7, 511, 512, 1_999])
      expect(answers[0]!.slice(8 * a, 8 * a + 8)).toEqual(alone(drawn(a)));
  });

  it('keeps accounts that are set, changed and removed in any order, and uses their room again', async () => {
    const pool = await poolOf({ positions: 24_000 });
    const random = seededPrng(3);
    const held = new Map<number, ReturnType<typeof drawn>>();
    // Were room not used again, so many changes would not fit.
    for (let step = 0; step < 20_000; step++) {
      const account = Math.floor(random.next() * 1_000);
      if (random.next() < 0.2) {
        pool.accounts.remove(account);
        held.delete(account);
      } else {
        const positions = drawn(step);
        expect(pool.accounts.set(account, positions)).toBeUndefined();
        held.set(account, positions);
      }
    }
    sure(await pool.sweep());
    for (let account = 0; account < pool.accounts.count; account += 13) {
      const positions = held.get(account) ?? { rows: [], quantities: [] };
      expect(Array.from(pool.accounts.get(account).rows)).toEqual(positions.rows);
      expect(answerOf(pool, account)).toEqual(alone(positions));
    }
  });

  it('sweeps only those that are named', async () => {
    const pool = await poolOf();
    for (const a of [0, 1, 2]) pool.accounts.set(a, drawn(a));
    sure(await pool.sweep());
    const before = [0, 1, 2].map((a) => answerOf(pool, a));
    for (const a of [0, 1, 2]) pool.accounts.set(a, drawn(100 + a));
    expect(await pool.sweep(Int32Array.of(1))).toEqual({ accounts: 1, replaced: 0 });
    expect(answerOf(pool, 0)).toEqual(before[0]);
    expect(answerOf(pool, 1)).toEqual(alone(drawn(101)));
  });

  it('notices a thread that died, replaces it and sweeps again', async () => {
    const pool = await poolOf({ firstDies: true });
    for (let a = 0; a < 2_000; a++) pool.accounts.set(a, drawn(a));
    expect(sure(await pool.sweep()).replaced).toBe(1);
    for (const a of [3, 1_700]) expect(answerOf(pool, a)).toEqual(alone(drawn(a)));
    expect(sure(await pool.sweep()).replaced).toBe(0);
  });

  it('after a few rows moved sweeps those who hold them and those who changed, to the bits of a whole sweep', async () => {
    const pool = await poolOf();
    const whole = await poolOf();
    const held = (a: number) => ({
      rows: drawn(a).rows.slice(0, 3),
      quantities: drawn(a).quantities.slice(0, 3),
    });
    for (const own of [pool, whole]) for (let a = 0; a < 1_000; a++) own.accounts.set(a, held(a));
    expect(sure(await pool.update()).accounts).toBe(1_000);
    expect(sure(await pool.update()).accounts).toBe(0);
    const moved = [2, size - 1];
    const rows = book.risk.rows.slice();
    for (const p of moved)
      for (let s = 0; s < book.risk.laneCount; s++) rows[p * book.risk.stride + s]! *= 1.01;
    const next = { ...book, risk: { ...book.risk, rows } };
    const same = async (expected: number) => {
      expect(sure(await pool.update()).accounts).toBe(expected);
      sure(await whole.sweep());
      expect(pool.accounts.answers).toEqual(whole.accounts.answers);
    };
    for (const own of [pool, whole]) {
      expect(own.load(next)).toBeUndefined();
      own.accounts.set(5, held(1_005));
      own.accounts.remove(6);
    }
    const touched = Array.from({ length: 1_000 }, (_, a) => a).filter(
      (a) => a === 5 || a === 6 || held(a).rows.some((p) => moved.includes(p)),
    );
    expect(touched.length).toBeLessThan(700);
    await same(touched.length);
    // What is more than rows moves everybody; so do rows that nobody was swept through in between.
    for (const own of [pool, whole]) own.load({ ...next, plan: { ...next.plan, retained: 0.3 } });
    await same(1_000);
    for (const own of [pool, whole]) {
      own.load(next);
      own.load(book);
    }
    await same(1_000);
  });

  it('notices a thread that died while nobody swept, and goes on', async () => {
    const pool = await poolOf();
    for (let a = 0; a < 600; a++) pool.accounts.set(a, drawn(a));
    sure(await pool.sweep());
    const { threads } = pool as unknown as { readonly threads: readonly { terminate(): Promise<number> }[] };
    await threads[0]!.terminate();
    expect(sure(await pool.sweep()).replaced).toBe(1);
    expect(answerOf(pool, 599)).toEqual(alone(drawn(599)));
    expect(sure(await pool.sweep()).replaced).toBe(0);
  });

  it('refuses once it is closed, and closes twice as well as once', async () => {
    const pool = await poolOf();
    for (let a = 0; a < 2_000; a++) pool.accounts.set(a, drawn(a));
    const sweeping = pool.sweep();
    await pool.close();
    const ended = await sweeping;
    expect(isRefusal(ended) ? ended.message : ended.accounts).toSatisfy(
      (said: unknown) => said === 2_000 || /closed/.test(String(said)),
    );
    await pool.close();
    for (const asked of [await pool.sweep(), await pool.update(), pool.load(book)])
      expect(isRefusal(asked) && asked.message).toMatch(/closed/);
  });

  it('does not touch the list of a sweep that is under way', async () => {
    const pool = await poolOf();
    for (let a = 0; a < 2_000; a++) pool.accounts.set(a, drawn(a));
    sure(await pool.sweep());
    for (let a = 0; a < 2_000; a++) pool.accounts.set(a, drawn(a + 7));
    const sweeping = pool.sweep(Int32Array.from({ length: 2_000 }, (_, a) => 1_999 - a));
    expect(isRefusal(await pool.update())).toBe(true);
    expect(sure(await sweeping).accounts).toBe(2_000);
    for (const a of [0, 1, 999, 1_999]) expect(answerOf(pool, a)).toEqual(alone(drawn(a + 7)));
  });

  it('finds room for accounts that grow, as long as all of them fit', async () => {
    const pool = await poolOf({ accounts: 100, positions: 1_200 });
    const rows = Array.from({ length: 12 }, (_, row) => row);
    const held = (count: number, a: number) => ({
      rows: rows.slice(0, count),
      quantities: rows.slice(0, count).map((row) => row + a + 1),
    });
    for (const count of [4, 8, 9])
      for (let a = 0; a < 100; a++) expect(pool.accounts.set(a, held(count, a))).toBeUndefined();
    expect(isRefusal(pool.accounts.set(0, { rows: [...rows, 12], quantities: new Array(13).fill(1) }))).toBe(
      true,
    );
    sure(await pool.sweep());
    for (const a of [0, 50, 99]) {
      expect(Array.from(pool.accounts.get(a).quantities)).toEqual(held(9, a).quantities);
      expect(answerOf(pool, a)).toEqual(alone(held(9, a)));
    }
  });

  it('holds accounts while threads read them', async () => {
    const pool = await poolOf();
    pool.accounts.set(0, drawn(0));
    const sweeping = pool.sweep();
    expect(isRefusal(pool.accounts.set(0, drawn(1)))).toBe(true);
    expect(isRefusal(pool.accounts.remove(0))).toBe(true);
    sure(await sweeping);
    expect(pool.accounts.set(0, drawn(1))).toBeUndefined();
  });

  it('refuses at the door what is no account, no book or too much, and keeps what it had', async () => {
    const pool = sure(await Pool.open({ threads: 1, accounts: 4, positions: 8 }));
    opened.push(pool);
    const message = (value: unknown) => (isRefusal(value) ? value.message : 'answered');
    expect(message(await pool.sweep())).toMatch(/no book/);
    expect(pool.load(book)).toBeUndefined();
    expect(message(pool.accounts.set(4, drawn(1)))).toMatch(/no account 4/);
    expect(message(pool.accounts.set(0, { rows: [2, 1], quantities: [1, 1] }))).toMatch(/ascend/);
    expect(message(pool.accounts.set(0, { rows: [1], quantities: [Number.NaN] }))).toMatch(/no number/);
    expect(message(pool.accounts.set(0, { rows: [1], quantities: [] }))).toMatch(/1 rows and 0 quantities/);
    expect(pool.accounts.set(0, { rows: [0, 1], quantities: [1, 1] })).toBeUndefined();
    expect(message(pool.accounts.set(1, { rows: [0, 1, 2, 3, 4], quantities: [1, 1, 1, 1, 1] }))).toMatch(
      /no room/,
    );
    expect(message(await pool.sweep(Int32Array.of(3)))).toMatch(/no account 3/);
    expect(pool.accounts.set(1, { rows: [size], quantities: [1] })).toBeUndefined();
    expect(message(await pool.sweep())).toMatch(/the book has/);
    pool.accounts.remove(1);
    expect(isRefusal(await pool.sweep())).toBe(false);
    expect(answerOf(pool, 0)).toEqual(alone({ rows: [0, 1], quantities: [1, 1] }));
    expect(message(await Pool.open({ threads: 0, accounts: 1, positions: 1 }))).toMatch(/threads/);
    expect(message(await Pool.open({ threads: 1, accounts: 1e9, positions: 1e9 }))).toMatch(/MiB/);
  });

  it('M-01: judges whole requirements by any number of threads, all or those named, to the unit what assess says', async () => {
    const whole = book as GridBook;
    const body = sure((dmr as MarginModel).figures!(typescriptFigures, whole));
    const count = 1_200;
    for (const threads of [1, 3]) {
      const pool = sure(await Pool.open({ threads, accounts: count, positions: 24_000, figures: true }));
      opened.push(pool);
      expect(pool.loadFigures(whole)).toBeUndefined();
      for (let a = 0; a < count; a++) {
        pool.accounts.set(a, drawn(a));
        pool.unsettled[a] = a % 7;
      }
      expect(await pool.figures()).toEqual({ accounts: count, replaced: 0 });
      for (const a of [0, 511, 512, 1_199]) {
        const { rows, quantities } = pool.accounts.get(a);
        const own = crowdFigures(1);
        const start = Int32Array.of(0, rows.length);
        body({ count: 1, start, rows, quantities, unsettled: Float64Array.of(a % 7) }, 0, 1, own);
        for (const name of ['equity', 'maintenance', 'release', 'initial', 'locked', 'asked'] as const)
          expect(pool.judged[name][a]).toBe(own[name][0]);
      }
      pool.accounts.remove(511);
      const before = pool.judged.initial[512];
      expect(await pool.figures(Int32Array.of(511))).toEqual({ accounts: 1, replaced: 0 });
      expect([pool.judged.initial[511], pool.judged.initial[512]]).toEqual([0n, before]);
      expect(await pool.sweep()).toEqual({ accounts: count, replaced: 0 });
    }
  });

  it('M-01: a pool that was not opened or loaded for whole requirements says so', async () => {
    const plain = await poolOf();
    expect(isRefusal(await plain.figures())).toBe(true);
    expect(isRefusal(plain.loadFigures(book as GridBook))).toBe(true);
    expect(plain.unsettled.length).toBe(0);
    const pool = await poolOf({ figures: true });
    expect(isRefusal(await pool.figures())).toBe(true);
  });
});

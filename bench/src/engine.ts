// The engine at work: what an order waits for, how many commands a second are decided, how long a crowd takes to be judged, what it weighs.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { instant, type MarginModel, seededPrng } from '@plimsoll/core';
import type { Input } from '@plimsoll/core/engine';
import { Keeper, openSqlite } from '@plimsoll/server';
import { openMargin } from '@plimsoll/wasm';
import type { Bench, Peer, Suite } from './bench.ts';
import { known, openAccounts, openStage, POSITIONS, SEED, type Stage } from './stage.ts';
import { sure } from './venue.ts';

const MAKERS = 16;
const CROWD = 256;
const KERNEL_CROWD = 10_000;
const SLICE = 1_000;
const ROUNDS = 9;
const BATCH = 4_000;

/** Market makers with so many orders open, and a hand that places one more. */
function makersWith(
  stage: Stage,
  prefix: string,
  count: number,
): { readonly makers: string[]; readonly place: (account: string) => void } {
  const makers = openAccounts(stage, prefix, MAKERS);
  const prng = seededPrng(SEED + count);
  let ids = 0;
  const place = (account: string) => {
    const { id } = stage.options[Math.floor(prng.next() * stage.options.length)]!.product;
    const side = prng.next() < 0.5 ? 'buy' : 'sell';
    const order = { product: id, side, lots: 1, price: stage.mark(id) } as const;
    stage.send({ kind: 'place', account, order, id: `${prefix}-${ids++}` });
  };
  for (const account of makers) for (let n = 0; n < count; n++) place(account);
  return { makers, place };
}

/** Places one order an account after another: what is proven since the last assessment suffices for nearly all. */
function placeBench(stage: Stage, count: number): Bench {
  const { makers, place } = makersWith(stage, `quoting-${count}`, count);
  return {
    name: `place an order, ${count} open`,
    unit: 'ns',
    work: MAKERS,
    rounds: ROUNDS,
    run: () => {
      for (const account of makers) place(account);
      return stage.state.seq;
    },
  };
}

/** Cancels the newest order and places another: after a cancel the account is assessed whole. */
function replaceBench(stage: Stage, count: number): Bench {
  const { makers, place } = makersWith(stage, `replacing-${count}`, count);
  let ids = 0;
  return {
    name: `cancel and place, ${count} open`,
    unit: 'ns',
    work: MAKERS,
    rounds: ROUNDS,
    run: () => {
      for (const account of makers) {
        const order = [...stage.state.accounts.get(account)!.orders.keys()].at(-1)!;
        stage.send({ kind: 'cancel', account, order, id: `gone-${count}-${ids++}` });
        place(account);
      }
      return stage.state.seq;
    },
  };
}

/** Commands that wait together are decided one by one and made durable together: deposits of accounts that hold money alone, in SQLite. */
function durableBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const keeper = sure(Keeper.open(sure(openSqlite(join(folder, 'bench.journal'))), known));
  const at = instant(Date.UTC(2026, 2, 2, 9, 30));
  const accounts = Array.from({ length: BATCH }, (_, i) => `saver-${i}`);
  let isOpen = false;
  let ids = 0;
  const deposit = (account: string): Input => ({
    kind: 'deposit',
    account,
    asset: 'USD',
    units: 1n,
    id: `d${ids++}`,
  });
  return {
    name: `durable deposit, ${BATCH} at once`,
    unit: 'ns',
    work: BATCH,
    rounds: ROUNDS,
    run: async () => {
      if (!isOpen) {
        isOpen = true;
        await keeper.take(
          { kind: 'asset', terms: { asset: 'USD', decimals: 8, borrowRate: 0, borrowMax: 0n } },
          at,
        );
        for (const account of accounts) {
          await keeper.take({ kind: 'open', account, owner: account, group: 'main', category: 'retail' }, at);
        }
      }
      const taken = await Promise.all(accounts.map((account) => keeper.take(deposit(account), at)));
      return sure(taken.at(-1)!).seq;
    },
  };
}

/** Everybody judged on a new market, slice by slice; the market itself is counted. */
function judgeBench(name: string, { state, send }: Stage): Bench {
  const market = state.market!;
  return {
    name,
    unit: 'ns',
    work: state.places.length,
    rounds: ROUNDS,
    run: () => {
      send({ kind: 'market', market: { ...market }, health: new Map(), funding: new Map() });
      while (state.remaining > 0) send({ kind: 'slice', count: Math.min(SLICE, state.places.length) });
      return state.seq;
    },
  };
}

/** The same where the kernel makes books and judges slices, over a crowd that is worth its while. */
async function kernelBench(): Promise<Bench> {
  const { models: judges, body } = sure(await openMargin());
  const stage = openStage(new Map(Object.entries(judges) as [string, MarginModel][]), body);
  openAccounts(stage, 'crowd', KERNEL_CROWD);
  return judgeBench('the same by WebAssembly', stage);
}

/** What 100,000 accounts of twenty positions weigh, measured in a process of its own. */
async function memoryPeer(): Promise<readonly Peer[]> {
  const script = fileURLToPath(new URL('../peers/engine-memory.mjs', import.meta.url));
  const done = spawnSync(process.execPath, ['--expose-gc', '--max-old-space-size=4096', script], {
    encoding: 'utf8',
  });
  const name = 'heap of 100,000 accounts x 20, judged once';
  if (done.status !== 0)
    return [{ name, unit: 'MB', absent: done.stderr.trim().split('\n').at(-1) ?? 'it failed' }];
  return [{ name, unit: 'MB', best: Number(done.stdout) }];
}

export const engineSuite: Suite = {
  name: 'engine',
  benches: async () => {
    // A new market ends what is proven, so orders and markets have a venue each: benches take turns.
    const quiet = openStage();
    const stage = openStage();
    const crowd = openAccounts(stage, 'crowd', CROWD);
    let ids = 0;
    const market = stage.state.market!;
    return [
      ...[1, 10, 100].map((count) => placeBench(quiet, count)),
      replaceBench(quiet, 10),
      durableBench(),
      {
        name: 'deposit, judged at once',
        unit: 'ns',
        work: CROWD,
        rounds: ROUNDS,
        run: () => {
          for (const account of crowd)
            stage.send({ kind: 'deposit', account, asset: 'USD', units: 1n, id: `d${ids++}` });
          return stage.state.seq;
        },
      },
      {
        name: `a new market for ${stage.options.length} options`,
        unit: 'ns',
        work: 1,
        rounds: ROUNDS,
        run: () => {
          stage.send({ kind: 'market', market: { ...market }, health: new Map(), funding: new Map() });
          return stage.state.seq;
        },
      },
      judgeBench(`judge an account of ${POSITIONS} positions`, stage),
      await kernelBench(),
    ];
  },
  peers: memoryPeer,
  ratios: (results) => {
    const of = (name: string) => results.find((result) => result.name.startsWith(name))!.median;
    return [
      { name: 'assessed over proven, 10 open', value: of('cancel and place') / of('place an order, 10 ') },
      {
        name: 'judged one by one over WebAssembly',
        value: of('judge an account') / of('the same by WebAssembly'),
      },
      { name: 'proven, 100 open over 1', value: of('place an order, 100') / of('place an order, 1 ') },
    ];
  },
};

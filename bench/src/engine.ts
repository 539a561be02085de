// The engine at work: what an order waits for, how many commands a second are decided, how long a crowd takes to be judged, what it weighs.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  fitMarket,
  grid,
  gridDefaults,
  type Instant,
  instant,
  isRefusal,
  type MarginModel,
  models,
  type Refusal,
  seededPrng,
} from '@plimsoll/core';
import {
  apply,
  Desk,
  emptyState,
  enginePolicy,
  evolve,
  type Input,
  type ProductTerms,
  priceUnits,
  type State,
  type Tradable,
} from '@plimsoll/core/engine';
import { simulateChain } from '@plimsoll/lab';
import { Keeper, openSqlite } from '@plimsoll/server';
import type { Bench, Peer, Suite } from './bench.ts';

const SEED = 6;
const POSITIONS = 20;
const MAKERS = 16;
const CROWD = 256;
const ROUNDS = 9;
const BATCH = 4_000;
const known = new Map(Object.entries(models) as [string, MarginModel][]);
const LOT = { lot: 1, lotDecimals: 1, tick: 10_000 };

function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}

/** A venue that lists all options of a simulated chain and a perpetual of each coin. */
export interface Stage {
  readonly state: State;
  readonly desk: Desk;
  readonly options: readonly ProductTerms[];
  /** Takes an input at the venue's time. */
  send(input: Input): void;
  /** The mark of a product in price units. */
  mark(product: string): number;
}

export function openStage(): Stage {
  const at = instant(Date.UTC(2026, 2, 2, 9, 30));
  const snapshot = simulateChain({ seed: SEED, at }).at(-1)!;
  const market = sure(fitMarket(snapshot));
  const state = emptyState({ ...enginePolicy, throttle: { rate: 1e9, burst: 1e9 } });
  const desk = new Desk(known);
  const send = (input: Input) => {
    const [first] = apply(state, { seq: state.seq + 1, at: market.at as Instant, input }, desk);
    if (first?.kind === 'refused') throw new Error(`${first.refusal.where}: ${first.refusal.message}`);
  };
  for (const asset of ['USD', 'BTC', 'ETH']) {
    send({ kind: 'asset', terms: { asset, decimals: 8, borrowRate: 0, borrowMax: 10n ** 12n } });
  }
  const options = snapshot.options.map(
    ({ product }): ProductTerms => ({ product: product as Tradable, ...LOT }),
  );
  for (const terms of options) send({ kind: 'list', terms });
  send({
    kind: 'propose',
    set: 'grid',
    model: grid.id,
    parameters: gridDefaults,
    groups: ['main'],
    shadowOf: [],
    from: 0 as Instant,
    operator: 'bench',
    reason: 'bench',
  });
  send({ kind: 'market', market, health: new Map(), funding: new Map() });
  const { risk } = sure(desk.judgeOf(state, 'grid')).book;
  const mark = (product: string) =>
    Math.max(
      LOT.tick,
      Math.round(priceUnits(risk.columns.mark[risk.indexOf.get(product)!]!) / LOT.tick) * LOT.tick,
    );
  return { state, desk, options: options.filter(({ product }) => risk.indexOf.has(product.id)), send, mark };
}

/** Accounts of twenty options each, the other side of all with the clearing account: written as facts, because judging each fill is not what is measured. */
export function openAccounts({ state, send, options }: Stage, prefix: string, count: number): string[] {
  const prng = seededPrng(SEED);
  const by = { seq: state.seq, at: state.now, input: { kind: 'beat' } } as const;
  return Array.from({ length: count }, (_, i) => {
    const account = `${prefix}-${i}`;
    send({ kind: 'open', account, owner: account, group: 'main', category: 'eligible' });
    evolve(state, { kind: 'credited', account, asset: 'USD', units: 10n ** 15n, why: 'deposit' }, by);
    for (let p = 0; p < POSITIONS; p++) {
      const product = options[Math.floor(prng.next() * options.length)]!.product.id;
      const lots = Math.ceil(20 * prng.next()) * (prng.next() < 0.5 ? 1 : -1);
      evolve(state, { kind: 'moved', account, product, lots, cost: 0n, realised: 0n }, by);
      evolve(state, { kind: 'moved', account: 'clearing', product, lots: -lots, cost: 0n, realised: 0n }, by);
    }
    return account;
  });
}

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
  benches: () => {
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
      {
        name: `judge an account of ${POSITIONS} positions`,
        unit: 'ns',
        work: stage.state.places.length,
        rounds: ROUNDS,
        run: () => {
          stage.send({ kind: 'market', market: { ...market }, health: new Map(), funding: new Map() });
          stage.send({ kind: 'slice', count: stage.state.places.length });
          return stage.state.seq;
        },
      },
    ];
  },
  peers: memoryPeer,
  ratios: (results) => {
    const of = (name: string) => results.find((result) => result.name.startsWith(name))!.median;
    return [
      { name: 'assessed over proven, 10 open', value: of('cancel and place') / of('place an order, 10 ') },
      { name: 'proven, 100 open over 1', value: of('place an order, 100') / of('place an order, 1 ') },
    ];
  },
};

// A made-up venue for the engine's benches: every option of a simulated chain listed, accounts with twenty of them each.

import {
  type FiguresBody,
  fitMarket,
  grid,
  gridDefaults,
  type Instant,
  instant,
  type MarginModel,
  models,
  seededPrng,
} from '@plimsoll/core';
import {
  apply,
  Desk,
  emptyState,
  enginePolicy,
  evolve,
  type Input,
  type Models,
  type ProductTerms,
  priceUnits,
  type State,
  type Tradable,
} from '@plimsoll/core/engine';
import { simulateChain } from '@plimsoll/lab';
import { sure } from './venue.ts';

export const SEED = 6;
export const POSITIONS = 20;
const LOT = { lot: 1, lotDecimals: 1, tick: 10_000 };

/** Models by name, as core has them. */
export const known: Models = new Map(Object.entries(models) as [string, MarginModel][]);

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

/** A stage; with models and body of the kernel where it is to be judged by that. */
export function openStage(judges: Models = known, body?: FiguresBody): Stage {
  const at = instant(Date.UTC(2026, 2, 2, 9, 30));
  const snapshot = simulateChain({ seed: SEED, at }).at(-1)!;
  const market = sure(fitMarket(snapshot));
  const state = emptyState({ ...enginePolicy, throttle: { rate: 1e9, burst: 1e9 } });
  const desk = new Desk(judges, body);
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

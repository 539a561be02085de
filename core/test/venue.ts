// A small venue for tests of the engine: two coins, a perpetual, options, dollars; everybody under `grid`.

import type { Instant } from '../src/base/index.ts';
import {
  apply,
  Desk,
  type EnginePolicy,
  emptyState,
  enginePolicy,
  type Fact,
  type Input,
  type ProductTerms,
  type State,
  type Tradable,
} from '../src/engine/index.ts';
import { grid, gridDefaults, type MarginModel, models } from '../src/margin/index.ts';
import type { Market } from '../src/market/index.ts';
import { market, option, perpetual } from './sample.ts';

export const perp = perpetual('BTC') as Tradable;
export const call = option('BTC', 25, 68_000, 'call') as Tradable;
export const put = option('BTC', 25, 60_000, 'put') as Tradable;

/** A dollar of an inverse perpetual a lot; a tenth of a coin of an option. */
const termsOf = (product: Tradable): ProductTerms =>
  product.kind === 'option'
    ? { product, lot: 1, lotDecimals: 1, tick: 10_000 }
    : { product, lot: 10, lotDecimals: 0, tick: 50_000_000 };

export interface Venue {
  readonly state: State;
  readonly desk: Desk;
  /** Sends an input at a time, milliseconds after the market. */
  send(input: Input, after?: number): Fact[];
  /** All inputs so far, to be replayed. */
  readonly inputs: { seq: number; at: Instant; input: Input }[];
}

export const known: ReadonlyMap<string, MarginModel> = new Map(
  Object.entries(models) as [string, MarginModel][],
);

/** A venue that has listed its products, adopted `grid` and seen the sample market. */
export function openVenue(policy: EnginePolicy = enginePolicy, seen: Market = market): Venue {
  const state = emptyState(policy);
  const desk = new Desk(known);
  const inputs: Venue['inputs'] = [];
  const send = (input: Input, after = 0): Fact[] => {
    const at = Math.max(state.now, seen.at + after) as Instant;
    const by = { seq: state.seq + 1, at, input };
    inputs.push(by);
    return apply(state, by, desk);
  };
  const asset = (name: string, borrowMax = 0n) =>
    send({ kind: 'asset', terms: { asset: name, decimals: 8, borrowRate: 0.1, borrowMax } });
  asset('USD');
  asset('BTC', 10n ** 8n);
  asset('ETH');
  for (const product of [perp, call, put]) send({ kind: 'list', terms: termsOf(product) });
  send({
    kind: 'propose',
    set: 'grid-1',
    model: grid.id,
    parameters: gridDefaults,
    groups: ['main'],
    shadowOf: [],
    from: 0 as Instant,
    operator: 'ann',
    reason: 'first day',
  });
  send({ kind: 'market', market: seen, health: new Map(), funding: new Map([[perp.id, 0.00001]]) });
  return { state, desk, send, inputs };
}

/** Opens an account of an owner of the same name with dollars. */
export function fund(venue: Venue, account: string, dollars: number, owner = account): void {
  venue.send({ kind: 'open', account, owner, group: 'main', category: 'professional' });
  if (dollars > 0) {
    const units = BigInt(dollars) * 10n ** 8n;
    venue.send({ kind: 'deposit', account, asset: 'USD', units, id: `first ${account}` });
  }
}

/** The sample market some time later, with bitcoin elsewhere: forwards and marks move with it, vols stay. */
export function marketAt(bitcoin: number, after: number): Market {
  const underlyings = market.underlyings.map((coin) => {
    const by = coin.underlying === 'BTC' ? bitcoin / coin.index : 1;
    return {
      ...coin,
      index: coin.index * by,
      perpetual: coin.perpetual * by,
      futures: coin.futures.map((future) => ({ ...future, forward: future.forward * by })),
      slices: coin.slices.map((slice) => ({
        ...slice,
        forward: slice.forward * by,
        smileForward: slice.smileForward * by,
      })),
    };
  });
  const digest = `${bitcoin} ${after}`.padEnd(64, '0') as Market['digest'];
  return { ...market, at: (market.at + after) as Instant, underlyings, digest };
}

/** Bitcoin is seen elsewhere, and everybody is judged on it. */
export function moveTo(venue: Venue, bitcoin: number, after: number, health = new Map()): Fact[] {
  const funding = new Map([[perp.id, 0.00001]]);
  const seen = venue.send({ kind: 'market', market: marketAt(bitcoin, after), health, funding }, after);
  return [...seen, ...venue.send({ kind: 'slice', count: 1_000 }, after)];
}

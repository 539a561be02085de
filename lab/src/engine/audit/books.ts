// The auditor's own books: plain maps and whole numbers, written from inputs and facts alone. It never looks at the engine's state.

import type { Instant, Market } from '@plimsoll/core';
import {
  type AssetTerms,
  type EnginePolicy,
  enginePolicy,
  type Fact,
  HOUSE,
  type Input,
  type MarketHealth,
  type OrderTerms,
  type ProductTerms,
  type Protection,
  type Sequenced,
  type Status,
  type TopUp,
} from '@plimsoll/core/engine';

export interface OwnBalance {
  units: bigint;
  /** The asset's interest index when it last changed. */
  at: bigint;
}

export interface OwnPosition {
  lots: bigint;
  cost: bigint;
  /** The product's funding index when it last changed. */
  at: bigint;
}

export interface OwnOrder {
  readonly id: string;
  readonly terms: OrderTerms;
  readonly isQuote: boolean;
  lots: number;
  price: number;
}

export interface OwnAccount {
  readonly id: string;
  readonly owner: string;
  readonly isHouse: boolean;
  group: string;
  status: Status;
  deadline: number | undefined;
  topUp: TopUp | undefined;
  drawn: bigint;
  readonly cash: Map<string, OwnBalance>;
  readonly held: Map<string, OwnPosition>;
  readonly orders: Map<string, OwnOrder>;
  /** Messages it may still send. */
  tokens: number;
  tokensAt: number;
  /** Protection by coin: what was filled since when, until when it is frozen (null: until set anew). */
  readonly guards: Map<string, Guard>;
}

export interface Guard {
  readonly protection: Protection;
  filled: number;
  since: number;
  frozenUntil: number | null | undefined;
}

export interface OwnProduct {
  readonly terms: ProductTerms;
  mode: 'live' | 'reduce-only' | 'halted' | 'settled';
  final: bigint | undefined;
  /** What a lot has paid in funding, 1e-12 units. */
  index: bigint;
  rate: number;
}

export interface OwnSet {
  readonly input: Extract<Input, { kind: 'propose' }>;
  readonly hands: Set<string>;
  isAdopted: boolean;
}

export interface OwnFill {
  readonly product: string;
  readonly lots: bigint;
  readonly price: bigint;
  readonly buyer: string;
  readonly seller: string;
  readonly fees: readonly [bigint, bigint];
}

export interface Books {
  now: number;
  policy: EnginePolicy;
  readonly assets: Map<string, { terms: AssetTerms; index: bigint }>;
  readonly products: Map<string, OwnProduct>;
  readonly accounts: Map<string, OwnAccount>;
  readonly owners: Map<string, string[]>;
  readonly sets: Map<string, OwnSet>;
  /** The set that counts for a group. */
  readonly groups: Map<string, string>;
  market: Market | undefined;
  observedAt: number;
  health: ReadonlyMap<string, MarketHealth>;
  readonly ids: Map<string, number>;
  readonly fills: Map<string, OwnFill>;
  readonly limits: Map<string, number>;
  readonly halts: Map<string, { since: number }>;
  graceUntil: number;
  readonly holds: Map<string, number>;
  cursor: number;
  /** Accounts that wait to be judged. */
  remaining: number;
  /** What came through the doors, by asset, and what is there: balances less costs. */
  readonly doors: Map<string, bigint>;
  readonly there: Map<string, bigint>;
  /** Lots of a product over all accounts. */
  readonly lots: Map<string, bigint>;
  /** Counts what is listed, delisted and seen, so that books of models are kept until the next. */
  listing: number;
}

export function ownAccount(
  id: string,
  owner: string,
  group: string,
  now: number,
  tokens: number,
): OwnAccount {
  return {
    id,
    owner,
    isHouse: (HOUSE as readonly string[]).includes(id),
    group,
    status: 'clear',
    deadline: undefined,
    topUp: undefined,
    drawn: 0n,
    cash: new Map(),
    held: new Map(),
    orders: new Map(),
    tokens,
    tokensAt: now,
    guards: new Map(),
  };
}

/** @example emptyBooks().accounts.size // 4 */
export function emptyBooks(): Books {
  return {
    now: 0,
    policy: enginePolicy,
    assets: new Map(),
    products: new Map(),
    accounts: new Map(HOUSE.map((id) => [id, ownAccount(id, 'venue', 'venue', 0, 0)])),
    owners: new Map(),
    sets: new Map(),
    groups: new Map(),
    market: undefined,
    observedAt: 0,
    health: new Map(),
    ids: new Map(),
    fills: new Map(),
    limits: new Map(),
    halts: new Map(),
    graceUntil: 0,
    holds: new Map(),
    cursor: 4,
    remaining: 0,
    doors: new Map(),
    there: new Map(),
    lots: new Map(),
    listing: 0,
  };
}

/** What is noted while one input is looked at. */
export interface Look {
  readonly books: Books;
  readonly by: Sequenced<Input>;
  readonly facts: readonly Fact[];
  /** Time of the input before. */
  readonly before: Instant;
  readonly wasVenueHalted: boolean;
  /** Whether figures are worked out anew this time. */
  readonly isThorough: boolean;
  /** Says that something is broken. */
  say(rule: string, what: string): void;
}

export function add(sums: Map<string, bigint>, key: string, units: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + units);
}

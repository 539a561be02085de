// What the facts have made of it. Maps keep the order in which things came; one place writes here: `evolve`.

import type { Instant } from '../base/index.ts';
import type { ModelParameters } from '../margin/index.ts';
import type { Market } from '../market/index.ts';
import type { ProductId } from '../product/index.ts';
import type { Category, LimitName, MarketHealth, OrderTerms, Protection, TopUp } from './inputs.ts';
import { type EnginePolicy, enginePolicy } from './policy.ts';
import type { AssetTerms, ProductMode, ProductTerms } from './terms.ts';
import {
  type AccountId,
  type GroupId,
  HOUSE,
  type Lots,
  type OrderId,
  type OwnerId,
  type PriceUnits,
  type SetId,
  type Status,
  type Units,
} from './words.ts';

/** What is held of an asset, and until when interest on it was paid. */
export interface Balance {
  units: Units;
  /** Where the asset's interest index stood. */
  interestAt: bigint;
}

/** Lots of a product and what they cost; a premium is paid at once, so the cost of an option stays zero. */
export interface Position {
  lots: Lots;
  cost: Units;
  /** Where the product's funding index stood. */
  fundingAt: bigint;
}

export interface OpenOrder {
  readonly id: OrderId;
  readonly terms: OrderTerms & { readonly price: PriceUnits };
  readonly isMarket: boolean;
  readonly isQuote: boolean;
  /** What is left of it. */
  lots: Lots;
  price: PriceUnits;
}

/** Quotes of one underlying under market-maker protection. */
export interface ProtectionState {
  readonly protection: Protection;
  /** Lots filled since the window began. */
  filled: Lots;
  since: Instant;
  /** No quotes until then; null is until it is set anew. */
  frozenUntil: Instant | null | undefined;
}

export interface AccountState {
  readonly id: AccountId;
  readonly owner: OwnerId;
  readonly isHouse: boolean;
  /** Its place among all accounts: slices walk them in this order. */
  readonly place: number;
  group: GroupId;
  status: Status;
  /** While it is called. */
  deadline: Instant | undefined;
  /** Why nothing is done although something should be: said once. */
  withheld: string | undefined;
  topUp: TopUp | undefined;
  drawn: Units;
  readonly balances: Map<string, Balance>;
  readonly positions: Map<ProductId, Position>;
  readonly orders: Map<OrderId, OpenOrder>;
  readonly protections: Map<string, ProtectionState>;
  /** Messages it may still send, and when that was so. */
  tokens: number;
  tokensAt: Instant;
  /** Whether its last message was one too many. */
  isThrottled: boolean;
  /** Counts changes of what it holds and wants, so that what was computed of it can be kept until the next. */
  version: number;
}

export interface ProductState {
  readonly terms: ProductTerms;
  mode: ProductMode;
  /** The final price, once settled. */
  final: PriceUnits | undefined;
  /** What a lot has paid in funding since the beginning, in 1e-12 units of the settle asset; it moves when a market is observed. */
  funding: bigint;
  /** Rate an hour, as last seen. */
  fundingRate: number;
  /** Lots that all accounts together are long. */
  openInterest: Lots;
}

export interface AssetState {
  readonly terms: AssetTerms;
  /** Interest on a unit owed since the beginning, in 1e-18; it moves when a market is observed. */
  interest: bigint;
}

/** A set of parameters on its way to be used, or used. */
export interface ParameterProposal {
  readonly set: SetId;
  readonly model: string;
  readonly parameters: ModelParameters;
  readonly groups: readonly GroupId[];
  readonly shadowOf: readonly GroupId[];
  readonly from: Instant;
  readonly approvals: string[];
  isAdopted: boolean;
}

/** A fill that can still be busted. */
export interface PastFill {
  readonly product: ProductId;
  readonly lots: Lots;
  readonly price: PriceUnits;
  readonly buyer: AccountId;
  readonly seller: AccountId;
  readonly fees: readonly [buyer: Units, seller: Units];
}

export interface State {
  seq: number;
  now: Instant;
  policy: EnginePolicy;
  readonly assets: Map<string, AssetState>;
  readonly products: Map<ProductId, ProductState>;
  readonly accounts: Map<AccountId, AccountState>;
  /** The same accounts by their places. */
  readonly places: AccountState[];
  readonly owners: Map<OwnerId, { category: Category; readonly accounts: AccountId[] }>;
  readonly sets: Map<SetId, ParameterProposal>;
  /** Which set counts for a group, and which are computed beside it. */
  readonly groups: Map<GroupId, { set: SetId; shadows: SetId[] }>;
  /** Counts what is listed and delisted, so that books can be kept until the next. */
  listing: number;
  market: Market | undefined;
  /** When it came: accruals run until then. */
  observedAt: Instant;
  health: ReadonlyMap<string, MarketHealth>;
  /** Whose turn it is to be judged, and how many are still to be judged on what came last. Turns go round, so that nobody waits for ever. */
  cursor: number;
  remaining: number;
  /** Ids of clients that were seen, with the seq that took them. */
  readonly ids: Map<string, number>;
  readonly fills: Map<string, PastFill>;
  /** Accounts that are called: deadlines are looked for among them. */
  readonly called: Set<AccountId>;
  readonly limits: Map<string, number>;
  /** Scopes that are halted, with the reason; and killed ones, which trade no more until they are resumed. */
  readonly halts: Map<string, { readonly since: Instant; readonly reason: string; readonly isKill: boolean }>;
  /** Nobody is closed before. */
  graceUntil: Instant;
  /** What operators hold, by account and what is held, until when. */
  readonly overrides: Map<string, Instant>;
}

export function newAccount(
  id: AccountId,
  owner: OwnerId,
  group: GroupId,
  place: number,
  now: Instant,
  tokens: number,
): AccountState {
  return {
    id,
    owner,
    isHouse: (HOUSE as readonly string[]).includes(id),
    place,
    group,
    status: 'clear',
    deadline: undefined,
    withheld: undefined,
    topUp: undefined,
    drawn: 0n,
    balances: new Map(),
    positions: new Map(),
    orders: new Map(),
    protections: new Map(),
    tokens,
    tokensAt: now,
    isThrottled: false,
    version: 0,
  };
}

/** A venue on its first day: its own accounts and nothing else. @example emptyState().accounts.size // 4 */
export function emptyState(policy: EnginePolicy = enginePolicy): State {
  const start = 0 as Instant;
  const places = HOUSE.map((id, place) => newAccount(id, 'venue', 'venue', place, start, 0));
  return {
    seq: 0,
    now: start,
    policy,
    assets: new Map(),
    products: new Map(),
    accounts: new Map(places.map((account) => [account.id, account])),
    places,
    owners: new Map([['venue', { category: 'eligible', accounts: [...HOUSE] }]]),
    sets: new Map(),
    groups: new Map(),
    listing: 0,
    market: undefined,
    observedAt: start,
    health: new Map(),
    cursor: HOUSE.length,
    remaining: 0,
    ids: new Map(),
    fills: new Map(),
    called: new Set(),
    limits: new Map(),
    halts: new Map(),
    graceUntil: start,
    overrides: new Map(),
  };
}

/** The key of a limit in `State.limits`. @example limitKey('account:a', 'orders') // 'account:a orders' */
export function limitKey(scope: string, limit: LimitName): string {
  return `${scope} ${limit}`;
}

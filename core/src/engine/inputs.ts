// What can be asked of the engine. Inputs are doubted in wire for their shape, and in `decide` for their sense.

import type { Instant } from '../base/index.ts';
import type { ModelParameters } from '../margin/index.ts';
import type { Market } from '../market/index.ts';
import type { ProductId } from '../product/index.ts';
import type { EnginePolicy } from './policy.ts';
import type { AssetTerms, ProductMode, ProductTerms } from './terms.ts';
import type { AccountId, GroupId, Lots, OrderId, OwnerId, PriceUnits, Scope, SetId, Units } from './words.ts';

/** Who a client is, as its regulator sees it. */
export const CATEGORIES = ['retail', 'professional', 'eligible'] as const;
export type Category = (typeof CATEGORIES)[number];

/** Where an account is topped up from when it is called: another account, up to a limit. A credit line is the account of who lends. */
export interface TopUp {
  readonly from: AccountId;
  readonly asset: string;
  /** The most that may ever be drawn, units. */
  readonly most: Units;
}

/** What an order wants. A limit order rests; a market order is one at the collar that does not. */
export interface OrderTerms {
  readonly product: ProductId;
  readonly side: 'buy' | 'sell';
  readonly lots: Lots;
  /** Absent for a market order. */
  readonly price?: PriceUnits;
  /** Only ever makes the position smaller. */
  readonly reduceOnly?: boolean;
  /** Never takes. */
  readonly postOnly?: boolean;
  /** Orders of an account with the same word: the first that fills cancels the others. */
  readonly oneCancelsOther?: string;
}

/** One product of a mass quote; a side that is absent is pulled. */
export interface Quote {
  readonly product: ProductId;
  readonly bid?: { readonly price: PriceUnits; readonly lots: Lots };
  readonly ask?: { readonly price: PriceUnits; readonly lots: Lots };
}

/** Market-maker protection: more lots than this filled on quotes of one underlying within the window pulls them all. */
export interface Protection {
  readonly underlying: string;
  readonly window: number;
  readonly lotsMax: Lots;
  /** No quotes for so long, milliseconds; 0: until it is set anew. */
  readonly freeze: number;
}

/** One side of a fill: an order where it came from the book, none where it was agreed elsewhere. */
export interface FillSide {
  readonly account: AccountId;
  readonly order?: OrderId;
  /** Fee in units of the settle asset; negative is a rebate. */
  readonly fee: Units;
}

/** What the sources of one coin let happen, as the source policy has it. */
export interface MarketHealth {
  readonly mode: 'normal' | 'widen' | 'reduce-only' | 'halt';
  readonly mayLiquidate: boolean;
  readonly reasons: readonly string[];
}

/** Limits by name. Amounts: lots for `position` and `open-interest`, US dollars for `delta`, a count for `orders`. */
export const LIMITS = ['orders', 'position', 'delta', 'open-interest'] as const;
export type LimitName = (typeof LIMITS)[number];

/** Named by their kind. `id` is the client's: the same id of the same account is the same input. */
export type Input =
  // What there is.
  | { readonly kind: 'asset'; readonly terms: AssetTerms }
  | { readonly kind: 'list'; readonly terms: ProductTerms }
  | {
      readonly kind: 'mode';
      readonly product: ProductId;
      readonly mode: Exclude<ProductMode, 'settled'>;
      readonly reason: string;
    }
  | {
      readonly kind: 'delist';
      readonly product: ProductId;
      readonly price: PriceUnits;
      readonly reason: string;
    }
  | {
      readonly kind: 'settle';
      readonly underlying: string;
      readonly expiry: Instant;
      readonly price: PriceUnits;
    }
  | { readonly kind: 'policy'; readonly policy: EnginePolicy; readonly operator: string }
  // Who there is.
  | {
      readonly kind: 'open';
      readonly account: AccountId;
      readonly owner: OwnerId;
      readonly group: GroupId;
      readonly category: Category;
    }
  | {
      readonly kind: 'classify';
      readonly owner: OwnerId;
      readonly category: Category;
      readonly operator: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'regroup';
      readonly account: AccountId;
      readonly group: GroupId;
      readonly operator: string;
      readonly reason: string;
    }
  /** To another account of the same owner; to anybody's, where an operator signs for the lender's consent. */
  | {
      readonly kind: 'link';
      readonly account: AccountId;
      readonly topUp: TopUp | null;
      readonly operator?: string;
    }
  // Money.
  | {
      readonly kind: 'deposit';
      readonly account: AccountId;
      readonly asset: string;
      readonly units: Units;
      readonly id: string;
    }
  | {
      readonly kind: 'withdraw';
      readonly account: AccountId;
      readonly asset: string;
      readonly units: Units;
      readonly id: string;
    }
  | {
      readonly kind: 'convert';
      readonly account: AccountId;
      readonly from: string;
      readonly to: string;
      readonly units: Units;
      readonly id: string;
    }
  | {
      readonly kind: 'transfer';
      readonly account: AccountId;
      readonly to: AccountId;
      readonly asset: string;
      readonly units: Units;
      readonly id: string;
    }
  // Trading.
  | { readonly kind: 'place'; readonly account: AccountId; readonly order: OrderTerms; readonly id: string }
  | {
      readonly kind: 'amend';
      readonly account: AccountId;
      readonly order: OrderId;
      readonly lots?: Lots;
      readonly price?: PriceUnits;
      readonly id: string;
    }
  | { readonly kind: 'cancel'; readonly account: AccountId; readonly order: OrderId; readonly id: string }
  | {
      readonly kind: 'cancel-all';
      readonly account: AccountId;
      readonly product?: ProductId;
      readonly id: string;
    }
  | {
      readonly kind: 'quote';
      readonly account: AccountId;
      readonly quotes: readonly Quote[];
      readonly id: string;
    }
  | {
      readonly kind: 'protect';
      readonly account: AccountId;
      readonly protection: Protection;
      readonly id: string;
    }
  | {
      readonly kind: 'fill';
      readonly product: ProductId;
      readonly lots: Lots;
      readonly price: PriceUnits;
      readonly buyer: FillSide;
      readonly seller: FillSide;
      readonly taker: 'buyer' | 'seller';
      readonly id: string;
    }
  | { readonly kind: 'bust'; readonly fill: string; readonly operator: string; readonly reason: string }
  // What is seen.
  | {
      readonly kind: 'market';
      readonly market: Market;
      readonly health: ReadonlyMap<string, MarketHealth>;
      readonly funding: ReadonlyMap<ProductId, number>;
    }
  | { readonly kind: 'beat' }
  | { readonly kind: 'slice'; readonly count: number }
  // How it is judged.
  | {
      readonly kind: 'propose';
      readonly set: SetId;
      readonly model: string;
      readonly parameters: ModelParameters;
      readonly groups: readonly GroupId[];
      readonly shadowOf: readonly GroupId[];
      readonly from: Instant;
      readonly operator: string;
      readonly reason: string;
    }
  | { readonly kind: 'approve'; readonly set: SetId; readonly operator: string }
  | {
      readonly kind: 'withdraw-proposal';
      readonly set: SetId;
      readonly operator: string;
      readonly reason: string;
    }
  // Hands on.
  | { readonly kind: 'halt'; readonly scope: Scope; readonly operator: string; readonly reason: string }
  | { readonly kind: 'resume'; readonly scope: Scope; readonly operator: string; readonly reason: string }
  | { readonly kind: 'kill'; readonly scope: Scope; readonly operator: string; readonly reason: string }
  | {
      readonly kind: 'limit';
      readonly scope: Scope;
      readonly limit: LimitName;
      readonly most: number | null;
      readonly operator: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'override';
      readonly account: AccountId;
      readonly hold: 'closing' | 'calls';
      readonly until: Instant;
      readonly operator: string;
      readonly reason: string;
    };

export type InputKind = Input['kind'];
export type InputOf<K extends InputKind> = Extract<Input, { kind: K }>;

/** An input with its place in the one order there is, and the time that came with it. */
export interface Sequenced<T> {
  readonly seq: number;
  readonly at: Instant;
  readonly input: T;
}

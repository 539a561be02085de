// What was decided. State changes by facts alone, one at a time, and the next is decided on what the last one made of it.

import type { Instant, Refusal, Usd } from '../base/index.ts';
import type { ProductId } from '../product/index.ts';
import type { Category, LimitName, MarketHealth, OrderTerms, Protection, TopUp } from './inputs.ts';
import type { EnginePolicy } from './policy.ts';
import type { AssetTerms, ProductMode, ProductTerms } from './terms.ts';
import type {
  AccountId,
  GroupId,
  Lots,
  OrderId,
  OwnerId,
  PriceUnits,
  Scope,
  SetId,
  Status,
  Units,
} from './words.ts';

/** Why a balance moved. Only `deposit` and `withdrawal` come from and go outside: the others sum to zero over all accounts, house included. */
export type CreditReason =
  | 'deposit'
  | 'withdrawal'
  | 'conversion'
  | 'transfer'
  | 'top-up'
  | 'premium'
  | 'fee'
  | 'funding'
  | 'interest'
  | 'settlement'
  | 'bust'
  | 'insurance';

/** Why an order is gone. */
export type GoneReason =
  | 'filled'
  | 'cancelled'
  | 'replaced'
  | 'one-cancels-other'
  | 'reduced-away'
  | 'protection'
  | 'closing'
  | 'killed'
  | 'settled'
  | 'halted';

/** A single trade that would cure a call. */
export interface CureTrade {
  readonly product: ProductId;
  /** Signed: positive buys. */
  readonly lots: Lots;
  /** What closing at the mark would cost, dollars rounded up. */
  readonly cost: Usd;
}

/** What a call asks for. */
export interface Cure {
  readonly asset: string;
  /** The least that cures when it is deposited, units; null where no amount of it does. */
  readonly units: Units | null;
  /** Single trades that cure, cheapest first. */
  readonly trades: readonly CureTrade[];
}

/** Where an account stood when it was judged. */
export interface StandingFigures {
  readonly equity: Usd;
  readonly maintenance: Usd;
  readonly release: Usd;
  readonly initial: Usd;
  /** What of equity may not be taken out: unsettled profit and credited option value (M-31). */
  readonly locked: Usd;
}

export type Fact =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'repeated'; readonly of: number }
  | { readonly kind: 'asset-set'; readonly terms: AssetTerms }
  | { readonly kind: 'listed'; readonly terms: ProductTerms }
  | {
      readonly kind: 'mode-set';
      readonly product: ProductId;
      readonly mode: ProductMode;
      readonly price?: PriceUnits;
    }
  | { readonly kind: 'policy-set'; readonly policy: EnginePolicy }
  | { readonly kind: 'opened'; readonly account: AccountId; readonly owner: OwnerId; readonly group: GroupId }
  | { readonly kind: 'classified'; readonly owner: OwnerId; readonly category: Category }
  | { readonly kind: 'regrouped'; readonly account: AccountId; readonly group: GroupId }
  | { readonly kind: 'linked'; readonly account: AccountId; readonly topUp: TopUp | null }
  /** A balance changed by so much; interest due until now is its own credit before it. */
  | {
      readonly kind: 'credited';
      readonly account: AccountId;
      readonly asset: string;
      readonly units: Units;
      readonly why: CreditReason;
    }
  | { readonly kind: 'drawn'; readonly account: AccountId; readonly units: Units }
  /** A position changed: lots and cost by so much; `realised` went from the position to the balance of the settle asset. */
  | {
      readonly kind: 'moved';
      readonly account: AccountId;
      readonly product: ProductId;
      readonly lots: Lots;
      readonly cost: Units;
      readonly realised: Units;
    }
  | {
      readonly kind: 'traded';
      readonly fill: string;
      readonly product: ProductId;
      readonly lots: Lots;
      readonly price: PriceUnits;
      readonly buyer: AccountId;
      readonly seller: AccountId;
      readonly fees: readonly [buyer: Units, seller: Units];
    }
  | { readonly kind: 'busted'; readonly fill: string }
  | {
      readonly kind: 'ordered';
      readonly account: AccountId;
      readonly order: OrderId;
      readonly terms: OrderTerms & { readonly price: PriceUnits };
      readonly isMarket: boolean;
      readonly isQuote: boolean;
    }
  | {
      readonly kind: 'reordered';
      readonly account: AccountId;
      readonly order: OrderId;
      readonly lots: Lots;
      readonly price: PriceUnits;
    }
  | {
      readonly kind: 'unordered';
      readonly account: AccountId;
      readonly order: OrderId;
      readonly why: GoneReason;
    }
  | { readonly kind: 'protected'; readonly account: AccountId; readonly protection: Protection }
  /** Lots filled on quotes of an underlying, towards its protection; `isNew` where a window begins with them. */
  | {
      readonly kind: 'counted';
      readonly account: AccountId;
      readonly underlying: string;
      readonly lots: Lots;
      readonly isNew: boolean;
    }
  | {
      readonly kind: 'quoted-out';
      readonly account: AccountId;
      readonly underlying: string;
      readonly until: Instant | null;
    }
  /** What the sources of a coin let happen is another than it was; markets that say nothing of a coin say that all is well. */
  | { readonly kind: 'health'; readonly coin: string; readonly health: MarketHealth }
  /** Market, health and funding rates are those of the input. */
  | { readonly kind: 'observed'; readonly digest: string }
  | { readonly kind: 'funded'; readonly product: ProductId; readonly step: bigint }
  | { readonly kind: 'accrued'; readonly asset: string; readonly step: bigint }
  | { readonly kind: 'sliced'; readonly cursor: number; readonly judged: number }
  | {
      readonly kind: 'shadowed';
      readonly set: SetId;
      readonly accounts: number;
      readonly called: number;
      readonly closed: number;
      readonly initial: Usd;
    }
  | {
      readonly kind: 'status';
      readonly account: AccountId;
      readonly status: Status;
      readonly was: Status;
      readonly why: string;
      readonly standing: StandingFigures;
    }
  | { readonly kind: 'called'; readonly account: AccountId; readonly deadline: Instant; readonly cure: Cure }
  | { readonly kind: 'withheld'; readonly account: AccountId; readonly why: string }
  | { readonly kind: 'unjudged'; readonly account: AccountId; readonly refusal: Refusal }
  | { readonly kind: 'missing'; readonly account: AccountId; readonly asset: string; readonly units: Units }
  | {
      readonly kind: 'proposed';
      readonly set: SetId;
      readonly called: readonly AccountId[];
      readonly closed: readonly AccountId[];
      readonly calledCount: number;
      readonly closedCount: number;
    }
  | { readonly kind: 'approved'; readonly set: SetId; readonly operator: string }
  | { readonly kind: 'adopted'; readonly set: SetId }
  | { readonly kind: 'unproposed'; readonly set: SetId }
  | { readonly kind: 'halted'; readonly scope: Scope; readonly reason: string; readonly isKill: boolean }
  /** Deadlines of calls are so much longer, milliseconds. */
  | {
      readonly kind: 'resumed';
      readonly scope: Scope;
      readonly graceUntil: Instant;
      readonly longer: number;
    }
  | {
      readonly kind: 'limited';
      readonly scope: Scope;
      readonly limit: LimitName;
      readonly most: number | null;
    }
  | {
      readonly kind: 'overridden';
      readonly account: AccountId;
      readonly hold: 'closing' | 'calls';
      readonly until: Instant;
    };

export type FactKind = Fact['kind'];
export type FactOf<K extends FactKind> = Extract<Fact, { kind: K }>;

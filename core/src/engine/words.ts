// The words of the engine that stand for numbers and names.

/** An account's name, given by whoever opens it; personal data stays outside. */
export type AccountId = string;
/** Who answers for accounts: concentration and limits are over all that belong to one. */
export type OwnerId = string;
/** A group of accounts under one model. */
export type GroupId = string;
/** An order: the seq of the input that placed it, and its place in that input: `1207.0`. */
export type OrderId = string;
/** A set of parameters of a model, as it was proposed. */
export type SetId = string;

/** An amount of an asset in its own smallest unit; the asset's terms say how many decimals. */
export type Units = bigint;
/** A quantity of a product in lots, signed where it is a position. A safe integer. */
export type Lots = number;
/** A price in 1e-8 of the product's own price unit. A safe integer above zero. */
export type PriceUnits = number;

/** Decimals of every price. 8 reach from a hundred-millionth to ninety million. */
export const PRICE_DECIMALS = 8;
export const PRICE_SCALE = 100_000_000;

/** Accounts of the venue itself. They are not judged, may owe, and are the other side of what has none. */
export const HOUSE = ['venue', 'clearing', 'insurance', 'backstop'] as const;
/**
 * `venue`: fees, interest, what rounding leaves. `clearing`: funding and settlement on their way. `insurance`: pays what bankrupts owe.
 * `backstop`: takes what is closed by force, until there is a book or an auction to take it.
 */
export type HouseId = (typeof HOUSE)[number];

/** Where an account stands. Later words are worse. */
export const STATUSES = ['clear', 'warned', 'called', 'liquidating', 'bankrupt'] as const;
export type Status = (typeof STATUSES)[number];

/** Whose hand a thing is in, for limits, halts and the kill switch. */
export type Scope =
  | { readonly kind: 'account'; readonly id: AccountId }
  | { readonly kind: 'owner'; readonly id: OwnerId }
  | { readonly kind: 'product'; readonly id: string }
  | { readonly kind: 'venue' };

/** A scope as a key of a map. @example scopeKey({ kind: 'account', id: 'a' }) // 'account:a' */
export function scopeKey(scope: Scope): string {
  return scope.kind === 'venue' ? 'venue' : `${scope.kind}:${scope.id}`;
}

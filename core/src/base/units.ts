// Units live in types. Multiplying drops the brand; giving it back is a decision someone signs.

declare const unit: unique symbol;
type Branded<T, U extends string> = T & { readonly [unit]: U };

/** Milliseconds since 1970-01-01T00:00:00Z. Time arrives with the data; core never asks for it. */
export type Instant = Branded<number, 'instant'>;
/** Time in years of 365 days: crypto trades every day of the week. */
export type Years = Branded<number, 'years'>;
/** Money in the ledger: an integer count of 1e-8 USD. */
export type Usd = Branded<bigint, 'usd-1e-8'>;
/** A SHA-256 digest in lower-case hex. */
export type Digest = Branded<string, 'sha-256'>;

export const MS_PER_DAY = 86_400_000;
export const DAYS_PER_YEAR = 365;
export const MS_PER_YEAR = MS_PER_DAY * DAYS_PER_YEAR;
/** Ledger units in one dollar. */
export const USD_SCALE = 100_000_000n;

export const instant = (ms: number): Instant => ms as Instant;
export const years = (value: number): Years => value as Years;
export const usd = (units: bigint): Usd => units as Usd;

/** Years of 365 days from `from` to `to`; negative when `to` is earlier. */
export function yearsBetween(from: Instant, to: Instant): Years {
  return ((to - from) / MS_PER_YEAR) as Years;
}

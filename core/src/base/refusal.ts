// Refusals are values: the market may refuse us and we may refuse a user, and both deserve a sentence.

/** Why something could not be computed. `reason` is for programs, `message` is one sentence with cause and mend. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  readonly message: string;
  /** Where: file, row, field, product; printed before the message when present. */
  readonly where?: string;
}

/** The closed list of reasons; a new one is added here, so that programs can be exhaustive. */
export type RefusalReason =
  | 'malformed'
  | 'too-large'
  | 'truncated'
  | 'empty'
  | 'out-of-range'
  | 'duplicate'
  | 'crossed'
  | 'unknown-product'
  | 'unknown-asset'
  | 'unknown-model'
  | 'expired'
  | 'no-market'
  | 'no-quotes'
  | 'no-forward'
  | 'no-volatility'
  | 'unfit'
  | 'arbitrage'
  | 'bad-parameter'
  | 'imprecise'
  | 'bad-payoff'
  | 'too-short'
  | 'no-history'
  | 'singular'
  | 'not-supported'
  // Of the engine.
  | 'unknown-account'
  | 'unknown-order'
  | 'unknown-set'
  | 'insufficient-margin'
  | 'insufficient-balance'
  | 'limit'
  | 'throttled'
  | 'halted'
  | 'not-allowed'
  | 'reduce-only'
  | 'collar'
  | 'stale-market'
  | 'out-of-order'
  // Of the journal.
  | 'corrupt'
  | 'newer'
  | 'locked'
  | 'fenced'
  | 'full'
  | 'disk'
  | 'closed';

/** Makes a refusal. @example refuse('expired', 'BTC-1JAN26-90000-C expired before the snapshot; remove it.') */
export function refuse(reason: RefusalReason, message: string, where?: string): Refusal {
  return where === undefined
    ? { kind: 'refused', reason, message }
    : { kind: 'refused', reason, message, where };
}

/** Tells a refusal from a value; every value we return is an object without `kind: 'refused'`, or a primitive. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'refused';
}

/** One line for a person: `where: message`. */
export function sentence(refusal: Refusal): string {
  return refusal.where === undefined ? refusal.message : `${refusal.where}: ${refusal.message}`;
}

// An open set of payoffs: a product whose worth is a function of what it may look at. Plain data and one function, in one file.

import { type Instant, type Refusal, refuse } from '../base/index.ts';

/**
 * What a payoff may look at: one coin in one market, as it is or shocked; it cannot tell which. Prices are USD per coin.
 * What the market does not cover is answered with a refusal, which the payoff hands on.
 */
export interface PayoffView {
  /** The time of the market. Time that passes in a scenario has passed here. */
  readonly at: Instant;
  readonly index: number;
  readonly perpetual: number;
  /** USD per unit of the settle asset: the index when inverse, the peg when linear. */
  readonly settle: number;
  /** The forward of an expiry, USD per coin; the index once the expiry has passed. */
  forward(expiry: Instant): number | Refusal;
  /** Total standard deviation `vol(K) sqrt(T)` of a strike in USD, a pure number; 0 once the expiry has passed. */
  stdev(expiry: Instant, strike: number): number | Refusal;
}

/**
 * What a structured product pays. `family` and `terms` say in plain data what `mark` computes: a book's digest covers them, so two
 * payoffs that differ must differ there. `mark` must be a function of the view alone: no clock, no randomness, no state, and Plimsoll's
 * own `exp`, `log` and `pow` where bits matter.
 */
export interface Payoff {
  /** The name of the formula, e.g. `power-perpetual`. */
  readonly family: string;
  /** The numbers and words of this contract; finite. */
  readonly terms: Readonly<Record<string, number | string>>;
  /** Where the payoff has kinks at expiry, in the unit of an option's strike; near expiry each gets lanes of its own (M-14). */
  readonly strikes?: readonly number[];
  /** The mark of one unit held, in units of the settle asset. A premium payoff is never below zero. */
  mark(view: PayoffView): number | Refusal;
}

/** Most kinks one payoff may name, and most terms. */
export const KINKS_MAX = 64;

/**
 * A payoff that was read back from a file: everything but its formula. It knows what it is and refuses to be priced, because its values
 * are in the rows of the file it came from.
 * @example unpriced('capped-call', { strike: 60000, cap: 10000 }).mark(view) // refused, not-supported
 */
export function unpriced(family: string, terms: Payoff['terms'], strikes?: readonly number[]): Payoff {
  const message = `the formula of '${family}' is not in the file, its values are in the file's rows; give the product's own module to price it anew.`;
  return {
    family,
    terms,
    ...(strikes === undefined ? {} : { strikes }),
    mark: () => refuse('not-supported', message),
  };
}

// Funding and interest: what has run up since a balance or position was last touched. It runs until the last market that was observed.

import { MS_PER_YEAR } from '../base/index.ts';
import type { AccountState, AssetState, Balance, Position, ProductState, State } from './state.ts';
import { quantityOf, tenTo } from './terms.ts';
import { floorDiv } from './trade.ts';
import type { Units } from './words.ts';

const FUNDING_SCALE = 10n ** 12n;
const INTEREST_SCALE = 10n ** 18n;
const RATE_SCALE = 1e9;
const MS_PER_HOUR = 3_600_000;

/**
 * What a lot pays in funding between two markets, 1e-12 units of the settle asset: `rate x hours x worth of a lot at the mark` (M-205). Longs pay where the
 * rate is above zero.
 */
export function fundingStep(
  { terms, fundingRate }: ProductState,
  decimals: number,
  mark: number,
  elapsed: number,
): bigint {
  if (fundingRate === 0 || elapsed <= 0 || !(mark > 0)) return 0n;
  const quantity = quantityOf(terms, 1);
  const worth = terms.product.settlement === 'inverse' ? quantity / mark : quantity * mark;
  const step = fundingRate * (elapsed / MS_PER_HOUR) * worth * tenTo(decimals) * Number(FUNDING_SCALE);
  return BigInt(Math.round(step));
}

/** What a unit that is owed pays in interest between two markets, 1e-18: `rate x elapsed / year`, simple (M-206). */
export function interestStep({ terms }: AssetState, elapsed: number): bigint {
  const rate = BigInt(Math.round(terms.borrowRate * RATE_SCALE));
  return (rate * BigInt(elapsed) * INTEREST_SCALE) / (BigInt(RATE_SCALE) * BigInt(MS_PER_YEAR));
}

/** Funding due to a position, signed as the account sees it, rounded down. */
export function fundingDue(position: Position, product: ProductState): Units {
  const step = product.funding - position.fundingAt;
  return step === 0n ? 0n : floorDiv(-BigInt(position.lots) * step, FUNDING_SCALE);
}

/** Interest that an account owes on a balance, >= 0, rounded up; nothing on what is its own. */
export function interestDue(balance: Balance, asset: AssetState): Units {
  if (balance.units >= 0n) return 0n;
  return -floorDiv(balance.units * (asset.interest - balance.interestAt), INTEREST_SCALE);
}

/** A balance with what has run up on it: interest, funding of the positions that settle in it. */
export function balanceWithDue(state: State, account: AccountState, asset: string): Units {
  const balance = account.balances.get(asset);
  const terms = state.assets.get(asset);
  if (balance === undefined || terms === undefined || account.isHouse) return balance?.units ?? 0n;
  return balance.units - interestDue(balance, terms);
}

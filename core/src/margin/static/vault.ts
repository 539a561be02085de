// One vault, one short option, perhaps one long: what it can lose at most is what it must hold. Exact, in the integers of the venue.

import { assert } from '../../base/index.ts';
import type { Option } from '../../product/index.ts';

/** An option in a vault; strike and quantity in 1e-8, strike in the quote asset. */
export interface VaultLeg {
  readonly right: Option['right'];
  readonly strike: bigint;
  readonly quantity: bigint;
}

/** A vault: collateral in units of 10^-decimals, quote asset for puts and the underlying for calls. */
export interface Vault {
  readonly short?: VaultLeg | undefined;
  readonly long?: VaultLeg | undefined;
  readonly collateral: bigint;
  readonly decimals: number;
}

/** An exact amount of collateral, before it is rounded to units. */
interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

const ONE = 100_000_000n;
const ZERO: Fraction = { top: 0n, bottom: 1n };
const max = (a: bigint, b: bigint) => (a > b ? a : b);
const min = (a: bigint, b: bigint) => (a < b ? a : b);
const larger = (a: Fraction, b: Fraction) => (a.top * b.bottom >= b.top * a.bottom ? a : b);

/**
 * The most a vault can lose at expiry: a put spread `max(K_s q_s - K_l min(q_s, q_l), 0)` of the quote asset, reached at a price of zero or
 * of the long strike; a call spread `max((K_l - K_s) q_s / K_l, q_s - q_l, 0)` of the underlying, reached at the long strike or far above.
 */
function lossMax({ short, long }: Vault): Fraction {
  if (short === undefined) return ZERO;
  if (short.right === 'put') {
    const covered = long === undefined ? 0n : long.strike * min(short.quantity, long.quantity);
    return { top: max(short.strike * short.quantity - covered, 0n), bottom: ONE * ONE };
  }
  if (long === undefined) return { top: short.quantity, bottom: ONE };
  const atStrike = { top: (long.strike - short.strike) * short.quantity, bottom: long.strike * ONE };
  const farAbove = { top: short.quantity - long.quantity, bottom: ONE };
  return larger(larger(atStrike, farAbove), ZERO);
}

/** What a leg pays at a settlement price, calls in the underlying. */
function payoff(leg: VaultLeg | undefined, settlement: bigint): Fraction {
  if (leg === undefined) return ZERO;
  const { right, strike, quantity } = leg;
  if (right === 'put') return { top: max(strike - settlement, 0n) * quantity, bottom: ONE * ONE };
  return { top: max(settlement - strike, 0n) * quantity, bottom: settlement * ONE };
}

const minus = (a: Fraction, b: Fraction): Fraction => ({
  top: a.top * b.bottom - b.top * a.bottom,
  bottom: a.bottom * b.bottom,
});

/** Rounded towards minus infinity: an excess is never overstated, a shortfall never understated. */
function floorOf({ top, bottom }: Fraction): bigint {
  const quotient = top / bottom;
  return top % bottom < 0n ? quotient - 1n : quotient;
}

/**
 * What a vault holds beyond what it must, in units of its collateral; negative is a shortfall. Before expiry it must hold its largest loss, after
 * expiry (`settlement`, 1e-8 of the quote asset) what is owed. Excess rounds down, shortfall up. Legs of one vault share a right.
 * Source: Opyn Gamma, fully collateralised vaults.
 * @example vaultExcess({ short: { right: 'call', strike: 200n * 10n ** 8n, quantity: 10n ** 8n }, collateral: 0n, decimals: 18 }) // -(10n ** 18n)
 */
export function vaultExcess(vault: Vault, settlement?: bigint): bigint {
  const { short, long, collateral, decimals } = vault;
  assert(
    short === undefined || long === undefined || short.right === long.right,
    'legs of a vault share a right',
  );
  const owed =
    settlement === undefined ? lossMax(vault) : minus(payoff(short, settlement), payoff(long, settlement));
  const held: Fraction = { top: collateral, bottom: 10n ** BigInt(decimals) };
  const { top, bottom } = minus(held, owed);
  return floorOf({ top: top * 10n ** BigInt(decimals), bottom });
}

// Where floats end and integers begin. Rounding always goes against the account, and the name says which way.

import { assert } from './assert.ts';
import { USD_SCALE, type Usd, usd } from './units.ts';

const FRACTION_BITS = 52n;

/** `value * scale` rounded towards plus infinity, exactly: the double is taken apart, nothing is multiplied in f64. */
function scaledCeil(value: number, scale: bigint): bigint {
  assert(Number.isFinite(value), 'a rounded amount is finite');
  if (value === 0) return 0n;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponentBits = (bits >> FRACTION_BITS) & 0x7ffn;
  const fraction = bits & ((1n << FRACTION_BITS) - 1n);
  const mantissa = exponentBits === 0n ? fraction : fraction | (1n << FRACTION_BITS);
  const exponent = (exponentBits === 0n ? 1n : exponentBits) - 1075n;
  const product = (value < 0 ? -mantissa : mantissa) * scale;
  if (exponent >= 0n) return product << exponent;
  // Arithmetic shift floors; the ceiling is minus the floor of the negative.
  return -(-product >> -exponent);
}

/** What an account owes: dollars rounded up to 1e-8. @example owedUp(0.1) // 10000001n: 0.1 in f64 is a little more */
export function owedUp(dollars: number): Usd {
  return usd(scaledCeil(dollars, USD_SCALE));
}

/** What an account is credited: dollars rounded down to 1e-8. @example creditDown(0.1) // 10000000n */
export function creditDown(dollars: number): Usd {
  return usd(-scaledCeil(-dollars, USD_SCALE));
}

/** Dollars of a ledger amount, for estimates and pictures; may round in the 16th digit. */
export function dollars(amount: Usd): number {
  return Number(amount) / Number(USD_SCALE);
}
